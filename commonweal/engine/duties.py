"""The duties a public body has when it begins a procurement, a grant, a transfer or the like, each with its why.

The rules are data (`catalogue/duties/`): what is written there decides, and this module only compares. It says
`unconfirmed` rather than `yes` where a rule or an amount has not been read in its source, or turns on a fact that was
not asked. It is a check-list, not legal advice.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast, get_args

from commonweal.engine.document import CATALOGUE, read_document
from commonweal.engine.model import Confidence, FrozenMapping
from commonweal.money import as_decimal

Nation = Literal["england", "wales", "scotland", "northern-ireland"]
BodyKind = Literal[
    "central", "nhs", "council", "combined-authority", "devolved-wales", "devolved-scotland", "utility", "other"
]
Channel = Literal["procurement", "grant", "asset-transfer", "finance", "planning", "own-service", "partnership"]
ContractKind = Literal["goods", "services", "works"]
Applies = Literal["yes", "no", "optional", "unconfirmed"]
Vat = Literal["inclusive", "exclusive", "to-confirm"]

#: Bodies that are devolved authorities in law wherever they are in these nations.
_DEVOLVED: Mapping[str, BodyKind] = FrozenMapping({"wales": "devolved-wales", "scotland": "devolved-scotland"})
_POUNDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_LARGEST = Decimal(10) ** 12
_DEVOLVED_KINDS = ("council", "nhs", "combined-authority")
_HOME: Mapping[str, str] = FrozenMapping({"devolved-wales": "wales", "devolved-scotland": "scotland"})


class InvalidCase(ValueError):
    """This will say which part of a question about duties cannot be, and what it may be."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """This will hold one amount in GBP at (`>=`) or above (`>`) which a rule applies, from a day in to a day out."""

    id: str
    amount: Decimal
    comparator: Literal[">=", ">"]
    vat: Vat
    instrument: str
    source: str
    confidence: Confidence
    bodies: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    amount_to_confirm: bool = False
    doubtful_from: Decimal | None = None

    def fits(self, body: str, kind: str | None, day: date) -> bool:
        """This will say whether the threshold is the one for a body, a kind of contract and a day."""
        return (
            (not self.bodies or body in self.bodies)
            and (not self.kinds or kind in self.kinds)
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day < self.valid_to)
        )

    def reached_by(self, amount: Decimal) -> bool:
        """This will say whether an amount reaches the threshold."""
        return amount > self.amount or (self.comparator == ">=" and amount == self.amount)


@dataclass(frozen=True, slots=True)
class Rule:
    """This will hold one duty as the catalogue writes it; `catalogue/duties/duties.yaml` says what each part means."""

    id: str
    instrument: str
    section: str
    requires: str
    source: str
    confidence: Confidence
    nations: tuple[str, ...]
    bodies: tuple[str, ...]
    channels: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    may_adopt: tuple[str, ...] = ()
    not_bound: Mapping[str, str] = FrozenMapping({})
    doubtful: Mapping[str, str] = FrozenMapping({})
    threshold: str = ""
    ceiling: str = ""
    begins: date | None = None
    optional_from: date | None = None
    ends: date | None = None
    only_if: str = ""
    outside: str = ""
    permits: bool = False
    absent: bool = False
    weights: Mapping[str, str] = FrozenMapping({})


@dataclass(frozen=True, slots=True)
class Duty:
    """This will hold one duty answered: whether it applies, why, and where it was read.

    `threshold` is the id of the threshold that decided, `minimum_weight` the least share of the marks in percent.
    """

    id: str
    instrument: str
    section: str
    requirement: str
    applies: Applies
    why: str
    confidence: Confidence
    source: str
    threshold: str | None = None
    minimum_weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    nation: str
    body: BodyKind
    channel: str
    kind: str | None
    value: Decimal
    day: date


def duties_for(
    nation: str, body_kind: str, channel: str, kind: str | None, value: Decimal | int | str, commenced: date
) -> list[Duty]:
    """This will give every duty of the catalogue, in its order, with whether it applies and why.

    `value` is the whole estimated value in GBP including VAT; `commenced` the day the tender notice was published, or
    the agreement begun. `kind` may be None where nothing is bought. Councils and health bodies of Wales and Scotland
    are devolved authorities in law and are read so. Raises `InvalidCase`.
    """
    case = _Case(nation, body_in_law(nation, body_kind), channel, kind, _amount(value), commenced)
    if channel not in get_args(Channel):
        raise InvalidCase(f"channel '{channel}' is not one of {', '.join(get_args(Channel))}")
    if kind not in get_args(ContractKind) and (channel == "procurement" or kind is not None):
        raise InvalidCase(f"kind '{kind or ''}' is not one of {', '.join(get_args(ContractKind))}")
    return [_answer(rule, case) for rule in rules()]


def body_in_law(nation: str, body_kind: str) -> BodyKind:
    """This will give the kind of body the law sees: a Welsh council is `devolved-wales`. Raises `InvalidCase`."""
    if nation not in get_args(Nation):
        raise InvalidCase(f"nation '{nation}' is not one of {', '.join(get_args(Nation))}")
    if body_kind not in get_args(BodyKind):
        raise InvalidCase(f"body kind '{body_kind}' is not one of {', '.join(get_args(BodyKind))}")
    if _HOME.get(body_kind, nation) != nation:
        raise InvalidCase(f"body kind '{body_kind}' is of {_HOME[body_kind]}, not of {nation}")
    if body_kind in _DEVOLVED_KINDS and nation in _DEVOLVED:
        return _DEVOLVED[nation]
    return cast(BodyKind, body_kind)


def _amount(value: Decimal | int | str) -> Decimal:
    if isinstance(value, str) and not _POUNDS.fullmatch(value):
        raise InvalidCase(f"value '{value[:40]}' is not an amount: write pounds in plain digits, such as 250000")
    try:
        amount = as_decimal(value)
    except ValueError as error:
        raise InvalidCase(f"value {error}") from None
    if not 0 <= amount < _LARGEST:
        raise InvalidCase(f"value {amount:.6g} is not between 0 and a thousand billion")
    return amount


def _answer(rule: Rule, case: _Case) -> Duty:
    limit, doubt = _limit(rule.threshold, case) if rule.threshold else (None, "")
    answer: Applies
    outside = _outside(rule, case)
    answer, why = ("no", outside) if outside is not None else _inside(rule, case, limit, doubt)
    weight = None
    if answer != "no":
        reached = [percent for id, percent in rule.weights.items() if _meets(id, case)]
        weight = max(map(Decimal, reached), default=None)
    return Duty(
        id=rule.id,
        instrument=rule.instrument,
        section=rule.section,
        requirement=rule.requires,
        applies=answer,
        why=_sentence(why, f"the least weight is {weight}% of the marks" if weight else ""),
        confidence=rule.confidence,
        source=rule.source,
        threshold=limit.id if limit and outside is None else None,
        minimum_weight=weight,
    )


def _outside(rule: Rule, case: _Case) -> str | None:
    """This will say why the case lies outside the rule, or None where nobody, nothing and no day puts it outside."""
    if case.body in rule.not_bound:
        return rule.not_bound[case.body]
    if rule.channels and case.channel not in rule.channels:
        return f"it is about {' and '.join(rule.channels)}, not {case.channel}"
    if case.nation not in rule.nations:
        return f"it is of {', '.join(rule.nations)}, not {case.nation}"
    if case.body not in rule.bodies and case.body not in rule.may_adopt:
        return f"it does not bind a body of kind {case.body}"
    if rule.absent:
        return "it records that there is no duty here"
    if rule.kinds and case.kind not in rule.kinds:
        return f"it is about {' and '.join(rule.kinds)}, not {case.kind}"
    first = min((day for day in (rule.begins, rule.optional_from) if day), default=None)
    if first and case.day < first:
        return f"it begins on {first}, after {case.day}"
    if rule.ends and case.day >= rule.ends:
        return f"it is for what began before {rule.ends}, and this began on {case.day}"
    return None


def _inside(rule: Rule, case: _Case, limit: Threshold | None, doubt: str) -> tuple[Applies, str]:
    doubts = [doubt] if doubt else []
    reason = f"a body of kind {case.body} that began on {case.day} is within it"
    if limit:
        told = f"£{case.value:,} {{}} the threshold of £{limit.amount:,} ({limit.id}{_vat_note(limit)})"
        if not limit.reached_by(case.value):
            if limit.doubtful_from is None or case.value <= limit.doubtful_from:
                return "no", told.format("does not reach")
            doubts.append(f"the threshold was £{limit.doubtful_from:,} until a date to be confirmed")
        elif limit.amount_to_confirm:
            doubts.append(f"the amount of {limit.id} is to be confirmed")
        elif limit.confidence == "known":
            doubts.append(f"the amount of {limit.id} is general knowledge, not yet read in its source")
        reason = told.format("reaches" if limit.reached_by(case.value) else "does not reach")
    if rule.ceiling:
        ceiling, doubt = _limit(rule.ceiling, case)
        if ceiling and ceiling.reached_by(case.value):
            return "no", f"£{case.value:,} is not below the threshold of £{ceiling.amount:,} ({ceiling.id})"
        doubts += [doubt] if doubt else []
        if ceiling:
            reason += f"; it is below £{ceiling.amount:,} ({ceiling.id})"
    if case.body in rule.doubtful:
        doubts.append(rule.doubtful[case.body])
    if rule.only_if:
        doubts.append(f"it applies only if {rule.only_if}")
    if rule.confidence == "known":
        doubts.append("the rule is general knowledge, not yet read in its source")
    if case.body in rule.may_adopt:
        return "optional", _sentence(f"it does not bind a body of kind {case.body}, which may follow it", *doubts)
    if doubts:
        return "unconfirmed", _sentence(reason, *doubts)
    if rule.begins and case.day < rule.begins:
        return "optional", _sentence(reason, f"it may be followed before {rule.begins} and must be from then")
    if rule.permits:
        return "optional", _sentence(reason, "it allows and does not require")
    return "yes", _sentence(reason, f"outside it: {rule.outside}" if rule.outside else "")


def _limit(name: str, case: _Case) -> tuple[Threshold | None, str]:
    """This will give the threshold that fits the case, or the doubt that there is none on record."""
    fitting = [each for each in _named(name) if each.fits(case.body, case.kind, case.day)]
    if fitting:
        return fitting[0], ""
    return None, f"no threshold ({name}) is on record for {case.day}"


def _meets(name: str, case: _Case) -> bool:
    limit, _ = _limit(name, case)
    return limit is None or limit.reached_by(case.value)


def _vat_note(limit: Threshold) -> str:
    return {
        "inclusive": ", VAT included",
        "exclusive": ", which is without VAT while the value given includes it",
        "to-confirm": ", whose VAT basis is to be confirmed; the value given includes VAT",
    }[limit.vat]


def _sentence(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


@functools.cache
def thresholds() -> Mapping[str, Threshold]:
    """This will give every threshold of the catalogue by its permanent id."""
    return FrozenMapping(
        {
            id: Threshold(
                id=id,
                amount=Decimal(entry["amount"]),
                comparator=entry["comparator"],
                vat=entry["vat"],
                instrument=entry["instrument"],
                source=entry["source"],
                confidence=entry["confidence"],
                bodies=tuple(entry.get("bodies", ())),
                kinds=tuple(entry.get("kinds", ())),
                valid_from=_day(entry.get("from")),
                valid_to=_day(entry.get("to")),
                amount_to_confirm=entry.get("amount_to_confirm", False),
                doubtful_from=Decimal(entry["doubtful_from"]) if "doubtful_from" in entry else None,
            )
            for id, entry in _content("thresholds")["thresholds"].items()
        }
    )


@functools.cache
def rules() -> tuple[Rule, ...]:
    """This will give every duty of the catalogue as written, in its order."""
    content = _content("duties")
    nations, bodies = content["nation_sets"], content["body_sets"]
    return tuple(
        Rule(
            id=id,
            instrument=entry["instrument"],
            section=entry["section"],
            requires=entry["requires"],
            source=entry["source"],
            confidence=entry["confidence"],
            nations=_members(entry["nations"], nations),
            bodies=_members(entry["bodies"], bodies),
            channels=tuple(entry["channels"]),
            kinds=tuple(entry.get("kinds", ())),
            may_adopt=tuple(entry.get("may_adopt", ())),
            not_bound=FrozenMapping(entry.get("not_bound")),
            doubtful=FrozenMapping(entry.get("doubtful")),
            threshold=entry.get("threshold", ""),
            ceiling=entry.get("ceiling", ""),
            begins=_day(entry.get("from")),
            optional_from=_day(entry.get("optional_from")),
            ends=_day(entry.get("to")),
            only_if=entry.get("only_if", ""),
            outside=entry.get("except", ""),
            permits=entry.get("permits", False),
            absent=entry.get("absent", False),
            weights=FrozenMapping(entry.get("weights")),
        )
        for id, entry in content["duties"].items()
    )


@functools.cache
def sources() -> Mapping[str, str]:
    """This will give the title of each source that duties and thresholds name, by its id."""
    return FrozenMapping(_content("sources")["sources"])


@functools.cache
def _named(name: str) -> tuple[Threshold, ...]:
    members: Sequence[str] = _content("thresholds")["sets"].get(name, [name])
    return tuple(thresholds()[id] for id in members)


@functools.cache
def _content(name: str) -> dict[str, Any]:
    return read_document(CATALOGUE / "duties" / f"{name}.yaml").content


def _members(written: str | list[str], sets: Mapping[str, list[str]]) -> tuple[str, ...]:
    return tuple(sets[written] if isinstance(written, str) else written)


def _day(written: str | None) -> date | None:
    if written is None:
        return None
    return date(int(written), 1, 1) if len(written) == 4 else date.fromisoformat(written)
