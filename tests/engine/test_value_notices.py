"""What `commonweal value` notices about the lines and changes no figure."""

import json
import sys

import pytest

from commonweal.__main__ import main

HEADER = "measure,quantity,start,end,place,agreement\n"
LINE = "employment.local-people-fte,2,2026-04-01,2027-03-31,{place},A-1\n"


@pytest.fixture
def value(monkeypatch, capsys, tmp_path):
    """Values lines for some places; gives the exit code and the findings about places."""

    def _value(*places):
        written = tmp_path / "lines.csv"
        written.write_text(HEADER + "".join(LINE.format(place=place) for place in places), encoding="utf-8")
        words = [
            "commonweal",
            "value",
            str(written),
            "--framework",
            "open-measures@1.0",
            "--as-of",
            "2026-06-01",
            "--json",
        ]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as left:
            main()
        answer = json.loads(capsys.readouterr().out)
        found = [each for each in answer["findings"] if each["code"] == "place-unknown"]
        return left.value.code, found, answer["totals"]

    return _value


def test_places_no_register_knows_are_named_with_their_rows(value):
    _, known, totals = value("E08000024", "")
    assert known == []
    _, [finding], same = value("E99999999", "E08000024")
    assert finding["severity"] == "note"
    assert "does not know E99999999" in finding["reason"]
    assert (finding["rows"], finding["lines"]) == ([2], 1)
    assert same == totals, "where a line is changes no figure"
