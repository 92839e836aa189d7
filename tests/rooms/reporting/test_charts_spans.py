"""Waterfalls and tornados: their parts add up, and each amount is written where it belongs and in the table."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from xml.etree import ElementTree

import pytest

from commonweal.base.charts import ChartNotHonest
from commonweal.base.charts_spans import Swing, TornadoChart, WaterfallChart

SVG = "{http://www.w3.org/2000/svg}"
FALL = WaterfallChart(
    title="Economic value falls by £40", unit="£", source="The record", as_of=date(2026, 9, 30),
    before=("Promised", D("100.01")), steps=(("Volume", D("-50.02")), ("Price", D("10.01"))), after=("Claimed", D("60.00")),
)  # fmt: skip
BLOW = TornadoChart(
    title="Wellbeing moves it most", unit="£", source="The draws", as_of=date(2026, 9, 30), central=D(100),
    swings=(Swing("Wellbeing", D(60), D(150), ("70%",)), Swing("Carbon", D(95), D(104), ("30%",))),
    headings=("Low", "High", "Share"),
)  # fmt: skip


def rects(svg: str) -> list[tuple[D, D]]:
    """This will give where each span begins and how long it is."""
    drawn = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [(D(each.attrib["x"]), D(each.attrib["width"])) for each in drawn if "x" in each.attrib]


@pytest.mark.parametrize("chart", [FALL, BLOW], ids=["waterfall", "tornado"])
def test_every_row_is_drawn_within_the_sheet_and_written_in_both_widths(chart: WaterfallChart | TornadoChart) -> None:
    for drawn, width in ((chart.svg(), 720), (chart.svg_narrow(), 328)):
        said = " ".join(each.text or "" for each in ElementTree.fromstring(drawn).iter(f"{SVG}text"))
        for row in chart.table().rows:
            assert row[0] in said
            assert row[1] in said
        for x, length in rects(drawn):
            assert 0 <= x <= x + length <= width + 1
        assert not re.search(r"\sstyle=|<script", drawn)


def test_each_step_of_a_waterfall_begins_where_the_one_before_ended() -> None:
    (start, whole), (volume_x, volume), (price_x, price), (end, left) = rects(FALL.svg())
    assert start == end
    assert abs(start + whole - (volume_x + volume)) <= D("0.2")
    assert abs(volume_x - price_x) <= D("0.2")
    assert abs(price_x + price - (end + left)) <= D("0.2")
    assert FALL.table().rows[1:3] == (("Volume", "−£50.02"), ("Price", "+£10.01"))


def test_a_waterfall_that_does_not_add_up_cannot_be_built() -> None:
    with pytest.raises(ChartNotHonest, match="add up"):
        replace(FALL, after=("Claimed", D("60.01")))


def test_spans_of_a_tornado_lie_about_the_central_amount() -> None:
    (wide_x, wide), (thin_x, thin) = rects(BLOW.svg())
    assert wide_x < thin_x < thin_x + thin < wide_x + wide
    assert abs(wide / thin - 10) < D("0.1")  # 90 to 9
    with pytest.raises(ChartNotHonest):
        replace(BLOW, swings=())
    with pytest.raises(ChartNotHonest):
        replace(BLOW, swings=(Swing("Backwards", D(2), D(1), ("1%",)),))
    with pytest.raises(ChartNotHonest):
        replace(BLOW, headings=("Low", "High"))
