"""The bundle of a published account: what it holds, the one way each part is written, and how it is signed.

A bundle holds the lines of a year (outward ids, quantities, places and dates; nothing of any person), the editions and
price tables they were valued with, the figures they come to, and the statements made about them. `manifest.json` lists
the SHA-256 of every part and of the account published before; `signature.json` signs the manifest. Every part has one
way of being written, so that the same account is the same bytes, and a byte that differs is a fault with a place.

What a reader does with it: `engine.account_check`. The format for others: docs/reference/account-bundle.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from commonweal.engine import account_file
from commonweal.engine.discount import Band, DiscountSchedule
from commonweal.engine.document import each_once
from commonweal.engine.model import Edition, FrozenMapping
from commonweal.engine.prices import PriceSeries, YearType
from commonweal.engine.signing import public_text, signature_text
from commonweal.engine.year import FinancialYear

FORMAT: Final = "commonweal-account-1"
#: The method by which lines become figures; a change of it that could move a figure is another version.
METHOD: Final = "1"
#: What a signature on an account, and on a checkpoint of accounts, is made for.
SIGNED_ACCOUNT, SIGNED_CHECKPOINT = "commonweal account", "commonweal account checkpoint"
NOT_PART: Final = "This account is not part of the Statement of Accounts."

MANIFEST, SIGNATURE, LINES, FIGURES, COUNTS, COVERAGE, NAMES, PRICES, STATEMENTS, RESTATEMENT = (
    "manifest.json", "signature.json", "lines.csv", "figures.csv", "counts.csv", "coverage.json", "names.json",
    "prices.json", "statements.json", "restatement.csv",
)  # fmt: skip
ALWAYS: Final = (MANIFEST, SIGNATURE, LINES, FIGURES, COUNTS, COVERAGE, NAMES, PRICES, STATEMENTS)

STAGES: Final = ("promised", "claimed", "evidenced", "confirmed", "assured")
LINE_COLUMNS: Final = (
    "record", "line", "promise", "agreement", "edition", "measure", "unit", "start", "end", "place", "department",
    "channel", "brought_forward", "confirmable", "share", *STAGES, "as_contracted", "given", "in_totals", "why_not",
    "check",
)  # fmt: skip
GROUPS: Final = ("department", "channel", "place", "theme", "measure")
FIGURE_COLUMNS: Final = (
    "stage", "by", "group", "edition", "direction", "kind", "level", "price_year", "price_year_type", "low", "central",
    "high", "uk_low", "uk_central", "uk_high", "lines", "shown",
)  # fmt: skip
COUNT_COLUMNS: Final = ("stage", "edition", "measure", "unit", "direction", "quantity", "lines", "reason")
RESTATEMENT_COLUMNS: Final = (
    "stage", "edition_before", "edition_after", "direction", "kind", "level", "price_year_type", "range_only", "case",
    "before", "volume", "edition", "method", "price", "after",
)  # fmt: skip

#: Why a line with a value counts in no total.
SAME_EFFECT: Final = "another line of its agreement counts the same effect"
#: Why a line has no pounds here, though the body itself may value it.
LICENSED: Final = "its measure is licensed to the body and may not be published"

#: What a part of a bundle may be: beyond this it is no account but an attack on its reader.
LARGEST_JSON: Final = 32 * 1024 * 1024
_DIGITS_OF_CHECK = 12
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]*")
#: The most letters a cell of a table may have.
LONGEST_CELL: Final = 500


class BundleRefused(ValueError):
    """This will say why an account cannot be written as a bundle."""


# --- how it is written ----------------------------------------------------------------------------------------------


def plain(number: Decimal) -> str:
    """This will write a decimal in the one way a bundle has: all its digits, no exponent, no trailing zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def json_bytes(content: Any) -> bytes:
    """This will write JSON in the one way a bundle has: sorted keys, one space of indent, UTF-8, a line end."""
    return (json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def read_json(raw: bytes | memoryview) -> dict[str, Any]:
    """This will read JSON written by `json_bytes`, and nothing else; raises ValueError saying what is wrong."""
    if len(raw) > LARGEST_JSON:
        raise ValueError(f"it is larger than {LARGEST_JSON // 1024**2} MB")
    try:
        content = json.loads(
            bytes(raw).decode(), object_pairs_hook=each_once, parse_float=_no_float, parse_constant=_no_float
        )
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1} is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise ValueError("its parts lie too deep in one another") from None
    if not isinstance(content, dict):
        raise ValueError("it is not a list of named parts")
    try:
        again = json_bytes(content)
    except (ValueError, RecursionError):
        raise ValueError("it holds what no account does") from None
    if again != bytes(raw):
        raise ValueError("it is not written the one way an account is")
    return content


def _no_float(text: str) -> Any:
    raise ValueError(f"{text[:40]} is a bare number with a point: an account keeps amounts as text")


def row_text(cells: Sequence[str]) -> str:
    """This will write one row of a table, without its line end; raises `BundleRefused` for a cell it cannot hold."""
    text = ",".join(cells)
    if max(map(len, cells)) > LONGEST_CELL or not _PLAIN.fullmatch(text):
        raise BundleRefused(f"a cell holds a control character or more than {LONGEST_CELL} letters: {text[:40]!r}")
    if '"' not in text and text.count(",") == len(cells) - 1:
        return text
    return ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if "," in cell or '"' in cell else cell for cell in cells)


def table_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """This will write a table as a bundle has it."""
    return "".join(f"{row_text(cells)}\n" for cells in (columns, *rows)).encode()


def check_of(text: str) -> str:
    """This will give the last cell of a line: the first digits of the SHA-256 of all before it.

    It protects nothing, for anyone can work it out again; it says which row a byte was changed in.
    """
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS_OF_CHECK]


def lines_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """This will write lines (cells of LINE_COLUMNS but the last), in order of record and id."""
    texts = [row_text(LINE_COLUMNS)]
    for cells in sorted(rows, key=lambda cells: (cells[0], cells[1])):
        text = row_text(cells)
        texts.append(f"{text},{check_of(text)}")
    return ("\n".join(texts) + "\n").encode()


# --- what it is made of ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Published:
    """This will name a published account: its number among the body's, its year, and the SHA-256 of its file."""

    number: int
    year: str
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """This will write it as JSON values."""
        return {"number": self.number, "year": self.year, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Statements:
    """This will hold what is said about an account: by which rules, and by which offices; no person is named.

    `stated` is what a reader must know, each a sentence with how many lines it is about. `materiality` is in GBP.
    """

    basis: str
    late_rule: str
    materiality: Decimal
    prepared_by: str
    approved_by: str
    stated: tuple[tuple[str, int], ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """This will write them as JSON values, with the fixed words."""
        return {
            "not_part": NOT_PART, "basis": self.basis, "late_rule": self.late_rule,
            "materiality": plain(self.materiality), "prepared_by": self.prepared_by, "approved_by": self.approved_by,
            "stated": [{"words": words, "lines": lines} for words, lines in self.stated],
            "reason_for_restating": self.reason,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """This will hold the price indexes and discount schedules an account was valued with."""

    series: Mapping[YearType, PriceSeries]
    schedules: Mapping[str, DiscountSchedule]

    def to_json(self) -> dict[str, Any]:
        """This will write them as JSON values: numbers as text."""
        return {
            "series": {
                kind: {"id": each.id, "index": {year: plain(index) for year, index in each.index.items()},
                       "forecast": sorted(each.forecast), "source": each.source}
                for kind, each in self.series.items()
            },
            "schedules": {
                name: {"bands": [{"first": band.first, "last": band.last, "rate": plain(band.rate)}
                                 for band in each.bands], "in_force": each.in_force, "source": each.source}
                for name, each in self.schedules.items()
            },
        }  # fmt: skip

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Tables:
        """This will read what `to_json` wrote; raises ValueError, KeyError, TypeError or ArithmeticError."""
        series: dict[YearType, PriceSeries] = {}
        for kind, each in content["series"].items():
            if kind not in ("calendar", "financial"):
                raise ValueError(f"there are no {kind[:20]} years")
            index = FrozenMapping({year: _positive(text) for year, text in each["index"].items()})
            series[kind] = PriceSeries(each["id"], kind, index, frozenset(each["forecast"]), each["source"])
        schedules = {}
        for name, each in content["schedules"].items():
            bands = tuple(Band(band["first"], band["last"], Decimal(band["rate"])) for band in each["bands"])
            schedules[name] = DiscountSchedule(name, bands, in_force=each["in_force"], source=each["source"])
        return cls(FrozenMapping(series), FrozenMapping(schedules))


def _positive(text: str) -> Decimal:
    number = Decimal(text)
    if not (number.is_finite() and number > 0):
        raise ValueError(f"{text[:20]} is no index")
    return number


@dataclass(frozen=True, slots=True)
class Account:
    """This will hold all that one published account is made of, ready to be written.

    `lines` is the table as `lines_bytes` writes it, and `figures`, `counts` and `coverage` what `engine.account_figures`
    makes of it. `names` gives departments and places their names. `made_at` is told to the second, in UTC.
    """

    body: Mapping[str, str]
    year: FinancialYear
    as_of: date
    number: int
    made_at: datetime
    lines: bytes
    figures: bytes
    counts: bytes
    coverage: bytes
    editions: Mapping[str, Edition]
    tables: Tables
    names: Mapping[str, Mapping[str, str]]
    statements: Statements
    previous: Published | None = None
    restates: Published | None = None
    restatement: bytes = b""
    is_invented: bool = False


def edition_member(reference: str) -> str:
    """This will name the part of a bundle that holds an edition."""
    return f"editions/{reference.lower()}.json"


def make_bundle(account: Account, key: Ed25519PrivateKey) -> bytes:
    """This will write an account as one signed file; the same account and key give the same bytes.

    Raises `BundleRefused` where something of it may not be given away or cannot be written.
    """
    if licensed := sorted(name for name, each in account.editions.items() if each.is_licensed):
        raise BundleRefused(f"{licensed[0]} is licensed to the body and may not be given away")
    if (account.restates is None) != (not account.restatement):
        raise BundleRefused("a restatement names the account it restates and says what changed, and no other does")
    members = {
        LINES: account.lines, FIGURES: account.figures, COUNTS: account.counts, COVERAGE: account.coverage,
        NAMES: json_bytes(account.names), PRICES: json_bytes(account.tables.to_json()),
        STATEMENTS: json_bytes(account.statements.to_json()),
        **{edition_member(name): json_bytes(each.to_json()) for name, each in account.editions.items()},
    }  # fmt: skip
    if account.restatement:
        members[RESTATEMENT] = account.restatement
    manifest = json_bytes({
        "format": FORMAT, "method": METHOD, "body": dict(account.body), "year": account.year.slug,
        "as_of": account.as_of.isoformat(), "number": account.number,
        "made_at": account.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "invented": account.is_invented,
        "previous": account.previous and account.previous.to_json(),
        "restates": account.restates and account.restates.to_json(),
        "editions": {name: each.content_hash for name, each in account.editions.items()},
        "members": {name: {"sha256": sha256_of(content), "bytes": len(content)} for name, content in members.items()},
    })  # fmt: skip
    signature = {
        "algorithm": "Ed25519", "public_key": public_text(key),
        "signature": signature_text(key, SIGNED_ACCOUNT, manifest),
    }  # fmt: skip
    try:
        return account_file.written({**members, MANIFEST: manifest, SIGNATURE: json_bytes(signature)})
    except ValueError as error:
        raise BundleRefused(str(error)) from None


def sha256_of(content: bytes | memoryview) -> str:
    """This will give the SHA-256 of some bytes as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def cells_of(text: str) -> list[str]:
    """This will cut a row into its cells, as `row_text` wrote it; raises ValueError where it did not."""
    if '"' not in text:
        return text.split(",")
    cells = list(_cut(text))
    if row_text(cells) != text:
        raise ValueError("it is not written the one way an account is")
    return cells


def _cut(text: str) -> Iterator[str]:
    place = 0
    while True:
        if text[place : place + 1] != '"':
            end = text.find(",", place)
            yield text[place:] if end < 0 else text[place:end]
        else:
            end = place + 1
            while (end := text.find('"', end)) >= 0 and text[end + 1 : end + 2] == '"':
                end += 2
            if end < 0:
                raise ValueError("a quotation mark is not closed")
            yield text[place + 1 : end].replace('""', '"')
            end += 1
            if end < len(text) and text[end] != ",":
                raise ValueError("a cell goes on after its quotation mark")
        if not 0 <= end < len(text):
            return
        place = end + 1


# --- what others can hold -------------------------------------------------------------------------------------------


def checkpoint_text(body: Mapping[str, str], accounts: Sequence[Published], key: Ed25519PrivateKey) -> str:
    """This will write the note others can hold: every account a body has published so far, signed."""
    said = "".join([
        f"{FORMAT} checkpoint\n", f"body {body['id']} {body['name']}\n",
        *(f"account {each.number} {each.year} {each.sha256}\n" for each in accounts),
        f"key {public_text(key)}\n",
    ])  # fmt: skip
    return said + f"signature {signature_text(key, SIGNED_CHECKPOINT, said.encode())}\n"
