"""`commonweal value`: what lines are worth under a framework."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from commonweal.engine.catalogue import EditionUnknown, load_edition
from commonweal.engine.document import FileRefused
from commonweal.engine.lines import Line, LinesRefused, read_lines
from commonweal.engine.model import Edition
from commonweal.engine.presentation import as_json, summary_json
from commonweal.engine.value import ValuationRefused
from commonweal.engine.value import value as value_lines
from commonweal.sources.places import read_places
from commonweal.web.commands.printing import as_text, print_json, print_table, read_day, refuse, write_whole

#: How many wrong cells the words list; the file has the rest once these are put right.
SHOWN = 50
#: Years that somebody may mean, and how many odd places or rows a finding names.
NEAR, MOST_NAMED = (1900, 2200), 10
#: A spreadsheet reads a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def value(
    lines: Annotated[str, typer.Argument(metavar="LINES.csv", help="The lines to value.")],
    framework: Annotated[str, typer.Option(metavar="ID[@EDITION]", help="A framework, or a file of one.")],
    price_year: Annotated[
        str | None, typer.Option(metavar="Y", help="2024, or 2024-25. Without it: the edition's.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Present values are of this day's financial year. Default: today."),
    ] = None,
    by: Annotated[list[str] | None, typer.Option(metavar="COL", help="Group by a column; may be given again.")] = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write to a .csv or .json file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Value lines: exact sums by kind of value, gross and net apart, with what they leave out."""
    day = read_day("--as-of", as_of) if as_of is not None else date.today()  # noqa: DTZ011  the user's own day
    target = _target(out, lines)
    edition = edition_named(framework)
    try:
        with Console(stderr=True).status("Valuing") if sys.stderr.isatty() else open(os.devnull):
            read = read_lines(lines, edition)
            valuation = value_lines(read, edition, as_of=day, price_year=price_year, by=by or ())
            answer = as_json(valuation) if json or target else summary_json(valuation)
    except LinesRefused as refused:
        more = refused.count - SHOWN
        refuse(*refused.errors[:SHOWN], *([f"{lines}: and {more} more."] if more > 0 else []))
    except ValuationRefused as refused:
        refuse(refused)
    answer["findings"] += _noticed(read, day)
    if target:
        try:
            write_whole(target, as_text(answer) if target.suffix.lower() == ".json" else _table(answer))
        except OSError as error:
            refuse(f"{out}: the file cannot be written: {error.strerror or error}.")
    if json:
        print_json(answer)
    else:
        _say(answer, edition)
    raise typer.Exit(1 if any(each["severity"] == "warning" for each in answer["findings"]) else 0)


def _noticed(lines: Sequence[Line], day: date) -> list[dict[str, Any]]:
    """What is odd about the question itself and changes no figure: places no register knows, a day nobody lives in."""
    found: list[tuple[str, str, str, list[int]]] = []
    if not NEAR[0] <= day.year <= NEAR[1]:
        reason = f"present values are of the year {day.year}, which is not likely to be the day you meant"
        found.append(("as-of-far", reason, "Leave --as-of out for today, or write the day as 2026-04-01", []))
    places = {line.place for line in lines} - {""}
    if places and (unknown := places - read_places().places.keys()):
        named = ", ".join(sorted(unknown)[:MOST_NAMED]) + (" and others" if len(unknown) > MOST_NAMED else "")
        rows = [line.row for line in lines if line.place in unknown]
        reason = f"the register of places does not know {named}"
        found.append(("place-unknown", reason, "Check the code; the value is the same without it", rows))
    return [
        {"code": code, "severity": "note", "measure": None, "reason": reason, "fix": fix, "lines": len(rows),
         "rows": rows[:MOST_NAMED]}
        for code, reason, fix, rows in found
    ]  # fmt: skip


def edition_named(reference: str) -> Edition:
    """This will load a framework edition by its reference or path, or stop with exit code 2."""
    try:
        return load_edition(reference)
    except EditionUnknown as error:
        refuse(f"--framework: {error}.")
    except FileRefused as refused:
        refuse(*refused.findings[:SHOWN])


def _target(out: str | None, lines: str) -> Path | None:
    if out is None:
        return None
    target = Path(out)
    if target.suffix.lower() not in (".csv", ".json"):
        refuse(f"--out: '{out}' ends neither in .csv nor in .json.")
    try:
        same, folder = target.exists() and target.samefile(lines), target.parent.is_dir()
    except (OSError, ValueError):
        same, folder = False, True  # what is wrong is said when the file is read or written
    if same:
        refuse(f"--out: '{out}' is the file of lines itself.")
    if not folder:
        refuse(f"--out: there is no folder '{target.parent}'.")
    return target


def _table(answer: dict[str, Any]) -> str:
    """This will write one row a line, its figures in pounds and pence."""
    free = sorted({name for line in answer["lines"] for name in line["groups"]})
    plain = ("row", "measure", "quantity", "unit", "start", "end", "place", "agreement")
    told = ("direction", "kind", "price_year", "in_totals", "unvalued")
    figures = [(level, part) for level in ("gross", "net") for part in ("central", "low", "high")]
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([*plain, *map(_safe, free), *told, *(f"{level}_{part}" for level, part in figures)])
    for line in answer["lines"]:
        cells = [line[name] for name in plain] + [line["groups"].get(name, "") for name in free]
        cells += [line[name] for name in told] + [(line[level] or {}).get(part) for level, part in figures]
        writer.writerow([_safe(cell) for cell in cells])
    return written.getvalue()


def _safe(cell: object) -> object:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _say(answer: dict[str, Any], edition: Edition) -> None:
    prices = f"{answer['price_year']} prices unless a row says otherwise"
    typer.echo(f"{edition.title} ({answer['edition']}), {prices}, as of {answer['as_of']}")
    for title, side in (("Value", "totals"), ("Harm, not subtracted", "harms")):
        columns = ("Kind", "Level", "Central", "Value range", "Prices", "Lines")
        print_table(title, columns, map(_total, answer[side]), right=("Central", "Lines"))
    for group in answer["groups"]:
        name = ", ".join(f"{column} {text or '(blank)'}" for column, text in group["by"].items())
        rows = [_total(each) for each in group["totals"]]
        rows += [(f"harm: {row[0]}", *row[1:]) for row in map(_total, group["harms"])]
        print_table(
            name, ("Kind", "Level", "Central", "Value range", "Prices", "Lines"), rows, right=("Central", "Lines")
        )
        _say_counts(f"{name}: counted, not valued", group["counts"])
    _say_counts("Counted, not valued", answer["counts"])
    coverage = answer["coverage"]
    typer.echo(
        f"\nLines: {coverage['lines']:,}; with a value: {coverage['lines_valued']:,}; "
        f"with a net value: {coverage['lines_net']:,}; in the totals: {coverage['lines_in_totals']:,}."
    )
    rows = [
        (each["severity"], each["measure"] or "", f"{each['reason']}. {each['fix']}.", _rows(each))
        for each in answer["findings"]
    ]
    print_table("Findings", ("", "Measure", "What and what to do", "Rows"), rows)


def _say_counts(title: str, counts: list[dict[str, Any]]) -> None:
    rows = [(each["measure"], each["quantity"], each["unit"], each["reason"]) for each in counts]
    print_table(title, ("Measure", "Quantity", "Unit", "Why"), rows, right=("Quantity",))


def _total(total: dict[str, Any]) -> tuple[str, ...]:
    span = f"{_pounds(total['low'])} to {_pounds(total['high'])}" if total["low"] else ""
    central = _pounds(total["central"]) if total["central"] else "range only"
    return total["kind"], total["level"], central, span, total["price_year"], f"{total['lines']:,}"


def _pounds(amount: str) -> str:
    whole, _, pence = amount.partition(".")
    return f"£{int(whole):,}.{pence}"


def _rows(finding: dict[str, Any]) -> str:
    more = finding["lines"] - len(finding["rows"])
    return ", ".join(map(str, finding["rows"])) + (f" and {more} more" if more > 0 and finding["rows"] else "")
