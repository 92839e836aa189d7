"""Promised against achieved: how an agreement's promises stand on a day, reckoned from what is known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from commonweal.base.templatetags.figures import amount_in_unit, long_date, quantity
from commonweal.delivery.vocabulary import FORMULAS
from commonweal.engine.profile import ProfilePart, expected_by_profile
from commonweal.engine.promises import Comparison, compare, expected_by
from commonweal.money import round_half_up

if TYPE_CHECKING:
    from commonweal.delivery.models import Agreement, Commitment

ZERO = Decimal(0)
_UNPROMISED = {
    "per-spend": "Rate, not a quantity", "trigger": "Rate, not a quantity", "option": "Not unless it is taken up",
}  # fmt: skip
#: Under so many lines with a ratio of delivered to promised, no ratio is the usual one.
FEWEST_COMPARED = 3
#: More than so many times what was promised is asked about before it is taken.
FAR_BEYOND = 100


@dataclass(frozen=True, slots=True)
class Assured:
    """The four kinds of assurance of one or many entries, in one unit, each its own quantity."""

    claimed: Decimal = ZERO
    evidenced: Decimal = ZERO
    confirmed: Decimal = ZERO
    assured: Decimal = ZERO
    confirmable: Decimal = ZERO
    brought_forward: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Accrued:
    """What a formula promise has come to: over what (pounds, or how often it happened), in all, and of that this body's own.

    `orders` is how many orders or counts it stands on; with none it is still a rate. A fixed promise is here only when a
    change has revised it.
    """

    base: Decimal = ZERO
    quantity: Decimal = ZERO
    own: Decimal = ZERO
    orders: int = 0
    is_revised: bool = False

    @property
    def is_quantity(self) -> bool:
        """Whether it says how much is promised."""
        return self.is_revised or bool(self.orders)


NOTHING_ACCRUED: Mapping[int, Accrued] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One line of the promised-against-achieved table."""

    commitment: Commitment
    promised: Decimal | None
    expected: Decimal | None
    delivered: Assured
    ratio: Fraction | None = None
    flag: str | None = None
    flag_reason: str = ""
    overdue: bool = False
    accrued: Accrued | None = None
    #: The quarters agreed for it; none where its pace is even.
    profile: tuple[ProfilePart, ...] = ()

    @property
    def unpromised(self) -> str:
        """What is said in place of a quantity where none is promised yet: a rate, or an option; else nothing."""
        return "" if self.promised is not None else _UNPROMISED.get(self.commitment.basis, "")

    @property
    def pace_words(self) -> str:
        """What its expected quantity rests on; "" where nothing is expected."""
        if self.expected is None:
            return ""
        return _("by the agreed profile") if self.profile else _("at an even pace")

    @property
    def is_harm(self) -> bool:
        """Whether less of it is better: what was promised is then a limit."""
        return self.commitment.direction == "harm"

    @property
    def met(self) -> bool:
        """Whether what is claimed keeps the promise: at least it, or for a harm at most it."""
        if self.promised is None:
            return False
        claimed = self.delivered.claimed
        return claimed <= self.promised if self.is_harm else claimed >= self.promised

    @property
    def passed(self) -> bool:
        """Whether more of a harm is claimed than its limit allows."""
        return self.is_harm and self.promised is not None and not self.met

    @property
    def behind(self) -> bool:
        """Whether less is claimed than is expected by now, and it is not overdue yet."""
        if self.is_harm or self.overdue or self.expected is None:
            return False
        return self.delivered.claimed < self.expected

    @property
    def expected_shown(self) -> Decimal | None:
        """What is expected by now, to one decimal place: more would only look exact."""
        return None if self.expected is None else round_half_up(self.expected, Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class PromiseTable:
    """All promises of an agreement on a day, with the agreement's median ratio and flag."""

    agreement: Agreement
    on: date
    rows: tuple[PromiseRow, ...]
    median: Fraction | None
    ambition: bool

    @property
    def pace_words(self) -> str:
        """What "expected by now" rests on, as a sentence; "" where nothing is expected."""
        found = {bool(row.profile) for row in self.rows if row.expected is not None}
        if found == {True, False}:
            return _(
                "“Expected by now” is by the agreed quarterly profile where a promise has one, else at an even pace."
            )
        if found == {True}:
            return _("“Expected by now” is by the agreed quarterly profile.")
        return _("“Expected by now” is at an even pace.") if found else ""

    @property
    def usual(self) -> Fraction | None:
        """The median ratio where enough lines have one to call anything usual; else None."""
        return self.median if sum(row.ratio is not None for row in self.rows) >= FEWEST_COMPARED else None


def how_often(number: Decimal) -> str:
    """This will write how often a trigger happened: "1 time", "3 times"."""
    return f"{quantity(number)} {'time' if number == 1 else 'times'}"


def formula_words(commitment: Commitment) -> str:
    """This will say a formula promise in words: so much for each, how parts count, and its most; "" for a fixed one."""
    if commitment.basis not in FORMULAS or commitment.quantity is None:
        return ""
    if commitment.basis == "per-spend":
        if commitment.per_amount is None:
            return "For each amount spent; how much for each is not recorded, so it cannot be counted yet"
        each = f"£{commitment.per_amount.normalize():,f} ordered"
    else:
        times = commitment.per_count or Decimal(1)
        each = "time it happens" if times == 1 else f"{times.normalize():,f} times it happens"
        each += f" ({commitment.basis_words})" if commitment.basis_words else ""
    full = commitment.rounding == "full"
    words = f"{amount_in_unit(commitment.quantity, commitment.unit_words)} for each {'full ' if full else ''}{each}"
    most = (
        f", at most {amount_in_unit(commitment.capped_at, commitment.unit_words)} in all"
        if commitment.capped_at
        else ""
    )
    return f"{words}{'' if full else ', pro rata'}{most}"


def promised_by(commitment: Commitment, accrued: Mapping[int, Accrued]) -> Decimal | None:
    """This will say how much is promised: a fixed quantity (as last revised), what a formula has come to, or nothing yet (None).

    A formula with nothing ordered is a rate, not a quantity; an option is no promise until it is taken up.
    """
    held = accrued.get(commitment.pk)
    if commitment.quantity is None or (commitment.basis == "fixed" and held is None):
        return commitment.quantity
    return held.quantity if held is not None and held.is_quantity else None


def compared(
    agreement: Agreement, commitments: Sequence[Commitment], sums: Mapping[int, Assured], on: date,
    profiles: Mapping[int, tuple[ProfilePart, ...]], accrued: Mapping[int, Accrued] = NOTHING_ACCRUED,
) -> PromiseTable:  # fmt: skip
    """This will compare promises with the sums of what was delivered under each, by inner key, on a day.

    `profiles` are the quarters agreed for each (`queries.agreed_profiles`); a promise without any has an even pace.
    `accrued` is what formula promises have come to, by inner key (`queries.accruals`).
    """
    # A harm below its limit is no shortfall, and one above it no ambition: harms have no ratio.
    found: Comparison = compare(
        [
            (None if c.direction == "harm" else promised_by(c, accrued), sums.get(c.pk, Assured()).claimed)
            for c in commitments
        ]
    )
    rows = []
    for commitment, flagged in zip(commitments, found.lines, strict=True):
        starts = commitment.starts_on or agreement.starts_on
        ends = commitment.ends_on or agreement.ends_on
        promised = promised_by(commitment, accrued)
        # Only a fixed quantity has a pace; a rate, a trigger or an option is due when it happens.
        fixed = promised is not None and commitment.basis == "fixed"
        profile = profiles.get(commitment.pk, ())
        expected = None
        if profile:
            expected = expected_by_profile(profile, on)
            held = accrued.get(commitment.pk)
            if held is not None and held.is_revised and promised is not None:
                # Quarters agreed before a change lowered the promise expect no more of it than what is left.
                expected = min(expected, promised)
        elif promised is not None and fixed:
            expected = expected_by(promised, starts, ends, on)
        delivered = sums.get(commitment.pk, Assured())
        is_harm = commitment.direction == "harm"
        late = bool(promised and ends and ends < on and delivered.claimed < promised and not is_harm)
        rows.append(
            PromiseRow(
                commitment,
                promised,
                expected,
                delivered,
                flagged.ratio,
                flagged.flag,
                flagged.reason,
                overdue=late,
                accrued=accrued.get(commitment.pk),
                profile=profile,
            )
        )
    return PromiseTable(agreement, on, tuple(rows), found.median, found.ambition)


def dates_out_of_term(commitment: Commitment, starts_on: date | None, ends_on: date | None) -> list[str]:
    """This will say where a delivery lies outside its promise's term (or its agreement's); empty where it does not.

    It is a finding for whoever looks at the evidence, not a refusal: late delivery is real, and early delivery may be
    what would have happened anyway.
    """
    begins = commitment.starts_on or commitment.agreement.starts_on
    ends = commitment.ends_on or commitment.agreement.ends_on
    first, last = starts_on or ends_on, ends_on or starts_on
    found = []
    if begins and first and first < begins:
        found.append(
            f"It begins before the promise did, on {long_date(begins)}. Only what the agreement caused counts."
        )
    if ends and last and last > ends:
        found.append(f"It is later than the promise’s last day, {long_date(ends)}.")
    return found


def quantity_far_beyond(commitment: Commitment, delivered: Decimal | None) -> list[str]:
    """This will say where a delivery is more than a hundred times its promise; empty where it is not.

    A formula promise has no whole to compare with.
    """
    promised = commitment.quantity
    if not promised or delivered is None or commitment.basis in FORMULAS or delivered <= FAR_BEYOND * promised:
        return []
    told = amount_in_unit(delivered, commitment.unit_words)
    return [f"{told} is more than {FAR_BEYOND} times the {amount_in_unit(promised, commitment.unit_words)} promised."]
