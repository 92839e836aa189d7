"""A council that tells stories and sends newsletters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from made_stories import Tellers, tellers_of

from commonweal.base.models import Body, Person
from commonweal.base.scope import open_scope


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
    """Pages name their static files plainly, for nothing was collected; kept files go to a folder of the test."""
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.COMMONWEAL_FILES = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def make_tellers(make_body: Callable[..., Body], make_person: Callable[..., Person]) -> Callable[..., Tellers]:
    """`make_tellers()`: a council of its own with one agreement."""
    return partial(tellers_of, make_body, make_person)


@pytest.fixture
def tellers(make_tellers: Callable[..., Tellers]) -> Iterator[Tellers]:
    """One council, its scope open."""
    made = make_tellers()
    with open_scope(body=made.body.pk):
        yield made
