"""Promises about the code as a whole: no float near money, no vague names, one place for each raw call."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "commonweal"
MONEY = sorted(
    [PACKAGE / "money.py", *(PACKAGE / "engine").glob("*.py")]
    + [path for name in ("queries.py", "actions.py", "policies.py") for path in PACKAGE.rglob(name)]
)
#: `document.py` reads what strangers wrote, binary numbers among it, so that the schema can refuse them; `draws.py`
#: simulates, and gives percentiles that are rounded to the pound and never added.
BINARY = {"document.py", "draws.py"}
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "/migrations/" not in str(path))
NEVER = {"utils", "helpers", "common", "misc", "manager", "service", "handler", "data", "info", "new"}


@pytest.mark.parametrize("path", MONEY, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_float_in_money_code(path):
    if path.name in BINARY:
        return
    tree = ast.parse(path.read_text())
    # Asking whether something is a float, in order to refuse it, is the one use of the word.
    asked = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"line {node.lineno}: a float"
        if node not in asked:
            assert not (isinstance(node, ast.Name) and node.id == "float"), f"line {node.lineno}: float"


def test_modules_are_named_for_something():
    vague = [
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*")
        if path.stem in NEVER and "__pycache__" not in path.parts
    ]
    assert vague == []


@pytest.mark.parametrize(
    ("call", "allowed"),
    [
        (r"\bmark_safe\(", {"base/govuk/markup.py", "base/templatetags/parts.py"}),
        (r"\bxlsxwriter\b", {"base/exports.py"}),
        (r"\bcsv\.writer\b|\bDictWriter\b", {"base/exports.py", "engine/presentation.py", "web/commands/value.py"}),
        (r"\burlopen\(|\brequests\.|\bhttpx\b", {"web/commands/up.py"}),
        (r"\bcsrf_exempt\b", set()),
        (r"\bwrite_bytes\(", {"base/actions.py", "sources/grids.py"}),
    ],
)
def test_raw_calls_have_one_place(call, allowed):
    found = {str(path.relative_to(PACKAGE)) for path in SOURCES if re.search(call, path.read_text())}
    assert found - allowed == set()


def test_templates_have_no_inline_style_or_script():
    for path in PACKAGE.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:", text), path


def test_rooms_have_their_page():
    rooms = [path.parent for path in (*PACKAGE.glob("*/__init__.py"), *PACKAGE.glob("delivery/*/apps.py"))]
    assert [room.name for room in rooms if not (room / "README.md").exists()] == []


def test_names_of_test_modules_are_used_once():
    """Pytest imports them by their bare names: two of one name cannot be collected together."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
