"""What may be done with returns: agreed, asked for, answered line by line, passed on, sent and signed off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from commonweal.base.actions import end_link, end_one_link, make_link, post_mail, record_event, store_file
from commonweal.base.errors import NotPossible
from commonweal.base.models import Link, Party, Person
from commonweal.base.queries import content_of, database_now, links_about
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import add_evidence, note_paid_jobs, record_entry, reverse_entry
from commonweal.delivery.models import Agreement, Entry
from commonweal.delivery.policies import check_right
from commonweal.delivery.queries import is_reversed
from commonweal.delivery.returns import policies, queries
from commonweal.delivery.returns.letters import post_letter
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
from commonweal.delivery.returns.overlaps import pays_for
from commonweal.delivery.returns.queries import about
from commonweal.directory.actions import find_or_create_contact
from commonweal.directory.queries import place_on, today

#: However late a period is asked for, its provider has so long to answer.
FEWEST_DAYS = timedelta(days=7)


class LineChangedMeanwhile(NotPossible):
    """Someone else answered the line while an answer to it was being written."""


def _note(action: str, found: Return, by: Person | None, **details: object) -> None:
    record_event(action=f"returns.return.{action}", subject=about(found), by=by, body=found.body, **details)


# --- schedules ------------------------------------------------------------------------------------------------------


def agree_schedule(
    *, by: Person | None, agreement: Agreement, every: str, days_allowed: int, first_on: date
) -> Schedule:
    """This will agree how often an agreement's provider reports; agreed again, it changes from then on."""
    policies.check_can_have_schedule(agreement)
    held = Schedule.objects.filter(agreement=agreement).first()
    if held is None:
        held = Schedule.objects.create(
            body=agreement.body, party=agreement.party, agreement=agreement, every=every, days_allowed=days_allowed,
            first_on=first_on, made_by=by,
        )  # fmt: skip
    else:
        held.every, held.days_allowed, held.first_on, held.stopped_at = every, days_allowed, first_on, None
        held.save(update_fields=["every", "days_allowed", "first_on", "stopped_at"])
    record_event(
        action="returns.schedule.agreed", subject=f"delivery.agreement:{agreement.public_id}", by=by,
        body=agreement.body, every=every, days_allowed=days_allowed, first_on=first_on,
    )  # fmt: skip
    return held


def stop_schedule(*, by: Person, schedule: Schedule) -> None:
    """This will ask for no more returns of an agreement; those asked for stay."""
    if schedule.stopped_at is None:
        schedule.stopped_at = database_now()
        schedule.save(update_fields=["stopped_at"])
    record_event(
        action="returns.schedule.stopped", subject=f"delivery.agreement:{schedule.agreement.public_id}", by=by,
        body=schedule.body,
    )  # fmt: skip


def name_reporter(*, by: Person | None, schedule: Schedule, email: str, name: str = "") -> Reporter:
    """This will name somebody who is asked for an agreement's returns; named already, they stay. Open returns are
    asked of them too."""
    person = find_or_create_contact(email=email, name=name)
    held = Reporter.objects.filter(schedule=schedule, person=person, ended_at__isnull=True).first()
    if held is not None:
        return held
    made = Reporter.objects.create(
        body=schedule.body, party=schedule.party, schedule=schedule, person=person, named_by=by
    )
    record_event(
        action="returns.reporter.named", subject=f"delivery.agreement:{schedule.agreement.public_id}", by=by,
        body=schedule.body, person=person.pseudonym,
    )  # fmt: skip
    for found in queries.returns_of(schedule.agreement):
        if found.state in queries.WITH_PROVIDER:
            _ask(found, person, by)
    return made


def end_reporter(*, by: Person, reporter: Reporter) -> None:
    """This will ask somebody for no more returns and end their links, with all they passed on."""
    reporter.ended_at = database_now()
    reporter.save(update_fields=["ended_at"])
    for found in queries.returns_of(reporter.schedule.agreement):
        link = queries.link_for(found, reporter.person)
        if link is not None:
            _end_with_parts(by, found, link)
    record_event(
        action="returns.reporter.ended", subject=f"delivery.agreement:{reporter.schedule.agreement.public_id}", by=by,
        body=reporter.body, person=reporter.person.pseudonym,
    )  # fmt: skip


# --- asking and reminding -------------------------------------------------------------------------------------------


def ask_for_returns(*, by: Person | None, schedule: Schedule, on: date) -> list[Return]:
    """This will make the returns of the periods that are over and ask whoever reports for them; each once."""
    Schedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)  # two who ask at once make each once
    agreement, made = schedule.agreement, []
    for period in queries.periods_to_ask(schedule, on):
        promises = queries.promises_to_report(agreement, period, on)
        if not promises:
            continue
        found = Return.objects.create(
            body=agreement.body, party=agreement.party, agreement=agreement, starts_on=period.starts_on,
            ends_on=period.ends_on,
            # Nobody is late on the day they are first asked.
            due_on=max(period.ends_on + timedelta(days=schedule.days_allowed), on + FEWEST_DAYS),
        )  # fmt: skip
        ReturnLine.objects.bulk_create(
            ReturnLine(body=agreement.body, party=agreement.party, of_return=found, commitment=promise, position=number)
            for number, promise in enumerate(promises, start=1)
        )
        _note("asked", found, by, lines=len(promises), due_on=found.due_on)
        _fill_from_others(found, by)
        made.append(queries.get_return(agreement.body, found.public_id))
    people = [reporter.person for reporter in queries.reporters_of(schedule)]
    for found in made:
        for person in people:
            _ask(found, person, by)
    return made


def _ask(found: Return, person: Person, by: Person | None) -> None:
    post_letter("asked", found, person, link=_own_link(found, person, by), by=by)


def _own_link(found: Return, person: Person, by: Person | None) -> Link:
    held = queries.link_for(found, person)
    return held or make_link(
        by=by, body=found.body, party=found.party, person=person, purpose=queries.PURPOSE, subject=about(found)
    )


def remind(*, by: Person | None, found: Return, kind: str = "reminder") -> int:
    """This will remind whoever reports of a return that was not sent; answers how many were reminded."""
    schedule = queries.schedule_of(found.agreement)
    people = [reporter.person for reporter in queries.reporters_of(schedule)] if schedule else []
    policies.check_can_be_reminded(found, len(people))
    for person in people:
        post_letter(kind, found, person, link=_own_link(found, person, by), by=by)
    _note("reminded", found, by, kind=kind, people=len(people))
    return len(people)


# --- answering ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says of one line; `quantity` counts those transferred too."""

    quantity: Decimal
    transferred: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    place_code: str = ""
    note: str = ""
    in_confidence: bool = False
    evidence_kind: str = ""
    evidence_words: str = ""
    file_name: str = ""
    content: bytes = b""


def _held(line: ReturnLine, part: Part | None, written_against: int | None) -> ReturnLine:
    """Locks the line and its return against others, and refuses what was written against an older answer."""
    check_right(line.of_return.agreement, "report")
    found = Return.objects.select_for_update(of=("self",)).select_related("body").get(pk=line.of_return_id)
    policies.check_open(found)
    ReturnLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    held = queries.get_line(found, line.public_id, part)
    policies.check_may_write(held, part)
    if written_against is not None and held.version != written_against:
        who = held.edited_by.name if held.edited_by else _("Someone else")
        raise LineChangedMeanwhile(
            _("%(who)s answered this line while you were writing. What you typed is below: see what "
        "they wrote above, and save again to replace it with yours.")
            % {"who": who}
        )  # fmt: skip
    return held


def _answered(line: ReturnLine, answer: str, by: Person, in_confidence: bool) -> None:
    line.answer, line.in_confidence = answer, in_confidence
    line.version, line.edited_by, line.edited_at = line.version + 1, by, database_now()
    line.save(update_fields=["answer", "in_confidence", "version", "edited_by", "edited_at"])
    Return.objects.filter(pk=line.of_return_id, state="asked").update(state="begun")
    _note("line_answered", line.of_return, by, line=line.public_id, answer=answer, version=line.version)
    _tell_the_others(line, by)  # each body that shares the promise


def _tell_the_others(line: ReturnLine, by: Person | None) -> None:
    """Of a promise that several bodies share, what is told to one is filled in for the others that ask for the period."""
    if line.party_id is None:
        return
    with open_scope(party=line.party_id):
        for other in queries.same_lines(line):
            if other.reported_to_id not in (None, line.body_id) or other.of_return.state not in queries.WITH_PROVIDER:
                continue
            if other.reported_to_id is None and other.answer != "unanswered":
                continue  # it was told there first
            if line.in_confidence or line.answer == "unanswered":
                if other.reported_to_id is not None:
                    _fill_in(other, None, line, by)
            else:
                _fill_in(other, LineFigure.objects.select_related("file").filter(line=line).first(), line, by)


def _fill_in(other: ReturnLine, told: LineFigure | None, line: ReturnLine, by: Person | None) -> None:
    """Writes in one body's line what was told of the same promise in another's; nothing told empties it again."""
    Return.objects.select_for_update(of=("self",)).get(pk=other.of_return_id)
    _clear(other)
    answer = line.answer if told is not None or line.answer == "nothing" else "unanswered"
    other.answer = "unanswered" if line.in_confidence else answer
    if other.answer == "told" and told is not None:
        figure = LineFigure.objects.filter(line=other).first() or LineFigure(
            body=other.body, party=other.party, line=other
        )
        for name in ("quantity", "transferred", "starts_on", "ends_on", "place_code", "note", "evidence_kind",
                     "evidence_words"):  # fmt: skip
            setattr(figure, name, getattr(told, name))
        teller = by or line.edited_by
        if told.file is not None and teller is not None:
            content = content_of(told.file)
            figure.file = store_file(
                name=told.file.name, content=content, body=other.body, party=other.party, by=teller
            )
        figure.save(update_fields=None if figure.pk is None else LineFigure.changing_fields)
    other.reported_to = line.body if other.answer != "unanswered" else None
    other.version, other.edited_by, other.edited_at = other.version + 1, line.edited_by, database_now()
    other.save(update_fields=["answer", "version", "edited_by", "edited_at", "reported_to"])
    Return.objects.filter(pk=other.of_return_id, state="asked").update(state="begun")
    _note("line_filled_in", other.of_return, by, line=other.public_id, answer=other.answer, told_to=line.body.slug)


def _fill_from_others(found: Return, by: Person | None) -> None:
    """Of what is asked now, what the provider told another body of a shared promise already is not asked again."""
    if found.party_id is None:
        return
    with open_scope(party=found.party_id):
        for line in queries.lines_of(found):
            for other in queries.same_lines(line):
                if other.answer != "unanswered" and not other.in_confidence and other.reported_to_id is None:
                    told = LineFigure.objects.select_related("file").filter(line=other).first()
                    _fill_in(line, told, other, by)
                    break


def save_line(
    *, by: Person, line: ReturnLine, answer: Answer, written_against: int | None, part: Part | None = None
) -> ReturnLine:
    """This will keep an answer to a line as a draft; nothing counts before the return is sent.

    `written_against` is the version the answer was written against; None replaces whatever stands. Raises NotPossible,
    LineChangedMeanwhile, and UnusableFile.
    """
    held = _held(line, part, written_against)
    policies.check_in_confidence(part, answer.in_confidence)
    policies.check_answer(
        held.commitment, quantity=answer.quantity, transferred=answer.transferred, starts_on=answer.starts_on,
        ends_on=answer.ends_on, today=today(),
    )  # fmt: skip
    if answer.place_code:
        place_on(answer.place_code, answer.starts_on or held.of_return.starts_on)
    party = None if answer.in_confidence else held.party
    figure = LineFigure.objects.filter(line=held).first() or LineFigure(body=held.body, party=party, line=held)
    if answer.file_name:
        figure.file = store_file(name=answer.file_name, content=answer.content, body=held.body, party=party, by=by)
    elif figure.file and figure.file.party_id != (party.pk if party else None):
        # Kept again for whom it is meant now.
        content = content_of(figure.file)
        figure.file = store_file(name=figure.file.name, content=content, body=held.body, party=party, by=by)
    figure.party = party
    for name in ("quantity", "transferred", "starts_on", "ends_on", "place_code", "note"):
        setattr(figure, name, getattr(answer, name))
    figure.evidence_kind, figure.evidence_words = answer.evidence_kind, answer.evidence_words
    figure.save(update_fields=None if figure.pk is None else LineFigure.changing_fields)
    _answered(held, "told", by, answer.in_confidence)
    return held


def say_nothing(*, by: Person, line: ReturnLine, written_against: int | None, part: Part | None = None) -> ReturnLine:
    """This will say that there is nothing to report on a line this period; raises as save_line does."""
    held = _held(line, part, written_against)
    _clear(held)
    _answered(held, "nothing", by, in_confidence=False)
    return held


def say_nothing_more(*, by: Person, found: Return, part: Part | None = None) -> int:
    """This will say that there is nothing to report on every line not answered yet; answers how many those were."""
    check_right(found.agreement, "report")
    policies.check_open(found)
    lines = [line for line in queries.lines_of(found, part) if line.answer == "unanswered"]
    for line in lines:
        say_nothing(by=by, line=line, written_against=line.version, part=part)
    return len(lines)


def _clear(line: ReturnLine) -> None:
    figure = LineFigure.objects.filter(line=line).first()
    if figure is not None:
        figure.quantity = figure.transferred = figure.starts_on = figure.ends_on = figure.file = None
        figure.place_code = figure.note = figure.evidence_kind = figure.evidence_words = ""
        figure.party_id = line.party_id
        figure.save(update_fields=LineFigure.changing_fields)


# --- passing on -----------------------------------------------------------------------------------------------------


def pass_on(
    *, by: Person, found: Return, lines: Sequence[ReturnLine], email: str, name: str, organisation: str = "",
    from_link: Link | None = None, part: Part | None = None,
) -> Part:  # fmt: skip
    """This will pass lines of a return on to a colleague, or to a sub-contractor if an organisation is named: they get
    a link of their own that opens these lines alone. Raises NotPossible."""
    check_right(found.agreement, "report")
    held = Return.objects.select_for_update(of=("self",)).select_related("body", "party", "agreement").get(pk=found.pk)
    policies.check_can_pass_on(held, lines, part)
    person = find_or_create_contact(email=email, name=name)
    # The mail and the link are the body's, so they are made in its scope, whoever passes on.
    with open_scope(body=held.body_id, party=held.party_id):
        link = make_link(
            by=by, body=held.body, party=held.party, person=person, purpose=queries.PURPOSE, subject=about(held),
            passed_on_from=from_link,
        )  # fmt: skip
        made = Part.objects.create(
            body=held.body, party=held.party, of_return=held, part_of=part, person=person,
            organisation=" ".join(organisation.split()), link=link, passed_on_by=by,
        )  # fmt: skip
        sub = queries.party_of_subcontractor(person, organisation, held.party) if made.organisation else None
        if sub is not None:  # it has an account: its people find the part among everything due
            HeldPart.objects.create(body=held.body, party=sub, part=made, person=person)
        for line in lines:
            line.part = made
            line.save(update_fields=["part"])
        _note("passed_on", held, by, part=made.public_id, to=person.pseudonym, lines=[line.public_id for line in lines])
        post_letter("passed-on", queries.get_return(held.body, held.public_id), person, link=link, by=by, lines=lines)
    return made


def take_back(*, by: Person, part: Part) -> None:
    """This will take back what was passed on, with all that was passed on from it: the lines are whole again, what was
    told in confidence is cleared, and the links open no more."""
    check_right(part.of_return.agreement, "report")
    found = Return.objects.select_for_update(of=("self",)).select_related("body").get(pk=part.of_return_id)
    policies.check_open(found)
    with open_scope(body=found.body_id, party=found.party_id):
        keys = queries.parts_within(part)
        for line in ReturnLine.objects.filter(part__in=keys).select_related("of_return__body"):
            if line.in_confidence:
                _clear(line)
                _answered(line, "unanswered", by, in_confidence=False)
            line.part_id = part.part_of_id
            line.save(update_fields=["part"])
        Part.objects.filter(pk__in=keys, taken_back_at__isnull=True).update(taken_back_at=database_now())
        HeldPart.objects.filter(part__in=keys, ended_at__isnull=True).update(ended_at=database_now())
        end_link(by=by, link=part.link)
        _note("taken_back", found, by, part=part.public_id)


def finish_part(*, by: Person, part: Part) -> None:
    """This will say that whoever holds a part is done with it; raises NotPossible while a line waits for an answer."""
    found = part.of_return
    check_right(found.agreement, "report")
    policies.check_can_be_sent(found, queries.lines_of(found, part))
    part.done_at = database_now()
    part.save(update_fields=["done_at"])
    _note("part_finished", found, by, part=part.public_id)


# --- sending --------------------------------------------------------------------------------------------------------


def send_return(*, by: Person, found: Return) -> Return:
    """This will send a return: every line told becomes an entry, with its evidence, in one transaction.

    Sent twice, or by two at once, it is recorded once. After changes were asked for, only lines that say something
    else are taken back and recorded anew. Raises NotPossible.
    """
    check_right(found.agreement, "report")
    # What a sub-contractor told in confidence is recorded too, so this runs in the body's scope, whoever sends.
    with open_scope(body=found.body_id, party=found.party_id):
        held = Return.objects.select_for_update(of=("self",)).select_related("body", "agreement").get(pk=found.pk)
        if held.state == "sent":
            return held  # it was sent already: by a second tap, or by a colleague
        lines = queries.lines_of(held)
        policies.check_can_be_sent(held, lines)
        before, figures = queries.last_sent(held), queries.figures_of(lines)
        held.sendings += 1
        for line in lines:
            _send_line(held, line, figures.get(line.pk), before.get(line.pk), by)
        held.state, held.sent_at, held.sent_by = "sent", database_now(), by
        held.save(update_fields=["state", "sendings", "sent_at", "sent_by"])
        _note_paid_jobs(held, by)  # before anybody reads a figure
        _note("sent", held, by, sending=held.sendings, lines=len(lines))
    return held


def _note_paid_jobs(held: Return, by: Person) -> None:
    """What pays for a job and the job are one effect: until somebody decides, the jobs are valued and the money counted."""
    entries = {key: sent.entry for key, sent in queries.last_sent(held).items() if sent.entry is not None}
    for spend, job in pays_for(queries.line_rows(held, today())):
        paid, made = entries.get(spend.line.pk), entries.get(job.line.pk)
        if paid is not None and made is not None and not is_reversed(paid) and not is_reversed(made):
            note_paid_jobs(by=by, spend=paid, jobs=made)


def _send_line(
    held: Return, line: ReturnLine, figure: LineFigure | None, before: SentLine | None, by: Person
) -> None:  # fmt: skip
    told = figure if line.answer == "told" else None
    said = _fingerprint(line, told)
    if before is not None and before.fingerprint == said:
        entry = before.entry
    else:
        if before is not None and before.entry is not None and not is_reversed(before.entry):
            reverse_entry(by=by, entry=before.entry, reason=f"Told anew in a return, sending {held.sendings}")
        entry = _record(line, told, by) if told is not None else None
    SentLine.objects.create(
        body=held.body, party=None if line.in_confidence else line.party, line=line, sending=held.sendings,
        answer=line.answer, quantity=told.quantity if told else None, transferred=told.transferred if told else None,
        entry=entry, fingerprint=said,
    )  # fmt: skip


def _record(line: ReturnLine, told: LineFigure, by: Person) -> Entry | None:
    quantity = queries.counted(told)
    if not quantity:
        return None  # nothing that counts: what was transferred stays on the line
    note = told.note
    if told.transferred:
        words = f"{told.transferred.normalize():f} more were transferred from another employer and are not counted."
        note = f"{note}\n{words}".strip()
    entry = record_entry(
        by=line.edited_by or by, commitment=line.commitment, quantity=quantity,
        starts_on=told.starts_on or line.of_return.starts_on, ends_on=told.ends_on or line.of_return.ends_on,
        place_code=told.place_code, note=note, in_confidence=line.in_confidence,
    )  # fmt: skip
    if told.evidence_kind:
        add_evidence(
            by=line.edited_by or by, entry=entry, kind=told.evidence_kind,
            description=told.evidence_words or (told.file.name if told.file else ""),
            file_name=told.file.name if told.file else "",
            content=content_of(told.file) if told.file else b"",
        )  # fmt: skip
    return entry


def _fingerprint(line: ReturnLine, told: LineFigure | None) -> str:
    said = [line.answer, str(line.in_confidence)]
    if told is not None:
        said += [
            *(f"{number:f}" if number is not None else "" for number in (told.quantity, told.transferred)),
            str(told.starts_on), str(told.ends_on), told.place_code, told.note, told.evidence_kind, told.evidence_words,
            told.file.sha256 if told.file else "",
        ]  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()


# --- the body's answer ----------------------------------------------------------------------------------------------


def sign_off(*, by: Person, found: Return) -> None:
    """This will sign a return off: it takes no more changes, and its links open no more. Raises NotPossible."""
    held = Return.objects.select_for_update(of=("self",)).select_related("body").get(pk=found.pk)
    policies.check_can_be_signed_off(held, by)
    held.state, held.signed_off_at, held.signed_off_by = "signed-off", database_now(), by
    held.save(update_fields=["state", "signed_off_at", "signed_off_by"])
    for link in links_about(held.body, about(held)):
        if link.ended_at is None:
            end_link(by=by, link=link)
    _note("signed_off", held, by)


def ask_for_changes(*, by: Person, found: Return, words: str) -> None:
    """This will open a sent return again and tell its reporters what should change. Raises NotPossible."""
    held = Return.objects.select_for_update(of=("self",)).select_related("body").get(pk=found.pk)
    policies.check_changes_can_be_asked(held, words)
    held.state, held.changes_wanted = "changes-asked", words.strip()
    held.save(update_fields=["state", "changes_wanted"])
    # What was filled in from another body's return is answered here from now on: it is this body that asks.
    ReturnLine.objects.filter(of_return=held, reported_to__isnull=False).update(reported_to=None)
    _note("changes_asked", held, by)
    again = queries.get_return(held.body, held.public_id)
    schedule = queries.schedule_of(again.agreement)
    for reporter in queries.reporters_of(schedule) if schedule else []:
        post_letter(
            "changes", again, reporter.person, link=_own_link(again, reporter.person, by), by=by, words=words.strip()
        )


def _end_with_parts(by: Person, found: Return, link: Link) -> None:
    """Ends a link with all that was passed on from it, and with what a sub-contractor's own account held by it."""
    before = {each.pk for each in queries.standing_links(found)}
    end_link(by=by, link=link)
    ended = before - {each.pk for each in queries.standing_links(found)}
    HeldPart.objects.filter(part__link__in=ended, ended_at__isnull=True).update(ended_at=database_now())


def end_a_link(*, by: Person, found: Return, link: Link) -> None:
    """This will take a link to a return back, with all that was passed on from it."""
    _end_with_parts(by, found, link)
    _note("link_ended", found, by, link=link.public_id)


def keep_answers(
    *, by: Person, rows: Sequence[Any], read: Sequence[Any], part: Part | None
) -> tuple[int, list[str]]:  # fmt: skip
    """This will keep in the drafts what a workbook said of lines that are open to whoever brings it.

    `rows` are their lines, `read` what was accepted of the workbook. Answers how many were kept, and why others were
    not: somebody was quicker. Evidence, dates and place of a line stay as they were.
    """
    mine = {row.line.public_id: row for row in rows}
    kept, refused = 0, []
    for each in read:
        row = mine.get(each.line)
        if row is None:
            refused.append(_("A line is no longer open, so it was not kept."))
            continue
        try:
            with transaction.atomic():
                _keep_one(by, row, each, part)
        except NotPossible as error:
            refused.append(f"{row.promise.commitment.wording}: {error}")
        else:
            kept += 1
    return kept, refused


def _keep_one(by: Person, row: Any, each: Any, part: Part | None) -> None:
    if each.nothing:
        say_nothing(by=by, line=row.line, written_against=each.version, part=part)
        return
    held = row.figure if row.line.answer == "told" else None
    answer = Answer(
        quantity=each.quantity, transferred=each.transferred, note=each.note, in_confidence=row.line.in_confidence,
        starts_on=held.starts_on if held else row.line.of_return.starts_on,
        ends_on=held.ends_on if held else row.line.of_return.ends_on, place_code=held.place_code if held else "",
        evidence_kind=held.evidence_kind if held else "", evidence_words=held.evidence_words if held else "",
    )  # fmt: skip
    save_line(by=by, line=row.line, answer=answer, written_against=each.version, part=part)


# --- leavers --------------------------------------------------------------------------------------------------------


def let_go(*, by: Person, party: Party, person: Person, kept: frozenset[int] | None) -> None:
    """This will take back what somebody held of a provider's returns, beyond the agreements they still report on.

    They are asked no more, their links close, and lines passed on to them are back with whoever leads; what they passed
    on themselves stands. The owner of each agreement is told. `kept` None: they left. Needs the party's scope, whole.
    """
    links = Link.objects.filter(party=party, person=person, purpose=queries.PURPOSE, ended_at__isnull=True)
    subjects = [subject.partition(":")[2] for subject in links.values_list("subject", flat=True)]
    held = Agreement.objects.filter(party=party).filter(
        Q(schedule__reporters__person=person, schedule__reporters__ended_at__isnull=True)
        | Q(returns__public_id__in=subjects)
        | Q(returns__parts__person=person, returns__parts__taken_back_at__isnull=True)
    )
    for agreement in held.exclude(pk__in=kept or ()).select_related("body", "party", "owner__key_held").distinct():
        with open_scope(body=agreement.body_id, party=party.pk):
            _let_go_of(by, agreement, person)
    if kept is None:
        for own in HeldPart.objects.filter(party=party, person=person, ended_at__isnull=True).select_related("body"):
            with open_scope(body=own.body_id):
                _keep_with_organisation(by, own, party)


def _let_go_of(by: Person, agreement: Agreement, person: Person) -> None:
    """What somebody held of one agreement's returns; in the body's scope, whose the links and mails are."""
    reporters = Reporter.objects.filter(schedule__agreement=agreement, ended_at__isnull=True)
    for reporter in reporters.filter(person=person):
        reporter.ended_at = database_now()
        reporter.save(update_fields=["ended_at"])
        record_event(
            action="returns.reporter.ended", subject=f"delivery.agreement:{agreement.public_id}", by=by,
            body=agreement.body, person=person.pseudonym,
        )  # fmt: skip
    lines = 0
    for found in queries.returns_of(agreement):
        for part in Part.objects.filter(of_return=found, person=person, taken_back_at__isnull=True):
            if found.state != "signed-off":
                lines += ReturnLine.objects.filter(part=part).update(part_id=part.part_of_id)
                part.taken_back_at = database_now()
                part.save(update_fields=["taken_back_at"])
                _note("taken_back", found, by, part=part.public_id)
        for link in links_about(found.body, about(found)):
            if link.person_id == person.pk:
                end_one_link(by=by, link=link)
    back = (
        f"{lines} line{'s' if lines != 1 else ''} of reports that they held are back with whoever leads."
        if lines
        else ""
    )
    nobody = "" if reporters.exists() else "Nobody else is asked for its returns: name somebody on its page of returns."
    _tell_owner(by, agreement, person, [back, nobody])


def _keep_with_organisation(by: Person, own: HeldPart, party: Party) -> None:
    """The sub-contractor's other people keep a part; the link of the one who left closes."""
    part = Part.objects.select_related("link__body", "person__key_held", "of_return__agreement__body").get(
        pk=own.part_id
    )
    end_one_link(by=by, link=part.link)
    agreement = Agreement.objects.select_related("body", "party", "owner__key_held").get(pk=part.of_return.agreement_id)
    _tell_owner(by, agreement, part.person, [f"The lines passed on to them stay with {party.name}."])


def _tell_owner(by: Person, agreement: Agreement, person: Person, more: Sequence[str]) -> None:
    if agreement.owner is None:
        return
    words = [
        f"Hello {agreement.owner.name},",
        f"{person.name} no longer reports on {agreement.title}: {by.name} ended their access. Their links are closed.",
        *filter(None, more), agreement.body.name,
    ]  # fmt: skip
    post_mail(
        by=by, body=agreement.body, to=agreement.owner, kind="returns.leaver",
        about=f"delivery.agreement:{agreement.public_id}", words="\n\n".join(words),
        subject_line=f"{person.name} no longer reports on {agreement.title}",
    )  # fmt: skip
