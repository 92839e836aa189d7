"""How a line came to its value: one step after another, as structured figures and as sentences.

The steps follow the order of the method: unit value, prices, gross in the first year, what is deducted, the benefit
years, and the two figures they lead to. Amounts are exact; only sentences are rounded, to a penny.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from commonweal.engine.factors import EXACT, Factor, Span, financial_year_name
from commonweal.engine.value import LineValue
from commonweal.money import after_pounds, round_half_up

_ORIGINS = {
    "line": "the line's own rate",
    "edition": "the rate of the framework edition",
    "already net": "already taken off in the published value",
}


@dataclass(frozen=True, slots=True)
class Step:
    """This will hold one step: what it is, the formula in words, its operands as text, its result and its source."""

    label: str
    formula: str
    operands: tuple[tuple[str, str], ...]
    result: Decimal
    unit: str
    source: str


def steps(valued: LineValue) -> tuple[Step, ...]:
    """This will give every step from quantity to value. A value published as a range only is told twice, low then high.

    A line without a value has no steps: `LineValue.unvalued` says why.
    """
    if valued.factor is None:
        return ()
    if valued.factor.years[0].published.central is not None:
        return tuple(_steps(valued, valued.factor, "central"))
    return (*_steps(valued, valued.factor, "low"), *_steps(valued, valued.factor, "high"))


def steps_text(valued: LineValue) -> list[str]:
    """This will give one readable sentence for each step, amounts in pounds and pence."""
    if valued.factor is None:
        return [f"{valued.measure.id} is not valued: {valued.unvalued}."]
    return [_sentence(step) for step in steps(valued)]


def _steps(valued: LineValue, factor: Factor, case: str) -> Iterator[Step]:
    line, value, price, first = valued.line, factor.value, factor.price, factor.years[0]
    suffix = "" if case == "central" else f" ({case})"
    operands: tuple[tuple[str, str], ...]
    with localcontext(prec=EXACT):
        if line.share != 1:
            operands = (("quantity", str(line.quantity)), ("share", str(line.share)))
            yield Step("Quantity counted", "quantity x share", operands, line.counted, valued.measure.unit, "the line")
        reference = f"{value.source.id}, {value.source.locator}".rstrip(", ")
        published = _case(first.published, case)
        yield Step(
            f"Unit value: {value.name}{suffix}",
            f"published in {value.price_year} prices",
            (),
            published,
            value.unit,
            reference,
        )
        rebased = _case(first.rebased, case)
        if price.series is not None:
            index = price.series.index
            operands = (
                ("unit value", str(published)),
                (f"index of {price.to_year}", str(index[price.to_year])),
                (f"index of {price.from_year}", str(index[price.from_year])),
            )
            formula = "unit value x index / index"
            if price.gdp_per_head is not None:
                formula += " x (GDP per head / GDP per head)^1.3"
                operands += tuple(
                    (f"GDP per head of {year}", str(price.gdp_per_head[year]))
                    for year in (price.to_year, price.from_year)
                )
            label = f"Unit value in {price.to_year} prices{suffix}"
            yield Step(label, formula, operands, rebased, value.unit, price.series.source or price.series.id)
        running = line.counted * rebased
        operands = (("quantity", str(line.counted)), ("unit value", str(rebased)))
        yield Step(f"Gross in the first year{suffix}", "quantity x unit value", operands, running, "GBP", "the line")
        gross, net = valued.gross, valued.net
        if net is not None:
            kept = Decimal(1)
            for applied in factor.parameters.rates:
                kept *= applied.kept
                running = line.counted * rebased * kept
                formula = "x rate" if applied.name == "multiplier" else "x (1 - rate)"
                if applied.origin == "already net":
                    formula = "nothing to deduct"
                source = _ORIGINS[applied.origin] + (
                    f": {line.reason}" if applied.origin == "line" and line.reason else ""
                )
                operands = ((applied.name, str(applied.rate)), ("kept so far", str(kept)))
                yield Step(f"After {applied.name}{suffix}", formula, operands, running, "GBP", source)
        else:
            kept = Decimal(1)
        if len(factor.years) > 1 or first.discount != 1:
            for number, year in enumerate(factor.years, 1):
                flow = line.counted * _case(year.rebased, case) * kept
                operands = (
                    ("yearly amount", str(flow)),
                    ("left after drop-off", str(year.remaining)),
                    ("discount factor", str(year.discount)),
                )
                label = f"Present value of benefit year {number} ({financial_year_name(year.year)}){suffix}"
                result = flow * year.remaining * year.discount
                formula = "yearly amount x left after drop-off x discount factor"
                yield Step(label, formula, operands, result, "GBP", f"{factor.schedule.id} {factor.schedule.source}")
        prices_of = f"{price.to_year} prices"
        if gross is not None:
            formula = "all benefit years, nothing deducted"
            yield Step(f"Gross value{suffix}", formula, (), _case(gross, case), "GBP", prices_of)
        if net is not None:
            formula = "all benefit years, after what the rates take off"
            yield Step(f"Net value{suffix}", formula, (), _case(net, case), "GBP", prices_of)
        if factor.has_leakage and factor.net_uk is not None:
            formula = "the same with nothing taken off for leakage, which is not lost to the country"
            uk = factor.net_uk.times(line.counted, EXACT)
            yield Step(f"Net value, UK view{suffix}", formula, (), _case(uk, case), "GBP", prices_of)


def _case(span: Span, case: str) -> Decimal:
    amount: Decimal | None = getattr(span, case)
    assert amount is not None  # steps() asks for central only where it was published
    return amount


def _sentence(step: Step) -> str:
    amount = f"£{round_half_up(step.result):,}" if step.unit == "GBP" else f"{step.result.normalize():f} {step.unit}"
    if step.unit.startswith("GBP per"):
        amount = f"£{round_half_up(step.result):,} {after_pounds(step.unit)}"
    operands = ", ".join(f"{name} {_short(text)}" for name, text in step.operands)
    return f"{step.label}: {step.formula}{f' ({operands})' if operands else ''} = {amount} [{step.source.strip()}]."


def _short(text: str) -> str:
    number = Decimal(text)
    if number == number.to_integral_value():
        return f"{number:,.0f}"
    return f"{round_half_up(number, Decimal('0.000001')).normalize():,f}"
