"""The catalogue: every file fits its schema, every figure has its source, and an edition survives being stored."""

import csv
import json
import re
import textwrap
from datetime import date
from decimal import Decimal

import pytest

from commonweal.engine.catalogue import (
    EditionUnknown,
    carbon_values,
    deflators,
    discount_schedules,
    edition_of,
    editions,
    framework_ids,
    load_edition,
    sources,
    value_files,
    values,
)
from commonweal.engine.check import check_catalogue, check_framework
from commonweal.engine.crosswalk_file import crosswalk_files
from commonweal.engine.document import CATALOGUE, FileRefused, parse_document
from commonweal.engine.model import Edition, InvalidRule

OPEN_LICENCES = {"OGL-3.0", "OPL-3.0", "CC-BY-4.0"}

REFERENCES = [f"{id}@{version}" for id in framework_ids() for version in editions(id)]

THEMES = {
    "jobs",
    "skills",
    "fair-work",
    "local-economy",
    "community",
    "health-wellbeing",
    "environment",
    "innovation-culture",
}

# The pairs of the published Northern Spire table that a contractor must find a measure for.
NORTHERN_SPIRE = {
    "skills.placements-16-19",
    "skills.placements-14-16",
    "skills.curriculum-support",
    "employment.graduate-starts",
    "skills.apprentice-starts",
    "skills.apprentices-continuing",
    "skills.apprenticeship-completions",
    "employment.vacancies-advertised-locally",
    "skills.training-courses-completed",
    "skills.site-visits",
    "skills.teacher-insight-days",
    "innovation.research-projects",
    "skills.careers-presentations",
    "community.safety-talks",
    "skills.employability-sessions",
    "skills.pupils-reached",
    "skills.stem-activities",
    "skills.work-experience-days",
    "community.money-given",
}


@pytest.fixture(scope="module")
def open_measures() -> Edition:
    return load_edition("open-measures@1.0")


def test_every_file_of_the_catalogue_is_right() -> None:
    assert check_catalogue() == []
    assert len(value_files()) >= 6


def test_every_file_has_its_next_review() -> None:
    due = [str(finding) for finding in check_catalogue(on=date(2027, 12, 1))]
    assert len(due) == len(REFERENCES) + len(crosswalk_files())
    assert all("the review date has passed" in each for each in due)


def test_the_frameworks_that_ship() -> None:
    assert framework_ids() == (
        "northern-ireland-themes",
        "open-measures",
        "ppn-002",
        "ppn-026",
        "ppn-06-20",
        "scotland-community-benefits",
        "wales-wellbeing-goals",
    )


@pytest.mark.parametrize("reference", REFERENCES)
def test_an_edition_survives_storage(reference: str) -> None:
    edition = load_edition(reference)
    # A jsonb column keeps neither the order of keys nor the type of a number.
    stored = json.loads(json.dumps(edition.to_json(), sort_keys=True), parse_float=lambda text: pytest.fail(text))
    rebuilt = Edition.from_json(stored)
    assert rebuilt == edition
    assert rebuilt.content_hash == edition.content_hash
    assert list(rebuilt.measures) == list(edition.measures)
    assert edition.reference == reference


# A published edition never changes. A hash that moves means a version of its own, with what changed and why.
@pytest.mark.parametrize(
    ("reference", "content_hash"),
    [
        ("northern-ireland-themes@2021", "6e78342140bd04969ba877722d6d6d3af884f50d682fffb64253b28dbdcc0af1"),
        ("open-measures@1.0", "566e56aa86b76a8a4c79579dd378f27f1311518ad2ec2158cc055b297f51f208"),
        ("ppn-002@2025", "e31a27a0360f868b585091314b72ffde283136686279caa06f539a871feff977"),
        ("ppn-026@2026", "ba0184ec4e03a0a49311cc21ce4d0670ef4c387dd7a8f80f8e5ae5da0f06de23"),
        ("ppn-06-20@1.1", "2762ddb097660d8841064bce3efed35b7ea79e4bb5d4c0fa94cd2d861524cd21"),
        ("scotland-community-benefits@2014", "af3b30c8b44056fc077155172fab2b16792b648a800fe7f3ecb30a258a44ff15"),
        ("wales-wellbeing-goals@2015", "3eecec42d003418e1f7e56f20b70518a574ec48336d6afe0e000c699f6650e17"),
    ],
)
def test_a_published_edition_never_changes(reference: str, content_hash: str) -> None:
    assert load_edition(reference).content_hash == content_hash


def test_every_edition_has_its_hash_pinned() -> None:
    pinned = test_a_published_edition_never_changes.pytestmark[0].args[1]
    assert [reference for reference, _ in pinned] == REFERENCES


@pytest.mark.parametrize("reference", REFERENCES)
def test_an_edition_says_where_it_comes_from_and_what_it_lacks(reference: str) -> None:
    edition = load_edition(reference)
    assert edition.source == sources()[edition.source.id]
    assert edition.licence in OPEN_LICENCES
    assert edition.gaps
    assert all(gap.endswith(".") for gap in edition.gaps)
    for measure in edition.measures.values():
        assert measure.reference.id in sources()
        assert measure.reference.licence in OPEN_LICENCES


def test_every_value_has_an_open_source_and_stays_exact() -> None:
    for value in values().values():
        assert value.source.id in sources(), value.id
        assert value.source.licence in OPEN_LICENCES, value.id
        assert all(amount is None or isinstance(amount, Decimal) for amount in (value.low, value.amount, value.high))
    assert str(values()["pay.median-hour-2025"].amount) == "17.96"
    assert str(values()["wellbeing.wellby-2019"].amount) == "13000"


def test_a_range_without_a_middle_stays_a_range() -> None:
    commuting = values()["travel.commuting-hour-2023"]
    assert (commuting.low, commuting.amount, commuting.high) == (Decimal("13.04"), None, Decimal("15.51"))


def test_composite_values_are_called_mixed() -> None:
    kinds = {value.id: value.kind for value in values().values()}
    assert {kind for id, kind in kinds.items() if id.startswith("crime.")} == {"mixed"}
    assert {kind for id, kind in kinds.items() if id.startswith("safety.")} == {"mixed"}
    assert {kind for id, kind in kinds.items() if id.startswith("pay.")} == {"economic"}
    assert values()["pay.median-year-full-time-2025"].beneficiary == "worker"


def test_pay_is_a_rate_of_its_year_and_is_not_deflated() -> None:
    pay = [value for value in values().values() if value.id.startswith(("pay.", "spend."))]
    assert {(value.price_year_type, value.uprate) for value in pay} == {("rate-year", "none")}


def test_carbon_is_by_year_of_emission() -> None:
    carbon = values()["carbon.tonne-desnz-2023"]
    assert carbon.amount is None
    assert list(carbon.by_year) == list(range(2020, 2051))
    assert carbon.by_year[2026] == (Decimal("138.61"), Decimal("277.22"), Decimal("415.83"))


def test_nothing_superseded_or_not_open_ships() -> None:
    files = [CATALOGUE / "sources.csv", *(CATALOGUE / "values").iterdir(), *(CATALOGUE / "prices").iterdir()]
    files += (CATALOGUE / "frameworks").rglob("*.yaml")
    text = " ".join(path.read_text("utf-8") for path in files).lower()
    for word in ("pssru", "gmca", "hact", "national toms", "social value portal", "13.45", "14.80"):
        assert word not in text, word


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("deflators", deflators()),
        ("discount_schedules", discount_schedules()),
        ("carbon_values", carbon_values()),
    ],
)
def test_a_table_is_loaded_exactly(table: str, rows: tuple[object, ...]) -> None:
    with open(CATALOGUE / "prices" / f"{table}.csv", encoding="utf-8", newline="") as opened:
        written = list(csv.DictReader(opened))
    loaded = [{name: "" if (v := getattr(row, name)) is None else str(v) for name in written[0]} for row in rows]
    assert loaded == written


def test_deflators_hold_the_figures_of_their_release() -> None:
    index = {(row.period_type, row.period): row.index for row in deflators()}
    rebased = Decimal(13000) * index["calendar", "2024"] / index["calendar", "2019"]
    assert rebased.quantize(Decimal("0.01")) == Decimal("16027.91")
    assert {row.vintage for row in deflators() if row.status == "forecast"} == {"2024-10"}


def test_a_recommended_schedule_is_not_in_force() -> None:
    status = {row.schedule: row.status for row in discount_schedules()}
    assert status["review_2026_recommended"] == "recommended"
    assert {schedule for schedule, each in status.items() if each == "in-force"} >= {"standard_stpr", "health_life"}


def test_open_measures_cover_the_eight_themes(open_measures: Edition) -> None:
    assert {theme.id for theme in open_measures.themes} == THEMES
    assert len(open_measures.measures) >= 40
    assert len(open_measures.measures) == sum(len(outcome.measures) for outcome in open_measures.outcomes)


def test_open_measures_have_a_place_for_every_northern_spire_line(open_measures: Edition) -> None:
    assert set(open_measures.measures) >= NORTHERN_SPIRE


def test_open_measures_are_whole_in_both_languages(open_measures: Edition) -> None:
    for part in (open_measures, *open_measures.themes, *open_measures.outcomes, *open_measures.measures.values()):
        assert part.title
        assert part.title_cy
        assert part.title_cy != part.title
    for measure in open_measures.measures.values():
        assert measure.definition, measure.id
        assert measure.counting_rule, measure.id
        assert measure.evidence, measure.id
        assert measure.question.endswith("?"), measure.id
        assert bool(measure.confirmable_by) != bool(measure.confirm_reason), measure.id


def test_open_measures_approve_no_rates(open_measures: Edition) -> None:
    assert [measure.id for measure in open_measures.measures.values() if measure.rates] == []
    assert "No edition-wide rates" in open_measures.notes


@pytest.mark.parametrize(
    "together",
    [
        {"employment.local-people-fte", "local-economy.local-spend", "local-economy.small-firms-spend"},
        {"wellbeing.life-satisfaction", "health.quality-adjusted-life-years"},
    ],
)
def test_the_same_money_or_effect_is_exclusive(open_measures: Edition, together: set[str]) -> None:
    groups = {open_measures.measures[id].exclusive_group for id in together}
    assert len(groups) == 1
    assert None not in groups


def test_health_alone_uses_the_health_schedule(open_measures: Edition) -> None:
    health = {m.id for m in open_measures.measures.values() if m.value and m.value.discount_schedule == "health_life"}
    assert health == {"health.quality-adjusted-life-years"}


def test_harms_are_counted_as_harms(open_measures: Edition) -> None:
    harms = {measure.id for measure in open_measures.measures.values() if measure.direction == "harm"}
    assert harms == {"fair-work.reportable-injuries", "environment.tco2e-emitted"}


def test_the_welsh_goals_carry_their_titles_in_law() -> None:
    goals = {outcome.title: outcome.title_cy for outcome in load_edition("wales-wellbeing-goals").outcomes}
    assert len(goals) == 7
    assert goals["A more equal Wales"] == "Cymru sy'n fwy cyfartal"
    assert goals["A globally responsible Wales"] == "Cymru sy'n gyfrifol ar lefel fyd-eang"


def test_the_social_value_models_follow_one_another() -> None:
    first, second, third = (load_edition(id) for id in ("ppn-06-20", "ppn-002", "ppn-026"))
    assert second.applies_from == date(2025, 2, 24)  # optional beside the first until it ended
    assert first.applies_to == date(2025, 10, 1)
    assert second.applies_to == third.applies_from == date(2027, 1, 1)


def test_confidence_is_kept_for_each_item() -> None:
    edition = load_edition("ppn-06-20")
    criteria = {each.code: each.confidence for outcome in edition.outcomes for each in outcome.criteria}
    assert criteria["MAC 2.1"] == "seen"
    assert criteria["MAC 2.2"] == "known"
    assert edition.measures["po2-fte"].reference.confidence == "seen"
    assert edition.measures["po4-wst"].reference.confidence == "known"
    assert edition.measures["po4-wst"].wording == "paraphrased"


def test_a_reference_without_version_is_the_latest_edition() -> None:
    assert load_edition("open-measures") is load_edition(f"open-measures@{editions('open-measures')[-1]}")


@pytest.mark.parametrize("reference", ["open-measurez", "open-measures@9.9", "..", "national-toms"])
def test_an_unknown_edition_is_named(reference: str) -> None:
    with pytest.raises((EditionUnknown, FileRefused), match=reference.split("@")[-1]):
        load_edition(reference)


def test_a_file_can_be_loaded_by_path() -> None:
    path = CATALOGUE / "frameworks" / "ppn-026" / "2026.yaml"
    assert load_edition(path) == load_edition(str(path)) == load_edition("ppn-026")
    assert check_framework(path) == []


def test_a_float_in_stored_json_is_refused(open_measures: Edition) -> None:
    stored = open_measures.to_json()
    stored["themes"][0]["outcomes"][0]["measures"][0]["value"]["amount"] = 39039.0
    with pytest.raises(InvalidRule, match="not a number kept as text"):
        Edition.from_json(stored)


def test_the_notice_names_every_source_and_its_licence() -> None:
    notice = (CATALOGUE.parent.parent / "NOTICE").read_text("utf-8")
    for source in sources().values():
        if source.id != "COMMONWEAL":
            assert source.title in notice, source.id


def test_the_worked_example_of_the_manual_is_right() -> None:
    page = (CATALOGUE / "README.md").read_text("utf-8")
    written = re.search(r"(?ms)^    id: our-place.*?(?=^\S)", page)
    assert written
    edition, findings = edition_of(parse_document(textwrap.dedent(written[0]).encode(), "README.md"))
    assert findings == []
    assert edition
    measure = edition.measures["community.volunteering-hours"]
    assert measure.value == values()["pay.median-hour-2025"]
    assert measure.rates["deadweight"].central == Decimal("0.2")


def test_the_manual_counts_what_ships() -> None:
    page = (CATALOGUE / "README.md").read_text("utf-8")
    measures = load_edition("open-measures").measures.values()
    valued = sum(measure.value is not None for measure in measures)
    assert f"English and Welsh titles | {len(measures)} | {valued} |" in page
    for id in framework_ids():
        assert f"`{id}`" in page
