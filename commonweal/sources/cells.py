"""Strict readers of single cells: amounts, quantities, dates, percentages, yes or no.

Each takes the text as found and returns a value, `Unknown` or `OpenEnded` with the words kept, None for a blank, or a
`CellProblem` that says why it was refused and what to write instead. Nothing is guessed: not a decimal mark, not the
order of day and month, not a missing year; and a blank or "TBC" is never zero.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

Precision = Literal["day", "month", "quarter", "year", "range"]


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a cell was refused, and what its owner can write instead.

    A number's refusal has a code and the text as found, too, so that a page can say it in another language.
    """

    reason: str
    fix: str
    code: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The cell says that the value is not known or does not apply, in these words."""

    words: str


@dataclass(frozen=True, slots=True)
class OpenEnded:
    """The cell says that there is no fixed date (ongoing, rolling), in these words."""

    words: str


@dataclass(frozen=True, slots=True)
class Amount:
    """Pounds, exact and unrounded; credits and brackets are negative. `note` says what was inferred, if anything."""

    pounds: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, never negative, and the unit written in the same cell, if one was."""

    number: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CellDate:
    """A date as precise as it was written: `first` to `last` day, both included, and the words it was read from."""

    first: dt.date
    last: dt.date
    precision: Precision
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Percentage:
    """A share of one: 45% is 0.45."""

    share: Decimal


_UNKNOWN = re.compile(
    r"(?:tb[acd]|n\.?/?\s?a\.?|not (?:yet )?(?:known|applicable|available|set|agreed|stated|provided|confirmed)"
    r"|unknown|none|null|to (?:be|follow)(?: (?:confirmed|agreed|advised|determined))?|pending|awaiting\b.*|variable|"
    r"various|varies|see\b.*|[-–—?.*]+|[£\ufffd]\s*-)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?:(?:annual |yearly |monthly )?rolling(?: (?:contract|basis|annually|yearly|monthly|\d+ months?))?|on[- ]?going"
    r"|open[- ]?ended|no (?:fixed )?end(?: date)?|indefinite(?:ly)?|perpetual|in perpetuity|continuous|evergreen"
    r"|until (?:further notice|terminated)|permanent)",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f\u2009]+")
_POUND = r"(?:£|\u00c2£|\ufffd|GBP)"
_COUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?|\.\d+")
#: What nine amounts in ten look like, read at once.
_USUAL = re.compile(r"£?((?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:\.[0-9]{1,2})?)")
_MULTIPLIERS = {
    "k": 3, "thousand": 3, "m": 6, "mn": 6, "mil": 6, "mill": 6, "million": 6, "bn": 9, "billion": 9,
}  # fmt: skip
_MULTIPLIED = re.compile(r"(.*?\d)\s*(k|thousand|m|mn|mil|mill|million|bn|billion)\.?", re.IGNORECASE)
_NOT_A_UNIT = {"per", "each", "every", "a", "an", "to", "or", "and", "x", "by", "min", "max", "at", "k", "m", "million"}
_MOST_DIGITS = 18

_PLAIN = "Write one plain number, such as 1234.50"
_AMOUNT_FIX = "Write one amount in pounds, such as 1234.50, or TBC"
#: Why a number is refused, by its code: the reason and what to write instead.
NUMBER_REFUSALS = {
    "not-pounds": ("“%(found)s” is not in pounds", "Write the amount in pounds"),
    "negative": ("“%(found)s” is negative", "Write what was promised or done as a number of zero or more"),
    "negative-twice": ("“%(found)s” is negative twice over", _AMOUNT_FIX),
    "lost-digits": ("“%(found)s” was shortened by a spreadsheet and has lost digits", _PLAIN),
    "point-or-thousands": ("“%(found)s” may have a point between thousands", "Write 1234 or 1,234 or 1.23"),
    "comma-or-decimal": ("“%(found)s” has a comma that may be a decimal mark", "Write 1234.56 or 1,234.56"),
    "not-one-number": ("“%(found)s” is not one number", _PLAIN),
    "too-many-digits": ("“%(found)s” has more digits than any real figure", _PLAIN),
}
_DATE_FIX = "Write the date as 25/06/2024 or 2024-06-25, or TBC"


def is_unknown(text: str) -> bool:
    """This will say whether the words mean "not known" or "does not apply": TBC, n/a, a dash."""
    return bool(_UNKNOWN.fullmatch(_tidy(text)))


def read_amount(text: str, *, typed_number: bool = False) -> Amount | Unknown | CellProblem | None:
    """This will read an amount of pounds exactly, in any style used in British files.

    `typed_number` is for a cell that the spreadsheet itself holds as a number, where "1.234" cannot be thousands.
    """
    found = _tidy(text)
    if not found:
        return None
    if usual := _USUAL.fullmatch(found):
        return Amount(Decimal(usual[1].replace(",", "")))
    if _UNKNOWN.fullmatch(found) or _OPEN.fullmatch(found):
        return Unknown(text.strip())
    if found.lower() == "nil":
        return Amount(Decimal(0))
    if re.search(r"[€$¥]|\b(?:EUR|USD)\b", found, re.IGNORECASE):
        return _refused("not-pounds", found)
    unsigned, negative, problem = _sign(found)
    if problem:
        return problem
    body = re.sub(rf"^{_POUND}\s*|\s*(?:GBP|£)$", "", unsigned, flags=re.IGNORECASE).strip()
    power = 0
    if multiplied := _MULTIPLIED.fullmatch(body):
        body, power = multiplied[1].strip(), _MULTIPLIERS[multiplied[2].lower()]
    number = _count(body, found, typed_number=typed_number or power > 0)
    if isinstance(number, CellProblem):
        return replace(number, fix=_AMOUNT_FIX if number.fix == _PLAIN else number.fix)
    note = "a lost character before the number was taken for a pound sign" if "\ufffd" in unsigned else ""
    pounds = number * 10**power
    return Amount(-pounds if negative else pounds, note)


def read_quantity(text: str, *, typed_number: bool = False) -> Quantity | Unknown | CellProblem | None:
    """This will read a quantity, with the unit if one is written after it ("40 hrs"); never a rate or a range."""
    found = _tidy(text)
    if not found:
        return None
    if _UNKNOWN.fullmatch(found) or _OPEN.fullmatch(found):
        return Unknown(text.strip())
    if found.lower() == "nil":
        return Quantity(Decimal(0))
    unsigned, negative, problem = _sign(found)
    if problem:
        return problem
    unit = ""
    if worded := re.fullmatch(r"(\d[\d,. ]*?)\s*([A-Za-z][A-Za-z'’ -]*)", unsigned):
        words = worded[2].lower().split()
        if len(words) <= 3 and not set(words) & _NOT_A_UNIT:
            unsigned, unit = worded[1], worded[2].strip()
    number = _count(unsigned, found, typed_number=typed_number)
    if isinstance(number, CellProblem):
        return number
    if negative and number:
        return _refused("negative", found)
    return Quantity(number, unit)


def read_percentage(text: str) -> Percentage | Unknown | CellProblem | None:
    """This will read a percentage written with its sign; a bare number is refused, for 0.5 may be a half or 0.5%."""
    found = _tidy(text)
    if not found:
        return None
    if _UNKNOWN.fullmatch(found):
        return Unknown(text.strip())
    written = re.fullmatch(r"(-?\d+(?:\.\d+)?) ?(?:%|per ?cent)", found, re.IGNORECASE)
    if not written or len(found) > _MOST_DIGITS:
        return CellProblem(f"“{_short(found)}” is not a percentage with its sign", "Write it as 45%")
    return Percentage(Decimal(written[1]).scaleb(-2))


def read_yes_or_no(text: str) -> bool | Unknown | CellProblem | None:
    """This will read yes or no, however it is ticked."""
    found = _tidy(text).lower()
    if not found:
        return None
    if found in {"y", "yes", "true", "x", "✓", "✔"}:
        return True
    if found in {"n", "no", "false", "✗", "✘"}:
        return False
    if _UNKNOWN.fullmatch(found):
        return Unknown(text.strip())
    return CellProblem(f"“{_short(found)}” is neither yes nor no", "Write Yes or No")


# ---------------------------------------------------------------- dates

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY_NAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
_BRITISH = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
_DAY_MONTH_YEAR = re.compile(rf"{_DAY_NAME}(\d{{1,2}})(?:st|nd|rd|th)?[-/ ,]*(?:of )?{_MONTH}[-/ ,]*(\d{{4}}|\d{{2}})")
_MONTH_DAY_YEAR = re.compile(rf"{_DAY_NAME}{_MONTH} ?(\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})")
_MONTH_YEAR = re.compile(rf"{_MONTH}[-/ ,']*(\d{{4}}|\d{{2}})")
_NUMBER_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})|(\d{4})[-/.](\d{2})")
_FINANCIAL_YEAR = re.compile(r"(?:fy ?)?(20\d\d|19\d\d|\d\d) ?([/-]|to) ?((?:20|19)?\d\d)")
_QUARTER = re.compile(r"q(?:uarter ?)?([1-4])[ ,:/-]*(.+)|(.+?)[ ,:/-]*q(?:uarter ?)?([1-4])")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_EARLIEST_YEAR, _LATEST_YEAR = 1950, 2150


def read_date(text: str) -> CellDate | Unknown | OpenEnded | CellProblem | None:
    """This will read a date, month, financial quarter or financial year, British order, keeping its precision.

    A month is June 2024, a financial year runs from 1 April. Day and month in American order are refused.
    """
    words = text.strip()
    found = _tidy(text).lower()
    if not found:
        return None
    if _UNKNOWN.fullmatch(found):
        return Unknown(words)
    if _OPEN.fullmatch(found):
        return OpenEnded(words)
    for reader in (_numbered_day, _named_day, _financial, _month):
        if (answer := reader(found, words)) is not None:
            return answer
    if serial := _SERIAL.fullmatch(found):
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(serial[1]))
        if _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
            return CellDate(day, day, "day", words, f"{words} is a spreadsheet's day number: {day:%d/%m/%Y}")
    if re.fullmatch(r"(?:19|20)\d\d", found):
        return CellProblem(f"“{found}” is only a year", "Write a date, or a financial year as 2024/25")
    return CellProblem(f"“{_short(words)}” is not a date", _DATE_FIX)


def is_american(text: str) -> bool:
    """This will say whether a date can only be in American order, month first: 05/13/2024."""
    written = _BRITISH.fullmatch(_tidy(text))
    return bool(written and int(written[1]) <= 12 < int(written[3]) <= 31)


def read_period(text: str) -> CellDate | Unknown | OpenEnded | CellProblem | None:
    """This will read a period: all that `read_date` reads, and ranges such as "Apr 2024 to Mar 2025"."""
    single = read_date(text)
    if not isinstance(single, CellProblem):
        return single
    for divider in (" to ", " – ", " - ", "–", " until "):
        before, found, after = _tidy(text).partition(divider)
        if not found:
            continue
        first, last = read_date(before), read_date(after)
        if isinstance(first, CellDate) and isinstance(last, CellDate):
            if last.last < first.first:
                return CellProblem(f"“{_short(text)}” ends before it starts", "Check both dates")
            return CellDate(first.first, last.last, "range", text.strip())
    return single


def _numbered_day(found: str, words: str) -> CellDate | CellProblem | None:
    if iso := _ISO.fullmatch(found):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]), words)
    if british := _BRITISH.fullmatch(found):
        day, month, year = int(british[1]), int(british[3]), _year(british[4])
        if isinstance(year, CellProblem):
            return year
        if is_american(words):
            return CellProblem(
                f"“{words}” has no month {month}: it may be in American order, which is never guessed", _DATE_FIX
            )
        return _day(year, month, day, words)
    return None


def _named_day(found: str, words: str) -> CellDate | CellProblem | None:
    if named := _DAY_MONTH_YEAR.fullmatch(found):
        year = _year(named[3])
        return year if isinstance(year, CellProblem) else _day(year, _MONTHS[named[2]], int(named[1]), words)
    if named := _MONTH_DAY_YEAR.fullmatch(found):
        return _day(int(named[3]), _MONTHS[named[1]], int(named[2]), words)
    return None


def _financial(found: str, words: str) -> CellDate | CellProblem | None:
    if quarter := _QUARTER.fullmatch(found):
        number, rest = int(quarter[1] or quarter[4]), (quarter[2] or quarter[3]).strip()
        year = _financial_year(rest)
        if year is None:
            return CellProblem(f"“{_short(words)}” does not say which financial year", f"Write it as Q{number} 2024/25")
        if isinstance(year, CellProblem):
            return year
        start = 1 + (number * 3) % 12
        first = dt.date(year + (number == 4), start, 1)
        return CellDate(first, _month_end(first.year, start + 2), "quarter", words)
    year = _financial_year(found)
    if year is None or isinstance(year, CellProblem):
        return year
    return CellDate(dt.date(year, 4, 1), dt.date(year + 1, 3, 31), "year", words)


def _financial_year(found: str) -> int | CellProblem | None:
    written = _FINANCIAL_YEAR.fullmatch(found)
    if not written:
        return None
    year = int(written[1]) if len(written[1]) == 4 else 2000 + int(written[1])
    after = int(written[3])
    if after not in (year + 1, (year + 1) % 100) or not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        return None
    short = len(written[1]) == 2 or (written[2] == "-" and len(written[3]) == 2)
    if short and 1 <= after <= 12:
        return CellProblem(f"“{found}” may be a month or a financial year", f"Write the year as {year}/{after:02d}")
    return year


def _month(found: str, words: str) -> CellDate | CellProblem | None:
    if named := _MONTH_YEAR.fullmatch(found):
        year, month = _year(named[2]), _MONTHS[named[1]]
    elif numbered := _NUMBER_MONTH.fullmatch(found):
        year, month = int(numbered[2] or numbered[3]), int(numbered[1] or numbered[4])
    else:
        return None
    if isinstance(year, CellProblem):
        return year
    if not 1 <= month <= 12 or not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        return CellProblem(f"“{_short(words)}” is not a date", _DATE_FIX)
    return CellDate(dt.date(year, month, 1), _month_end(year, month), "month", words)


def _day(year: int, month: int, day: int, words: str) -> CellDate | CellProblem:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return CellProblem(f"“{_short(words)}” is no day in the calendar", _DATE_FIX)
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        return CellProblem(f"“{_short(words)}” is in the year {year}", "Check the year")
    return CellDate(date, date, "day", words)


def _year(digits: str) -> int | CellProblem:
    if len(digits) == 4:
        return int(digits)
    if int(digits) >= 60:
        return CellProblem(f"the year {digits} may be 19{digits} or 20{digits}", "Write the year in four digits")
    return 2000 + int(digits)


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


# ---------------------------------------------------------------- numbers


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _short(text: str) -> str:
    text = _tidy(text)
    return text if len(text) <= 40 else text[:39] + "…"


def _refused(code: str, found: str) -> CellProblem:
    reason, fix = NUMBER_REFUSALS[code]
    return CellProblem(reason % {"found": found}, fix, code, found)


def _sign(found: str) -> tuple[str, bool, CellProblem | None]:
    """This will take the sign off a number: minus before or after, brackets, CR and DR."""
    body, negatives = found, 0
    if side := re.fullmatch(r"(.*?)\s*\(?\b(CR|DR)\.?\)?", body, re.IGNORECASE):
        body, negatives = side[1], negatives + (side[2].upper() == "CR")
    if bracketed := re.fullmatch(r"(£|\ufffd)?\s*\((.*)\)", body):
        body, negatives = (bracketed[1] or "") + bracketed[2].strip(), negatives + 1
    if minus := re.fullmatch(rf"({_POUND}?)\s*[-−–]\s*(.*)|(.*?)\s*[-−]", body, re.IGNORECASE):
        body, negatives = (minus[1] or "") + (minus[2] if minus[3] is None else minus[3]), negatives + 1
    if negatives > 1:
        return "", False, _refused("negative-twice", _short(found))
    return body, bool(negatives), None


def _count(body: str, found: str, *, typed_number: bool) -> Decimal | CellProblem:
    """This will read digits with commas or spaces between thousands and a point before decimals, nothing else."""
    shown = _short(found)
    if re.fullmatch(r"\d+(?:\.\d+)?e[+-]?\d+", body, re.IGNORECASE):
        return _refused("lost-digits", shown)
    if not typed_number and re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+", body):
        return _refused("point-or-thousands", shown)
    if re.fullmatch(r"[\d.]*,[\d.,]*", body) and not _COUNT.fullmatch(body):
        return _refused("comma-or-decimal", shown)
    if not _COUNT.fullmatch(body) or not body.isascii():
        return _refused("not-one-number", shown)
    digits = re.sub(r"[, ]", "", body)
    if len(digits) > _MOST_DIGITS:
        return _refused("too-many-digits", shown)
    return Decimal(digits)
