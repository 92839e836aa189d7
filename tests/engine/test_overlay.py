"""An overlay: what it changes, what lies beneath it, and what each file is refused for."""

import re
import textwrap
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from made_editions import edition as made_edition
from made_editions import line

from commonweal.engine.catalogue import load_edition, values
from commonweal.engine.check import check_framework, check_overlay
from commonweal.engine.document import CATALOGUE, FileRefused, Finding, parse_document
from commonweal.engine.model import Edition, InvalidRule
from commonweal.engine.overlay import Added, Overlay, OverlayRefused, Renamed, Target, apply_overlay, is_per, layers
from commonweal.engine.overlay_file import load_overlay, overlay_of, overlay_text
from commonweal.engine.overlay_model import Level, parts_of
from commonweal.engine.value import value

BASE = load_edition("open-measures@1.0")
HEAD = """
id: our-place
version: "2026"
title: Our place
publisher: Example Council
base: open-measures@1.0
source: {id: OUR-PLAN, title: Corporate plan 2026, locator: page 12, licence: OGL-3.0, confidence: seen}
author: Policy team
"""
WHOLE = (
    HEAD
    + """
add:
  themes:
    - {id: sea, title: The sea, title_cy: Y môr, reason: We are an island}
  outcomes:
    - {id: clean-shore, title: A clean shore, theme: sea, reason: We are an island}
  measures:
    - measure:
        id: sea.beach-cleaned
        code: X01
        title: Beach cleaned
        unit: m
        rates: {deadweight: {central: "0.1", low: "0", high: "0.2", reason: Survey of 2025}}
        value:
          name: A metre of beach cleaned
          amount: "1.25"
          unit: GBP per m
          price_year: "2024"
          price_year_type: calendar
          kind: spend
          beneficiary: public body
          source: {id: OUR-PLAN, title: Corporate plan 2026, locator: page 3, licence: OGL-3.0, confidence: seen}
        confirmable_by: [community-organisation]
      outcome: clean-shore
      target: {quantity: "4000", by: "2027-03-31"}
      reason: The council decided it
      source: {id: MIN-7, title: Minutes of 7 May 2026, locator: item 4, licence: OGL-3.0, confidence: seen}
hide:
  - {measure: community.safety-talks, reason: The fire service gives them}
rename:
  - {measure: community.goods-given, title: Things given, title_cy: Pethau a roddwyd, reason: Plainer}
  - {outcome: nature-and-resources, title: Land and sea, title_cy: Tir a môr, reason: We are an island}
  - {theme: environment, title: Our island, reason: We are an island}
retarget:
  - measure: environment.trees-established
    outcome: clean-shore
    target: {quantity: "250.5", by: "2028-03-31", per: year}
    reason: Trees hold the dunes
  - {measure: skills.site-visits, target: {quantity: "10", by: "2027-03-31"}, reason: The plan says ten}
revalue:
  - measure: community.volunteering-hours
    rates: {deadweight: {central: "0.25", reason: Survey of 2025}}
    reason: We asked volunteers
  - {measure: community.money-given, figure: count, reason: Money is not a benefit in itself}
  - measure: culture.welsh-language-hours
    value: pay.median-hour-2025
    duration: 2
    dropoff: {central: "0.5", low: "0.4", high: "0.6", reason: Followed up}
    reason: Made up for this test
"""
)


def read(text: str, base: Edition | None = None) -> tuple[Overlay | None, list[Finding]]:
    return overlay_of(parse_document(textwrap.dedent(text).encode(), "ours.yaml"), base)


def overlay(text: str = WHOLE, base: Edition | None = None) -> Overlay:
    made, findings = read(text, base)
    assert findings == []
    assert made
    return made


OURS = apply_overlay(BASE, overlay())


def test_an_overlay_that_changes_nothing_has_the_measures_of_its_base() -> None:
    plain = apply_overlay(BASE, overlay(HEAD))
    assert plain.themes == BASE.themes
    assert plain.reference == "our-place@2026"
    assert (plain.licence, plain.price_year) == (BASE.licence, BASE.price_year)
    assert BASE.content_hash in plain.notes


def test_the_edition_of_a_body_is_an_edition_like_any_other() -> None:
    assert Edition.from_json(OURS.to_json()) == OURS
    assert OURS.content_hash != BASE.content_hash
    assert set(OURS.measures) == set(BASE.measures) - {"community.safety-talks"} | {"sea.beach-cleaned"}


def test_what_is_added_stands_where_it_was_put() -> None:
    assert [theme.id for theme in OURS.themes] == [*(theme.id for theme in BASE.themes), "sea"]
    (shore,) = OURS.themes[-1].outcomes
    assert [measure.id for measure in shore.measures] == ["environment.trees-established", "sea.beach-cleaned"]
    added = OURS.measures["sea.beach-cleaned"]
    assert added.value
    assert (added.value.amount, added.rates["deadweight"].high) == (Decimal("1.25"), Decimal("0.2"))
    assert added.reference.id == "MIN-7"


def test_a_renamed_measure_keeps_its_id_unit_and_value() -> None:
    ours, base = OURS.measures["community.goods-given"], BASE.measures["community.goods-given"]
    assert (ours.title, ours.title_cy, ours.wording) == ("Things given", "Pethau a roddwyd", "own")
    assert replace(ours, title=base.title, title_cy=base.title_cy) == base


def test_a_renamed_outcome_and_theme_keep_their_ids_their_order_and_what_stands_in_them() -> None:
    ours, base = ({each.id: each for each in edition.outcomes} for edition in (OURS, BASE))
    land, was = ours["nature-and-resources"], base["nature-and-resources"]
    assert (land.title, land.title_cy, land.wording) == ("Land and sea", "Tir a môr", "own")
    assert land.criteria == was.criteria
    assert [each.id for each in land.measures] == [
        each.id for each in was.measures if each.id != "environment.trees-established"
    ]
    theme, theirs = (next(each for each in edition.themes if each.id == "environment") for edition in (OURS, BASE))
    assert (theme.title, theme.title_cy) == ("Our island", theirs.title_cy)
    assert [each.id for each in theme.outcomes] == [each.id for each in theirs.outcomes]
    assert [each.title for each in BASE.outcomes if each.id == "nature-and-resources"] == [was.title]


def test_other_words_for_an_outcome_are_no_change_of_a_measure_with_its_id() -> None:
    edition = made_edition()
    (theme,) = edition.themes
    (outcome,) = theme.outcomes
    # One id, three times over: of the theme, of the outcome and of a measure.
    base = replace(edition, themes=(replace(theme, id="told", outcomes=(replace(outcome, id="told"),)),))
    text = HEAD.replace("open-measures@1.0", "made@1.0")
    words = "rename: [{theme: told, title: T, reason: r}, {outcome: told, title: O, reason: r}]\n"
    made = overlay(text + words + "hide: [{measure: told, reason: r}]\n", base)
    assert overlay(overlay_text(made), base) == made
    assert [change.kind for change in made.of("told")] == ["hide"]
    (ours,) = apply_overlay(base, made).themes
    assert (ours.title, ours.outcomes[0].title, "told" in apply_overlay(base, made).measures) == ("T", "O", False)


def test_rates_values_duration_and_dropoff_are_those_of_the_body() -> None:
    assert OURS.measures["community.volunteering-hours"].rates["deadweight"].central == Decimal("0.25")
    given = OURS.measures["community.money-given"]
    assert (given.value, given.figure) == (None, "count")
    spoken = OURS.measures["culture.welsh-language-hours"]
    assert (spoken.value, spoken.figure, spoken.duration) == (values()["pay.median-hour-2025"], "valued", 2)
    assert spoken.dropoff.high == Decimal("0.6")


def test_figures_follow_the_overlay_measure_by_measure() -> None:
    lines = [
        line("community.volunteering-hours", "10", attribution=Decimal(0), displacement=Decimal(0), reason="r"),
        line("community.goods-given", "5"),
    ]
    as_of = date(2026, 6, 1)
    ours, base = (value(lines, each, as_of=as_of) for each in (OURS, BASE))
    assert base.lines[0].net is None
    assert ours.lines[0].net
    assert ours.lines[0].net.central == Decimal("17.96") * 10 * Decimal("0.75")
    assert ours.lines[1].gross == base.lines[1].gross


def test_layers_tell_what_is_the_bases_what_is_ours_and_why() -> None:
    by_id = {layer.id: layer for layer in layers(BASE, overlay())}
    assert len(by_id) == len(BASE.measures) + 1
    untouched = by_id["employment.graduate-starts"]
    assert (untouched.changes, untouched.ours, untouched.differs) == ((), untouched.base, ())
    hidden = by_id["community.safety-talks"]
    assert (hidden.ours, hidden.outcome, hidden.base) == (None, "", BASE.measures["community.safety-talks"])
    assert [change.reason for change in hidden.changes] == ["The fire service gives them"]
    moved = by_id["environment.trees-established"]
    assert (moved.base_outcome, moved.outcome, moved.differs) == ("nature-and-resources", "clean-shore", ("outcome",))
    assert moved.target == Target(Decimal("250.5"), date(2028, 3, 31), "year")
    assert by_id["skills.site-visits"].target
    assert by_id["skills.site-visits"].outcome == "world-of-work"
    assert by_id["community.goods-given"].differs == ("title", "title_cy")
    assert by_id["culture.welsh-language-hours"].differs == ("figure", "value", "duration", "dropoff")
    ours_alone = by_id["sea.beach-cleaned"]
    assert (ours_alone.base, ours_alone.target) == (None, Target(Decimal(4000), date(2027, 3, 31)))


def test_a_change_remembers_what_the_base_said_and_where_its_reason_stands() -> None:
    for change in overlay().changes:
        assert change.reason
        assert change.reference.id in ("OUR-PLAN", "MIN-7")
        if change.kind != "add":
            assert (change.was, change.was_in) == parts_of(BASE)[change.level, change.subject]
    (land,) = [change for change in overlay().changes if change.level == "outcome" and change.kind == "rename"]
    assert (land.was.title, land.was_in) == ("Nature recovers and less is wasted", "environment")
    assert (land.was.measures, land.was.criteria) == ((), ())


def test_each_reason_of_a_change_is_told_apart() -> None:
    told = {
        (change.subject, each.of): (each.reason, each.reference.id)
        for change in overlay().changes
        for each in change.reasons
    }
    assert told["community.volunteering-hours", ""] == ("We asked volunteers", "OUR-PLAN")
    assert told["community.volunteering-hours", "deadweight"] == ("Survey of 2025", "OUR-PLAN")
    assert told["culture.welsh-language-hours", "value"] == ("Made up for this test", "OUR-PLAN")
    assert told["culture.welsh-language-hours", "dropoff"] == ("Followed up", "OUR-PLAN")
    assert told["sea.beach-cleaned", ""] == ("The council decided it", "MIN-7")
    assert told["sea.beach-cleaned", "deadweight"] == ("Survey of 2025", "MIN-7")


def test_what_is_written_reads_back_the_same() -> None:
    first = overlay()
    assert overlay(overlay_text(first)) == first
    assert "&" not in overlay_text(first)


def test_every_measure_of_the_catalogue_can_be_written_as_an_addition() -> None:
    text = HEAD.replace("open-measures@1.0", "ppn-026@2026")
    bare = overlay(text)
    measures = tuple(measure for id in ("open-measures", "ppn-06-20") for measure in load_edition(id).measures.values())
    changes = [Added(part=measure, to="gj", reason="r", reference=bare.source) for measure in measures]
    assert any(measure.value and measure.value.by_year for measure in measures)
    whole = replace(bare, changes=tuple(changes))
    assert overlay(overlay_text(whole)) == whole


def test_an_overlay_lies_on_its_own_edition_only() -> None:
    other = replace(BASE, notes="another text")
    with pytest.raises(OverlayRefused, match="not on open-measures@1.0") as refused:
        apply_overlay(other, overlay())
    assert refused.value.fix
    with pytest.raises(OverlayRefused):
        layers(other, overlay())


def test_an_overlay_on_a_framework_of_ones_own_is_given_its_base() -> None:
    own = made_edition()
    text = HEAD.replace("open-measures@1.0", "made@1.0") + "hide: [{measure: told, reason: No stories}]\n"
    assert "there is no framework 'made'" in read(text)[1][0].reason
    assert "told" not in apply_overlay(own, overlay(text, own)).measures
    assert "and open-measures@1.0 was given" in read(text, BASE)[1][0].reason


def own_value(**said: str) -> str:
    """This will write a value of our own in the flow style of the file."""
    written = {
        "name": "V",
        "amount": "20",
        "unit": "GBP per hour",
        "price_year": "2025",
        "price_year_type": "calendar",
        "kind": "economic",
        "beneficiary": "society",
    } | said
    return "{" + ", ".join(f'{name}: "{each}"' for name, each in written.items()) + ", source: COMMONWEAL}"


def revalue(measure: str, **said: str) -> str:
    return f"revalue: [{{measure: {measure}, value: {own_value(**said)}, reason: r}}]"


REFUSED = [
    (
        revalue("skills.apprentice-starts"),
        "revalue[0]",
        "skills.apprentice-starts is counted in people, and its value is in GBP per hour",
    ),
    (
        "add: {measures: [{measure: {id: a, code: Z, title: A, unit: trees, value: "
        + own_value()
        + "}, outcome: given, reason: r}]}",
        "add.measures[0]",
        "a is counted in trees, and its value is in GBP per hour",
    ),
    (revalue("community.volunteering-hours", amount="-25"), "revalue[0].value", "an amount is below 0"),
    (
        revalue("community.volunteering-hours", amount="5", low="-1", high="9"),
        "revalue[0].value",
        "an amount is below 0",
    ),
    (
        revalue("community.volunteering-hours", price_year="1989"),
        "revalue[0].value",
        "price year 1989 lies outside 1990 to",
    ),
    (
        revalue("community.volunteering-hours", price_year="2051"),
        "revalue[0].value",
        "lies outside 1990 to",
    ),
    (
        revalue("community.volunteering-hours", price_year="3000-01", price_year_type="financial"),
        "revalue[0].value",
        "price year 3000-01 lies outside 1990 to",
    ),
    (
        "hide: [{measure: community.safety-talk, reason: r}]",
        "hide[0].measure",
        "has no measure 'community.safety-talk'",
    ),
    ("hide: [{measure: community.safety-talks}]", "hide[0]", "reason is missing"),
    ('hide: [{measure: community.safety-talks, reason: " "}]', "hide[0].reason", "not written as it should be"),
    (
        "hide: [{measure: community.story, reason: r}, {measure: community.story, reason: r}]",
        "hide[1]",
        "community.story has two changes called hide",
    ),
    (
        "hide: [{measure: community.story, reason: r}]\nrename: [{measure: community.story, title: T, reason: r}]",
        "rename[0]",
        "community.story is hidden and also changed",
    ),
    (
        "rename: [{measure: community.story, title: Story of a change in someone's life, reason: r}]",
        "rename[0]",
        "community.story already has this title",
    ),
    ("rename: [{title: T, reason: r}]", "rename[0]", "it names none of measure, outcome, theme"),
    (
        "rename: [{outcome: stronger, theme: jobs, title: T, reason: r}]",
        "rename[0]",
        "it names outcome and theme at once",
    ),
    ("rename: [stronger]", "rename[0]", "'stronger' is not a mapping"),
    ("rename: [{outcome: given, reason: r}]", "rename[0]", "title is missing"),
    ("rename: [{outcome: community, title: T, reason: r}]", "rename[0].outcome", "has no outcome 'community'"),
    ("rename: [{theme: stronger, title: T, reason: r}]", "rename[0].theme", "has no theme 'stronger'"),
    ("rename: [{theme: jobs, title: Jobs, reason: r}]", "rename[0]", "jobs already has this title"),
    (
        "rename: [{theme: jobs, title: A, reason: r}, {theme: jobs, title: B, reason: r}]",
        "rename[1]",
        "jobs has two changes called rename",
    ),
    (
        "add: {outcomes: [{id: o, title: O, theme: jobs, reason: r}]}\nrename: [{outcome: o, title: T, reason: r}]",
        "rename[0].outcome",
        "open-measures@1.0 has no outcome 'o'",
    ),
    ("retarget: [{measure: community.story, reason: r}]", "retarget[0]", "community.story is re-targeted to nothing"),
    ("retarget: [{measure: community.story, outcome: x, reason: r}]", "retarget[0]", "there is no outcome 'x'"),
    (
        "retarget: [{measure: community.story, outcome: stronger, reason: r}]",
        "retarget[0]",
        "already stands in stronger",
    ),
    (
        'retarget: [{measure: community.story, target: {quantity: "0", by: "2027-03-31"}, reason: r}]',
        "retarget[0]",
        "a target is a quantity above 0",
    ),
    (
        'retarget: [{measure: community.story, target: {quantity: 5, by: "2027-03-31"}, reason: r}]',
        "retarget[0].target.quantity",
        "5 is a bare number",
    ),
    (
        'retarget: [{measure: community.story, target: {quantity: "5", by: "2027-02-30"}, reason: r}]',
        "retarget[0].target.by",
        "2027-02-30 is not a day of the calendar",
    ),
    ("revalue: [{measure: community.story, reason: r}]", "revalue[0]", "community.story is re-valued with nothing"),
    (
        "revalue: [{measure: community.story, value: pay.median-hour-2025, reason: r}]",
        "revalue[0]",
        "community.story is a story, told and never turned into money",
    ),
    (
        "revalue: [{measure: community.groups-supported, figure: count, reason: r}]",
        "revalue[0]",
        "community.groups-supported has no value to take away",
    ),
    (
        "revalue: [{measure: community.volunteering-hours, value: wellbeing.wellby-2019, reason: r}]",
        "revalue[0]",
        "community.volunteering-hours is valued in GBP per hour, not in GBP per WELLBY",
    ),
    (
        "revalue: [{measure: community.volunteering-hours, value: pay.median-hour-2025, reason: r}]",
        "revalue[0]",
        "community.volunteering-hours is already valued so",
    ),
    ("revalue: [{measure: community.story, unit: days, reason: r}]", "revalue[0].unit", "unit is not known here"),
    (
        'revalue: [{measure: community.groups-supported, rates: {deadweight: {central: "2", reason: r}}, reason: r}]',
        "revalue[0].rates.deadweight",
        "a share lies outside 0 to 1",
    ),
    (
        "add: {measures: [{measure: {id: a, code: C01, title: A, unit: m}, outcome: given, reason: r}]}",
        "add.measures[0]",
        "code 'C01' is already in the base, for community.volunteering-hours",
    ),
    (
        "add: {measures: [{measure: {id: community.story, code: Z, title: A, unit: m}, outcome: given, reason: r}]}",
        "add.measures[0]",
        "measure 'community.story' is already in the base",
    ),
    (
        "add: {measures: [{measure: {id: a, code: Z, title: A, unit: m}, outcome: nowhere, reason: r}]}",
        "add.measures[0]",
        "there is no outcome 'nowhere'",
    ),
    (
        "add: {outcomes: [{id: o, title: O, theme: nowhere, reason: r}]}",
        "add.outcomes[0]",
        "there is no theme 'nowhere'",
    ),
    ("add: {themes: [{id: jobs, title: Jobs, reason: r}]}", "add.themes[0]", "theme 'jobs' is already in the base"),
    (
        "add: {measures: [{measure: {id: a, code: Z, title: A, unit: m}, outcome: given, reason: r}]}\n"
        "hide: [{measure: a, reason: r}]",
        "hide[0].measure",
        "open-measures@1.0 has no measure 'a'",
    ),
    ("base_hash: " + "a" * 64, "base_hash", "is not the edition this was written on"),
    ('applies_from: "2026-04-01"\napplies_to: "2026-04-01"', "applies_to", "applies_to must be after applies_from"),
]


@pytest.mark.parametrize(("more", "where", "reason"), REFUSED, ids=[f"{each[1]} {each[2][:30]}" for each in REFUSED])
def test_a_wrong_overlay_is_refused_for_its_one_reason(more: str, where: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(HEAD + more + "\n", "utf-8")
    (finding,) = check_overlay(path)
    assert finding.where.startswith(f"{where} (line ")
    assert reason in finding.reason
    assert finding.fix
    with pytest.raises(FileRefused):
        load_overlay(path)


@pytest.mark.parametrize("year", ["1990", "2050"])
def test_prices_of_1990_to_next_year_are_taken(year: str) -> None:
    made = apply_overlay(BASE, overlay(HEAD + revalue("community.volunteering-hours", price_year=year)))
    value = made.measures["community.volunteering-hours"].value
    assert value
    assert value.price_year == year


def test_an_edition_file_is_held_to_the_same_amounts_and_years(tmp_path: Path) -> None:
    whole = (CATALOGUE / "frameworks" / "open-measures" / "1.0.yaml").read_text("utf-8")
    path = tmp_path / "edition.yaml"
    path.write_text(re.sub(r'^price_year: "[^"]*"', 'price_year: "1500"', whole, flags=re.MULTILINE), "utf-8")
    assert "price year 1500 lies outside 1990 to" in check_framework(path)[0].reason


@pytest.mark.parametrize(
    ("value_unit", "unit", "fits"),
    [
        ("GBP per hour", "hours", True),
        ("GBP per person", "people", True),
        ("£ per people", "people", True),
        ("GBP per activity", "activities", True),
        ("GBP per address", "addresses", True),
        ("GBP per FTE-year", "FTE-years", True),
        ("gbp per day of training", "days of training", True),
        ("GBP per hour", "people", False),
        ("GBP per day of training", "days", False),
        ("GBP", "GBP", False),
        ("USD per hour", "hours", False),
    ],
)
def test_a_value_is_for_one_of_the_measures_unit(value_unit: str, unit: str, fits: bool) -> None:
    assert is_per(value_unit, unit) is fits


def test_the_id_of_the_base_is_not_the_overlays_to_take() -> None:
    (finding,) = read(HEAD.replace("id: our-place", "id: open-measures"))[1]
    assert finding.reason == "open-measures is the id of the base"


def test_an_unknown_base_is_named() -> None:
    (finding,) = read(HEAD.replace("@1.0", "@9.9"))[1]
    assert (finding.where, "has no edition '9.9'" in finding.reason) == ("base (line 6)", True)


def test_what_an_outcome_holds_is_not_kept_with_its_words() -> None:
    theme, outcome = BASE.themes[0], BASE.themes[0].outcomes[0]
    said = {"title": "T", "reason": "r", "reference": BASE.source}
    Renamed(was=replace(theme, outcomes=()), was_in="", **said)
    for part, place in (
        (theme, ""),
        (outcome, theme.id),
        (replace(outcome, criteria=(), measures=()), ""),
        (replace(theme, outcomes=()), theme.id),
    ):
        with pytest.raises(InvalidRule, match="is held empty"):
            Renamed(was=part, was_in=place, **said)


def test_a_change_without_a_reason_cannot_be_made() -> None:
    change = overlay().changes[0]
    with pytest.raises(InvalidRule, match="needs its reason"):
        replace(change, reason=" ")


shapes = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["community.story", "given", "jobs"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "measure",
                    "measures",
                    "reason",
                    "title",
                    "outcome",
                    "theme",
                    "target",
                    "quantity",
                    "by",
                    "value",
                    "id",
                ]
            ),
            inner,
        )
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["add", "hide", "rename", "retarget", "revalue", "base", "source"]), shapes))
@settings(max_examples=60, deadline=None)
def test_any_shape_gives_findings_or_an_overlay_that_applies(content: dict[str, object]) -> None:
    raw = yaml.safe_dump({**yaml.safe_load(HEAD), **content}, allow_unicode=True)
    made, findings = read(raw)
    assert (made is None) == bool(findings)
    if made:
        assert apply_overlay(BASE, made).framework_id == "our-place"


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=30).filter(str.strip)
PARTS = st.sampled_from(sorted(parts_of(BASE)))


@given(st.dictionaries(PARTS, st.tuples(WORDS, WORDS | st.just("")), max_size=12))
@settings(max_examples=60, deadline=None)
def test_words_of_ones_own_change_words_alone_and_read_back_the_same(
    words: dict[tuple[Level, str], tuple[str, str]],
) -> None:
    parts = parts_of(BASE)
    changes = tuple(
        Renamed(
            was=parts[key][0], was_in=parts[key][1], title=title, title_cy=title_cy, reason="r", reference=BASE.source
        )
        for key, (title, title_cy) in words.items()
    )
    made = replace(overlay(HEAD), changes=changes)
    assert overlay(overlay_text(made)) == made
    ours = parts_of(apply_overlay(BASE, made))
    assert list(ours) == list(parts)
    for key, (part, place) in ours.items():
        base, base_place = parts[key]
        title, title_cy = words.get(key, (base.title, base.title_cy))
        assert place == base_place
        assert (part.title, part.title_cy) == (title, title_cy or base.title_cy)
        assert replace(part, title=base.title, title_cy=base.title_cy, wording=base.wording) == base
        assert key in words or part == base


def test_a_hostile_overlay_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(HEAD + "hide: [" + "{measure: nothing, reason: r}," * 4_000 + "]\n", "utf-8")
    assert {finding.reason for finding in check_overlay(path)} == {"open-measures@1.0 has no measure 'nothing'"}


def test_the_worked_example_of_the_manual_is_right() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "overlay-file.md").read_text("utf-8")
    made = overlay(page.split("```yaml\n")[1].split("```")[0])
    assert {change.kind for change in made.changes} == {"add", "hide", "rename", "retarget", "revalue"}
    assert apply_overlay(BASE, made).reference == "our-place@2026"
