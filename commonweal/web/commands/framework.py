"""`commonweal framework`: the frameworks of the catalogue, one edition in full, and checking a file of one's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Annotated

import typer

from commonweal.engine.catalogue import editions, framework_ids, load_edition
from commonweal.engine.check import check_crosswalk, check_framework, check_overlay
from commonweal.engine.document import Finding
from commonweal.engine.model import Measure
from commonweal.money import after_pounds
from commonweal.web.commands.crosswalk import crosswalk
from commonweal.web.commands.printing import plural, print_json, print_table, refuse
from commonweal.web.commands.value import edition_named, kind_of_file
from commonweal.web.commands.workbook import import_workbook

app = typer.Typer(
    help="Frameworks: list, show, check a file, import a workbook, tell one under another.", no_args_is_help=True
)
app.command()(crosswalk)
app.command("import")(import_workbook)

_CHECKS: dict[str, Callable[[str], list[Finding]]] = {
    "framework": check_framework,
    "overlay": check_overlay,
    "crosswalk": check_crosswalk,
}
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command("list")
def list_frameworks(json: AsJson = False) -> None:
    """List the frameworks of the catalogue and their editions."""
    found = [load_edition(f"{id}@{version}") for id in framework_ids() for version in editions(id)]
    if json:
        print_json(
            {
                "frameworks": [
                    {
                        "id": each.framework_id,
                        "edition": each.version,
                        "title": each.title,
                        "publisher": each.publisher,
                        "nation": each.nation,
                        "applies_from": each.applies_from and each.applies_from.isoformat(),
                        "applies_to": each.applies_to and each.applies_to.isoformat(),
                        "price_year": each.price_year,
                        "measures": len(each.measures),
                        "valued_measures": _valued(each.measures.values()),
                        "content_hash": each.content_hash,
                    }
                    for each in found
                ]
            }
        )
        return
    print_table(
        "Frameworks",
        ("Edition", "Title", "Nation", "From", "Until", "Measures", "Valued"),
        [
            (
                each.reference,
                each.title,
                each.nation,
                str(each.applies_from or ""),
                str(each.applies_to or ""),
                str(len(each.measures)),
                str(_valued(each.measures.values())),
            )
            for each in found
        ],
        right=("Measures", "Valued"),
    )


@app.command()
def show(
    reference: Annotated[str, typer.Argument(metavar="ID[@EDITION]", help="A framework, or a file of one.")],
    json: AsJson = False,
) -> None:
    """Show one edition: its themes, outcomes, measures and values."""
    edition = edition_named(reference)
    if json:
        print_json(edition.to_json() | {"content_hash": edition.content_hash})
        return
    typer.echo(f"{edition.title} ({edition.reference}), {edition.publisher}, {edition.licence}")
    for theme in edition.themes:
        for outcome in theme.outcomes:
            measures = [(each.id, each.title, each.unit, _worth(each)) for each in outcome.measures]
            criteria = [(each.code, each.title, "", "") for each in outcome.criteria]
            title = f"{theme.title}: {outcome.title}"
            print_table(title, ("Id", "Title", "Unit", "Value"), criteria + measures)
    print_table("What it is known to lack", ("",), [(gap,) for gap in edition.gaps])


@app.command()
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A framework, overlay or crosswalk file.")],
    json: AsJson = False,
) -> None:
    """Check a framework, overlay or crosswalk file, and say what is wrong, where, and what to do. Exit code 1 when something is."""
    try:
        with open(file, "rb"):
            pass
    except (OSError, ValueError) as error:
        refuse(f"{file}: the file cannot be read: {getattr(error, 'strerror', None) or error}.")
    kind = kind_of_file(file)
    findings = _CHECKS[kind](file)
    if json:
        print_json({"file": file, "findings": [dataclasses.asdict(finding) for finding in findings]})
    elif findings:
        for finding in findings:
            typer.echo(str(finding))
    elif kind != "framework":
        typer.echo(f"{file}: {kind}, nothing wrong.")
    else:
        edition = load_edition(_as_path(file))
        typer.echo(f"{file}: {edition.reference}, {plural(len(edition.measures), 'measure')}, nothing wrong.")
    raise typer.Exit(1 if findings else 0)


def _as_path(file: str) -> str:
    # A bare name without a suffix would be read as the id of a framework.
    return file if "/" in file else f"./{file}"


def _valued(measures: object) -> int:
    assert not isinstance(measures, str)
    return sum(each.value is not None for each in measures)  # type: ignore[attr-defined]


def _worth(measure: Measure) -> str:
    value = measure.value
    if value is None:
        return "told" if measure.figure == "story" else "counted"
    if value.by_year:
        amount = f"by year, {min(value.by_year)} to {max(value.by_year)}"
    elif value.amount is None:
        amount = f"£{value.low:,} to £{value.high:,}"
    else:
        amount = f"£{value.amount:,}"
    harm = "harm, " if measure.direction == "harm" else ""
    return f"{amount} {after_pounds(value.unit)} ({harm}{value.kind}, {value.price_year} prices)"
