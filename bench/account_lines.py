"""Publish a nation's year: the figures of a million lines, and the signed file that holds them; against the bare engine.

    python bench/account_lines.py [MILLIONS]      default 1; also runs a tenth of it, for growth

The bare engine reads the same lines and adds the quantities up by measure, department, channel and place (`sums`). Of
ours, `figures` works out every figure of the account, `bundle` does that and writes and signs the file, and `check` is
what a reader does with the file alone: every row read, every figure worked out again. Each runs in a process of its own,
medians of three; only the ratios mean anything.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from commonweal.engine import account_bundle as bundle
from commonweal.engine.year import FinancialYear

TIMES = 3
JOBS = ("sums", "figures", "bundle", "check")
YEAR = FinancialYear(2025)


def write_lines(path: Path, lines: int) -> None:
    """This will write the lines of an account: every column a function of its number, so that every run has the same."""
    import duckdb
    from made import MEASURES

    cells = dict.fromkeys(bundle.LINE_COLUMNS[:-1], "''") | {
        "record": "CASE WHEN i % 3 = 0 THEN 'promise' ELSE 'delivery' END", "line": "'L' || lpad(i::TEXT, 9, '0')",
        "promise": "'P' || (i // 3)", "agreement": "'A' || (hash(i * 17) % 5000)", "edition": "'bench@1'",
        "measure": f"'m' || (hash(i * 7 + 1) % {MEASURES})", "unit": "'units'", "start": "'2025-04-01'",
        "end": "'2026-03-31'", "place": "'W' || (hash(i * 11) % 60)", "department": "'D' || (hash(i * 19) % 40)",
        "channel": "CASE WHEN hash(i * 23) % 5 = 0 THEN 'grant' ELSE 'procurement' END", "brought_forward": "'no'",
        "confirmable": "'no'", "share": "CASE WHEN i % 10 = 0 THEN '0.5' ELSE '1' END", "given": "'yes'",
        "in_totals": "'yes'",
        "promised": "CASE WHEN i % 3 = 0 THEN q ELSE '' END", "claimed": "CASE WHEN i % 3 > 0 THEN q ELSE '' END",
        "evidenced": "CASE WHEN i % 3 = 1 THEN q ELSE '' END", "assured": "CASE WHEN i % 30 = 1 THEN q ELSE '' END",
    }  # fmt: skip
    text = " || ',' || ".join(f"({cells[name]})" for name in bundle.LINE_COLUMNS[:-1])
    with duckdb.connect() as store, path.open("wb") as file:
        file.write((",".join(bundle.LINE_COLUMNS) + "\n").encode())
        rows = store.execute(
            f"""SELECT t || ',' || left(sha256(t), 12) FROM (SELECT i, {text} AS t FROM (
            SELECT i, (1 + hash(i * 13 + 5) % 99999)::TEXT AS q FROM range({lines}) numbers(i)))
            ORDER BY i % 3 = 0, i"""  # noqa: S608  our own numbers
        )
        while some := rows.fetchmany(50_000):
            file.write(b"".join(f"{row}\n".encode() for (row,) in some))


def job(name: str, path: Path) -> None:
    """This will do one job once, timed after the imports, and print what it took and found."""
    import duckdb
    from made import edition

    from commonweal.engine.account_bulk import gathered_in_bulk
    from commonweal.engine.account_check import check_account
    from commonweal.engine.account_figures import Works, worked_out
    from commonweal.engine.discount import published_schedules
    from commonweal.engine.prices import published_series

    framework = edition()
    tables = bundle.Tables(published_series(), published_schedules())
    found = ""
    began = time.perf_counter()
    if name == "sums":
        read = f"read_csv('{path}', all_varchar = true, header = true)"
        found = str(duckdb.execute(
            f"""SELECT sum(q) FROM (SELECT measure, department, channel, place, sum(claimed::DECIMAL(18, 6)) AS q
            FROM {read} GROUP BY GROUPING SETS ((measure, department), (measure, channel), (measure, place)))"""  # noqa: S608
        ).fetchone()[0])  # fmt: skip
    elif name == "check":
        report = check_account(path.with_suffix(".zip"))
        found = f"{report.lines} lines, {report.figures} figures, {len(report.faults)} faults"
        if not report.is_well:
            raise SystemExit(str(report.faults[0]))
    else:
        works = Works({framework.reference: framework}, tables, YEAR.ends_on)
        figures = worked_out(gathered_in_bulk(path, works), works)
        found = bundle.sha256_of(figures.figures)
        if name == "bundle":
            path.with_suffix(".zip").write_bytes(_written(path, framework, tables, figures))
    took = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"work": took, "memory": memory, "found": found}))


def _written(path: Path, framework: object, tables: object, figures: object) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    statements = bundle.Statements("as recorded", "late is later", Decimal(1000), "one", "another")
    account = bundle.Account(
        {"id": "BENCH", "name": "Made for timing", "org_id": ""}, YEAR, date(2026, 3, 31), 1,
        datetime(2026, 6, 1, tzinfo=UTC), path.read_bytes(), figures.figures, figures.counts, figures.coverage,
        {framework.reference: framework}, tables, {}, statements, is_invented=True,
    )  # fmt: skip
    return bundle.make_bundle(account, Ed25519PrivateKey.from_private_bytes(bytes(32)))


def measured(path: Path) -> dict[str, dict[str, float]]:
    """This will run every job in turn, several times, each in a process of its own."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in JOBS}
    for _ in range(TIMES):
        for name in JOBS:
            command = [sys.executable, __file__, "--job", name, str(path)]
            answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            runs[name].append(answer)
    if len({each["found"] for name in ("figures", "bundle") for each in runs[name]}) != 1:
        raise SystemExit("The figures differ from run to run.")
    print(f"  {runs['check'][0]['found']}")
    return {
        name: {"work": statistics.median(run["work"] for run in each), "memory": max(run["memory"] for run in each)}
        for name, each in runs.items()
    }


def main() -> None:
    """This will time the jobs over a tenth of the lines and over all, and print the ratios."""
    whole = int(float(sys.argv[1] if len(sys.argv) > 1 else 1) * 1_000_000)
    sizes = []
    with tempfile.TemporaryDirectory(prefix="commonweal-bench-") as folder:
        for lines in (whole // 10, whole):
            print(f"{lines:,} lines of an account")
            path = Path(folder) / f"{lines}.csv"
            write_lines(path, lines)
            each = measured(path)
            sizes.append(each)
            for name in JOBS:
                times = each[name]["work"] / each["sums"]["work"]
                print(
                    f"  {name:8} {each[name]['work']:6.2f} s {times:5.1f} x sums; {each[name]['memory']:5.0f} MB at most"
                )
    small, large = sizes
    for name in JOBS:
        print(f"ten times the lines: {name:8} {large[name]['work'] / small[name]['work']:5.1f} x the work")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        job(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
