"""The shipped geography, and what becomes of rows and files that are wrong."""

import csv
import gzip
import io
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.sources.places import (
    CATALOGUE_FOLDER,
    Deprivation,
    NotAPlaceCode,
    NotAPostcode,
    Place,
    PlaceFeed,
    PlaceFileUnreadable,
    PlaceNotThen,
    Within,
    most_deprived_fifth_by_ward,
    normalise_postcode,
    place_kind,
    places_valid_on,
    read_places,
)

ROOT = Path(__file__).resolve().parents[2]
COUNCILS_DRAWN = {"E08000024": 25, "E09000012": 21, "E07000202": 16, "E07000245": 43, "E08000035": 33, "E08000003": 32}


@pytest.fixture(scope="module")
def shipped() -> PlaceFeed:
    feed = read_places()
    feed.account()
    return feed


# The shipped files


def test_every_shipped_row_is_accepted_and_counted_as_the_readme_says(shipped):
    readme = (CATALOGUE_FOLDER / "README.md").read_text()
    stated = {
        name: int(rows.replace(",", "")) for name, rows in re.findall(r"^\| (\S+)\.gz \| ([\d,]+) \|", readme, re.M)
    }
    account = {line.file: line for line in shipped.account()}
    assert {name: line.rows_in for name, line in account.items()} == stated
    assert all(line.accepted == line.rows_in for line in account.values())
    assert shipped.rejected == ()


def test_shipped_files_are_small_and_all_described():
    files = {path.name for path in CATALOGUE_FOLDER.iterdir()} - {"README.md"}
    readme = (CATALOGUE_FOLDER / "README.md").read_text()
    assert len(files) == 9
    assert all(f"| {name} |" in readme for name in files)
    assert sum((CATALOGUE_FOLDER / name).stat().st_size for name in files) < 6_000_000


def test_shipped_account_agrees_with_an_independent_count(shipped):
    lines = {
        path.name.removesuffix(".gz"): sum(
            1 for _ in csv.reader(io.StringIO(gzip.decompress(path.read_bytes()).decode()))
        )
        for path in CATALOGUE_FOLDER.glob("*.csv.gz")
    }
    accounts = {line.file: line.rows_in + 1 for line in shipped.account() if line.file.endswith(".csv")}
    assert accounts == lines


def test_every_shipped_place_has_the_kind_its_code_says(shipped):
    assert all(place.code == code and place_kind(code) == place.kind for code, place in shipped.places.items())
    assert {link.child for link in shipped.within} | {link.parent for link in shipped.within} <= shipped.places.keys()


def test_postcodes_are_of_great_britain_alone(shipped):
    found = list(shipped.postcodes())
    assert {row.council[0] for row in found} == {"E", "S", "W"}
    assert {row.lsoa[0] for row in found} == {"E", "S", "W"}
    assert not {row.postcode[:2] for row in found} & {"BT", "JE", "GY", "IM"}
    assert all(row.postcode == normalise_postcode(row.postcode) for row in found)
    assert {row.ward for row in found if row.council[0] == "S"} == {None}


@pytest.mark.parametrize(("council", "wards"), COUNCILS_DRAWN.items())
def test_ward_boundaries_match_the_lookup(shipped, council, wards):
    council_of = {link.child: link.parent for link in shipped.within if link.relation == "ward-in-council"}
    drawn = {shape.code for shape in shipped.boundaries() if council_of.get(shape.code) == council}
    looked_up = {link.parent for link in shipped.within if link.relation == "lsoa-in-ward"}
    assert len(drawn) == wards
    assert drawn == {ward for ward in looked_up if council_of[ward] == council}


@pytest.mark.parametrize(("council", "lsoas"), [("E09000012", 149), ("E08000024", 185), ("E07000202", 85)])
def test_small_areas_of_2021_in_a_council(shipped, council, lsoas):
    inside = {link.child for link in shipped.within if link.relation == "lsoa-in-council" and link.parent == council}
    of_2021 = {code for code in inside if 2021 in shipped.places[code].listed}
    assert len(of_2021) == lsoas
    assert of_2021 <= {shape.code for shape in shipped.boundaries()}


def test_small_areas_of_one_edition_alone_are_followed_or_followed_on(shipped):
    lsoas = [place for place in shipped.places.values() if place.kind == "lsoa" and place.code[0] != "S"]
    assert Counter(place.listed for place in lsoas) == {(2011, 2021): 33_647, (2011,): 1_106, (2021,): 2_025}
    assert all(bool(place.successors) == (place.listed == (2011,)) for place in lsoas)


def test_sunderland_has_its_wards_of_2026_beside_those_they_replace(shipped):
    inside = [link.child for link in shipped.within if (link.relation, link.parent) == ("ward-in-council", "E08000024")]
    assert Counter(2026 in shipped.places[code].listed for code in inside) == {True: 25, False: 25}


def test_tiers_above_a_council(shipped):
    above = {(link.relation, link.parent) for link in shipped.within if link.child == "E08000024"}
    assert above == {
        ("council-in-nation", "E92000001"),
        ("council-in-region", "E12000001"),
        ("council-in-combined-authority", "E47000010"),
    }
    # One list puts Forest Heath in Surrey.
    forest_heath = {link.parent for link in shipped.within if link.child == "E07000201"}
    assert "E10000029" in forest_heath


def test_all_welsh_councils_have_both_names(shipped):
    welsh = {code: place for code, place in shipped.places.items() if code.startswith("W06")}
    assert len(welsh) == 22
    assert all(place.name_cy for place in welsh.values())
    assert (welsh["W06000015"].name, welsh["W06000015"].name_cy) == ("Cardiff", "Caerdydd")
    assert shipped.places["W05001510"].kind == "ward"


def test_no_name_was_misread(shipped):
    names = [name for place in shipped.places.values() for name in (place.name, place.name_cy)]
    assert not [name for name in names if any(letter in name for letter in "├┬Ã�")]
    assert "Tre-garth a Mynydd Llandygái" in names


@pytest.mark.parametrize(
    ("code", "last_day_plus_one", "successors"),
    [
        ("E07000205", date(2019, 4, 1), ("E07000244",)),  # the list says 31 March
        ("E07000026", date(2023, 4, 1), ("E06000063",)),  # the list says 1 April
        ("E10000006", date(2023, 4, 1), ("E06000063", "E06000064")),
        ("E08000020", None, ("E08000037",)),
    ],
)
def test_councils_that_ended_name_what_followed(shipped, code, last_day_plus_one, successors):
    place = shipped.places[code]
    assert (place.valid_to, place.successors) == (last_day_plus_one, successors)
    for successor in successors if last_day_plus_one else ():
        assert shipped.places[successor].valid_from == last_day_plus_one


def test_years_made_into_days_are_not_start_dates(shipped):
    starts = {place.valid_from for place in shipped.places.values() if place.valid_from}
    assert min(starts) == date(1974, 4, 1)
    assert not {start for start in starts if start.year in (1905, 2005)}
    assert shipped.places["E08000024"].valid_from is None
    assert shipped.places["S12000033"].valid_from == date(1996, 4, 1)


def test_successors_never_lead_back(shipped):
    for place in shipped.places.values():
        reached, ahead = set(), set(place.successors)
        while ahead:
            reached |= ahead
            ahead = {after for code in ahead for after in shipped.places[code].successors} - reached
        assert place.code not in reached


def test_deprivation_of_every_small_area_of_england(shipped):
    rows = Counter((row.index, row.decile) for row in shipped.deprivation())
    assert sum(count for (index, _), count in rows.items() if index == "IMD 2019") == 32_844
    assert sum(count for (index, _), count in rows.items() if index == "IMD 2025") == 33_755
    assert rows["IMD 2025", 1] == 3_375
    first = next(row for row in shipped.deprivation() if row.index == "IMD 2025")
    assert first == Deprivation("E01000001", "IMD 2025", 8, 26_525, Decimal("8.742"))


def test_ward_share_of_sunderland_agrees_with_a_count_by_hand(shipped):
    wards = most_deprived_fifth_by_ward(shipped.within, shipped.deprivation())
    hendon = next(wards[code] for code, place in shipped.places.items() if place.name == "Hendon" and code in wards)
    assert (hendon.lsoas, hendon.most_deprived, hendon.share) == (8, 8, 1)
    assert not [ward for ward in wards if ward.startswith("W")]
    assert sum(ward.lsoas for ward in wards.values()) == 33_755


# Ward shares on small made-up places


def _in_ward(*codes: str) -> list[Within]:
    return [Within(code, "E05000001", "lsoa-in-ward", None, None) for code in codes]


def _decile(lsoa: str, decile: int, index: str = "IMD 2025") -> Deprivation:
    return Deprivation(lsoa, index, decile, 1, None)


def test_ward_share_counts_deciles_one_and_two_of_the_index_asked_for():
    rows = [
        _decile("E01000001", 2),
        _decile("E01000002", 3),
        _decile("E01000003", 1),
        _decile("E01000002", 1, "IMD 2019"),
    ]
    ward = most_deprived_fifth_by_ward(_in_ward("E01000001", "E01000002", "E01000003"), rows)["E05000001"]
    assert (ward.lsoas, ward.most_deprived) == (3, 2)
    assert ward.share == Decimal(2) / Decimal(3)


def test_ward_with_an_unranked_area_is_left_out():
    assert most_deprived_fifth_by_ward(_in_ward("E01000001", "E01000002"), [_decile("E01000001", 1)]) == {}


# Codes and postcodes


@pytest.mark.parametrize(
    ("code", "kind"),
    [("E92000001", "nation"), ("E12000001", "region"), ("E47000010", "combined-authority"), ("E10000029", "county")]
    + [(code, "council") for code in ("E06000001", "E07000202", "E08000024", "E09000012", "W06000015", "S12000033")]
    + [(code, "ward") for code in ("E05001153", "W05001510", "S13002835", "N08000101")]
    + [(code, "lsoa") for code in ("E01000001", "W01000003", "S01006506")],
)
def test_place_kind_follows_the_series(code, kind):
    assert place_kind(code) == kind


@pytest.mark.parametrize(
    "code", ["", "E05", "e05001153", "E0500115", "E050011533", "E05OO1153", "X05001153", "E0500115٣"]
)
def test_place_kind_refuses_what_is_no_code(code):
    with pytest.raises(NotAPlaceCode, match="GSS code"):
        place_kind(code)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("sr1 3nx", "SR1 3NX"),
        ("W3  7QP", "W3 7QP"),
        ("w1k3rh", "W1K 3RH"),
        (" EC1A\u00a01BB ", "EC1A 1BB"),
        ("M11AE", "M1 1AE"),
    ],
)
def test_postcode_is_written_one_way(typed, written):
    assert normalise_postcode(typed) == written


@pytest.mark.parametrize(
    "typed", ["", "SR1", "SR1 3N", "SRI 3NX", "SR1 ONX", "SR1 3CX", "1SR 3NX", "SR1-3NX", "NPT 4UY"]
)
def test_postcode_is_never_repaired(typed):
    with pytest.raises(NotAPostcode, match="not written like a postcode"):
        normalise_postcode(typed)


@pytest.mark.parametrize("typed", ["BT1 5GS", "JE2 3AB", "GY1 1AA", "IM1 1AA"])
def test_postcode_outside_great_britain_is_refused_by_name(typed):
    with pytest.raises(NotAPostcode, match=r"is in .*Great Britain"):
        normalise_postcode(typed)


_GB_POSTCODES = st.from_regex(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True).filter(
    lambda text: not re.match(r"(BT|GY|IM|JE)[0-9]", text)
)


@given(_GB_POSTCODES, st.lists(st.integers(0, 8), max_size=4), st.booleans())
def test_postcode_survives_spaces_and_case(postcode, gaps, lower):
    typed = postcode.replace(" ", "")
    for gap in gaps:
        typed = typed[:gap] + " " + typed[gap:]
    assert normalise_postcode(typed.lower() if lower else typed) == postcode


@given(st.text(max_size=12))
def test_any_text_is_a_postcode_or_refused(text):
    try:
        written = normalise_postcode(text)
    except NotAPostcode:
        return
    assert normalise_postcode(written) == written
    assert written.replace(" ", "") == "".join(text.split()).upper()


# Dates


def test_place_without_known_dates_refuses_nothing(shipped):
    assert places_valid_on(shipped.places, "E08000024", date(1900, 1, 1)).name == "Sunderland"


@pytest.mark.parametrize(
    ("code", "on", "sentence"),
    [
        (
            "E07000205",
            date(2019, 4, 1),
            "Suffolk Coastal (E07000205) did not exist on 1 April 2019: it existed until 31 March 2019 "
            "and was followed by East Suffolk (E07000244).",
        ),
        (
            "E06000063",
            date(2023, 3, 31),
            "Cumberland (E06000063) did not exist on 31 March 2023: it existed from 1 April 2023.",
        ),
        (
            "E07000246",
            date(2019, 3, 31),
            "Somerset West and Taunton (E07000246) did not exist on 31 March 2019: "
            "it existed from 1 April 2019 until 31 March 2023.",
        ),
        ("E99999999", date(2023, 3, 31), "No place has the code 'E99999999'."),
    ],
)
def test_place_on_a_day_it_did_not_exist_is_refused_in_a_sentence(shipped, code, on, sentence):
    with pytest.raises(PlaceNotThen) as refused:
        places_valid_on(shipped.places, code, on)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(("code", "on"), [("E07000205", date(2019, 3, 31)), ("E06000063", date(2023, 4, 1))])
def test_place_exists_on_its_first_and_last_day(shipped, code, on):
    assert places_valid_on(shipped.places, code, on).code == code


# Folders with faults: one small sound folder, then one thing wrong with it

SOUND = {
    "areas.csv": (
        "code,name,name_cy,valid_from,valid_to,successors,nation,region,combined_authority,county\n"
        "E07000001,Oldham-on-Sea,,1974-04-01,2019-04-01,E07000002,E92000001,E12000001,,\n"
        "E07000002,Newham-on-Sea,,2019-04-01,,,E92000001,E12000001,,\n"
        "E12000001,North East,,,,,E92000001,,,\n"
        "E92000001,England,,,,,,,,\n"
    ),
    "wards.csv": "code,name,name_cy,council,listed\nE05000001,Harbour,,E07000002,2016 2024\n",
    "lsoas.csv": (
        "code,name,council,ward,listed,successors\n"
        "E01000001,Newham-on-Sea 001A,E07000002,E05000001,2011 2021,\n"
        "E01000002,Newham-on-Sea 001B,E07000002,,2011,E01000001\n"
    ),
    "deprivation-imd-2019.csv": "lsoa,decile,rank\nE01000001,1,7\n",
    "deprivation-imd-2025.csv": "lsoa,decile,rank,score\nE01000001,10,33755,0.5\n",
    "centroids.csv": "code,latitude,longitude\nE05000001,54.90000,-1.40000\n",
    "postcodes.csv": "postcode,lsoa,ward,council\nSR1 3NX,E01000001,E05000001,E07000002\n",
    "boundaries-wards-2025.geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"code": "E05000001", "year": 2025},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[-1.4, 54.9], [-1.3, 54.9], [-1.3, 55], [-1.4, 54.9]]],
                    },
                }
            ],
        }
    ),
    "boundaries-lsoas-2021.geojson": '{"type": "FeatureCollection", "features": []}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in SOUND.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def _account(folder: Path) -> tuple[PlaceFeed, dict[str, tuple[int, int, int, int]]]:
    feed = read_places(folder)
    lines = feed.account()
    assert all(line.rows_in == line.accepted + line.duplicates + line.rejected for line in lines)
    return feed, {line.file: (line.rows_in, line.accepted, line.duplicates, line.rejected) for line in lines}


def test_sound_folder_is_read_whole(folder):
    feed, account = _account(folder)
    assert sum(rejected for *_, rejected in account.values()) == 0
    assert feed.places["E07000001"] == Place(
        "E07000001", "council", "Oldham-on-Sea", "", date(1974, 4, 1), date(2019, 4, 1), ("E07000002",), ()
    )
    assert Within("E05000001", "E07000002", "ward-in-council", date(2019, 4, 1), None) in feed.within
    assert [row.postcode for row in feed.postcodes()] == ["SR1 3NX"]
    assert account["postcodes.csv"] == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("file", "row", "column", "reason"),
    [
        ("areas.csv", "E0700000,Short,,,,,E92000001,,,", "code", "not a GSS code"),
        ("areas.csv", "E05000009,Ward,,,,,E92000001,,,", "code", "is a ward"),
        ("areas.csv", "E07000003,,,,,,E92000001,,,", "name", "no name"),
        ("areas.csv", "E07000003,Lost \ufffd,,,,,E92000001,,,", "name", "broken letters"),
        ("areas.csv", "E07000003,Ends first,,2019-04-01,1974-04-01,,E92000001,,,", "valid_to", "before it began"),
        ("areas.csv", "E07000003,Slashes,,01/04/1974,,,E92000001,,,", "valid_from", "is not a day"),
        ("areas.csv", "E07000003,No such day,,2019-02-30,,,E92000001,,,", "valid_from", "is not a day"),
        ("areas.csv", "E07000003,Nowhere,,,,,E92000001,E12000009,,", "region", "no known region"),
        ("areas.csv", "E07000003,Wrong tier,,,,,E12000001,,,", "nation", "no known nation"),
        ("areas.csv", "E07000003,Own heir,,,,E07000003,E92000001,,,", "successors", "not another council"),
        ("wards.csv", "E05000002,Inland,,E07000009,2016", "council", "no known council"),
        ("wards.csv", "E05000002,Inland,,,2016", "council", "the cell is empty"),
        ("wards.csv", "E05000002,Inland,,E07000002,2024 2016", "listed", "rising row of years"),
        ("wards.csv", "E05000001,Harbour Renamed,,E07000002,2016 2024", "", "stands in row 2 already"),
        ("wards.csv", "E05000002,Inland", "", "2 cells, not 5"),
        ("wards.csv", "", "", "the row is empty"),
        ("lsoas.csv", "E01000003,Other,E07000002,E05000009,2021,", "ward", "no known ward"),
        ("lsoas.csv", "E01000003,Other,E07000002,,2011,E01000009", "successors", "not another lsoa"),
        ("deprivation-imd-2019.csv", "E01000002,11,32844", "decile", "from 1 to 10"),
        ("deprivation-imd-2019.csv", "E01000002,1,32845", "rank", "from 1 to 32844"),
        ("deprivation-imd-2019.csv", 'E01000002,9,"29,199"', "rank", "not a whole number"),
        ("deprivation-imd-2019.csv", "E01000002,2,7", "decile", "does not go with rank"),
        ("deprivation-imd-2025.csv", "E01000002,1,7,1.0", "lsoa", "not an area of 2021"),
        ("deprivation-imd-2025.csv", "E01000009,1,7,1.0", "lsoa", "no known lsoa"),
        ("deprivation-imd-2025.csv", "E01000002,1,7,n/a", "lsoa", "not an area of 2021"),
        ("centroids.csv", "E01000001,-1.4,54.9", "latitude", "lies outside"),
        ("centroids.csv", "E07000002,54.9,-1.4", "code", "no known ward or lsoa"),
        ("centroids.csv", "E01000001,5e1,-1.4", "latitude", "not a plain decimal"),
        ("postcodes.csv", "SR1 3N,E01000001,,E07000002", "postcode", "not written like"),
        ("postcodes.csv", "BT1 5GS,E01000001,,E07000002", "postcode", "Northern Ireland"),
        ("postcodes.csv", "SR2 3NX,E01000009,,E07000002", "lsoa", "no known lsoa"),
        ("postcodes.csv", "SR2 3NX,E01000001,,", "council", "the cell is empty"),
        ("postcodes.csv", "SR1 3NX,E01000002,,E07000002", "", "with other values"),
    ],
)
def test_row_at_fault_is_rejected_with_its_place_and_reason(folder, file, row, column, reason):
    with (folder / file).open("a", encoding="utf-8") as opened:
        opened.write(row + "\n")
    number = SOUND[file].count("\n") + 1
    feed, account = _account(folder)
    assert [(refused.file, refused.row, refused.column) for refused in feed.rejected] == [(file, number, column)]
    assert reason in feed.rejected[0].reason
    assert feed.rejected[0].remedy
    assert account[file][1] == number - 2


def test_row_said_twice_alike_is_a_duplicate(folder):
    with (folder / "postcodes.csv").open("a") as opened:
        opened.write("sr13nx, E01000001 ,E05000001,E07000002\n")
    feed, account = _account(folder)
    assert account["postcodes.csv"] == (2, 1, 1, 0)
    assert len(list(feed.postcodes())) == 1


def test_reading_twice_counts_once(folder):
    feed, account = _account(folder)
    assert list(feed.postcodes()) == list(feed.postcodes())
    assert {line.file: line.rows_in for line in feed.account()} == {file: rows[0] for file, rows in account.items()}


def test_refused_parent_takes_its_children_with_it(folder):
    text = SOUND["areas.csv"].replace("E12000001,North East,,,,,E92000001", "E12000001,North East,,,,,E93000001")
    (folder / "areas.csv").write_text(text)
    feed, account = _account(folder)
    assert account["areas.csv"] == (4, 1, 0, 3)
    assert account["wards.csv"][3] == account["postcodes.csv"][3] == 1
    assert list(feed.places) == ["E92000001"]


def test_places_that_never_met_are_not_linked(folder):
    with (folder / "areas.csv").open("a") as opened:
        opened.write("E10000001,Lateshire,,2020-04-01,,,E92000001,E12000001,,\n")
        opened.write("E07000004,Early,,,2019-04-01,,E92000001,E12000001,,E10000001\n")
    feed, _ = _account(folder)
    assert [(refused.column, refused.reason) for refused in feed.rejected] == [
        ("county", "E07000004 and E10000001 never existed at one time")
    ]


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        (lambda feature: feature["properties"].pop("code"), "properties", "no code and year"),
        (lambda feature: feature["properties"].update(code="E05000009"), "code", "no known"),
        (lambda feature: feature["properties"].update(year="May"), "year", "not a whole number"),
        (lambda feature: feature.update(geometry=None), "geometry", "missing"),
        (lambda feature: feature.update(geometry={"type": "Point", "coordinates": [0, 50]}), "geometry", "is Point"),
        (lambda feature: feature["geometry"]["coordinates"][0].pop(), "geometry", "not closed"),
        (
            lambda feature: feature["geometry"]["coordinates"][0].insert(1, [437632, 555695]),
            "geometry",
            "in the country",
        ),
        (lambda feature: feature["geometry"]["coordinates"][0].insert(1, [None, 55]), "geometry", "in the country"),
        (lambda feature: feature["geometry"].update(coordinates="here"), "geometry", "not lists of points"),
        (lambda feature: feature["geometry"].update(coordinates=[]), "geometry", "no ring"),
    ],
)
def test_boundary_at_fault_is_rejected(folder, change, column, reason):
    content = json.loads(SOUND["boundaries-wards-2025.geojson"])
    change(content["features"][0])
    (folder / "boundaries-wards-2025.geojson").write_text(json.dumps(content))
    feed, account = _account(folder)
    assert account["boundaries-wards-2025.geojson"] == (1, 0, 0, 1)
    (refused,) = feed.rejected
    assert (refused.row, refused.column) == (1, column)
    assert reason in refused.reason


def _packed(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)  # the same bytes, and so the same test, in every process


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "wards.csv",
            b"code,name,council,listed\n",
            "wards.csv, row 1: has the heading code, name, council, listed. It must be",
        ),
        ("wards.csv", b"", r"wards.csv, row 1: has the heading \(none\)"),
        (
            "wards.csv",
            "code,name,name_cy,council,listed\nE05000001,Ynys Môn,,E07000002,\n".encode("cp1252"),
            "not UTF-8",
        ),
        ("wards.csv", b'code,name,name_cy,council,listed\nE05000001,"Har', "wards.csv, row 1: is not well-formed"),
        ("wards.csv.gz", b"code,name,name_cy,council,listed\n", "wards.csv.gz, row 1: is not a gzip file"),
        ("wards.csv.gz", _packed(SOUND["wards.csv"])[:-12], "wards.csv.gz, row 1: breaks off"),
        ("postcodes.csv.gz", _packed(SOUND["postcodes.csv"])[:30], "postcodes.csv.gz, row 1: breaks off"),
        ("boundaries-wards-2025.geojson", b'{"features": [', "is not well-formed"),
        ("boundaries-wards-2025.geojson", b"[]", "is not a GeoJSON FeatureCollection"),
        ("boundaries-wards-2025.geojson", b"[" * 100_000, "is not well-formed"),
    ],
)
def test_file_at_fault_is_named_in_one_clear_error(folder, name, content, said):
    (folder / name.removesuffix(".gz")).unlink()
    (folder / name).write_bytes(content)
    with pytest.raises(PlaceFileUnreadable, match=said):
        read_places(folder).account()


def test_long_file_that_breaks_off_names_the_row_reached(folder):
    rows = "".join(f"E05{number:06},Ward {number * 7919 % 10007},,E07000002,2016\n" for number in range(20_000))
    (folder / "wards.csv").unlink()
    (folder / "wards.csv.gz").write_bytes(_packed("code,name,name_cy,council,listed\n" + rows)[:-1000])
    with pytest.raises(PlaceFileUnreadable, match=r"wards\.csv\.gz, row 1\d{4}: breaks off"):
        read_places(folder)


def test_missing_file_is_said_at_the_start(folder):
    (folder / "boundaries-lsoas-2021.geojson").unlink()
    with pytest.raises(PlaceFileUnreadable, match=r"boundaries-lsoas-2021\.geojson\.gz: is not in the folder"):
        read_places(folder)


def test_file_given_twice_is_refused(folder):
    (folder / "wards.csv.gz").write_bytes(_packed(SOUND["wards.csv"]))
    with pytest.raises(PlaceFileUnreadable, match="twice"):
        read_places(folder)


# The tool that builds the shipped files


@pytest.mark.samples
def test_shipped_files_are_what_the_tool_builds_from_the_published_ones(samples, tmp_path):
    once, again = tmp_path / "once", tmp_path / "again"
    for into in (once, again):
        command = [sys.executable, ROOT / "tools" / "make_geography.py", samples / "geography", "--into", into]
        said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    assert "postcodes-onspd-70k-sample.csv.gz: 70,000 rows, 69,368 used; left out: 62 of Newport" in said
    for path in sorted(once.iterdir()):
        assert path.read_bytes() == (again / path.name).read_bytes()
        # Packing may differ by a byte between zlib versions; what is packed may not.
        assert gzip.decompress(path.read_bytes()) == gzip.decompress((CATALOGUE_FOLDER / path.name).read_bytes())
    assert {path.name for path in once.iterdir()} == {path.name for path in CATALOGUE_FOLDER.iterdir()} - {"README.md"}


@pytest.mark.samples
def test_tool_stops_when_a_council_ends_on_a_day_nothing_followed(samples, tmp_path):
    copy = tmp_path / "geography"
    shutil.copytree(samples / "geography", copy, copy_function=shutil.copyfile)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o755)
    councils = copy / "mysociety-uk-local-authorities-current.csv"
    councils.write_text(councils.read_text(encoding="utf-8").replace("2020-03-31", "2020-03-15"), encoding="utf-8")
    command = [sys.executable, ROOT / "tools" / "make_geography.py", copy, "--into", tmp_path / "built"]
    stopped = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert stopped.returncode == 1
    assert "ended on 2020-03-15, what followed began on ['2020-04-01']" in stopped.stderr
