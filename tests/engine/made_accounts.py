"""Accounts made for tests: portfolios drawn from a seed, written and signed as a published account is."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from made_editions import MEASURES, edition

from commonweal.engine import account_bundle as bundle
from commonweal.engine.account_bundle import LINE_COLUMNS, SAME_EFFECT, STAGES, Account, Published, Statements, Tables
from commonweal.engine.account_figures import Works, exclusive, gathered, left_out, worked_out
from commonweal.engine.account_restated import Told, restatement_bytes
from commonweal.engine.discount import published_schedules
from commonweal.engine.prices import published_series
from commonweal.engine.year import FinancialYear

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
YEAR = FinancialYear(2025)
EDITION = edition()
TABLES = Tables(published_series(), published_schedules())
BODY = {"id": "BODY1", "name": "Alderbrook Council", "org_id": "GB-LAE-ALD"}
AT = {name: place for place, name in enumerate(LINE_COLUMNS)}


def row(line="L1", record="delivery", made=EDITION, measure="bare", **changed):
    """One line as cells; quantities of stages are text."""
    cells = dict.fromkeys(LINE_COLUMNS, "") | {
        "record": record, "line": line, "promise": "P1", "agreement": "A1", "edition": made.reference,
        "measure": measure, "unit": made.measures[measure].unit if measure else "", "start": "2025-04-01",
        "end": "2025-06-30", "place": "E05000001", "department": "D1", "channel": "procurement",
        "brought_forward": "no", "confirmable": "no", "share": "1", "given": "yes", "in_totals": "yes",
    }  # fmt: skip
    cells["promised" if record == "promise" else "claimed"] = "10"
    cells |= changed
    return [cells[name] for name in LINE_COLUMNS[:-1]]


def told(rows, made=EDITION, tables=TABLES):
    """Rows that say of themselves what the rules say: whether they count in totals, and why not."""
    works = Works({made.reference: made}, tables, YEAR.ends_on)
    shared = defaultdict(list)
    for cells in rows:
        if cells[AT["given"]] != "yes":
            continue
        years = works.key(made.reference, cells[AT["measure"]], date.fromisoformat(cells[AT["start"]]))
        found = works.factor(made.reference, cells[AT["measure"]], *years)
        cells[AT["in_totals"]], cells[AT["why_not"]] = ("no", found) if isinstance(found, str) else ("yes", "")
        if cells[AT["measure"]] in exclusive(made):
            shared[cells[AT["record"]]].append(cells)
    for record, lines in shared.items():
        twice = left_out(lines, made, "promised" if record == "promise" else "claimed")
        for cells in lines:
            if cells[AT["line"]] in twice:
                cells[AT["in_totals"]], cells[AT["why_not"]] = "no", SAME_EFFECT
    return rows


def portfolio(seed, lines=40, made=EDITION):
    """Lines of every sort: shared, brought forward, kept out, twice the same effect, without a value."""
    chance = random.Random(seed)
    rows = []
    for number in range(lines):
        measure = chance.choice(list(made.measures))
        start = date(2025, 4, 1) + timedelta(days=chance.randrange(300))
        amount = Decimal(chance.randrange(1, 10**9)).scaleb(-chance.randrange(7))
        cells = {
            "line": f"L{number:05}", "record": chance.choice(["promise", "delivery", "delivery"]), "measure": measure,
            "promise": f"P{number % 7}", "agreement": f"A{number % 5}", "start": start.isoformat(),
            "end": (start + timedelta(days=chance.randrange(60))).isoformat(), "place": chance.choice(["", "W1", "W2"]),
            "department": chance.choice(["D1", "D2", "none"]), "channel": chance.choice(["procurement", "grant"]),
            "share": chance.choice(["1", "1", "0.5", "0.333333"]), "made": made,
        }  # fmt: skip
        if cells["record"] == "promise":
            cells |= {"promised": bundle.plain(amount), "as_contracted": chance.choice(["", "1200.5"])}
        else:
            cells["claimed"] = bundle.plain(amount)
            if chance.random() < 0.2:
                cells["brought_forward"] = "yes"
            else:
                for stage in STAGES[2:]:
                    if chance.random() < 0.5:
                        part = Decimal(chance.randrange(101)) / 100 * amount
                        cells[stage] = bundle.plain(part.quantize(Decimal("0.000001"), rounding="ROUND_DOWN"))
        made_row = row(**cells)
        if chance.random() < 0.1:
            made_row[AT["given"]], made_row[AT["in_totals"]] = "no", "no"
            made_row[AT["why_not"]] = "its first or last day is not recorded"
        rows.append(made_row)
    return told(rows, made)


def account(
    rows, number=1, previous=None, restates=None, before=None, made=EDITION, tables=TABLES, year=YEAR, **changed
):
    """An account of some lines, worked out by the engine."""
    lines = bundle.lines_bytes(rows)
    works = Works({made.reference: made}, tables, year.ends_on)
    figures = worked_out(gathered(rows, works), works)
    again = b""
    if restates:
        again = restatement_bytes(before, Told(rows, {made.reference: made}, tables, year.ends_on))
    return Account(**{
        "body": BODY, "year": year, "as_of": year.ends_on, "number": number,
        "made_at": datetime(2026, 5, 20, 10, number, tzinfo=UTC), "lines": lines, "figures": figures.figures,
        "counts": figures.counts, "coverage": figures.coverage, "editions": {made.reference: made}, "tables": tables,
        "names": {"departments": {"D1": "Housing", "D2": "Parks"}, "places": {"W1": "Abbey"}},
        "statements": Statements("as recorded by 30 April 2026", "late returns count in the year after", Decimal(1000),
                                 "Social value lead", "Director of finance"),
        "previous": previous, "restates": restates, "restatement": again, **changed,
    })  # fmt: skip


def published(made_bundle, number=1, year=YEAR):
    return Published(number, year.slug, bundle.sha256_of(made_bundle))


#: Few measures, so that a thousand accounts are checked in seconds.
SMALL = edition(*(each for each in MEASURES if each.id in ("sroi", "ranged", "counted", "wellby", "qaly")))


def chain(seed=1, key=KEY, made=SMALL):
    """Three accounts: one, the next year's like it, and a restatement of the first with other lines."""
    rows = portfolio(seed, 16, made)
    first = bundle.make_bundle(account(rows, made=made), key)
    one = published(first)
    second = bundle.make_bundle(account(rows[:9], 2, previous=one, year=YEAR.next, made=made), key)
    two = published(second, 2, YEAR.next)
    before = Told(rows, {made.reference: made}, TABLES, YEAR.ends_on)
    statements = Statements("b", "l", Decimal(1000), "p", "a", reason="Three late returns came in.")
    third = bundle.make_bundle(
        account(
            portfolio(seed + 500, 16, made), 3, previous=two, restates=one, before=before, statements=statements,
            made=made,
        ), key,
    )  # fmt: skip
    return first, second, third
