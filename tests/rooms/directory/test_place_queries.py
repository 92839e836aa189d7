"""Places with dates, postcodes and deprivation, against the files read with nothing but the csv module."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from place_files import SUNDERLAND, rows_of

from commonweal.base.errors import NotPossible
from commonweal.directory import queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
TODAY = date(2026, 11, 21)


def test_place_on_a_day_it_existed():
    assert queries.place_on("E10000006", date(2023, 3, 31)).name == "Cumbria"


def test_place_on_the_first_day_it_no_longer_existed_says_what_followed():
    with pytest.raises(NotPossible) as said:
        queries.place_on("E10000006", date(2023, 4, 1))
    assert str(said.value) == (
        "Cumbria (E10000006) did not exist on 1 April 2023: it existed until 31 March 2023 and was followed by "
        "Cumberland (E06000063) and Westmorland and Furness (E06000064)."
    )


def test_place_on_a_day_before_it_existed():
    with pytest.raises(NotPossible, match=r"Poole \(E06000029\) did not exist on 31 March 1997"):
        queries.place_on("E06000029", date(1997, 3, 31))


def test_place_on_with_a_code_nobody_has():
    with pytest.raises(NotPossible, match="No place has the code"):
        queries.place_on("E99999999", TODAY)


def test_deprivation_of_every_ward_is_counted_from_its_own_small_areas(loaded):
    deciles = {row["lsoa"]: int(row["decile"]) for row in rows_of(loaded, "deprivation-imd-2025.csv")}
    wards = defaultdict(list)
    for row in rows_of(loaded, "lsoas.csv"):
        if row["ward"]:
            wards[row["ward"]].append(deciles[row["code"]])
    expected = {code: (len(found), sum(decile <= 2 for decile in found)) for code, found in wards.items()}
    assert len(expected) == 25
    assert len({most for _, most in expected.values()}) > 3  # the council has wards of many kinds

    counted = queries.wards_deprivation(list(expected))

    assert {code: (one.lsoas, one.most_deprived) for code, one in counted.items()} == expected
    hendon = queries.ward_deprivation("E05001158")
    areas, most = expected["E05001158"]
    assert hendon is not None
    assert hendon.share == Decimal(most) / areas
    assert hendon.index == "IMD 2025"


def test_deprivation_of_a_ward_newer_than_the_fit_is_not_known():
    assert queries.ward_deprivation("E05016374") is None


def test_wards_of_a_council_follow_the_lists():
    before, after = queries.wards_of(SUNDERLAND, date(2025, 6, 1)), queries.wards_of(SUNDERLAND, TODAY)
    assert len(before) == len(after) == 25
    assert "E05001158" in {ward.code for ward in before}
    assert "E05016374" in {ward.code for ward in after}
    assert {ward.code for ward in before}.isdisjoint(ward.code for ward in after)


def test_wards_of_a_council_before_any_list_are_the_first_listed():
    assert queries.wards_of(SUNDERLAND, date(2010, 1, 1)) == queries.wards_of(SUNDERLAND, date(2016, 1, 1))


def test_the_map_is_of_the_last_wards_with_outlines():
    lists = queries.ward_lists(SUNDERLAND)
    assert max(lists) == 2026
    assert queries.latest_list_with_outlines(lists) == 2025


def test_ancestors_of_a_ward_nearest_first():
    above = [(place.kind, place.name) for place in queries.ancestors("E05001158", TODAY)]
    assert above[0] == ("council", "Sunderland")
    assert above[-2:] == [("region", "North East"), ("nation", "England")]


def test_ancestors_of_a_council_that_ended_on_a_day_it_existed():
    assert "Cumbria" in [place.name for place in queries.ancestors("E07000026", date(2020, 1, 1))]
    assert "Cumbria" not in [place.name for place in queries.ancestors("E07000026", TODAY)]


@pytest.mark.parametrize("spelling", [str.lower, lambda text: text.replace(" ", ""), lambda text: f"  {text} "])
def test_postcode_however_it_is_written(loaded, spelling):
    row = rows_of(loaded, "postcodes.csv")[0]
    found = queries.place_for_postcode(spelling(row["postcode"]))
    assert found.postcode == row["postcode"]
    assert found.small_area.code == row["lsoa"]
    assert found.council.code == SUNDERLAND
    assert (found.ward.code if found.ward else "") == row["ward"]


@pytest.mark.parametrize(
    ("written", "said"),
    [("SR1 3N", "Enter a full postcode"), ("BT1 1AA", "Northern Ireland"), ("EC1A 1BB", "do not hold EC1A 1BB")],
)
def test_postcode_that_cannot_be_found_says_why(written, said):
    with pytest.raises(NotPossible, match=said):
        queries.place_for_postcode(written)


def test_find_places_puts_the_widest_first_and_leaves_small_areas_out():
    found = queries.find_places("sunderland")
    assert found[0].code == SUNDERLAND
    assert all(place.kind != "lsoa" for place in found)
    assert queries.find_places("sunderland 0", "lsoa")


def test_find_places_by_welsh_name_and_by_code():
    assert "W06000015" in {place.code for place in queries.find_places("Caerdydd")}
    assert [place.code for place in queries.find_places("e08000024")] == [SUNDERLAND]


def test_find_places_with_nothing_asked():
    assert queries.find_places("  ") == []


def test_boundaries_of_wards_are_the_latest(loaded):
    drawn = queries.boundaries_of(["E05001158", "E05016374"])
    assert set(drawn) == {"E05001158"}
    assert drawn["E05001158"].year == 2025
    assert drawn["E05001158"].geometry["type"] in ("Polygon", "MultiPolygon")


def test_children_of_a_region_today_leave_out_what_ended():
    names = {place.name for place in queries.children_of("E12000002", TODAY)}
    assert "Cumberland" in names
    assert "Allerdale" not in names
    assert "Allerdale" in {place.name for place in queries.children_of("E12000002", date(2020, 1, 1))}
