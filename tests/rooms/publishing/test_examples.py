"""The published examples: the figures of the documents, exactly as printed, with their source."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys

import psycopg
import pytest
import yaml
from django.test import Client

from commonweal.base.queries import get_body
from commonweal.engine.document import CATALOGUE
from commonweal.publishing.models import Publication

LOAD = """
import django; django.setup()
from commonweal.base.queries import get_body
from commonweal.base.scope import open_scope
from commonweal.frameworks.actions import load_editions
from commonweal.directory.actions import load_invented_places
from commonweal.publishing.actions import refresh
from commonweal.sources.places import Place
from commonweal.web.demonstration.published import load_published
import yaml
from commonweal.engine.document import CATALOGUE
load_editions()
rows = yaml.safe_load((CATALOGUE / "examples" / "published.yaml").read_text())["agreements"]
load_invented_places(places=[
    Place(code=code, kind="council", name=code, name_cy="", valid_from=None, valid_to=None, successors=(), listed=())
    for code in sorted({row["place"] for row in rows if row.get("place")})
])
load_published()
body = get_body("published-examples")
with open_scope(body=body.pk):
    refresh(body=body, by=None)
"""


@pytest.fixture(scope="module")
def examples(django_db_setup: None, django_db_blocker):
    """The examples loaded and published by the owner role, in a database of this module's own."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env=os.environ | {"COMMONWEAL_ROLE": "owner"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    yield
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        tables = "base_event publishing_publication delivery_entry delivery_commitment delivery_agreement"
        tables += " directory_organisation base_jobrun"
        for table in tables.split():
            connection.execute(
                f"DELETE FROM {table} WHERE body_id = (SELECT id FROM base_body WHERE slug = 'published-examples')"
            )
        connection.execute("DELETE FROM base_body WHERE slug = 'published-examples'")
        connection.execute("DELETE FROM directory_place WHERE is_invented")


@pytest.mark.django_db
def test_northern_spire_shows_the_printed_figures_in_order_with_their_source(examples):
    row = next(
        each
        for each in yaml.safe_load((CATALOGUE / "examples" / "published.yaml").read_text())["agreements"]
        if each["key"] == "northern-spire"
    )
    page = Publication.objects.get(body=get_body("published-examples"), kind="agreement", title="Northern Spire bridge")
    shown = [(each["wording"], each["promised"], each["claimed"]) for each in page.content["promises"]]
    assert shown == [(each["wording"], each.get("promised"), each.get("delivered")) for each in row["promises"]]
    assert ("Careers in Construction", "20", "1560") in shown
    assert shown[-1] == ("Pupils reached during school visits (additional statistic)", None, "1992")
    assert page.content["median"] == "2.2"

    content = Client().get(f"/published-examples/agreements/{page.key}/").content.decode()
    cells = [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"cw-promises__number[^>]*>(.*?)</td>", tr, re.S)
        ]
        for tr in re.findall(r'<tr role="row">\s*<th scope="row".*?</tr>', content, re.S)
    ]
    words = [(re.search(r"([\d,]+|No promise recorded)$", promised).group(), re.search(r"([\d,]+)$", delivered).group())
             for promised, delivered in cells]  # fmt: skip
    assert words == [
        ((promised and f"{int(promised):,}") or "No promise recorded", f"{int(delivered):,}")
        for _w, promised, delivered in shown
    ]
    assert html.unescape(content).count(row["citation"]) == len(shown) + 1
    assert "So the documents say. Nobody checked it here." in content


@pytest.mark.django_db
def test_what_a_contract_put_on_a_promise_is_shown_and_never_added(examples):
    page = Publication.objects.get(body=get_body("published-examples"), kind="body")
    assert page.content["as_contracted"] == {"amount": "23251376", "promises": 2}
    assert [t for stage in page.content["worth"].values() for t in stage["totals"]] == []
