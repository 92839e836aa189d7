"""Draws by group: one draw of each parameter for all groups, so that groups sum to the whole in every draw."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_editions import ALL_RATES, CARBON, edition, line, measure, unit_value
from test_bulk import OWN, made_rows, write

from commonweal.engine import draws
from commonweal.engine.bulk import draw_file
from commonweal.engine.catalogue import load_edition
from commonweal.engine.draws import DrawsRefused, draw, holdings
from commonweal.engine.lines import read_lines
from commonweal.engine.model import Rate
from commonweal.engine.value import value

AS_OF = date(2026, 6, 1)
SPREAD = Rate(Decimal("0.2"), Decimal("0.1"), Decimal("0.5"), "agreed")


def ranged(id, central="100", **changed):
    span = {"low": Decimal(central) / 2, "high": Decimal(central) * 2}
    return measure(id, unit_value(central, id=f"value-of-{id}", **span), **changed)


#: Each way in which a part can be drawn: alike, each year for itself, by year, with rates, a harm, and held still.
DRAWN = edition(
    ranged("plain"),
    ranged("lasting", duration=3, dropoff=SPREAD),
    ranged("rated", rates=ALL_RATES | {"deadweight": SPREAD, "multiplier": Rate(Decimal("1.4"), Decimal(1), Decimal(2), "agreed")}),
    ranged("sure", rates=ALL_RATES | {"deadweight": Rate(Decimal(1), Decimal("0.6"), Decimal(1), "agreed")}),
    measure("carbon", unit_value(None, by_year=CARBON, unit="GBP per tCO2e"), duration=2),
    ranged("worse", direction="harm"),
    measure("still", unit_value("7")),
    measure("span", unit_value(None, low=Decimal(1), high=Decimal(2))),
    measure("count"),
)  # fmt: skip
IDS = sorted(DRAWN.measures)
LINES = st.lists(
    st.builds(
        lambda id, quantity, year, ward: replace(line(id, quantity, start=date(year, 5, 1)), groups={"ward": ward}),
        st.sampled_from(IDS),
        st.decimals(0, 10**6, places=6, allow_nan=False).map(str),
        st.integers(2025, 2028),
        st.sampled_from(["North", "South", ""]),
    ),
    min_size=1,
    max_size=25,
)


def matrices(valuation, by, number=200, seed=5):
    """This will give the draws of every total, by group and total."""
    held = holdings(valuation, by)
    return {
        key: {held.groups[index]: row for index, row in zip(drawn.groups, drawn.worth, strict=True)}
        for key, drawn in draws.groups_drawn(valuation, held, draws._Drawing(number, seed))
    }


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_groups_sum_to_the_whole_in_every_draw(lines):
    valuation = value(lines, DRAWN, as_of=AS_OF, by=["ward"])
    by_ward, whole = matrices(valuation, ["ward"]), matrices(valuation, [])
    assert by_ward.keys() == whole.keys() == draw(valuation, number=1).totals.keys()
    for key, rows in by_ward.items():
        numpy.testing.assert_allclose(sum(rows.values()), whole[key][()], rtol=1e-11, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_the_whole_as_one_group_has_the_points_of_the_whole(lines):
    """The sum over groups is held against the whole drawn by its own way, which knows nothing of groups."""
    valuation = value(lines, DRAWN, as_of=AS_OF)
    drawn = draw(valuation, number=200, seed=5, held=holdings(valuation, []))
    found = drawn.totals
    [one] = drawn.groups or [draws.DrawnGroup((), {})]
    assert one.totals.keys() == found.keys()
    for key, total in found.items():
        points = one.totals[key]
        assert points.without_range == total.without_range
        for name in ("p05", "p50", "p95"):
            ours, theirs = getattr(points, name), getattr(total, name)
            assert (ours is None) is (theirs is None)
            assert ours is None or abs(ours - theirs) <= 1, "a pound apart only where a half falls the other way"


def test_two_groups_of_one_measure_move_together_and_keep_their_proportion():
    lines = [replace(line("plain", each), groups={"ward": ward}) for ward, each in (("North", "3"), ("South", "12"))]
    [rows] = [
        rows for key, rows in matrices(value(lines, DRAWN, as_of=AS_OF), ["ward"]).items() if key[1][1] == "gross"
    ]
    north, south = rows[("ward", "North"),], rows[("ward", "South"),]
    numpy.testing.assert_allclose(4 * north, south, rtol=1e-12)
    assert north.std() > 0


def test_a_group_in_which_nothing_has_a_range_has_no_points():
    lines = [replace(line(id, "5"), groups={"ward": ward}) for ward, id in (("North", "plain"), ("South", "still"))]
    valuation = value(lines, DRAWN, as_of=AS_OF)
    north, south = draw(valuation, number=100, seed=1, held=holdings(valuation, ["ward"])).groups
    (known,), (unknown,) = (
        [each for key, each in group.totals.items() if key[1][1] == "gross"] for group in (north, south)
    )
    assert (known.without_range, unknown.without_range) == (0, 1)
    assert known.p05 < known.p50 < known.p95
    assert unknown.p05 is unknown.p50 is unknown.p95 is None


@pytest.mark.parametrize("own", [{}, OWN], ids=["plain", "own rates"])
@pytest.mark.parametrize("made", [DRAWN, load_edition("open-measures@1.0")], ids=["made", "open measures"])
def test_a_file_in_bulk_has_the_same_points_as_its_lines(tmp_path, made, own):
    path = write(tmp_path / "lines.csv", made_rows(made, 4, **own))
    by = ("theme", "dept")
    careful = value(read_lines(path, made), made, as_of=AS_OF, by=by)
    assert len(careful.parts) > len({part.measure.id for part in careful.parts}) > 1
    valuation, drawn = draw_file(path, made, as_of=AS_OF, by=by, number=300, seed=9)
    assert not valuation.lines, "the careful way was taken"
    assert drawn == draw(careful, number=300, seed=9, held=holdings(careful, by))
    assert len(drawn.groups) > 3
    assert {each.by for each in drawn.groups} <= {each.by for each in careful.groups}


def test_what_another_line_counts_already_is_drawn_in_no_group(tmp_path):
    pair = edition(*(ranged(id, exclusive_group="one effect") for id in ("a", "b")))
    rows = [{"measure": id, "quantity": "10", "start": "2026-04-01", "end": "2027-03-31", "place": "", "agreement": "A",
             "ward": ward} for id, ward in (("a", "North"), ("b", "South"))]  # fmt: skip
    path = write(tmp_path / "lines.csv", rows)
    _valuation, drawn = draw_file(path, pair, as_of=AS_OF, by=("ward",), number=50)
    left = [points for group in drawn.groups for points in group.totals.values() if points.p50]
    assert len(left) == 1


def test_too_many_groups_for_so_many_draws_are_refused(monkeypatch):
    monkeypatch.setattr(draws, "MOST_CELLS", 150)
    lines = [replace(line("plain", "5"), groups={"ward": ward}) for ward in ("North", "South")]
    valuation = value(lines, DRAWN, as_of=AS_OF)
    held = holdings(valuation, ["ward"])
    assert len(draw(valuation, number=75, held=held).groups) == 2
    with pytest.raises(DrawsRefused, match="make at most 75, or group by fewer"):
        draw(valuation, number=76, held=held)
    monkeypatch.setattr(draws, "MOST_HELD", 1)
    with pytest.raises(DrawsRefused, match="group by fewer columns"):
        holdings(valuation, ["ward"])


def test_no_group_at_all_has_no_points():
    valuation = value([line("count", "5")], DRAWN, as_of=AS_OF)
    assert draw(valuation, held=holdings(valuation, ["measure"])).groups == ()


@pytest.mark.parametrize("way", ["careful", "duckdb"])
def test_the_command_gives_every_group_its_points(run, tmp_path, way):
    rows = [
        "measure,quantity,start,end,place,agreement,ward",
        "wellbeing.life-satisfaction,10,2026-04-01,2027-03-31,,A1,Abbey",
        "wellbeing.life-satisfaction,5,2026-04-01,2027-03-31,,A2,Alibon",
        "community.volunteering-hours,100,2026-04-01,2027-03-31,,A1,Alibon",
    ]
    (tmp_path / "lines.csv").write_text("\n".join(rows))
    asked = ("value", "lines.csv", "--framework", "open-measures@1.0", "--as-of", "2026-06-01", "--by", "ward",
             "--draws", "400", "--seed", "3", "--engine", way)  # fmt: skip
    answer = json.loads(run(*asked, "--json")[1])
    points = {
        (group["by"]["ward"], total["kind"]): [total[name] for name in ("p05", "p50", "p95")]
        for group in answer["groups"]
        for total in group["totals"]
    }
    assert points["Alibon", "economic"] == [None, None, None]
    abbey, alibon = ([int(each) for each in points[ward, "welfare"]] for ward in ("Abbey", "Alibon"))
    assert abbey == sorted(abbey)
    [whole] = [total for total in answer["totals"] if total["kind"] == "welfare"]
    for one, other, all_ in zip(abbey, alibon, (whole["p05"], whole["p50"], whole["p95"]), strict=True):
        assert abs(one - 2 * other) <= 2, "of one measure, so in proportion"
        assert abs(one + other - int(all_)) <= 2, "of one parameter, so even the points add, but for rounding"
    table = run(*asked)[1].split("ward Abbey")[1].split("ward Alibon")[0]
    for point in abbey:
        assert f"£{point:,}" in table
