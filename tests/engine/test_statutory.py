"""The reports that a law asks for: they fit their schema, name duties that are there, and cover what the law lists."""

from __future__ import annotations

import pytest

from commonweal.engine.document import CATALOGUE, read_document, schema_findings
from commonweal.engine.statutory import report_of_nation, statutory_reports


def test_table_fits_its_schema_and_its_duties_and_sources_are_known():
    held = read_document(CATALOGUE / "duties" / "reports.yaml")
    assert schema_findings(held, "statutory") == []
    duties = read_document(CATALOGUE / "duties" / "duties.yaml").content["duties"]
    for duty, report in statutory_reports().items():
        assert report.nation in duties[duty]["nations"]
        assert {each.source for each in report.items} <= {duties[duty]["source"], "KNOWN"}


@pytest.mark.parametrize(
    ("nation", "duty", "items"), [("wales", "W-SPPP-39", 8), ("scotland", "S-PRSA-18", 6), ("england", None, 0)]
)
def test_body_sees_the_report_of_its_nation(nation, duty, items):
    found = report_of_nation(nation)
    assert (found.duty if found else None) == duty
    assert len(found.items if found else ()) == items


def test_report_of_wales_is_in_both_languages():
    assert all(each.title_cy for each in statutory_reports()["W-SPPP-39"].items)
