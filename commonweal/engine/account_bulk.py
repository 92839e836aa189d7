"""The same sums of an account's lines by DuckDB, for a million lines: quantities are added where they lie, exactly.

It gives what `account_figures.gathered` gives, digit for digit, and nothing is worth anything yet: the factors are
multiplied by `account_figures.worked_out`, the same for both.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from commonweal.engine.account_bundle import LINE_COLUMNS, SAME_EFFECT, STAGES
from commonweal.engine.account_figures import Gathered, Held, Holding, Works

#: From so many lines on, the sums are left to DuckDB.
MANY = 50_000
_KEYS = "edition, measure, start_year, emission_year, in_totals"
_HELD = ("department", "channel", "place")
_MEMORY = "400MB"


def gathered_in_bulk(path: Path, works: Works) -> Gathered:
    """This will add up the lines of a file (`lines.csv` of an account), which are trusted to be sound.

    Quantities and shares have at most six places, as they are stored.
    """
    import duckdb

    with tempfile.TemporaryDirectory(prefix="commonweal-account-") as folder, duckdb.connect() as store:
        store.execute(f"SET memory_limit = '{_MEMORY}'")
        store.execute("SET temp_directory = ?", [folder])
        store.read_csv(
            str(path), delimiter=",", quotechar='"', escapechar='"', header=True,
            columns=dict.fromkeys(LINE_COLUMNS, "VARCHAR"), auto_detect=False,
        ).create_view("given_lines")  # fmt: skip
        dated = [(name, id) for name, each in works.editions.items() for id, measure in each.measures.items()
                 if measure.value and measure.value.by_year]  # fmt: skip
        store.execute("CREATE TEMP TABLE dated (edition VARCHAR, measure VARCHAR)")
        if dated:
            store.executemany("INSERT INTO dated VALUES (?, ?)", dated)
        store.execute(_TABLE)
        holdings = dict(_holdings(store, works))
        kept_out = {(stage, why): lines for stage in STAGES for why, lines in _kept_out(store, stage)}
        contracted = store.execute(
            "SELECT coalesce(sum(as_contracted::DECIMAL(38, 6)), 0), count(as_contracted) FROM lines"
        ).fetchone()
    assert contracted is not None  # an aggregate always has a row
    return Gathered(holdings, kept_out, (Decimal(contracted[0]), int(contracted[1])))


_TABLE = f"""CREATE TEMP TABLE lines AS SELECT edition, measure, given = 'yes' AS is_given, coalesce(why_not, '') AS why_not,
    coalesce(why_not, '') <> '{SAME_EFFECT}' AS in_totals, as_contracted,
    coalesce(department, '') AS department, coalesce(channel, '') AS channel, coalesce(place, '') AS place,
    CASE WHEN given = 'yes' THEN year("start"::DATE) - (month("start"::DATE) < 4)::INTEGER END AS start_year,
    CASE WHEN given = 'yes' AND dated.measure IS NOT NULL THEN year("start"::DATE) ELSE 0 END AS emission_year,
    share::DECIMAL(7, 6) AS share, {", ".join(f"{stage}::DECIMAL(19, 6) AS {stage}" for stage in STAGES)}
    FROM given_lines LEFT JOIN dated USING (edition, measure)"""  # noqa: S608  the names of our own columns


def _holdings(store: Any, works: Works) -> Iterator[tuple[Holding, Held]]:
    sets = ", ".join([f"({_KEYS})", *(f"({_KEYS}, {name})" for name in _HELD)])
    which = " ".join(f"WHEN GROUPING({name}) = 0 THEN '{name}'" for name in _HELD)
    for stage in STAGES:
        later = "" if stage in STAGES[:2] else "AND in_totals"
        rows = store.execute(
            f"""SELECT {_KEYS}, CASE {which} ELSE '' END, coalesce({", ".join(_HELD)}, ''),
            sum(({stage} * share)::DECIMAL(38, 12)), count(*) FROM lines
            WHERE is_given AND {stage} IS NOT NULL {later} GROUP BY GROUPING SETS ({sets})"""  # noqa: S608
        ).fetchall()
        found: dict[Holding, Held] = {}
        for edition, measure, start, emission, in_totals, by, group, quantity, lines in rows:
            groups = [(by, group)]
            if not by:
                groups += [("theme", works.placed[edition][measure][0]), ("measure", measure)]
            for name, value in groups:
                key = Holding(stage, edition, name, value, measure, start, emission, in_totals)
                found[key] = Held(Decimal(quantity), int(lines))
        yield from found.items()


def _kept_out(store: Any, stage: str) -> list[tuple[str, int]]:
    later = "FALSE" if stage in STAGES[:2] else "NOT in_totals"
    return store.execute(
        f"""SELECT why_not, count(*) FROM lines WHERE {stage} IS NOT NULL AND (NOT is_given OR {later})
        GROUP BY why_not"""  # noqa: S608
    ).fetchall()
