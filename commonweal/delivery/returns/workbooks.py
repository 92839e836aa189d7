"""One workbook for all a provider has to report: written with locked codes, read back row by row, each accounted for."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.core import signing
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.exports import Sheet, write_xlsx
from commonweal.base.files import check_holds_table
from commonweal.base.templatetags.figures import quantity as shown_quantity
from commonweal.base.units import unit_alone
from commonweal.delivery.policies import check_quantity
from commonweal.delivery.returns.amounts import NotAQuantity, read_told
from commonweal.delivery.returns.letters import period_words
from commonweal.delivery.returns.policies import can_be_transferred
from commonweal.sources.cells import read_yes_or_no
from commonweal.sources.tables import Column, Row, Table, TableError, plain, read_table

HEADINGS: Final = (
    "Code (do not change)", "Body", "Agreement", "Period", "Due by", "Promise", "Unit", "Promised", "On record so far",
    "This period", "Nothing this period", "Of these, transferred", "Note",
)  # fmt: skip
CODE, AGREEMENT, PROMISE, UNIT, TOLD, NOTHING, TRANSFERRED, NOTE = 0, 2, 5, 6, 9, 10, 11, 12
MOST_ROWS: Final = 5_000
_signer = signing.Signer(salt="returns.workbook")
#: What a preview hands on to its "Keep these": signed, and for an hour.
_KEEP_SALT, _KEEP_SECONDS = "returns.keep", 3600


class NotThisWorkbook(NotPossible):
    """The file is not a workbook that was made for whoever brings it."""


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one row: accepted, unchanged or rejected, where and why; and what it says when accepted."""

    number: int
    outcome: str
    what: str
    told: str = ""
    reason: str = ""
    line: str = ""
    version: int = 0
    quantity: Decimal | None = None
    nothing: bool = False
    transferred: Decimal | None = None
    note: str = ""


def code_of(line: Any) -> str:
    """This will give the code of a line in a workbook: which it is, and which version of its answer was written."""
    return _signer.sign(f"{line.public_id}.{line.version}")


def write_workbook(rows: Iterable[Any], *, name: str) -> bytes:
    """This will write the lines of open returns as a workbook to fill in; `rows` are queries.LineRow."""
    cells = []
    for row in rows:
        line, figure, promise = row.line, row.figure, row.promise
        found = line.of_return
        cells.append((
            code_of(line), found.body.name, found.agreement.title, period_words(found), found.due_on,
            promise.commitment.wording, unit_alone(promise.commitment.unit), promise.promised, promise.delivered.claimed,
            figure.quantity if figure and line.answer == "told" else None,
            "yes" if line.answer == "nothing" else None,
            figure.transferred if figure and line.answer == "told" else None,
            figure.note if figure and line.answer == "told" else None,
        ))  # fmt: skip
    about = [
        (_("For"), name),
        (_("What to do"), _("Write in the yellow columns alone: how much was done this period, in the "
        "unit of the row. Or choose “yes” under Nothing this period.")),
        (_("Leave blank"), _("A row left blank stays as it is. You can bring the workbook back "
        "as often as you like until the report is sent.")),
        (_("Transferred"), _("For jobs: how many of them came with the contract from another "
        "employer. They are shown, and not counted as created.")),
        (_("Then"), _("Save it, and bring it back on the page you took it from. You see what "
        "was read before anything is kept, and nothing is sent.")),
    ]  # fmt: skip
    written = io.BytesIO()
    sheet = Sheet(
        "Report", HEADINGS, cells, open_columns=(TOLD, NOTHING, TRANSFERRED, NOTE), choices={NOTHING: ["yes"]}
    )
    write_xlsx([sheet], written, about=about)
    return written.getvalue()


def read_workbook(name: str, content: bytes, rows: Sequence[Any]) -> list[Read]:
    """This will read a filled-in workbook against the open lines of whoever brings it; changes nothing.

    Raises TableError or UnusableFile where there is no table, and NotThisWorkbook where it is somebody else's.
    """
    check_holds_table(name, content)
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as held:
        held.write(content)
        held.flush()
        table = read_table(Path(held.name), filename=Path(name).name, known={plain(each) for each in HEADINGS})
    if len(table.rows) > MOST_ROWS:
        raise TableError(
            f"it has {len(table.rows):,} rows, and at most {MOST_ROWS:,} can be read at once", name, "Split it."
        )
    columns = _columns(table)
    if CODE not in columns or TOLD not in columns:
        raise NotThisWorkbook(
            _("This is not a workbook we made: its columns “%(code)s” and “%(told)s” "
        "are missing. Download it again and copy your figures in.")
            % {"code": HEADINGS[CODE], "told": HEADINGS[TOLD]}
        )  # fmt: skip
    mine = {row.line.public_id: row for row in rows}
    seen: dict[str, int] = {}
    known: set[str] = set()
    found = [_read(table, row, columns, mine, seen, known) for row in table.rows]
    if found and not known:
        raise NotThisWorkbook(
            _("This workbook was made for somebody else, or for reports that are no longer open. Nothing was read.")
        )
    return found


def _columns(table: Table) -> dict[int, Column]:
    wanted = {plain(heading): number for number, heading in enumerate(HEADINGS)}
    found: dict[int, Column] = {}
    for column in table.columns:
        number = wanted.get(plain(column.heading))
        if number is not None:
            found.setdefault(number, column)
    return found


class _Rejected(Exception):
    """Why a row is not taken."""


def _read(
    table: Table, row: Row, columns: Mapping[int, Column], mine: Mapping[str, Any], seen: dict[str, int],
    known: set[str],
) -> Read:  # fmt: skip
    def text(number: int) -> str:
        return row.text(columns[number]).strip() if number in columns else ""

    def place(number: int) -> str:
        return str(table.place(row, columns[number]))

    what = " – ".join(words for words in (text(AGREEMENT), text(PROMISE)) if words) or _("A row without a name")
    told = " ".join(words for words in (text(TOLD), text(NOTHING) and _("nothing")) if words)
    try:
        line_row, version = _line(text(CODE), place(CODE), mine, seen, known)
        what = f"{line_row.line.of_return.agreement.title} – {line_row.promise.commitment.wording}"
        values = _values(table, row, columns, line_row, text, place)
        read = _compare(values, line_row, version, row.number, what, told)
    except _Rejected as rejected:
        return Read(row.number, "rejected", what, told, str(rejected))
    seen[line_row.line.public_id] = row.number  # a row that was refused stands in the way of no other
    return read


def _line(
    code: str, where: str, mine: Mapping[str, Any], seen: Mapping[str, int], known: set[str]
) -> tuple[Any, int]:  # fmt: skip
    if not code:
        raise _Rejected(
            _("%(where)s has no code, so we cannot tell which line it is. Rows cannot be added here.")
            % {"where": where}
        )
    try:
        key, _dot, version = _signer.unsign(code).partition(".")
    except signing.BadSignature:
        raise _Rejected(
            _("%(where)s holds a code that we did not write. Download the workbook again.") % {"where": where}
        ) from None
    if key not in mine:
        raise _Rejected(
            _("%(where)s is not one of your open lines: it was sent, or is somebody else’s.") % {"where": where}
        )
    known.add(key)
    if key in seen:
        raise _Rejected(
            _("%(where)s repeats row %(row)d. Leave one of the two out.") % {"where": where, "row": seen[key]}
        )
    return mine[key], int(version)


def _values(
    table: Table, row: Row, columns: Mapping[int, Column], line_row: Any, text: Any, place: Any
) -> tuple[Decimal | None, bool, Decimal | None, str]:  # fmt: skip
    commitment = line_row.promise.commitment
    for number in (TOLD, TRANSFERRED, NOTHING):
        if number in columns and table.is_formula(row, columns[number]):
            raise _Rejected(_("%(where)s is a formula. Type the number itself.") % {"where": place(number)})
    given_unit = text(UNIT)
    if UNIT in columns and plain(given_unit) != plain(unit_alone(commitment.unit)):
        raise _Rejected(
            _("%(where)s says “%(typed)s”, and this promise is counted in %(unit)s. Give the number in %(unit)s.")
            % {"where": place(UNIT), "typed": given_unit, "unit": unit_alone(commitment.unit) or _("a bare number")}
        )
    numbers = []
    for number in (TOLD, TRANSFERRED):
        typed_number = number in columns and row.is_number(columns[number])
        try:
            told = read_told(text(number), commitment.unit, typed_number=typed_number)
            if told is not None:
                check_quantity(told)
        except (NotAQuantity, NotPossible) as error:
            raise _Rejected(f"{place(number)}: {error}") from None
        numbers.append(told)
    nothing = read_yes_or_no(text(NOTHING))
    if nothing is not None and not isinstance(nothing, bool):
        raise _Rejected(_("%(where)s: write yes, or leave it blank.") % {"where": place(NOTHING)})
    quantity, transferred = numbers
    if nothing and quantity:
        raise _Rejected(
            _("%(told)s has a number and %(nothing)s says that there is nothing. Leave one of the two out.")
            % {"told": place(TOLD), "nothing": place(NOTHING)}
        )
    if transferred:
        if not can_be_transferred(commitment):
            raise _Rejected(_("%(where)s: only jobs can be transferred.") % {"where": place(TRANSFERRED)})
        if quantity is None or transferred > quantity:
            raise _Rejected(_("%(where)s is more than there are in all.") % {"where": place(TRANSFERRED)})
    return quantity, bool(nothing), transferred, text(NOTE)[:4000]


def _compare(
    values: tuple[Decimal | None, bool, Decimal | None, str], line_row: Any, version: int, number: int, what: str,
    told: str,
) -> Read:  # fmt: skip
    quantity, nothing, transferred, note = values
    line, figure = line_row.line, line_row.figure
    if quantity is None and not nothing:
        return Read(number, "unchanged", what, told, _("Left blank"))
    same = (
        line.answer == "nothing"
        if nothing
        else line.answer == "told" and figure is not None
        and (figure.quantity, figure.transferred or Decimal(0), figure.note) == (quantity, transferred or Decimal(0), note)
    )  # fmt: skip
    if same:
        return Read(number, "unchanged", what, told, _("As it was"))
    if line.version != version:
        now = shown_quantity(figure.quantity) if figure and figure.quantity is not None else _("nothing")
        who = line.edited_by.name if line.edited_by else _("Somebody")
        raise _Rejected(
            _("%(who)s changed this line after the workbook was made; it says %(now)s now. Change it on its page.")
            % {"who": who, "now": now}
        )
    return Read(number, "accepted", what, told, "", line.public_id, version, quantity, nothing, transferred, note)


# --- from the preview to the drafts ---------------------------------------------------------------------------------


def packed(rows: Iterable[Read], holder: str) -> str:
    """This will sign what a preview showed, for `holder` alone, so that keeping it keeps exactly that."""
    kept = [
        [each.line, each.version, None if each.quantity is None else str(each.quantity), each.nothing,
         None if each.transferred is None else str(each.transferred), each.note]
        for each in rows if each.outcome == "accepted"
    ]  # fmt: skip
    return signing.dumps([holder, kept], salt=_KEEP_SALT, compress=True)


def unpacked(words: str, holder: str) -> list[Read]:
    """This will read what a preview signed for `holder`; raises NotThisWorkbook."""
    try:
        whose, kept = signing.loads(words, salt=_KEEP_SALT, max_age=_KEEP_SECONDS)
    except signing.BadSignature:
        raise NotThisWorkbook(_("This preview has run out. Bring the workbook back once more.")) from None
    if whose != holder:
        raise NotThisWorkbook(_("This preview is somebody else’s."))
    return [
        Read(0, "accepted", "", "", "", line, version, None if quantity is None else Decimal(quantity), nothing,
             None if transferred is None else Decimal(transferred), note)
        for line, version, quantity, nothing, transferred, note in kept
    ]  # fmt: skip
