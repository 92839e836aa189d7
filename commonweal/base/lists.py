"""Keyset pages: cutting one page out of a long list so that depth does not slow it. Drawn by base/govuk/listing.py."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet

SIZE = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Cut(Generic[Row]):
    """One page: its rows, how many there are in all, the order in words of the address, and where the next begins."""

    rows: list[Row]
    total: int
    sort: str
    after: str | None


def in_order(queryset: QuerySet[Row], sort: str, sorts: Mapping[str, str], default: str) -> QuerySet[Row]:
    """This will order a query by an address's `sort` ("ends", "-ends"), for pages and exports alike.

    `sorts` maps the words an address may use to fields; anything else gives the default. Empty values come last.
    """
    _, field, descending = _chosen(sort, sorts, default)
    value = F(field)
    return queryset.order_by(
        value.desc(nulls_last=True) if descending else value.asc(nulls_last=True), "-id" if descending else "id"
    )


def cut_page(
    queryset: QuerySet[Row], query: Mapping[str, str], sorts: Mapping[str, str], *, default: str, size: int = SIZE
) -> Cut[Row]:
    """This will cut one page out of a query, by the `sort` and `after` of an address.

    A cursor that was tampered with shows the first page. The field of an order must be reachable by attribute
    (`provider__name` reads `row.provider.name`).
    """
    words, field, descending = _chosen(query.get("sort", ""), sorts, default)
    rows = in_order(queryset, words, sorts, default)
    cursor = _read_cursor(query.get("after", ""), _field_of(queryset.model, field))
    if cursor is not None:
        value, key = cursor
        beyond = {"id__lt": key} if descending else {"id__gt": key}
        if value is None:
            rows = rows.filter(**{f"{field}__isnull": True}, **beyond)
        else:
            step = "lt" if descending else "gt"
            rows = rows.filter(
                Q(**{f"{field}__{step}": value}) | Q(**{field: value}, **beyond) | Q(**{f"{field}__isnull": True})
            )
    found = list(rows[: size + 1])
    shown = found[:size]
    after = _write_cursor(_value_of(shown[-1], field), shown[-1].pk) if len(found) > size else None
    return Cut(shown, queryset.count(), words, after)


def _chosen(asked: str, sorts: Mapping[str, str], default: str) -> tuple[str, str, bool]:
    words = asked if asked.removeprefix("-") in sorts else default
    return words, sorts[words.removeprefix("-")], words.startswith("-")


def _write_cursor(value: Any, key: int) -> str:
    text = json.dumps([None if value is None else str(value), key])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, field: Any) -> tuple[Any, int] | None:
    if not cursor:
        return None
    try:
        value, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(key, int) or isinstance(key, bool) or abs(key) >= 2**63 or "\x00" in str(value):
            return None
        return (None if value is None else field.to_python(value)), key
    except (binascii.Error, ValueError, TypeError, ValidationError, RecursionError):
        return None


def _value_of(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name) if row is not None else None
    return row


def _field_of(model: type[Model], path: str) -> Any:
    field: Any = None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return field
