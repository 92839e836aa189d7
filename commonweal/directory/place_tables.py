"""How records of places become rows: each kind is copied beside its table, and only differences are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from commonweal.base.ids import random_id
from commonweal.sources.places import Boundary, Deprivation, Place, Postcode, Within

Row = tuple[Any, ...]
#: Told after every so many rows: the kind and how many of its rows were read.
Progress = Callable[[str, int], None]
_STEP = 5_000


@dataclass(frozen=True, slots=True)
class Staged:
    """What one kind's rows came to: `added` and `changed` were written, `unchanged` were there already."""

    kind: str
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """One table: the columns staged with their types, how they read as the table's own, and which are the key."""

    name: str
    table: str
    staged: tuple[tuple[str, str], ...]
    chosen: str  # what to select from the staged rows `s`, with joins, giving the table's own columns
    key: tuple[str, ...]
    values: tuple[str, ...]
    once: tuple[str, ...] = ()  # written when the row is added, never after


_PLACES = _Kind(
    name="places",
    table="directory_place",
    staged=(
        ("code", "text"), ("kind", "text"), ("name", "text"), ("name_cy", "text"), ("valid_from", "date"),
        ("valid_to", "date"), ("successor_codes", "varchar[]"), ("listed", "smallint[]"), ("is_invented", "boolean"),
        ("public_id", "text"),
    ),
    chosen="SELECT s.* FROM staged s",
    key=("code",),
    values=("kind", "name", "name_cy", "valid_from", "valid_to", "successor_codes", "listed", "is_invented"),
    once=("public_id",),
)  # fmt: skip
_WITHIN = _Kind(
    name="links",
    table="directory_placewithin",
    staged=(("child", "text"), ("parent", "text"), ("valid_from", "date"), ("valid_to", "date")),
    chosen=(
        "SELECT child.id AS child_id, parent.id AS parent_id, s.valid_from, s.valid_to FROM staged s "
        "JOIN directory_place child ON child.code = s.child JOIN directory_place parent ON parent.code = s.parent"
    ),
    key=("child_id", "parent_id", "valid_from"),
    values=("valid_to",),
)
_DEPRIVATION = _Kind(
    name="deprivation",
    table="directory_deprivation",
    staged=(
        ("code", "text"),
        ("index", "text"),
        ("decile", "smallint"),
        ("rank", "integer"),
        ("score", "numeric(9,4)"),
    ),
    chosen=(
        'SELECT place.id AS place_id, s."index", s.decile, s.rank, s.score FROM staged s '
        "JOIN directory_place place ON place.code = s.code"
    ),
    key=("place_id", "index"),
    values=("decile", "rank", "score"),
)
_BOUNDARIES = _Kind(
    name="boundaries",
    table="directory_boundary",
    staged=(("code", "text"), ("year", "smallint"), ("geometry", "jsonb")),
    chosen=(
        "SELECT place.id AS place_id, s.year, s.geometry FROM staged s "
        "JOIN directory_place place ON place.code = s.code"
    ),
    key=("place_id", "year"),
    values=("geometry",),
)
_POSTCODES = _Kind(
    name="postcodes",
    table="directory_postcode",
    staged=(("postcode", "text"), ("lsoa_code", "text"), ("ward_code", "text"), ("council_code", "text")),
    chosen="SELECT s.* FROM staged s",
    key=("postcode",),
    values=("lsoa_code", "ward_code", "council_code"),
)


def write_places(places: Iterable[Place], *, invented: bool, progress: Progress) -> Staged:
    """This will write places, as the owner role, in the transaction that is open."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE directory_place IN SHARE ROW EXCLUSIVE MODE")  # one load at a time
        cursor.execute("SELECT code, public_id FROM directory_place")
        held: Mapping[str, str] = dict(cursor.fetchall())
    rows = (
        (
            place.code, place.kind, place.name, place.name_cy, place.valid_from, place.valid_to,
            list(place.successors), list(place.listed), invented, held.get(place.code) or random_id(),
        )
        for place in places
    )  # fmt: skip
    return _write(_PLACES, rows, progress)


def write_links(within: Iterable[Within], *, progress: Progress) -> Staged:
    """This will write which place lies in which."""
    return _write(_WITHIN, ((link.child, link.parent, link.valid_from, link.valid_to) for link in within), progress)


def write_deprivation(deprivation: Iterable[Deprivation], *, progress: Progress) -> Staged:
    """This will write where small areas stand in each index."""
    rows = ((row.lsoa, row.index, row.decile, row.rank, row.score) for row in deprivation)
    return _write(_DEPRIVATION, rows, progress)


def write_boundaries(boundaries: Iterable[Boundary], *, progress: Progress) -> Staged:
    """This will write outlines."""
    rows = ((drawn.code, drawn.year, json.dumps(drawn.geometry)) for drawn in boundaries)
    return _write(_BOUNDARIES, rows, progress)


def write_postcodes(postcodes: Iterable[Postcode], *, progress: Progress) -> Staged:
    """This will write postcodes with the areas they lie in."""
    rows = ((row.postcode, row.lsoa, row.ward or "", row.council) for row in postcodes)
    return _write(_POSTCODES, rows, progress)


def _comparable(column: str, alias: str) -> str:
    # An unknown first day is a key like any other; "is not distinct from" would say so too, but without a hash join.
    quoted = f'{alias}."{column}"'
    return f"coalesce({quoted}, '-infinity'::date)" if column == "valid_from" else quoted


def _write(kind: _Kind, rows: Iterable[Row], progress: Progress) -> Staged:
    def named(columns: Iterable[str], alias: str = "") -> str:
        return ", ".join(f'{alias}"{column}"' for column in columns)

    every = (*kind.key, *kind.values, *kind.once)
    joined = " AND ".join(f"{_comparable(column, 't')} = {_comparable(column, 'w')}" for column in kind.key)
    differs = f"({named(kind.values, 't.')}) IS DISTINCT FROM ({named(kind.values, 'w.')})"
    assigned = ", ".join(f'"{column}" = w."{column}"' for column in kind.values)
    with connection.cursor() as cursor:
        columns = ", ".join(f'"{column}" {kept_as}' for column, kept_as in kind.staged)
        cursor.execute(f"CREATE TEMPORARY TABLE staged ({columns}) ON COMMIT DROP")
        read = 0
        with cursor.copy(f"COPY staged ({named(column for column, _ in kind.staged)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                read += 1
                if read % _STEP == 0:
                    progress(kind.name, read)
        progress(kind.name, read)
        # Every name in these statements is one of the constants above.
        cursor.execute(f"CREATE TEMPORARY TABLE wanted ON COMMIT DROP AS {kind.chosen}")
        cursor.execute("ANALYZE wanted")
        cursor.execute(f"SELECT count(*) FROM {kind.table} t JOIN wanted w ON {joined}")  # noqa: S608
        held = cursor.fetchone()[0]
        cursor.execute(f"UPDATE {kind.table} t SET {assigned} FROM wanted w WHERE {joined} AND {differs}")  # noqa: S608
        changed = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {kind.table} ({named(every)}) SELECT {named(every)} FROM wanted w "  # noqa: S608
            f"WHERE NOT EXISTS (SELECT 1 FROM {kind.table} t WHERE {joined})"
        )
        added = cursor.rowcount
        cursor.execute("DROP TABLE staged, wanted")
        if added or changed:
            cursor.execute(f"ANALYZE {kind.table}")
    return Staged(kind.name, added=added, changed=changed, unchanged=held - changed)
