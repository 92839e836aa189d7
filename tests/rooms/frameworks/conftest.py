"""The shipped editions, loaded by the owner role as an installation does; a body with a small strategy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest

from commonweal.base.models import Body, Person
from commonweal.frameworks import actions, queries
from commonweal.frameworks.actions import NodeWords

LOAD = "import django; django.setup(); from commonweal.frameworks.actions import load_editions; print(load_editions())"


@pytest.fixture(autouse=True)
def _plain_pages(settings, tmp_path):
    """Pages name their static files plainly, for nothing was collected, and a password is enough to sign in."""
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(scope="session")
def load_as_owner(django_db_setup: None) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`load_as_owner()`: run a program as the owner role on this test's database; by default it loads the catalogue."""

    def run(code: str = LOAD) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"COMMONWEAL_ROLE": "owner"}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture(scope="session")
def editions(load_as_owner: Callable[..., subprocess.CompletedProcess[str]]) -> str:
    """Every edition of the catalogue, loaded; gives what the loading printed."""
    done = load_as_owner()
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def lead(body: Body, make_person: Callable[..., Person]) -> Person:
    """The body's social value lead."""
    return make_person("lead", body=body, name="Mair Lead")


@pytest.fixture
def tree(editions: str, body: Body, lead: Person, in_scope: Callable[..., object]) -> SimpleNamespace:
    """A plan with one theme and two objectives; the open measures in force; the first objective owned and tied."""
    with in_scope(body):
        actions.choose_framework(
            body=body, by=lead, edition=queries.find_edition("open-measures@1.0"), starts_on=date(2026, 4, 1),
            reason="Open values",
        )  # fmt: skip

        def add(kind: str, title: str, parent: object = None, **words: object) -> object:
            return actions.add_node(body=body, by=lead, kind=kind, parent=parent, words=NodeWords(title=title, **words))

        plan = add("plan", "A fair town", title_cy="Tref deg", starts_on=date(2026, 4, 1), ends_on=date(2030, 3, 31))
        theme = add("theme", "Work", plan, title_cy="Gwaith")
        first = add("objective", "Local jobs", theme, title_cy="Swyddi lleol", words="Work near home.", owner=lead)
        second = add("objective", "Clean air", theme)
        first = actions.tie_outcomes(
            body=body, by=lead, node=first, version=1, outcomes={("open-measures", "local-work")}
        )
    return SimpleNamespace(body=body, lead=lead, plan=plan, theme=theme, first=first, second=second)
