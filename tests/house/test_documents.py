"""Documents are true: generated pages are current, every command and setting has its words, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_generated_pages_are_current():
    from commonweal.frameworks.reference import pages as measure_pages
    from commonweal.web.reference import PAGES

    stale = [name for name, page in PAGES.items() if (DOCS / "reference" / name).read_text() != page()]
    folder = DOCS / "reference" / "measures"
    stale += [f"measures/{name}" for name, text in measure_pages().items() if (folder / name).read_text() != text]
    assert stale == [], "run `make docs`"


def commands() -> list[str]:
    from commonweal.web.cli import app

    found = []

    def walk(command, words=()):
        children = getattr(command, "commands", None)
        if children is None:
            found.append(" ".join(words))
            return
        for name, child in children.items():
            if not child.hidden:
                walk(child, (*words, name))

    walk(typer.main.get_command(app))
    return sorted(found)


@pytest.mark.parametrize("command", commands())
def test_command_is_documented(command):
    pages = "\n".join(path.read_text() for path in (DOCS / "reference" / "command-line").glob("*.md"))
    assert re.search(rf"commonweal {command}\b", pages), f"no page says what `commonweal {command}` does"


def test_every_setting_is_documented():
    code = "\n".join(path.read_text() for path in (ROOT / "commonweal").rglob("*.py"))
    settings = set(re.findall(r"\"(COMMONWEAL_[A-Z_]+|DATABASE_URL)\"", code))
    page = (DOCS / "reference" / "settings.md").read_text()
    assert {name for name in settings if f"`{name}`" not in page} == set()


def test_settings_page_names_only_settings():
    code = "\n".join(path.read_text() for path in (ROOT / "commonweal").rglob("*.py"))
    page = (DOCS / "reference" / "settings.md").read_text()
    assert {name for name in re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE) if name not in code} == set()


def pages_with_links() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "commonweal").rglob("README.md")])


@pytest.mark.parametrize("path", pages_with_links(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text()):
        if "://" in target or target.startswith("mailto:"):
            continue
        assert (path.parent / target).exists(), f"{target} is not there"


def test_no_page_speaks_of_how_it_was_made():
    words = re.compile(r"\b(sub-?agent|language model|this session|as an AI)\b|/(?:root|home)/", re.IGNORECASE)
    for path in pages_with_links():
        assert not words.search(path.read_text()), path


def test_page_of_promises_is_current_and_its_tests_are_there():
    import importlib.util

    spec = importlib.util.spec_from_file_location("mutants", ROOT / "tools" / "mutants.py")
    mutants = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutants)
    assert (DOCS / "reference" / "promises.md").read_text() == mutants.page(), "run `make docs`"
    for promise in mutants.promises():
        assert promise["mutants"], f"promise {promise['id']} has no mutant"
        for test in promise["tests"]:
            assert (ROOT / test).exists(), test
        for each in promise["mutants"]:
            assert each["find"] in (ROOT / each["file"]).read_text(), f"{each['id']} changes code that is gone"
            path, _, name = each["test"].partition("::")
            assert f"def {name}(" in (ROOT / path).read_text(), each["test"]
