"""The published examples: the figures of the documents, exactly as printed, with their source."""

from __future__ import annotations

import csv
import html
import io
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


@pytest.mark.django_db
def test_nothing_is_said_to_run_now_where_no_dates_were_printed(examples):
    held = Publication.objects.filter(body=get_body("published-examples"), kind="agreement")
    assert {each.content["state"] for each in held} == {"undated"}
    assert words_of(Client().get("/published-examples/agreements/").content.decode()).count("Dates not stated") == 8 + 1
    assert "8 agreements" in words_of(Client().get("/published-examples/agreements/?state=undated").content.decode())
    assert "Dyddiadau heb eu nodi" in Client().get("/cy/published-examples/agreements/").content.decode()


@pytest.mark.django_db
def test_head_of_the_site_accounts_for_every_agreement_it_lists(examples):
    said = words_of(Client().get("/published-examples/").content.decode())
    assert "They stand in 7 agreements. 1 more agreement is published here, with no promise in it." in said
    assert "All 8 agreements" in said


@pytest.mark.django_db
def test_residents_read_what_is_far_beyond_a_promise_and_no_instruction_to_staff(examples):
    key = Publication.objects.get(body=get_body("published-examples"), title="Northern Spire bridge").key
    english, welsh = (
        words_of(Client().get(f"{lang}/published-examples/agreements/{key}/").content.decode()) for lang in ("", "/cy")
    )
    assert (
        "Careers in Construction Far beyond the promise : More than ten times the promise, or five times what is"
        in english
    )
    assert "Ymhell y tu hwnt i’r addewid : Mwy na deg gwaith yr addewid" in welsh
    for said in (english, welsh):
        assert not any(word in said for word in ("check the record", "gwiriwch y cofnod", "Outlier", "Allanolyn"))


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.django_db
def test_surveys_show_counts_bases_and_what_was_printed_beside_the_right_figure(examples):
    said = words_of(Client().get("/published-examples/surveys/").content.decode())
    assert "Officers: strongly agree or agree Printed 74% From the counts 33 of 41 (80.5%)" in said
    assert "It adds 14 of 27 (51.9%) and 19 of 86 (22.1%). These are shares of different people" in said
    assert "Printed only 18.9% From the counts 7 of 123 (5.7%)" in said
    assert (
        "Printed 63% From the counts 113 of 180 (62.8%) How the printed figure came about The counts say the same"
        in said
    )
    assert "Strongly agree 4 (5.6%) 14 (34.1%) 9 (13.2%) 27 (15.0%)" in said
    assert "All, which is the base 71 41 68 180" in said
    assert "141 or 142 of 200, all interviewed" in said
    assert "Region (n=180)" in said
    assert 'href="/published-examples/surveys/"' in Client().get("/published-examples/").content.decode()


@pytest.mark.django_db
def test_survey_chart_is_drawn_from_the_rows_of_the_table(examples):
    page = Client().get("/published-examples/surveys/").content.decode()
    assert "Officers: 33 of 41 (80.5%) agree or strongly agree, the largest share" in html.unescape(page)
    drawn = re.findall(
        r'<th scope="row">(\w[\w ]*) \((\d+) of (\d+)\)</th><td class="cw-table__number">([\d.]+)%', page
    )
    assert len(drawn) == 3 * 3 + 5 + 3
    assert all(round(int(count) * 1000 / int(base)) == round(float(shown) * 10) for _, count, base, shown in drawn)


@pytest.mark.django_db
def test_survey_file_holds_every_count(examples):
    text = Client().get("/published-examples/surveys/download/csv/").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    held = [row for row in rows if row["People"]]
    assert len(held) == 3 * 15 + 5 + 3
    first = held[0]
    assert (first["Group"], first["Answer"], first["People"], first["People asked in the group"]) == (
        "Councillors", "Strongly agree", "4", "71",
    )  # fmt: skip
    assert (first["Share of the group (%)"], first["Printed (%)"], first["Source id"]) == ("5.6", "14.8", "SEUK-2019")
    assert first["Printed as a share of"] == "all who said: Strongly agree"


@pytest.mark.django_db
def test_surveys_are_in_welsh_and_belong_to_the_examples_alone(examples, make_body):
    said = words_of(Client().get("/cy/published-examples/surveys/").content.decode())
    assert "Swyddogion: cytuno’n gryf neu cytuno Argraffwyd 74% O’r cyfrifon 33 o 41 (80.5%)" in said
    assert Client().get(f"/{make_body().slug}/surveys/").status_code == 404
    assert Client().get(f"/{make_body().slug}/surveys/download/csv/").status_code == 404
