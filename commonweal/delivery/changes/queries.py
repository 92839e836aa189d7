"""What pages read of changes, credits and outturns; and what a change would do to the worth of the promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django.db.models import QuerySet, Sum

from commonweal.base.models import Body, Party
from commonweal.community.matching import Side as NeedSide
from commonweal.community.queries import Fitting, needs_that_fit
from commonweal.delivery.changes.ledger import ZERO, Backed, Lot, Unbacked, balance, surplus, unbacked
from commonweal.delivery.changes.models import (
    AwardScores,
    Change,
    ChangeLine,
    CreditLeg,
    CreditMove,
    Outturn,
    OutturnLine,
    Rescored,
    SignOff,
    TendererScore,
)
from commonweal.delivery.changes.ranking import Award, CannotRank, Moved, Ranking, Said, Tenderer, rank
from commonweal.delivery.changes.worth import Neutrality, Pair, Side, compare, worth_of
from commonweal.delivery.models import Agreement, AssuranceFact, Commitment, Entry, Revision
from commonweal.delivery.promises import PromiseRow
from commonweal.delivery.queries import clause_of, promise_table
from commonweal.directory.queries import ancestors, today
from commonweal.engine.grounds import Ground, Regime, regime_for
from commonweal.engine.scoring_model import Basis, Method, TieRule
from commonweal.frameworks.queries import get_edition

#: More needs of the wish list than this are not weighed up beside one promise.
MOST_NEEDS = 5
#: A debt below a penny is what rounding leaves.
LEAST_OWED = Decimal("0.01")


def _changes() -> QuerySet[Change]:
    return Change.objects.select_related(
        "body", "party", "agreement__body", "agreement__party", "agreement__provider", "proposed_by__key_held",
        "answered_by__key_held", "decided_by__key_held", "excused_by__key_held",
    )  # fmt: skip


def changes_of(agreement: Agreement) -> list[Change]:
    """This will list the changes of an agreement, latest first."""
    return list(_changes().filter(agreement=agreement).order_by("-number"))


def get_change(body: Body, public_id: str) -> Change:
    """This will find a change of a body; raises Change.DoesNotExist."""
    return _changes().get(body=body, public_id=public_id)


def changes_of_party(party: Party) -> list[Change]:
    """This will list what was proposed to a provider, what waits for it first; a body's drafts are not shown to it."""
    found = _changes().filter(party=party).exclude(state__in=("draft", "dropped"))
    return sorted(found.order_by("-recorded_at"), key=lambda each: each.state != "proposed")


def get_change_of_party(party: Party, public_id: str) -> Change:
    """This will find a change that was proposed to a provider; raises Change.DoesNotExist."""
    return _changes().exclude(state__in=("draft", "dropped")).get(party=party, public_id=public_id)


def lines_of(change: Change) -> list[ChangeLine]:
    """This will list the lines of a change that stand."""
    found = ChangeLine.objects.filter(change=change, taken_out_at__isnull=True)
    return list(found.select_related("before__measure__edition", "measure__edition", "made").order_by("id"))


def get_line(body: Body, public_id: str) -> ChangeLine:
    """This will find a line of a change of a body; raises ChangeLine.DoesNotExist."""
    return ChangeLine.objects.select_related("change__agreement__body", "change__body").get(
        body=body, public_id=public_id, taken_out_at__isnull=True
    )


def sign_off_of(change: Change) -> SignOff | None:
    """This will find the last legal opinion on a change, if there is one; needs the body's scope."""
    return SignOff.objects.filter(change=change).select_related("signed_by__key_held").order_by("-id").first()


def regime_of(agreement: Agreement) -> Regime:
    """This will find the grounds that an agreement may be changed on."""
    return regime_for(agreement.regime, agreement.starts_on)


def ground_of(change: Change) -> Ground | None:
    """This will find the ground a change is made on."""
    return regime_of(change.agreement).ground(change.ground)


@dataclass(frozen=True, slots=True)
class Cumulative:
    """How far the value has moved since the start, with the change in hand: in pounds, of the first value."""

    first: Decimal | None
    amount: Decimal
    own: Decimal

    @property
    def percent(self) -> Decimal | None:
        """The same in per cent of the first value; None where that is not known or nothing."""
        return self.amount * 100 / abs(self.first) if self.first else None


def cumulative(agreement: Agreement, with_change: Change | None = None) -> Cumulative:
    """This will sum every change of value that was made, and the one in hand."""
    made = list(Change.objects.filter(agreement=agreement, state="made").order_by("made_at", "number"))
    first = made[0].value_before if made else agreement.value
    amount = sum((_of_value(each) for each in made), ZERO)
    own = _of_value(with_change) if with_change is not None and with_change.state != "made" else ZERO
    return Cumulative(first, amount + own, own)


def _of_value(change: Change) -> Decimal:
    return (change.value_after or ZERO) - (change.value_before or ZERO)


# --- worth before and after -------------------------------------------------------------------------------------------


def promised_now(commitment: Commitment) -> PromiseRow | None:
    """This will find how one promise stands today; None where it was withdrawn."""
    rows = promise_table(commitment.agreement, today()).rows
    return next((row for row in rows if row.commitment.pk == commitment.pk), None)


def side_of(
    commitment: Commitment, quantity: Decimal, starts_on: date | None = None, ends_on: date | None = None
) -> Side:
    """This will give a promise, or a part of it, as one side of a comparison."""
    measure, agreement = commitment.measure, commitment.agreement
    return Side(
        name=commitment.wording, quantity=quantity, measure=measure.measure_id if measure else "",
        edition=get_edition(measure.edition.reference) if measure else None,
        outcome=measure.outcome_id if measure else "", place=commitment.place_code,
        starts_on=starts_on or commitment.starts_on or agreement.starts_on,
        ends_on=ends_on or commitment.ends_on or agreement.ends_on, direction=commitment.direction,
    )  # fmt: skip


def _new_side(change: Change, line: ChangeLine) -> Side:
    measure = line.measure
    return Side(
        name=line.wording or (measure.title if measure else ""), quantity=line.quantity_after,
        measure=measure.measure_id if measure else "",
        edition=get_edition(measure.edition.reference) if measure else None,
        outcome=measure.outcome_id if measure else "", place=line.place_code,
        starts_on=line.starts_on or change.takes_from_on, ends_on=line.ends_on or change.ends_after,
        direction=measure.direction if measure else "benefit",
    )  # fmt: skip


def pairs_of(change: Change, lines: Sequence[ChangeLine]) -> list[Pair]:
    """This will give each line of a change as a promise before and after.

    What takes the place of a promise stands against the part of it that is given up, valued over the same days.
    """
    pairs = []
    for line in lines:
        if line.kind == "add":
            pairs.append(Pair(None, _new_side(change, line), line.reason))
            continue
        assert line.before is not None
        if line.kind == "take-up":
            pairs.append(Pair(None, side_of(line.before, line.quantity_after), line.reason))
        elif line.kind == "substitute":
            after = _new_side(change, line)
            given_up = (line.quantity_before or ZERO) - line.quantity_kept
            before = side_of(line.before, max(given_up, ZERO), after.starts_on, after.ends_on)
            pairs.append(Pair(before, after, line.reason))
        else:
            before = side_of(line.before, line.quantity_before or ZERO)
            pairs.append(Pair(before, side_of(line.before, line.quantity_after), line.reason))
    return pairs


def neutrality(change: Change, lines: Sequence[ChangeLine]) -> Neutrality:
    """This will compare what the promises are worth before and after a change."""
    return compare(pairs_of(change, lines), change.agreement.starts_on or today())


# --- the ranking ------------------------------------------------------------------------------------------------------


def scores_of(agreement: Agreement, at: datetime | None = None) -> AwardScores | None:
    """This will find the scores of an award on record, now or at a moment; needs the body's scope."""
    found = AwardScores.objects.filter(agreement=agreement).select_related("recorded_by__key_held")
    return (found.filter(recorded_at__lte=at) if at else found).order_by("-id").first()


def scores_seen_by(change: Change) -> AwardScores | None:
    """This will find the scores that a change is ranked by: those on record when it was decided or refused, else now."""
    return scores_of(change.agreement, _seen_until(change))


def _seen_until(change: Change) -> datetime | None:
    """This will give the moment a change was decided, or refused by its provider; what came later does not touch it."""
    return change.decided_at or (change.answered_at if change.state == "refused" else None)


def rescored_of(change: Change) -> Rescored | None:
    """This will find what was last entered for the awarded offer after a change, before it was decided."""
    found = Rescored.objects.filter(change=change).select_related("recorded_by__key_held")
    at = _seen_until(change)
    return (found.filter(recorded_at__lte=at) if at else found).order_by("-id").first()


def award_of(scores: AwardScores) -> Award:
    """This will give the scores on record as the one value that is ranked."""
    return Award(
        points=scores.points, decimals=scores.decimals, tie_rule=cast(TieRule, scores.tie_rule), price_weight=scores.price_weight,
        quality_weight=scores.quality_weight, social_value_weight=scores.social_value_weight, method=cast(Method, scores.method),
        target=scores.target, target_basis=cast(Basis, scores.target_basis), estimated_value=scores.estimated_value,
        tenderers=tuple(
            Tenderer(
                label=each.label, price=each.price, price_points=each.price_points, quality_points=each.quality_points,
                social_value_points=each.social_value_points, offer=each.offer, awarded=each.awarded,
            )
            for each in TendererScore.objects.filter(scores=scores).order_by("id")
        ),
    )  # fmt: skip


def editions_promised(agreement: Agreement) -> list[str]:
    """This will list the editions that the promises of an agreement were made under."""
    held = {row.commitment.measure.edition.reference for row in promise_table(agreement, today()).rows
            if row.commitment.measure is not None}  # fmt: skip
    return sorted(held)


def _moved(changes: Sequence[Change], edition: str) -> Moved:
    """This will sum what changes do to the awarded offer, each promise valued at the offer's edition."""
    pairs = [pair for each in changes for pair in pairs_of(each, lines_of(each))]
    value_moves = sum((_of_value(each) for each in changes), ZERO) != 0
    sides = [side for pair in pairs for side in (pair.before, pair.after) if side is not None and side.quantity]
    if not sides:
        return Moved(ZERO, value_moves=value_moves)
    if not edition:
        return Moved(None, "The edition of the offer is not on record.", value_moves)
    held = get_edition(edition)
    for side in sides:
        if side.measure not in held.measures:
            return Moved(None, f"“{side.name}” has no measure in {edition}, the edition of the offer.", value_moves)
    at_offer = [
        Pair(
            replace(pair.before, edition=held) if pair.before is not None else None,
            replace(pair.after, edition=held) if pair.after is not None else None,
        )
        for pair in pairs
    ]
    agreement = changes[0].agreement
    found = compare(at_offer, agreement.starts_on or today()).compared
    if any(not each.in_pounds for each in found):
        return Moved(None, "It touches a promise that has no value in pounds.", value_moves)
    if len(found) > 1:
        return Moved(None, "It moves more than one kind of value, and kinds are never added.", value_moves)
    return Moved(sum((each.after - each.before for each in found), ZERO), value_moves=value_moves)


def _said(change: Change, earlier: Said) -> Said:
    """This will give what was entered for a change; what it does not touch stays as earlier changes left it."""
    entered = rescored_of(change)
    social_value = entered.social_value_points if entered is not None else None
    price_points = entered.price_points if entered is not None else None
    if social_value is None and not lines_of(change):
        social_value = earlier.social_value_points
    if price_points is None and not _of_value(change):
        return Said(social_value, earlier.price, earlier.price_points)
    return Said(social_value, entered.price if entered is not None else None, price_points)


def ranking_of(change: Change) -> Ranking:
    """This will rank the award anew with this change and every one made before it; needs the body's scope.

    A change that was decided is ranked by what was on record then. Raises CannotRank, and says what is missing.
    """
    scores = scores_seen_by(change)
    if scores is None:
        raise CannotRank("The scores of the award are not on record.")
    made = Change.objects.select_related("agreement").filter(agreement=change.agreement, state="made")
    made = made.exclude(pk=change.pk)
    settled = change.made_at or (_seen_until(change) if change.state in ("refused", "declined") else None)
    if settled is not None:
        made = made.filter(made_at__lt=settled)
    earlier, said = list(made.order_by("made_at", "number")), Said()
    for each in earlier:
        said = _said(each, said)
    return rank(
        award_of(scores), (_moved(earlier, scores.edition), said),
        (_moved([*earlier, change], scores.edition), _said(change, said)),
    )  # fmt: skip


def ranking_or_why(change: Change) -> tuple[Ranking | None, str]:
    """This will give the computed ranking, or None and why it cannot be computed."""
    try:
        return ranking_of(change), ""
    except CannotRank as why:
        return None, str(why)


def fitting_needs(commitment: Commitment) -> list[Fitting]:
    """This will rank the open needs of the wish list by how well they fit what a promise was for; the best first."""
    measure, code = commitment.measure, commitment.place_code
    could = NeedSide(
        words=f"{commitment.wording} {commitment.unit}", measure_id=measure.measure_id if measure else "",
        outcome_id=measure.outcome_id if measure else "", place_code=code,
        around=frozenset(place.code for place in ancestors(code)) if code else frozenset(),
        quantity=commitment.quantity, unit=commitment.unit, starts_on=commitment.starts_on,
        ends_on=commitment.ends_on or commitment.agreement.ends_on,
    )  # fmt: skip
    return needs_that_fit(commitment.body, could)[:MOST_NEEDS]


# --- credits ----------------------------------------------------------------------------------------------------------


def moves_of(agreement: Agreement) -> list[CreditMove]:
    """This will list the moves of an agreement's ledger, latest first."""
    found = CreditMove.objects.filter(agreement=agreement)
    return list(found.select_related("commitment", "change", "recorded_by__key_held").order_by("-id"))


def lots_of(agreement: Agreement, unit: str) -> list[Lot]:
    """This will give the credits of an agreement in one unit with what is left of each."""
    moves = CreditMove.objects.filter(agreement=agreement, unit=unit)
    gone = dict(moves.exclude(kind="credit").values_list("lot").annotate(Sum("amount")))
    return [
        Lot(each.pk, each.dated_on, each.runs_out_on, each.amount - gone.get(each.pk, ZERO))
        for each in moves.filter(kind="credit").order_by("dated_on", "id")
    ]


def units_of(agreement: Agreement) -> list[str]:
    """This will list the units an agreement holds, or held, credits in."""
    found = CreditMove.objects.filter(agreement=agreement, kind="credit").order_by().values_list("unit", flat=True)
    return sorted(set(found))


def balances_of(agreement: Agreement, on: date) -> list[tuple[str, Decimal]]:
    """This will say what credit stands on a day, unit by unit."""
    return [(unit, balance(lots_of(agreement, unit), on)) for unit in units_of(agreement)]


def held_by_legs(agreement: Agreement, unit: str) -> Decimal:
    """This will sum the held account of a ledger from its legs: what was not used and did not run out."""
    legs = CreditLeg.objects.filter(move__agreement=agreement, move__unit=unit, account="held")
    return legs.aggregate(total=Sum("amount"))["total"] or ZERO


def surplus_of(commitment: Commitment) -> Decimal:
    """This will say how much was accepted beyond the most a promise ever was and not credited yet; more of a harm is no
    surplus. Below zero, so much is credited that nothing accepted carries."""
    row = promised_now(commitment)
    if row is None or row.promised is None or row.is_harm:
        return ZERO
    return surplus(
        row.delivered.evidenced, _promised_ever(row), sum((each.quantity for each in _backed(commitment)), ZERO)
    )


def _promised_ever(row: PromiseRow) -> list[Decimal]:
    """What a promise came to: now, at first where it is a fixed one, and by each change that counts already."""
    commitment = row.commitment
    found = [row.promised] if row.promised is not None else []
    if commitment.basis == "fixed" and commitment.quantity is not None:
        revised = Revision.objects.filter(commitment=commitment, takes_from_on__lte=today())
        found += [commitment.quantity, *revised.values_list("quantity", flat=True)]
    return found


def _backed(commitment: Commitment) -> list[Backed]:
    """The credits of one promise, each less what was taken back of it."""
    lots = list(CreditMove.objects.filter(commitment=commitment, kind="credit").order_by("id"))
    gone: dict[tuple[int | None, str], tuple[Decimal, Decimal]] = {
        (row["lot"], row["kind"]): (row["amounts"], row["quantities"] or ZERO)
        for row in CreditMove.objects.filter(lot__in=lots).order_by().values("lot", "kind").annotate(
            amounts=Sum("amount"), quantities=Sum("quantity")
        )
    }  # fmt: skip
    nothing = (ZERO, ZERO)
    found = []
    for lot in lots:
        back, parts = gone.get((lot.pk, "recall"), nothing)
        used, expired = gone.get((lot.pk, "debit"), nothing)[0], gone.get((lot.pk, "expiry"), nothing)[0]
        amount = lot.amount - back
        found.append(Backed(lot.pk, (lot.quantity or ZERO) - parts, amount, amount - used - expired, used))
    return found


def unbacked_of(commitment: Commitment, less: Decimal = ZERO) -> list[Unbacked]:
    """This will say what of the credits of a promise its surplus does not carry, had `less` been accepted of it."""
    row, lots = promised_now(commitment), _backed(commitment)
    accepted = row.delivered.evidenced if row is not None else ZERO
    return unbacked(lots, surplus(accepted - less, _promised_ever(row) if row is not None else [], ZERO))


@dataclass(frozen=True, slots=True)
class Owed:
    """Credit that was spent and that nothing accepted carries any more: a debt of a promise, in one unit."""

    commitment: Commitment
    unit: str
    amount: Decimal


def owed_by(agreement: Agreement) -> list[Owed]:
    """This will list the debts of an agreement's ledger: what was spent of credits that nothing accepted carries."""
    lots = CreditMove.objects.filter(agreement=agreement, kind="credit", commitment__isnull=False)
    units = dict(lots.values_list("pk", "unit"))
    found: dict[tuple[int, str], Owed] = {}
    for commitment in promises_with_credits(agreement):
        for each in unbacked_of(commitment):
            if each.owed >= LEAST_OWED:
                key = (commitment.pk, units[each.key])
                before = found[key].amount if key in found else ZERO
                found[key] = Owed(commitment, units[each.key], before + each.owed)
    return list(found.values())


def promises_with_credits(agreement: Agreement) -> list[Commitment]:
    """This will list the promises of an agreement that a credit was earned on."""
    lots = CreditMove.objects.filter(agreement=agreement, kind="credit", commitment__isnull=False)
    found = Commitment.objects.filter(pk__in=lots.order_by().values("commitment"))
    return list(found.select_related("measure__edition", "agreement__body", "agreement__party").order_by("id"))


def accepted_of(entry: Entry) -> Decimal:
    """This will say how much of an entry was accepted."""
    found = AssuranceFact.objects.filter(entry=entry, kind="evidenced").aggregate(total=Sum("quantity"))["total"]
    return found or ZERO


def used_for(commitment: Commitment, unit: str) -> Decimal:
    """This will sum the credits that met a part of one promise."""
    found = CreditMove.objects.filter(commitment=commitment, kind="debit", unit=unit)
    return found.aggregate(total=Sum("amount"))["total"] or ZERO


def worth_now(commitment: Commitment, quantity: Decimal) -> tuple[str, Decimal] | None:
    """This will value a quantity of a promise at the edition it was made under; None where it has no value in pounds."""
    return worth_of(side_of(commitment, quantity), commitment.agreement.starts_on or today())


def agreements_with_credits() -> list[Agreement]:
    """This will list the agreements of the open scope that ever held a credit."""
    held = CreditMove.objects.filter(kind="credit").order_by().values("agreement")
    return list(Agreement.objects.filter(pk__in=held).select_related("body", "party").order_by("id"))


def has_clause(agreement: Agreement) -> bool:
    """This will say whether the contract has the clause without which no credit can be kept."""
    return clause_of(agreement) is not None


# --- outturn ----------------------------------------------------------------------------------------------------------


def outturn_of(agreement: Agreement) -> Outturn | None:
    """This will find the outturn with which an agreement closed, if it did."""
    return Outturn.objects.filter(agreement=agreement).select_related("decided_by__key_held").first()


def outturn_lines(outturn: Outturn) -> list[OutturnLine]:
    """This will list the promises of an outturn as they stood that day."""
    return list(OutturnLine.objects.filter(outturn=outturn).select_related("commitment__measure").order_by("id"))
