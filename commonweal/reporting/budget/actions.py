"""What may be done with a year: its budget and baseline, its reasons, its rules, and its close."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from commonweal.base.actions import record_event
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.directory.models import Department
from commonweal.directory.queries import today
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.queries import get_measure
from commonweal.reporting.budget import policies, queries
from commonweal.reporting.budget.models import BudgetLine, ClosingRules, Variance
from commonweal.reporting.figures import Account
from commonweal.reporting.models import Close, Elimination


def _check_budget_open(body: Body, year: FinancialYear) -> None:
    policies.check_takes_budget(queries.standing(body, year).state, year)


def add_budget_line(
    *, by: Person, body: Body, year: FinancialYear, kind: str, measure: str, quantity: Decimal,
    department: Department | None = None, channel: str = "", place_code: str = "", note: str = "",
) -> BudgetLine:  # fmt: skip
    """This will put a line into a year's budget or baseline: so much of a measure (its outward id). Raises NotPossible."""
    _check_budget_open(body, year)
    policies.check_budget_quantity(quantity)
    if department is not None and department.ended_on is not None and department.ended_on < year.starts_on:
        raise NotPossible(f"{department.name} ended before {year.name}. Budget for the department that follows it.")
    line = BudgetLine.objects.create(
        body=body, year=year.begins, kind=kind, measure=get_measure(measure), quantity=quantity, department=department,
        channel=channel, place_code=place_code, note=note.strip(), recorded_by=by,
    )  # fmt: skip
    record_event(
        by=by, body=body, action="budget.line.added", subject=f"budget.line:{line.public_id}",
        year=year.slug, kind=kind, measure=line.measure.measure_id, quantity=str(quantity),
    )  # fmt: skip
    return line


def take_out_budget_line(*, by: Person, line: BudgetLine) -> None:
    """This will take a line out of an open year's budget or baseline. Raises NotPossible."""
    _check_budget_open(line.body, FinancialYear(line.year))
    line.withdrawn_at = database_now()
    line.save(update_fields=["withdrawn_at"])
    record_event(
        by=by,
        body=line.body,
        action="budget.line.taken-out",
        subject=f"budget.line:{line.public_id}",
    )


def fill_from_record(*, by: Person, body: Body, year: FinancialYear, kind: str, record: Account) -> list[BudgetLine]:
    """This will fill an empty budget with what falls due in the year, or an empty baseline with what the year before
    delivered: one line for each measure, department, channel and place. Raises NotPossible."""
    _check_budget_open(body, year)
    if queries.budget_lines(body, year, kind):
        raise NotPossible("There are lines here already. Take them out first, or add to them one by one.")
    sums: dict[tuple[str, str, str, str], Decimal] = {}
    for line in record.worths["promised" if kind == "budget" else "claimed"].lines:
        promise = line.promise
        if line.has_value and line.counted:
            key = (promise.measure_public_id, promise.department, promise.channel, line.place_code)
            sums[key] = sums.get(key, Decimal(0)) + line.counted
    if not sums:
        raise NotPossible("Nothing that has a value is recorded there yet, so there is nothing to take over.")
    departments = {each.public_id: each for each in Department.objects.filter(body=body)}
    return [
        add_budget_line(
            by=by, body=body, year=year, kind=kind, measure=measure, quantity=quantity,
            department=departments.get(department), channel=channel, place_code=place,
        )
        for (measure, department, channel, place), quantity in sums.items()
    ]  # fmt: skip


def give_reason(
    *, by: Person, body: Body, year: FinancialYear, split: str, part: str, figure: str, words: str
) -> Variance:
    """This will say why a part of a year's account differs from its budget. Raises NotPossible."""
    policies.check_words(words, "why it differs")
    given = Variance.objects.create(
        body=body, year=year.begins, split=split, part=part, figure=figure, words=words.strip(), given_by=by
    )
    record_event(
        by=by, body=body, action="budget.variance.explained", subject=f"budget.variance:{given.public_id}",
        year=year.slug, split=split, part=part, figure=figure,
    )  # fmt: skip
    return given


def set_closing_rules(
    *, by: Person, body: Body, year: FinancialYear, percent: Decimal, pounds: Decimal, late_until_on: date | None
) -> ClosingRules:
    """This will set the rules a year is closed by. Raises NotPossible."""
    if queries.standing(body, year).state == "final":
        raise NotPossible(f"{year.name} is closed for good, so its rules stand as they were.")
    if late_until_on is not None and late_until_on <= year.ends_on:
        raise NotPossible(f"Returns for {year.name} can be awaited only after its last day.")
    rules = ClosingRules.objects.create(
        body=body, year=year.begins, percent=percent, pounds=pounds, late_until_on=late_until_on, set_by=by
    )
    record_event(
        by=by, body=body, action="budget.rules.set", subject=f"budget.rules:{rules.public_id}",
        year=year.slug, percent=str(percent), pounds=str(pounds), late_until=str(late_until_on),
    )  # fmt: skip
    return rules


def close_provisionally(*, by: Person, body: Body, year: FinancialYear) -> Close:
    """This will close a year that is over for others to look at; late returns still count. Raises NotPossible."""
    policies.check_state(queries.standing(body, year).state, "provisional")
    policies.check_over(year, today())
    return _say(by, body, year, "provisional", "")


def close_for_good(*, by: Person, body: Body, year: FinancialYear) -> Close:
    """This will close a year for good, by another person: what comes later belongs to a later year. Raises NotPossible."""
    held = queries.standing(body, year)
    policies.check_state(held.state, "final")
    policies.check_other_person(by, held.prepared_by)
    rules = queries.closing_rules(body, year)
    if rules.late_until_on is not None and today() <= rules.late_until_on:
        raise NotPossible(
            f"Returns for {year.name} are awaited until {rules.late_until_on:%-d %B %Y}. Close it after that day, or "
            "change the day in the rules."
        )
    return _say(by, body, year, "final", "")


def open_again(*, by: Person, body: Body, year: FinancialYear, reason: str) -> Close:
    """This will open a closed year again, with the reason why. Raises NotPossible."""
    policies.check_state(queries.standing(body, year).state, "open")
    policies.check_words(reason, "why the year is opened again")
    return _say(by, body, year, "reopened", reason.strip())


def _say(by: Person, body: Body, year: FinancialYear, kind: str, reason: str) -> Close:
    said = Close.objects.create(body=body, year=year.begins, kind=kind, reason=reason, closed_by=by)
    record_event(
        by=by, body=body, action=f"budget.year.{kind}", subject=f"reporting.close:{said.public_id}",
        year=year.slug, reason=reason,
    )  # fmt: skip
    return said


def count_once(*, by: Person, body: Body, left_out: str, kept: str, reason: str) -> Elimination:
    """This will leave one of two promises out of the body's own figures, because both tell one effect; it stays in its
    department's. `left_out` and `kept` are outward ids. Raises NotPossible."""
    policies.check_words(reason, "how you know the two are one effect")
    if left_out == kept:
        raise NotPossible("Choose two different promises.")
    standing = queries.decided_twice(body)
    if any(each.left_out == left_out for each in standing):
        raise NotPossible("This promise is left out of the body’s figures already.")
    if any(each.left_out == kept for each in standing):
        raise NotPossible("The promise that is to count is itself left out. Choose the one that counts.")
    made = Elimination.objects.create(body=body, left_out=left_out, kept=kept, reason=reason.strip(), decided_by=by)
    record_event(
        by=by, body=body, action="budget.elimination.decided", subject=f"reporting.elimination:{made.public_id}",
        left_out=left_out, kept=kept,
    )  # fmt: skip
    return made


def count_again(*, by: Person, elimination: Elimination) -> None:
    """This will take an elimination back, so that both promises count again."""
    elimination.lifted_at = database_now()
    elimination.save(update_fields=["lifted_at"])
    record_event(
        by=by, body=elimination.body, action="budget.elimination.lifted",
        subject=f"reporting.elimination:{elimination.public_id}", 
    )  # fmt: skip
