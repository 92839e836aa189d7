"""The scores of the award as they stood, and the points of the awarded offer where a change cannot be scored anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.delivery.changes import actions, forms, policies, queries
from commonweal.delivery.changes.ranking import Award
from commonweal.delivery.queries import get_agreement
from commonweal.delivery.views.agreements import form_page

if TYPE_CHECKING:
    from commonweal.base.models import Body

_AWARD = (
    "points", "decimals", "tie_rule", "price_weight", "quality_weight", "social_value_weight", "method", "target",
    "target_basis", "estimated_value",
)  # fmt: skip


def scores(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record the scores of an award, from which a change’s ranking is computed; earlier ones stay on record."""
    found = get_agreement(body, public_id)
    policies.check_may_change(found)
    held, given = queries.scores_of(found), request.POST.copy()
    stands = held.public_id if held is not None else ""
    editions = [(each, each) for each in queries.editions_promised(found)]
    form = forms.ScoresForm(given or None, editions=editions, initial=_initial(held) | {"written_against": stands})
    back = reverse("changes:agreement", args=[body.slug, public_id])
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        target = said["target"] if said["method"] == "M3" else None
        award = Award(tenderers=said["tenderers"], **{name: said[name] for name in _AWARD} | {"target": target})
        try:
            actions.record_scores(
                by=request.user, agreement=found, award=award, edition=said["edition"], source=said["source"],  # type: ignore[arg-type]
                written_against=said["written_against"],
            )  # fmt: skip
        except policies.ChangedMeanwhile as error:
            given["written_against"] = stands  # what was written stays; sent again, it is added
            form.add_error(None, str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The scores of the award are recorded. Each change says whether the order moves.")
            return redirect(back)
    lead = "As they stood at the award. Your organisation alone sees them: neither the provider nor the public does."
    return form_page(request, form, "The scores of the award", back, "Record them", page_lead=lead)


def _initial(held: Any) -> dict[str, Any]:
    """This will fill the form with the scores on record, so that a correction is not typed anew."""
    if held is None:
        return {}
    award = queries.award_of(held)
    plain = lambda amount: "" if amount is None else f"{amount.normalize():f}"  # noqa: E731
    rows = [
        "; ".join([each.label, f"{each.price:f}", plain(each.price_points), plain(each.quality_points),
                   plain(each.social_value_points), *([f"{each.offer:f}"] if each.offer is not None else [])])
        for each in award.tenderers
    ]  # fmt: skip
    figures = {name: getattr(award, name) for name in _AWARD}
    numbers = ("points", "price_weight", "quality_weight", "social_value_weight", "target")
    return figures | {name: plain(figures[name]) for name in numbers} | {
        "rows": "\n".join(rows), "awarded": award.awarded.label, "edition": held.edition, "source": held.source,
    }  # fmt: skip


def rescore(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record the points the awarded offer would have had with a change."""
    found = queries.get_change(body, public_id)
    back = reverse("changes:change", args=[body.slug, public_id])
    form = forms.RescoreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rescore(by=request.user, change=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The points are recorded. The ranking is computed anew.")
            return redirect(back)
    _, why = queries.ranking_or_why(found)
    heading = f"The awarded offer’s points with change {found.number}"
    return form_page(request, form, heading, back, "Record them", page_lead=why)
