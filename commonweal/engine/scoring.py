"""Scores and ranks the bids of an evaluation, each figure with the steps that led to it; reads one and tells the result.

Ratios are exact fractions until a score is published: a total is rounded once, half up, to the evaluation's decimals, and
the points shown by criterion are allocated to it by largest remainder. Ranks go by the published total. The methods, with
numbers to check, are told in docs/explanation/scoring.md. Figures are in points and pounds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from commonweal.engine.document import LARGEST_FILE, Document, FileRefused, Finding, each_once, schema_findings
from commonweal.engine.model import FrozenMapping
from commonweal.engine.scoring_methods import (
    NOT_MET,
    NOTHING,
    Entry,
    Step,
    allocated,
    best_among,
    compared,
    disregarded,
    exact,
    left_out,
    points_at_stake,
    rounded,
    steps_of,
)
from commonweal.engine.scoring_model import (
    Asked,
    Band,
    Bands,
    Bid,
    Confidence,
    Criterion,
    Evaluation,
    InvalidEvaluation,
    Offered,
    Scored,
    Target,
)
from commonweal.money import as_decimal

Severity = Literal["warning", "note"]
_ALL = "the whole file"


@dataclass(frozen=True, slots=True)
class ScoreFinding:
    """This will hold what the reader of a result must know: of which bid and criterion (or none), why, what to do."""

    code: str
    severity: Severity
    bid: str
    criterion: str
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class ScoredBid:
    """This will hold one bid's exact points by criterion, their published form, its rank from 1, and the steps.

    `shared` says that another bid has the same rank; `disregarded` why nothing was scored, or is empty.
    """

    id: str
    points: Mapping[str, Fraction]
    total: Fraction
    shown_points: Mapping[str, Decimal]
    shown_total: Decimal
    rank: int
    shared: bool
    disregarded: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """This will hold the bids by rank (those of one rank by id) and the findings, warnings first."""

    evaluation: Evaluation
    bids: tuple[ScoredBid, ...]
    findings: tuple[ScoreFinding, ...]


def read_evaluation(path: str | Path) -> Evaluation:
    """This will read an evaluation from its JSON file; raises `FileRefused` with everything that is wrong, and where.

    The file is described in docs/reference/command-line/score.md.
    """
    document = _document(path)
    content = document.content
    try:
        return Evaluation(
            method=content["method"],
            points=as_decimal(content["points"]),
            decimals=int(content["decimals"]),
            tie_rule=content["tie_rule"],
            criteria=tuple(map(_criterion, content["criteria"])),
            bids=tuple(map(_bid, content["bids"])),
            ask=tuple(
                Asked(each["measure"], _number(each, "value"), each.get("source", ""))
                for each in content.get("ask", ())
            ),
            tie_criterion=content.get("tie_criterion"),
            estimated_value=_number(content, "estimated_value"),
            vat=content.get("vat"),
            title=content.get("title", ""),
        )
    except InvalidEvaluation as invalid:
        raise FileRefused([document.finding(*fault) for fault in invalid.faults]) from None


def score(evaluation: Evaluation) -> Result:
    """This will score every bid, rank them, and say what a reader must know. The order of bids changes nothing."""
    entries = [Entry.of(evaluation, bid) for bid in evaluation.bids]
    scored = _ranked(evaluation, entries)
    found = [*_about_ask(evaluation), *_about_ties(evaluation, scored), *_reversals(evaluation, entries, scored)]
    by_id = {entry.id: entry for entry in entries}
    for bid in scored:
        found += _about_bid(evaluation, by_id[bid.id], bid)
    ordered = sorted(
        found, key=lambda each: (each.severity == "note", each.code, each.bid, each.criterion, each.reason)
    )
    return Result(evaluation, scored, tuple(ordered))


def as_json(result: Result) -> dict[str, Any]:
    """This will give a result as JSON values: figures as text, `exact` ones as a decimal that ends or as a ratio."""
    of = result.evaluation
    return {
        "title": of.title or None,
        "method": of.method,
        "points": f"{of.points:f}",
        "decimals": of.decimals,
        "tie_rule": of.tie_rule,
        "bids": [
            {
                "id": bid.id,
                "points": {id: f"{points:f}" for id, points in bid.shown_points.items()},
                "exact_points": {id: exact(points) for id, points in bid.points.items()},
                "total": f"{bid.shown_total:f}",
                "exact_total": exact(bid.total),
                "rank": bid.rank,
                "shared": bid.shared,
                "disregarded": bid.disregarded or None,
            }
            for bid in result.bids
        ],
        "steps": [
            {
                "bid": step.bid,
                "criterion": step.criterion or None,
                "kind": step.kind,
                "label": step.label,
                "formula": step.formula,
                "operands": [{"name": name, "figure": exact(figure)} for name, figure in step.operands],
                "result": exact(step.result),
                "unit": step.unit,
                "source": step.source or None,
                "sentence": step.sentence,
            }
            for bid in result.bids
            for step in bid.steps
        ],
        "findings": [
            asdict(finding) | {"bid": finding.bid or None, "criterion": finding.criterion or None}
            for finding in result.findings
        ],
    }


def _document(path: str | Path) -> Document:
    """This will read a JSON file of at most 5 MB that keeps to the schema; raises `FileRefused`."""
    file = str(path)
    try:
        with open(path, "rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
        if len(raw) > LARGEST_FILE:
            raise ValueError("it is larger than 5 MB")
        document = Document(
            file, json.loads(raw.decode("utf-8-sig"), object_pairs_hook=each_once, parse_constant=_refuse)
        )
        found = schema_findings(document, "scoring")
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror}"
        raise FileRefused([Finding(file, _ALL, reason, "Check the name and that you may read it")]) from None
    except UnicodeDecodeError as error:
        raise FileRefused([Finding(file, _ALL, f"byte {error.start + 1} is not UTF-8", "Save it as UTF-8")]) from None
    except RecursionError:
        raise FileRefused([Finding(file, _ALL, "parts lie too deep in one another", "Flatten the file")]) from None
    except ValueError as error:
        raise FileRefused([Finding(file, _ALL, f"this cannot be read as JSON: {error}", "Correct it")]) from None
    if found:
        raise FileRefused(found)
    return document


def _refuse(written: str) -> Any:
    raise ValueError(f"{written} is not a number")


def _criterion(written: Mapping[str, Any]) -> Criterion:
    target, bands, confidence = (written.get(name) for name in ("target", "bands", "confidence"))
    numbers = ("weight", "target", "points", "cap", "minimum")
    return Criterion(
        id=written["id"],
        weight=as_decimal(written["weight"]),
        method=written["method"],
        target=target and Target(target["basis"], as_decimal(target["figure"])),
        bands=bands
        and Bands(bands["basis"], tuple(Band(as_decimal(s["from"]), as_decimal(s["points"])) for s in bands["steps"])),
        measures=tuple(
            Scored(measure=each["measure"], **{name: _number(each, name) for name in numbers})
            for each in written.get("measures", ())
        ),
        confidence=confidence and Confidence(confidence["criterion"], tuple(map(as_decimal, confidence["shares"]))),
        after_minimum=written.get("after_minimum"),
    )


def _bid(written: Mapping[str, Any]) -> Bid:
    return Bid(
        id=written["id"],
        price=_number(written, "price"),
        lines=tuple(Offered(line["measure"], as_decimal(line["quantity"])) for line in written["lines"]),
        marks={id: mark if mark is None else int(mark) for id, mark in written.get("marks", {}).items()},
    )


def _number(written: Mapping[str, Any], name: str) -> Decimal | None:
    return as_decimal(written[name]) if name in written else None


def _ranked(of: Evaluation, bids: Sequence[Entry]) -> tuple[ScoredBid, ...]:
    out = {bid.id: left_out(of, bid) for bid in bids}
    best = best_among(of, [bid for bid in bids if not out[bid.id]])
    told = [(bid, disregarded(bid, out[bid.id]) if out[bid.id] else steps_of(of, bid, best)) for bid in bids]
    found = {bid.id: {step.criterion: step.result for step in steps if step.kind == "points"} for bid, steps in told}
    ranks = _ranks(of, found)
    sharing = Counter(ranks.values())
    scored = []
    for bid, steps in told:
        points = {each.id: found[bid.id].get(each.id, Fraction(0)) for each in of.criteria}
        shown = allocated(list(points.values()), of.decimals)
        scored.append(
            ScoredBid(
                id=bid.id,
                points=FrozenMapping(points),
                total=steps[-1].result,
                shown_points=FrozenMapping(dict(zip(points, shown, strict=True))),
                shown_total=rounded(steps[-1].result, of.decimals),
                rank=ranks[bid.id],
                shared=sharing[ranks[bid.id]] > 1,
                disregarded=out[bid.id],
                steps=steps,
            )
        )
    return tuple(sorted(scored, key=lambda each: (each.rank, each.id)))


def _ranks(of: Evaluation, points: Mapping[str, Mapping[str, Fraction]]) -> dict[str, int]:
    """This will rank bids by published total, then by the tie rule; what is still equal shares a rank."""
    prices = {bid.id: bid.price for bid in of.bids}
    keys = {}
    for id, by_criterion in points.items():
        settled = Fraction(0)
        if of.tie_rule == "lower-price":
            settled = Fraction(prices[id] or 0)
        elif of.tie_rule == "criterion":
            settled = -by_criterion.get(of.tie_criterion or "", Fraction(0))
        keys[id] = (-rounded(sum(by_criterion.values(), Fraction(0)), of.decimals), settled)
    first: dict[tuple[Decimal, Fraction], int] = {}
    for rank, key in enumerate(sorted(keys.values()), 1):
        first.setdefault(key, rank)
    return {id: first[key] for id, key in keys.items()}


def _about_ask(of: Evaluation) -> Iterator[ScoreFinding]:
    counted = {each.measure for criterion in of.criteria for each in criterion.measures}
    valued = any(criterion.valued for criterion in of.criteria)
    for asked in of.ask:
        if asked.measure not in counted and not (valued and asked.value is not None):
            value = "no value" if asked.value is None else "a value that no criterion uses"
            reason = f"{asked.measure} has {value}, and no criterion counts its quantity"
            fix = "Score it by M6, M7 or M8, or say that only a mark rewards it"
            yield ScoreFinding("measure-not-counted", "note", "", "", reason, fix)
    against_price = [each.id for each in of.criteria if each.priced or each.basis == "estimated_value"]
    if against_price and of.vat is None:
        reason = "the file does not say whether prices and the estimated value include VAT"
        fix = "Bring all of them to one basis and state it in `vat`"
        yield ScoreFinding("vat-not-stated", "note", "", against_price[0], reason, fix)


def _about_bid(of: Evaluation, entry: Entry, scored: ScoredBid) -> Iterator[ScoreFinding]:
    bid, asked = entry.bid, {each.measure for each in of.ask}
    for measure in sorted(set(entry.quantities) - asked):
        reason = f"{measure} is offered and was not asked for, so it scores nothing"
        yield ScoreFinding(
            "outside-the-ask", "warning", bid.id, "", reason, "Check its name; only what was asked counts"
        )
    offer = entry.worth
    if bid.price is not None and offer > Fraction(bid.price):
        reason = f"the offer is worth {rounded(offer * 100 / Fraction(bid.price), 1)}% of the price"
        yield ScoreFinding(
            "offer-above-price", "warning", bid.id, "", reason, "Ask the bidder to explain it, and log that"
        )
    if scored.disregarded:
        reason = f"disregarded: {scored.disregarded}; its offer sets no best for the others"
        yield ScoreFinding("bid-disregarded", "note", bid.id, "", reason, "Tell the bidder why")
    for step in scored.steps:
        if step.kind == "points" and step.formula == NOT_MET:
            yield ScoreFinding("minimum-not-met", "note", bid.id, step.criterion, NOT_MET, "Tell the bidder why")
        elif step.kind == "points" and step.formula == NOTHING and scored.rank == 1:
            reason = f"no bid offered anything that {step.criterion} compares, so every bid scores 0 under it"
            yield ScoreFinding("nothing-to-compare", "warning", "", step.criterion, reason, "Look at the ask again")
    if of.method == "all-parts":
        for id in sorted(id for id, mark in bid.marks.items() if mark == 0):
            reason = "a mark of 0 can mean that no answer was given, and then the bid is to be disregarded"
            yield ScoreFinding("mark-of-nothing", "warning", bid.id, id, reason, "Write null where no answer was given")


def _about_ties(of: Evaluation, scored: Sequence[ScoredBid]) -> Iterator[ScoreFinding]:
    for total in sorted({each.shown_total for each in scored}, reverse=True):
        level = [each for each in scored if each.shown_total == total]
        names = _names(each.id for each in level)
        if len({each.rank for each in level}) > 1:
            by = {"lower-price": "the lower price", "criterion": f"the points for {of.tie_criterion}"}[of.tie_rule]
            reason = f"{names} have the same total, {total}: the tie rule puts them in order by {by}"
            yield ScoreFinding("tie-settled", "note", "", "", reason, "Nothing; the rule was published")
        for rank in sorted({each.rank for each in level if each.shared}):
            names = _names(each.id for each in level if each.rank == rank)
            reason = f"{names} share rank {rank}"
            fix = "Decide by a rule that was published" if rank == 1 else "Nothing"
            yield ScoreFinding("tie", "warning" if rank == 1 else "note", "", "", reason, fix)


def _reversals(of: Evaluation, bids: Sequence[Entry], scored: Sequence[ScoredBid]) -> Iterator[ScoreFinding]:
    """This will find each bid that lost and yet, by being the best at something, changed the order of the others."""
    before = {each.id: each.rank for each in scored}
    counts = {each.id for each in scored if not each.disregarded}
    led: dict[str, list[tuple[str, Fraction, dict[str, Fraction]]]] = {}
    for criterion in of.criteria:
        figures: dict[str, dict[str, Fraction]] = {}
        for bid in bids:
            for measure, figure in compared(of, criterion, bid) if bid.id in counts else ():
                figures.setdefault(measure, {})[bid.id] = figure
        for measure, by_bid in figures.items():
            second, best = sorted([Fraction(0), *by_bid.values()])[-2:]
            if second in (0, best):  # without the leader nothing is left to compare, or the best is as high
                continue
            leader = max(by_bid, key=by_bid.__getitem__)
            if before[leader] > 1:
                gain = points_at_stake(of, criterion, measure) * (1 / second - 1 / best)
                led.setdefault(leader, []).append((criterion.id, gain, by_bid))
    for lost, gains in sorted(led.items()):
        points = {each.id: dict(each.points) for each in scored if each.id != lost}
        for criterion_id, gain, by_bid in gains:
            for id in by_bid.keys() - {lost}:
                points[id][criterion_id] += gain * by_bid[id]
        after = _ranks(of, points)
        if turned := _first_turned(before, after):
            ahead, behind = turned
            reason = f"relative method: a bid that lost changed the order; without {lost}, {ahead} would stand " + (
                f"ahead of {behind}" if after[ahead] < after[behind] else f"level with {behind}"
            )
            fix = "A method that compares with a published target (M3, M8) does not do this"
            yield ScoreFinding("order-changed-by-loser", "warning", lost, gains[0][0], reason, fix)


def _first_turned(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[str, str] | None:
    """This will give the highest two neighbours whose order differs, the one that gains first; None where none does."""
    for ahead, behind in pairwise(sorted(after, key=lambda id: (before[id], id))):
        level = before[ahead] == before[behind], after[ahead] == after[behind]
        if after[ahead] > after[behind] or level[0] != level[1]:
            return (behind, ahead) if after[behind] <= after[ahead] else (ahead, behind)
    return None


def _names(ids: Iterable[str]) -> str:
    *most, last = sorted(ids)
    return f"{', '.join(most)} and {last}" if most else last
