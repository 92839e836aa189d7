"""What a time before an election holds: fits its schema, and names duties that are there."""

from __future__ import annotations

from commonweal.engine.document import CATALOGUE, read_document, schema_findings
from commonweal.engine.publicity import activities, publicity_code


def test_table_fits_its_schema_and_its_duties_are_known():
    held = read_document(CATALOGUE / "duties" / "publicity.yaml")
    assert schema_findings(held, "publicity") == []
    duties = read_document(CATALOGUE / "duties" / "duties.yaml").content["duties"]
    named = {each["duty"] for each in held.content["activities"].values() if "duty" in each}
    assert named <= set(duties)


def test_newsletters_and_stories_are_publicity_and_accounts_are_duties():
    assert {id for id, each in activities().items() if not each.is_duty} == {"newsletter", "story", "annual-report"}
    assert activities()["account"].is_duty
    assert "heightened sensitivity" in publicity_code().section
