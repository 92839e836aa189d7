from datetime import date
from decimal import Decimal

import pytest

from commonweal.engine.duties import InvalidCase, body_in_law, duties_for, rules, sources, thresholds

DAY = date(2026, 6, 1)


def answers(nation, body, value, day=DAY, channel="procurement", kind="services"):
    return {duty.id: duty for duty in duties_for(nation, body, channel, kind, value, day)}


def applies(duty, *case, **more):
    return answers(*case, **more)[duty].applies


@pytest.mark.parametrize(
    ("duty", "nation", "body", "kind", "value", "day", "expected"),
    [
        # Which Social Value Model: by the day the tender notice is published, never by today.
        ("C-PPN0620", "england", "central", "services", 200_000, "2025-09-30", "yes"),
        ("C-PPN0620", "england", "central", "services", 200_000, "2025-10-01", "no"),
        ("C-PPN002", "england", "central", "services", 200_000, "2025-02-23", "no"),
        ("C-PPN002", "england", "central", "services", 200_000, "2025-02-24", "optional"),
        ("C-PPN002", "england", "central", "services", 200_000, "2025-09-30", "optional"),
        ("C-PPN002", "england", "central", "services", 200_000, "2025-10-01", "yes"),
        ("C-PPN002", "england", "central", "services", 200_000, "2026-12-31", "yes"),
        ("C-PPN002", "england", "central", "services", 200_000, "2027-01-01", "no"),
        ("C-PPN026", "england", "central", "services", 2_000_000, "2026-12-31", "no"),
        ("C-PPN026", "england", "central", "services", "999999.99", "2027-01-01", "no"),
        ("C-PPN026", "england", "central", "services", 1_000_000, "2027-01-01", "yes"),
        ("C-PPN026", "england", "council", "services", 1_000_000, "2027-01-01", "optional"),
        ("C-PPN026", "wales", "council", "services", 1_000_000, "2027-01-01", "no"),
        ("C-PPN026", "northern-ireland", "central", "services", 1_000_000, "2027-01-01", "no"),
        ("C-PPN002", "england", "council", "services", 250_000, "2026-06-01", "optional"),
        ("C-PPN002", "england", "central", "services", 135_018, "2026-06-01", "yes"),
        ("C-PPN002", "england", "central", "services", "135017.99", "2026-06-01", "no"),
        # The 2012 Act: services at the threshold of the body and the day.
        ("E-SVA-CONSIDER", "england", "council", "services", 207_720, "2026-01-01", "yes"),
        ("E-SVA-CONSIDER", "england", "council", "services", "207719.99", "2026-01-01", "no"),
        ("E-SVA-CONSIDER", "england", "council", "services", 207_720, "2025-12-31", "no"),
        ("E-SVA-CONSIDER", "england", "council", "services", 214_904, "2025-12-31", "yes"),
        ("E-SVA-CONSIDER", "england", "council", "goods", 300_000, "2026-06-01", "no"),
        ("E-SVA-CONSIDER", "england", "central", "services", 135_018, "2026-06-01", "yes"),
        ("E-SVA-CONSIDER", "england", "utility", "services", 415_439, "2026-06-01", "no"),
        ("E-SVA-CONSIDER", "wales", "council", "services", 300_000, "2026-06-01", "no"),
        ("E-SVA-CONSIDER", "wales", "devolved-wales", "services", 300_000, "2026-06-01", "no"),
        ("E-SVA-CONSIDER", "wales", "central", "services", 300_000, "2026-06-01", "yes"),
        ("E-SVA-CONSIDER", "scotland", "central", "services", 300_000, "2026-06-01", "no"),
        ("E-SVA-CONSIDER", "england", "council", "services", 300_000, "2020-06-01", "unconfirmed"),
        ("E-SVA-CONSIDER", "england", "council", "services", 300_000, "2028-01-01", "unconfirmed"),
        # The Procurement Act: indicators above, and not at, five million; not in devolved Scotland.
        ("UK-PA-52", "england", "council", "works", 5_000_000, "2026-06-01", "no"),
        ("UK-PA-52", "england", "council", "works", "5000000.01", "2026-06-01", "yes"),
        ("UK-PA-52", "england", "council", "works", 6_000_000, "2025-02-23", "no"),
        ("UK-PA-52", "england", "council", "works", 6_000_000, "2025-02-24", "yes"),
        ("UK-PA-52", "england", "utility", "works", 6_000_000, "2026-06-01", "unconfirmed"),
        ("UK-PA-52", "scotland", "council", "works", 6_000_000, "2026-06-01", "no"),
        ("UK-PA-23", "england", "council", "works", 5_192_999, "2026-06-01", "no"),
        ("UK-PA-23", "england", "council", "works", 5_193_000, "2026-06-01", "yes"),
        ("UK-PA-13", "northern-ireland", "council", "services", 300_000, "2026-06-01", "no"),
        ("UK-PA-13", "wales", "council", "services", 300_000, "2026-06-01", "no"),
        ("UK-PA-87", "england", "council", "services", 29_999, "2026-06-01", "no"),
        ("UK-PA-87", "england", "council", "services", 30_000, "2026-06-01", "yes"),
        ("UK-PA-87", "england", "council", "services", 207_719, "2026-06-01", "yes"),
        ("UK-PA-87", "england", "council", "services", 207_720, "2026-06-01", "no"),
        ("UK-PA-87", "england", "central", "services", 20_000, "2026-06-01", "unconfirmed"),
        ("UK-PA-93", "england", "council", "services", 2_000_000, "2026-06-01", "no"),
        ("UK-PA-93", "england", "council", "services", 2_000_001, "2026-06-01", "unconfirmed"),
        ("UK-PA-98", "england", "council", "services", 300_000, "2026-06-01", "unconfirmed"),
        ("C-PPN006", "england", "central", "services", 5_000_000, "2026-06-01", "no"),
        ("C-PPN006", "england", "central", "services", 9_000_000, "2026-06-01", "unconfirmed"),
        ("E-LGA17-2026", "england", "council", "services", 207_719, "2026-02-04", "optional"),
        ("E-LGA17-2026", "england", "council", "services", 207_719, "2026-02-03", "no"),
        ("E-LGA17-2026", "england", "council", "services", 207_720, "2026-02-04", "no"),
        ("E-NHS-NZSV", "england", "nhs", "goods", 1, "2022-04-01", "yes"),
        ("E-NHS-NZSV", "england", "nhs", "goods", 1, "2022-03-31", "no"),
        ("E-NHS-MS", "england", "nhs", "goods", 1, "2026-05-17", "yes"),
        ("E-NHS-MS", "england", "council", "goods", 1, "2026-05-17", "unconfirmed"),
        # Wales
        ("W-SVA-NOT", "wales", "council", "services", 300_000, "2026-06-01", "no"),
        ("W-SPPP-24", "wales", "council", "goods", 1, "2026-03-25", "yes"),
        ("W-SPPP-24", "wales", "council", "goods", 1, "2026-03-24", "no"),
        ("W-SPPP-25", "wales", "council", "works", 2_000_000, "2026-06-01", "yes"),
        ("W-SPPP-25", "wales", "council", "works", "1999999.99", "2026-06-01", "no"),
        ("W-SPPP-25", "wales", "council", "services", 2_000_000, "2026-06-01", "no"),
        ("W-SPPP-40", "wales", "council", "services", 2_000_000, "2026-06-01", "unconfirmed"),
        ("W-PA14", "wales", "nhs", "services", 300_000, "2026-06-01", "yes"),
        # Scotland: regulated amounts are known and not read in their source, so never a plain yes.
        ("S-PRSA-25", "scotland", "council", "services", 4_000_000, "2026-06-01", "yes"),
        ("S-PRSA-25", "scotland", "council", "services", "3999999.99", "2026-06-01", "no"),
        ("S-PRSA-9", "scotland", "council", "services", 50_000, "2026-06-01", "unconfirmed"),
        ("S-PRSA-9", "scotland", "council", "services", 49_999, "2026-06-01", "no"),
        ("S-PRSA-9", "scotland", "council", "works", 1_999_999, "2026-06-01", "no"),
        ("S-CWB-5", "scotland", "council", "services", 1, "2026-06-01", "unconfirmed"),
        ("S-PRSA-25", "england", "council", "services", 9_000_000, "2026-06-01", "no"),
        # Northern Ireland: two editions, the later amount to be confirmed.
        ("N-PPN0121", "northern-ireland", "central", "services", 138_760, "2026-06-01", "no"),
        ("N-PPN0121", "northern-ireland", "central", "services", 138_761, "2026-06-01", "unconfirmed"),
        ("N-PPN0121", "northern-ireland", "central", "services", 500_001, "2026-06-01", "unconfirmed"),
        ("N-PPN0121", "northern-ireland", "central", "works", 5_193_000, "2026-06-01", "yes"),
        ("N-PPN0121", "northern-ireland", "council", "services", 500_001, "2026-06-01", "optional"),
        ("N-PPN0121", "northern-ireland", "central", "goods", 500_001, "2026-06-01", "no"),
    ],
)
def test_duty_applies_by_nation_body_kind_value_and_day(duty, nation, body, kind, value, day, expected):
    found = answers(nation, body, value, day=date.fromisoformat(day), kind=kind)[duty]
    assert (found.applies, bool(found.why)) == (expected, True)


@pytest.mark.parametrize(
    ("duty", "nation", "body", "channel", "expected"),
    [
        ("E-LGTC-GRANTS", "england", "council", "grant", "yes"),
        ("E-LGTC-GRANTS", "england", "council", "own-service", "no"),
        ("EW-S123", "wales", "council", "asset-transfer", "yes"),
        ("S-CEA-82", "scotland", "council", "asset-transfer", "yes"),
        ("EW-CIL122", "england", "council", "planning", "yes"),
        ("UK-SUBSIDY", "england", "council", "finance", "unconfirmed"),
        ("UK-PA-23", "england", "council", "grant", "no"),
        ("GB-PSED", "northern-ireland", "council", "partnership", "no"),
    ],
)
def test_duty_applies_by_channel(duty, nation, body, channel, expected):
    assert applies(duty, nation, body, 500_000, channel=channel, kind=None) == expected


@pytest.mark.parametrize(
    ("value", "day", "weight"),
    [(4_999_999, "2027-01-01", 10), (5_000_000, "2027-01-01", 20), (5_000_000, "2026-12-31", None)],
)
def test_least_weight_of_the_2026_model_is_by_value(value, day, weight):
    duty = answers("england", "central", value, day=date.fromisoformat(day))["C-PPN026"]
    assert duty.minimum_weight == (weight and Decimal(weight))


def test_every_duty_is_answered_whatever_the_case():
    for nation in ("england", "wales", "scotland", "northern-ireland"):
        for body in ("central", "nhs", "council", "utility", "other"):
            found = duties_for(nation, body, "procurement", "works", 10**7, DAY)
            assert [duty.id for duty in found] == [rule.id for rule in rules()]
            assert all(duty.why and duty.requirement and duty.instrument for duty in found)
            assert not [d.id for d in found if d.applies == "yes" and d.confidence == "known"]


def test_why_tells_the_threshold_and_its_vat():
    assert "£300,000 reaches the threshold of £207,720 (PA23-SC-GS-26, VAT included)" in (
        answers("england", "council", 300_000)["UK-PA-23"].why
    )
    assert "VAT basis is to be confirmed" in answers("scotland", "council", 4_000_000)["S-PRSA-25"].why
    assert "not bound by the 2012 Act" in answers("wales", "council", 300_000)["E-SVA-CONSIDER"].why


@pytest.mark.parametrize(
    ("nation", "body", "law"),
    [
        ("wales", "council", "devolved-wales"),
        ("wales", "nhs", "devolved-wales"),
        ("scotland", "council", "devolved-scotland"),
        ("northern-ireland", "council", "council"),
        ("england", "council", "council"),
        ("wales", "central", "central"),
    ],
)
def test_body_in_law(nation, body, law):
    assert body_in_law(nation, body) == law


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (("france", "council", "procurement", "services", 1), "nation 'france'"),
        (("england", "parish", "procurement", "services", 1), "body kind 'parish'"),
        (("england", "devolved-wales", "procurement", "services", 1), "is of wales"),
        (("england", "council", "tender", "services", 1), "channel 'tender'"),
        (("england", "council", "procurement", None, 1), "kind ''"),
        (("england", "council", "grant", "gifts", 1), "kind 'gifts'"),
        (("england", "council", "grant", None, -1), "not between 0"),
        (("england", "council", "grant", None, "1,000"), "not an amount"),
        (("england", "council", "grant", None, "NaN"), "not an amount"),
        (("england", "council", "grant", None, "1e999"), "not an amount"),
        (("england", "council", "grant", None, "١٢"), "not an amount"),
        (("england", "council", "grant", None, Decimal("1e999")), "not between 0"),
        (("england", "council", "grant", None, 1.5), "not written as a number"),
    ],
)
def test_case_that_cannot_be_is_refused(case, said):
    with pytest.raises(InvalidCase, match=said):
        duties_for(*case, DAY)


def test_catalogue_names_only_what_it_has():
    limits = thresholds()
    for rule in rules():
        assert rule.source in sources()
        for name in filter(None, (rule.threshold, rule.ceiling, *rule.weights)):
            assert name in limits or name in ("procurement", "below-threshold-notice", "scottish-regulated",
                                              "northern-ireland-social-value")  # fmt: skip
    assert {limit.source for limit in limits.values()} <= sources().keys()
    assert all(limit.comparator in (">", ">=") and limit.amount > 0 for limit in limits.values())


def test_thresholds_of_one_thing_follow_on_without_a_gap():
    for old, following in (("PA23-SC-GS-24", "PA23-SC-GS-26"), ("PA23-CG-GS-24", "PA23-CG-GS-26")):
        assert thresholds()[old].valid_to == thresholds()[following].valid_from == date(2026, 1, 1)
