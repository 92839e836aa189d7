"""How sure a worth is: the engine's own draws, what has no range said rather than shown, and bad input told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from made_council import DAY
from read_pages import rows_of, words

from commonweal.base.templatetags.figures import pounds
from commonweal.engine.draws import draw
from commonweal.engine.lines import Line
from commonweal.engine.value import value
from commonweal.frameworks.queries import get_edition
from commonweal.reporting import ranges as reporting_ranges
from commonweal.reporting.queries import worth


def lines(council: Any, **quantities: str) -> list[Line]:
    """This will make, apart from the record, the lines of promises that run from April 2026 to March 2027."""
    given = council.home
    return [
        Line(measure=measure, quantity=Decimal(number), start=given.starts_on, end=given.ends_on, row=row)
        for row, (measure, number) in enumerate(quantities.items(), 1)
    ]


@pytest.fixture
def promised(council: Any) -> Any:
    """A promise with a range, two without, one that is only a range, and one counted."""
    council.home = council.agreement("Home care")
    for measure, number in (
        ("health", "10"),
        ("partly-rated", "40"),
        ("wage", "3"),
        ("lifetime", "5"),
        ("visits", "9"),
    ):
        council.promise(measure, number, council.home)
    return council


def test_points_are_those_the_engine_draws_for_the_same_lines(promised: Any, read: Callable[..., str]) -> None:
    valuation = value(
        lines(promised, health="10", **{"partly-rated": "40"}), get_edition("made-reporting@1.0"), as_of=DAY
    )
    drawn = draw(valuation, number=500, seed=7, target=Decimal(1500))
    rows = rows_of(read("worth/ranges/export/csv/?what=promised&draws=500&seed=7&target=1500"))
    [gross] = [row for row in rows if row["Row"] == "total" and row["Level"] == "gross" and row["5% point (£)"]]
    expected = drawn.totals["benefit", ("welfare", "gross", "2024", "calendar", False)]
    page = words(read("worth/ranges/?what=promised&draws=500&seed=7&target=1500"))
    for point, heading in (
        (expected.p05, "5% point (£)"),
        (expected.p50, "50% point (£)"),
        (expected.p95, "95% point (£)"),
    ):
        assert point is not None
        assert Decimal(gross[heading]) == point == point.to_integral_value()
        assert pounds(point) in page
    assert Decimal(gross["Chance of the target"]) == expected.above
    assert 0 < Decimal(gross["Chance of the target"]) < 1
    assert Decimal(gross["Share without a range"]) == expected.without_range > 0
    [swing] = [row for row in rows if row["Row"] == "parameter" and row["Level"] == "gross"]
    assert (swing["Parameter"], swing["Its low"], swing["Its high"]) == ("the worth of health", "50.1", "99.9")
    assert Decimal(swing["Total at its 95% point (£)"]) == expected.swings[0].high
    assert "“the worth of health” alone moves the gross welfare value from" in page


def test_each_theme_of_a_total_has_points_from_the_same_draws(promised: Any, read: Callable[..., str]) -> None:
    assert "Theme by theme" not in read("worth/ranges/?what=promised"), "it is all of one theme"
    promised.promise("shore", "33.333333", promised.home)
    rows = rows_of(read("worth/ranges/export/csv/?what=promised&draws=500&seed=7"))
    [gross] = [
        row for row in rows if row["Row"] == "total" and (row["Level"], row["5% point (£)"] != "") == ("gross", True)
    ]
    themes = {row["Theme"]: row for row in rows if row["Row"] == "theme"}
    assert list(themes) == ["Health", "Place"]
    assert sum(Decimal(row["Central (£)"]) for row in themes.values()) == Decimal(gross["Central (£)"])
    for name, given in (("Health", {"health": "10", "partly-rated": "40"}), ("Place", {"shore": "33.333333"})):
        alone = draw(value(lines(promised, **given), get_edition("made-reporting@1.0"), as_of=DAY), number=500, seed=7)
        expected = alone.totals["benefit", ("welfare", "gross", "2024", "calendar", False)]
        shown = [Decimal(themes[name][f"{point}% point (£)"]) for point in ("5", "50", "95")]
        assert shown == [expected.p05, expected.p50, expected.p95]
        assert Decimal(themes[name]["Share without a range"]) == expected.without_range
    assert sum(Decimal(row["5% point (£)"]) for row in themes.values()) < Decimal(gross["5% point (£)"])
    page = words(read("worth/ranges/?what=promised&draws=500&seed=7"))
    shown_themes = page.split("Theme by theme: Welfare value, gross")[1]
    for row in themes.values():
        assert pounds(Decimal(row["95% point (£)"])) in shown_themes


def test_a_total_without_a_range_says_so_and_shows_no_point(promised: Any, read: Callable[..., str]) -> None:
    page = words(read("worth/ranges/?what=promised"))
    wage = page.split("Economic value Gross, 2024 prices")[1]
    assert wage.startswith(
        " Nothing in this total has a published range, so how sure it is cannot be said. £3,703.70 –"
    )
    assert "Published as a range only, with no central figure to draw about" in page
    assert "1 measure published as a range with no central figure, not drawn at all Lifetime" in page
    assert "2 measures valued by a figure published without a range" in page
    [economic] = [
        row for row in rows_of(read("worth/ranges/export/csv/?what=promised")) if row["Kind of value"] == "economic"
    ]
    assert economic["5% point (£)"] == economic["95% point (£)"] == economic["Chance of the target"] == ""


def test_the_address_without_draws_or_seed_makes_a_thousand_from_one(promised: Any, read: Callable[..., str]) -> None:
    plain = rows_of(read("worth/ranges/export/csv/?what=promised"))
    assert plain == rows_of(read("worth/ranges/export/csv/?what=promised&draws=1000&seed=1"))
    assert plain != rows_of(read("worth/ranges/export/csv/?what=promised&draws=1000&seed=2"))
    assert {(row["Draws"], row["Seed"]) for row in plain} == {("1000", "1")}


def test_the_total_asked_for_is_opened(promised: Any, read: Callable[..., str]) -> None:
    slug = "made-reporting@1.0:benefit:welfare:net:2024:calendar"
    assert "What moves it: Welfare value, net" in words(read(f"worth/ranges/?what=promised&figure={slug}"))
    slug = "made-reporting@1.0:benefit:economic:gross:2024:calendar"
    page = words(read(f"worth/ranges/?what=promised&figure={slug}"))
    assert "Nothing in this total has a published range, so there is nothing to draw." in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("draws=10001", "Ask for at most 10,000 draws."),
        ("draws=0", "Ask for at least 1 draw"),
        ("draws=many", "Draws must be a whole number, such as 1000"),
        ("seed=-1", "A seed cannot be less than zero"),
        ("target=lots", "Enter an amount in pounds, such as 1500 or 1500.50"),
        ("figure=nothing", "That total is not left by these filters."),
    ],
)
def test_what_cannot_be_drawn_is_told_at_the_head(
    promised: Any, read: Callable[..., str], query: str, said: str
) -> None:
    page = words(read(f"worth/ranges/?what=promised&{query}"))
    assert f"There is a problem {said}" in page
    assert "parameter set" not in page
    read(f"worth/ranges/export/csv/?what=promised&{query}", status=404)


def test_work_is_bounded_by_draws_times_parameter_sets(
    promised: Any, read: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "4 totals promised, 4 parameter sets" in words(read("worth/ranges/?what=promised"))
    monkeypatch.setattr(reporting_ranges, "MOST_WORK", 2000)
    page = words(read("worth/ranges/?what=promised"))
    assert "There is a problem 4 parameter sets can be drawn at most 500 times on a page." in page
    assert "4 totals" in words(read("worth/ranges/?what=promised&draws=500"))


def test_an_agreement_has_the_same_page_of_its_own_lines(promised: Any, read: Callable[..., str]) -> None:
    other = promised.agreement("Roads")
    promised.promise("health", "500", other)
    address = f"agreements/{promised.home.public_id}/worth/ranges"
    page = words(read(f"{address}/?what=promised"))
    found = worth(promised.body, what="promised", on=DAY, agreement=promised.home)
    own = draw(found.valuations[0], number=1000, seed=1)
    points = own.totals["benefit", ("welfare", "gross", "2024", "calendar", False)]
    assert points.p95 is not None
    assert pounds(points.p95) in page
    assert "Step 6 of 7: Worth" in page
    assert {row["Stage"] for row in rows_of(read(f"{address}/export/csv/?what=promised"))} == {"Promised"}


def test_nothing_on_record_is_said(council: Any, read: Callable[..., str]) -> None:
    page = words(read("worth/ranges/"))
    assert "Nothing promised is recorded here yet." in page
    assert "A figure needs promises made under a measure that has a value." in page
