"""Several frameworks side by side: each line counted once under each, by the engine, and what is left over said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from made_council import DAY
from made_framework import edition
from read_pages import rows_of, words

from commonweal.base.templatetags.figures import money
from commonweal.engine.crosswalk import End, report_under
from commonweal.engine.crosswalk_file import crosswalk_between
from commonweal.engine.lines import Line
from commonweal.engine.overlay_model import Hidden, Overlay, Renamed
from commonweal.engine.presentation import rounded
from commonweal.engine.prices import published_series
from commonweal.engine.value import value
from commonweal.frameworks.actions import begin_overlay, change_crosswalk, publish_overlay
from commonweal.frameworks.queries import crosswalk_pair, find_edition, get_edition
from commonweal.money import round_half_up
from commonweal.reporting.beside import NOT_THE_SAME, lines_by_edition, same_measures, tell
from commonweal.reporting.queries import walk_between, worth

ONE, TWO = "made-reporting@1.0", "made-reporting@2.0"
OPEN, MODEL = "open-measures@1.0", "ppn-06-20@1.1"
YEAR = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}


def line(measure: str, quantity: str, row: int = 1) -> Line:
    """This will make a line apart from the record."""
    return Line(measure=measure, quantity=Decimal(quantity), start=YEAR["starts_on"], end=YEAR["ends_on"], row=row)


@pytest.fixture
def promised(council: Any) -> Any:
    """Promises under two editions of one framework, and under one whose crosswalk carries some of them."""
    council.home = council.agreement("Home care")
    council.promise("wage", "10.5", council.home, wording="Wages")
    council.promise("health", "4", council.home)
    council.promise("wage", "2", council.home, version="2.0")
    council.catalogue = council.agreement("Parks")
    for measure, number in (
        ("skills.apprentice-starts", "7"), ("environment.conservation-hours", "120"),
        ("fair-work.in-work-progression", "3"), ("community.volunteering-hours", "50"),
    ):  # fmt: skip
        council.promise(measure, number, council.catalogue, framework="open-measures")
    return council


def test_two_editions_of_one_framework_tell_every_line_once(promised: Any, read: Callable[..., str]) -> None:
    address = f"agreements/{promised.home.public_id}/worth/frameworks"
    rows = rows_of(read(f"{address}/export/csv/?what=promised&first={ONE}&second={TWO}"))
    page = words(read(f"{address}/?what=promised&first={ONE}&second={TWO}"))
    for reference in (ONE, TWO):
        alone = value(
            [line("wage", "10.5", 1), line("wage", "2", 2), line("health", "4", 3)], get_edition(reference), as_of=DAY
        )
        shown = {
            (row["Kind of value"], row["Level"]): Decimal(row["Amount (£)"])
            for row in rows
            if row["Row"] == "total" and row["Framework"] == reference
        }
        assert shown == {(total.kind, total.level): rounded(total.amount).central for total in alone.totals}
        for key, amount in shown.items():
            assert money(amount) in page
            parts = [Decimal(row["Amount (£)"]) for row in rows
                     if (row["Row"], row["Framework"], row["Kind of value"], row["Level"]) == ("measure", reference, *key)]  # fmt: skip
            assert sum(parts) == amount
    assert "Made measures 1.0 3 of 3 lines told: 2 of its own, 1 carried over" in page
    assert "Why they differ: Economic value, gross" in page
    assert "Wage, 2026-27 Work 12.5 units £2,000.00 2024 nothing: gross £25,000.00" in page
    assert "Why they differ: Welfare value" not in page


def test_what_a_crosswalk_carries_and_leaves_adds_up_to_the_record(promised: Any, read: Callable[..., str]) -> None:
    given = lines_by_edition(worth(promised.body, what="promised", on=DAY, agreement=promised.catalogue))[OPEN]
    reported = report_under(given, crosswalk_between(OPEN, MODEL), get_edition(MODEL))
    rows = rows_of(
        read(f"agreements/{promised.catalogue.public_id}/worth/frameworks/export/csv/?what=promised&first={MODEL}")
    )
    told = {(row["Row"], row["Measure"]): Decimal(row["Quantity"]) for row in rows}
    assert told == {
        **{("counted" if each.to.level == "measure" else "heading", each.title): each.quantity for each in reported.figures},
        **{("not told", each.title): each.quantity for each in reported.unmapped},
    }  # fmt: skip
    assert sum(told.values()) == sum(each.counted for each in given) == 180
    assert {row["Why"] for row in rows if row["Row"] == "not told"} == {"only a related match, which carries nothing"}


def test_all_are_told_in_the_prices_of_one_year_where_one_is_chosen(promised: Any, read: Callable[..., str]) -> None:
    promised.promise("waste", "1000", promised.home, wording="Waste")
    address = f"worth/frameworks/export/csv/?first={ONE}&second={TWO}&what=promised"
    own, earlier = (
        [row for row in rows_of(read(f"{address}&prices={year}")) if row["Direction"] == "harm" and row["Amount (£)"]]
        for year in ("", "2019")
    )
    assert {row["Price year"] for row in own} == {"2024"}
    assert {row["Price year"] for row in earlier} == {"2019"}
    index = published_series()["calendar"].index
    [before, after] = ({Decimal(row["Amount (£)"]) for row in rows if row["Row"] == "total"} for rows in (own, earlier))
    assert before == {Decimal("333.33")}
    assert after == {round_half_up(Decimal("333.333") * index["2019"] / index["2024"])}
    page = words(read(f"worth/frameworks/?first={ONE}&prices=1066"))
    assert "Choose the year of the prices from the list" in page


def test_a_row_opens_onto_why(promised: Any, read: Callable[..., str]) -> None:
    page = words(read(f"worth/frameworks/?what=promised&first={OPEN}&second={MODEL}"))
    amount = rounded(value([line("environment.conservation-hours", "120", 1), line("community.volunteering-hours", "50", 2)],
                           get_edition(OPEN), as_of=DAY).totals[0].amount).central  # fmt: skip
    assert amount is not None
    assert f"{money(amount)} rates of 2025, 2 lines No figure" in page
    assert "which has no value there" in page
    assert "Hours volunteered in the community: 50 hours, 1 line; only a related match, which carries nothing" in page
    assert f"there is no crosswalk from {ONE}" in page


def test_gross_and_net_and_kinds_stay_apart(promised: Any, read: Callable[..., str]) -> None:
    rows = rows_of(read(f"worth/frameworks/export/csv/?what=promised&first={ONE}&second={OPEN}&third={TWO}"))
    totals = [(row["Framework"], row["Kind of value"], row["Direction"], row["Level"], row["Price year"])
              for row in rows if row["Row"] == "total"]  # fmt: skip
    assert len(totals) == len(set(totals))
    assert {row["Framework"] for row in rows} == {ONE, OPEN, TWO}
    assert {level for name, kind, _side, level, _year in totals if (name, kind) == (ONE, "welfare")} == {"gross", "net"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("first=tomorrow@1", "There is no such framework here. Choose one from the list."),
        (f"first={ONE}&second={ONE}", "This framework has a column already. Choose another, or none."),
    ],
)
def test_a_framework_that_cannot_be_chosen_is_told(
    promised: Any, read: Callable[..., str], query: str, said: str
) -> None:
    page = words(read(f"worth/frameworks/?what=promised&{query}"))
    assert f"There is a problem {said}" in page
    assert "Why they differ" not in page
    read(f"worth/frameworks/export/csv/?what=promised&{query}", status=404)


def test_without_a_choice_the_records_own_framework_stands_beside_another(
    promised: Any, read: Callable[..., str]
) -> None:
    page = words(read(f"agreements/{promised.catalogue.public_id}/worth/frameworks/?what=promised"))
    assert "2 frameworks, what is promised" in page
    assert "Commonweal Open Measures 1.0 4 of 4 lines told: 4 of its own" in page


def test_a_crosswalk_of_another_edition_with_the_same_name_carries_nothing(promised: Any) -> None:
    found = worth(promised.body, what="promised", on=DAY, agreement=promised.catalogue)
    of = {OPEN: get_edition(OPEN)}
    altered = replace(get_edition(MODEL), title="Altered")
    told = tell(found, altered, of, walk_between)
    assert told.carried == 0
    assert {each.unmapped.why for each in told.left} == {NOT_THE_SAME}
    assert sum(each.unmapped.quantity for each in told.left) == 180


def test_a_measure_with_another_unit_is_not_the_same_measure() -> None:
    one, two = edition("1.0"), edition("2.0")
    [jobs, health, place] = two.themes
    [well] = health.outcomes
    measures = tuple(replace(each, unit="days") if each.id == "visits" else each for each in well.measures)
    two = replace(two, themes=(jobs, replace(health, outcomes=(replace(well, measures=measures),)), place))
    assert {match.of.id for match in same_measures(one, two).matches} == set(one.measures) - {"visits"}


def test_a_bodys_own_crosswalk_goes_before_everybodys(promised: Any, read: Callable[..., str]) -> None:
    assert walk_between(get_edition(ONE), get_edition(OPEN)) is None
    pair = crosswalk_pair(promised.body, OPEN, MODEL)
    kept = tuple(match for match in pair.crosswalk.matches if match.of != End("measure", "skills.apprentice-starts"))
    change_crosswalk(
        body=promised.body, by=promised.officer, pair=pair, saves=pair.saves, reason="Not counted so here",
        made=replace(pair.crosswalk, matches=kept), changed="skills.apprentice-starts",
    )  # fmt: skip
    page = words(read(f"agreements/{promised.catalogue.public_id}/worth/frameworks/?what=promised&first={MODEL}"))
    assert "2 of 4 lines told: 2 carried over" in page


def test_a_layer_and_what_it_lies_on_have_the_same_measures(promised: Any) -> None:
    base = get_edition(ONE)
    wage = base.measures["wage"]
    layer = Overlay(
        framework_id="own-measures", version="1", title="Own", publisher=promised.body.name, source=base.source, author="Ann",
        base=base.reference, base_hash=base.content_hash,
        changes=(
            Renamed(was=wage, was_in="work", title="Pay", reason="Our word", reference=wage.reference),
            Hidden(was=base.measures["health"], was_in="well", reason="Told elsewhere", reference=wage.reference),
        ),
    )  # fmt: skip
    draft = begin_overlay(body=promised.body, by=promised.officer, base=find_edition(ONE), overlay=layer)
    made = publish_overlay(body=promised.body, by=promised.officer, overlay=draft, saves=draft.saves)
    own = get_edition(made.reference)
    walk = walk_between(base, own)
    assert walk is not None
    assert {match.of.id for match in walk.crosswalk.matches} == set(base.measures) - {"health"}
    told = tell(worth(promised.body, what="promised", on=DAY, agreement=promised.home), own,
                {each: get_edition(each) for each in (ONE, TWO)}, walk_between)  # fmt: skip
    assert (told.carried, told.lines) == (1, 3)  # the second edition is no part of the layer
    assert "your layer leaves it out: Told elsewhere" in {each.unmapped.why for each in told.left}


def test_nothing_on_record_is_said(council: Any, read: Callable[..., str]) -> None:
    assert "Nothing promised is recorded here yet." in words(read("worth/frameworks/"))


def test_lines_that_no_framework_can_tell_are_said(council: Any, read: Callable[..., str]) -> None:
    council.promise(None, "5", wording="Old words")
    page = words(read("worth/frameworks/?what=promised"))
    assert "No line promised is under a measure, so no framework can tell it." in page
    assert "1 line of the record no framework can tell" in page
