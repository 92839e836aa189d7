"""The front door, and the pages that say something went wrong."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from commonweal.base.queries import bodies, memberships_of
from commonweal.base.scope import open_scope


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """This will show the bodies anyone may look at and, to someone signed in, where they work."""
    memberships = []
    if request.user.is_authenticated:
        with open_scope(person=request.user.pk):
            memberships = list(memberships_of(request.user))  # type: ignore[arg-type]
    work: dict[str, dict[str, object]] = {}
    for membership in memberships:
        held = membership.body or membership.party
        entry = work.setdefault(held.public_id, {"name": held.name, "body": membership.body, "party": membership.party})
        entry.setdefault("roles", []).append(membership.role)  # type: ignore[attr-defined]
    content = {"bodies": bodies(), "work": list(work.values()), "demo": settings.COMMONWEAL_DEMO}
    return render(request, "web/home.html", content)


def _went_wrong(request: HttpRequest, status: int, template: str, **content: object) -> HttpResponse:
    content["reference"] = getattr(request, "reference", "")
    return render(request, f"base/errors/{template}.html", content, status=status)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will say who may do what was refused: the sentence of the rule."""
    return _went_wrong(request, 403, "403", sentence=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """This will say that nothing is here, whether it never was or belongs to somebody else."""
    return _went_wrong(request, 404, "404")


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """This will say that the request could not be understood."""
    return _went_wrong(request, 400, "400")


def failed(request: HttpRequest) -> HttpResponse:
    """This will say that something broke here, with the reference number that finds it in the log."""
    return _went_wrong(request, 500, "500")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """This will say that the form was too old or came from somewhere else."""
    return _went_wrong(request, 403, "403", sentence="This form is too old. Go back, load the page again and send it again.")
