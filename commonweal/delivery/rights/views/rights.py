"""Who may do what: a provider's people, and the agreements that each is limited to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.templatetags.figures import own_name
from commonweal.delivery.rights import actions, forms, policies, queries
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Party


def rights(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list a provider's people with what each may do."""
    held = queries.holders(party)
    content = {
        "party": party, "holders": held, "anybody": any(each.limit for each in held),
        "can_limit": any(not each.is_administrator for each in held),
        "exports": [(words, reverse("rights_provider:rights_export", args=[party.public_id, kind]))
                    for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))],
        "page_headline": _("Who may do what"), "is_invented": _invented(party),
    }  # fmt: skip
    return render(request, "rights/rights.html", content)


def _invented(party: Party) -> bool:
    return any(agreement.body.is_invented for agreement, _above in queries.agreements(party))


def rights_export(request: HttpRequest, party: Party, form: str) -> HttpResponse:
    """This will write who may do what as a file: a row for each person and agreement."""
    rows: list[tuple[Any, ...]] = []
    for each in queries.holders(party):
        if each.limit is None:
            rows.append((each.person.name, each.person.email, "", _("Every agreement"), "", _("Everything")))
        rows += [
            (each.person.name, each.person.email, right.agreement.body.name, right.agreement.title,
             right.agreement.reference, right.get_may_display()) for right in each.rights
        ]  # fmt: skip
    return export_response(
        form, name=f"rights-{today()}",
        headings=[_("Name"), _("E-mail"), _("Body"), _("Agreement"), _("Reference"), _("May")], rows=rows,
        about=[(_("Organisation"), party.name), (_("What"), _("Who may do what"))],
    )  # fmt: skip


def person(request: HttpRequest, party: Party, person: str) -> HttpResponse:
    """This will take what somebody may do on each agreement."""
    held = queries.get_holder(party, person)
    policies.check_can_be_limited(held.person.name, held.roles)
    offered = queries.agreements(party)
    now = queries.last_rights(party, held.person)
    choices = [
        (agreement.public_id, agreement.title, _hint(agreement, above), now.get(agreement.pk, ""))
        for agreement, above in offered
    ]
    version = queries.version_of(party, held.person)
    form = forms.RightsForm(request.POST or None, agreements=choices, initial={"version": version})
    back = reverse("rights_provider:rights", args=[party.public_id])
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            chosen = {agreement: form.cleaned_data[agreement.public_id] for agreement, _above in offered}
            given = {agreement: may for agreement, may in chosen.items() if may != forms.NOT_THEIRS}
            try:
                actions.limit_person(
                    by=request.user, party=party, person=held.person, rights=given,  # type: ignore[arg-type]
                    written_against=form.cleaned_data["version"],
                )  # fmt: skip
            except NotPossible as error:
                if form.cleaned_data["version"] != version:  # saved again, what was chosen here stands knowingly
                    again = request.POST.copy()
                    again["version"] = version
                    form, status = forms.RightsForm(again, agreements=choices), 409
                form.add_error(None, str(error))
            else:
                messages.success(
                    request, _("%(name)s now sees and does only what you named.") % {"name": held.person.name}
                )
                return redirect(back)
    content = {
        "party": party, "holder": held, "form": form, "is_invented": _invented(party), "offered": offered,
        "page_heading": _("What may %(name)s do?") % {"name": held.person.name}, "page_caption": party.name,
        "submit_text": _("Save"), "back_url": back,
    }  # fmt: skip
    return render(request, "rights/person.html", content, status=status)


def _hint(agreement: Any, above: Any) -> str:
    words = own_name(agreement.body)
    if agreement.reference:
        words += f", {agreement.reference}"
    if above is not None:
        words += ". " + _("It comes with “%(above)s”, whatever is chosen here.") % {"above": above.title}
    return str(words)


def lift(request: HttpRequest, party: Party, person: str) -> HttpResponse:
    """This will let somebody do everything again."""
    held = queries.get_holder(party, person)
    form = forms.ConfirmForm(request.POST if request.method == "POST" else None)
    back = reverse("rights_provider:rights", args=[party.public_id])
    policies.check_is_limited(held.limit)
    if request.method == "POST":
        actions.lift_limit(by=request.user, party=party, person=held.person)  # type: ignore[arg-type]
        messages.success(request, _("%(name)s may see and do everything again.") % {"name": held.person.name})
        return redirect(back)
    content = {
        "form": form, "page_heading": _("Let %(name)s see and do everything again?") % {"name": held.person.name},
        "page_caption": party.name, "submit_text": _("Let them"), "back_url": back, "is_invented": _invented(party),
    }  # fmt: skip
    return render(request, "base/one_thing.html", content)
