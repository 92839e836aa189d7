"""Closing a year: what to settle first, the rules it is closed by, the two closes, and opening it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.govuk.listing import Link
from commonweal.base.templatetags.figures import long_date, money
from commonweal.delivery.queries import entries_to_accept
from commonweal.delivery.returns.queries import late_returns
from commonweal.directory.queries import today
from commonweal.reporting.budget import actions, forms, queries
from commonweal.reporting.budget.views.year import Asked, form_page, frame, may, year_of

if TYPE_CHECKING:
    from commonweal.base.models import Body


def _to_settle(asked: Asked) -> list[tuple[Link, str]]:
    """What is better settled before the year is closed: where, and what it means if it is not."""
    body, held = asked.body, asked.held
    claimed = held.record.worths["claimed"]
    found: list[tuple[Link, str]] = []

    def note(number: int, words: str, href: str, meaning: str) -> None:
        if number:
            found.append((Link(f"{number:,} {words}", href), meaning))

    waiting = entries_to_accept(body).filter(ends_on__range=(held.year.starts_on, held.year.ends_on)).count()
    note(waiting, "deliveries wait to be accepted", reverse("delivery:entries", args=[body.slug]),
         "They count as claimed only, and what is accepted after the close stays out of this year.")  # fmt: skip
    note(late_returns(body, held.year.ends_on).count(), "returns have not come",
         reverse("returns:returns", args=[body.slug]), "What comes after the close counts in a later year.")  # fmt: skip
    lines_url = reverse("reporting:worth_lines", args=[body.slug])
    note(len(claimed.lines) - claimed.valued, "deliveries have no value",
         f"{lines_url}?what=claimed&year={held.year.slug}&figure=none", "They are in no figure in pounds.")  # fmt: skip
    perhaps = queries.perhaps_twice(held.record, queries.decided_twice(body))
    note(len(perhaps), "effects may be told by two departments", reverse("budget:twice", args=[body.slug, held.year.slug]),
         "Both count until somebody decides.")  # fmt: skip
    split = asked.split()
    wanted = [row for row in split.rows if row.matters and row.reason is None] if split else []
    note(len(wanted), "differences that matter have no reason", reverse("budget:year", args=[body.slug, held.year.slug]),
         "Readers will ask.")  # fmt: skip
    return found


def closing(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will show how a year stands, what to settle before it is closed, and by which rules."""
    asked = Asked(request, body, year_of(year))
    held, rules = asked.held, queries.closing_rules(body, asked.year)
    state = held.standing.state
    content: dict[str, Any] = {
        **frame(body, asked.year, "closing", held.standing),
        "to_settle": _to_settle(asked),
        "rules": [
            ("A difference matters", f"above {money(rules.pounds)} and above {rules.percent.normalize():f}% of the budget"),
            ("Returns are awaited", f"until {long_date(rules.late_until_on)}" if rules.late_until_on
             else "until the year is closed for good"),
        ],
        "history": [
            (each.get_kind_display(), each.closed_by.name, each.closed_at, each.reason) for each in held.standing.history
        ],
        "is_over": today() > asked.year.ends_on,
        "may_close": may(request, "close"),
        "is_own": held.standing.prepared_by is not None and held.standing.prepared_by.pk == request.user.pk,
        "next": "provisional" if state == "open" else "final" if state == "provisional" else "",
    }  # fmt: skip
    return render(request, "budget/closing.html", content)


def rules(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will set the rules a year is closed by."""
    of, back = year_of(year), reverse("budget:closing", args=[body.slug, year])
    held = queries.closing_rules(body, of)
    initial = {"percent": held.percent.normalize(), "pounds": held.pounds, "late_until_on": held.late_until_on}
    form = forms.RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.set_closing_rules(
                by=request.user, body=body, year=of, percent=said["percent"], pounds=said["pounds"],  # type: ignore[arg-type]
                late_until_on=said["late_until_on"],
            )  # fmt: skip
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The rules are set.")
            return redirect(back)
    return form_page(request, form, "The rules of the close", back, of)


def close(request: HttpRequest, body: Body, year: str, kind: str) -> HttpResponse:
    """This will close a year, provisionally or for good."""
    of = year_of(year)
    steps = {"provisional": actions.close_provisionally, "final": actions.close_for_good}
    if kind not in steps:
        raise Http404
    try:
        steps[kind](by=request.user, body=body, year=of)  # type: ignore[arg-type]
    except NotPossible as refused:
        messages.error(request, str(refused))
    else:
        words = "provisionally" if kind == "provisional" else "for good"
        messages.success(request, f"{of.name} is closed {words}.")
    return redirect("budget:closing", body.slug, year)


def open_again(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will open a closed year again, with the reason why."""
    of, back = year_of(year), reverse("budget:closing", args=[body.slug, year])
    form = forms.OpenAgainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_again(by=request.user, body=body, year=of, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{of.name} is open again.")
            return redirect(back)
    return form_page(request, form, f"Open {of.name} again", back, of, "Open it again")
