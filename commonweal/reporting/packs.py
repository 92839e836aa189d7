"""The review pack of an agreement: one A4 page to sit down with, the same words on screen and in the PDF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Final, Literal

from django.utils.timezone import localtime

from commonweal.base.docx import Block, Bullets, Heading, Paragraph, Table, make_docx
from commonweal.base.parts import Figure, PromiseMarks
from commonweal.base.parts import PromiseTable as Marks
from commonweal.base.pdf import PdfTooLong, make_pdf
from commonweal.base.templatetags.figures import amount_in_unit, long_date, money, quantity, short_in_unit
from commonweal.delivery.queries import Assured, PromiseRow, PromiseTable, entries_to_accept, promise_table
from commonweal.delivery.reviews import queries as reviews
from commonweal.engine.presentation import rounded
from commonweal.engine.promises import ratio_words
from commonweal.reporting.figures import STAGES, Account, What
from commonweal.reporting.presentation import figure, plural, written
from commonweal.reporting.queries import account

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.delivery.models import Agreement

#: What is put to the provider at every review, besides what the record itself raises.
STANDING_QUESTIONS: Final = ("What has gone well since the last review, and what should others copy?",)
SIGN_OFF: Final = ("For the body", "For the provider")
LABELS: Final[Mapping[str, str]] = {
    "promises": "Promised against achieved",
    "overdue": "To raise today",
    "nothing_overdue": "Nothing is overdue.",
    "worth": "What it is worth",
    "nothing_worth": "No line of this agreement has a value yet.",
    "actions": "Agreed today",
    "action": "Action",
    "who": "Who",
    "when": "By when",
    "name": "Name",
    "date": "Date",
    "open_actions": "Still open from earlier",
    "warnings": "Early warnings",
    "ratings": "Key performance indicators",
    "indicator": "Indicator",
    "period": "Period",
    "figure": "Figure",
    "rating": "Rating",
    "signed": "The last review was signed",
}
COLUMNS: Final = ("Promise", "Promised", "Expected", "Delivered", "", "How sure we are")
INVENTED: Final = "Invented for demonstration: no body, person or figure on this page is real."
#: What the template reads of a row of the signature part.
_DRAWN: Final = ("label", "unit", "promised", "expected", "delivered", "flag", "words", "marks")
#: Type sizes in points tried in turn, and the most that is told of a long agreement, until the page holds it.
_SIZES: Final = (9, 7)
_MOST_TOLD: Final = (30, 18, 10, 5, 2)
#: A promise's wording is told in a question up to this many letters.
_LONGEST: Final = 60


#: What makes a promise one to raise, the most pressing first, and what is said beside it.
Standing = Literal["passed", "overdue", "behind", "on course"]
ALARMS: Final[Mapping[Standing, str]] = {
    "passed": "Above its limit",
    "overdue": "Overdue",
    "behind": "Behind",
    "on course": "",
}
_PRESSING: Final = tuple(ALARMS)


@dataclass(frozen=True, slots=True)
class Row:
    """One promise as the pack tells it: the part that draws it, when it was due, what to raise, how sure we are."""

    marks: PromiseMarks
    due: str
    standing: Standing
    assurance: str

    @property
    def alarm(self) -> str:
        """What is said beside the promise: "Overdue", or nothing."""
        return ALARMS[self.standing]


@dataclass(frozen=True, slots=True)
class PackFigure:
    """One figure, and the same at the other stages in words."""

    figure: Figure
    beside: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the reviews of an agreement hold: open actions (words, who, when), warnings, ratings, who signed the last."""

    actions: tuple[tuple[str, str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    ratings: tuple[tuple[str, str, str, str], ...] = ()
    signed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """What stands on the review pack of an agreement on a day; `told` is how many rows and questions at most."""

    title: str
    body: str
    colour: str
    invented: bool
    on: date
    facts: tuple[tuple[str, str], ...]
    headline: str
    rows: tuple[Row, ...]
    questions: tuple[str, ...]
    figures: tuple[PackFigure, ...]
    reviewed: Reviewed = Reviewed()
    told: int | None = None

    @property
    def rows_told(self) -> tuple[Row, ...]:
        """The rows there is room for: those to raise first, then the flagged, then the others in order."""
        if self.told is None or len(self.rows) <= self.told:
            return self.rows
        pressing = sorted(self.rows, key=lambda row: (_PRESSING.index(row.standing), row.marks.flag is None))
        return tuple(pressing[: self.told])

    @property
    def table(self) -> Marks:
        """The rows told, as the signature part."""
        return Marks(tuple(row.marks for row in self.rows_told))


def review_pack(body: Body, agreement: Agreement, on: date, how_we_know_url: str) -> Pack:
    """This will gather the review pack of an agreement as of a day; needs the body's scope."""
    table = promise_table(agreement, on)
    waiting = entries_to_accept(body).filter(commitment__agreement=agreement).count()
    return Pack(
        title=agreement.title,
        body=body.name,
        colour=body.colour,
        invented=body.is_invented,
        on=on,
        facts=(*_facts(agreement), *_expected(table)),
        headline=" ".join(_headline(table, waiting)),
        rows=tuple(_row(row, agreement) for row in table.rows),
        questions=tuple(_questions(table, agreement, waiting)),
        figures=tuple(_figures(account(body, on=on, agreement=agreement), how_we_know_url)),
        reviewed=_reviewed(agreement),
    )


def _reviewed(agreement: Agreement) -> Reviewed:
    """This will read the open actions, the open warnings, the latest rating of each indicator and the last signatures.

    A draft is the body's own until it is sent, so it is on no paper that both sides read.
    """
    last = reviews.last_held(agreement)
    latest: dict[int, Any] = {}
    for rating in reviews.ratings_of(agreement):
        if rating.state in reviews.SEEN_BY_PROVIDER:
            latest.setdefault(rating.kpi_id, rating)
    return Reviewed(
        actions=tuple(
            (each.words, each.owner.name if each.owner else each.owner_words or "The provider", long_date(each.due_on))
            for each in reviews.open_actions(agreement)
        ),
        warnings=tuple(
            f"{each.what}: {each.how_much}. Proposed by {_side(each.side)}: {each.proposed}"
            for each in reviews.warnings_of(agreement)
            if each.state == "open"
        ),
        ratings=tuple(
            (each.kpi.title, f"{long_date(each.starts_on)} to {long_date(each.ends_on)}",
             "None" if each.figure is None else amount_in_unit(each.figure, each.kpi.unit),
             f"{each.get_rating_display()} ({str(each.get_state_display()).lower()})")
            for each in sorted(latest.values(), key=lambda one: (one.kpi.position, one.kpi_id))
        ),
        signed=tuple(
            f"for {_side(each.side)} by {each.signed_by.name}, {long_date(localtime(each.signed_at).date())}"
            for each in (reviews.signatures(last) if last else [])
        ),
    )  # fmt: skip


def _side(side: str) -> str:
    return {"body": "the body", "provider": "the provider"}[side]


def review_pack_pdf(pack: Pack) -> bytes:
    """This will make the review pack as a PDF of exactly one A4 page.

    A long agreement is set smaller; if that is not enough the most pressing promises are told, and the page says how
    many more there are. Raises PdfNotMade.
    """
    for told in _MOST_TOLD:
        shorter = replace(pack, told=told)
        for size in _SIZES:
            with suppress(PdfTooLong):
                return make_pdf(
                    "review_pack", pdf_content(shorter, size), lang="en", title=f"Review pack: {pack.title}",
                    author=pack.body, on=pack.on, colour=pack.colour, pages=1,
                )  # fmt: skip
    raise PdfTooLong("This agreement's facts alone do not fit one page. Shorten its title or its promises' wording.")


def pdf_content(pack: Pack, size: int) -> dict[str, Any]:
    """This will give a pack as the template `review_pack` reads it, in type of a size in points."""
    drawn = pack.table.content()
    rows: Any = drawn["rows"]
    untold = len(pack.rows) - len(pack.rows_told)
    notes = [f"{plural(untold, 'more promise')} on screen." if untold else "", str(drawn["note"] or "")]
    questions = list(pack.questions[: pack.told])
    untold = len(pack.questions) - len(questions)
    return {
        "size": size,
        "heading": pack.title,
        "banner": "Invented for demonstration: no body, person or figure on this page is real."
        if pack.invented
        else "",
        "facts": [{"label": label, "value": words} for label, words in pack.facts],
        "headline": pack.headline,
        "columns": list(COLUMNS),
        "rows": [
            {
                name: each[name]
                for name in ("label", "unit", "promised", "expected", "delivered", "flag", "words", "marks")
            }
            | {
                "overdue": row.alarm + (f" since {row.due}" if row.standing == "overdue" else ""),
                "assurance": row.assurance,
            }
            for each, row in zip(rows, pack.rows_told, strict=True)
        ],
        "note": " ".join(note for note in notes if note),
        "overdue": [*questions, f"And {plural(untold, 'more question')}, on screen."] if untold else questions,
        "worth": [_told(each) for each in pack.figures[: pack.told]]
        or [{"value": "", "label": "", "words": LABELS["nothing_worth"]}],
        "open_actions": [list(each) for each in pack.reviewed.actions[: pack.told]],
        "untold_actions": _and_more(len(pack.reviewed.actions), pack.told, "more open action"),
        "warnings": list(pack.reviewed.warnings[: pack.told]),
        "ratings": [list(each) for each in pack.reviewed.ratings[: pack.told]],
        "untold_ratings": _and_more(len(pack.reviewed.ratings), pack.told, "more indicator"),
        "signed": _signed(pack),
        "actions": 2 if pack.reviewed.actions else 3 if len(pack.rows_told) > 8 else 5,
        "sign_off": list(SIGN_OFF),
        "labels": dict(LABELS) | ({"actions": "Still open, and agreed today"} if pack.reviewed.actions else {}),
    }


def _and_more(number: int, told: int | None, what: str) -> str:
    untold = number - (number if told is None else min(told, number))
    return f"And {plural(untold, what)}, on screen." if untold else ""


def _signed(pack: Pack) -> str:
    return f"{LABELS['signed']} {'; '.join(pack.reviewed.signed)}." if pack.reviewed.signed else ""


def review_pack_docx(pack: Pack) -> bytes:
    """This will make the review pack as a Word file to write in: the same figures and words, every row of them."""
    return make_docx(
        _blocks(pack), title=f"Review pack: {pack.title}", author=pack.body, lang="en", on=pack.on
    )  # fmt: skip


def _blocks(pack: Pack) -> list[Block]:
    content = pdf_content(pack, _SIZES[0])
    rows = [
        (" ".join(words for words in (each["label"], each["overdue"]) if words), each["promised"], each["expected"],
         " ".join(words for words in (each["delivered"], each["flag"] or "") if words), each["assurance"])
        for each in content["rows"]
    ]  # fmt: skip
    headings = tuple(words for words in COLUMNS if words)
    held = pack.reviewed
    blocks: list[Block] = [Heading(pack.title, 1)]
    blocks += [Paragraph(content["banner"], bold=True)] if content["banner"] else []
    blocks += [
        Paragraph(f"{pack.body}. As of {long_date(pack.on)}.", quiet=True),
        Table("Facts of the agreement", ("Fact", "What it says"), tuple(pack.facts), widths=(1, 3)),
        Paragraph(pack.headline, bold=True),
        Heading(LABELS["promises"]),
        Table(LABELS["promises"], headings, tuple(rows), widths=(5, 2, 2, 2, 4), numeric=(1, 2, 3)),
    ]
    blocks += [Paragraph(content["note"], quiet=True)] if content["note"] else []
    blocks += [Heading(LABELS["overdue"]), Bullets(pack.questions)]
    blocks += [Heading(LABELS["warnings"]), Bullets(held.warnings)] if held.warnings else []
    if held.ratings:
        columns = tuple(LABELS[name] for name in ("indicator", "period", "figure", "rating"))
        blocks += [Heading(LABELS["ratings"]), Table(LABELS["ratings"], columns, held.ratings, widths=(4, 3, 2, 3))]
    blocks += [Heading(LABELS["worth"])]
    worth = tuple(
        " ".join(each[name] for name in ("value", "label", "words") if each[name]) for each in content["worth"]
    )
    blocks += [Bullets(worth)]
    columns = tuple(LABELS[name] for name in ("action", "who", "when"))
    blocks += (
        [Heading(LABELS["open_actions"]), Table(LABELS["open_actions"], columns, held.actions, widths=(4, 2, 2))]
        if held.actions
        else []
    )
    blank = (("", "", ""),) * 5
    blocks += [Heading(LABELS["actions"]), Table(LABELS["actions"], columns, blank, widths=(4, 2, 2))]
    signing = tuple((who, "", "") for who in SIGN_OFF)
    blocks += [Heading("Sign-off"), Table("Sign-off", ("Side", LABELS["name"], LABELS["date"]), signing)]
    blocks += [Paragraph(_signed(pack), quiet=True)] if held.signed else []
    return blocks


def _told(each: PackFigure) -> dict[str, str]:
    said: Any = each.figure.content()
    words = [words for words in (each.beside, *said["qualifiers"]) if words]
    return {"label": each.figure.label, "value": said["shown"], "words": ". ".join(words)}


def _facts(agreement: Agreement) -> list[tuple[str, str]]:
    starts = long_date(agreement.starts_on) if agreement.starts_on else "start not known"
    ends = long_date(agreement.ends_on) if agreement.ends_on else agreement.ends_words or "end not known"
    facts = [
        ("Provider", agreement.provider.name if agreement.provider else "Not recorded"),
        ("Reference", agreement.reference),
        ("Term", f"{starts} to {ends}"),
        ("Value", money(agreement.value) if agreement.value is not None else "Not recorded"),
        ("Department", agreement.department.name if agreement.department else ""),
        ("Owner", agreement.owner.name if agreement.owner else "Nobody yet"),
    ]
    return [(label, words) for label, words in facts if words]


def _expected(table: PromiseTable) -> list[tuple[str, str]]:
    """What "expected by now" rests on, as a fact of the pack."""
    return [("Expected by now", table.pace_words.removeprefix("“Expected by now” is "))] if table.pace_words else []


def _row(row: PromiseRow, agreement: Agreement) -> Row:
    due = row.commitment.ends_on or agreement.ends_on
    marks = PromiseMarks(
        label=row.commitment.wording,
        unit=row.commitment.unit_words,
        promised=row.promised,
        expected=row.expected_shown,
        delivered=row.delivered.claimed if row.delivered.claimed else None,
        direction=row.commitment.direction,  # type: ignore[arg-type]  # one of two words, held by the record
        flag=row.flag,  # type: ignore[arg-type]
        unpromised=row.unpromised,
    )
    measure = row.commitment.measure
    return Row(
        marks=marks,
        due=long_date(due) if due else "Not known",
        standing=_standing(row),
        assurance=_assurance(row.delivered, measure is None or measure.confirmable),
    )


def _assurance(held: Assured, confirmable: bool) -> str:
    if not held.claimed:
        return "Nothing claimed yet"
    said = [f"evidenced {quantity(held.evidenced)}"]
    said.append(f"confirmed {quantity(held.confirmed)}" if confirmable else "cannot be confirmed")
    said.append(f"assured {quantity(held.assured)}")
    if held.brought_forward:
        said.append(f"{quantity(held.brought_forward)} brought forward")
    return ", ".join(said).capitalize()


def _standing(row: PromiseRow) -> Standing:
    if row.passed:
        return "passed"
    if row.overdue:
        return "overdue"
    return "behind" if row.behind else "on course"


def _headline(table: PromiseTable, waiting: int) -> list[str]:
    # To promise none of a harm is a promise; to promise none of a benefit is not.
    promised = [row for row in table.rows if row.promised or (row.is_harm and row.promised is not None)]
    if not promised:
        return ["No quantity has been promised in this agreement yet."]
    met = sum(row.met for row in promised)
    standings = Counter(map(_standing, table.rows))
    told = [f"{standings['overdue']:,} overdue"]
    told += [f"{standings['passed']:,} above its limit"] if standings["passed"] else []
    told += [f"{standings['behind']:,} behind"] if standings["behind"] else []
    said = [f"{met:,} of {plural(len(promised), 'promise')} met by what is claimed, {', '.join(told)}."]
    if waiting:
        said.append(f"{plural(waiting, 'entry has', 'entries have')} evidence waiting to be accepted.")
    if table.usual is not None and table.usual > 1:
        said.append(f"The usual ratio of delivered to promised is {ratio_words(table.usual)}.")
    return said


def _figures(valued: Account, how_we_know_url: str) -> list[PackFigure]:
    """Each figure once: what is claimed, or what is promised where nothing is, with the other stages beside it."""
    found = []
    for key in valued.keys:
        held = {what: worth.total(key) for what, worth in valued.worths.items()}
        main: What = "claimed" if held["claimed"] else "promised"
        worth = valued.worths[main]
        edition = next(each.edition for each in worth.valuations if each.edition.reference == key.edition)
        beside = [
            f"{STAGES[what]} {written(rounded(total.amount))}"
            for what, total in held.items()
            if total is not None and what != main
        ]
        found.append(PackFigure(figure(worth, key, edition, how_we_know_url), ". ".join(beside)))
    return found


def _short(wording: str) -> str:
    return shorten(wording, _LONGEST, placeholder="…")


def _questions(table: PromiseTable, agreement: Agreement, waiting: int) -> list[str]:
    said = [] if agreement.owner else ["Name the officer who owns this agreement."]
    raised = [(_question(row), row) for row in sorted(table.rows, key=_pressing)]
    said += [f"{words} ({_short(row.commitment.wording)})" for words, row in raised if words]
    if waiting:
        said.append("Accept the evidence that waits, or say what is missing from it.")
    return [*said, *STANDING_QUESTIONS]


def _pressing(row: PromiseRow) -> tuple[int, Decimal]:
    """Limits passed, then the overdue, then those behind, the furthest behind first; ties keep the agreement's order."""
    behind = row.delivered.claimed / row.expected if row.behind and row.expected else Decimal(0)
    return _PRESSING.index(_standing(row)), behind


def _question(row: PromiseRow) -> str:
    """What to ask about a promise; "" where the record raises nothing."""
    standing, claimed, unit = _standing(row), row.delivered.claimed, row.commitment.unit_words
    if standing == "passed" and row.promised is not None:
        limit = amount_in_unit(row.promised, unit)
        return f"Why was the limit passed? {short_in_unit(claimed, unit)} claimed, at most {limit} promised."
    if standing == "overdue" and row.promised is not None:
        return f"When will the missing {amount_in_unit(row.promised - claimed, unit)} come?"
    if standing == "behind" and row.expected_shown is not None:
        expected = amount_in_unit(row.expected_shown, unit)
        return f"How will this catch up? {short_in_unit(claimed, unit)} delivered of {expected} expected by now."
    return f"How was this counted? It is {row.flag_reason}." if row.flag else ""
