"""The reference pages say what the catalogue says, and those in the tree are current."""

from pathlib import Path

import pytest

from commonweal.engine import catalogue
from commonweal.frameworks import reference

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference" / "measures"


def test_committed_pages_are_current():
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert committed == reference.pages(), "Write them anew: python -m commonweal reference"


@pytest.mark.parametrize("framework_id", catalogue.framework_ids())
def test_every_measure_has_its_unit_and_source_on_its_page(framework_id):
    page = reference.pages()[f"{framework_id}.md"]
    for measure in catalogue.load_edition(framework_id).measures.values():
        start = page.index(f"| Id | `{measure.id}` |")
        own = page[start : page.find("| Id |", start + 1)]
        assert f"| Unit | {measure.unit}" in own
        assert f"(`{measure.reference.id}`)" in own
        if measure.value:
            assert f"(`{measure.value.source.id}`)" in own


def test_every_gap_is_said():
    edition = catalogue.load_edition("ppn-026")
    assert reference.pages()["ppn-026.md"].count("\n- ") >= len(edition.gaps)


def test_writing_twice_changes_nothing_and_removes_what_no_longer_ships(tmp_path):
    assert len(reference.write_pages(tmp_path)) == len(catalogue.framework_ids()) + 1
    assert reference.write_pages(tmp_path) == []
    (tmp_path / "gone.md").write_text("A framework that no longer ships.")
    assert reference.write_pages(tmp_path) == [tmp_path / "gone.md"]
    assert not (tmp_path / "gone.md").exists()


def test_marks_of_markdown_in_a_text_stay_text():
    assert reference._cell("a | b <script> [x](y) *z*") == r"a \| b \<script\> \[x\](y) \*z\*"
