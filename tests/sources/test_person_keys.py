"""Keys of people: the same person has the same key however a register spells them, and nobody else has it."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from commonweal.sources.person_keys import NotAPerson, key_of, make_keys, told_apart
from commonweal.web.cli import app

SALT = "5a" * 32


@pytest.mark.parametrize(
    ("lines", "apart"),
    [
        (("AB123456C", "ab 12 34 56 c", "AB-12-34-56", " ab123456d "), "AB123456"),
        (("Okafor, 1990-04-12", "OKAFOR 12/04/1990", "okafor;  12/4/1990"), "OKAFOR1990-04-12"),
        (("O’Brien, 2001-12-31", "O'Brien 31/12/2001", "obrien 2001-12-31"), "OBRIEN2001-12-31"),
        (("Llŷr-Jones, 1979-02-28", "llyr-jones 28/02/1979"), "LLYRJONES1979-02-28"),
        (("O´Brien, 2001-12-31", "O'Brien;31/12/2001"), "OBRIEN2001-12-31"),
        (("Großmann, 1960-01-01", "GROSSMANN 1/1/1960"), "GROSSMANN1960-01-01"),
    ],
)
def test_spelling_makes_no_difference(lines, apart):
    assert {told_apart(line) for line in lines} == {apart}
    assert len({key_of(line, SALT) for line in lines}) == 1


def test_the_key_is_the_hmac_that_any_tool_makes():
    made = hmac.new(SALT.encode(), b"OKAFOR1990-04-12", hashlib.sha256).hexdigest()
    assert key_of("Okafor, 12/04/1990", SALT) == made
    assert key_of("Okafor, 12/04/1990", "another") != made


@pytest.mark.parametrize(
    "line", ["Mary Jones", "1991-04-12", "O, 1991-04-12", "Okafor, 1990-02-30", "Okafor, 12/13/1990", "AB12345", "x1"]
)
def test_a_line_that_names_nobody_is_refused_without_repeating_it(line):
    with pytest.raises(NotAPerson) as refused:
        told_apart(line)
    assert line not in str(refused.value)


@pytest.mark.parametrize(
    "line", ["Ada Okafor, 1990-04-12", "Llyr Jones 28/02/1979", "Okafor, Ada, 1990-04-12", "Okafor;Ada 1990-04-12"]
)
def test_more_than_the_surname_is_refused_since_it_would_make_a_second_key(line):
    with pytest.raises(NotAPerson, match="Give the surname alone; join a double surname by a hyphen"):
        told_apart(line)


@given(st.lists(st.sampled_from(["AB123456C", "ab123456", "Okafor, 1990-04-12", "", "nobody"]), max_size=12))
def test_every_line_is_a_key_a_repeat_empty_or_refused(lines):
    made = make_keys(lines, SALT)
    assert len(made.keys) + made.repeated + len(made.refused) + lines.count("") == len(lines)
    assert [number for number, _why in made.refused] == [at for at, line in enumerate(lines, 1) if line == "nobody"]


def test_command_writes_keys_and_refuses_lines_by_number(tmp_path):
    people = tmp_path / "people.txt"
    people.write_text("\ufeffAB123456C\n\nOkafor, 1990-04-12\nab 12 34 56\n", encoding="utf-8")
    ran = CliRunner().invoke(app, ["person-keys", str(people), "--salt", SALT])
    assert ran.exit_code == 0
    assert ran.stdout.split() == [key_of("AB123456", SALT), key_of("Okafor, 1990-04-12", SALT)]
    people.write_text("AB123456C\nMary Jones\n", encoding="utf-8")
    ran = CliRunner().invoke(app, ["person-keys", str(people), "--salt", SALT])
    assert ran.exit_code == 2
    assert ran.stdout == ""
    assert "line 2" in ran.stderr
    assert "Mary" not in ran.stderr
