"""`commonweal value`: what lines are worth under a framework."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from commonweal.engine.catalogue import EditionUnknown, load_edition
from commonweal.engine.csv_rows import LineError, rows_of
from commonweal.engine.document import FileRefused, read_document
from commonweal.engine.doubts import find_doubts
from commonweal.engine.draws import Draws, DrawsRefused, draw, holdings
from commonweal.engine.lines import InvalidLine, Line, LinesRefused, plain_number, read_lines
from commonweal.engine.model import Edition
from commonweal.engine.overlay import apply_overlay
from commonweal.engine.overlay_file import load_overlay
from commonweal.engine.presentation import as_json, finding_json, summary_json
from commonweal.engine.prices import PriceYearUnknown, published_series, year_type
from commonweal.engine.value import ValuationRefused
from commonweal.engine.value import value as value_lines
from commonweal.money import as_decimal
from commonweal.sources.places import read_places
from commonweal.web.commands.printing import as_text, print_json, print_table, read_day, refuse, write_whole

#: From this size on (bytes), lines are summed in bulk unless somebody asks otherwise.
LONG = 2_000_000
#: How many wrong cells the words list; the file has the rest once these are put right.
SHOWN = 50
#: The years whose present values make sense, both in: prices and discounts are known about them.
PRESENT = (2000, 2100)
#: How many odd places or rows a finding names.
MOST_NAMED = 10
_INCOME = ("price_year", "gdp_per_head")
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
    overlay: Annotated[
        str | None, typer.Option(metavar="FILE", help="An overlay on the framework: a body's own changes to it.")
    ] = None,
    draws: Annotated[
        int | None, typer.Option(metavar="N", help="Draw every uncertain parameter N times, and show the spread.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="S", help="The same seed gives the same draws.")] = 0,
    target: Annotated[
        str | None, typer.Option(metavar="GBP", help="With --draws: the chance that a total reaches this.")
    ] = None,
    gdp_per_head: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Real GDP per head by price year (CSV), for values of wellbeing."),
    ] = None,
    engine: Annotated[
        str, typer.Option(metavar="ENGINE", help="auto, careful, duckdb or spark: see the reference.")
    ] = "auto",
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write to a .csv or .json file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Value lines: exact sums by kind of value, gross and net apart, with what they leave out."""
    day = _present(as_of) if as_of is not None else date.today()  # noqa: DTZ011  the user's own day
    goal = _amount("--target", target) if target is not None else None
    if goal is not None and draws is None:
        refuse("--target: give --draws as well; the chance of reaching it is a share of the draws.")
    place = _target(out, lines)
    used = _engine(engine, lines, place)
    edition = _overlaid(overlay, edition_named(framework))
    if price_year is not None:
        _check_price_year(price_year, edition)
    income = _income(gdp_per_head) if gdp_per_head is not None else None
    asked: Any = {"as_of": day, "price_year": price_year, "by": by or (), "gdp_per_head": income}
    drawn: Draws | None = None
    try:
        with Console(stderr=True).status("Valuing") if sys.stderr.isatty() else open(os.devnull):
            if used == "careful":
                read = read_lines(lines, edition)
                valuation = value_lines(read, edition, **asked)
                if draws is not None:
                    held = holdings(valuation, by) if by else None
                    drawn = draw(valuation, number=draws, seed=seed, target=goal, held=held)
            else:
                from commonweal.engine import bulk  # Ibis takes a second to import

                if draws is None:
                    valuation = bulk.value_file(lines, edition, **asked, engine=used)
                else:
                    valuation, drawn = bulk.draw_file(
                        lines, edition, **asked, number=draws, seed=seed, target=goal, engine=used
                    )
            whole = json or place
            answer = as_json(valuation, drawn) if whole else summary_json(valuation, drawn)
    except DrawsRefused as refused:
        refuse(f"--draws: {refused}.")
    except LinesRefused as refused:
        more = refused.count - SHOWN
        refuse(*refused.errors[:SHOWN], *([f"{lines}: and {more} more."] if more > 0 else []))
    except ValuationRefused as refused:
        refuse(refused)
    read = [each.line for each in valuation.lines]
    places = Counter(line.place for line in read if line.place) or dict(valuation.places)
    doubts = find_doubts(read, edition) if read else valuation.doubts
    answer["findings"] += _noticed(places, read) + [finding_json(each) for each in doubts]
    answer["engine"] = "careful" if read else used
    if place:
        try:
            write_whole(place, as_text(answer) if place.suffix.lower() == ".json" else _table(answer))
        except OSError as error:
            refuse(f"{out}: the file cannot be written: {error.strerror or error}.")
    if json:
        print_json(answer)
    else:
        _say(answer, edition)
    raise typer.Exit(1 if any(each["severity"] == "warning" for each in answer["findings"]) else 0)


def _present(written: str) -> date:
    """This will read the day of valuation, or stop with exit code 2 for one that nobody values as of."""
    day = read_day("--as-of", written)
    if not PRESENT[0] <= day.year <= PRESENT[1]:
        years = f"the years {PRESENT[0]} to {PRESENT[1]}"
        refuse(f"--as-of: {day} is outside {years}. Leave it out for today, or write the day as 2026-04-01.")
    return day


def _check_price_year(wanted: str, edition: Edition) -> None:
    try:
        series = published_series().get(year_type(wanted))
    except PriceYearUnknown as error:
        refuse(f"--price-year: {error}.")
    priced = (measure.value for measure in edition.measures.values() if measure.value)
    own = {each.price_year for each in priced if each.price_year_type != "rate-year"}
    known = sorted(series.index) if series else []
    if wanted not in own and wanted not in known:
        there = f"there is one for every year from {known[0]} to {known[-1]}" if known else "there is none of that kind"
        refuse(f"--price-year: there is no price index for {wanted}; {there}.")


def _noticed(places: Mapping[str, int], lines: Sequence[Line]) -> list[dict[str, Any]]:
    """What is odd about the lines and changes no figure: places, each with its lines, that no register knows."""
    unknown = places.keys() - read_places().places.keys() if places else set()
    if not unknown:
        return []
    named = ", ".join(sorted(unknown)[:MOST_NAMED]) + (" and others" if len(unknown) > MOST_NAMED else "")
    rows = [line.row for line in lines if line.place in unknown]
    return [
        {"code": "place-unknown", "severity": "note", "measure": None,
         "reason": f"the register of places does not know {named}",
         "fix": "Check the code; the value is the same without it", "lines": sum(places[each] for each in unknown),
         "rows": rows[:MOST_NAMED]}
    ]  # fmt: skip


def edition_named(reference: str) -> Edition:
    """This will load a framework edition by its reference or path, or stop with exit code 2."""
    try:
        return load_edition(reference)
    except EditionUnknown as error:
        refuse(f"--framework: {error}.")
    except FileRefused as refused:
        if kind_of_file(reference) == "framework":
            refuse(*refused.findings[:SHOWN])
        refuse(_another_kind(reference))


def kind_of_file(path: str) -> str:
    """This will tell an overlay by the base it names and a crosswalk by its two ends; all else is a framework."""
    try:
        content = read_document(path).content
    except FileRefused:
        return "framework"
    if "base" in content:
        return "overlay"
    return "crosswalk" if {"from", "matches"} <= set(content) else "framework"


def _another_kind(path: str) -> str:
    content = read_document(path).content
    if kind_of_file(path) == "overlay":
        words = f"{path}: this is an overlay, which changes a framework and is none itself. "
        return (
            f"{words}Give the framework it lies on, {content['base']}, with --framework, and this file with --overlay."
        )
    words = f"{path}: this is a crosswalk, which says how two frameworks correspond, and is no framework. "
    return f"{words}Give it with --file to `commonweal framework crosswalk`."


def _overlaid(overlay: str | None, base: Edition) -> Edition:
    if overlay is None:
        return base
    try:
        return apply_overlay(base, load_overlay(overlay, base))
    except FileRefused as refused:
        if other := _no_overlay(overlay):
            refuse(other)
        refuse(*refused.findings[:SHOWN])


def _no_overlay(path: str) -> str:
    """What a framework or a crosswalk that was given as an overlay is, and where it goes; "" for any other file."""
    try:
        content = read_document(path).content
    except FileRefused:
        return ""
    if kind_of_file(path) == "crosswalk":
        return _another_kind(path)
    if "themes" not in content or "base" in content:
        return ""
    return f"{path}: this is a framework, which an overlay is laid on, and is no overlay. Give it with --framework."


def _income(path: str) -> dict[str, Decimal]:
    """This will read real GDP per head by price year, each year once, as strictly as lines are read."""
    found: dict[str, Decimal] = {}
    errors: list[LineError] = []
    try:
        for number, cells in rows_of(path, _INCOME):
            if isinstance(cells, LineError):
                errors.append(cells)
                continue
            year, written = (cells[name].strip() for name in _INCOME)
            try:
                year_type(year)
                amount = plain_number("gdp_per_head", written)
            except PriceYearUnknown as error:
                errors.append(LineError(path, number, "price_year", str(error), "Write each year once"))
                continue
            except InvalidLine as error:
                errors.append(LineError(path, number, error.field, error.reason, error.fix))
                continue
            if year in found:
                errors.append(LineError(path, number, "price_year", f"{year} stands in two rows", "Keep one of them"))
            elif amount <= 0:
                fix = "Write an amount above 0, such as 33443"
                errors.append(LineError(path, number, "gdp_per_head", f"{written} is not above 0", fix))
            found[year] = amount
    except LinesRefused as refused:
        errors = list(refused.errors)
    if not found and not errors:
        errors = [LineError(path, 0, "", "there are no rows below the header", "Add a row for each year")]
    if errors:
        refuse(*(f"--gdp-per-head: {error}" for error in errors[:SHOWN]))
    return found


def _amount(option: str, written: str) -> Decimal:
    try:
        return as_decimal(written)
    except ValueError:
        refuse(f"{option}: '{written}' is not an amount. Write plain digits, such as 250000.")


def _engine(wanted: str, lines: str, place: Path | None) -> Literal["careful", "duckdb", "spark"]:
    """This will choose how lines are read: one by one with their steps, or in bulk where they are very many."""
    parquet = lines.lower().endswith(".parquet")
    per_line = place is not None and place.suffix.lower() == ".csv"
    if wanted in ("duckdb", "spark"):
        if per_line:
            refuse(f"--out: --engine {wanted} sums the lines and has none to write; give a .json file.")
        if wanted == "spark" and find_spec("pyspark") is None:
            refuse("--engine: Spark is not installed here; see docs/how-to/value-a-nations-file.md.")
        return wanted  # type: ignore[return-value]  # one of the two
    if wanted == "careful":
        if parquet:
            refuse(f"{lines}: the careful way reads CSV; give --engine duckdb for Parquet.")
        return "careful"
    if wanted != "auto":
        refuse(f"--engine: there is no engine '{wanted}'; there are: auto, careful, duckdb, spark.")
    if parquet:
        return "duckdb"
    try:
        long = Path(lines).stat().st_size > LONG
    except (OSError, ValueError):
        long = False  # what is wrong is said when the file is read
    return "duckdb" if long and not per_line else "careful"


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


def _say_draws(answer: dict[str, Any]) -> None:
    """This will show the spread of each total and what it comes from."""
    told = answer["uncertainty"]
    if not told:
        return
    rows = []
    for side, harm in (("totals", ""), ("harms", "harm: ")):
        for each in answer[side]:
            if each["p05"] is not None:
                pounds = (_point(each[point]) for point in ("p05", "p50", "p95"))
                rows.append((harm + each["kind"], each["level"], *pounds, each["price_year"]))
    title = f"Spread over {told['draws']:,} draws (seed {told['seed']}); points are never added"
    print_table(title, ("Kind", "Level", "5%", "50%", "95%", "Prices"), rows, right=("5%", "50%", "95%"))
    for each in told["totals"]:
        name = f"{each['kind']} {each['level']} in {each['price_year']} prices"
        if not each["parameters"]:
            typer.echo(f"\nThe spread of {name} is not known: nothing it rests on has a published range.")
            continue
        swings = [
            (
                swing["name"],
                f"£{int(swing['total_at_5_percent']):,}",
                f"£{int(swing['total_at_95_percent']):,}",
                _percent(swing["share_of_spread"]),
            )
            for swing in each["parameters"]
        ]
        title = f"What moves {name}"
        columns = ("Parameter", "Total at its 5%", "Total at its 95%", "Share of spread")
        print_table(title, columns, swings, right=columns[1:])
        if each["chance_of_target"] is not None:
            chance = _chance(Decimal(each["chance_of_target"]))
            typer.echo(f"The chance that {name} reaches £{Decimal(told['target']):,}: {chance}.")
        if each["share_without_range"] != "0":
            share = _percent(each["share_without_range"])
            typer.echo(f"{share} of it rests on values with no published range, and is held at its central figure.")


def _chance(share: Decimal) -> str:
    """This will write a share of draws, which is never certain."""
    if share < Decimal("0.01"):
        return "less than 1%"
    return "more than 99%" if share > Decimal("0.99") else _percent(str(share))


def _percent(share: str) -> str:
    return f"{Decimal(share) * 100:.0f}%"


def _say(answer: dict[str, Any], edition: Edition) -> None:
    prices = f"{answer['price_year']} prices unless a row says otherwise"
    typer.echo(f"{edition.title} ({answer['edition']}), {prices}, as of {answer['as_of']}")
    for title, side in (("Value", "totals"), ("Harm, not subtracted", "harms")):
        columns = ("Kind", "Level", "Central", "Value range", "Prices", "Lines")
        print_table(title, columns, map(_total, answer[side]), right=("Central", "Lines"))
    _say_uk_view(answer)
    points = ("5%", "50%", "95%") if answer["uncertainty"] else ()
    for group in answer["groups"]:
        name = ", ".join(f"{column} {text or '(blank)'}" for column, text in group["by"].items())
        rows = []
        for side, harm in (("totals", ""), ("harms", "harm: ")):
            for each in group[side]:
                kind, level, central, *others = _total(each)
                drawn = [_point(each[point]) for point in ("p05", "p50", "p95")[: len(points)]]
                rows.append((harm + kind, level, central, *drawn, *others))
        columns = ("Kind", "Level", "Central", *points, "Value range", "Prices", "Lines")
        print_table(name, columns, rows, right=("Central", *points, "Lines"))
        _say_counts(f"{name}: counted, not valued", group["counts"])
    _say_counts("Counted, not valued", answer["counts"])
    _say_draws(answer)
    coverage = answer["coverage"]
    typer.echo(
        f"\nLines: {coverage['lines']:,}; with a value: {coverage['lines_valued']:,}; "
        f"with a net value: {coverage['lines_net']:,}; in the totals: {coverage['lines_in_totals']:,}."
    )
    if answer["engine"] != "careful":
        by = {"duckdb": "DuckDB", "spark": "Spark"}[answer["engine"]]
        typer.echo(f"Summed in bulk by {by}, so no row is named; --engine careful tells them, more slowly.")
    rows = [
        (each["severity"], each["measure"] or "", f"{each['reason']}. {each['fix']}.", _rows(each))
        for each in answer["findings"]
    ]
    print_table("Findings", ("", "Measure", "What and what to do", "Rows"), rows)


def _say_uk_view(answer: dict[str, Any]) -> None:
    """This will show net totals with nothing taken off for leakage, beside those of the place."""
    rows = []
    for side, harm in (("totals", ""), ("harms", "harm: ")):
        for each in answer[side]:
            if seen := each["uk_view"]:
                kind, _, central, *others = _total({**each, **seen})
                rows.append((harm + kind, central, *others))
    title = "Net value in the view of the whole UK: nothing is taken off for leakage"
    print_table(title, ("Kind", "Central", "Value range", "Prices", "Lines"), rows, right=("Central", "Lines"))


def _say_counts(title: str, counts: list[dict[str, Any]]) -> None:
    rows = [(each["measure"], each["quantity"], each["unit"], each["reason"]) for each in counts]
    print_table(title, ("Measure", "Quantity", "Unit", "Why"), rows, right=("Quantity",))


def _total(total: dict[str, Any]) -> tuple[str, ...]:
    span = f"{_pounds(total['low'])} to {_pounds(total['high'])}" if total["low"] else ""
    central = _pounds(total["central"]) if total["central"] else "range only"
    return total["kind"], total["level"], central, span, total["price_year"], f"{total['lines']:,}"


def _point(pounds: str | None) -> str:
    """This will write a point of the draws in whole pounds; nothing where nothing has a range."""
    return "" if pounds is None else f"£{int(pounds):,}"


def _pounds(amount: str) -> str:
    whole, _, pence = amount.partition(".")
    return f"£{int(whole):,}.{pence}"


def _rows(finding: dict[str, Any]) -> str:
    more = finding["lines"] - len(finding["rows"])
    return ", ".join(map(str, finding["rows"])) + (f" and {more} more" if more > 0 and finding["rows"] else "")
