"""The frozen values: a wrong one cannot be built, and a right one cannot be changed."""

import dataclasses
import pickle
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.engine.catalogue import load_edition, sources, values
from commonweal.engine.document import Document, _in_words
from commonweal.engine.model import Edition, FrozenMapping, InvalidRule, Outcome, Rate, Source, Theme, UnitValue

SOURCE = Source("EXAMPLE", "Example", "page 1", "OGL-3.0", "seen")
VALUE = UnitValue(
    id="example",
    name="Example",
    amount=Decimal("2.50"),
    low=Decimal(2),
    high=Decimal(3),
    unit="GBP per hour",
    price_year="2024",
    price_year_type="calendar",
    kind="economic",
    beneficiary="worker",
    uprate="gdp_deflator",
    discount_schedule="standard_stpr",
    already_net=("deadweight",),
    valid_from=date(2024, 1, 1),
    valid_to=None,
    by_year={},
    source=SOURCE,
)
MEASURE = dataclasses.replace(
    load_edition("open-measures").measures["community.volunteering-hours"],
    rates={"deadweight": Rate(Decimal("0.2"), Decimal("0.1"), Decimal("0.3"), "Local study", SOURCE)},
    dropoff=Rate(Decimal("0.5"), reason="Follow-up of last year"),
    value=VALUE,
)


def edition_of(*measures: Any) -> Edition:
    outcome = Outcome("given", "Given", "Rhoddion", (), measures)
    return dataclasses.replace(
        load_edition("ppn-026"), themes=(Theme("community", "Community", "Cymuned", (outcome,)),), version="1"
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": 2.5}, "UnitValue.amount cannot be 2.5"),
        ({"amount": 2}, "UnitValue.amount cannot be 2"),
        ({"amount": Decimal("NaN")}, "UnitValue.amount cannot be"),
        ({"amount": Decimal("Infinity")}, "UnitValue.amount cannot be"),
        ({"amount": Decimal(4)}, "out of order"),
        ({"low": None}, "together or not at all"),
        ({"amount": None, "low": None, "high": None}, "needs an amount"),
        ({"by_year": {2024: (Decimal(1), Decimal(2), Decimal(3))}}, "no amount of its own"),
        ({"kind": "social"}, "UnitValue.kind cannot be 'social'"),
        ({"unit": " "}, "a value needs its unit"),
        ({"price_year": "2024-25"}, "not a calendar year"),
        ({"price_year": "2024-26", "price_year_type": "financial"}, "'2024-26' is not a financial year"),
        ({"price_year": "2024-24", "price_year_type": "rate-year"}, "'2024-24' is not a rate-year year"),
        ({"already_net": ("optimism",)}, "names no known rate: optimism"),
        ({"already_net": ["deadweight"]}, "UnitValue.already_net cannot be"),
        ({"valid_to": date(2024, 1, 1)}, "valid_to must be after valid_from"),
        ({"source": None}, "UnitValue.source cannot be None"),
    ],
)
def test_a_wrong_value_cannot_be_built(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidRule, match=reason):
        dataclasses.replace(VALUE, **change)


def test_amounts_by_year_out_of_order_cannot_be_built() -> None:
    by_year = {2024: (Decimal(3), Decimal(2), Decimal(1))}
    with pytest.raises(InvalidRule, match="in 2024 low, central and high are out of order"):
        dataclasses.replace(VALUE, amount=None, low=None, high=None, by_year=by_year)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": "Not An Id"}, "must be small letters"),
        ({"value": None}, "a valued measure has a value"),
        ({"figure": "count"}, "a count or a story has none"),
        ({"rates": {"optimism": Rate(Decimal(0), reason="none")}}, "unknown rate 'optimism'"),
        ({"rates": {"deadweight": Rate(Decimal("1.2"), reason="none")}}, "deadweight must lie between 0 and 1"),
        ({"dropoff": Decimal("1.1")}, "dropoff must lie between 0 and 1"),
        ({"duration": 0}, "at least 1"),
        ({"duration": True}, "Measure.duration cannot be True"),
        ({"confirmable_by": (), "confirm_reason": ""}, "must say who can confirm it"),
        ({"direction": "neutral"}, "Measure.direction cannot be 'neutral'"),
    ],
)
def test_a_wrong_measure_cannot_be_built(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidRule, match=reason):
        dataclasses.replace(MEASURE, **change)


def test_a_multiplier_may_exceed_one() -> None:
    rates = {"multiplier": Rate(Decimal("1.4"), reason="Input-output table")}
    assert dataclasses.replace(MEASURE, rates=rates).rates["multiplier"].central == Decimal("1.4")


@pytest.mark.parametrize("rate", [{"reason": ""}, {"central": Decimal("-0.1")}, {"low": Decimal("0.1")}])
def test_a_wrong_rate_cannot_be_built(rate: dict[str, Any]) -> None:
    with pytest.raises(InvalidRule):
        Rate(**{"central": Decimal("0.2"), "reason": "Local study", **rate})


def test_an_edition_with_an_id_twice_cannot_be_built() -> None:
    with pytest.raises(InvalidRule, match=f"measure used twice: {MEASURE.id}"):
        edition_of(MEASURE, dataclasses.replace(MEASURE, code="OTHER"))


def test_rates_and_ranges_survive_storage() -> None:
    edition = edition_of(MEASURE)
    assert Edition.from_json(edition.to_json()) == edition
    stored = edition.to_json()["themes"][0]["outcomes"][0]["measures"][0]
    assert stored["value"]["amount"] == "2.50"
    assert stored["rates"]["deadweight"]["central"] == "0.2"
    assert stored["dropoff"]["central"] == "0.5"


def test_any_change_moves_the_hash() -> None:
    before = edition_of(MEASURE).content_hash
    value = dataclasses.replace(VALUE, amount=Decimal("2.51"))
    assert edition_of(dataclasses.replace(MEASURE, value=value)).content_hash != before
    assert edition_of(dataclasses.replace(MEASURE, rates={})).content_hash != before
    assert edition_of(MEASURE).content_hash == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda stored: stored.pop("themes"),
        lambda stored: stored.update(colour="blue"),
        lambda stored: stored.update(themes="none"),
        lambda stored: stored.update(applies_from="soon"),
        lambda stored: stored.update(source=None),
        lambda stored: stored.update(price_year=2024),
    ],
)
def test_damaged_json_is_refused(damage: Any) -> None:
    stored = load_edition("ppn-026").to_json()
    damage(stored)
    with pytest.raises(InvalidRule):
        Edition.from_json(stored)


@given(st.dictionaries(st.sampled_from(["framework_id", "themes", "source", "gaps"]), st.integers() | st.text()))
@settings(deadline=None)
def test_any_json_is_refused_in_words(stored: dict[str, Any]) -> None:
    with pytest.raises(InvalidRule, match="this JSON is not an edition"):
        Edition.from_json(stored)


def test_a_right_value_cannot_be_changed() -> None:
    edition = load_edition("open-measures")
    with pytest.raises(dataclasses.FrozenInstanceError):
        edition.title = "Other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        edition.measures["x"] = MEASURE  # type: ignore[index]
    with pytest.raises(TypeError):
        values()["pay.median-hour-2025"].by_year[2030] = ()  # type: ignore[index]


def test_values_can_be_hashed_and_sent_to_another_process() -> None:
    edition = load_edition("open-measures")
    assert pickle.loads(pickle.dumps(edition)) == edition
    assert len({edition, load_edition("open-measures"), load_edition("ppn-026")}) == 2
    assert FrozenMapping({1: "a", 2: "b"}) == FrozenMapping({2: "b", 1: "a"}) == {1: "a", 2: "b"}


def test_a_source_needs_its_licence() -> None:
    with pytest.raises(InvalidRule, match="a source needs its licence"):
        dataclasses.replace(sources()["COMMONWEAL"], licence="")


def test_a_word_that_is_not_known_in_a_list_is_told_by_the_name_of_the_list() -> None:
    page = {"values": [{"already_net": ["luck"]}]}
    document = Document("f.yaml", page)
    error = jsonschema.ValidationError(
        "", validator="enum", path=("values", 0, "already_net", 0), instance="luck", validator_value=["deadweight"]
    )
    assert [each.reason for each in _in_words(document, error)] == ["'luck' is not a known already_net"]
