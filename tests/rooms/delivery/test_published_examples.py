"""The published examples, figure for figure: Northern Spire as the report prints it, flagged as we say we flag."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from django.urls import reverse

from commonweal.delivery import queries
from commonweal.delivery.models import Agreement, Commitment
from commonweal.frameworks.queries import find_edition, measures
from commonweal.web.demonstration import published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

#: Social Enterprise UK, 2019, case study Sunderland, table “Social Value: Community Engagement Activity”, retyped.
NORTHERN_SPIRE = [
    (3, 56), (1, 7), (3, 3), (1, 9), (3, 5), (2, 4), (1, 1), (8, 16), (20, 47), (10, 97), (20, 24), (3, 4), (20, 29),
    (2, 6), (20, 1560), (25, 91), (None, 1992),
]  # fmt: skip
OUTLIERS = {"Work placement (16–19 years)", "Careers in Construction"}
AMBITIOUS = {
    "Work placement (14–16 years)", "Graduates", "Site visits", "Employability skills workshop",
}  # fmt: skip


@pytest.fixture
def examples(council, editions):
    """The shipped file, recorded by the code that loads the demonstration."""
    path = Path(__file__).resolve().parents[3] / "commonweal" / "catalogue" / "examples" / "published.yaml"
    content = yaml.safe_load(path.read_text())
    known = {measure.measure_id: measure for measure in measures(find_edition(content["framework"]))}
    providers: dict[str, object] = {}
    for row in content["agreements"]:
        published._record(council.body, row, providers, known)
    return {row["key"]: row for row in content["agreements"]}


def table_of(council, title):
    agreement = Agreement.objects.get(body=council.body, title__startswith=title)
    return queries.promise_table(agreement, council_day())


def council_day():
    from datetime import date

    return date(2026, 11, 22)


def test_northern_spire_is_the_printed_table(council, examples):
    table = table_of(council, "Northern Spire")
    assert [(row.promised, row.delivered.claimed) for row in table.rows] == NORTHERN_SPIRE
    assert sum(row.promised is not None for row in table.rows) == 16
    assert table.rows[-1].ratio is None, "the one additional statistic has no promise"


def test_northern_spire_is_flagged_as_decided(council, examples):
    table = table_of(council, "Northern Spire")
    ratios = sorted(Fraction(delivered, promised) for promised, delivered in NORTHERN_SPIRE if promised)
    assert table.median == (ratios[7] + ratios[8]) / 2
    assert round(float(table.median), 1) == 2.2
    assert table.ambition
    top = next(row for row in table.rows if row.promised == 20 and row.delivered.claimed == 1560)
    assert (top.ratio, top.flag) == (Fraction(78), "outlier")
    flagged = {
        kind: {row.commitment.wording for row in table.rows if row.flag == kind} for kind in ("outlier", "ambition")
    }
    assert flagged["outlier"] == OUTLIERS
    assert flagged["ambition"] == AMBITIOUS


def test_northern_spire_page_and_files_carry_its_figures_and_source(council, examples, sign_in):
    client = sign_in(council.officer)
    agreement = Agreement.objects.get(body=council.body, title__startswith="Northern Spire")
    words = client.get(reverse("delivery:agreement", args=[council.body.slug, agreement.public_id])).content.decode()
    assert "SEUK-2019" in words
    assert "1,560" in words
    assert "2.2 times" in words
    export = client.get(reverse("delivery:promises_export", args=[council.body.slug, agreement.public_id, "csv"]))
    rows = export.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 18
    assert rows[15].startswith("Careers in Construction,people,20.000000,,,1560.000000,78 times,outlier")
    assert all("SEUK-2019" in row for row in rows[1:])
    assert client.get(
        reverse("delivery:promises_pdf", args=[council.body.slug, agreement.public_id])
    ).content.startswith(b"%PDF")


def test_every_published_line_is_recorded_as_printed_and_brought_forward(council, examples):
    promises = Commitment.objects.filter(body=council.body).select_related("agreement")
    assert promises.count() == sum(len(row["promises"]) for row in examples.values())
    for row in examples.values():
        for line in row["promises"]:
            found = promises.get(agreement__title=row["title"], wording=line["wording"])
            assert found.quantity == (None if "promised" not in line else int(line["promised"]))
            assert found.citation == row["citation"]
            assert found.as_contracted == line.get("as_contracted", {})
            assert [str(entry.quantity.normalize().__format__("f")) for entry in found.entries.all()] == (
                [line["delivered"]] if "delivered" in line else []
            )
            assert all(entry.brought_forward for entry in found.entries.all())


def test_worth_printed_in_a_contract_is_kept_and_added_to_nothing(council, examples):
    table = table_of(council, "Sunderland Strategic Transport Corridor")
    [row] = table.rows
    assert row.commitment.gbp_as_contracted == 23160116
    assert row.commitment.measure is None
    assert (row.promised, row.delivered.claimed) == (None, 0)
