"""The years of the invented councils: the last one budgeted, explained and closed, this one budgeted and under way."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from commonweal.base.queries import find_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.directory.queries import today
from commonweal.engine.year import FinancialYear
from commonweal.reporting.budget import actions, presentation, queries
from commonweal.reporting.queries import account
from commonweal.web.demonstration.region import BODIES

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

#: Why the last year brought something else than it was to bring, the largest difference first.
REASONS = (
    "Two schemes began in the autumn instead of the spring, after the tender was run again.",
    "The provider reported its spring quarter late; most of it counts in this year.",
    "More was bought from the county than anybody had planned, once the framework was open.",
)


def load_budget() -> None:
    """This will set, explain and close the last year of each council of the region, and budget this one."""
    this = FinancialYear.of(today())
    for slug in BODIES[:2]:
        body = find_body(slug)
        if body is None:
            continue
        with open_scope(body=body.pk):
            if queries.standing(body, this.previous).history or queries.budget_lines(body, this, "budget"):
                continue
            staff = {role: person for person, roles in staff_of(body) for role in roles}
            lead, finance = staff.get("lead"), staff.get("finance") or staff.get("lead")
            if lead is None or finance is None:
                continue
            _budget(body, finance, this.previous)
            _explain(body, finance, this.previous)
            _budget(body, finance, this)
            if finance != lead and today() > date(this.begins, 4, 1):
                actions.close_provisionally(by=finance, body=body, year=this.previous)
                actions.close_for_good(by=lead, body=body, year=this.previous)


def _budget(body: Body, by: Person, year: FinancialYear) -> None:
    """What falls due in the year, and what the year before delivered as its baseline."""
    for kind, source in (("budget", year), ("baseline", year.previous)):
        found = account(body, on=source.ends_on, year=source)
        wanted = found.worths["promised" if kind == "budget" else "claimed"]
        if any(line.has_value and line.counted for line in wanted.lines):
            actions.fill_from_record(by=by, body=body, year=year, kind=kind, record=found)


def _explain(body: Body, by: Person, year: FinancialYear) -> None:
    held = queries.year_account(body, year)
    figure = presentation.chosen_figure(held, "")
    if figure is None:
        return
    rules = queries.closing_rules(body, year)
    split = presentation.split_account(
        held, "department", figure, {}, lambda _what, _part: "", {}, rules, lambda _part: ""
    )
    for row, words in zip((row for row in split.rows if row.matters), REASONS, strict=False):
        actions.give_reason(
            by=by, body=body, year=year, split="department", part=row.key,
            figure=presentation.key_slug(figure), words=words,
        )  # fmt: skip
