"""What the benchmark values: a framework of 400 measures, and a file of lines under it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb

from commonweal.engine.model import Edition, Measure, Outcome, Rate, Source, Theme, UnitValue

MEASURES, GROUPS = 400, 500
_SOURCE = Source("BENCH", "Made for timing", "none", "OGL-3.0", "judgement")


def edition() -> Edition:
    """This will make a framework of 400 measures, each with a range, three rates with ranges, and five benefit years."""
    measures = tuple(_measure(number) for number in range(MEASURES))
    outcome = Outcome("all", "All", "", (), measures)
    return Edition("bench", "1", "Made for timing", "", "Commonweal", "OGL-3.0", "uk", None, None, None, "2024", "calendar",
                   _SOURCE, (), (Theme("all", "All", "", (outcome,)),))  # fmt: skip


def _measure(number: int) -> Measure:
    amount = Decimal(17 + number * 7919 % 5000) / 100
    value = UnitValue(f"v{number}", "made", amount, amount / 2, amount * 2, "GBP per unit", "2021", "calendar", "welfare",
                      "society", "gdp_deflator", "standard_stpr", (), None, None, {}, _SOURCE)  # fmt: skip
    share = Decimal(number % 50) / 100 + Decimal("0.1")
    rates = {
        name: Rate(share, share - Decimal("0.05"), share + Decimal("0.05"), "made")
        for name in ("deadweight", "attribution", "displacement")
    }
    return Measure(f"m{number}", f"M{number}", "made", "", "units", "benefit", "valued", "", (), "", "", (), "made", rates,
                   value, None, _SOURCE, duration=5, dropoff=Decimal("0.25"))  # fmt: skip


def write_lines(path: Path, lines: int) -> None:
    """This will write lines whose every column is a function of its number, so that every run has the same."""
    duckdb.execute(
        f"""COPY (SELECT 'm' || (hash(i * 7 + 1) % {MEASURES}) AS measure,
        ((hash(i * 13 + 5) % 10000) / 100.0)::DECIMAL(18, 2) AS quantity,
        make_date((2022 + hash(i * 3) % 4)::INT, (4 + hash(i * 5) % 6)::INT, 1) AS start,
        make_date((2022 + hash(i * 3) % 4)::INT, 12, 31) AS "end",
        'W' || (hash(i * 11) % 60) AS place, 'A' || (hash(i * 17) % 5000) AS agreement,
        'G' || (hash(i * 19) % {GROUPS}) AS team
        FROM range({lines}) numbers(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""  # noqa: S608  our own file
    )
