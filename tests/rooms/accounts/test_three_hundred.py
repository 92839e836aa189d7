"""To the penny: of three hundred portfolios, what pages show, CSV, Excel and the bundle say is what SQL says.

The SQL is written anew: it reads the lines, the edition and the price tables as the bundle has them, and works every
total out in PostgreSQL's own numbers. It knows nothing of our valuation.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "engine"))
import made_accounts as made

from commonweal.base.exports import export_response
from commonweal.engine import account_bundle as bundle
from commonweal.engine import account_file
from commonweal.reporting.accounts import presentation
from commonweal.reporting.figures import STAGES

PORTFOLIOS = 300
LINES = 20

_UNIT = """
CREATE TEMP TABLE unit AS
WITH RECURSIVE measure AS (
    SELECT m.value AS held, row_number() OVER () AS place
    FROM rules, jsonb_array_elements(edition -> 'themes') t, jsonb_array_elements(t.value -> 'outcomes') o,
         jsonb_array_elements(o.value -> 'measures') m
), priced AS (
    SELECT held ->> 'id' AS measure, place, held ->> 'exclusive_group' AS effect, held ->> 'direction' AS direction,
           held #>> '{value,kind}' AS kind, (held ->> 'duration')::int AS years, (held ->> 'dropoff')::numeric AS dropoff,
           held -> 'rates' AS rates, w.which,
           (held #>> ARRAY['value', CASE WHEN held #>> '{value,low}' IS NULL THEN 'amount' ELSE w.which END])::numeric
             * coalesce((prices #>> '{series,calendar,index,2024}')::numeric(60, 40)
                        / (prices #>> ARRAY['series', 'calendar', 'index', held #>> '{value,price_year}'])::numeric, 1)
             AS amount,
           (prices #>> '{schedules,standard_stpr,bands,0,rate}')::numeric AS rate
    FROM measure, rules, (VALUES ('low'), ('amount'), ('high')) w(which)
    WHERE held -> 'value' <> 'null'::jsonb
), yearly AS (
    SELECT measure, which, 0 AS year, 1::numeric AS remaining, 1::numeric AS growth FROM priced
    UNION ALL
    SELECT y.measure, y.which, y.year + 1, y.remaining * (1 - p.dropoff), y.growth * (1 + p.rate)
    FROM yearly y JOIN priced p USING (measure, which) WHERE y.year + 1 < p.years
), gross AS (
    SELECT p.*, (SELECT sum(p.amount * y.remaining::numeric(80, 50) / y.growth) FROM yearly y
                 WHERE (y.measure, y.which) = (p.measure, p.which)) AS gross
    FROM priced p
)
SELECT measure, place, effect, direction, kind, which, level,
       CASE level WHEN 'gross' THEN gross
            ELSE gross * (1 - (rates #>> '{deadweight,central}')::numeric)
                       * (1 - (rates #>> '{attribution,central}')::numeric)
                       * (1 - (rates #>> '{displacement,central}')::numeric) END AS worth
FROM gross, (VALUES ('gross'), ('net')) l(level)
"""
_COUNTED = """
CREATE TEMP TABLE counted AS
SELECT l.*, EXISTS (
    SELECT 1 FROM line o JOIN unit u ON u.measure = o.measure JOIN unit own ON own.measure = l.measure
    WHERE o.portfolio = l.portfolio AND o.record = l.record AND o.given AND u.effect = own.effect AND u.kind = own.kind
      AND u.place < own.place AND o.agreement = l.agreement AND o.spot = l.spot
      AND o.first <= l.last AND o.last >= l.first
      AND (CASE WHEN l.record = 'promise' THEN o.promised ELSE o.claimed END) * o.share > 0
      AND (CASE WHEN l.record = 'promise' THEN l.promised ELSE l.claimed END) * l.share > 0
  ) AS twice FROM line l WHERE given
"""
_TOTALS = """
SELECT portfolio, stage, by, grp, direction, kind, level,
       CASE WHEN bool_and(which_low IS DISTINCT FROM which_high AND central IS NULL) THEN 'range' ELSE '' END, count(*),
       round(sum(low), 2), round(sum(central), 2), round(sum(high), 2)
FROM (
    SELECT c.portfolio, s.stage, g.by, g.grp, u.direction, u.kind, u.level, s.quantity * c.share * a.worth AS central,
           s.quantity * c.share * u.worth AS low, s.quantity * c.share * h.worth AS high,
           u.worth AS which_low, h.worth AS which_high
    FROM counted c
    CROSS JOIN LATERAL (VALUES ('promised', promised), ('claimed', claimed), ('evidenced', evidenced),
                               ('confirmed', confirmed), ('assured', assured)) s(stage, quantity)
    CROSS JOIN LATERAL (VALUES ('', ''), ('department', department), ('place', spot)) g(by, grp)
    JOIN unit u ON u.measure = c.measure AND u.which = 'low'
    JOIN unit a ON a.measure = c.measure AND a.which = 'amount' AND a.level = u.level
    JOIN unit h ON h.measure = c.measure AND h.which = 'high' AND h.level = u.level
    WHERE s.quantity IS NOT NULL AND NOT c.twice AND u.worth IS NOT NULL
) valued
GROUP BY portfolio, stage, by, grp, direction, kind, level, central IS NULL
"""


@pytest.fixture(scope="module")
def portfolios() -> dict[int, dict[str, bytes]]:
    """The parts of three hundred signed accounts."""
    found = {}
    for seed in range(PORTFOLIOS):
        rows = made.portfolio(seed, LINES, made.SMALL)
        raw = bundle.make_bundle(made.account(rows, made=made.SMALL), made.KEY)
        found[seed] = {each.name: bytes(each.view) for each in account_file.members_of(memoryview(raw))}
    return found


@pytest.fixture
def by_sql(db: None, portfolios: dict[int, dict[str, bytes]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Every total of every portfolio, by SQL: (lines, low, central, high) to the penny."""
    parts = portfolios[0]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE rules (edition jsonb, prices jsonb)")
        edition = parts["editions/made@1.0.json"].decode()
        cursor.execute("INSERT INTO rules VALUES (%s, %s)", [edition, parts["prices.json"].decode()])
        cursor.execute(
            "CREATE TEMP TABLE line (portfolio int, record text, line text, agreement text, measure text, first date,"
            " last date, spot text, department text, share numeric, promised numeric, claimed numeric,"
            " evidenced numeric, confirmed numeric, assured numeric, given boolean)"
        )
        rows = []
        for seed, held in portfolios.items():
            for each in csv.DictReader(io.StringIO(held["lines.csv"].decode())):
                amounts = [each[stage] or None for stage in STAGES]
                rows.append([
                    seed, each["record"], each["line"], each["agreement"], each["measure"], each["start"], each["end"],
                    each["place"], each["department"], each["share"], *amounts, each["given"] == "yes",
                ])  # fmt: skip
        cursor.executemany(f"INSERT INTO line VALUES ({', '.join(['%s'] * 16)})", rows)
        cursor.execute(_UNIT)
        cursor.execute(_COUNTED)
        cursor.execute(_TOTALS)
        return {tuple(row[:8]): tuple(row[8:]) for row in cursor.fetchall()}


def _pounds(text: str) -> Decimal:
    return Decimal(text.replace("£", "").replace(",", ""))


def _content(parts: dict[str, bytes]) -> dict[str, Any]:
    rows = list(csv.reader(io.StringIO(parts["figures.csv"].decode())))[1:]
    return {"figures": rows, "names": json.loads(parts["names.json"])}


class _Rules:
    """What naming the groups of an export asks of an account's rules."""

    editions = {made.SMALL.reference: made.SMALL}


def test_bundle_says_what_sql_says_to_the_penny(
    portfolios: dict[int, dict[str, bytes]], by_sql: dict[tuple[Any, ...], tuple[Any, ...]]
) -> None:
    told = {}
    for seed, parts in portfolios.items():
        for each in presentation.figures_of(_content(parts)):
            if each.by in ("", "department", "place"):
                _edition, direction, kind, level, _year, _type, ranged = each.key
                span = presentation.rounded(each.amount)
                key = (seed, each.stage, each.by, each.group, direction, kind, level, ranged)
                told[key] = (each.lines, span.low, span.central, span.high)
    assert len(told) > 15_000
    assert told == by_sql


def test_pages_csv_and_excel_say_what_sql_says_to_the_penny(
    portfolios: dict[int, dict[str, bytes]], by_sql: dict[tuple[Any, ...], tuple[Any, ...]]
) -> None:
    for seed in range(0, PORTFOLIOS, 10):
        content = _content(portfolios[seed])
        figures = presentation.figures_of(content)
        rows = presentation.stage_rows(figures, {}, lambda **wanted: str(wanted["figure"]))
        page = {
            (cell.what, cell.href): (cell.lines, _pounds(cell.shown))
            for row in rows for cell in row.cells if cell.href and not cell.href.endswith(":range")
        }  # fmt: skip
        exported = list(presentation.figure_rows(content, _Rules))
        headings = presentation.FIGURE_HEADINGS
        text = export_response("csv", name="a", headings=headings, rows=exported).content.decode("utf-8-sig")
        book = export_response("xlsx", name="a", headings=headings, rows=exported).content
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("Rows").to_python()
        in_csv, in_excel = list(csv.reader(io.StringIO(text)))[1:], sheet[1:]
        assert len(in_csv) == len(in_excel) == len(figures)
        for each, comma, cell in zip(figures, in_csv, in_excel, strict=True):
            _edition, direction, kind, level, _year, _type, ranged = each.key
            if each.by not in ("", "department", "place") or ranged:
                continue
            lines, _low, central, _high = by_sql[seed, each.stage, each.by, each.group, direction, kind, level, ""]
            assert (int(comma[9]), Decimal(comma[10])) == (lines, central)
            assert (int(cell[9]), Decimal(str(cell[10])).quantize(Decimal("0.01"))) == (lines, central)
            if not each.by:
                assert page[each.stage, each.slug] == (lines, central)
