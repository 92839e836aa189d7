"""Samples for an auditor: drawn by a seed, a worksheet, findings, and what they say of the whole."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.templatetags.figures import amount_in_unit, percentage, quantity
from commonweal.delivery.assurance import actions, forms, policies, queries
from commonweal.delivery.assurance.views.claims import claims_crumbs, may
from commonweal.delivery.queries import live_agreements
from commonweal.delivery.views.agreements import form_page
from commonweal.engine.sampling import Estimate, share_of_quantity, share_that_stands

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.delivery.models import Agreement


def samples(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the samples drawn, latest first."""
    content = {
        "samples": [(each, sum(item.checked_at is not None for item in queries.items_of(each))) for each in queries.samples(body)],
        "page_heading": "Samples", "may_audit": may(request, "sample_add"), "breadcrumbs": claims_crumbs(body, "Samples"),
    }  # fmt: skip
    return render(request, "assurance/samples.html", content)


def sample_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will draw a sample of claims at random."""
    found = list(live_agreements(body).order_by("title").values_list("public_id", "title")[:500])
    form = forms.SampleForm(
        request.POST or None, agreements=found, initial={"agreement": request.GET.get("agreement", "")}
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        chosen = given.pop("agreement")
        agreement = live_agreements(body).get(public_id=chosen) if chosen else None
        precision = {name: given.pop(name) for name in ("sure", "within", "expected")}
        try:
            if given["size"] is None:
                return _size_page(request, body, found, agreement, form.cleaned_data, precision)
            made = actions.draw_sample(by=request.user, body=body, agreement=agreement, **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("size", str(error))
        else:
            messages.success(request, "The sample is drawn. Its seed and what it was drawn from are on record.")
            return redirect("assurance:sample", body.slug, made.public_id)
    return _sample_page(request, body, form)


def _sample_page(request: HttpRequest, body: Body, form: forms.SampleForm, **more: Any) -> HttpResponse:
    back = reverse("assurance:samples", args=[body.slug])
    return form_page(request, form, "Draw a sample", back, "Continue" if not more else "Draw it", **more)


def _size_page(
    request: HttpRequest, body: Body, agreements: list[tuple[str, str]], agreement: Agreement | None,
    given: dict[str, Any], precision: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    """The form again with the size that the precision asks for; nothing is drawn before it was seen."""
    whole = queries.population(body, given["starts_on"], given["ends_on"], agreement, ())
    size = policies.size_wanted(len(whole.entries), **precision)
    share = f"{quantity(precision['expected'] or 50)}%"
    of = len(whole.entries)
    lead = (
        f"{size:,} of the {of:,} claim{'' if of == 1 else 's'} of that period: then the share that stands is known "
        f"{precision['sure'] or '95'} times in 100 to {quantity(precision['within'])} points either way, if about "
        f"{share} stand. Nothing is drawn yet; you can change the number."
    )
    return _sample_page(
        request, body, forms.SampleForm(agreements=agreements, initial=given | {"size": size}), page_lead=lead
    )


def _interval(estimate: Estimate | None, *, whole: bool = False) -> dict[str, str] | None:
    """The estimate in words; None where all that was checked agrees, for that says nothing of how far the rest may differ."""
    if estimate is None or (estimate.low == estimate.high and not whole):
        return None
    words = {name: percentage(getattr(estimate, name)) for name in ("central", "low", "high")}
    return words | {"method": estimate.method}


def estimates(sample: Any, items: list[Any]) -> dict[str, Any]:
    """This will say what the findings so far say of the whole: entries that stand, and by unit the share of the quantity."""
    checked = [item for item in items if item.found is not None]
    stood = sum(item.found == item.entry.quantity for item in checked)
    by_unit: dict[str, list[Any]] = {}
    for item in checked:
        by_unit.setdefault(item.entry.commitment.unit_words, []).append(item)
    return {
        "checked": len(checked),
        "stood": stood,
        "entries": _interval(share_that_stands(stood, len(checked))) if checked else None,
        "quantities": [
            (unit, sum((item.entry.quantity for item in found), Decimal(0)),
             sum((item.found for item in found), Decimal(0)),
             _interval(share_of_quantity([item.entry.quantity for item in found], [item.found for item in found],
                                         len(sample.population)), whole=len(checked) == len(sample.population)))
            for unit, found in sorted(by_unit.items())
        ],
    }  # fmt: skip


def sample(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show a sample as a worksheet, its findings, and the estimates beside the totals."""
    found = queries.get_sample(body, public_id)
    items = queries.items_of(found)
    content = {
        "sample": found, "items": items, "estimates": estimates(found, items), "may_audit": may(request, "finding"),
        "page_heading": found.title, "page_caption": "Sample",
        "breadcrumbs": {"items": [{"text": "Claims", "href": reverse("assurance:claims", args=[body.slug])},
                                  {"text": "Samples", "href": reverse("assurance:samples", args=[body.slug])},
                                  {"text": "Sample"}]},
    }  # fmt: skip
    return render(request, "assurance/sample.html", content)


def sample_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write the worksheet of a sample as a file, with room for the findings."""
    found = queries.get_sample(body, public_id)
    return export_response(
        form, name=f"sample-{found.public_id}",
        headings=["Place", "Agreement", "Provider", "Promise", "Claimed", "Unit", "From", "Until", "Evidence", "Found", "Note",
                  "Reference here"],
        rows=(
            (item.position, item.entry.commitment.agreement.title,
             item.entry.commitment.agreement.provider.name if item.entry.commitment.agreement.provider else "",
             item.entry.commitment.wording, item.entry.quantity, item.entry.commitment.unit, item.entry.starts_on,
             item.entry.ends_on, "; ".join(each.description for each in item.entry.evidence.all()), item.found, item.note,
             item.entry.public_id)
            for item in queries.items_of(found)
        ),
        about=[("Body", body.name), ("Sample", found.title), ("Seed", found.seed),
               ("Drawn from", f"{len(found.population)} claims, the smallest SHA-256 of seed:reference first"),
               ("Claimed in all", quantity(found.claimed))],
    )  # fmt: skip


def finding(request: HttpRequest, body: Body, public_id: str, position: int) -> HttpResponse:
    """This will record what an auditor found of one entry drawn."""
    found = queries.get_sample(body, public_id)
    item = next((each for each in queries.items_of(found) if each.position == position), None)
    if item is None:
        raise Http404
    back = reverse("assurance:sample", args=[body.slug, public_id])
    form = forms.FindingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_finding(by=request.user, item=item, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("found", str(error))
        else:
            messages.success(request, f"The finding of entry {position} is recorded.")
            return redirect(back)
    lead = f"{amount_in_unit(item.entry.quantity, item.entry.commitment.unit_words)} claimed: {item.entry.commitment.wording}"
    return form_page(request, form, f"Finding of entry {position}", back, "Record it", page_lead=lead)
