"""The quarters of a whole agreement on one page: proposed even, written over, agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.mobilisation import actions, forms, queries
from commonweal.delivery.mobilisation.policies import ChangedMeanwhile
from commonweal.delivery.mobilisation.views.expected import crumbs
from commonweal.delivery.mobilisation.views.grids import grid_of, grids_of
from commonweal.delivery.queries import get_agreement
from commonweal.delivery.views.agreements import today

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


def profile(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will agree the quarters of an agreement's promises; what falls short of a promise is refused with what is
    missing, and whoever comes second is told.
    """
    found = get_agreement(body, public_id)
    back = reverse("mobilisation:agreement", args=[body.slug, public_id])
    rows = [each for each in queries.expected(found, today()) if queries.proposed(each.row)]
    promises: list[tuple[Any, Any, int]] = [
        (each.commitment, queries.proposed(each.row), each.profile.version if each.profile else 0) for each in rows
    ]
    form = forms.ProfileForm(
        request.POST if request.method == "POST" else None, promises=promises, initial={"agreed_on": today()}
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.agree_profiles(
                by=cast("Person", request.user), agreement=found, profiles=form.profiles(),
                written_against=form.written_against(), agreed_on=form.cleaned_data["agreed_on"],
                agreed_with=form.cleaned_data["agreed_with"], reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except ChangedMeanwhile as error:
            latest = {f"v-{each.public_id}": version for each, _parts, version in promises}
            form = forms.ProfileForm(request.POST.dict() | latest, promises=promises)
            form.add_error(None, str(error))
            status = 409
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            words = f"The quarters of {len(made)} promise{'' if len(made) == 1 else 's'} are agreed."
            messages.success(request, words if made else "The quarters are as they were, so nothing changed.")
            return redirect(back)
    grids = [
        grid_of(each, parts, today(), form.boxes(each.commitment, parts), form[f"v-{each.commitment.public_id}"])
        for each, (_commitment, parts, _version) in zip(rows, promises, strict=True)
    ]
    content = {
        "agreement": found, "form": form, "grids": grids, "back_url": back,
        "is_first": not any(each.profile for each in rows),
        "page_heading": "Agree the quarters", "page_caption": found.title,
        "breadcrumbs": crumbs(found, ("Expected", back), ("Agree the quarters", "")),
    }  # fmt: skip
    if form.errors and status == 200:
        status = 422
    return render(request, "mobilisation/profile.html", content, status=status)


def profile_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write an agreement's quarters as a file, one row for each quarter of each promise."""
    found = get_agreement(body, public_id)
    rows = (
        (grid.each.commitment.wording, grid.each.commitment.unit, box.quarter.label, box.quarter.starts_on,
         box.quarter.ends_on, box.quantity, "Agreed" if grid.is_agreed else "Proposed",
         grid.each.profile.version if grid.each.profile else None,
         grid.each.profile.agreed_on if grid.each.profile else None)
        for grid in grids_of(queries.expected(found, today()), today())
        for year in grid.years for box in year.boxes if box
    )  # fmt: skip
    return export_response(
        form, name=f"quarters-{found.reference or found.title}-{today()}",
        headings=["Promise", "Unit", "Quarter", "From", "To", "Quantity", "Agreed or proposed", "Version", "Agreed on"],
        rows=rows, about=[("Agreement", found.title), ("Body", body.name), ("As of", long_date(today()))],
    )  # fmt: skip
