"""People who leave: all that they own, who takes it over, and a note to hand over on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import ROLES
from commonweal.base.belongings import kinds
from commonweal.base.errors import NotPossible
from commonweal.base.queries import get_person, staff_of
from commonweal.delivery import actions, forms, queries
from commonweal.delivery.views.agreements import today
from commonweal.directory.queries import APPOINTMENT_KINDS

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


def _crumbs(body: Body, *steps: tuple[str, str]) -> dict[str, Any]:
    first = {"text": "People and places", "href": reverse("directory:people", args=[body.slug])}
    return {"items": [first, *({"text": words, "href": href} if href else {"text": words} for words, href in steps)]}


def _leavers(body: Body) -> tuple[str, str]:
    return "Leavers", reverse("delivery:leavers", args=[body.slug])


def leavers(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list who owns how much, those first who have no role here any more and still own something."""
    rows = [
        {"row": row, "roles": ", ".join(ROLES[role] for role in row.roles)} for row in queries.owners(body, today())
    ]
    content = {
        "gone": [each for each in rows if not each["roles"]],
        "here": [each for each in rows if each["roles"]],
        "page_heading": "Leavers",
        "breadcrumbs": _crumbs(body, ("Leavers", "")),
    }
    return render(request, "delivery/leavers.html", content)


def _held(body: Body, person: Person) -> dict[str, Any]:
    """What someone owns and answers for, for the page and the note."""
    owned = queries.owned_by(body, person)
    promised, late = queries.promises_of(body, owned.agreements, today())
    return {
        "person": person,
        "roles": [ROLES[role] for each, roles in staff_of(body) if each.pk == person.pk for role in roles],
        "agreements": [
            {"agreement": each, "promises": promised.get(each.pk, 0), "overdue": late.get(each.pk, [])}
            for each in owned.agreements
        ],
        "promises": owned.commitments,
        "strategy": queries.strategy_owned_by(body, person, today()),
        "others": queries.others_owned_by(body, person, today()),
        "appointments": [
            {"what": APPOINTMENT_KINDS[each.kind], "appointment": each}
            for each in queries.open_appointments_of(body, person)
        ],
    }  # fmt: skip


def leaver(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show all that someone owns, and hand it over."""
    person = queries.get_owner(body, public_id)
    held = _held(body, person)
    owns = any(held[each] for each in ("agreements", "promises", "strategy", "others"))
    others = [(each.public_id, each.name) for each, _ in staff_of(body) if each.pk != person.pk]
    form = forms.HandOverForm(request.POST or None, people=others, owns=owns)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data.get("successor")
        successor = get_person(chosen) if chosen else None
        try:
            done = actions.hand_over(
                by=request.user, body=body, leaver=person, successor=successor, on=today(),  # type: ignore[arg-type]
                end_access=form.cleaned_data["end_access"],
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _told(done, person, successor))
            return redirect("delivery:leaver", body.slug, public_id)
    content = held | {
        "form": form, "owns": owns, "page_heading": person.name, "page_caption": "Leaver",
        "breadcrumbs": _crumbs(body, _leavers(body), (person.name, "")),
    }  # fmt: skip
    return render(request, "delivery/leaver.html", content, status=422 if form.errors else 200)


def _told(done: actions.HandedOver, person: Person, successor: Person | None) -> str:
    words = {kind.id: (kind.one, kind.many) for kind in kinds()}
    counted = [
        f"{number} {one if number == 1 else many}"
        for number, (one, many) in (
            (done.agreements, ("agreement", "agreements")),
            (done.promises, ("promise", "promises")),
            (done.strategy, ("part of the strategy", "parts of the strategy")),
            *((number, words[kind]) for kind, number in done.others),
        )
        if number
    ]
    said = []
    if successor and counted:
        listed = " and ".join([", ".join(counted[:-1]), counted[-1]] if counted[1:] else counted)
        said.append(f"{successor.name} now owns {listed}.")
    if done.roles:
        said.append(f"{person.name} has no access here any more.")
    return " ".join(said)


def leaver_note(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will write the hand-over note of someone who leaves, to print, fill in and sign."""
    person = queries.get_owner(body, public_id)
    content = _held(body, person) | {
        "page_heading": f"Hand-over note: {person.name}",
        "breadcrumbs": _crumbs(
            body, _leavers(body), (person.name, reverse("delivery:leaver", args=[body.slug, public_id])), ("Note", "")
        ),
        "on": today(),
    }
    return render(request, "delivery/leaver_note.html", content)
