"""What the tests of pages share: a page as its words, an export as its rows, and a record to read."""

from __future__ import annotations

import csv
import io
import re
from html import unescape


def words(page: str) -> str:
    """This will give the words of a page without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def rows_of(text: str) -> list[dict[str, str]]:
    """This will read an exported CSV."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
