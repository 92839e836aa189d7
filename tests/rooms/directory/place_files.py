"""Real place files cut down to Sunderland, and the command that loads them as a person runs it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

CATALOGUE = Path(__file__).resolve().parents[3] / "commonweal" / "catalogue" / "geography"
SUNDERLAND = "E08000024"


def rows_of(folder: Path, file: str) -> list[dict[str, str]]:
    """The rows of one file, packed or plain, read with nothing of the product."""
    packed = folder / f"{file}.gz"
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / file).read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def write_rows(folder: Path, file: str, rows: list[dict[str, str]]) -> None:
    with (folder / file).open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def make_excerpt(folder: Path) -> Path:
    """All areas; Sunderland's wards, small areas, deprivation, outlines and postcodes."""
    folder.mkdir()
    write_rows(folder, "areas.csv", rows_of(CATALOGUE, "areas.csv"))
    wards = [row for row in rows_of(CATALOGUE, "wards.csv") if row["council"] == SUNDERLAND]
    lsoas = [row for row in rows_of(CATALOGUE, "lsoas.csv") if row["council"] == SUNDERLAND]
    codes = {row["code"] for row in wards + lsoas}
    for row in lsoas:
        row["successors"] = " ".join(code for code in row["successors"].split() if code in codes)
    write_rows(folder, "wards.csv", wards)
    write_rows(folder, "lsoas.csv", lsoas)
    for file, column in (
        ("deprivation-imd-2019.csv", "lsoa"), ("deprivation-imd-2025.csv", "lsoa"), ("centroids.csv", "code"),
        ("postcodes.csv", "lsoa"),
    ):  # fmt: skip
        write_rows(folder, file, [row for row in rows_of(CATALOGUE, file) if row[column] in codes])
    for file in ("boundaries-wards-2025.geojson", "boundaries-lsoas-2021.geojson"):
        with gzip.open(CATALOGUE / f"{file}.gz", "rt") as opened:
            content = json.load(opened)
        content["features"] = [one for one in content["features"] if one["properties"]["code"] in codes]
        (folder / file).write_text(json.dumps(content))
    return folder


def start_load(folder: Path, *options: str) -> subprocess.Popen[str]:
    """The command as a person runs it, on this process's database."""
    return subprocess.Popen(
        [sys.executable, "-m", "commonweal", "places", "load", str(folder), *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run_load(folder: Path) -> tuple[int, dict[str, Any], str]:
    """The command with --json: its exit code, its answer and its complaint."""
    process = start_load(folder, "--json")
    answer, complaint = process.communicate(timeout=120)
    return process.returncode, json.loads(answer) if answer else {}, complaint


def ask(statement: str) -> Any:
    """One value, as the owner role sees it."""
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        row = connection.execute(statement).fetchone()
        assert row is not None
        return row[0]


def remove_places() -> None:
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        connection.execute("TRUNCATE directory_place, directory_postcode CASCADE")
