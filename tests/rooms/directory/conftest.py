"""Sunderland's places: a folder of them, and a database with or without them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from place_files import make_excerpt, remove_places, run_load


@pytest.fixture(scope="session")
def excerpt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, to be read and not written in."""
    return make_excerpt(tmp_path_factory.mktemp("places") / "excerpt")


@pytest.fixture
def no_places(django_db_setup: None) -> Iterator[None]:
    """A database without places before and after."""
    remove_places()
    yield
    remove_places()


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, excerpt: Path) -> Iterator[Path]:
    """Sunderland, loaded for the tests of one file."""
    remove_places()
    code, _, complaint = run_load(excerpt)
    assert code == 0, complaint
    yield excerpt
    remove_places()


@pytest.fixture(autouse=True)
def _plain_pages(settings, tmp_path):
    """No second factor, and static files without the hashes that a build gives them."""
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
