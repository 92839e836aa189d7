"""One real PostgreSQL for every test: migrated and walled as owner, worked in as the runtime role.

The first process starts the server (or uses the one DATABASE_URL names) and builds a template database; each process
that needs a database works in a clone of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import Phase
from hypothesis import settings as examples
from psycopg import sql

from commonweal.base import postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ["COMMONWEAL_TEST_VAR"])
TEMPLATE = "commonweal_test"
SAMPLES = os.environ.get("COMMONWEAL_SAMPLES", "")
#: Where most of the time goes, longest first.
LONGEST = (
    "test_returns_survive", "test_northern_spire_quarters", "test_first_walk", "test_confirmed_on_a_phone", "test_running",
    "test_sign_in_elsewhere", "test_demonstration", "test_delivery_pages",
)  # fmt: skip
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
BROWSER = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), "")
# The same examples in every run, so that a red suite is red for everybody; HYPOTHESIS_PROFILE=exploring draws new ones.
examples.register_profile("steady", derandomize=True)
examples.register_profile("exploring")
examples.register_profile("unshrunk", derandomize=True, phases=[Phase.explicit, Phase.generate])  # for seeded bugs
examples.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
_open = ExitStack()


def _execute(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _build_template(config: pytest.Config) -> None:
    """Start the server, drop what an earlier run left, and migrate a fresh template as the owner."""
    VAR.mkdir(parents=True, exist_ok=True)
    connections = _open.enter_context(postgres.database(VAR, name=TEMPLATE))
    maintenance = postgres.url_with(connections.owner_url, database="postgres")
    if os.environ.get("DATABASE_URL"):  # a server that outlives us may hold the template of an earlier run
        _execute(maintenance, "DROP DATABASE IF EXISTS {} WITH (FORCE)", TEMPLATE)
        connections = postgres.make_roles(maintenance, VAR, TEMPLATE)
    code = "import django; django.setup(); from commonweal.base.installing import bring_up_to_date as up; up()"
    environment = os.environ | connections.environment(as_owner=True)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    os.environ["COMMONWEAL_OWNER_URL"] = connections.owner_url
    os.environ["COMMONWEAL_RUNTIME_URL"] = connections.runtime_url
    os.environ["COMMONWEAL_TEST_TEMPLATE"] = TEMPLATE


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests on the real sample files run where $COMMONWEAL_SAMPLES names them; elsewhere the summary says so.

    The longest files go first, so that no process ends alone with one of them.
    """
    items.sort(key=lambda item: next((n for n, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST)))
    if SAMPLES:
        return
    left_out = [item for item in items if item.get_closest_marker("samples")]
    config.stash[_left_out] = len(left_out)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


_left_out = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say plainly what was left out."""
    if config.stash.get(_left_out, 0):
        terminalreporter.write_line(
            f"{config.stash[_left_out]} tests on real files were left out: set COMMONWEAL_SAMPLES to their folder."
        )


def _needs_database(config: pytest.Config) -> bool:
    arguments = [str(argument) for argument in config.args]
    pure = ("tests/engine", "tests/sources", "tests/journeys")  # a journey starts the product with a server of its own
    return not arguments or not all(any(folder in argument for folder in pure) for argument in arguments)


def pytest_configure(config: pytest.Config) -> None:
    """Build the template once, before any worker starts; workers inherit its address."""
    # Pages link static files by their plain names here; the hashed ones are the journeys' business.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True
    # Half a second of hashing for each of some thousand people made here would prove nothing; the journeys hash in earnest.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    if not hasattr(config, "workerinput") and _needs_database(config) and not config.option.collectonly:
        _build_template(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, and leave nothing behind."""
    if not hasattr(config, "workerinput"):
        _open.close()
        postgres.remove_own_server(VAR)
        shutil.rmtree(VAR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> Iterator[None]:
    """This process's own clone of the template, as the runtime role."""
    from django.db import connections

    template = os.environ["COMMONWEAL_TEST_TEMPLATE"]
    clone = f"{template}_{uuid.uuid4().hex[:8]}"
    owner = os.environ["COMMONWEAL_OWNER_URL"]
    maintenance = postgres.url_with(owner, database="postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(7305802)")  # a template can be copied by one at a time
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(clone), sql.Identifier(template))
        )
    os.environ["COMMONWEAL_OWNER_URL"] = postgres.url_with(owner, database=clone)
    os.environ["COMMONWEAL_RUNTIME_URL"] = postgres.url_with(os.environ["COMMONWEAL_RUNTIME_URL"], database=clone)
    default = connections["default"]
    default.close()
    from urllib.parse import unquote, urlsplit

    runtime = urlsplit(os.environ["COMMONWEAL_RUNTIME_URL"])
    default.settings_dict |= {
        "NAME": clone, "USER": runtime.username, "PASSWORD": unquote(runtime.password or ""),
        "HOST": runtime.hostname, "PORT": str(runtime.port), "CONN_MAX_AGE": 0,
    }  # fmt: skip
    yield
    for connection in connections.all():
        connection.close()
    _execute(maintenance, "DROP DATABASE IF EXISTS {} WITH (FORCE)", clone)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, headless; one of each process, which can drive no second."""
    from playwright.sync_api import sync_playwright

    if not BROWSER:
        pytest.skip("there is no chromium here: `make test` installs it where it may")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def in_english() -> None:
    """Each test begins in English: the last page a process asked for may have been Welsh."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def owner_connection(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """A plain connection as the owner role, for what only the owner may do; its own transaction, rolled back."""
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"]) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real files."""
    return Path(SAMPLES)
