"""A list of records as a page shows it: filters above, sort in the headings, a count, the next page, and an export of
exactly what is seen. Rows are cut by `commonweal.base.lists.cut_page`; `{% include "base/listing.html" %}` draws a
Listing given as `listing`.

Addresses carry `sort` (a column's key, with a minus for descending), `after` (where this page begins) and whatever the
filter form calls its fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django import forms
from django.http import QueryDict


@dataclass(frozen=True)
class Column:
    """One column. `key` is the word in the address; a numeric column stands to the right in tabular figures."""

    key: str
    label: str
    numeric: bool = False
    sortable: bool = False


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere."""

    text: object
    href: str


@dataclass(frozen=True)
class Heading:
    """A column's heading as drawn: where sorting by it leads ("" when it cannot), and how the list is sorted now."""

    label: str
    numeric: bool
    href: str
    aria_sort: str


class WrongRow(ValueError):
    """Raised when a row has more or fewer cells than there are columns."""


@dataclass(frozen=True)
class Listing:
    """What one page of a list shows.

    Cells are text, markup that some code has vouched for, or a Link; the first of each row names it. `count` is the
    number of records in words ("128 promises"), for the whole list and not this page. `after` is where the next page
    begins. `exports` maps words ("CSV") to the address that makes the export, which gets this page's filters and order.
    `empty` says what to do next when nothing has been recorded; when filters hide everything, that is said instead.
    Raises WrongRow.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    query: QueryDict
    count: str = ""
    sort: str = ""
    after: str | None = None
    filters: forms.Form | None = None
    exports: Mapping[str, str] = field(default_factory=dict)
    empty: str = ""
    empty_action: Link | None = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise WrongRow(f"“{self.caption}” has {len(self.columns)} columns and a row of {len(row)} cells")

    def address(self, **changes: str | None) -> str:
        """This will write the query of this page with some parts changed, or removed by None; the page never stays."""
        query = self.query.copy()
        for name in ("after", *changes):
            query.pop(name, None)
        for name, value in changes.items():
            if value is not None:
                query[name] = value
        return f"?{query.urlencode()}"

    @property
    def headings(self) -> list[Heading]:
        found = []
        for column in self.columns:
            now = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "none")
            href = self.address(sort=f"-{column.key}" if now == "ascending" else column.key) if column.sortable else ""
            found.append(Heading(column.label, column.numeric, href, now if column.sortable else ""))
        return found

    @property
    def drawn_rows(self) -> list[list[tuple[object, str, Column]]]:
        """Rows of (words, address or "", column)."""
        return [
            [
                (cell.text, cell.href, column) if isinstance(cell, Link) else (cell, "", column)
                for column, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]

    @property
    def next_address(self) -> str:
        return self.address(after=self.after) if self.after else ""

    @property
    def first_address(self) -> str:
        """The first page, when this is a later one."""
        return self.address() if self.query.get("after") else ""

    @property
    def export_links(self) -> list[Link]:
        return [Link(words, address + self.address()) for words, address in self.exports.items()]

    @property
    def filter_names(self) -> list[str]:
        return [bound.html_name for bound in self.filters] if self.filters else []

    @property
    def is_filtered(self) -> bool:
        return any(value for name in self.filter_names for value in self.query.getlist(name))

    @property
    def clear_address(self) -> str:
        """The same list in the same order, with no filter."""
        return self.address(**dict.fromkeys(self.filter_names))
