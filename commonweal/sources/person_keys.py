"""Keys that stand for one person: made where the names are, so that names never leave it.

    key = HMAC-SHA-256 (salt of the period, what tells the person apart), 64 hex digits

A person is told apart by a National Insurance number, without its last letter, which is often left off; or by surname
and day of birth. The surname stands alone, a double one joined by a hyphen: with a first name before it, the same
person would have two keys. Spelling that differs between two registers is evened out first: case, hyphens, apostrophes
and accents. The same is done in the browser (`delivery/assurance/static/assurance/keys.js`); a test holds the two alike.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

_INSURANCE: Final = re.compile(r"([A-Z]{2}[0-9]{6})[A-D]?")
_BORN: Final = re.compile(
    r"(?P<surname>.*?)[\s,;]+(?:(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})|(?P<d2>[0-9]{1,2})/(?P<m2>[0-9]{1,2})/(?P<y2>[0-9]{4}))",
    re.DOTALL,
)
_PARTED: Final = re.compile(r"[\s,;]")
ALONE: Final = "Give the surname alone; join a double surname by a hyphen: Llyr-Jones"
WANTED: Final = "Give a National Insurance number, or a surname and a day of birth: Okafor, 1990-04-12"


class NotAPerson(ValueError):
    """A line from which no key can be made; its words say what is wanted and repeat nothing of the line."""


@dataclass(frozen=True, slots=True)
class MadeKeys:
    """The keys of a list, each once, in its order; and the lines, by number from 1, from which none could be made."""

    keys: tuple[str, ...]
    refused: tuple[tuple[int, str], ...]
    repeated: int


def told_apart(line: str) -> str:
    """This will give what a key is made of: `AB123456`, or `OKAFOR1990-04-12`; raises NotAPerson."""
    plain = "".join(
        each
        for each in unicodedata.normalize("NFKD", line.strip().replace("´", "'")).upper()
        if not unicodedata.combining(each)
    )
    if found := _INSURANCE.fullmatch(re.sub(r"[^A-Z0-9]", "", plain)):
        return found[1]
    born = _BORN.fullmatch(plain)
    surname = "".join(each for each in born["surname"] if each.isalpha()) if born else ""
    if born is None or len(surname) < 2:
        raise NotAPerson(WANTED)
    if _PARTED.search(born["surname"]):
        raise NotAPerson(ALONE)
    year, month, day = (born[first] or born[second] for first, second in (("y", "y2"), ("m", "m2"), ("d", "d2")))
    try:
        return f"{surname}{date(int(year), int(month), int(day)).isoformat()}"
    except ValueError:
        raise NotAPerson("There is no such day. Write the day of birth as 1990-04-12 or 12/04/1990") from None


def key_of(line: str, salt: str) -> str:
    """This will make the key of one person, 64 hex digits; raises NotAPerson."""
    return hmac.new(salt.encode(), told_apart(line).encode(), hashlib.sha256).hexdigest()


def make_keys(lines: Iterable[str], salt: str) -> MadeKeys:
    """This will make the keys of a list with one person a line; empty lines are passed over."""
    keys, refused, repeated = dict[str, None](), [], 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            key = key_of(line, salt)
        except NotAPerson as error:
            refused.append((number, str(error)))
            continue
        repeated += key in keys
        keys[key] = None
    return MadeKeys(tuple(keys), tuple(refused), repeated)
