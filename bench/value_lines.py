"""Value a nation's file: lines in Parquet, a five-year drop-off, 500 groups, 1,000 draws; against a bare scan.

    python bench/value_lines.py [MILLIONS]      default 10; also runs a tenth of it, for growth

Each job runs three times in a process of its own, in turn, after its imports; the median and the peak memory are kept.
Only the ratios mean anything: they are of one run on one machine.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from commonweal.engine.draws import draw
from commonweal.engine.model import Edition, Measure, Outcome, Rate, Source, Theme, UnitValue

TIMES, MEASURES, GROUPS, DRAWS = 3, 400, 500, 1000
SOURCE = Source("BENCH", "Made for timing", "none", "OGL-3.0", "judgement")
JOBS = ("scan", "value", "groups", "draws")


def edition() -> Edition:
    """This will make a framework of 400 measures, each with a range, three rates with ranges, and five benefit years."""
    measures = tuple(_measure(number) for number in range(MEASURES))
    outcome = Outcome("all", "All", "", (), measures)
    return Edition("bench", "1", "Made for timing", "", "Commonweal", "OGL-3.0", "uk", None, None, None, "2024", "calendar",
                   SOURCE, (), (Theme("all", "All", "", (outcome,)),))  # fmt: skip


def _measure(number: int) -> Measure:
    amount = Decimal(17 + number * 7919 % 5000) / 100
    value = UnitValue(f"v{number}", "made", amount, amount / 2, amount * 2, "GBP per unit", "2021", "calendar", "welfare",
                      "society", "gdp_deflator", "standard_stpr", (), None, None, {}, SOURCE)  # fmt: skip
    share = Decimal(number % 50) / 100 + Decimal("0.1")
    rates = {
        name: Rate(share, share - Decimal("0.05"), share + Decimal("0.05"), "made")
        for name in ("deadweight", "attribution", "displacement")
    }
    return Measure(f"m{number}", f"M{number}", "made", "", "units", "benefit", "valued", "", (), "", "", (), "made", rates,
                   value, None, SOURCE, duration=5, dropoff=Decimal("0.25"))  # fmt: skip


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


def job(name: str, path: Path) -> None:
    """This will do one job once, timed after the imports, and print what it took and found."""
    from commonweal.engine.bulk import value_file

    made = edition()
    began = time.perf_counter()
    if name == "scan":
        columns = ", ".join(f'max("{column}")' for column in ("measure", "start", "end", "team"))
        found = str(duckdb.execute(f"SELECT sum(quantity), {columns} FROM '{path}'").fetchone()[0])  # noqa: S608
    else:
        by = ("team",) if name in ("groups", "draws") else ()
        valuation = value_file(path, made, as_of=date(2026, 6, 1), by=by)
        net = next(total for total in valuation.totals if total.level == "net")
        found = f"{net.amount.central:f}"
        if name == "draws":
            draw(valuation, number=DRAWS, seed=1)
    took = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": took, "memory": memory, "found": found}))


def measured(path: Path) -> dict[str, dict[str, object]]:
    """This will run every job in turn, several times, each in a process of its own."""
    runs: dict[str, list[dict[str, object]]] = {name: [] for name in JOBS}
    for _ in range(TIMES):
        for name in JOBS:
            command = [sys.executable, __file__, "--job", name, str(path)]
            runs[name].append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    return {
        name: {
            "seconds": statistics.median(float(str(run["seconds"])) for run in each),
            "memory": max(float(str(run["memory"])) for run in each),
            "found": each[0]["found"],
        }
        for name, each in runs.items()
    }


def main() -> None:
    """This will time the jobs over a tenth of the lines and over all, and print the ratios."""
    whole = int(float(sys.argv[1] if len(sys.argv) > 1 else 10) * 1_000_000)
    with tempfile.TemporaryDirectory(prefix="commonweal-bench-") as folder:
        sizes = {}
        for lines in (whole // 10, whole):
            path = Path(folder) / f"{lines}.parquet"
            write_lines(path, lines)
            sizes[lines] = measured(path)
            scan = float(str(sizes[lines]["scan"]["seconds"]))
            print(f"{lines:,} lines, {MEASURES} measures, five benefit years")
            for name in JOBS:
                each = sizes[lines][name]
                seconds, memory = float(str(each["seconds"])), float(str(each["memory"]))
                print(f"  {name:8} {seconds:7.2f} s  {seconds / scan:6.2f} x scan  {memory:6.0f} MB peak")
            extra = float(str(sizes[lines]["draws"]["seconds"])) - float(str(sizes[lines]["groups"]["seconds"]))
            ratio = extra / float(str(sizes[lines]["groups"]["seconds"]))
            print(f"  {DRAWS:,} draws add {ratio:.2f} x the valuation in groups")
            exact = sizes[lines]["value"]["found"] == sizes[lines]["groups"]["found"] == sizes[lines]["draws"]["found"]
            print(
                f"  the same net total to the last digit: {'yes' if exact else 'NO'} ({sizes[lines]['value']['found'][:24]}…)"
            )
        small, large = sizes[whole // 10], sizes[whole]
        for name in JOBS:
            time_growth = float(str(large[name]["seconds"])) / float(str(small[name]["seconds"]))
            memory_growth = float(str(large[name]["memory"])) / float(str(small[name]["memory"]))
            print(f"ten times the lines: {name:8} {time_growth:5.1f} x the time, {memory_growth:4.2f} x the memory")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        job(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
