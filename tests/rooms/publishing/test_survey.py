"""Surveys: whole people behind every printed percentage, and no share added to a share of other people."""

from __future__ import annotations

from decimal import Decimal

import pytest

from commonweal.engine.document import FileRefused
from commonweal.publishing import survey
from commonweal.publishing.survey import DifferentBases, Question, Share, counts_behind, read_surveys, together

SURVEYS = {each["id"]: each for each in read_surveys()}
QUESTIONS = {each["id"]: Question(each) for each in SURVEYS["councils-2019"]["questions"]}
STATEMENTS = [
    pytest.param(QUESTIONS[statement["question"]], row, id=f"{statement['about']}: {row['printed']}")
    for statement in SURVEYS["councils-2019"]["statements"]
    for row in statement["rows"]
]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_each_printed_percentage_stands_for_the_count_beside_it_and_no_other(question: Question):
    for group in question.facts["groups"]:
        for answer, printed in zip(question.answers, group["printed"], strict=True):
            of_answer = question.facts["printed_as"] == "of-answer"
            base = sum(question.count(each, answer) for each in question.groups) if of_answer else group["base"]
            assert list(counts_behind(printed, base)) == [question.count(group["id"], answer)], (group["id"], answer)


def test_roles_are_those_that_answered():
    assert [(g["id"], g["base"]) for g in QUESTIONS["understanding"].facts["groups"]] == [
        ("councillor", 71), ("officer", 41), ("senior", 68),
    ]  # fmt: skip
    roles = [("39.44", 71), ("22.78", 41), ("37.78", 68)]
    assert all(list(counts_behind(printed, 180)) == [count] for printed, count in roles)


@pytest.mark.parametrize(("question", "row"), STATEMENTS)
def test_statement_is_what_its_parts_add_to_or_what_the_counts_say(question: Question, row: dict):
    printed = Decimal("".join(c for c in row["printed"] if c.isdigit() or c == "."))
    parts = [question.added(part) for part in row.get("added", [])]
    said = sum((part.percent for part in parts), Decimal(0)) or question.share(row["groups"], row["answers"]).percent
    assert abs(said - printed) <= Decimal("0.5"), said
    if len(parts) > 1:
        with pytest.raises(DifferentBases):
            together(*parts)


def test_right_figures_are_those_of_the_counts():
    both, answers = QUESTIONS["understanding"], ("strongly-agree", "agree")
    shares = {role: both.share([role], answers) for role in both.groups}
    assert {role: (s.count, s.base, s.percent) for role, s in shares.items()} == {
        "councillor": (31, 71, Decimal("43.7")), "officer": (33, 41, Decimal("80.5")),
        "senior": (49, 68, Decimal("72.1")),
    }  # fmt: skip
    against = QUESTIONS["measurable"].share(QUESTIONS["measurable"].groups, ("disagree", "strongly-disagree"))
    assert (against.count, against.base, against.percent) == (7, 123, Decimal("5.7"))


def test_shares_of_the_same_people_are_added_and_of_others_refused():
    assert together(Share(4, 71, "a"), Share(27, 71, "a")) == Share(31, 71, "a")
    with pytest.raises(DifferentBases, match="27 x, 86 y"):
        together(Share(9, 27, "x"), Share(40, 86, "y"))
    with pytest.raises(DifferentBases):
        together(Share(1, 40, "x"), Share(1, 40, "y"))
    with pytest.raises(ValueError, match="is no share"):
        Share(5, 4, "x")


def test_percentage_that_fits_several_counts_or_none_says_so():
    assert list(counts_behind("71", 200)) == [141, 142]
    assert list(counts_behind("43", 77)) == [33]
    assert list(counts_behind("50", 3)) == []


def test_question_whose_answers_do_not_add_to_its_base_is_refused():
    facts = QUESTIONS["growth"].facts
    group = facts["groups"][0] | {"base": 147}
    with pytest.raises(ValueError, match="growth: the answers of all do not add to its base"):
        Question(facts | {"groups": [group]})


def test_file_that_departs_from_its_schema_is_refused(tmp_path, monkeypatch):
    held = survey.FILE.read_text()
    path = tmp_path / "survey.yaml"
    path.write_text(held.replace('"14.8"', "14.8", 1))
    monkeypatch.setattr(survey, "FILE", path)
    with pytest.raises(FileRefused, match="14.8 is a bare number"):
        read_surveys()
