"""`commonweal framework crosswalk`: how two frameworks correspond, and a record of one told under the other."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from commonweal.engine.catalogue import EditionUnknown
from commonweal.engine.crosswalk import Crosswalk, CrosswalkRefused, Match, Reported, ends, inverse, report_under
from commonweal.engine.crosswalk_file import CrosswalkUnknown, crosswalk_between, load_crosswalk
from commonweal.engine.document import FileRefused
from commonweal.engine.lines import LinesRefused, read_lines
from commonweal.engine.model import Edition
from commonweal.engine.presentation import plain
from commonweal.web.commands.printing import plural, print_json, print_table, refuse
from commonweal.web.commands.value import SHOWN, edition_named


def crosswalk(
    of: Annotated[str, typer.Argument(metavar="A", help="A framework, ID[@EDITION] or a file of one.")],
    to: Annotated[str, typer.Argument(metavar="B", help="The framework to tell it under.")],
    lines: Annotated[str | None, typer.Argument(metavar="[LINES.csv]", help="Lines of A, to be told under B.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="FILE", help="A crosswalk file, in place of the catalogue's.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Show how framework A corresponds to framework B; with lines of A, report them under B, each counted once."""
    first, second = edition_named(of), edition_named(to)
    found = _between(first, second, file)
    reported = None
    if lines is not None:
        try:
            reported = report_under(read_lines(lines, first), found, second)
        except LinesRefused as refused:
            refuse(*refused.errors[:SHOWN])
        except CrosswalkRefused as refused:
            refuse(f"{lines}: {refused}. {refused.fix}")
    if json:
        print_json(_told(found) | ({"reported": _reported(reported)} if reported else {}))
    elif reported:
        _say_reported(reported, second)
    else:
        _say(found)
    raise typer.Exit(1 if reported and reported.unmapped else 0)


def _between(first: Edition, second: Edition, file: str | None) -> Crosswalk:
    try:
        if file is None:
            return crosswalk_between(first.reference, second.reference)
        found = load_crosswalk(file, first, second)
    except (CrosswalkUnknown, EditionUnknown) as error:
        refuse(f"{error}.")
    except FileRefused as refused:
        refuse(*refused.findings[:SHOWN])
    if (found.of, found.to) == (second, first):
        return inverse(found)
    if (found.of, found.to) != (first, second):
        its, asked = (f"{one.reference} and {two.reference}" for one, two in ((found.of, found.to), (first, second)))
        refuse(f"{file}: it is between {its}, and you asked for {asked}. Ask for its two, or give a file of yours.")
    return found


def _told(found: Crosswalk) -> dict[str, Any]:
    return {
        "from": found.of.reference,
        "to": found.to.reference,
        "matches": [
            {
                "from": {"level": match.of.level, "id": match.of.id},
                "term": match.term,
                "to": {"level": match.to.level, "id": match.to.id},
                "share": match.share and plain(match.share),
                "back": match.back and plain(match.back),
                "reason": match.reason,
                "source": match.reference.id,
                "confidence": match.reference.confidence,
            }
            for match in found.matches
        ],
        "gaps": list(found.gaps),
    }


def _reported(reported: Reported) -> dict[str, Any]:
    return {
        "edition": reported.edition.reference,
        "figures": [
            {
                "level": each.to.level,
                "id": each.to.id,
                "title": each.title,
                "measure": each.measure,
                "unit": each.unit,
                "direction": each.direction,
                "quantity": plain(each.quantity),
                "lines": each.lines,
                "brought_from": list(each.brought_from),
                "confidence": list(each.confidence),
            }
            for each in reported.figures
        ],
        "unmapped": [
            {
                "measure": each.measure,
                "title": each.title,
                "unit": each.unit,
                "quantity": plain(each.quantity),
                "lines": each.lines,
                "why": each.why,
            }
            for each in reported.unmapped
        ],
    }


def _say(found: Crosswalk) -> None:
    known, others = ends(found.of), ends(found.to)
    rows = [(str(each.of), each.term, str(each.to), _share(each), each.reason) for each in found.matches]
    print_table(
        f"{found.of.reference} told under {found.to.reference}", ("From", "Match", "To", "Share", "Why"), rows,
        right=("Share",), is_first=True,
    )  # fmt: skip
    matched = {match.of for match in found.matches}
    left = [(str(end), title) for end, title in _titles(known) if end.level == "measure" and end not in matched]
    above = "A measure without a match of its own follows its outcome, then its theme"
    print_table(f"Measures without a match of their own. {above}", ("Measure", "Title"), left)
    print_table("What it is known to lack", ("",), [(gap,) for gap in found.gaps])
    typer.echo(
        f"\n{plural(len(found.matches), 'match', 'matches')}, {plural(len(known), 'end')} of {found.of.reference} "
        f"and {len(others):,} of the other."
    )


def _titles(known: Any) -> list[tuple[Any, str]]:
    return [(end, getattr(each, "title", "")) for end, each in known.items()]


def _share(match: Match) -> str:
    return "none stated" if match.share is None else plain(match.share)


def _say_reported(reported: Reported, edition: Edition) -> None:
    rows = [
        (str(each.to), each.title, plain(each.quantity), each.unit, ", ".join(each.brought_from))
        for each in reported.figures
    ]
    title = f"Told under {edition.title} ({edition.reference}); each line counts once"
    print_table(title, ("Under", "Title", "Quantity", "Unit", "Brought from"), rows, right=("Quantity",), is_first=True)
    left = [(each.measure, plain(each.quantity), each.unit, each.why) for each in reported.unmapped]
    print_table("Not told there", ("Measure", "Quantity", "Unit", "Why"), left, right=("Quantity",))
