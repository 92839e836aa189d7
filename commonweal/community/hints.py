"""What in a group's words looks like somebody's personal data: a warning before publishing, never a verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Hint:
    """Words that look like personal data, and what to do about them."""

    found: str
    why: str


_PATTERNS: Final = (
    (re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[a-z]{2,}", re.IGNORECASE), _("looks like an e-mail address")),
    (re.compile(r"(?<!\d)(?:\+44|0044|0)[\s()-]*(?:\d[\s()-]*){9,11}(?!\d)"), _("looks like a telephone number")),
    (re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE), _("looks like a full postcode")),
    (
        re.compile(
            r"\b(?:(?:my|our|her|his|their) (?:son|daughter|grandson|granddaughter|child|pupil)|pupil|boy|girl|child)"
            r"(?: called| named|,)? [A-ZÀ-Ý][\w’'-]+"
        ),
        _("looks like a child’s name"),
    ),
    (
        re.compile(
            r"\b[A-ZÀ-Ý][\w’'-]+,? (?:who is )?"
            r"(?:aged (?:1[0-7]|[1-9])\b|\((?:1[0-7]|[1-9])\)|(?:1[0-7]|[1-9])[ -](?:years?[ -]old|yrs?)\b)"
        ),
        _("looks like a child’s name and age"),
    ),
    (re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Cllr)\.? [A-ZÀ-Ý][\w’'-]+"), _("looks like a person’s name")),
)


def hints(*texts: str) -> list[Hint]:
    """This will list what in some words looks like personal data, each place once."""
    found: dict[str, Hint] = {}
    for text in texts:
        for pattern, why in _PATTERNS:
            for match in pattern.finditer(text):
                words = " ".join(match.group().split()).strip(" .,;")
                found.setdefault(words, Hint(words, str(why)))
    return list(found.values())
