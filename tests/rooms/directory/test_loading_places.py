"""`commonweal places load`: all or nothing, every row accounted for, and again with no change."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import psycopg
import pytest
from place_files import ask, make_excerpt, rows_of, run_load, start_load, write_rows

TABLES = ("place", "placewithin", "deprivation", "boundary", "postcode")


def _held() -> list[int]:
    return [ask(f"SELECT count(*) FROM directory_{table}") for table in TABLES]


def _kinds(answer: dict) -> dict[str, tuple[int, int, int]]:
    return {row["kind"]: (row["accepted"], row["unchanged"], row["rejected"]) for row in answer["kinds"]}


@pytest.fixture
def own_excerpt(excerpt: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(excerpt, tmp_path / "own"))


@pytest.mark.usefixtures("no_places")
def test_load_twice_writes_once(excerpt):
    places = sum(len(rows_of(excerpt, file)) for file in ("areas.csv", "wards.csv", "lsoas.csv"))
    ranked = sum(len(rows_of(excerpt, f"deprivation-imd-{year}.csv")) for year in (2019, 2025))
    postcodes = len(rows_of(excerpt, "postcodes.csv"))
    outlines = sum(
        len(json.loads((excerpt / file).read_text())["features"])
        for file in ("boundaries-wards-2025.geojson", "boundaries-lsoas-2021.geojson")
    )
    lsoas = rows_of(excerpt, "lsoas.csv")
    columns = ("nation", "region", "combined_authority", "county")
    links = sum(bool(row[column]) for row in rows_of(excerpt, "areas.csv") for column in columns)
    links += len(rows_of(excerpt, "wards.csv")) + len(lsoas) + sum(bool(row["ward"]) for row in lsoas)

    code, answer, _ = run_load(excerpt)
    assert code == 0
    assert _kinds(answer) == {
        "places": (places, 0, 0), "links": (links, 0, 0), "deprivation": (ranked, 0, 0),
        "boundaries": (outlines, 0, 0), "postcodes": (postcodes, 0, 0),
    }  # fmt: skip
    assert _held() == [places, links, ranked, outlines, postcodes]
    ids = ask("SELECT md5(string_agg(public_id || id, ',' ORDER BY id)) FROM directory_place")
    events = "SELECT count(*) FROM base_event WHERE body_id IS NULL AND action = 'directory.places.loaded'"
    before = ask(events)

    code, answer, _ = run_load(excerpt)
    assert code == 0
    assert _kinds(answer) == {
        "places": (0, places, 0), "links": (0, links, 0), "deprivation": (0, ranked, 0),
        "boundaries": (0, outlines, 0), "postcodes": (0, postcodes, 0),
    }  # fmt: skip
    assert ask("SELECT md5(string_agg(public_id || id, ',' ORDER BY id)) FROM directory_place") == ids
    assert ask(events) == before + 1


@pytest.mark.usefixtures("no_places")
def test_load_with_a_changed_and_a_wrong_row(own_excerpt):
    assert run_load(own_excerpt)[0] == 0
    wards = rows_of(own_excerpt, "wards.csv")
    wards[0]["name"] = "Renamed"
    write_rows(own_excerpt, "wards.csv", wards)
    postcodes = rows_of(own_excerpt, "postcodes.csv")
    postcodes[0]["postcode"] = "NOT ONE"
    write_rows(own_excerpt, "postcodes.csv", postcodes)

    code, answer, _ = run_load(own_excerpt)

    assert code == 1
    assert _kinds(answer)["places"][0] == 1
    assert _kinds(answer)["postcodes"] == (0, len(postcodes) - 1, 1)
    [refused] = answer["rejected"]
    assert (refused["file"], refused["row"], refused["column"]) == ("postcodes.csv", 2, "postcode")
    assert ask(f"SELECT name FROM directory_place WHERE code = '{wards[0]['code']}'") == "Renamed"


@pytest.mark.usefixtures("no_places")
def test_load_of_a_file_that_breaks_off_leaves_nothing(own_excerpt):
    broken = own_excerpt / "postcodes.csv"
    broken.write_bytes(broken.read_bytes() + b'"no end of this')
    code, answer, complaint = run_load(own_excerpt)
    assert (code, answer) == (2, {})
    assert complaint.startswith("postcodes.csv, row ")
    assert len(complaint.splitlines()) == 1
    assert _held() == [0, 0, 0, 0, 0]


@pytest.mark.usefixtures("no_places")
def test_load_of_a_folder_without_the_files(tmp_path):
    code, _, complaint = run_load(tmp_path)
    assert code == 2
    assert "areas.csv.gz" in complaint
    assert _held() == [0, 0, 0, 0, 0]


@pytest.mark.usefixtures("no_places")
def test_load_interrupted_leaves_nothing(excerpt):

    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"]) as holding:
        holding.execute("LOCK TABLE directory_postcode IN EXCLUSIVE MODE")  # the last table: all others are written
        process = start_load(excerpt)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'directory_postcode'::regclass"
        for _ in range(600):
            if ask(waiting):
                break
            time.sleep(0.1)
        assert ask(waiting) == 1
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert complaint.strip() == "Stopped. Nothing was written."
    assert _held() == [0, 0, 0, 0, 0]


@pytest.mark.usefixtures("no_places")
def test_load_over_an_invented_place_with_a_real_code(tmp_path):
    folder = make_excerpt(tmp_path / "excerpt")

    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        connection.execute(
            "INSERT INTO directory_place (public_id, code, kind, name, name_cy, successor_codes, listed, is_invented) "
            "VALUES ('invented000001', 'E08000024', 'council', 'Nowhere', '', '{}', '{}', true)"
        )
    code, _, complaint = run_load(folder)
    assert code == 2
    assert "E08000024" in complaint
    assert _held() == [1, 0, 0, 0, 0]
