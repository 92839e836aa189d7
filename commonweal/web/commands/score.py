"""`commonweal score`: the bids of an evaluation scored and ranked, each figure with its steps."""

from __future__ import annotations

from typing import Annotated

import typer

from commonweal.engine.document import FileRefused
from commonweal.engine.scoring import Result, as_json, read_evaluation
from commonweal.engine.scoring import score as score_bids
from commonweal.engine.scoring_methods import METHOD_NAMES
from commonweal.web.commands.printing import plural, print_json, print_table, refuse
from commonweal.web.commands.value import SHOWN


def score(
    evaluation: Annotated[
        str, typer.Argument(metavar="EVALUATION.json", help="What was asked, how, and what was bid.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Score and rank the bids of an evaluation, and show every step."""
    try:
        result = score_bids(read_evaluation(evaluation))
    except FileRefused as refused:
        refuse(*refused.findings[:SHOWN])
    if json:
        print_json(as_json(result))
    else:
        _say(result)
    raise typer.Exit(1 if any(finding.severity == "warning" for finding in result.findings) else 0)


def _say(result: Result) -> None:
    of = result.evaluation
    methods = [
        (each.id, f"{each.weight:f}%", METHOD_NAMES[each.method] + f" ({each.method})" * (each.method != "rubric"))
        for each in of.criteria
    ]
    heading = f"{of.title or 'Evaluation'}: {plural(len(of.bids), 'bid')}, {of.points:f} {'point' if of.points == 1 else 'points'}"
    print_table(heading, ("Criterion", "Weight", "Method"), methods, right=("Weight",))
    numbers = [criterion.id for criterion in of.criteria] + ["Total"]
    rows = [
        [f"{bid.rank}=" if bid.shared else str(bid.rank), bid.id]
        + [f"{points:f}" for points in (*bid.shown_points.values(), bid.shown_total)]
        for bid in result.bids
    ]
    print_table("Ranking", ["Rank", "Bid", *numbers], rows, right=numbers)
    print_table(
        "To know",
        ("Severity", "Of", "What", "Do"),
        [
            (each.severity, " ".join(filter(None, (each.bid, each.criterion))), each.reason, each.fix)
            for each in result.findings
        ],
    )
    for bid in result.bids:
        print_table(
            f"How {bid.id} was scored",
            ("Criterion", "Step"),
            [(step.criterion, step.sentence) for step in bid.steps],
        )
