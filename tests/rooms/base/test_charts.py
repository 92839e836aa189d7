"""Charts and maps: the finding, the same figures as their table, and nothing in a picture that can run."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import engines

from commonweal.base.charts import (
    BENEFIT,
    HARM,
    Bar,
    BarChart,
    Chart,
    ChartNotHonest,
    LineChart,
    Point,
    Series,
    SmallMultiples,
    StackedBars,
)
from commonweal.base.charts_sheet import INK, NARROW, PAPER, QUIET, WIDE
from commonweal.base.maps import STEPS, Ward, WardMap

D = Decimal
SVG = "{http://www.w3.org/2000/svg}"
SAID: dict[str, Any] = {
    "title": "Most of the value came from jobs", "unit": "£", "source": "Returns", "as_of": date(2026, 9, 30),
    "left_out": "two contracts",
}  # fmt: skip
BARS = BarChart(
    bars=(
        Bar("Local jobs", D(412000), D(350000)), Bar("Volunteering", None),
        Bar("Lorry traffic through the village", D(64000), None, "harm"),
    ), **SAID,
)  # fmt: skip
STACKED = StackedBars(
    parts=("In the borough", "Elsewhere"),
    rows=(("Small firms", (D(420), D(80))), ("Large firms", (D(90), D(910)))),
    **SAID,
)
LINES = LineChart(
    target=D(60),
    series=(
        Series(
            "Starts", (Point("2023", D(24), D(18), D(30)), Point("2024", D(41), D(34), D(49)), Point("2025", D(66)))
        ),
        Series("Completions", (Point("2023", D(12)), Point("2024", None), Point("2025", D(38)))),
    ),
    **SAID | {"unit": "starts"},
)
PANELS = SmallMultiples(
    panels=(
        Series("Highways", (Point("2024", D(120)), Point("2025", D(330)))),
        Series("Adult care", (Point("2024", None), Point("2025", None))),
    ), **SAID,
)  # fmt: skip


def square(west: float, south: float, side: float = 0.01) -> list[list[float]]:
    corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)]
    return [[west + x, south + y] for x, y in corners]


def ward(n: int, value: int | None, **more: Any) -> Ward:
    geometry = {"type": "Polygon", "coordinates": [square(-1.4 + 0.01 * n, 54.9)]}
    return Ward(**{"code": f"W{n}", "name": f"Ward {n}", "geometry": geometry,
                   "value": None if value is None else D(value), "href": f"/wards/W{n}", **more})  # fmt: skip


MAP = WardMap(wards=tuple(ward(n, value) for n, value in enumerate((100, 200, 300, 400, 500, None, 500))), **SAID)
ALL: tuple[Chart, ...] = (BARS, STACKED, LINES, PANELS, MAP)


def picture(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in picture(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_chart_is_an_image_with_its_finding_its_figures_and_only_sound_shapes(chart: Chart, width: int) -> None:
    drawn = chart.svg() if width == WIDE else chart.svg_narrow()
    root = picture(drawn)
    links = root.findall(f".//{SVG}a")
    assert root.attrib["role"] == ("group" if links else "img")  # links inside an image would be hidden
    assert all(link.attrib["aria-label"] for link in links)
    assert root.find(f"{SVG}title").text == root.attrib["aria-label"] == chart.title
    assert root.attrib["viewBox"].startswith(f"0 0 {width} ")
    for line in chart.table().rows:
        assert all(cell in (root.find(f"{SVG}desc").text or "") for cell in line)
    assert not re.search(r"\sstyle=|<script|\son\w+=|NaN|Infinity", drawn)
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.attrib["width"]) >= 0
        if "fill" in rect.attrib and "x" in rect.attrib:
            assert -0.1 <= float(rect.attrib["x"]) <= width
            assert float(rect.attrib["x"]) + float(rect.attrib["width"]) <= width + 0.1


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_drawing_again_gives_the_same_picture(chart: Chart) -> None:
    assert chart.svg() == chart.svg()
    ids = re.findall(r' id="([^"]+)"', chart.svg() + chart.svg_narrow())
    assert len(ids) == len(set(ids))  # a pattern of the hidden drawing must not be the visible one's


@pytest.mark.parametrize("chart", [BARS, STACKED], ids=["bars", "stacked"])
def test_every_total_and_name_is_written_at_its_bar_and_in_the_table(chart: Chart) -> None:
    for line in chart.table().rows:
        for drawn in (chart.svg(), chart.svg_narrow()):
            said = " ".join(texts(drawn))
            assert line[0].split(" (")[0].split()[-1] in said
            assert line[-1 if chart is STACKED else 1] in said


def test_harm_goes_left_in_its_own_colour_and_pattern_and_a_missing_figure_is_not_a_bar() -> None:
    rects = picture(BARS.svg()).findall(f"{SVG}rect")
    assert len(rects) == 2  # volunteering has none
    good, bad = rects
    assert good.attrib["fill"] == BENEFIT
    assert bad.attrib["fill"].startswith("url(#")
    assert HARM in BARS.svg()
    assert float(bad.attrib["x"]) + float(bad.attrib["width"]) == pytest.approx(float(good.attrib["x"]), abs=0.2)
    assert ("Volunteering", "No figure", "No figure") in BARS.table().rows


def test_bars_are_as_long_as_their_figures() -> None:
    chart = BarChart(bars=(Bar("a", D(100)), Bar("b", D(25))), **SAID)
    long, short = (float(each.attrib["width"]) for each in picture(chart.svg()).findall(f"{SVG}rect"))
    assert long == pytest.approx(4 * short, rel=0.01)


def test_a_gap_in_a_line_is_a_gap_and_the_range_is_in_the_table() -> None:
    headings = LINES.table().headings
    assert headings == ("Period", "Starts", "Starts: lowest", "Starts: highest", "Completions", "Target")
    assert LINES.table().rows[1] == ("2024", "41", "34", "49", "No figure", "60")
    lines = [each for each in picture(LINES.svg()).findall(f"{SVG}path") if each.attrib.get("fill") == "none"]
    assert [each.attrib["d"].count("M") for each in lines] == [1, 2]
    assert "target 60" in texts(LINES.svg())


def test_several_places_share_one_scale_and_an_empty_one_says_so() -> None:
    assert "Nothing recorded here yet" in texts(PANELS.svg())
    heights = [float(each.attrib["cy"]) for each in picture(PANELS.svg()).findall(f"{SVG}circle")]
    assert heights[0] - heights[1] == pytest.approx(76 * (330 - 120) / 330, abs=0.2)


def test_beneath_a_chart_stand_its_source_its_date_and_what_it_leaves_out() -> None:
    assert BARS.beneath() == "Source: Returns. 30 September 2026. Left out: two contracts."
    assert BARS.beneath("cy") == "Ffynhonnell: Returns. 30 Medi 2026. Heb ei gynnwys: two contracts."


@pytest.mark.parametrize(
    "build",
    [
        lambda: BarChart(bars=(), **SAID | {"title": " "}),
        lambda: BarChart(bars=(), **SAID | {"source": ""}),
        lambda: BarChart(bars=(Bar("a", D(-1)),), **SAID),
        lambda: BarChart(bars=(Bar("a", 1.5),), **SAID),  # type: ignore[arg-type]
        lambda: StackedBars(parts=("a", "b"), rows=(("x", (D(1),)),), **SAID),
        lambda: LineChart(series=(), **SAID),
        lambda: LineChart(series=(LINES.series[0], PANELS.panels[0]), **SAID),
        lambda: SmallMultiples(panels=(LINES.series[0], PANELS.panels[0]), **SAID),
        lambda: WardMap(wards=(), **SAID),
        lambda: WardMap(wards=(ward(1, 1, geometry={"type": "Point", "coordinates": [0, 0]}),), **SAID),
    ],
)
def test_a_chart_without_its_finding_or_its_figures_in_order_is_not_built(build: Any) -> None:
    with pytest.raises(ChartNotHonest):
        build()


def test_what_people_typed_is_escaped_in_every_drawing() -> None:
    nasty = "</text><script>alert(1)</script>\"'&"
    said = SAID | {"title": nasty, "source": nasty, "left_out": nasty}
    charts = (
        BarChart(bars=(Bar(nasty, D(1)),), **said),
        StackedBars(parts=(nasty, "b"), rows=((nasty, (D(1), D(2))),), **said),
        LineChart(series=(Series(nasty, (Point(nasty, D(1)), Point("b", D(2)))),), **said),
        SmallMultiples(panels=(Series(nasty, (Point(nasty, D(1)),)),), **said),
        WardMap(wards=(ward(1, 1, name=nasty, href=nasty),), **said),
    )
    for chart in charts:
        tag = "{% ward_map c %}" if isinstance(chart, WardMap) else "{% chart c %}"
        for markup in (
            chart.svg(),
            chart.svg_narrow(),
            engines["django"].from_string("{% load parts %}" + tag).render({"c": chart}),
        ):
            assert "<script" not in markup
        picture(chart.svg())


def test_the_page_has_both_drawings_and_exactly_the_figures_of_the_picture_as_a_table() -> None:
    page = engines["django"].from_string("{% load parts %}{% chart c %}").render({"c": BARS})
    assert page.count("<svg") == 2
    cells = re.findall(r"<t[hd](?: scope=\"row\"| class=\"cw-table__number\")>([^<]*)</t[hd]>", page)
    assert cells == [cell for line in BARS.table().rows for cell in line]


def test_no_figures_at_all_still_make_a_picture() -> None:
    assert texts(BarChart(bars=(Bar("a", None),), **SAID).svg())
    assert picture(BarChart(bars=(), **SAID).svg_narrow()) is not None
    assert picture(BarChart(bars=(Bar("a", D(0)),), **SAID).svg()) is not None


def test_a_map_has_five_steps_equal_figures_share_one_and_no_figure_is_hatched() -> None:
    fills = {w.code: step for step, w in MAP.ranked}
    assert fills["W4"] == fills["W6"]
    assert fills["W5"] is None
    assert [step for step, _ in MAP.ranked] == [4, 4, 3, 2, 1, 1, None]
    shapes = picture(MAP.svg_narrow()).findall(f".//{SVG}a/{SVG}path")
    assert len(shapes) == 7
    assert sum(each.attrib["fill"].startswith("url(#") for each in shapes) == 1
    assert {each.attrib["fill"] for each in shapes if each.attrib["fill"].startswith("#")} <= set(STEPS)
    assert {each.find(f"{SVG}title").text for each in shapes} >= {"Ward 0: £100", "Ward 5: No figure"}


def test_wards_are_numbered_on_the_map_as_in_the_table_beside_it_which_links_to_each() -> None:
    page = engines["django"].from_string("{% load parts %}{% ward_map m %}").render({"m": MAP})
    assert re.findall(r'<th scope="row"><a class="govuk-link" href="/wards/(W\d)">', page) == [
        "W4",
        "W6",
        "W3",
        "W2",
        "W1",
        "W0",
        "W5",
    ]
    numbered = {line[0]: line[1] for line in MAP.table().rows}
    assert list(numbered.values()) == ["1", "2", "3", "4", "5", "6", "7"]
    drawn = re.findall(r"<title>(Ward \d): [^<]*</title></path></a><text[^>]*>(\d+)</text>", MAP.svg())
    assert len(drawn) == 7
    assert dict(drawn) == numbered
    assert "The number on a ward is its number in the table." in page


def test_north_is_up_islands_and_holes_are_kept_and_distances_are_even() -> None:
    north = ward(1, 1, geometry={"type": "Polygon", "coordinates": [square(-1.4, 55.0)]})
    holed = [square(-1.4, 54.9, 0.03), square(-1.39, 54.91)]
    south = ward(2, 2, geometry={"type": "MultiPolygon", "coordinates": [holed, [square(-1.3, 54.9)]]})
    shapes = picture(WardMap(wards=(north, south), **SAID).svg()).findall(f".//{SVG}a/{SVG}path")
    paths = {each.find(f"{SVG}title").text[:6]: each.attrib["d"] for each in shapes}
    assert paths["Ward 2"].count("M") == 3
    assert shapes[0].attrib["fill-rule"] == "evenodd"

    def corners(path: str) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]

    assert max(y for _, y in corners(paths["Ward 1"])) < min(y for _, y in corners(paths["Ward 2"]))
    (x0, y0), (x1, _), (_, y2), *_ = corners(paths["Ward 1"])
    assert (x1 - x0) / (y0 - y2) == pytest.approx(0.575, abs=0.02)  # the cosine of 55 degrees


def contrast(colour: str, paper: str = PAPER) -> float:
    def light(code: str) -> float:
        parts = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(colour), light(paper)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [BENEFIT, HARM, INK, QUIET])
def test_what_carries_meaning_stands_out_from_the_paper(colour: str) -> None:
    assert contrast(colour) >= 4.5


def test_each_step_of_a_map_is_darker_than_the_one_before() -> None:
    shades = [contrast(step) for step in STEPS]
    assert shades == sorted(shades)
