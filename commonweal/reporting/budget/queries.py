"""The account of a year: what was budgeted, committed, forecast and delivered, each from the one function that values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.db.models import Q, QuerySet

from commonweal.base.models import Body, Person
from commonweal.delivery.models import Agreement
from commonweal.directory.queries import today
from commonweal.engine.year import FinancialYear
from commonweal.reporting.budget.forecast import Progress, Rates, forecast, rates
from commonweal.reporting.budget.models import BudgetLine, ClosingRules, Variance
from commonweal.reporting.figures import STAGES, Account, Promise, What, Worth
from commonweal.reporting.models import Close, Elimination
from commonweal.reporting.queries import account, expected, worth_of
from commonweal.reporting.record.queries import NO_DEPARTMENT, Objectives, eliminations

#: What an account of a year shows, in order, with the words a person reads.
YEAR_STAGES: Final[dict[What, str]] = {
    "baseline": "Baseline", "budget": "Budget", "promised": "Committed", "forecast": "Forecast",
    **{what: words for what, words in STAGES.items() if what != "promised"},
}  # fmt: skip
KINDS_OF_LINES: Final[tuple[What, ...]] = ("baseline", "budget")
_COLUMNS: Final = ("department", "channel", "objective", "size", "theme", "place", "confirmable")


# --- state ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How a year stands: open, closed provisionally or for good, since when, and by whom."""

    year: FinancialYear
    state: str
    history: tuple[Close, ...]

    @property
    def last(self) -> Close | None:
        """What was said last of it."""
        return self.history[-1] if self.history else None

    @property
    def prepared_by(self) -> Person | None:
        """Who closed it provisionally, where it is closed."""
        found = [each for each in self.history if each.kind == "provisional"]
        return found[-1].closed_by if found and self.state != "open" else None

    @property
    def approved_by(self) -> Person | None:
        """Who closed it for good, where it is."""
        return self.last.closed_by if self.state == "final" and self.last else None

    @property
    def closed_at(self) -> datetime | None:
        """Since when it is closed for good."""
        return self.last.closed_at if self.state == "final" and self.last else None


def standing(body: Body, year: FinancialYear) -> Standing:
    """This will say how a year stands; needs the body's scope."""
    found = Close.objects.filter(body=body, year=year.begins).select_related("closed_by__key_held").order_by("id")
    return _standing(year, tuple(found))


def _standing(year: FinancialYear, history: tuple[Close, ...]) -> Standing:
    state = history[-1].kind if history else "open"
    return Standing(year, "open" if state == "reopened" else state, history)


def standings(body: Body) -> list[Standing]:
    """This will give the years of a body, the newest first: from its first agreement, budget or close to this year."""
    closes: dict[int, list[Close]] = {}
    for each in Close.objects.filter(body=body).select_related("closed_by__key_held").order_by("id"):
        closes.setdefault(each.year, []).append(each)
    this = FinancialYear.of(today()).begins
    started = Agreement.objects.filter(body=body, withdrawn_at__isnull=True, starts_on__isnull=False)
    earliest = started.order_by("starts_on").values_list("starts_on", flat=True).first()
    years = {this, *closes, *_lines(body).order_by().values_list("year", flat=True).distinct()}
    first = min([*years, max(FinancialYear.of(earliest).begins, this - 10) if earliest else this])
    return [
        _standing(FinancialYear(begins), tuple(closes.get(begins, ()))) for begins in range(max(years), first - 1, -1)
    ]


def closing_rules(body: Body, year: FinancialYear) -> ClosingRules:
    """This will give the rules a year is closed by; the usual ones (not saved) where none were set."""
    held = ClosingRules.objects.filter(body=body, year__lte=year.begins).order_by("-year", "-id").first()
    return held or ClosingRules(body=body, year=year.begins)


# --- lines of a budget ------------------------------------------------------------------------------------------------


def _lines(body: Body) -> QuerySet[BudgetLine]:
    return BudgetLine.objects.filter(body=body, withdrawn_at__isnull=True)


def budget_lines(body: Body, year: FinancialYear, kind: str) -> list[BudgetLine]:
    """This will list the lines of a year's budget or baseline, as they were put down."""
    found = _lines(body).filter(year=year.begins, kind=kind)
    return list(
        found.select_related("measure__edition", "department").defer("measure__edition__content").order_by("id")
    )


def get_budget_line(body: Body, public_id: str) -> BudgetLine:
    """This will find a line of a budget or baseline; raises BudgetLine.DoesNotExist."""
    return _lines(body).select_related("measure__edition", "department").get(public_id=public_id)


def _as_promise(line: BudgetLine, year: FinancialYear, objectives: Objectives) -> Promise:
    measure, department = line.measure, line.department
    reference = f"{measure.edition.framework_id}@{measure.edition.version}"
    of = department.public_id if department else NO_DEPARTMENT
    return Promise(
        public_id=line.public_id, wording=measure.title, unit=measure.unit, quantity=line.quantity,
        direction=measure.direction, basis="fixed", starts_on=year.starts_on, ends_on=year.ends_on,
        place_code=line.place_code, gbp_as_contracted=None, recorded_on=line.recorded_at.date(),
        agreement=line.public_id, agreement_title=dict(BudgetLine._meta.get_field("kind").choices or ())[line.kind],
        agreement_state="current", channel=line.channel, department=of,
        department_name=department.name if department else "No department", measure=measure.measure_id,
        measure_public_id=measure.public_id, measure_title=measure.title, measure_unit=measure.unit,
        measure_direction=measure.direction, confirmable=measure.confirmable, edition=reference, share=Decimal(1),
        objective=objectives.of(reference, measure.measure_id),
    )  # fmt: skip


# --- the account ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Narrowed:
    """Whose year it is: all of the body's, or a department's, a channel's, or what lies in some places."""

    department: str = ""
    channel: str = ""
    places: Collection[str] | None = None

    @property
    def words(self) -> dict[str, Any]:
        """As `reporting.queries.account` takes it."""
        return {"department": self.department, "channel": self.channel, "places": self.places}

    def keeps(self, line: BudgetLine) -> bool:
        """Whether a line of a budget is of it."""
        own = line.department.public_id if line.department else NO_DEPARTMENT
        return (
            (not self.department or own == self.department)
            and (not self.channel or line.channel == self.channel)
            and (self.places is None or line.place_code in self.places)
        )


@dataclass(frozen=True)
class YearAccount:
    """A year's account: every stage valued alike, as at the year's last day."""

    year: FinancialYear
    standing: Standing
    on: date
    record: Account
    baseline: Worth
    budget: Worth
    so_far: Worth
    forecasts: Mapping[str, Worth]
    rates: Rates | None
    progress: Mapping[str, Progress]

    @cached_property
    def stages(self) -> dict[What, Worth]:
        """Every stage that is known, in order; no forecast where too little went before to say."""
        found: dict[What, Worth] = {"baseline": self.baseline, "budget": self.budget, **self.record.worths}
        if "middle" in self.forecasts:
            found["forecast"] = self.forecasts["middle"]
        return {what: found[what] for what in YEAR_STAGES if what in found}

    @cached_property
    def account(self) -> Account:
        """The stages as an account."""
        return Account(self.year.ends_on, self.stages)

    @property
    def is_over(self) -> bool:
        """Whether the year's last day has passed."""
        return self.on > self.year.ends_on


def year_account(body: Body, year: FinancialYear, narrowed: Narrowed = Narrowed()) -> YearAccount:
    """This will give the account of a year: baseline, budget, committed, forecast, delivered by assurance.

    Needs the body's scope; the number of database queries does not depend on how much is recorded.
    """
    on, objectives = today(), Objectives(body)
    record = account(body, on=year.ends_on, year=year, by=_COLUMNS, **narrowed.words)
    so_far = expected(body, year=year, until=on, by=_COLUMNS, **narrowed.words)
    given: dict[What, Worth] = {}
    for kind in KINDS_OF_LINES:
        lines = [each for each in budget_lines(body, year, kind) if narrowed.keeps(each)]
        told = [_as_promise(each, year, objectives) for each in lines]
        given[kind] = worth_of(told, what=kind, on=year.ends_on, by=_COLUMNS)
    progress = _progress(record, so_far)
    found = rates(progress.values())
    return YearAccount(
        year=year, standing=standing(body, year), on=on, record=record, baseline=given["baseline"],
        budget=given["budget"], so_far=so_far, forecasts=_forecasts(record, progress, found, year), rates=found,
        progress=progress,
    )  # fmt: skip


def _progress(record: Account, so_far: Worth) -> dict[str, Progress]:
    """How each promise of benefit goes, in its own unit; what was delivered beyond what falls due is its own too."""
    due = {each.public_id: each.quantity for each in record.worths["promised"].lines if _is_benefit(each.promise)}
    early = {each.public_id: each.quantity for each in so_far.lines}
    delivered: dict[str, Decimal] = {}
    for line in record.worths["claimed"].lines:
        if _is_benefit(line.promise) and not line.brought_forward:
            key = line.promise.public_id
            delivered[key] = delivered.get(key, Decimal(0)) + line.quantity
    return {
        key: Progress(due.get(key, Decimal(0)), early.get(key, Decimal(0)), delivered.get(key, Decimal(0)))
        for key in [*due, *(key for key in delivered if key not in due)]
    }


def _is_benefit(promise: Promise) -> bool:
    return promise.direction == "benefit" and promise.basis == "fixed"


def _forecasts(
    record: Account, progress: Mapping[str, Progress], found: Rates | None, year: FinancialYear
) -> dict[str, Worth]:
    if found is None:
        return {}
    lines = {each.public_id: each.promise for each in record.worths["promised"].lines}
    for each in record.worths["claimed"].lines:
        lines.setdefault(each.promise.public_id, each.promise)
    held: dict[str, Worth] = {}
    for name, rate in (("low", found.low), ("middle", found.middle), ("high", found.high)):
        quantities = forecast(progress, rate)
        told = [_in_year(lines[key], quantity, year) for key, quantity in quantities.items() if quantity]
        held[name] = worth_of(told, what="forecast", on=year.ends_on, by=_COLUMNS)
    return held


def _in_year(promise: Promise, quantity: Decimal, year: FinancialYear) -> Promise:

    first, last = promise.starts_on or year.starts_on, promise.ends_on or year.ends_on
    begins, ends = max(first, year.starts_on), min(last, year.ends_on)
    if begins > ends:  # delivered in the year, promised for another
        begins, ends = year.starts_on, year.ends_on
    return replace(promise, quantity=quantity, starts_on=begins, ends_on=ends)


def opening(body: Body, year: FinancialYear, narrowed: Narrowed = Narrowed()) -> Account:
    """This will value what had fallen due and was delivered before a year: where it opens. Told as at its last day."""
    return account(body, on=year.ends_on, before=year, by=_COLUMNS, **narrowed.words)


# --- why it differs ---------------------------------------------------------------------------------------------------


def variances(body: Body, year: FinancialYear) -> dict[tuple[str, str, str], Variance]:
    """This will give what was said last of each difference: by split, part and figure."""
    found = Variance.objects.filter(body=body, year=year.begins).select_related("given_by__key_held").order_by("id")
    return {(each.split, each.part, each.figure): each for each in found}


# --- one effect, two departments --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Twice:
    """Two promises of different departments that may tell one effect: same measure, same quantity, at the same time."""

    one: Promise
    other: Promise


def perhaps_twice(record: Account, decided: Sequence[Elimination]) -> list[Twice]:
    """This will list what two departments may both tell, where nobody has decided yet."""
    settled = {each.left_out for each in decided} | {each.kept for each in decided}
    groups: dict[tuple[str, str, Decimal, str], list[Promise]] = {}
    for line in record.worths["promised"].lines:
        promise = line.promise
        if promise.measure and line.quantity and promise.public_id not in settled:
            key = (promise.edition, promise.measure, line.quantity, promise.place_code)
            groups.setdefault(key, []).append(promise)
    return [
        Twice(one, other)
        for held in groups.values()
        for index, one in enumerate(held)
        for other in held[index + 1 :]
        if one.department != other.department and _overlap(one, other)
    ]


def _overlap(one: Promise, other: Promise) -> bool:
    if None in (one.starts_on, one.ends_on, other.starts_on, other.ends_on):
        return False
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on  # type: ignore[operator]


def decided_twice(body: Body) -> list[Elimination]:
    """This will list what counts with its own department and not with the body, with who decided it."""
    keys = [each.pk for each in eliminations(body)]
    return list(Elimination.objects.filter(pk__in=keys).select_related("decided_by__key_held").order_by("-id"))


def get_elimination(body: Body, public_id: str) -> Elimination:
    """This will find an elimination that stands; raises Elimination.DoesNotExist."""
    return Elimination.objects.get(Q(body=body, lifted_at__isnull=True), public_id=public_id)
