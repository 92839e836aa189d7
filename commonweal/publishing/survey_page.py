"""Surveys as they are read: each question with its counts, shares and chart, and printed statements beside the counts.

Chart, table and file come from the same counts; every percentage is made by `survey.Share` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from commonweal.base.charts import Bar, BarChart, Table
from commonweal.base.templatetags.figures import page_language
from commonweal.publishing.survey import Question, Share, counts_behind

Facts = Mapping[str, Any]
HEADINGS: Final = (
    "Survey", "Question", "Group", "Answer", "People", "People asked in the group", "Share of the group (%)",
    "Printed (%)", "Printed as a share of", "Printed in", "Source id", "Source",
)  # fmt: skip


def told(facts: Facts, name: str) -> str:
    """This will give a text of a survey in the language of the page; every one has both."""
    return str(facts[f"{name}_cy"] if page_language() == "cy" else facts[name])


def share_words(share: Share) -> str:
    """This will write a share with its base: "33 of 41 (80.5%)"."""
    return _("%(count)s of %(base)s (%(percent)s%%)") % {
        "count": share.count, "base": share.base, "percent": share.percent,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question as it is read; `note` is "" where the source needs none."""

    asks: str
    where: str
    note: str
    chart: BarChart
    table: Table


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One printed figure: of whom and which answers, as printed, from the counts, and how the printed one came about."""

    who: str
    printed: str
    counted: str
    how: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """What a document said of a question, figure by figure."""

    about: str
    source: Facts
    rows: tuple[StatementRow, ...]


@dataclass(frozen=True, slots=True)
class PrintedAlone:
    """A percentage printed without enough to find one number of people behind it, and what can be said of it."""

    says: str
    printed: str
    behind: str


@dataclass(frozen=True, slots=True)
class Survey:
    """One survey as the page shows it."""

    title: str
    asked: str
    source: Facts
    questions: tuple[AskedQuestion, ...]
    statements: tuple[Statement, ...]
    not_recovered: tuple[tuple[str, str], ...]
    percentages: tuple[PrintedAlone, ...]


def survey(facts: Facts) -> Survey:
    """This will write a published survey in the language of the page."""
    questions = {each["id"]: Question(each) for each in facts["questions"]}
    return Survey(
        title=told(facts, "title"),
        asked=told(facts, "asked"),
        source=facts["source"],
        questions=tuple(_asked(each, facts) for each in questions.values()),
        statements=tuple(
            Statement(
                told(each, "about"), each["source"],
                tuple(_statement_row(row, questions[each["question"]]) for row in each["rows"]),
            )
            for each in facts["statements"]
        ),
        not_recovered=tuple((told(each, "chart"), told(each, "why")) for each in facts.get("not_recovered", [])),
        percentages=tuple(_printed_alone(each) for each in facts.get("percentages", [])),
    )  # fmt: skip


# --- a question -----------------------------------------------------------------------------------------------------


def _asked(question: Question, facts: Facts) -> AskedQuestion:
    held = question.facts
    return AskedQuestion(
        asks=told(held, "asks"),
        where=told(held, "where"),
        note=told(held, "note") if "note" in held else "",
        chart=_chart(question, facts),
        table=_table(question),
    )


def _columns(question: Question) -> list[tuple[str, tuple[str, ...]]]:
    """The groups with their names, and everyone where there are several."""
    columns: list[tuple[str, tuple[str, ...]]] = [
        (told(group, "words"), (group["id"],)) for group in question.facts["groups"]
    ]
    return columns if len(columns) == 1 else [*columns, (_("Everyone"), question.groups)]


def _table(question: Question) -> Table:
    columns = _columns(question)
    rows = []
    for answer in question.facts["answers"]:
        shares = [question.share(groups, [answer["id"]]) for _words, groups in columns]
        rows.append((told(answer, "words"), *(f"{share.count} ({share.percent}%)" for share in shares)))
    bases = [str(question.share(groups, question.answers).base) for _words, groups in columns]
    headings = (_("Answer"), *(words for words, _groups in columns))
    return Table(headings, (*rows, (_("All, which is the base"), *bases)))


def _chart(question: Question, facts: Facts) -> BarChart:
    """The leading answers of each group beside one another; of one group, every answer."""
    held = question.facts
    leading = question.answers[: held["leading"]]
    if len(question.groups) > 1:
        shares = [(told(group, "words"), question.share([group["id"]], leading)) for group in held["groups"]]
        words, best = max(shares, key=lambda each: each[1].percent)
        title = _("%(group)s: %(share)s %(say)s, the largest share") % {
            "group": words, "share": share_words(best), "say": told(held, "leading_words"),
        }  # fmt: skip
    else:
        shares = [(told(each, "words"), question.share(question.groups, [each["id"]])) for each in held["answers"]]
        title = f"{share_words(question.share(question.groups, leading))} {told(held, 'leading_words')}"
    return BarChart(
        title=title,
        unit="%",
        source=f"{facts['source']['id']}, {told(held, 'where')}",
        as_of=date.fromisoformat(facts["as_of"]),
        bars=tuple(
            Bar(
                _("%(who)s (%(count)s of %(base)s)") % {"who": words, "count": share.count, "base": share.base},
                share.percent,
            )
            for words, share in shares
        ),
    )


# --- what was printed -----------------------------------------------------------------------------------------------


def _statement_row(row: Facts, question: Question) -> StatementRow:
    names = {groups: words for words, groups in _columns(question)}
    answers = {each["id"]: told(each, "words") for each in question.facts["answers"]}
    counted = question.share(row["groups"], row["answers"])
    parts = [question.added(part) for part in row.get("added", [])]
    return StatementRow(
        who=f"{names[tuple(row['groups'])]}: {_joined_by_or([answers[each].lower() for each in row['answers']])}",
        printed=told(row, "printed"),
        counted=share_words(counted),
        how=_how(parts),
        agrees=not parts,
    )


def _joined_by_or(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _how(parts: Sequence[Share]) -> str:
    if not parts:
        return _("The counts say the same.")
    words = [share_words(part) for part in parts]
    if len(parts) == 1:
        return _("It is %(share)s: a share of all who gave that answer, not of the group.") % {"share": words[0]}
    added = _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
    return _("It adds %(shares)s. These are shares of different people, so they have no sum.") % {"shares": added}


def _printed_alone(facts: Facts) -> PrintedAlone:
    if "base" not in facts:
        return PrintedAlone(
            told(facts, "says"), f"{facts['printed']}%",
            _("How many people it is a share of is not printed beside it, so no number of people is given."),
        )  # fmt: skip
    found = counts_behind(facts["printed"], facts["base"])
    given = {"base": facts["base"], "of": told(facts, "of"), "low": found[0], "high": found[-1]}
    words = (
        _("%(low)s of %(base)s, %(of)s")
        if len(found) == 1
        else _("%(low)s or %(high)s of %(base)s, %(of)s: the printed figure fits both")
    )
    return PrintedAlone(told(facts, "says"), f"{facts['printed']}%", words % given)


# --- the file -------------------------------------------------------------------------------------------------------


def count_rows(facts: Facts) -> Iterator[tuple[str | int | Decimal | None, ...]]:
    """This will write every count of a survey under HEADINGS, and printed percentages that have none."""
    source = (facts["source"]["id"], facts["source"]["title"])
    for held in facts["questions"]:
        question = Question(held)
        for group in held["groups"]:
            for answer, printed in zip(held["answers"], group["printed"], strict=True):
                share = question.share([group["id"]], [answer["id"]])
                of = group["words"] if held["printed_as"] == "within-group" else f"all who said: {answer['words']}"
                yield (
                    facts["title"], held["asks"], group["words"], answer["words"], share.count, share.base,
                    share.percent, Decimal(printed), of, held["where"], *source,
                )  # fmt: skip
    for each in facts.get("percentages", []):
        yield (
            facts["title"], each["says"], each.get("of", ""), "", None, each.get("base"), None,
            Decimal(each["printed"]), each.get("of", "not printed"), "", *source,
        )  # fmt: skip
