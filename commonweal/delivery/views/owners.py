"""An agreement's terms changed with a reason, and one owner given to many agreements at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.queries import get_person
from commonweal.delivery import actions, forms, policies, queries
from commonweal.delivery.views.agreements import form_page, list_filters, people_choices, today

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

#: At once; more than this is a file's work.
MOST = 500


def agreement_terms(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will change an agreement's value and dates; what was stays on record with the reason."""
    found = queries.get_agreement(body, public_id)
    back = reverse("delivery:agreement", args=[body.slug, public_id])
    heading = f"Change the value or dates of {found.title}"
    try:
        policies.check_terms_can_change(found)
    except NotPossible as error:
        content = {"page_heading": heading, "back_url": back, "closed": str(error)}
        return render(request, "delivery/form.html", content, status=422 if request.method == "POST" else 200)
    now = actions.terms_of(found)
    names = ("value", "spent", "starts_on", "ends_on", "extension_months")
    initial: dict[str, Any] = {name: getattr(now, name) for name in names} | {"written_against": now.token()}
    form = forms.TermsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            changed = actions.change_terms(
                by=request.user, agreement=found, terms=actions.Terms(**{name: given[name] for name in names}),  # type: ignore[arg-type]
                written_against=given["written_against"], reason=given["reason"],
            )  # fmt: skip
        except actions.ChangedMeanwhile as error:
            shown = {name: "" if item is None else str(item) for name, item in initial.items()}
            form = forms.TermsForm(shown | {"reason": given["reason"]})
            form.add_error(None, str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, "The change is saved." if changed else "Nothing was different, so nothing changed."
            )
            return redirect(back)
    lead = "Promises keep their own dates; those that have none follow the agreement’s."
    return form_page(request, form, heading, back, "Save the change", page_lead=lead)


def agreements_owners(request: HttpRequest, body: Body) -> HttpResponse:
    """This will give the ticked agreements (or all that match the list's filters) one owner, and offer to undo it."""
    if request.POST.get("every"):
        _, filters, _ = list_filters(request, body)
        chosen: list[Any] = list(queries.agreements(body, filters, today()).select_related("body")[:MOST])
    else:
        chosen = queries.agreements_named(body, request.POST.getlist("agreement")[:MOST])
    if not chosen:
        messages.error(request, "Nothing was ticked, so nothing changed. Tick the agreements, then choose their owner.")
        return redirect("delivery:agreements", body.slug)
    was = dict(pair.split(" ", 1) for pair in request.POST.getlist("was") if " " in pair)
    form = forms.OwnersForm(request.POST, people=people_choices(body), again=bool(was))
    before = {agreement.pk: agreement.owner for agreement in chosen}
    changed = 0
    if form.is_valid():
        for owner, agreements in _by_owner(body, form.cleaned_data["owner"], chosen, was):
            changed += actions.set_owners(by=request.user, agreements=agreements, owner=owner)  # type: ignore[arg-type]
        form = forms.OwnersForm(people=people_choices(body), again=True)
    content = {
        "form": form,
        "rows": [{"agreement": each, "before": before[each.pk]} for each in chosen],
        "changed": changed,
        "page_heading": f"{changed} agreement{'' if changed == 1 else 's'} changed owner" if not form.errors
        else "Who takes them?",
        "breadcrumbs": {"items": [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
                                  {"text": "Owners"}]},
    }  # fmt: skip
    return render(request, "delivery/owners.html", content, status=422 if form.errors else 200)


def _by_owner(
    body: Body, wanted: str, chosen: Sequence[Any], was: Mapping[str, str]
) -> list[tuple[Person | None, list[Any]]]:
    """Who gets which agreements: all to one person or nobody, or each to whoever had it before."""
    if wanted != "as-before":
        return [(None if wanted == "nobody" else get_person(wanted), list(chosen))]
    groups: dict[str, list[Any]] = {}
    for agreement in chosen:
        if agreement.public_id in was:
            groups.setdefault(was[agreement.public_id], []).append(agreement)
    return [(None if key == "nobody" else queries.get_owner(body, key), held) for key, held in groups.items()]
