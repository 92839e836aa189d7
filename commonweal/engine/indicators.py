"""Ratios that stand beside a valuation and are never added to it: LM3, leverage, social return.

Each is of one kind of money to another, so none of them is a value. Sources: the method note, section 3 (social return)
and section 8 (LM3, New Economics Foundation); leverage as authorities print it, "£1.33 for every £1".
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from commonweal.engine.factors import EXACT
from commonweal.engine.valuation import Total


class IndicatorRefused(ValueError):
    """This will say why a ratio cannot be given."""


def lm3(spend: Decimal, local: Decimal, again: Decimal) -> Decimal:
    """This will give the local multiplier, from 1 to 3: (R1 + R2 + R3) / R1, unrounded.

    `spend` (R1, GBP) is the spend under study, `local` (R2) what those who received it spent in the place, `again` (R3)
    what people and firms there spent in it again. Raises `IndicatorRefused` where a round is larger than the last.
    """
    _check_finite(spend, local, again)
    if spend <= 0:
        raise IndicatorRefused("there is no spend to follow")
    if not 0 <= again <= local <= spend:
        raise IndicatorRefused("each round of spending lies between nothing and the round before it")
    with localcontext(prec=EXACT):
        return (spend + local + again) / spend


def leverage(own: Decimal, attracted: Decimal) -> Decimal:
    """This will give how many pounds of others' money came for each pound of one's own, unrounded.

    It says who paid, and nothing of what came of it. Raises `IndicatorRefused`.
    """
    _check_finite(own, attracted)
    if own <= 0:
        raise IndicatorRefused("nothing of one's own was put in")
    if attracted < 0:
        raise IndicatorRefused("money attracted cannot be below nothing")
    with localcontext(prec=EXACT):
        return attracted / own


def social_return(total: Total, inputs: Decimal) -> tuple[Decimal, Decimal]:
    """This will give present value over inputs, and (present value - inputs) over inputs, both unrounded.

    `inputs` are present values in GBP of the same prices: a grant, or the undervalue of an asset. The price of a
    contract is not the input of its additional social value. Of one net total of benefits: kinds are never added, and
    harms have no return. Raises `IndicatorRefused`.
    """
    _check_finite(inputs)
    if inputs <= 0:
        raise IndicatorRefused("there are no inputs to divide by")
    if total.level != "net":
        raise IndicatorRefused("a gross total counts what would have happened anyway: give the net one")
    if total.direction == "harm":
        raise IndicatorRefused("a harm has no return")
    if total.kind == "spend":
        raise IndicatorRefused("spend is not a benefit")
    if total.amount.central is None:
        raise IndicatorRefused("the total has no central figure")
    with localcontext(prec=EXACT):
        return total.amount.central / inputs, (total.amount.central - inputs) / inputs


def _check_finite(*amounts: Decimal) -> None:
    for amount in amounts:
        if not isinstance(amount, int | Decimal) or not Decimal(amount).is_finite():
            raise IndicatorRefused(f"{amount!r} is not an exact finite amount: give a Decimal")
