"""`commonweal agreements`: the same code as the pages, with its account, its exit codes and its refusals."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from commonweal.base.models import StoredFile
from commonweal.delivery.models import Agreement, ImportBatch
from commonweal.delivery.queries import live_agreements
from commonweal.web.commands.agreements import app

pytestmark = pytest.mark.django_db
HEAD = "Contract ref,Contract title,Supplier,Contract value,Commitment,Unit,Target\n"
GOOD = HEAD + "A-1,Meals,Larkhollow,84000,Sessions,sessions,18\n"
MIXED = GOOD + "A-2,Trees,Gorsefield,1200,Trees,trees,-4\n"


@pytest.fixture
def run(council, tmp_path):
    """`run("import", "t.csv")`: exit code, standard output and standard error, for the council."""

    def _run(*words, body=council.body.slug):
        answer = CliRunner().invoke(app, [*words, "--body", body])
        if answer.exception and not isinstance(answer.exception, SystemExit):
            raise answer.exception
        return answer.exit_code, answer.stdout, answer.stderr

    return _run


@pytest.fixture
def file(tmp_path):
    def make(text, name="tracker.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return make


def test_file_is_brought_in_and_again_changes_nothing(run, file, council):
    code, out, _ = run("import", file(GOOD), "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["rows"] == {"read": 1, "accepted": 1, "unchanged": 0, "rejected": 0}
    assert answer["pounds"]["agreement.contract_value"]["accepted"] == "84000"
    assert answer["balances"] is True
    assert live_agreements(council.body).count() == 1
    code, out, _ = run("import", file(GOOD), "--json")
    again = json.loads(out)
    assert (code, again["kept"], again["rows"]["unchanged"]) == (0, False, 1)
    assert ImportBatch.objects.filter(body=council.body).count() == 1
    assert not StoredFile.objects.filter(body=council.body).exists(), "a command keeps no copy"


def test_rejected_rows_are_told_with_cell_and_reason_and_the_rest_comes_in(run, file, council):
    code, out, _ = run("import", file(MIXED))
    assert code == 1
    assert "G3" in out
    assert "Target" in out
    assert "85,200.00" in out
    assert [each.title for each in live_agreements(council.body)] == ["Meals"]


def test_dry_run_says_the_same_and_keeps_nothing(run, file, council):
    _, dry, _ = run("import", file(MIXED), "--json", "--dry-run")
    assert not ImportBatch.objects.filter(body=council.body).exists()
    assert not Agreement.objects.filter(body=council.body).exists()
    _, wet, _ = run("import", file(MIXED), "--json")
    same = ("rows", "pounds", "rejected", "mapping", "notes")
    assert {name: json.loads(dry)[name] for name in same} == {name: json.loads(wet)[name] for name in same}


def test_mapping_of_an_earlier_answer_is_used(run, file, council):
    odd = file("Ours,Called,How much\nA-1,Meals,5\n")
    mapping = file(
        json.dumps([
            {"column": "Ours", "field": "agreement.reference"}, {"column": "Called", "field": "agreement.title"},
            {"column": "How much", "field": "agreement.contract_value"},
        ]), "mapping.json",
    )  # fmt: skip
    code, out, _ = run("import", odd, "--mapping", mapping, "--json")
    assert code == 0
    assert Agreement.objects.get(body=council.body).value == 5
    answer = file(out, "answer.json")
    assert json.loads(run("import", odd, "--mapping", answer, "--json")[1])["rows"]["unchanged"] == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("contracts.exe", "MZ", "contracts.exe is not a spreadsheet we can read"),
        ("empty.csv", "\n", "there is nothing in it"),
        ("missing.csv", None, "No such file"),
    ],
)
def test_file_that_cannot_be_read_is_bad_input_in_one_line(run, file, council, tmp_path, name, text, words):
    path = file(text, name) if text is not None else str(tmp_path / name)
    code, out, complaint = run("import", path)
    assert (code, out) == (2, "")
    assert words in complaint
    assert complaint.count("\n") == 1
    assert not ImportBatch.objects.filter(body=council.body).exists()


@pytest.mark.parametrize(
    "text", ["not json", "{}", "[]", '[{"column": "No such", "field": "agreement.title"}]', '[{"nonsense": 1}]',
             '[{"column": "Contract ref", "field": "agreement.colour"}]'],
)  # fmt: skip
def test_mapping_that_makes_no_sense_is_bad_input(run, file, council, text):
    code, _, complaint = run("import", file(GOOD), "--mapping", file(text, "mapping.json"))
    assert code == 2
    assert complaint.count("\n") == 1
    assert not ImportBatch.objects.filter(body=council.body).exists()


def test_body_that_is_not_there_is_bad_input(run, file):
    assert run("import", file(GOOD), body="no-such-place")[0] == 2


def test_file_is_undone_once_and_by_its_own_body(run, file, council, make_body):
    batch = json.loads(run("import", file(GOOD), "--json")[1])["batch"]
    assert run("undo", batch, body=make_body().slug)[0] == 2
    assert live_agreements(council.body).count() == 1
    assert run("undo", batch)[0] == 0
    assert live_agreements(council.body).count() == 0
    code, _, complaint = run("undo", batch)
    assert code == 2
    assert "Only a file that was brought in" in complaint
