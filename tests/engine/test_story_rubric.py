"""The rubric of stories: fits its schema, and two ratings are compared and never averaged."""

from __future__ import annotations

import pytest

from commonweal.engine.document import CATALOGUE, read_document, schema_findings
from commonweal.engine.stories import MarksRefused, agreed_marks, below_least, check_marks, differing, rubric

WHOLE = {each.id: 2 for each in rubric().criteria}


def test_rubric_fits_its_schema():
    held = read_document(CATALOGUE / "stories" / "rubric.yaml")
    assert schema_findings(held, "rubric") == []


def test_two_ratings_agree_or_say_where_they_differ():
    assert agreed_marks([WHOLE, WHOLE]) == WHOLE
    assert agreed_marks([WHOLE, WHOLE | {"voice": 3}]) is None
    assert differing(WHOLE, WHOLE | {"voice": 3, "place": 1}) == ("voice", "place")


def test_marks_below_the_least_are_named():
    assert [each.id for each in below_least(WHOLE | {"relevance": 1, "evidence": 0})] == ["relevance", "evidence"]


@pytest.mark.parametrize(
    ("marks", "refusal"),
    [
        ({}, "Missing"),
        (WHOLE | {"charm": 3}, "no criterion"),
        (WHOLE | {"voice": 4}, "from 0 to 3"),
        (WHOLE | {"voice": True}, "from 0 to 3"),
    ],
)
def test_marks_that_do_not_answer_the_rubric_are_refused(marks, refusal):
    with pytest.raises(MarksRefused, match=refusal):
        check_marks(marks)
