"""One effect that two departments tell: what may be counted twice, decided by a person, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.templatetags.figures import amount_in_unit
from commonweal.delivery.queries import get_commitment
from commonweal.reporting.budget import actions, forms, queries
from commonweal.reporting.budget.views.year import form_page, frame, may, year_of
from commonweal.reporting.queries import account

if TYPE_CHECKING:
    from commonweal.base.models import Body


def twice(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will list what two departments may both tell, and what was decided about it."""
    of = year_of(year)
    decided = queries.decided_twice(body)
    record = account(body, on=of.ends_on, year=of)
    content = {
        **frame(body, of, "twice", queries.standing(body, of)),
        "perhaps": [
            {
                "one": each.one, "other": each.other, "much": amount_in_unit(each.one.quantity, each.one.unit),
                "href": reverse("budget:count_once", args=[body.slug, year, each.one.public_id, each.other.public_id]),
            }
            for each in queries.perhaps_twice(record, decided)
        ],
        "decided": [
            {
                "left_out": _named(body, each.left_out), "kept": _named(body, each.kept), "reason": each.reason,
                "by": each.decided_by.name, "at": each.decided_at,
                "back": reverse("budget:count_again", args=[body.slug, each.public_id]),
            }
            for each in decided
        ],
        "may_decide": may(request, "count_once"),
    }  # fmt: skip
    return render(request, "budget/twice.html", content)


def _named(body: Body, public_id: str) -> dict[str, str]:
    try:
        promise = get_commitment(body, public_id)
    except ObjectDoesNotExist:
        return {"text": public_id, "href": ""}
    department = promise.agreement.department.name if promise.agreement.department else "No department"
    return {
        "text": f"{promise.wording} ({promise.agreement.title}, {department})",
        "href": reverse("reporting:line_worth", args=[body.slug, public_id]),
    }


def count_once(request: HttpRequest, body: Body, year: str, one: str, other: str) -> HttpResponse:
    """This will ask which of two promises counts for the body, and how it is known that they are one effect."""
    of, back = year_of(year), reverse("budget:twice", args=[body.slug, year])
    try:
        held = {each: get_commitment(body, each) for each in (one, other)}
    except ObjectDoesNotExist:
        raise Http404 from None
    choices = [(key, _named(body, key)["text"]) for key in held]
    form = forms.CountOnceForm(request.POST or None, promises=choices)
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data["kept"]
        try:
            actions.count_once(
                by=request.user, body=body, kept=kept, left_out=other if kept == one else one,  # type: ignore[arg-type]
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "It counts once for the body now, and in each department’s own account.")
            return redirect(back)
    return form_page(request, form, "Count it once", back, of, "Count it once")


def count_again(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take an elimination back."""
    try:
        held = queries.get_elimination(body, public_id)
    except ObjectDoesNotExist:
        raise Http404 from None
    actions.count_again(by=request.user, elimination=held)  # type: ignore[arg-type]
    messages.success(request, "Both count again.")
    return redirect("budget:years", body.slug)
