"""What pages, reports and the higher rooms read of opportunities, ask lines and what is missing between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from commonweal.asks.models import AskLine, Opportunity, OpportunityClause
from commonweal.asks.vocabulary import CHANNELS
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.base.templatetags.figures import quantity, short_in_unit
from commonweal.directory.models import Place
from commonweal.directory.queries import PLACE_KINDS, find_places, place_on, wards_of
from commonweal.engine.clauses import CHANGE_AND_CREDIT
from commonweal.engine.duties import Duty, InvalidCase, duties_for
from commonweal.frameworks.models import Edition, Measure
from commonweal.frameworks.queries import (
    Branch,
    StrategyGaps,
    editions_in_force,
    get_edition,
    measures,
    objectives,
    strategy_gaps,
)

#: States in which social value can still be asked for.
OPEN_STATES = ("planned", "asked")

# --- opportunities --------------------------------------------------------------------------------------------------


def live_opportunities(body: Body) -> QuerySet[Opportunity]:
    """This will start a query over a body's opportunities that were not withdrawn; needs its scope."""
    return Opportunity.objects.filter(body=body).exclude(state="withdrawn")


def open_opportunities(body: Body) -> QuerySet[Opportunity]:
    """This will list the opportunities of a body that may still change, by title; needs its scope."""
    return live_opportunities(body).exclude(state="agreed").select_related("body").order_by("title", "id")


def standing_lines() -> QuerySet[AskLine]:
    """This will start a query over the lines that were not removed, with measure and objective; needs a scope."""
    return (
        AskLine.objects.filter(removed_at__isnull=True)
        .select_related("measure__edition", "objective")
        .defer("measure__edition__content")
    )


def get_opportunity(body: Body, public_id: str) -> Opportunity:
    """This will find an opportunity of a body with its department and contact; raises Opportunity.DoesNotExist."""
    return Opportunity.objects.select_related("body", "department", "contact__key_held").get(
        body=body, public_id=public_id
    )


def find_opportunity(body: Body, public_id: str) -> Opportunity:
    """This will find an opportunity for another room's record; raises Opportunity.DoesNotExist."""
    return get_opportunity(body, public_id)


def opportunity_choices(body: Body) -> list[tuple[str, str]]:
    """This will list the opportunities that were not withdrawn as (outward id, title), by title."""
    return list(live_opportunities(body).order_by("title", "id").values_list("public_id", "title"))


@dataclass(frozen=True, slots=True)
class OpportunityFilters:
    """What to keep of a body's opportunities; an empty field keeps all. `department` is an outward id."""

    text: str = ""
    channel: str = ""
    department: str = ""
    state: str = ""
    level: str = ""
    not_asked: bool = False


def opportunities(body: Body, filters: OpportunityFilters = OpportunityFilters()) -> QuerySet[Opportunity]:
    """This will find a body's opportunities that fit the filters, each with `asked`, the count of its lines."""
    found = Opportunity.objects.filter(body=body).select_related("department")
    found = found.annotate(asked=Count("lines", filter=Q(lines__removed_at__isnull=True)))
    for word in filters.text.split():
        found = found.filter(Q(title__icontains=word) | Q(summary__icontains=word) | Q(cpv__startswith=word))
    exact = {
        "channel": filters.channel, "department__public_id": filters.department, "state": filters.state,
        "level": filters.level,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if filters.not_asked:
        found = found.filter(_nothing_asked())
    return found


def _nothing_asked() -> Q:
    lines = AskLine.objects.filter(opportunity=OuterRef("pk"), removed_at__isnull=True)
    return Q(~Exists(lines), state__in=OPEN_STATES)


@dataclass(frozen=True, slots=True)
class PipelineRow:
    """What is to come in one channel. `value` in GBP sums those whose value is known; `unvalued` counts the others."""

    channel: str
    label: str
    count: int
    value: Decimal
    unvalued: int
    not_asked: int


def pipeline(body: Body) -> list[PipelineRow]:
    """This will sum what is planned or asked by channel, with how many ask for nothing yet; needs the body's scope."""
    coming = Opportunity.objects.filter(body=body, state__in=OPEN_STATES)
    sums = {
        row["channel"]: row
        for row in coming.order_by()
        .values("channel")
        .annotate(count=Count("pk"), total=Sum("value"), unvalued=Count("pk", filter=Q(value__isnull=True)))
    }
    silent = dict(
        coming.filter(_nothing_asked())
        .order_by()
        .values("channel")
        .annotate(count=Count("pk"))
        .values_list("channel", "count")
    )
    return [
        PipelineRow(channel, label, row["count"], row["total"] or Decimal(0), row["unvalued"], silent.get(channel, 0))
        for channel, label in CHANNELS
        if (row := sums.get(channel))
    ]


# --- lines ----------------------------------------------------------------------------------------------------------


def _in_order(lines: QuerySet[AskLine]) -> QuerySet[AskLine]:
    return lines.order_by("measure__edition_id", "measure__position", "id")


def lines_of(opportunity: Opportunity) -> list[AskLine]:
    """This will list what an opportunity asks for, in the order of the framework, with measure and objective."""
    return list(_in_order(standing_lines().filter(opportunity=opportunity)))


def lines_by_opportunity(opportunities: Sequence[Opportunity]) -> dict[int, list[AskLine]]:
    """This will give the lines of many opportunities by inner key, in one query."""
    found: dict[int, list[AskLine]] = {each.pk: [] for each in opportunities}
    for line in _in_order(standing_lines().filter(opportunity_id__in=list(found))):
        found[line.opportunity_id].append(line)
    return found


def clause_of(opportunity: Opportunity, kind: str = CHANGE_AND_CREDIT) -> OpportunityClause | None:
    """This will find the standard clause that an opportunity offers, or nothing."""
    found = OpportunityClause.objects.filter(opportunity=opportunity, kind=kind, removed_at__isnull=True)
    return found.select_related("opportunity").first()


def titles_by_line(opportunity: Opportunity) -> dict[str, str]:
    """This will name the measure of every line an opportunity ever had, by the line's outward id, for its history."""
    lines = AskLine.objects.filter(opportunity=opportunity)
    return dict(lines.values_list("public_id", "measure__title"))


def find_ask_line(body: Body, public_id: str) -> AskLine:
    """This will find a line of a body's asks that was not removed; raises AskLine.DoesNotExist."""
    return standing_lines().select_related("body", "opportunity__body").get(body=body, public_id=public_id)


def amount_words(line: AskLine) -> str:
    """This will write how much a line asks for: "12 FTE-years", "£800,000", or that the offer is open."""
    unit = line.measure.unit
    if line.quantity is None:
        return f"open offer, in {'£' if unit == 'GBP' else unit}"
    return short_in_unit(line.quantity, "£") if unit == "GBP" else f"{quantity(line.quantity)} {unit}"


def ask_words(line: AskLine) -> str:
    """This will write a line in words: "Apprentices who start: 6 people"."""
    return f"{line.measure.title}: {amount_words(line)}"


def ask_line_choices(opportunity: Opportunity) -> list[tuple[str, str]]:
    """This will list what an opportunity asks for as (outward id, words)."""
    return [(line.public_id, ask_words(line)) for line in lines_of(opportunity)]


def asked_from(opportunity: Opportunity, today: date) -> date:
    """This will give the day by which frameworks and duties are chosen: its commencement, else today."""
    return opportunity.commenced_on or today


def editions_to_ask(body: Body, on: date) -> list[Edition]:
    """This will list the editions in force on a day that have measures to ask for; needs the body's scope."""
    return [each for each in editions_in_force(body, on) if get_edition(each.reference).measures]


def measure_choices(body: Body, on: date) -> list[tuple[str, str]]:
    """This will list the measures a body may ask for on a day as (outward id, "Theme: title (unit)")."""
    found = []
    for edition in editions_to_ask(body, on):
        themes = {theme.id: theme.title for theme in get_edition(edition.reference).themes}
        found += [
            (each.public_id, f"{themes[each.theme_id]}: {each.title} ({each.unit})") for each in measures(edition)
        ]
    return found


def objective_choices(body: Body, on: date) -> list[tuple[str, str]]:
    """This will list the objectives in force on a day as (outward id, title)."""
    return [(each.node.public_id, each.node.title) for each in objectives(body, on)]


class PlaceNotFound(NotPossible):
    """No place, or more than one, is what somebody wrote; the message says what to write instead."""


def place_named(body: Body, text: str, on: date) -> str:
    """This will give the code of a place written as a code or an exact name; "" for nothing written.

    A ward of the body's own goes before places of the same name elsewhere. Raises PlaceNotFound for a name that nothing
    or more than one place has, and for a place that did not exist on the day.
    """
    text = " ".join(text.split())
    if not text:
        return ""
    if " " not in text and any(letter.isdigit() for letter in text):
        try:
            return place_on(text.upper(), on).code
        except NotPossible as error:
            raise PlaceNotFound(str(error)) from None
    same = {text.casefold()}
    own = [ward for ward in wards_of(body.place_code, on) if ward.name.casefold() in same] if body.place_code else []
    named = own or [
        place for place in find_places(text, limit=200)
        if {place.name.casefold(), place.name_cy.casefold()} & same and _existed(place, on)
    ]  # fmt: skip
    if not named:
        raise PlaceNotFound(f"No ward or council is called {text}. Check the name, or give its code.")
    if len(named) > 1:
        which = ", ".join(f"{place.code} ({PLACE_KINDS[place.kind].lower()})" for place in named[:6])
        raise PlaceNotFound(f"More than one place is called {text}. Give the code of the one you mean: {which}.")
    return named[0].code


def _existed(place: Place, on: date) -> bool:
    return (place.valid_from is None or place.valid_from <= on) and (place.valid_to is None or on < place.valid_to)


# --- duties ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DutiesCheck:
    """The duties of one opportunity by answer, the day they were chosen by, and what is lacking to tell them.

    `commenced` is False when the day is only today's, as the opportunity has not begun.
    """

    on: date
    commenced: bool
    lacking: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()

    def with_answer(self, *answers: str) -> tuple[Duty, ...]:
        """This will give the duties whose answer is one of these, in the order of the catalogue."""
        return tuple(duty for duty in self.duties if duty.applies in answers)


def duties_check(opportunity: Opportunity, today: date) -> DutiesCheck:
    """This will check which duties apply to an opportunity, by its body, channel, kind, value and commencement."""
    on, commenced = asked_from(opportunity, today), opportunity.commenced_on is not None
    lacking = []
    if opportunity.value is None:
        lacking.append("its value, including VAT")
    if opportunity.channel == "procurement" and not opportunity.kind:
        lacking.append("whether it is goods, services or works")
    if lacking:
        return DutiesCheck(on, commenced, lacking=tuple(lacking))
    body, value = opportunity.body, opportunity.value or Decimal(0)
    if value == value.to_integral_value():
        value = value.to_integral_value()  # the answers quote it, and whole pounds read better without pence
    try:
        found = duties_for(body.nation, body.kind, opportunity.channel, opportunity.kind or None, value, on)
    except InvalidCase:
        return DutiesCheck(on, commenced, lacking=("the kind and nation of the body, as the law knows them",))
    return DutiesCheck(on, commenced, duties=tuple(found))


# --- what is missing ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnwantedLine:
    """A line that serves no objective in force, and the objectives whose outcomes want its measure all the same."""

    line: AskLine
    wanted_by: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class GapReport:
    """What is missing between what a body wants and what it asks for."""

    on: date
    unasked: tuple[Branch, ...]
    unwanted: tuple[UnwantedLine, ...]
    silent: tuple[Opportunity, ...]
    strategy: StrategyGaps

    @property
    def count(self) -> int:
        """How many gaps there are."""
        return len(self.unasked) + len(self.unwanted) + len(self.silent) + self.strategy.count


def gap_report(body: Body, on: date) -> GapReport:
    """This will say what is missing on a day; needs the body's scope.

    Objectives in force that no line serves, lines (of opportunities still open) that serve no objective in force,
    open opportunities that ask for nothing, and what the strategy itself lacks.
    """
    wanted = objectives(body, on)
    served = set(
        standing_lines().filter(opportunity__in=live_opportunities(body), objective__isnull=False)
        .values_list("objective_id", flat=True)
    )  # fmt: skip
    unserving = standing_lines().filter(body=body, opportunity__state__in=OPEN_STATES).exclude(
        objective_id__in=[each.node.pk for each in wanted]
    )  # fmt: skip
    lines = unserving.select_related("opportunity").order_by("opportunity__title", "measure__position", "id")
    silent = Opportunity.objects.filter(_nothing_asked(), body=body).select_related("department")
    return GapReport(
        on=on,
        unasked=tuple(each for each in wanted if each.node.pk not in served),
        unwanted=tuple(UnwantedLine(line, wanting(line.measure, wanted)) for line in lines),
        silent=tuple(silent.order_by("starts_on", "title", "id")),
        strategy=strategy_gaps(body, on),
    )


def wanting(measure: Measure, wanted: Iterable[Branch]) -> tuple[Branch, ...]:
    """This will give the objectives tied to the outcome of a measure."""
    key = (measure.edition.framework_id, measure.outcome_id)
    return tuple(
        each for each in wanted if key in {(outcome.framework_id, outcome.outcome_id) for outcome in each.outcomes}
    )
