"""A small framework edition made for tests: round values, one measure for each thing that can happen to a line."""

from datetime import date
from decimal import Decimal

from commonweal.engine.lines import Line
from commonweal.engine.model import Edition, Measure, Outcome, Rate, Source, Theme, UnitValue

SOURCE = Source("TEST", "Values made for tests", "table 1", "OGL-3.0", "judgement")


def rate(central):
    return Rate(Decimal(central), reason="agreed for the test")


def unit_value(amount="5000", **changed):
    return UnitValue(
        **{
            "id": "value",
            "name": "a made value",
            "amount": None if amount is None else Decimal(amount),
            "low": None,
            "high": None,
            "unit": "GBP per person",
            "price_year": "2024",
            "price_year_type": "calendar",
            "kind": "welfare",
            "beneficiary": "the person",
            "uprate": "gdp_deflator",
            "discount_schedule": "standard_stpr",
            "already_net": (),
            "valid_from": None,
            "valid_to": None,
            "by_year": {},
            "source": SOURCE,
            **changed,
        }
    )


def measure(id, value=None, **changed):
    return Measure(
        **{
            "id": id,
            "code": id.upper(),
            "title": id.replace("-", " "),
            "title_cy": "",
            "unit": "people",
            "direction": "benefit",
            "figure": "valued" if value else "count",
            "definition": "",
            "evidence": (),
            "counting_rule": "",
            "question": "",
            "confirmable_by": (),
            "confirm_reason": "made for tests",
            "rates": {},
            "value": value,
            "exclusive_group": None,
            "reference": SOURCE,
            **changed,
        }
    )


ALL_RATES = {"deadweight": rate("0.2"), "attribution": rate("0.25"), "displacement": rate("0.1")}
CARBON = {year: (Decimal(100 + year), Decimal(200 + year), Decimal(300 + year)) for year in range(2024, 2028)}


def edition(*measures, price_year="2024", price_year_type="calendar"):
    outcome = Outcome("outcome-1", "Outcome", "", (), measures or MEASURES)
    return Edition(
        framework_id="made",
        version="1.0",
        title="Made for tests",
        title_cy="",
        publisher="Commonweal",
        licence="OGL-3.0",
        nation="UK",
        applies_from=None,
        applies_to=None,
        published_on=None,
        price_year=price_year,
        price_year_type=price_year_type,
        source=SOURCE,
        gaps=(),
        themes=(Theme("theme-1", "Theme", "", (outcome,)),),
    )


MEASURES = (
    measure("sroi", unit_value(), rates=ALL_RATES, dropoff=Decimal("0.15"), duration=3),
    measure("rated", unit_value("100", low=Decimal(80), high=Decimal(150)), rates=ALL_RATES),
    measure("bare", unit_value("10")),
    measure("counted"),
    measure("told", figure="story"),
    measure("harm", unit_value("7"), direction="harm"),
    measure("net-already", unit_value("50", already_net=("deadweight", "attribution", "displacement"))),
    measure("ranged", unit_value(None, low=Decimal(5), high=Decimal(6))),
    measure("carbon", unit_value(None, by_year=CARBON, unit="GBP per tCO2e"), unit="tCO2e"),
    measure("wellby", unit_value("13000", price_year="2019", uprate="wellby"), exclusive_group="wellbeing"),
    measure("qaly", unit_value("70000"), exclusive_group="wellbeing"),
    measure("fiscal", unit_value("9", kind="fiscal"), exclusive_group="wellbeing"),
    measure("yearly", unit_value("1000", price_year="2019-20", price_year_type="financial")),
    measure("wage", unit_value("18", kind="economic", price_year="2025", price_year_type="rate-year", uprate="none")),
    measure("composite", unit_value("3", kind="mixed")),
)


def line(measure="sroi", quantity="20", start=date(2026, 4, 1), end=None, **changed):
    return Line(measure, Decimal(quantity), start, end or date(start.year, 12, 31), **changed)
