"""`commonweal duties`: which duties apply, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from commonweal.engine.duties import Duty, InvalidCase, duties_for, sources
from commonweal.web.commands.printing import print_json, print_table, read_day, refuse


def duties(
    nation: Annotated[str, typer.Option(metavar="N", help="england, wales, scotland or northern-ireland.")],
    body_kind: Annotated[
        str,
        typer.Option(
            metavar="K",
            help="central, nhs, council, combined-authority, devolved-wales, devolved-scotland, utility or other.",
        ),
    ],
    channel: Annotated[
        str,
        typer.Option(
            metavar="C", help="procurement, grant, asset-transfer, finance, planning, own-service or partnership."
        ),
    ],
    value: Annotated[str, typer.Option(metavar="GBP", help="The whole estimated value, VAT included.")],
    commenced: Annotated[str, typer.Option(metavar="DATE", help="The day of the tender notice, or of beginning.")],
    kind: Annotated[str | None, typer.Option(help="goods, services or works; needed for a procurement.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Say which duties apply to a procurement, grant, transfer or the like, and why the others do not."""
    day = read_day("--commenced", commenced)
    try:
        found = duties_for(nation, body_kind, channel, kind, value, day)
    except InvalidCase as error:
        refuse(f"{error}.")
    if json:
        print_json({"duties": [_as_json(duty) for duty in found]})
        return
    for answer, title in (
        ("yes", "Applies"),
        ("unconfirmed", "May apply: to be confirmed"),
        ("optional", "May be followed"),
    ):
        among = [duty for duty in found if duty.applies == answer]
        if among:
            typer.echo(f"\n{title}")
        for duty in among:
            typer.echo(f"* {duty.id}: {duty.instrument} {duty.section}".rstrip())
            typer.echo(f"    {duty.requirement}\n    Why: {duty.why}.")
    outside = [(duty.id, duty.why) for duty in found if duty.applies == "no"]
    print_table("Does not apply", ("Duty", "Why"), outside)
    typer.echo("\nA check-list from the sources it names, not legal advice.")


def _as_json(duty: Duty) -> dict[str, str | None]:
    return {
        "id": duty.id,
        "instrument": duty.instrument,
        "section": duty.section,
        "requirement": duty.requirement,
        "applies": duty.applies,
        "why": duty.why,
        "confidence": duty.confidence,
        "source": duty.source,
        "source_title": sources()[duty.source],
        "threshold": duty.threshold,
        "minimum_weight": None if duty.minimum_weight is None else str(duty.minimum_weight),
    }
