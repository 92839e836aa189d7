"""What pages, jobs and higher rooms read of returns."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from commonweal.base.links import link_state
from commonweal.base.models import Body, Link, Party, Person
from commonweal.base.queries import database_now, links_about
from commonweal.base.scope import open_scope
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.queries import PromiseRow, promise_table, shared_with
from commonweal.delivery.returns.models import (
    HeldPart,
    LineFigure,
    Part,
    Reporter,
    Return,
    ReturnLine,
    Schedule,
    SentLine,
)
from commonweal.delivery.returns.periods import Period, periods_ended
from commonweal.directory.queries import parties_of

#: A return somebody on the other side still works on; and one that waits for the body.
WITH_PROVIDER = ("asked", "begun", "changes-asked")
#: One that never came is late after its day; one that came and is asked to change is not.
NEVER_SENT = ("asked", "begun")
#: What a link is for.
PURPOSE = "report"


def about(found: Return) -> str:
    """This will name a return as events, links and mails do."""
    return f"returns.return:{found.public_id}"


# --- schedules ------------------------------------------------------------------------------------------------------


def schedule_of(agreement: Agreement) -> Schedule | None:
    """This will find how often an agreement's provider reports, if that was agreed."""
    return Schedule.objects.select_related("agreement__body", "agreement__owner").filter(agreement=agreement).first()


def reporters_of(schedule: Schedule) -> list[Reporter]:
    """This will list who is asked for an agreement's returns today, first named first."""
    found = Reporter.objects.filter(schedule=schedule, ended_at__isnull=True)
    return list(found.select_related("person__key_held").order_by("id"))


def get_reporter(body: Body, public_id: str) -> Reporter:
    """This will find someone who is asked for returns; raises Reporter.DoesNotExist."""
    return Reporter.objects.select_related("schedule__agreement__body", "person__key_held").get(
        body=body, public_id=public_id, ended_at__isnull=True
    )


def running_schedules(body: Body) -> list[Schedule]:
    """This will list the schedules of a body that ask for returns: of agreements that stand and were not ended early."""
    found = Schedule.objects.filter(body=body, stopped_at__isnull=True, agreement__withdrawn_at__isnull=True)
    return list(found.exclude(agreement__state="terminated").select_related("agreement__body", "agreement__owner"))


def periods_to_ask(schedule: Schedule, on: date) -> list[Period]:
    """This will list the periods of a schedule that are over and were never asked for, oldest first."""
    agreement = schedule.agreement
    asked = set(Return.objects.filter(agreement=agreement).values_list("starts_on", flat=True))
    ended = periods_ended(
        schedule.every, first_on=schedule.first_on, starts_on=agreement.starts_on, ends_on=agreement.ends_on, on=on
    )
    return [period for period in ended if period.starts_on not in asked]


def promises_to_report(agreement: Agreement, period: Period, on: date) -> list[Commitment]:
    """This will list the promises a return asks about: those that run in its period, and those that are overdue."""
    found = []
    for row in promise_table(agreement, on).rows:
        starts = row.commitment.starts_on or agreement.starts_on
        ends = row.commitment.ends_on or agreement.ends_on
        if row.commitment.basis == "option":
            continue  # nothing is due of an option that was not taken up
        runs = (starts is None or starts <= period.ends_on) and (ends is None or ends >= period.starts_on)
        if runs or (row.overdue and starts is not None and starts <= period.ends_on):
            found.append(row.commitment)
    return found


# --- returns --------------------------------------------------------------------------------------------------------


def _returns() -> QuerySet[Return]:
    return Return.objects.select_related(
        "body", "party", "agreement__body", "agreement__party", "agreement__provider", "agreement__owner__key_held",
        "sent_by__key_held", "signed_off_by__key_held",
    ).annotate(
        line_count=Count("lines", distinct=True),
        answered_count=Count("lines", filter=~Q(lines__answer="unanswered"), distinct=True),
    )  # fmt: skip


def get_return(body: Body, public_id: str) -> Return:
    """This will find a return of a body; raises Return.DoesNotExist."""
    return _returns().get(body=body, public_id=public_id)


def get_return_of_party(party: Party, public_id: str) -> Return:
    """This will find a return of a provider; raises Return.DoesNotExist."""
    return _returns().get(party=party, public_id=public_id, agreement__withdrawn_at__isnull=True)


def get_return_of_link(link: Link) -> Return:
    """This will find the return a link is about; raises Return.DoesNotExist."""
    return _returns().get(
        body=link.body, public_id=link.subject.partition(":")[2], agreement__withdrawn_at__isnull=True
    )


def returns_of(agreement: Agreement) -> list[Return]:
    """This will list an agreement's returns, latest period first."""
    return list(_returns().filter(agreement=agreement).order_by("-ends_on", "-id"))


def returns_due(party: Party) -> list[Return]:
    """This will list what a provider is to report, over all bodies and agreements: the most pressing first."""
    found = _returns().filter(party=party, state__in=WITH_PROVIDER, agreement__withdrawn_at__isnull=True)
    return list(found.order_by("due_on", "body__name", "agreement__title", "id"))


def returns_waiting(agreements: Iterable[int], since: date, until: date) -> list[Return]:
    """This will list the returns of agreements, by inner key, that are due between two days and were not sent."""
    found = Return.objects.filter(agreement__in=list(agreements), state__in=WITH_PROVIDER, due_on__range=(since, until))
    return list(found.order_by("due_on", "id"))


def returns_sent_by(party: Party) -> list[Return]:
    """This will list what a provider sent, latest first."""
    found = _returns().filter(party=party, state__in=("sent", "signed-off"), agreement__withdrawn_at__isnull=True)
    return list(found.order_by("-sent_at", "-id"))


@dataclass(frozen=True, slots=True)
class ReturnFilters:
    """What a body's list of returns is narrowed to; empty means everything."""

    text: str = ""
    waiting: str = ""  # late, us, them or done


def returns(body: Body, filters: ReturnFilters, on: date) -> QuerySet[Return]:
    """This will list a body's returns that match."""
    found = _returns().filter(body=body, agreement__withdrawn_at__isnull=True)
    if filters.text:
        words = filters.text
        found = found.filter(
            Q(agreement__title__icontains=words)
            | Q(agreement__reference__icontains=words)
            | Q(agreement__provider__name__icontains=words)
        )
    if filters.waiting == "late":
        found = found.filter(state__in=NEVER_SENT, due_on__lt=on)
    elif filters.waiting == "us":
        found = found.filter(state="sent")
    elif filters.waiting == "them":
        found = found.filter(state__in=WITH_PROVIDER)
    elif filters.waiting == "done":
        found = found.filter(state="signed-off")
    return found


def returns_to_sign_off(body: Body) -> QuerySet[Return]:
    """This will list the returns that were sent and wait for the body, oldest first."""
    return returns(body, ReturnFilters(waiting="us"), date.max).order_by("sent_at", "id")


def late_returns(body: Body, on: date) -> QuerySet[Return]:
    """This will list the returns whose day has passed and that were not sent, oldest first."""
    return returns(body, ReturnFilters(waiting="late"), on).order_by("due_on", "id")


def returns_not_sent(body: Body) -> list[Return]:
    """This will list the returns of a body that never came, for reminders."""
    found = _returns().filter(body=body, agreement__withdrawn_at__isnull=True, state__in=NEVER_SENT)
    found = found.exclude(agreement__state="terminated")
    return list(found.filter(agreement__schedule__isnull=False).order_by("id"))


# --- lines ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line as a page shows it: its promise with what is known of it, its answer, and who holds it."""

    line: ReturnLine
    promise: PromiseRow
    figure: LineFigure | None
    part: Part | None

    @property
    def hidden(self) -> bool:
        """Whether it was told to the body in confidence and the open scope sees no figure."""
        return self.line.in_confidence and self.figure is None


def _lines(found: Return) -> QuerySet[ReturnLine]:
    return ReturnLine.objects.filter(of_return=found).select_related(
        "of_return__agreement__body", "of_return__body", "of_return__party", "commitment__measure",
        "commitment__agreement__body", "commitment__body", "commitment__party", "part__person__key_held",
        "part__link", "edited_by__key_held", "reported_to",
    )  # fmt: skip


def same_lines(line: ReturnLine) -> list[ReturnLine]:
    """This will find the lines in which other bodies ask for the same shared promise over the same period; needs the
    provider's scope."""
    found = line.of_return
    others = [each.pk for each in shared_with(line.commitment)]
    lines = ReturnLine.objects.filter(
        commitment__in=others, of_return__starts_on=found.starts_on, of_return__ends_on=found.ends_on,
        of_return__party=line.party_id,
    ).select_related("of_return__body", "commitment", "body", "party", "edited_by__key_held", "reported_to")  # fmt: skip
    return list(lines.order_by("id"))


def parts_within(part: Part) -> set[int]:
    """This will give the inner keys of a part and of all that was passed on from it."""
    below: dict[int | None, list[int]] = {}
    for key, above in Part.objects.filter(of_return=part.of_return_id).values_list("pk", "part_of"):
        below.setdefault(above, []).append(key)
    found, waiting = set[int](), [part.pk]
    while waiting:
        key = waiting.pop()
        found.add(key)
        waiting += [each for each in below.get(key, []) if each not in found]
    return found


def lines_of(found: Return, part: Part | None = None) -> list[ReturnLine]:
    """This will list a return's lines in order; with a part, only those that were passed on with it."""
    lines = _lines(found)
    return list(lines if part is None else lines.filter(part__in=parts_within(part)))


def get_line(found: Return, public_id: str, part: Part | None = None) -> ReturnLine:
    """This will find a line of a return, of those that a part holds if one is given; raises ReturnLine.DoesNotExist."""
    lines = _lines(found) if part is None else _lines(found).filter(part__in=parts_within(part))
    return lines.get(public_id=public_id)


def figures_of(lines: Iterable[ReturnLine]) -> dict[int, LineFigure]:
    """This will give the figures the open scope may see, by the inner key of their line."""
    found = LineFigure.objects.filter(line__in=[line.pk for line in lines]).select_related("file")
    return {figure.line_id: figure for figure in found}


def line_rows(found: Return, on: date, part: Part | None = None) -> list[LineRow]:
    """This will put together what a page shows of a return's lines."""
    lines = lines_of(found, part)
    figures = figures_of(lines)
    promises = {row.commitment.pk: row for row in promise_table(found.agreement, on).rows}
    return [
        LineRow(line, promises[line.commitment_id], figures.get(line.pk), line.part)
        for line in lines
        if line.commitment_id in promises
    ]


def figure_of(line: ReturnLine) -> LineFigure | None:
    """This will give a line's figure, if there is one that the open scope may see."""
    return LineFigure.objects.select_related("file").filter(line=line).first()


def part_of_link(link: Link) -> Part | None:
    """This will find what was passed on with a link; nothing for the link of a whole return."""
    return Part.objects.select_related("person__key_held", "of_return", "link__body").filter(link=link).first()


def parts_of(found: Return) -> list[Part]:
    """This will list what was passed on of a return and not taken back, first passed on first."""
    parts = Part.objects.filter(of_return=found, taken_back_at__isnull=True)
    return list(
        parts.select_related("person__key_held", "link__body", "part_of", "passed_on_by__key_held")
        .prefetch_related("lines__commitment")
        .order_by("id")
    )


def get_part(found: Return, public_id: str, above: Part | None = None) -> Part:
    """This will find something passed on of a return, beneath a part if one is given; raises Part.DoesNotExist."""
    parts = Part.objects.select_related("link__body", "person__key_held", "of_return").filter(
        of_return=found, taken_back_at__isnull=True
    )
    if above is not None:
        parts = parts.filter(pk__in=parts_within(above) - {above.pk})
    return parts.get(public_id=public_id)


# --- parts of a sub-contractor with an account of its own -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part that a sub-contractor holds, as its own list shows it: its return, and how far its lines are."""

    held: HeldPart
    part: Part
    found: Return
    number: int
    answered: int

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the sub-contractor."""
        return self.found.state in WITH_PROVIDER and self.part.done_at is None


def party_of_subcontractor(person: Person, organisation: str, prime: Party | None) -> Party | None:
    """This will find the account of the sub-contractor that somebody works for; nothing where it cannot be told.

    Of several the one that is called as the prime calls it.
    """
    held = [party for party in parties_of(person) if party != prime]
    if len(held) == 1:
        return held[0]
    named = [party for party in held if party.name.casefold() == organisation.strip().casefold()]
    return named[0] if len(named) == 1 else None


def get_held_part(party: Party, public_id: str) -> HeldPart:
    """This will find a part that a sub-contractor holds; needs its scope. Raises HeldPart.DoesNotExist."""
    return HeldPart.objects.select_related("body").get(party=party, public_id=public_id, ended_at__isnull=True)


def part_row(held: HeldPart) -> PartRow:
    """This will read what a sub-contractor holds; needs the body's scope, which the row itself is the right to open.

    Raises Return.DoesNotExist where the agreement was undone.
    """
    part = Part.objects.select_related("person__key_held", "of_return", "link__body", "passed_on_by__key_held").get(
        pk=held.part_id
    )
    found = _returns().get(pk=part.of_return_id, agreement__withdrawn_at__isnull=True)
    lines = lines_of(found, part)
    return PartRow(held, part, found, len(lines), sum(line.answer != "unanswered" for line in lines))


def parts_held_by(party: Party) -> list[PartRow]:
    """This will list the parts of other contractors' returns that were passed on to a sub-contractor, by the day they
    are due; needs its scope."""
    rows = []
    for held in HeldPart.objects.filter(party=party, ended_at__isnull=True).select_related("body"):
        with open_scope(body=held.body_id), suppress(Return.DoesNotExist):
            rows.append(part_row(held))
    return sorted(rows, key=lambda row: (row.found.due_on, row.found.body.name, row.part.pk))


def last_sent(found: Return) -> dict[int, SentLine]:
    """This will give what the last sending said of each line the open scope may see, by the line's inner key."""
    sent = SentLine.objects.filter(line__of_return=found, sending=found.sendings).select_related("entry")
    return {each.line_id: each for each in sent}


# --- links ----------------------------------------------------------------------------------------------------------


def standing_links(found: Return) -> list[Link]:
    """This will list the links to a return that open it today; needs the body's scope."""
    now = database_now()
    return [link for link in links_about(found.body, about(found)) if link_state(link, now) == "standing"]


def link_for(found: Return, person: Person) -> Link | None:
    """This will find someone's own standing link to a whole return; needs the body's scope."""
    own = [link for link in standing_links(found) if link.person_id == person.pk and link.passed_on_from_id is None]
    passed = set(Part.objects.filter(of_return=found).values_list("link_id", flat=True))
    return next((link for link in own if link.pk not in passed), None)


def counted(figure: LineFigure) -> Decimal:
    """This will give what an answer counts for: without those transferred from another employer."""
    return (figure.quantity or Decimal(0)) - (figure.transferred or Decimal(0))
