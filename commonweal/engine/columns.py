"""The cells of a long file as typed columns, and a mark on every row that the careful reader must look at.

The rules are those of `engine.lines`, said as an Ibis expression: what this marks as doubtful is not refused here, but
read again by `engine.lines`, which says what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanColumn, Column, Table

from commonweal.engine.csv_rows import LONGEST_CELL
from commonweal.engine.lines import LEVELS, LONGEST_BENEFIT, OPTIONAL, REQUIRED
from commonweal.engine.model import RATE_NAMES, SHARE_RATES, Edition
from commonweal.engine.stores import GIVEN, ROW, CannotRead

NUMBER = "decimal(18, 6)"
SHARE = "decimal(7, 6)"
#: What a column holds where the line says nothing: no rate, share or duration can be this.
NOTHING = -1
#: Before the name of a free column, so that it cannot be taken for one of ours.
FREE = "free "
_PLAIN = r"^-?0*[0-9]{1,12}(\.[0-9]{1,6}0*)?$"
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_SHARES = (*SHARE_RATES, "dropoff", "share")


@dataclass(frozen=True)
class Typed:
    """This will hold the typed columns of a file as an expression and their types, with the column `doubtful`.

    Whether there is a measure of that name, counted in that unit, is not in `doubtful`: looking each line's up in a list
    costs more than all else together, and `is_known` answers it for the few that a file names. `doubtful_rows` are the
    rows as given that the careful reader must look at, unknown measures and units among them.
    """

    table: Table
    types: dict[str, str]
    doubtful_rows: Table


def typed(columns: dict[str, str], edition: Edition) -> Typed:
    """This will type every column of the file. Raises `CannotRead` where a column is of a type that cannot be read."""
    if missing := [name for name in REQUIRED if name not in columns]:
        raise CannotRead(f"there is no column {missing[0]}")
    for name, type in columns.items():
        if name != ROW and type != "string" and not type.startswith(("decimal", "int", "date")):
            raise CannotRead(f"column {name} is of type {type}: write decimals, whole numbers, dates or text")
    given = ibis.table(columns, name=GIVEN)
    fields: dict[str, Column] = {}
    types: dict[str, str] = {}
    doubts: list[BooleanColumn] = []
    for name in columns:
        if name == ROW:
            continue
        field, type, wrong = _field(given, name)
        named = FREE + name if name in free_columns(columns) else name
        fields[named], types[named] = field, type
        doubts += wrong
    doubts.append(fields["end"] < fields["start"])
    doubtful = _any(doubts)
    table = given.select(**fields, doubtful=doubtful)
    return Typed(table, types | {"doubtful": "boolean"}, given.filter(doubtful | _any(_unknown(fields, edition))))


def is_known(measure: str, unit: str, edition: Edition) -> bool:
    """This will say whether an edition has a measure, counted in that unit where one is said."""
    found = edition.measures.get(measure)
    return found is not None and unit in ("", found.unit)


def _unknown(fields: dict[str, Column], edition: Edition) -> Iterator[BooleanColumn]:
    """This will say of each row what `is_known` says of the few measures and units a file names."""
    yield ~fields["measure"].isin(list(edition.measures))
    if "unit" in fields:
        known = [f"{measure.id}\t{measure.unit}" for measure in edition.measures.values()]
        yield (fields["unit"] != "") & ~(fields["measure"] + "\t" + fields["unit"]).isin(known)


def _any(doubts: Iterable[BooleanColumn]) -> BooleanColumn:
    doubtful: BooleanColumn = ibis.literal(False)
    for each in doubts:
        doubtful = doubtful | each.fill_null(False)  # nothing is wrong with a cell that may be empty and is
    return doubtful


def _field(given: Table, name: str) -> tuple[Column, str, list[BooleanColumn]]:
    column = given[name]
    if name in ("start", "end"):
        return _day(column)
    if name == "duration":
        number, wrong = _number(column)
        whole = number.fill_null(0).cast("int32")
        return whole, "int32", [wrong, (number < 1) | (number > LONGEST_BENEFIT), number != whole.cast(NUMBER)]
    if name in ("quantity", "share", "dropoff", *RATE_NAMES):
        number, wrong = _number(column)
        doubts = [wrong, number < 0]
        if name in _SHARES:
            doubts.append(number > 1)
        if name == "quantity":
            return number, NUMBER, [*doubts, number.isnull()]
        if name == "share":
            return number.fill_null(ibis.literal(1).cast(NUMBER)).cast(SHARE), SHARE, doubts
        return number.fill_null(ibis.literal(NOTHING).cast(NUMBER)), NUMBER, doubts
    text = _text(column)
    if name == "level":
        return text, "string", [~text.isin(LEVELS)]
    return text, "string", [column.cast("string").length() > LONGEST_CELL]


def _text(column: Column) -> Column:
    return column.cast("string").fill_null("").strip()


def _number(column: Column) -> tuple[Column, BooleanColumn]:
    """This will give a column of decimals, empty where the cell is, and where a cell is not a plain number."""
    if not column.type().is_string():
        number = column.cast(NUMBER)
        return number, (column.notnull() & (number != column)).fill_null(False)
    text = _text(column)
    plain = text.re_search(_PLAIN)
    number = ibis.ifelse(plain, text, ibis.null("string")).cast(NUMBER)
    return number, ~plain & (text != "")


def _day(column: Column) -> tuple[Column, str, list[BooleanColumn]]:
    if column.type().is_date():
        return column, "date", [column.isnull()]
    text = _text(column)
    day = ibis.ifelse(text.re_search(_DAY), text, ibis.null("string")).try_cast("date")
    return day, "date", [day.isnull()]


def free_columns(columns: Iterable[str]) -> set[str]:
    """This will give the columns that lines can be grouped by besides those every file has."""
    return {name for name in columns if name not in (*REQUIRED, *OPTIONAL, ROW)}
