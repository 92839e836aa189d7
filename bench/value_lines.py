"""Value a nation's file: lines in Parquet, a five-year drop-off, 500 groups, 1,000 draws; against the bare engine.

    python bench/value_lines.py [MILLIONS]      default 10; also runs a tenth of it, for growth

Each job runs three times in a process of its own, in turn; medians are kept, of the work alone and of the whole process
with its imports, and the peak memory. Only the ratios mean anything: they are of one run on one machine.

The bare engine does two jobs. `scan` adds the quantities up and looks at every column that a valuation reads. `grouping`
adds them up by measure, financial year and group, which any exact answer by group has to do at least. Of ours, `value`
is of the whole, `groups` in groups, `draws` draws the whole besides, and `spread` the whole and every group.
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
from pathlib import Path

TIMES, DRAWS = 3, 1000
JOBS = ("scan", "grouping", "value", "groups", "draws", "spread")
BARE = {
    "scan": """SELECT sum(quantity), max(measure), max(start), max("end"), max(team) FROM '{path}'""",
    "grouping": """SELECT sum(quantity), count(*) FROM (
        SELECT measure, year(start) - (month(start) < 4)::INT AS financial_year, team, sum(quantity) AS quantity
        FROM '{path}' GROUP BY ALL)""",
}


def job(name: str, path: Path) -> None:
    """This will do one job once, timed after the imports, and print what it took and found."""
    import duckdb

    if name in BARE:
        began = time.perf_counter()
        found = str(duckdb.execute(BARE[name].format(path=path)).fetchall()[0][0])
        took = time.perf_counter() - began
    else:
        from made import edition

        from commonweal.engine.bulk import draw_file, value_file
        from commonweal.engine.draws import draw

        framework = edition()
        began = time.perf_counter()
        by = () if name == "value" else ("team",)
        asked = {"as_of": date(2026, 6, 1), "by": by}
        if name == "spread":
            valuation, _drawn = draw_file(path, framework, **asked, number=DRAWS, seed=1)
        else:
            valuation = value_file(path, framework, **asked)
        if name == "draws":
            draw(valuation, number=DRAWS, seed=1)
        took = time.perf_counter() - began
        found = f"{next(total for total in valuation.totals if total.level == 'net').amount.central:f}"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"work": took, "memory": memory, "found": found}))


def measured(path: Path) -> dict[str, dict[str, float]]:
    """This will run every job in turn, several times, each in a process of its own; refuse answers that differ."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in JOBS}
    found: dict[str, str] = {}
    for _ in range(TIMES):
        for name in JOBS:
            began = time.perf_counter()
            command = [sys.executable, __file__, "--job", name, str(path)]
            answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            runs[name].append(
                {"work": answer["work"], "process": time.perf_counter() - began, "memory": answer["memory"]}
            )
            found.setdefault(name, answer["found"])
    if len({found[name] for name in JOBS if name not in BARE}) != 1 or found["scan"] != found["grouping"]:
        raise SystemExit(f"The answers differ: {found}")
    print(f"  the same net total to the last digit, whichever way: {found['value'][:24]}…")
    middle = {
        name: {what: statistics.median(run[what] for run in each) for what in ("work", "process")}
        for name, each in runs.items()
    }
    return {name: middle[name] | {"memory": max(run["memory"] for run in each)} for name, each in runs.items()}


def main() -> None:
    """This will time the jobs over a tenth of the lines and over all, and print the ratios."""
    from made import GROUPS, MEASURES, write_lines

    whole = int(float(sys.argv[1] if len(sys.argv) > 1 else 10) * 1_000_000)
    sizes = []
    with tempfile.TemporaryDirectory(prefix="commonweal-bench-") as folder:
        for lines in (whole // 10, whole):
            print(f"{lines:,} lines, {MEASURES} measures, five benefit years, {GROUPS} groups")
            path = Path(folder) / f"{lines}.parquet"
            write_lines(path, lines)
            each = measured(path)
            sizes.append(each)
            for name in JOBS:
                print(
                    f"  {name:9} {each[name]['work']:6.2f} s {each[name]['work'] / each['scan']['work']:6.1f} x scan"
                    f" {each[name]['work'] / each['grouping']['work']:5.1f} x grouping;  whole process"
                    f" {each[name]['process']:6.2f} s {each[name]['process'] / each['scan']['process']:5.1f} x scan;"
                    f"  {each[name]['memory']:4.0f} MB at most"
                )
            for name, words in (("draws", "of the whole"), ("spread", f"of the whole and of {GROUPS} groups")):
                extra = each[name]["work"] - each["groups"]["work"]
                print(f"  {DRAWS:,} draws {words} add {extra / each['groups']['work']:.2f} x the valuation in groups")
    small, large = sizes
    for name in JOBS:
        growth = {what: large[name][what] / small[name][what] for what in ("work", "memory")}
        print(f"ten times the lines: {name:9} {growth['work']:5.1f} x the work, {growth['memory']:4.2f} x the memory")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        job(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
