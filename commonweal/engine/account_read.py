"""Reads the parts of a bundle strictly, and says of each what is wrong with it and where.

Nothing is stopped at the first fault: what can be read is read, so that a changed byte is told as the row it lies in
and as the figures it moves. A part that cannot be read at all is left out, with its fault.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from commonweal.engine import account_bundle as bundle
from commonweal.engine.account_bundle import LINE_COLUMNS, STAGES, Published, Tables, cells_of
from commonweal.engine.account_figures import Works, exclusive, left_out
from commonweal.engine.model import Edition, InvalidRule
from commonweal.engine.year import FinancialYear, YearUnknown

_AT = {name: place for place, name in enumerate(LINE_COLUMNS)}
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{0,17}[1-9])?")
_SHARE = re.compile(r"0\.[0-9]{0,17}[1-9]|1")
_ID = re.compile(r"[0-9A-Za-z-]{1,40}")
_HASH = re.compile(r"[0-9a-f]{64}")
_PLAIN_ROW = re.compile(r"[^\x00-\x1f\x7f]{0,8000}")
_YES_NO = ("yes", "no")
#: So many faults of one part are told one by one.
MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Fault:
    """This will say what is wrong with an account: in which part, in which row and column or place, and what."""

    member: str
    place: str
    words: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.member, self.place, self.words)))


@dataclass(slots=True)
class Faults:
    """This will gather faults; of one part only the first are told, and then how many more there are."""

    found: list[Fault] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _told: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, member: str, place: str, words: str) -> None:
        """This will note one fault."""
        if self._told[member] < MOST_FAULTS:
            self._told[member] += 1
            self.found.append(Fault(member, place, words))
        else:
            self.more[member] += 1

    def all(self) -> tuple[Fault, ...]:
        """This will give every fault told, and for each part how many are not."""
        beyond = (Fault(name, "", f"and {count:,} more like these") for name, count in self.more.items())
        return (*self.found, *beyond)


@dataclass(frozen=True, slots=True)
class Manifest:
    """This will hold what the manifest of an account says."""

    body: Mapping[str, str]
    year: FinancialYear
    as_of: date
    number: int
    made_at: datetime
    method: str
    is_invented: bool
    previous: Published | None
    restates: Published | None
    editions: Mapping[str, str]
    members: Mapping[str, tuple[str, int]]


def read_manifest(raw: memoryview) -> Manifest:
    """This will read a manifest; raises ValueError saying what is wrong with it."""
    held = bundle.read_json(raw)
    wanted = {"format", "method", "body", "year", "as_of", "number", "made_at", "invented", "previous", "restates",
              "editions", "members"}  # fmt: skip
    _check_names(held, wanted)
    if held["format"] != bundle.FORMAT:
        raise ValueError(f"its format is {str(held['format'])[:40]!r}, and this program reads {bundle.FORMAT!r}")
    try:
        members = {
            name: (_text(each["sha256"], _HASH), _whole(each["bytes"])) for name, each in held["members"].items()
        }
        manifest = Manifest(
            body=_body(held["body"]), year=FinancialYear.parse(held["year"]), as_of=date.fromisoformat(held["as_of"]),
            number=_whole(held["number"]), made_at=_moment(held["made_at"]), method=str(held["method"]),
            is_invented=_flag(held["invented"]), previous=_published(held["previous"]),
            restates=_published(held["restates"]), members=members,
            editions={str(name): _text(each, _HASH) for name, each in held["editions"].items()},
        )  # fmt: skip
    except (AttributeError, KeyError, TypeError, ValueError, YearUnknown) as error:
        raise ValueError(f"it does not say what a manifest says: {str(error)[:100]}") from None
    if manifest.method != bundle.METHOD:
        raise ValueError(
            f"the account was made by method {manifest.method[:20]!r}, and this program knows method {bundle.METHOD!r}: "
            "check it with a newer Commonweal"
        )
    return manifest


def _check_names(held: Mapping[str, Any], wanted: set[str]) -> None:
    if unlike := sorted(set(held) ^ wanted):
        there = "is not known" if unlike[0] in held else "is missing"
        raise ValueError(f"{unlike[0][:40]!r} {there}")


def _body(held: Any) -> dict[str, str]:
    if set(held) != {"id", "name", "org_id"} or not all(isinstance(each, str) for each in held.values()):
        raise ValueError("the body needs its id, name and org_id")
    return dict(held)


def _published(held: Any) -> Published | None:
    if held is None:
        return None
    year = FinancialYear.parse(held["year"]).slug
    return Published(_whole(held["number"]), year, _text(held["sha256"], _HASH))


def _text(held: Any, shape: re.Pattern[str]) -> str:
    if not isinstance(held, str) or not shape.fullmatch(held):
        raise ValueError(f"{str(held)[:40]!r} is not written as it should be")
    return held


def _whole(held: Any) -> int:
    if not isinstance(held, int) or isinstance(held, bool) or held < 0:
        raise ValueError(f"{str(held)[:40]!r} is not a whole number")
    return held


def _flag(held: Any) -> bool:
    if not isinstance(held, bool):
        raise ValueError(f"{str(held)[:40]!r} is neither true nor false")
    return held


def _moment(held: Any) -> datetime:
    return datetime.strptime(held, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def read_editions(manifest: Manifest, parts: Mapping[str, memoryview], faults: Faults) -> dict[str, Edition]:
    """This will read the editions of an account; each must be the one the manifest names by its content."""
    found = {}
    for reference, content_hash in manifest.editions.items():
        name = bundle.edition_member(reference)
        if name not in parts:
            continue  # said already: the part is missing
        try:
            edition = Edition.from_json(bundle.read_json(parts[name]))
        except (ValueError, InvalidRule, RecursionError) as error:
            faults.add(name, "", f"this is not an edition: {str(error)[:150]}")
            continue
        if edition.reference != reference:
            faults.add(name, "", f"this is {edition.reference[:60]}, and {reference[:60]} was wanted")
            continue
        if edition.content_hash != content_hash:
            faults.add(name, "", f"this is not the {reference} that the manifest names")
        if edition.is_licensed:
            faults.add(name, "", f"{reference} is licensed to one body, and no account may hold it")
        found[reference] = edition
    return found


def read_tables(parts: Mapping[str, memoryview], faults: Faults) -> Tables | None:
    """This will read the price indexes and discount schedules of an account."""
    try:
        return Tables.from_json(bundle.read_json(parts[bundle.PRICES]))
    except KeyError as error:
        words = "it is missing" if error.args == (bundle.PRICES,) else f"{error} is missing"
    except (AttributeError, TypeError, ValueError, ArithmeticError) as error:
        words = f"these are not tables of prices: {str(error)[:150]}"
    if bundle.PRICES in parts:
        faults.add(bundle.PRICES, "", words)
    return None


def rows_of(raw: memoryview, member: str, columns: tuple[str, ...], faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """This will give each row of a table with its number (the heading is row 1); what cannot be read is a fault."""
    number = 0
    for number, content in enumerate(_texts(raw), 1):
        if content is None:
            faults.add(member, f"row {number}", "the table ends without a line end")
            return
        try:
            text = content.decode()
            if not _PLAIN_ROW.fullmatch(text):
                raise ValueError("it holds a control character, or more than a row can")
            cells = cells_of(text)
        except UnicodeDecodeError:
            faults.add(member, f"row {number}", "it is not UTF-8 text")
            continue
        except ValueError as error:
            faults.add(member, f"row {number}", str(error)[:150])
            continue
        if number == 1:
            if cells != list(columns):
                faults.add(member, "row 1", f"the headings are not {', '.join(columns)}")
                return
        elif len(cells) != len(columns):
            faults.add(member, f"row {number}", f"it has {len(cells)} cells, and there are {len(columns)} headings")
        else:
            yield number, cells
    if not number:
        faults.add(member, "row 1", "the table is empty")


def _texts(raw: memoryview) -> Iterator[bytes | None]:
    """Each row without its line end, read in steps; None where the last has no line end."""
    left = b""
    for place in range(0, len(raw), 1 << 20):
        *whole, left = (left + bytes(raw[place : place + (1 << 20)])).split(b"\n")
        yield from whole
    if left:
        yield None


def read_lines(parts: Mapping[str, memoryview], works: Works, faults: Faults) -> Iterator[list[str]]:
    """This will give every sound line of an account. Those at fault are told, and count for nothing.

    What a line says of itself (whether it counts in totals, and why not) is worked out again, when all are read.
    """
    before = ("", "")
    shared: dict[tuple[str, str], list[tuple[int, list[str]]]] = defaultdict(list)
    exclusives = {name: exclusive(each) for name, each in works.editions.items()}
    days: dict[str, str] = {}
    for number, cells in rows_of(parts[bundle.LINES], bundle.LINES, LINE_COLUMNS, faults):
        wrong = _wrong(cells, works, days)
        if cells[-1] != bundle.check_of(bundle.row_text(cells[:-1])):
            faults.add(bundle.LINES, f"row {number}", f"line {cells[1][:40]} was changed after the account was made")
        if (cells[0], cells[1]) <= before:
            wrong = wrong or ("line", "it is there twice or out of order")
        before = (cells[0], cells[1])
        if wrong:
            faults.add(bundle.LINES, f"row {number}, column {wrong[0]}", wrong[1])
            continue
        edition, measure = cells[_AT["edition"]], cells[_AT["measure"]]
        if cells[_AT["given"]] == "yes":
            if measure in exclusives[edition]:
                shared[edition, cells[_AT["record"]]].append((number, cells))
            elif told := _mistold(cells, works, overlapping=False):
                faults.add(bundle.LINES, f"row {number}, column {told[0]}", told[1])
        yield cells
    for (edition, record), lines in shared.items():
        stage = "promised" if record == "promise" else "claimed"
        twice = left_out((cells for _, cells in lines), works.editions[edition], stage)
        for number, cells in lines:
            if told := _mistold(cells, works, overlapping=cells[_AT["line"]] in twice):
                faults.add(bundle.LINES, f"row {number}, column {told[0]}", told[1])


def _mistold(cells: list[str], works: Works, *, overlapping: bool) -> tuple[str, str] | None:
    """What a line says of itself and should not: whether it counts in totals, and why not."""
    found = works.on(cells[_AT["edition"]], cells[_AT["measure"]], cells[_AT["start"]])
    why = found if isinstance(found, str) else bundle.SAME_EFFECT if overlapping else ""
    if cells[_AT["why_not"]] != why:
        return "why_not", f"it says {cells[_AT['why_not']][:80]!r}, and the rules say {why!r}"
    counts = "no" if why else "yes"
    if cells[_AT["in_totals"]] != counts:
        return "in_totals", f"it says {cells[_AT['in_totals']]}, and the rules say {counts}"
    return None


def _wrong(cells: list[str], works: Works, days: dict[str, str]) -> tuple[str, str] | None:
    """The first column of a line that cannot be, and why."""
    held = dict(zip(LINE_COLUMNS, cells, strict=True))
    if held["record"] not in ("promise", "delivery"):
        return "record", f"{held['record'][:20]!r} is neither a promise nor a delivery"
    for name in ("line", "promise", "agreement"):
        if not _ID.fullmatch(held[name]):
            return name, f"{held[name][:40]!r} is no id"
    for name in ("brought_forward", "confirmable", "given", "in_totals"):
        if held[name] not in _YES_NO:
            return name, f"{held[name][:20]!r} is neither yes nor no"
    if not _SHARE.fullmatch(held["share"]):
        return "share", f"{held['share'][:20]!r} is no share of 1"
    for name in ("start", "end"):
        if held[name] and days.setdefault(held[name], _day_fault(held[name])):
            return name, days[held[name]]
    if wrong := _wrong_quantities(held):
        return wrong
    if held["given"] == "no":
        told = "in_totals" if held["in_totals"] == "yes" else "" if held["why_not"] else "why_not"
        return (told, "a line that is not valued says why, and counts in no total") if told else None
    return _wrong_measure(held, works)


def _day_fault(text: str) -> str:
    try:
        return "" if date.fromisoformat(text).isoformat() == text else "it is not written year-month-day"
    except ValueError:
        return f"{text[:20]!r} is no date"


def _wrong_quantities(held: Mapping[str, str]) -> tuple[str, str] | None:
    own = ("promised", "as_contracted") if held["record"] == "promise" else STAGES[1:]
    for name in (*STAGES, "as_contracted"):
        if held[name] and not _NUMBER.fullmatch(held[name]):
            return name, f"{held[name][:30]!r} is not a plain number of 0 or more"
        if held[name] and name not in own:
            return name, f"a {held['record']} has none"
    claimed = held["claimed"]
    for name in STAGES[2:]:
        if held[name] and (not claimed or Decimal(held[name]) > Decimal(claimed)):
            return name, f"{held[name]} is more than the {claimed or 'nothing'} that was claimed"
        if held[name] and held["brought_forward"] == "yes":
            return name, "what was brought forward is claimed and nothing more"
    return None


def _wrong_measure(held: Mapping[str, str], works: Works) -> tuple[str, str] | None:
    edition = works.editions.get(held["edition"])
    if edition is None:
        return "edition", f"the account holds no edition {held['edition'][:60]!r}"
    measure = edition.measures.get(held["measure"])
    if measure is None:
        return "measure", f"{held['edition']} has no measure {held['measure'][:60]!r}"
    if held["unit"] != measure.unit:
        return "unit", f"it is {held['unit'][:40]!r}, and {measure.id} is counted in {measure.unit!r}"
    if not held["start"] or not held["end"] or held["end"] < held["start"]:
        return "end", "a line that is valued has a first and a last day, in order"
    return None
