"""What a change does to the scores of an award: social value points before and after, and whether the order changes.

Every figure is the engine's (`engine.scoring.score`). The body's own price and quality points enter as they were given,
as points of one measure each up to all there are; social value is scored by the method on record where that method works
from an offer in pounds, and enters as points otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from commonweal.engine.scoring import Result, ScoredBid, score
from commonweal.engine.scoring_model import (
    Asked,
    Basis,
    Bid,
    Criterion,
    Evaluation,
    InvalidEvaluation,
    Method,
    Offered,
    Scored,
    Target,
    TieRule,
)

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
#: The methods that score an offer in pounds, which a change of the promises moves.
FROM_POUNDS: Final[tuple[Method, ...]] = ("M1", "M2", "M3")
PRICE: Final = "price"
QUALITY: Final = "quality"
SOCIAL_VALUE: Final = "social value"


class CannotRank(ValueError):
    """Something without which the ranking cannot be computed is not on record; the words say what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenderer:
    """One tenderer as it was scored: its price, its points, and its social value offer in pounds where it is known."""

    label: str
    price: Decimal
    price_points: Decimal
    quality_points: Decimal
    social_value_points: Decimal
    offer: Decimal | None = None
    awarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """The scores of an award as they stood, with the weights and the method of social value."""

    points: Decimal
    decimals: int
    tie_rule: TieRule
    price_weight: Decimal
    quality_weight: Decimal
    social_value_weight: Decimal
    method: Method
    tenderers: tuple[Tenderer, ...]
    target: Decimal | None = None
    target_basis: Basis = "amount"
    estimated_value: Decimal | None = None

    @property
    def is_by_method(self) -> bool:
        """Whether the method on record can score a changed offer."""
        return self.method in FROM_POUNDS and all(each.offer is not None for each in self.tenderers)

    @property
    def awarded(self) -> Tenderer:
        """The tenderer that won."""
        return next(each for each in self.tenderers if each.awarded)

    @property
    def needs_price(self) -> bool:
        """Whether the price itself, beside its points, bears on the order."""
        return self.tie_rule == "lower-price" or (
            self.is_by_method and (self.method == "M2" or (self.method == "M3" and self.target_basis == "own_price"))
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """How changes move the awarded offer: in pounds at its edition, or why not; and whether the value moves."""

    amount: Decimal | None
    why: str = ""
    value_moves: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What an officer entered for the awarded offer after a change, where it cannot be worked out."""

    social_value_points: Decimal | None = None
    price: Decimal | None = None
    price_points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """An award scored as it stood, before a change, and after it."""

    stood: Result
    before: Result
    after: Result
    awarded: str
    by_method: bool

    @property
    def changes(self) -> bool:
        """Whether any tenderer would stand at another rank than at the award, or share one that it did not share."""
        return _order(self.stood) != _order(self.after)

    @property
    def points_before(self) -> Decimal:
        """The social value points of the awarded offer before the change, as published."""
        return self._points(self.before)

    @property
    def points_after(self) -> Decimal:
        """The social value points of the awarded offer after the change, as published."""
        return self._points(self.after)

    @property
    def points_lost(self) -> Decimal:
        """How many social value points fewer the awarded offer has after the change; zero where it has no fewer."""
        return max(self.points_before - self.points_after, ZERO)

    @property
    def rows(self) -> list[tuple[ScoredBid, ScoredBid]]:
        """Each tenderer after the change and at the award, by its rank after."""
        stood = {each.id: each for each in self.stood.bids}
        return [(each, stood[each.id]) for each in self.after.bids]

    @property
    def steps(self) -> list[str]:
        """The steps that lead to the awarded offer's social value points and total after the change."""
        steps = bid_of(self.after, self.awarded).steps
        shown = [each for each in steps if each.criterion == SOCIAL_VALUE] if self.by_method else []
        return [each.sentence for each in (*shown, steps[-1])]

    def _points(self, result: Result) -> Decimal:
        return bid_of(result, self.awarded).shown_points.get(SOCIAL_VALUE, ZERO)


def bid_of(result: Result, label: str) -> ScoredBid:
    """This will find one tenderer in a result."""
    return next(each for each in result.bids if each.id == label)


def _order(result: Result) -> dict[str, tuple[int, bool]]:
    return {each.id: (each.rank, each.shared) for each in result.bids}


def as_evaluation(award: Award, *, by_method: bool) -> Evaluation:
    """This will give an award as the engine scores it; raises CannotRank, and says every fault."""
    criteria, asked = [], []
    for name, weight in (
        (PRICE, award.price_weight), (QUALITY, award.quality_weight), (SOCIAL_VALUE, award.social_value_weight)
    ):  # fmt: skip
        if not weight:
            continue
        if name == SOCIAL_VALUE and by_method:
            target = Target(award.target_basis, award.target) if award.target is not None else None
            criteria.append(Criterion(id=name, weight=weight, method=award.method, target=target))
            asked.append(Asked(name, ONE))
        else:
            most = award.points * weight / 100
            given = (Scored(measure=name, points=ONE, cap=most),)
            criteria.append(Criterion(id=name, weight=weight, method="M6", measures=given))
            asked.append(Asked(name))
    try:
        return Evaluation(
            method="sum", points=award.points, decimals=award.decimals, tie_rule=award.tie_rule,
            criteria=tuple(criteria), ask=tuple(asked), estimated_value=award.estimated_value,
            bids=tuple(_bid(each, by_method) for each in award.tenderers),
        )  # fmt: skip
    except InvalidEvaluation as invalid:
        raise CannotRank(" ".join(f"{fault.reason}. {fault.fix}." for fault in invalid.faults)) from None


def _bid(of: Tenderer, by_method: bool) -> Bid:
    social_value = (of.offer or ZERO) if by_method else of.social_value_points
    given = ((PRICE, of.price_points), (QUALITY, of.quality_points), (SOCIAL_VALUE, social_value))
    return Bid(id=of.label, price=of.price, lines=tuple(Offered(name, amount) for name, amount in given))


def check_as_it_stood(award: Award) -> Result:
    """This will score an award as it stood; raises CannotRank where the figures do not agree with one another."""
    if sum(each.awarded for each in award.tenderers) != 1:
        raise CannotRank("Say which one of the tenderers was awarded.")
    if len(award.tenderers) < 2:
        raise CannotRank("Give at least two tenderers: one alone has no ranking.")
    _check_at_most_all_points(award)
    result = score(as_evaluation(award, by_method=award.is_by_method))
    if award.is_by_method:
        for each in award.tenderers:
            found = bid_of(result, each.label).shown_points.get(SOCIAL_VALUE, ZERO)
            if abs(found - each.social_value_points) > Decimal(1).scaleb(-award.decimals):
                raise CannotRank(
                    f"By this method the offer of {each.label} earns {found} points, and {each.social_value_points:f} are "
                    "given. Check offer, method and weight, or leave the offers out: then points are entered by hand."
                )
    if bid_of(result, award.awarded.label).rank != 1:
        raise CannotRank(
            f"By these figures {result.bids[0].id} stands first, not {award.awarded.label}. Check the points and the "
            "weights; a tenderer that was shut out or withdrew is left out."
        )
    return result


def _check_at_most_all_points(award: Award) -> None:
    for each in award.tenderers:
        for name, points, weight in (
            (PRICE, each.price_points, award.price_weight), (QUALITY, each.quality_points, award.quality_weight),
            (SOCIAL_VALUE, each.social_value_points, award.social_value_weight),
        ):  # fmt: skip
            if not 0 <= points * 100 <= award.points * weight:
                most = award.points * weight / 100
                raise CannotRank(
                    f"{each.label} has {points:f} points for {name}, and there are {most.normalize():f}. Give points "
                    "already weighted, from 0 up to all there are."
                )


def standing(award: Award, moved: Moved, said: Said, *, by_method: bool) -> Result:
    """This will score an award with the awarded offer as changes leave it; raises CannotRank and says what is missing."""
    won = award.awarded
    if moved.value_moves:
        if said.price_points is None or (award.needs_price and said.price is None):
            raise CannotRank(
                "The value moves, and how the price was scored is not on record. Enter the price of the awarded offer "
                "after the change and the points it would have had."
            )
        won = replace(won, price_points=said.price_points, price=won.price if said.price is None else said.price)
    if by_method:
        assert moved.amount is not None
        won = replace(won, offer=(won.offer or ZERO) + moved.amount)
    elif said.social_value_points is not None:
        won = replace(won, social_value_points=said.social_value_points)
    elif moved.amount != 0:
        raise CannotRank(f"{moved.why or _why(award)} Enter the social value points that it would have had.")
    changed = replace(award, tenderers=tuple(won if each.awarded else each for each in award.tenderers))
    _check_at_most_all_points(changed)
    return score(as_evaluation(changed, by_method=by_method))


def _why(award: Award) -> str:
    if award.method not in FROM_POUNDS:
        return "The method on record does not score an offer in pounds, so it cannot score the changed one."
    return "The offers in pounds are not on record, so the method cannot score the changed one."


def rank(award: Award, before: tuple[Moved, Said], after: tuple[Moved, Said]) -> Ranking:
    """This will say what a change does to an award: `before` is what changes made earlier did, `after` with this one.

    Raises CannotRank, with what is missing.
    """
    by_method = award.is_by_method and before[0].amount is not None and after[0].amount is not None
    stood = score(as_evaluation(award, by_method=by_method))
    try:
        earlier = standing(award, *before, by_method=by_method)
    except CannotRank:
        earlier = stood  # an earlier change was made while nothing was on record
    return Ranking(stood, earlier, standing(award, *after, by_method=by_method), award.awarded.label, by_method)


def read_rows(text: str, awarded: str, figures: Sequence[str]) -> list[list[str]]:
    """This will split rows pasted from a sheet into cells, by tab or semicolon; raises CannotRank and names the row."""
    rows = []
    for number, row in enumerate(filter(str.strip, text.splitlines()), 1):
        cells = [cell.strip() for cell in row.split("\t" if "\t" in row else ";")]
        if len(cells) not in (len(figures), len(figures) - 1):
            raise CannotRank(f"Row {number} has {len(cells)} cells. Write, in this order: {'; '.join(figures)}.")
        rows.append(cells + [""] * (len(figures) - len(cells)))
    if awarded.strip() not in [cells[0] for cells in rows]:
        raise CannotRank(
            f"No row begins with “{awarded.strip()}”, so nobody was awarded. Write the name as in its row."
        )
    return rows
