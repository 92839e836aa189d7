"""The peer-challenge pack: self-assessment, comparators and evidence, as files that anybody can open and check."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from commonweal.base.exports import Cell, write_csv
from commonweal.base.templatetags.figures import long_date
from commonweal.engine.peer_pack import write_pack
from commonweal.reporting.benchmarks import queries
from commonweal.reporting.benchmarks.questions import questions
from commonweal.reporting.presentation import TOTAL_HEADINGS, total_rows
from commonweal.reporting.queries import account
from commonweal.reporting.register import queries as register
from commonweal.reporting.register.vocabulary import STANDINGS

if TYPE_CHECKING:
    from datetime import date

    from commonweal.base.models import Body
    from commonweal.engine.year import FinancialYear

README = """Peer-challenge pack

Open it with:  commonweal peer-pack FILE
It checks that every file is as it was packed, and prints the self-assessment and the comparators.
The files are plain CSV. No person is named in them, and no line of the record is in them: figures are sums.
"""


def pack_of(
    body: Body, year: FinancialYear, on: date, comparators: Sequence[Sequence[Cell]], headings: Sequence[str]
) -> bytes:
    """This will make the pack of a year; needs the body's scope."""
    answered = queries.answers(body)
    assessment = [
        (each.words, answered[each.id].level_words if each.id in answered else "Not answered",
         answered[each.id].words if each.id in answered else "", answered[each.id].evidence if each.id in answered else "")
        for each in questions().values()
    ]  # fmt: skip
    found = account(body, on=year.ends_on, year=year)
    reconciled = register.reconciliation(body, year)
    parts = reconciled.by_standing([key for key, _words in STANDINGS])
    standing = [
        (words, parts[key].contracts, parts[key].register, parts[key].agreement, parts[key].payments)
        for key, words in STANDINGS
    ]
    money = [(each.name, each.budget, each.actual) for each in register.budget_by_department(body, year.begins)]
    files = {
        "README.txt": README.encode(),
        "self-assessment.csv": _table(("Question", "How far", "Why", "Evidence"), assessment),
        "comparators.csv": _table(headings, comparators),
        "evidence/value-by-stage.csv": _table(TOTAL_HEADINGS, total_rows(found)),
        "evidence/register-agreements-payments.csv": _table(
            ("Where it stands", "Contracts", "In the register (£)", "As agreements (£)", "Paid in the year (£)"),
            standing,
        ),
        "evidence/budget-and-outturn.csv": _table(("Department", "Budget (£)", "Actual or outturn (£)"), money),
    }
    about = {
        "title": "Peer-challenge pack: social value", "body": body.name, "year": year.name, "made_on": long_date(on),
        "answered": f"{len(answered)} of {len(questions())} questions",
    }  # fmt: skip
    stream = io.BytesIO()
    write_pack(about, files, stream)
    return stream.getvalue()


def _table(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    write_csv(headings, rows, text)
    return text.getvalue().encode()
