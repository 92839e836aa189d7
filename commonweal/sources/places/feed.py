"""Reading a folder of place files so that every row ends accepted, duplicate or rejected with its reason."""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO, TypeVar

from commonweal.sources.places.codes import (
    NotAPlaceCode,
    NotAPostcode,
    PlaceKind,
    normalise_postcode,
    place_kind,
)
from commonweal.sources.places.records import (
    INDEXES,
    Boundary,
    Centroid,
    Deprivation,
    FileAccount,
    Index,
    Place,
    Postcode,
    Rejected,
    Within,
)

CATALOGUE_FOLDER = Path(__file__).resolve().parents[2] / "catalogue" / "geography"

AREA_COLUMNS = (
    "code",
    "name",
    "name_cy",
    "valid_from",
    "valid_to",
    "successors",
    "nation",
    "region",
    "combined_authority",
    "county",
)
WARD_COLUMNS = ("code", "name", "name_cy", "council", "listed")
LSOA_COLUMNS = ("code", "name", "council", "ward", "listed", "successors")
CENTROID_COLUMNS = ("code", "latitude", "longitude")
POSTCODE_COLUMNS = ("postcode", "lsoa", "ward", "council")
DEPRIVATION_COLUMNS = ("lsoa", "decile", "rank")
SCORED_COLUMNS = (*DEPRIVATION_COLUMNS, "score")

AREAS, WARDS, LSOAS, CENTROIDS, POSTCODES = (
    "areas.csv",
    "wards.csv",
    "lsoas.csv",
    "centroids.csv",
    "postcodes.csv",
)
BOUNDARIES = ("boundaries-wards-2025.geojson", "boundaries-lsoas-2021.geojson")

#: Every file a folder of places must hold, packed (`.gz`) or plain.
FILES = (AREAS, WARDS, LSOAS, *(index.file for index in INDEXES), CENTROIDS, POSTCODES, *BOUNDARIES)

_AREA_KINDS: tuple[PlaceKind, ...] = ("nation", "region", "combined-authority", "county", "council")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[0-9]{1,6}")
_PLAIN = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,12})?")
_YEARS = range(1970, 2100)
#: Great Britain and Northern Ireland with their islands, in degrees.
_LATITUDES = (Decimal(49), Decimal(61))
_LONGITUDES = (Decimal(-9), Decimal(2))

Record = TypeVar("Record")


class PlaceFileUnreadable(Exception):
    """A whole file could not be read; the sentence names the file, the row reached, what is wrong and what to do."""

    def __init__(self, file: str, problem: str, remedy: str, row: int | None = None) -> None:
        where = file if row is None else f"{file}, row {row}"
        super().__init__(f"{where}: {problem}. {remedy}")
        self.file, self.problem, self.remedy, self.row = file, problem, remedy, row


class _Refused(Exception):
    """One row cannot be taken."""

    def __init__(self, column: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.column, self.reason, self.remedy = column, reason, remedy


@dataclass
class _Pass:
    """One reading of one file: what was counted and what was refused."""

    file: str
    rows_in: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def refuse(self, row: int, refused: _Refused) -> None:
        self.rejected.append(Rejected(self.file, row, refused.column, refused.reason, refused.remedy))

    def account(self) -> FileAccount:
        return FileAccount(self.file, self.rows_in, self.accepted, self.duplicates, len(self.rejected))


@dataclass(frozen=True, slots=True)
class _Drafted:
    """A place whose row is sound in itself, waiting to see whether the places it names exist."""

    row: int
    place: Place
    parents: tuple[tuple[str, str], ...]  # (column, code)


class PlaceFeed:
    """Everything a folder of place files holds.

    `places` and `within` are read at once, since every other file refers to them. The larger files are streamed:
    `deprivation()`, `centroids()`, `postcodes()` and `boundaries()` each read their file anew and hold one row at a
    time, beside the keys already seen. `account()` reads to the end whatever has not been.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._finished: dict[str, _Pass] = {}
        for file in FILES:
            _find(folder, file)  # a missing file is said at the start, not in the middle of a load
        places: dict[str, Place] = {}
        within: list[Within] = []
        self._read_into(places, within, AREAS, AREA_COLUMNS, _area)
        self._read_into(places, within, WARDS, WARD_COLUMNS, _ward)
        self._read_into(places, within, LSOAS, LSOA_COLUMNS, _lsoa)
        self.places: Mapping[str, Place] = MappingProxyType(places)
        self.within: tuple[Within, ...] = tuple(within)

    def deprivation(self) -> Iterator[Deprivation]:
        """This will yield where each small area stands in each index, one index after the other."""
        for index in INDEXES:
            yield from self._index(index)

    def centroids(self) -> Iterator[Centroid]:
        """This will yield the middle of each ward and small area."""

        def centroid(cells: Sequence[str]) -> Centroid:
            code, latitude, longitude = cells
            return Centroid(
                code=_known(self.places, "code", code, ("ward", "lsoa")),
                latitude=_degrees("latitude", latitude, _LATITUDES),
                longitude=_degrees("longitude", longitude, _LONGITUDES),
            )

        rows = _table(self.folder, CENTROIDS, CENTROID_COLUMNS)
        return self._stream(CENTROIDS, rows, centroid, lambda record: record.code)

    def postcodes(self) -> Iterator[Postcode]:
        """This will yield each postcode with its small area, council and best-fitting ward."""

        def postcode(cells: Sequence[str]) -> Postcode:
            written, lsoa, ward, council = cells
            try:
                normal = normalise_postcode(written)
            except NotAPostcode as problem:
                raise _Refused("postcode", str(problem), "Correct the postcode or take the row out.") from None
            return Postcode(
                postcode=normal,
                lsoa=_known(self.places, "lsoa", lsoa, ("lsoa",)),
                council=_known(self.places, "council", council, ("council",)),
                ward=_known(self.places, "ward", ward, ("ward",)) if ward else None,
            )

        rows = _table(self.folder, POSTCODES, POSTCODE_COLUMNS)
        return self._stream(POSTCODES, rows, postcode, lambda record: record.postcode)

    def boundaries(self) -> Iterator[Boundary]:
        """This will yield the outlines of the wards and small areas that have one."""
        for file in BOUNDARIES:
            yield from self._stream(
                file, _features(self.folder, file), self._boundary, lambda record: f"{record.code} {record.year}"
            )

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """This will give every row refused in the files read to their end so far."""
        return tuple(refused for reading in self._finished.values() for refused in reading.rejected)

    def account(self) -> tuple[FileAccount, ...]:
        """This will read what has not been read, and say for each file what became of its rows."""
        for index in INDEXES:
            if index.file not in self._finished:
                _exhaust(self._index(index))
        for file, records in ((CENTROIDS, self.centroids), (POSTCODES, self.postcodes)):
            if file not in self._finished:
                _exhaust(records())
        if not all(file in self._finished for file in BOUNDARIES):
            _exhaust(self.boundaries())
        return tuple(reading.account() for _, reading in sorted(self._finished.items()))

    def _index(self, index: Index) -> Iterator[Deprivation]:
        columns = SCORED_COLUMNS if index.scored else DEPRIVATION_COLUMNS

        def deprivation(cells: Sequence[str]) -> Deprivation:
            lsoa = _known(self.places, "lsoa", cells[0], ("lsoa",))
            listed = self.places[lsoa].listed
            if listed and index.edition not in listed:
                raise _Refused(
                    "lsoa",
                    f"{lsoa} is not an area of {index.edition}, the edition {index.name} ranks",
                    "Use the areas the index was published for.",
                )
            decile = _whole("decile", cells[1], 1, 10)
            rank = _whole("rank", cells[2], 1, index.areas)
            # Deciles are tenths of the ranked list, so one follows from the other.
            if decile != -(-10 * rank // index.areas):
                raise _Refused(
                    "decile",
                    f"decile {decile} does not go with rank {rank} of {index.areas}",
                    "Copy both from the published index.",
                )
            score = _plain("score", cells[3]) if index.scored else None
            return Deprivation(lsoa=lsoa, index=index.name, decile=decile, rank=rank, score=score)

        rows = _table(self.folder, index.file, columns)
        return self._stream(index.file, rows, deprivation, lambda record: record.lsoa)

    def _boundary(self, cells: Sequence[str]) -> Boundary:
        code, year, drawn = cells
        geometry = json.loads(drawn)
        _check_geometry(geometry)
        return Boundary(
            code=_known(self.places, "code", code, ("ward", "lsoa", "council")),
            year=_whole("year", year, _YEARS.start, _YEARS.stop - 1),
            geometry=geometry,
        )

    def _stream(
        self,
        file: str,
        rows: Iterator[tuple[int, Sequence[str] | _Refused]],
        parse: Callable[[Sequence[str]], Record],
        key: Callable[[Record], str],
    ) -> Iterator[Record]:
        reading = _Pass(file)
        for _, record in _records(reading, rows, parse, key):
            reading.accepted += 1
            yield record
        self._finished[file] = reading

    def _read_into(
        self,
        places: dict[str, Place],
        within: list[Within],
        file: str,
        columns: tuple[str, ...],
        parse: Callable[[Sequence[str]], tuple[Place, tuple[tuple[str, str], ...]]],
    ) -> None:
        reading = _Pass(file)
        rows = _table(self.folder, file, columns)
        drafted = {
            place.code: _Drafted(row, place, parents)
            for row, (place, parents) in _records(reading, rows, parse, lambda parsed: parsed[0].code)
        }
        # A refused row may be the parent of another, so look again until nothing more falls.
        links: dict[str, list[Within]] = {}
        settled = False
        while not settled:
            settled = True
            for code, draft in list(drafted.items()):
                try:
                    links[code] = _links(draft, places, drafted)
                except _Refused as refused:
                    reading.refuse(draft.row, refused)
                    del drafted[code]
                    settled = False
        reading.accepted = len(drafted)
        reading.rejected.sort(key=lambda refused: refused.row)
        for code, draft in drafted.items():
            places[code] = draft.place
            within.extend(links[code])
        self._finished[file] = reading


def read_places(folder: Path | str | None = None) -> PlaceFeed:
    """This will read a folder of place files: the ones shipped in the catalogue, or another of the same shape.

    The folder holds every file named in `catalogue/geography/README.md`, each as `.gz` or plain. Raises
    PlaceFileUnreadable when a file is missing, is not what its name says, breaks off, or has another heading.
    A row at fault is never guessed at: it is listed in `feed.rejected` and counted in `feed.account()`.
    """
    return PlaceFeed(CATALOGUE_FOLDER if folder is None else Path(folder))


def _exhaust(records: Iterator[Any]) -> None:
    for _ in records:
        pass


def _records(
    reading: _Pass,
    rows: Iterator[tuple[int, Sequence[str] | _Refused]],
    parse: Callable[[Sequence[str]], Record],
    key: Callable[[Record], str],
) -> Iterator[tuple[int, Record]]:
    """This will yield each sound row once with its number, counting repeats and refusing contradictions."""
    first: dict[str, tuple[int, int]] = {}
    for number, cells in rows:
        reading.rows_in += 1
        if isinstance(cells, _Refused):
            reading.refuse(number, cells)
            continue
        try:
            record = parse(cells)
        except _Refused as refused:
            reading.refuse(number, refused)
            continue
        name = key(record)
        content = hash((name, *cells[1:]))  # the first cell is the key, in whatever spelling
        earlier = first.setdefault(name, (number, content))
        if earlier[0] == number:
            yield number, record
        elif earlier[1] == content:
            reading.duplicates += 1
        else:
            reason = f"{name} stands in row {earlier[0]} already, with other values"
            reading.refuse(number, _Refused("", reason, "Keep the row that is right and take the other out."))


def _find(folder: Path, file: str) -> Path:
    """This will find a file of the folder, packed or plain."""
    packed, plain = folder / f"{file}.gz", folder / file
    if packed.is_file() and plain.is_file():
        raise PlaceFileUnreadable(file, "stands in the folder twice, plain and as .gz", "Keep one of the two.")
    if not packed.is_file() and not plain.is_file():
        remedy = "Put it there; the shipped folder's README lists all files."
        raise PlaceFileUnreadable(packed.name, f"is not in the folder {folder}", remedy)
    return packed if packed.is_file() else plain


def _open(path: Path) -> TextIO:
    opener = gzip.open if path.suffix == ".gz" else open
    opened: TextIO = opener(path, "rt", encoding="utf-8-sig", newline="")
    return opened


def _broken(file: str, row: int, problem: Exception) -> PlaceFileUnreadable:
    match problem:
        case gzip.BadGzipFile():
            said = "is not a gzip file" if row <= 1 else "is damaged from here on"
        case EOFError() | zlib.error():
            said = "breaks off or is damaged from here on"
        case UnicodeDecodeError():
            said = "holds bytes that are not UTF-8, in this row or a little after"
        case _:
            said = f"is not well-formed here ({problem})"
    return PlaceFileUnreadable(file, said, "Fetch the file again, whole; nothing of it should be used.", row)


def _table(folder: Path, file: str, columns: tuple[str, ...]) -> Iterator[tuple[int, Sequence[str] | _Refused]]:
    """This will yield each row's number and its cells in the order of `columns`, or why it has the wrong shape."""
    path = _find(folder, file)
    name, number = path.name, 1
    with _open(path) as opened:
        lines = csv.reader(opened, strict=True)
        try:
            heading = [cell.strip() for cell in next(lines, [])]
            if sorted(heading) != sorted(columns):
                raise PlaceFileUnreadable(
                    name, f"has the heading {', '.join(heading) or '(none)'}", f"It must be: {', '.join(columns)}.", 1
                )
            in_order = itemgetter(*(heading.index(column) for column in columns))
            for number, cells in enumerate(lines, start=2):
                if len(cells) == len(columns):
                    yield number, in_order([cell.strip() for cell in cells])
                else:
                    reason = f"the row has {len(cells)} cells, not {len(columns)}" if cells else "the row is empty"
                    yield number, _Refused("", reason, "Correct the row or take it out.")
        except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as problem:
            raise _broken(name, number, problem) from problem


def _features(folder: Path, file: str) -> Iterator[tuple[int, Sequence[str] | _Refused]]:
    """This will yield each feature's number with its code, year and geometry as text."""
    path = _find(folder, file)
    name = path.name
    with _open(path) as opened:
        try:
            content = json.load(opened)
        except (OSError, EOFError, zlib.error, UnicodeDecodeError, ValueError, RecursionError) as problem:
            raise _broken(name, 1, problem) from problem
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise PlaceFileUnreadable(name, "is not a GeoJSON FeatureCollection", "Save it as one.")
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict) or not {"code", "year"} <= properties.keys():
            yield number, _Refused("properties", "the feature has no code and year", "Add both to its properties.")
        else:
            geometry = json.dumps(feature.get("geometry"))
            yield number, (str(properties["code"]), str(properties["year"]), geometry)


def _area(cells: Sequence[str]) -> tuple[Place, tuple[tuple[str, str], ...]]:
    code, name, name_cy, valid_from, valid_to, successors, *parents = cells
    kind = _kind("code", code, _AREA_KINDS)
    began, ended = _day("valid_from", valid_from), _day("valid_to", valid_to)
    if began is not None and ended is not None and began >= ended:
        raise _Refused(
            "valid_to",
            f"the place would end on {ended} before it began on {began}",
            "Correct the dates; valid_to is the first day no longer in force.",
        )
    above = zip(("nation", "region", "combined_authority", "county"), parents, strict=True)
    place = Place(
        code=code,
        kind=kind,
        name=_name(name),
        name_cy=_name_cy(name_cy),
        valid_from=began,
        valid_to=ended,
        successors=tuple(successors.split()),
        listed=(),
    )
    return place, tuple((column, parent) for column, parent in above if parent)


def _ward(cells: Sequence[str]) -> tuple[Place, tuple[tuple[str, str], ...]]:
    code, name, name_cy, council, listed = cells
    place = Place(
        code=code,
        kind=_kind("code", code, ("ward",)),
        name=_name(name),
        name_cy=_name_cy(name_cy),
        valid_from=None,
        valid_to=None,
        successors=(),
        listed=_listed(listed),
    )
    return place, (("council", council),)


def _lsoa(cells: Sequence[str]) -> tuple[Place, tuple[tuple[str, str], ...]]:
    code, name, council, ward, listed, successors = cells
    place = Place(
        code=code,
        kind=_kind("code", code, ("lsoa",)),
        name=_name(name),
        name_cy="",
        valid_from=None,
        valid_to=None,
        successors=tuple(successors.split()),
        listed=_listed(listed),
    )
    return place, (("council", council), ("ward", ward)) if ward else (("council", council),)


#: The kinds a parent named in a column may be of.
_PARENT_KINDS: dict[str, tuple[PlaceKind, ...]] = {
    "nation": ("nation",),
    "region": ("region",),
    "combined_authority": ("combined-authority",),
    "county": ("county",),
    "council": ("council",),
    "ward": ("ward",),
}


def _links(draft: _Drafted, places: Mapping[str, Place], drafted: Mapping[str, _Drafted]) -> list[Within]:
    """This will link a place to its parents, or refuse it when a parent or successor is unknown."""
    child = draft.place
    # One unitary council may take over all of a county, so those two kinds follow one another.
    followers = ("county", "council") if child.kind in ("county", "council") else (child.kind,)
    for successor in child.successors:
        after = drafted.get(successor)
        if after is None or after.place is child or after.place.kind not in followers:
            raise _Refused(
                "successors", f"{successor!r} is not another {child.kind} of this file", "Add it or correct the code."
            )
    links = []
    for column, code in draft.parents:
        known = places.get(code) or (drafted[code].place if code in drafted else None)
        if known is None or known.kind not in _PARENT_KINDS[column]:
            raise _unknown(column, code, _PARENT_KINDS[column])
        began, ended = _shared_days(child, known)
        if began is not None and ended is not None and began >= ended:
            raise _Refused(
                column, f"{child.code} and {code} never existed at one time", "Correct the dates or name another."
            )
        links.append(Within(child.code, code, f"{child.kind}-in-{known.kind}", began, ended))
    return links


def _shared_days(child: Place, parent: Place) -> tuple[date | None, date | None]:
    """This will give the first day both places existed, and the first day one of them did not, as far as is known."""
    began = max((day for day in (child.valid_from, parent.valid_from) if day is not None), default=None)
    ended = min((day for day in (child.valid_to, parent.valid_to) if day is not None), default=None)
    return began, ended


def _unknown(column: str, code: str, kinds: Collection[PlaceKind]) -> _Refused:
    if not code:
        return _Refused(column, "the cell is empty", f"Give the code of a {' or '.join(kinds)}.")
    return _Refused(
        column, f"{code!r} is no known {' or '.join(kinds)}", "Add the place to its own file or correct the code."
    )


def _known(places: Mapping[str, Place], column: str, code: str, kinds: tuple[PlaceKind, ...]) -> str:
    place = places.get(code)
    if place is None or place.kind not in kinds:
        raise _unknown(column, code, kinds)
    return place.code  # the one string already held, not a copy a row


def _kind(column: str, code: str, kinds: tuple[PlaceKind, ...]) -> PlaceKind:
    try:
        kind = place_kind(code)
    except NotAPlaceCode as problem:
        raise _Refused(column, str(problem), "Use the nine-character code of the ONS register.") from None
    if kind not in kinds:
        raise _Refused(column, f"{code} is a {kind}, not a {' or '.join(kinds)}", "Put it in the file of its kind.")
    return kind


def _name(name: str) -> str:
    if not name:
        raise _Refused("name", "the place has no name", "Give the name from the official list.")
    return _whole_text("name", name)


def _name_cy(name: str) -> str:
    return _whole_text("name_cy", name)


def _whole_text(column: str, text: str) -> str:
    if "\ufffd" in text or not text.isprintable():
        raise _Refused(column, f"{text!r} has lost or broken letters", "Save the file as UTF-8 from its source.")
    return text


def _day(column: str, text: str) -> date | None:
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _Refused(column, f"{text!r} is not a day", "Write it as 2026-11-21, or leave the cell empty.")


@lru_cache(maxsize=256)  # few different rows of years stand in many thousand rows
def _listed(text: str) -> tuple[int, ...]:
    years = tuple(_whole("listed", year, _YEARS.start, _YEARS.stop - 1) for year in text.split())
    if list(years) != sorted(set(years)):
        raise _Refused("listed", f"{text!r} is not a rising row of years", "Write each year once, earliest first.")
    return years


def _whole(column: str, text: str, least: int, most: int) -> int:
    if _WHOLE.fullmatch(text) and least <= int(text) <= most:
        return int(text)
    raise _Refused(column, f"{text!r} is not a whole number from {least} to {most}", "Copy it from the source.")


def _plain(column: str, text: str) -> Decimal:
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    raise _Refused(column, f"{text!r} is not a plain decimal number", "Write it with a point and no commas.")


def _degrees(column: str, text: str, bounds: tuple[Decimal, Decimal]) -> Decimal:
    degrees = _plain(column, text)
    if bounds[0] <= degrees <= bounds[1]:
        return degrees
    raise _Refused(
        column,
        f"{column} {text} lies outside the United Kingdom ({bounds[0]} to {bounds[1]})",
        "Check that latitude and longitude are in degrees and not exchanged.",
    )


def _check_geometry(geometry: Any) -> None:
    """This will refuse what is not a polygon of closed rings inside the United Kingdom."""
    remedy = "Save the boundary as a GeoJSON polygon in WGS 84."
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise _Refused("geometry", f"the geometry is {kind or 'missing'}, not a polygon", remedy)
    polygons = [geometry.get("coordinates")] if kind == "Polygon" else geometry.get("coordinates")
    rings = [ring for polygon in _listing(polygons) for ring in _listing(polygon)]
    if not rings:
        raise _Refused("geometry", "the polygon has no ring", remedy)
    (south, north), (west, east) = _LATITUDES, _LONGITUDES
    for ring in rings:
        if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
            raise _Refused("geometry", "a ring of the polygon is not closed", remedy)
        for point in ring:
            sound = isinstance(point, list) and len(point) == 2 and all(type(at) in (int, float) for at in point)
            if not sound or not (west <= point[0] <= east and south <= point[1] <= north):
                raise _Refused("geometry", f"the point {point!r} is not longitude, latitude in the country", remedy)


def _listing(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Refused("geometry", "the coordinates are not lists of points", "Save the boundary as GeoJSON.")
    return value
