"""A framework made for these tests, in two editions: a measure for each thing that can happen to a figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from commonweal.engine.model import Edition, Measure, Outcome, Rate, Source, Theme, UnitValue

SOURCE = Source("MADE", "Values made for these tests", "table 7, row 3", "OGL-3.0", "judgement")
RATES = {"deadweight": "0.2", "attribution": "0.25", "displacement": "0.1"}


def _value(id: str, amount: str | None, kind: str, **changed: object) -> UnitValue:
    fields: dict[str, object] = {
        "id": id, "name": f"the worth of {id}", "amount": None if amount is None else Decimal(amount), "low": None,
        "high": None, "unit": "GBP per unit", "price_year": "2024", "price_year_type": "calendar", "kind": kind,
        "beneficiary": "people", "uprate": "none", "discount_schedule": "standard_stpr", "already_net": (),
        "valid_from": None, "valid_to": None, "by_year": {}, "source": SOURCE,
    }  # fmt: skip
    return UnitValue(**(fields | changed))  # type: ignore[arg-type]


def _measure(id: str, value: UnitValue | None = None, **changed: object) -> Measure:
    fields: dict[str, object] = {
        "id": id, "code": id.upper(), "title": id.replace("-", " ").capitalize(), "title_cy": "", "unit": "units",
        "direction": "benefit", "figure": "valued" if value else "count", "definition": "", "evidence": (),
        "counting_rule": "", "question": "", "confirmable_by": ("school",), "confirm_reason": "",
        "rates": {}, "value": value, "exclusive_group": None, "reference": SOURCE,
    }  # fmt: skip
    return Measure(**(fields | changed))  # type: ignore[arg-type]


def _rates(**given: str) -> dict[str, Rate]:
    return {name: Rate(Decimal(rate), reason="agreed") for name, rate in given.items()}


def edition(version: str = "1.0", wage: str = "1234.567") -> Edition:
    """This will make the edition `made-reporting@…`; the wage differs from one version to the next."""
    jobs = (
        _measure("wage", _value("wage", wage, "economic"), exclusive_group="job"),
        _measure("output", _value("output", "3.3333", "economic"), rates=_rates(**RATES), exclusive_group="job"),
    )
    wellbeing = (
        _measure("health", _value("health", "77.7", "welfare", low=Decimal("50.1"), high=Decimal("99.9")),
                 rates=_rates(**RATES), duration=2, dropoff=Decimal("0.5")),
        _measure("partly-rated", _value("partly", "10", "welfare"), rates=_rates(deadweight="0.5")),
        _measure("waste", _value("waste", "0.333333", "welfare", uprate="gdp_deflator"), direction="harm", unit="tonnes"),
        _measure("lifetime", _value("lifetime", None, "welfare", low=Decimal("1.111"), high=Decimal("2.222"))),
    )  # fmt: skip
    shore = _measure("shore", _value("shore", "21.9", "welfare", low=Decimal("20.1"), high=Decimal("33.3")))
    market = _measure("market", _value("market", "40", "economic"), rates=_rates(**RATES, leakage="0.5"))
    counted = (_measure("visits", None, unit="visits"), _measure("carbon", None, unit="tCO2e", confirmable_by=(),
                                                                 confirm_reason="Shown in records only."))  # fmt: skip
    return Edition(
        framework_id="made-reporting", version=version, title="Made measures", title_cy="", publisher="Commonweal",
        licence="OGL-3.0", nation="uk", applies_from=None, applies_to=None, published_on=date(2025, 1, 1),
        price_year="2024", price_year_type="calendar", source=SOURCE, gaps=(),
        themes=(
            Theme("jobs", "Jobs", "", (Outcome("work", "Work", "", (), jobs),)),
            Theme("health", "Health", "", (Outcome("well", "Wellbeing", "", (), (*wellbeing, *counted)),)),
            Theme("place", "Place", "", (Outcome("coast", "A clean coast", "", (), (shore, market)),)),
        ),
    )  # fmt: skip
