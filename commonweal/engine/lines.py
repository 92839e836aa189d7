"""Lines: a measure, a quantity, a period and a place under an agreement, read strictly from a table.

Nothing is guessed and nothing is half read: a file with one wrong cell gives no lines, and every wrong cell is named
by file, row and column with what to do about it. The row number is the line of the file a person sees, header = 1.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, localcontext
from difflib import get_close_matches
from pathlib import Path

from commonweal.engine.csv_rows import LineError, LinesRefused, rows_of, short, too_long
from commonweal.engine.model import RATE_NAMES, SHARE_RATES, Edition, FrozenMapping

__all__ = ["InvalidLine", "Line", "LineError", "LinesRefused", "parse_row", "plain_number", "read_lines"]

REQUIRED = ("measure", "quantity", "start", "end", "place", "agreement")
OPTIONAL = (*RATE_NAMES, "dropoff", "duration", "level", "reason", "unit", "line", "share")
LEVELS = ("", "gross", "net")
LONGEST_BENEFIT = 100

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE_DIGITS, _PLACES = 12, 6
#: Beyond these a number is a slip of a programme: a line's own are shorter.
_MOST_DIGITS = 18
_NO_GROUPS: Mapping[str, str] = FrozenMapping({})


class InvalidLine(ValueError):
    """This will say which field of a line cannot be, why, and what to do."""

    def __init__(self, field: str, reason: str, fix: str) -> None:
        self.field, self.reason, self.fix = field, reason, fix
        super().__init__(f"{field}: {reason}. {fix}.")


@dataclass(frozen=True, slots=True)
class Line:
    """This will hold one line: `quantity` of a measure, in that measure's unit, for the whole of a period.

    Rates are shares between 0 and 1 (`multiplier`: 0 or more), and None where the line says nothing of its own;
    `dropoff` is the share of the effect lost from one benefit year to the next, `duration` the number of benefit
    years. `level` is empty, `gross` (wanted gross only) or `net` (the quantity is already net of what would have
    happened anyway). `share` is the counting body's part of the quantity. Raises `InvalidLine`.
    """

    measure: str
    quantity: Decimal
    start: date
    end: date
    place: str = ""
    agreement: str = ""
    deadweight: Decimal | None = None
    attribution: Decimal | None = None
    displacement: Decimal | None = None
    dropoff: Decimal | None = None
    duration: int | None = None
    level: str = ""
    leakage: Decimal | None = None
    substitution: Decimal | None = None
    multiplier: Decimal | None = None
    reason: str = ""
    groups: Mapping[str, str] = _NO_GROUPS
    row: int = 0
    line: str = ""
    share: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        for name in ("quantity", "share", "dropoff", *RATE_NAMES):
            _check_number(name, getattr(self, name))
        for name in ("start", "end"):
            if isinstance(getattr(self, name), datetime):
                raise InvalidLine(name, f"{getattr(self, name)!r} has a time of day", "Give a date, as .date() does")
        _check_period(self.start, self.end)
        _check_duration(self.duration)
        if self.level not in LEVELS:
            raise InvalidLine("level", f"'{self.level}' is not a level", "Write gross or net, or leave it empty")

    @property
    def counted(self) -> Decimal:
        """This will give the quantity this body counts: its share of the whole."""
        with localcontext(prec=60):
            return self.quantity * self.share

    @property
    def own_rates(self) -> dict[str, Decimal]:
        """This will give the additionality rates the line states for itself, by name."""
        return {name: rate for name in RATE_NAMES if (rate := getattr(self, name)) is not None}


def read_lines(path: str | Path, edition: Edition) -> list[Line]:
    """This will read a CSV file of lines (comma, semicolon or tab; UTF-8, UTF-16 with its mark, or Windows-1252).

    Columns: `measure, quantity, start, end, place, agreement`, any of OPTIONAL, and free columns to group by.
    Raises `LinesRefused` with every error found; then nothing has been read.
    """
    file = str(path)
    errors: list[LineError] = []
    lines: list[Line] = []
    for number, cells in rows_of(path, REQUIRED):
        if isinstance(cells, LineError):
            errors.append(cells)
            continue
        try:
            lines.append(parse_row(cells, edition, file, number))
        except LinesRefused as refused:
            errors.extend(refused.errors)
    for name, parts in shares_above_one(lines):
        rows = ", ".join(str(part.row) for part in parts[:10])
        reason = f"the shares of line '{short(name)}' come to {sum(part.share for part in parts)} (rows {rows})"
        errors.append(LineError(file, parts[-1].row, "share", reason, "Shares of one line may sum to at most 1"))
    if not lines and not errors:
        errors.append(LineError(file, 0, "", "there are no lines below the header", "Add at least one line"))
    if errors:
        raise LinesRefused(sorted(errors, key=lambda error: error.row))
    return lines


def parse_row(cells: Mapping[str, str], edition: Edition, file: str = "", row: int = 0) -> Line:
    """This will build one line from its cells by column name; raises `LinesRefused` with each wrong cell.

    The measure must be one of the edition's, and `unit`, where given, that measure's unit.
    """
    errors: list[LineError] = []
    fields: dict[str, object] = {"row": row, "groups": FrozenMapping(_free(cells))}
    for name in (*REQUIRED, *OPTIONAL):
        text = cells.get(name, "").strip()
        if name == "unit" or (not text and name not in ("measure", "quantity", "start", "end")):
            continue
        try:
            fields[name] = _parsed(name, text)
        except InvalidLine as error:
            errors.append(LineError(file, row, name, error.reason, error.fix))
    errors.extend(LineError(file, row, *wrong) for wrong in _measure_errors(cells, edition))
    errors.extend(LineError(file, row, name, *wrong) for name, text in cells.items() if (wrong := too_long(text)))
    start, end = fields.get("start"), fields.get("end")
    if isinstance(start, date) and isinstance(end, date):
        try:
            _check_period(start, end)
        except InvalidLine as error:
            errors.append(LineError(file, row, error.field, error.reason, error.fix))
    if not errors:
        try:
            return Line(**fields)  # type: ignore[arg-type]
        except InvalidLine as error:
            errors.append(LineError(file, row, error.field, error.reason, error.fix))
    raise LinesRefused(errors)


def _free(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: text.strip() for name, text in cells.items() if name not in REQUIRED and name not in OPTIONAL}


def _parsed(name: str, text: str) -> str | int | Decimal | date:
    if name in ("start", "end"):
        return _date(name, text)
    if name == "duration":
        if not re.fullmatch("[0-9]{1,3}", text):
            raise InvalidLine(name, f"'{short(text)}' is not a whole number of years", "Write 3, say")
        _check_duration(int(text))
        return int(text)
    if name in ("quantity", "share", "dropoff", *RATE_NAMES):
        number = plain_number(name, text)
        _check_number(name, number)
        return number
    if name == "level" and text not in LEVELS:
        raise InvalidLine(name, f"'{short(text)}' is not a level", "Write gross or net, or leave it empty")
    return text


def plain_number(name: str, text: str) -> Decimal:
    """This will read plain digits, at most twelve before the point and six after it; raises `InvalidLine`."""
    share = name in (*SHARE_RATES, "dropoff", "share")
    fix = "Write a share between 0 and 1, such as 0.2 for 20%" if share else "Write a plain number such as 1234.5"
    if not text:
        raise InvalidLine(name, "the cell is empty", fix)
    if "," in text:
        raise InvalidLine(name, f"'{short(text)}' may hold a thousands separator or a decimal comma", fix)
    if not _NUMBER.fullmatch(text):
        raise InvalidLine(name, f"'{short(text)}' is not a plain number", fix)
    whole, _, places = text.lstrip("-").partition(".")
    if len(whole.lstrip("0")) > _WHOLE_DIGITS or len(places.rstrip("0")) > _PLACES:
        reason = f"'{short(text)}' has more than {_WHOLE_DIGITS} digits before the point or {_PLACES} after it"
        raise InvalidLine(name, reason, "Round it, or split the line")
    return Decimal(text)


def _check_period(start: date, end: date) -> None:
    if end < start:
        raise InvalidLine("end", f"the period ends on {end}, before it starts on {start}", "Swap them")


def _check_duration(years: int | None) -> None:
    if years is not None and not 1 <= years <= LONGEST_BENEFIT:
        raise InvalidLine("duration", f"{years} benefit years", f"Write 1 to {LONGEST_BENEFIT}")


def _check_number(name: str, number: Decimal | None) -> None:
    if number is None:
        return
    if not isinstance(number, Decimal) or not number.is_finite():
        raise InvalidLine(name, f"{number!r} is not an exact finite number", "Give a Decimal")
    if number.adjusted() >= _MOST_DIGITS or int(number.as_tuple().exponent) < -2 * _MOST_DIGITS:
        raise InvalidLine(name, f"{number!r} is no number of things", "Check how it was worked out")
    if number < 0 and name in (*SHARE_RATES, "dropoff", "share"):
        raise InvalidLine(name, f"{number} is below 0", "Write a share between 0 and 1, such as 0.2 for 20%")
    if number < 0 and name == "multiplier":
        raise InvalidLine(name, f"{number} is below 0", "Write 0 or more; a multiplier of 1 changes nothing")
    if number < 0:
        raise InvalidLine(name, f"{number} is below 0", "Write 0 or more; a harm is a measure of its own")
    if number > 1 and name in (*SHARE_RATES, "dropoff", "share"):
        raise InvalidLine(name, f"{number} is above 1", "Write a share between 0 and 1, such as 0.2 for 20%")


def _date(name: str, text: str) -> date:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        reason = f"'{short(text)}' is not a date" if text else "the cell is empty"
        raise InvalidLine(name, reason, "Write year-month-day, such as 2026-04-01") from None


def _measure_errors(cells: Mapping[str, str], edition: Edition) -> Iterator[tuple[str, str, str]]:
    name = cells.get("measure", "").strip()
    measure = edition.measures.get(name)
    if measure is None:
        near = get_close_matches(name, list(edition.measures), n=1)
        fix = f"Did you mean {near[0]}" if near else f"See: commonweal framework show {edition.reference}"
        yield "measure", f"'{short(name)}' is not a measure of {edition.reference}", fix
    elif (unit := cells.get("unit", "").strip()) and unit != measure.unit:
        yield "unit", f"'{short(unit)}' is not the unit of {name}", f"Give the quantity in {measure.unit}"


def shares_above_one(lines: Iterable[Line]) -> Iterator[tuple[str, list[Line]]]:
    """This will give every line, by the name its parts share, of which more than the whole is counted."""
    by_line: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.line:
            by_line[line.line].append(line)
    yield from ((name, parts) for name, parts in by_line.items() if sum(part.share for part in parts) > 1)
