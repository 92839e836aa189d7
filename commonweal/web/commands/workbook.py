"""`commonweal framework import`: a licensed workbook as a framework of one's own, read with what it hides."""

from __future__ import annotations

import json as json_module
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from commonweal.engine.check import check_framework
from commonweal.engine.document import each_once
from commonweal.sources.grids import TableError
from commonweal.sources.workbooks import Workbook, gathered, read_workbook
from commonweal.sources.workbooks_import import About, AboutIncomplete, Imported, MappingIncomplete, framework_from
from commonweal.sources.workbooks_mapping import Mapping, mapping_for, propose_mapping
from commonweal.web.commands.printing import as_text, print_json, print_table, read_text, refuse, write_whole

_ASKED = [field.name for field in fields(About)]


def import_workbook(
    workbook: Annotated[str, typer.Argument(metavar="WORKBOOK", help="XLSX, XLSM, XLSB, XLS, ODS or CSV.")],
    about: Annotated[
        str | None, typer.Option(metavar="FILE", help="What no workbook says, as YAML. Without it: what is asked.")
    ] = None,
    mapping: Annotated[
        str | None, typer.Option(metavar="FILE", help="What each column is, as --save-mapping wrote it, corrected.")
    ] = None,
    save_mapping: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write what each column was taken for, to correct and give back.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="The sheet to read.")] = None,
    heading_row: Annotated[int | None, typer.Option(metavar="N", help="The row of its headings.")] = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write the framework to this .yaml file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Read a licensed workbook: show what its columns are taken for, then make a framework of its rows."""
    if heading_row is not None and heading_row < 1:
        refuse(f"--heading-row: rows count from 1, and {heading_row} is none. Write the number the spreadsheet shows.")
    if out is not None and Path(out).suffix.lower() not in (".yaml", ".yml"):
        refuse(f"--out: '{out}' ends neither in .yaml nor in .yml.")
    try:
        book = read_workbook(Path(workbook).read_bytes(), Path(workbook).name)
        if mapping is not None:
            chosen = mapping_for(book, [_saved(mapping)])
        else:
            chosen = propose_mapping(book, sheet=sheet, heading_row=heading_row)
        stated = _about(about) if about is not None else None
        imported = framework_from(book, chosen, stated) if stated else None
    except OSError as error:
        refuse(f"{workbook}: the file cannot be read: {error.strerror or error}.")
    except TableError as error:
        refuse(f"{workbook}: {error}")
    except MappingIncomplete as error:
        refuse(f"{workbook}: {error}. Give --sheet, or correct the columns with --save-mapping and --mapping.")
    if save_mapping:
        _write(save_mapping, as_text(chosen.as_json()))
    if imported is not None and out is not None:
        _write_framework(imported, out)
    if json:
        print_json(_told(book, chosen, imported))
    else:
        _say(book, chosen, imported, out)
    raise typer.Exit(1 if imported is not None and imported.faults else 0)


def _saved(path: str) -> Mapping:
    text = read_text("--mapping", path)
    try:
        return Mapping.from_json(json_module.loads(text, object_pairs_hook=each_once))
    except json_module.JSONDecodeError as error:
        refuse(f"--mapping: {path} is not JSON: see line {error.lineno}. Give the file that --save-mapping wrote.")
    except (ValueError, RecursionError) as error:
        refuse(f"--mapping: {path} is not a mapping as --save-mapping writes it: {error}.")


def _about(path: str) -> About:
    text = read_text("--about", path)
    try:
        # Text as it is written: a loader of numbers would make version 2026.10 into 2026.1.
        told = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds text, lists and mappings alone
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f": see line {mark.line + 1}" if mark else ""
        refuse(f"--about: {path} is not YAML{where}. Write a line for each, such as `nation: england`.")
    if not isinstance(told, dict):
        refuse(f"--about: {path} must name: {', '.join(_ASKED)}.")
    document = yaml.compose(text, Loader=yaml.BaseLoader)
    names = Counter(str(name.value) for name, _ in (document.value if document else ()))
    if twice := [name for name, times in names.items() if times > 1]:
        refuse(f"--about: {path} names {', '.join(twice)} more than once. Keep one of them.")
    if unknown := sorted(str(name) for name in told if name not in _ASKED):
        refuse(f"--about: {path} names {', '.join(unknown)}; it can name: {', '.join(_ASKED)}.")
    net = told.get("already_net")
    given: dict[str, Any] = {name: str(told.get(name, "")) for name in _ASKED if name not in ("unit", "uprate")}
    given |= {name: str(told[name]) for name in ("unit", "uprate") if name in told}
    given["already_net"] = tuple(map(str, net)) if isinstance(net, list) else None
    try:
        return About(**given)
    except AboutIncomplete as error:
        refuse(*(f"--about: {path}: {name}: {reason}." for name, reason in error.problems.items()))


def _write_framework(imported: Imported, out: str) -> None:
    if imported.document is None:
        refuse(f"{out}: no row was accepted, so there is no framework to write.")
    _write(out, imported.as_file().decode())
    if findings := check_framework(out):
        Path(out).unlink()
        refuse(*findings)


def _write(path: str, text: str) -> None:
    try:
        write_whole(Path(path), text)
    except OSError as error:
        refuse(f"{path}: the file cannot be written: {error.strerror or error}.")


def _told(book: Workbook, chosen: Mapping, imported: Imported | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "file": book.filename,
        "mapping": chosen.as_json(),
        "missing": list(chosen.missing),
        "noticed": [
            {"what": each.what, "sheet": each.sheet, "cells": each.cells, "reason": each.reason}
            for each in (imported.findings if imported else book.findings)
        ],
    }
    if imported:
        told |= {
            "rows_in": imported.rows_in,
            "accepted": len(imported.accepted),
            "rejected": [
                {
                    "cell": str(row.place),
                    "code": row.code,
                    "title": row.title,
                    "text": row.text,
                    "reason": row.reason,
                    "fix": row.fix,
                    "cause": row.cause,
                }
                for row in imported.rejected
            ],
        }
    return told


def _say(book: Workbook, chosen: Mapping, imported: Imported | None, out: str | None) -> None:
    rows = [
        (each.column, each.field or "left out", f"{each.confidence}%", "; ".join(each.reasons))
        for each in chosen.columns
    ]
    print_table("What each column is taken for", ("Column", "Field", "Sure", "Why"), rows, right=("Sure",))
    noticed = [(each.what, str(each)) for each in gathered(imported.findings if imported else book.findings)]
    print_table("Noticed in the workbook", ("What", "Where and what"), noticed)
    if imported is None:
        typer.echo(f"\nNothing was made yet. Say in a file given as --about: {', '.join(_ASKED)}.")
        if chosen.missing:
            typer.echo(f"No column is taken for: {', '.join(chosen.missing)}.")
        return
    rejected = [
        (str(row.place), f"{row.code} {row.title}".strip(), row.text, f"{row.reason}. {row.fix}".strip(), row.cause)
        for row in imported.rejected
    ]
    print_table("Rows rejected", ("Cell", "Measure", "Holds", "Why and what to do", "Kind"), rejected)
    typer.echo(
        f"\nRows: {imported.rows_in:,} in = {len(imported.accepted):,} accepted + {len(imported.rejected):,} rejected."
    )
    if out and imported.document is not None:
        typer.echo(f"Written to {out}: licensed to you, not for publication.")
