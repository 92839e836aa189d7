"""Build `commonweal/catalogue/geography` from a folder of published open files.

    python tools/make_geography.py FOLDER [--into FOLDER]

Only files with an open licence are opened (the catalogue's README names each). The same input always gives the same
bytes: rows are sorted and the gzip heading carries no time and no name. At the end stands, for each file read, how
many rows were used and why the others were left out.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from commonweal.sources.places import feed  # noqa: E402
from commonweal.sources.places.codes import normalise_postcode, place_kind  # noqa: E402

Row = dict[str, str]

BOUNDARY_YEARS = {"ward": (2025, "WD25CD", feed.BOUNDARIES[0]), "lsoa": (2021, "LSOA21CD", feed.BOUNDARIES[1])}
#: What the postcode directory gives as the district of the Channel Islands and the Isle of Man.
_CROWN_DEPENDENCIES = ("L99999999", "M99999999")
#: Letters that appear only when UTF-8 has been read in another alphabet.
_MISREAD = "├┬ÃÂ�"
#: Spreadsheets turned the years 1900 to 2050 into days of May to August 1905; one list then moved those to 2005.
_MADE_FROM_A_YEAR = {
    day.replace(year=year).isoformat()
    for serial in range(1900, 2051)
    for day in [date(1899, 12, 30) + timedelta(days=serial)]
    for year in (1905, 2005)
}


class Sources:
    """The published files, with an account of what became of their rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.left_out: dict[str, Counter[str]] = defaultdict(Counter)
        self.rows_in: dict[str, int] = {}

    def rows(self, name: str) -> list[Row]:
        """This will read one CSV file, packed or plain."""
        lines = csv.DictReader(io.StringIO(self._content(name).decode("utf-8-sig"), newline=""))
        found = [{column: (cell or "").strip() for column, cell in row.items() if column} for row in lines]
        self.rows_in[name] = len(found)
        return found

    def features(self, name: str) -> list[dict[str, Any]]:
        """This will read the features of one GeoJSON file, packed or plain."""
        found: list[dict[str, Any]] = json.loads(self._content(name))["features"]
        self.rows_in[name] = len(found)
        return found

    def _content(self, name: str) -> bytes:
        content = (self.folder / name).read_bytes()
        return gzip.decompress(content) if name.endswith(".gz") else content

    def leave_out(self, name: str, reason: str) -> None:
        """This will count one row that is not carried over."""
        self.left_out[name][reason] += 1

    def account(self) -> list[str]:
        """This will say in one line a file what was used and what was not."""
        lines = []
        for name, rows in sorted(self.rows_in.items()):
            reasons = self.left_out[name]
            used = rows - sum(reasons.values())
            why = "; ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items()))
            lines.append(f"{name}: {rows:,} rows, {used:,} used" + (f"; left out: {why}" if why else ""))
        return lines


def main() -> None:
    """This will build every file and print the account."""
    parser = argparse.ArgumentParser(description="Build the catalogue's geography from published open files.")
    parser.add_argument("folder", type=Path, help="the folder of published files")
    parser.add_argument("--into", type=Path, default=feed.CATALOGUE_FOLDER, help="where to write")
    chosen = parser.parse_args()
    for line in build(chosen.folder, chosen.into):
        print(line)


def build(folder: Path, into: Path) -> list[str]:
    """This will write every geography file into a folder and return the account, a line for each file read."""
    sources = Sources(folder)
    into.mkdir(parents=True, exist_ok=True)
    areas = make_areas(sources)
    wards = make_wards(sources)
    lsoas, ward_of_2011 = make_lsoas(sources, {row["local_authority_code"]: row["code"] for row in areas})
    _write(into, feed.AREAS, feed.AREA_COLUMNS, areas)
    _write(into, feed.WARDS, feed.WARD_COLUMNS, wards)
    _write(into, feed.LSOAS, feed.LSOA_COLUMNS, lsoas)
    for file, source, code, columns in (
        ("deprivation-imd-2019.csv", "imd2019-lsoa11-england.csv.gz", "lsoa11_code", feed.DEPRIVATION_COLUMNS),
        ("deprivation-imd-2025.csv", "imd2025-lsoa21-england.csv.gz", "lsoa21_code", feed.SCORED_COLUMNS),
    ):
        ranked = [
            {"lsoa": row[code], "decile": row["IMD_decile"], "rank": row["IMD_rank"], "score": row.get("IMD_score", "")}
            for row in sources.rows(source)
        ]
        _write(into, file, columns, ranked)
    known = {row["code"] for row in wards} | {row["code"] for row in lsoas}
    _write(into, feed.CENTROIDS, feed.CENTROID_COLUMNS, make_centroids(sources, known))
    _write(into, feed.POSTCODES, feed.POSTCODE_COLUMNS, make_postcodes(sources, ward_of_2011))
    for kind in BOUNDARY_YEARS:
        make_boundaries(sources, into, kind)
    return sources.account()


def make_areas(sources: Sources) -> list[Row]:
    """This will make nations, regions, combined authorities, counties and councils, past and present."""
    councils_list = "mysociety-uk-local-authorities-current.csv"
    listed: dict[str, Row] = {}
    for row in sources.rows(councils_list):
        if row["gss-code"]:
            listed[row["local-authority-code"]] = row
        else:
            sources.leave_out(councils_list, "with no GSS code (councils of Northern Ireland before 2015)")
    ons = {row["LADCD"]: row for row in sources.rows("la-all-codes.csv")}
    regions = sources.rows("region-codes.csv")
    starts, welsh = _register_facts(sources)
    gss = {code: row["gss-code"] for code, row in listed.items()}

    areas: dict[str, Row] = {}

    def add(code: str, name: str, **columns: str) -> None:
        nation = next(row["CTRYCD"] for row in ons.values() if row["CTRYCD"][0] == code[0])
        filled = dict.fromkeys((*feed.AREA_COLUMNS, "local_authority_code"), "")
        areas[code] = filled | {"code": code, "name": name, "nation": nation if nation != code else ""} | columns

    for row in ons.values():
        if row["CTRYCD"] not in areas:
            add(row["CTRYCD"], row["CTRYNM"])
    for row in regions:
        add(row["RGNCD"], row["RGNNM"])

    regions_of_county: dict[str, set[str]] = defaultdict(set)
    for key, row in sorted(listed.items()):
        code = row["gss-code"]
        in_ons = ons.get(code, {})
        columns = {
            "local_authority_code": key,
            "region": in_ons.get("RGNCD", ""),
            "combined_authority": gss.get(row["combined-authority"], ""),
            "county": _county(row, in_ons, gss),
            "valid_from": _start(row, starts.get(key, "")),
            "valid_to": _end(row, listed),
            "name_cy": welsh.get(key, ""),
            "successors": " ".join(sorted(gss[after] for after in row["replaced-by"].split(",") if after)),
        }
        if not columns["successors"] and in_ons and in_ons["LADCD_ACTIVE"] != code:
            columns["successors"] = in_ons["LADCD_ACTIVE"]
        # A combined authority often shares its short name with a region: its official name tells them apart.
        tier = place_kind(code)
        name = row["official-name"] if tier == "combined-authority" else in_ons.get("LADNM", row["nice-name"])
        add(code, name, **columns)
        if columns["county"]:
            regions_of_county[columns["county"]].add(columns["region"])
        for former in row["former-gss-codes"].split(","):
            if former:
                # The dates are those of the council, not of either code, so the earlier code carries none.
                undated = {"valid_from": "", "valid_to": "", "successors": code, "local_authority_code": ""}
                before = ons.get(former, {})
                add(former, before.get("LADNM") or name, **(columns | undated))

    for code, row in ons.items():
        if code not in areas:
            after = row["LADCD_ACTIVE"] if row["LADCD_ACTIVE"] != code else ""
            county = row["UTLACD"] if row["UTLACD"].startswith("E10") else ""
            tier_above = {"region": row["RGNCD"], "combined_authority": row["CAUTHCD"], "county": county}
            add(code, row["LADNM"], successors=after, **tier_above)
    for county, found in regions_of_county.items():
        if len(found) != 1:
            raise SystemExit(f"{county} has districts in several regions: {sorted(found)}. Look at the council lists.")
        areas[county]["region"] = found.pop()
    return list(areas.values())


def _register_facts(sources: Sources) -> tuple[dict[str, str], dict[str, str]]:
    """This will give the start dates and the Welsh names of councils in the GOV.UK registers, by council."""
    starts: dict[str, str] = {}
    welsh: dict[str, str] = {}
    for nation in ("local-authority-eng", "local-authority-nir", "local-authority-sct", "principal-local-authority"):
        for row in sources.rows(f"govuk-register-{nation}.csv"):
            starts[row["key"]] = row["start-date"]
            if row.get("name-cy"):
                welsh[row["key"]] = row["name-cy"]
    return starts, welsh


def _county(row: Row, in_ons: Mapping[str, str], gss: Mapping[str, str]) -> str:
    """This will give a district's county: from the ONS if it stands today, from the councils list if not."""
    above = in_ons.get("UTLACD", "")
    return above if above.startswith("E10") else gss.get(row["county-la"], "")


def _start(row: Row, registered: str) -> str:
    """This will give a council's first day where the register and the councils list do not contradict each other."""
    said = {day for day in (row["start-date"], registered) if day and day not in _MADE_FROM_A_YEAR}
    # Both lists give seven combined authorities 1 April 2014, and one of them contradicts it: it is not a fact.
    if place_kind(row["gss-code"]) == "combined-authority":
        said.discard("2014-04-01")
    return said.pop() if len(said) == 1 else ""


def _end(row: Row, listed: Mapping[str, Row]) -> str:
    """This will give the first day a council was gone.

    The list gives sometimes the last day and sometimes the day after, so the first day of what followed decides.
    """
    if not row["end-date"]:
        return ""
    ended = date.fromisoformat(row["end-date"])
    followed = {listed[after]["start-date"] for after in row["replaced-by"].split(",")}
    for day in (ended, ended + timedelta(days=1)):
        if followed == {day.isoformat()}:
            return day.isoformat()
    raise SystemExit(f"{row['nice-name']} ended on {ended}, what followed began on {sorted(followed)}: which is right?")


def make_wards(sources: Sources) -> list[Row]:
    """This will make every ward with its council and the years of the lists that name it."""
    wards: dict[str, Row] = {}
    listed: dict[str, set[str]] = defaultdict(set)
    all_codes = "ward-all-codes.csv.gz"
    for row in sources.rows(all_codes):
        code = row["WDCD"]
        listed[code].add(row["SOURCEFILE"])
        if code in wards:
            sources.leave_out(all_codes, "naming a ward a second time, as a part of another council")
            wards[code]["name"] = ""
        else:
            wards[code] = {"code": code, "name": row["WDNM"], "name_cy": "", "council": row["LADCD"]}
    for row in sources.rows("lsoa11-ward17-lad17-ew.csv.gz"):
        listed[row["WD17CD"]].add("2017")
        if row["WD17NMW"]:
            wards[row["WD17CD"]]["name_cy"] = row["WD17NMW"]
    for row in sources.rows("lsoa21-ward24-ltla24.csv.gz"):
        ward = wards[row["ward24_code"]]
        listed[row["ward24_code"]].add("2024")
        ward["council"] = row["ltla24_code"]
        ward["name"] = ward["name"] or row["ward24_name"]
    for name in _boundary_files(sources.folder, "ward"):
        for feature in sources.features(name):
            listed[feature["properties"]["WD25CD"]].add("2025")
    for code, ward in wards.items():
        ward["listed"] = " ".join(sorted(listed[code]))
    return list(wards.values())


def make_lsoas(sources: Sources, gss: Mapping[str, str]) -> tuple[list[Row], dict[str, str]]:
    """This will make every small area of Great Britain, and the ward of 2024 for each of 2011 that has just one."""
    lsoas: dict[str, Row] = {}
    for row in sources.rows("lsoa21-ward24-ltla24.csv.gz"):
        lsoas[row["lsoa21_code"]] = {
            "code": row["lsoa21_code"],
            "name": row["lsoa21_name"],
            "council": row["ltla24_code"],
            "ward": row["ward24_code"],
            "listed": "2021",
            "successors": "",
        }
    of_2021 = set(lsoas)
    after: dict[str, set[str]] = defaultdict(set)
    for row in sources.rows("lsoa11-lsoa21-ltla22.csv.gz"):
        code = row["lsoa11_code"]
        after[code].add(row["lsoa21_code"])
        if code in of_2021:
            lsoas[code]["listed"] = "2011 2021"
        else:
            columns = {"name": row["lsoa11_name"], "council": row["ltla22_code"], "ward": "", "listed": "2011"}
            lsoas[code] = {"code": code, "successors": "", **columns}
    for code, areas in after.items():
        lsoas[code]["successors"] = " ".join(sorted(areas - {code}))
    by_registry = "mysociety-lookup-lsoa-to-registry.csv"
    for row in sources.rows(by_registry):
        code = row["lsoa"]
        if code.startswith("S01"):
            # The source has no names of Scottish data zones: the code stands in for one.
            council = gss[row["local-authority-code"]]
            columns = {"name": code, "council": council, "ward": "", "listed": "2011", "successors": ""}
            lsoas[code] = {"code": code, **columns}
        elif code in lsoas:
            sources.leave_out(by_registry, "of England and Wales, taken from the ONS instead")
        else:
            sources.leave_out(by_registry, "of Northern Ireland")
    wards = {code: {lsoas[area]["ward"] for area in areas} for code, areas in after.items()}
    return list(lsoas.values()), {code: min(found) for code, found in wards.items() if len(found) == 1}


def make_centroids(sources: Sources, known: set[str]) -> list[Row]:
    """This will make the middles of wards and small areas, to five decimals."""
    centroids = []
    for name, column in (("ward-latlong.csv.gz", "wdcd"), ("lsoa-latlong.csv.gz", "LSOACD")):
        for row in sources.rows(name):
            if row[column] in known:
                at = {axis: f"{Decimal(row[axis]):.5f}" for axis in ("latitude", "longitude")}
                centroids.append({"code": row[column]} | at)
            else:
                sources.leave_out(name, "of small areas of Northern Ireland")
    return centroids


def make_postcodes(sources: Sources, ward_of_2011: Mapping[str, str]) -> list[Row]:
    """This will make the postcodes of Great Britain that have a council, with the ward that fits their small area."""
    name = "postcodes-onspd-70k-sample.csv.gz"
    postcodes = []
    for row in sources.rows(name):
        if not row["oslaua"]:
            sources.leave_out(name, "with no district")
        elif row["oslaua"] in _CROWN_DEPENDENCIES or row["oslaua"].startswith("N"):
            sources.leave_out(name, "outside Great Britain")
        elif row["pcd"].startswith("NPT"):
            sources.leave_out(name, "of Newport in its old form NPT, out of use")
        else:
            postcode = normalise_postcode(row["pcd"])
            ward = ward_of_2011.get(row["lsoa11"], "")
            postcodes.append({"postcode": postcode, "lsoa": row["lsoa11"], "ward": ward, "council": row["oslaua"]})
    return postcodes


def make_boundaries(sources: Sources, into: Path, kind: str) -> None:
    """This will write the outlines of one kind of place, coordinates to five decimals (about a metre)."""
    year, column, target = BOUNDARY_YEARS[kind]
    drawn: dict[str, str] = {}
    for name in _boundary_files(sources.folder, kind):
        for feature in sources.features(name):
            code = feature["properties"][column]
            geometry = feature["geometry"]
            shape = {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}
            drawn[code] = json.dumps(
                {"type": "Feature", "properties": {"code": code, "year": year}, "geometry": shape},
                separators=(",", ":"),
            )
    features = ",\n".join(drawn[code] for code in sorted(drawn))
    _pack(into / f"{target}.gz", f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n')


def _boundary_files(folder: Path, kind: str) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in (folder / "boundaries").glob(f"{kind}-*.geojson*"))


def _rounded(coordinates: list[Any]) -> list[Any]:
    """This will round every point to five decimals and drop a point that then repeats the one before it."""
    if isinstance(coordinates[0][0], list):
        return [_rounded(part) for part in coordinates]
    ring: list[list[float]] = []
    for longitude, latitude in coordinates:
        point = [round(longitude, 5), round(latitude, 5)]
        if not ring or point != ring[-1]:
            ring.append(point)
    return ring


def _write(into: Path, file: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in sorted(rows, key=lambda row: row[columns[0]]):
        cells = [row[column] for column in columns]
        if any(letter in cell for cell in cells for letter in _MISREAD):
            raise SystemExit(f"{file}: {cells} holds letters of a misread file. Take the name from another source.")
        writer.writerow(cells)
    _pack(into / f"{file}.gz", text.getvalue())


def _pack(path: Path, text: str) -> None:
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9) as packed:
        packed.write(text.encode())


if __name__ == "__main__":
    main()
