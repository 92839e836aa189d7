"""`commonweal verify`, on a machine that has the programme and nothing else."""

import json
import os
import subprocess
import sys

import made_accounts as made
import pytest
from made_accounts import KEY, OTHER_KEY

from commonweal.engine.account_bundle import checkpoint_text
from commonweal.engine.signing import public_text

FIRST, SECOND, THIRD = made.chain()


@pytest.fixture
def files(tmp_path):
    for name, raw in (("1.zip", FIRST), ("2.zip", SECOND), ("3.zip", THIRD)):
        (tmp_path / name).write_bytes(raw)
    listed = [made.published(FIRST), made.published(SECOND, 2, made.YEAR.next), made.published(THIRD, 3)]
    (tmp_path / "noted.txt").write_text(checkpoint_text(made.BODY, listed, KEY))
    (tmp_path / "body.key").write_text(public_text(KEY) + "\n")
    return tmp_path


def test_verify_of_a_whole_account_says_that_nothing_was_changed(run, files):
    code, out, err = run("verify", "1.zip", "--key", public_text(KEY))
    assert (code, err) == (0, "")
    assert "Alderbrook Council: account 1, of 2025/26" in out
    assert "Nothing was changed: 16 lines come to the" in out
    assert "Signed by the holder of the key you gave." in out


def test_verify_without_a_key_says_that_nothing_shows_whose_it_is(run, files):
    code, out, _ = run("verify", "1.zip")
    assert code == 0
    assert "Nothing here shows that it is" in out


def test_verify_takes_a_key_from_a_file_and_follows_the_chain(run, files):
    code, out, _ = run(
        "verify", "3.zip", "--previous", "2.zip", "--previous", "1.zip", "--key", "body.key", "--checkpoint", "noted.txt",
        "--json",
    )  # fmt: skip
    answer = json.loads(out)
    assert code == 0
    assert (answer["well"], answer["trusted_by"], answer["faults"], answer["notes"]) == (True, "key", [], [])
    assert answer["account"]["restates"] == 1


def test_verify_of_a_changed_byte_leaves_with_1_and_names_the_place(run, files):
    at = FIRST.index(b"delivery,") + 9
    (files / "1.zip").write_bytes(FIRST[:at] + b"Z" + FIRST[at + 1 :])
    code, out, _ = run("verify", "1.zip")
    assert code == 1
    assert "FAULT lines.csv: row 2" in out
    assert "do not rely on this account" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gone.zip",), "gone.zip: No such file or directory"),
        (("noted.txt",), "this is not a published account"),
        (("1.zip", "--key", "hello"), "the key cannot be used"),
        (("1.zip", "--key", "x" * 5000), "the key cannot be used"),
        (("1.zip", "--checkpoint", "body.key"), "the checkpoint is not one"),
        (("1.zip", "--checkpoint", "gone.txt"), "cannot be read"),
        (("1.zip", "--previous", "noted.txt"), "noted.txt: this is not a published account"),
        ((".",), "Is a directory"),
    ],
)
def test_verify_of_bad_input_leaves_with_2_and_one_line(run, files, words, said):
    code, out, err = run("verify", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_verify_by_another_key_leaves_with_1(run, files):
    code, out, _ = run("verify", "1.zip", "--key", public_text(OTHER_KEY))
    assert code == 1
    assert "signed by another key" in out


def test_verify_needs_no_settings_no_database_and_no_web(files):
    """In a process of its own, with nothing in its surroundings, the check is made and Django is never loaded."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "HOME": str(files)}
    done = subprocess.run(
        [sys.executable, "-m", "commonweal", "verify", "1.zip"], cwd=files, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    code = "import sys; from pathlib import Path; from commonweal.engine.account_check import check_account as c; "
    code += "assert c(Path('1.zip')).is_well; print([m for m in sys.modules if m.startswith('django')])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=files, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]"
