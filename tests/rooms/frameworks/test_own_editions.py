"""Editions of a body's own: behind its wall, chosen like any other, and never published where they are licensed."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from own import CODE, OUTCOME, THEME, TITLE, TITLE_CY, licensed_edition
from python_calamine import CalamineWorkbook
from read_pdf import words_of_pdf

from commonweal.base.errors import NotPossible
from commonweal.base.queries import events_about
from commonweal.delivery import actions as delivery
from commonweal.engine import catalogue
from commonweal.engine.model import Edition as Rules
from commonweal.frameworks import actions, queries
from commonweal.frameworks.actions import NodeWords
from commonweal.frameworks.invariants import RULES
from commonweal.frameworks.models import Edition, Measure
from commonweal.publishing import actions as publishing

pytestmark = pytest.mark.django_db


@pytest.fixture
def licensed(editions, body, lead, in_scope):
    """The licensed edition, published for the body alone."""
    with in_scope(body):
        return actions.publish_own_edition(body=body, by=lead, edition=licensed_edition())


def test_a_bodys_own_edition_is_listed_and_read_beside_the_catalogue(licensed, body, in_scope):
    with in_scope(body):
        assert "licensed-set@2026" in {each.reference for each in queries.editions()}
        assert "open-measures@1.0" in {each.reference for each in queries.editions()}
        assert queries.get_edition("licensed-set@2026") == licensed_edition()
        (measure,) = queries.measures(queries.find_edition("licensed-set@2026"))
        assert measure.is_private
        (event,) = events_about(body, f"frameworks.edition:{licensed.public_id}")
    assert event.action == "frameworks.edition.published"


def test_another_body_and_nobody_see_none_of_it(licensed, body, make_body, in_scope):
    other = make_body()
    for scope in (lambda: in_scope(other), transaction.atomic):
        with scope():
            assert not Edition.objects.filter(framework_id="licensed-set").exists()
            assert not Measure.objects.filter(code=CODE).exists()
            with pytest.raises(Edition.DoesNotExist):
                queries.get_edition("licensed-set@2026")
            assert queries.get_edition("open-measures@1.0").measures


def test_two_bodies_may_hold_the_very_same_edition(licensed, body, make_body, make_person, in_scope):
    other = make_body()
    with in_scope(other):
        actions.publish_own_edition(body=other, by=make_person("lead", body=other), edition=licensed_edition())
        assert queries.find_edition("licensed-set@2026").pk != licensed.pk
        assert len(queries.own_editions(other)) == 1


def test_a_measure_cannot_be_put_into_another_bodys_edition(licensed, body, make_body, in_scope):
    other = make_body()
    with in_scope(other), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Measure.objects.create(
            body=body, edition_id=licensed.pk, measure_id="a", title="A", unit="hours", position=9, theme_id="t",
            outcome_id="o", figure="count",
        )  # fmt: skip


def test_the_invariants_name_what_reaches_into_another_body(body, make_body, owner_connection):
    other, run = make_body(), owner_connection.execute
    edition = run(
        "INSERT INTO frameworks_edition (public_id, body_id, framework_id, version, title, title_cy, content, "
        "content_hash, is_private) VALUES ('zqedition', %s, 'own', '1', 'Own', '', '{}', '', false) RETURNING id",
        [body.pk],
    ).fetchone()[0]
    run(
        "INSERT INTO frameworks_frameworkinforce (public_id, body_id, edition_id, starts_on, reason) "
        "VALUES ('zqchoice', %s, %s, '2026-04-01', '')", [other.pk, edition],
    )  # fmt: skip
    run(
        "INSERT INTO frameworks_measure (public_id, edition_id, measure_id, code, title, title_cy, unit, direction, "
        "figure, theme_id, outcome_id, confirmable, is_private, position) VALUES ('zqmeasure', %s, 'a', '', 'A', '', "
        "'hours', 'benefit', 'count', 't', 'o', false, false, 1)", [edition],
    )  # fmt: skip
    named = {rule.id: [row[0] for row in run(rule.sql).fetchall()] for rule in RULES}
    assert named["frameworks.measure-of-its-body"] == ["zqmeasure"]
    assert named["frameworks.frameworkinforce-edition-within-reach"] == ["zqchoice"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"framework_id": "open-measures"}, "is the short name of a framework that everybody has"),
        ({"version": "2026"}, "is published already"),
        ({"themes": ()}, "It has no measure"),
        ({"version": "2027." + "1" * 30}, "at most 20 are kept"),
    ],
)
def test_an_edition_that_would_mislead_is_refused(licensed, body, lead, in_scope, changes, words):
    edition = Rules.from_json(licensed_edition("2027").to_json() | catalogue_json(changes))
    with in_scope(body), pytest.raises(NotPossible, match=re.escape(words)):
        actions.publish_own_edition(body=body, by=lead, edition=edition)


def catalogue_json(changes):
    return {name: list(each) if isinstance(each, tuple) else each for name, each in changes.items()}


def test_what_is_published_is_never_changed_but_can_be_taken_back_while_unused(
    licensed, body, lead, in_scope, owner_connection
):
    with in_scope(body):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Edition.objects.filter(pk=licensed.pk).update(title="Changed")
        actions.withdraw_edition(body=body, by=lead, edition=licensed)
        assert "licensed-set@2026" not in {each.reference for each in queries.editions()}
        with pytest.raises(NotPossible, match="taken back already"):
            actions.withdraw_edition(body=body, by=lead, edition=licensed)
        with pytest.raises(NotPossible, match="was taken back"):
            actions.choose_framework(body=body, by=lead, edition=licensed, starts_on=date(2026, 4, 1), reason="No")
        again = actions.publish_own_edition(body=body, by=lead, edition=licensed_edition())
        assert queries.find_edition("licensed-set@2026").pk == again.pk
        actions.choose_framework(body=body, by=lead, edition=again, starts_on=date(2026, 4, 1), reason="Licence")
        with pytest.raises(NotPossible, match="has been in use"):
            actions.withdraw_edition(body=body, by=lead, edition=again)
        with pytest.raises(NotPossible, match="not your own"):
            actions.withdraw_edition(body=body, by=lead, edition=queries.find_edition("open-measures@1.0"))


@pytest.mark.parametrize("statement", ["UPDATE {} SET title = 'Changed'", "DELETE FROM {}"])
def test_even_the_owner_of_the_tables_cannot_change_an_edition_of_the_catalogue(editions, owner_connection, statement):
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_connection.execute(statement.format("frameworks_edition"))


def test_staff_read_that_it_is_licensed_wherever_it_is_shown(licensed, body, lead, sign_in, in_scope):
    client = sign_in(lead)
    with in_scope(body):
        measure = queries.measures(licensed)[0].public_id
    for name, rest in (("frameworks", []), ("edition", ["licensed-set@2026"]), ("measure", [measure])):
        page = client.get(reverse(f"frameworks:{name}", args=[body.slug, *rest])).content.decode()
        assert "Licensed to you: not for publication" in page, name
    export = client.get(reverse("frameworks:edition_export", args=[body.slug, "licensed-set@2026", "xlsx"]))
    about = CalamineWorkbook.from_filelike(io.BytesIO(export.content)).get_sheet_by_name("About this file").to_python()
    assert ["Not for publication", "Licensed to you: not for publication"] in about
    assert ["Licence", "licensed to you: not for publication"] in about
    export = client.get(reverse("frameworks:edition_export", args=[body.slug, "licensed-set@2026", "csv"]))
    (row,) = csv.DictReader(io.StringIO(export.content.decode("utf-8-sig")))
    assert row["Licence"].startswith("licensed to you: not for publication")


# --- nothing of it is published --------------------------------------------------------------------------------------

HIDDEN = (TITLE, TITLE_CY, CODE, OUTCOME, THEME, "Zqrule", "Zqdefinition", "Zqsource", "zq77x", "4321.09", "4,321.09")


@pytest.fixture
def published(licensed, body, lead, make_person, in_scope):
    """A site whose plan, promises and deliveries all rest on the licensed edition."""
    officer = make_person("contract-manager", body=body)
    with in_scope(body):
        actions.choose_framework(body=body, by=lead, edition=licensed, starts_on=date(2026, 4, 1), reason="Licence")
        plan = actions.add_node(body=body, by=lead, kind="plan", parent=None, words=NodeWords(title="A fair town"))
        objective = actions.add_node(
            body=body, by=lead, kind="objective", parent=plan, words=NodeWords(title="Time given")
        )
        actions.tie_outcomes(body=body, by=lead, node=objective, version=1, outcomes={("licensed-set", "zqo")})
        actions.publish_plan(body=body, by=lead)
        agreement = delivery.record_agreement(
            by=officer, body=body, title="Repairs", channel="procurement", starts_on=date(2026, 4, 1),
            ends_on=date(2027, 3, 31), owner=officer,
        )  # fmt: skip
        measure = queries.measures(licensed)[0]
        lines = [
            delivery.record_commitment(
                by=officer, agreement=agreement, measure=measure, wording=wording, unit=measure.unit,
                quantity=Decimal("1"), owner=officer,
            )
            for wording in (TITLE, f"{CODE}: {TITLE.upper()}", "Hours our people give")
        ]  # fmt: skip
        for line in lines:
            delivery.record_entry(
                by=officer, commitment=line, quantity=Decimal("1"), starts_on=date(2026, 5, 1),
                ends_on=date(2026, 5, 31),
            )  # fmt: skip
        publishing.refresh(body=body, by=lead)
    return agreement, lines


def test_staff_pages_of_what_rests_on_it_say_that_it_is_licensed(published, body, lead, sign_in):
    agreement, lines = published
    client, line = sign_in(lead), lines[2].public_id
    for name, given in (("delivery:commitment", [line]), ("reporting:line_worth", [line]), ("reporting:worth", []),
                        ("reporting:agreement_worth", [agreement.public_id]), ("reporting:worth_frameworks", []),
                        ("reporting:review_pack_page", [agreement.public_id])):  # fmt: skip
        page = client.get(reverse(name, args=[body.slug, *given])).content.decode()
        assert "icensed to you: not for publication" in page, name


def test_what_staff_take_away_says_that_it_is_licensed(published, body, lead, sign_in):
    agreement, lines = published
    client, line = sign_in(lead), lines[2].public_id
    given = {
        "reporting:worth_export": ["csv"], "reporting:worth_lines_export": ["csv"], "reporting:worth_ranges_export": ["csv"],
        "reporting:worth_frameworks_export": ["csv"], "reporting:worth_changes_export": ["csv"],
        "reporting:line_steps": [line, "csv"], "delivery:promises_export": [agreement.public_id, "csv"],
        "delivery:promises_pdf": [agreement.public_id], "reporting:agreement_steps": [agreement.public_id, "pdf"],
    }  # fmt: skip
    for name, rest in given.items():
        said = words_of(client.get(reverse(name, args=[body.slug, *rest])).content)
        assert "icensed to you: not for publication" in said, name


def everything_public(client, start):
    """Follow every link of the site from its first page; give address to content."""
    found, waiting = {}, [start, f"/cy{start}"]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, address
        found[address] = answer.content
        if "html" in answer["Content-Type"]:
            links = re.findall(r'href="(/[^"#]*)"', answer.content.decode())
            waiting += [link.replace("&amp;", "&") for link in links if link.removeprefix("/cy").startswith(start)]
    return {address: content for address, content in found.items() if "/work/" not in address}


def words_of(content):
    if content.startswith(b"PK"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return "\n".join(str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    if content.startswith(b"%PDF"):
        return words_of_pdf(content)
    return content.decode()


def test_no_public_page_or_file_has_a_word_code_or_value_of_a_licensed_measure(published, body, client):
    site = everything_public(client, f"/{body.slug}/")
    assert any("/promises/" in address for address in site)
    assert any("/download/" in address for address in site)
    assert "Time given" in words_of(site[f"/{body.slug}/plan/en.pdf"])
    for address, content in site.items():
        said = words_of(content).casefold()
        for word in HIDDEN:
            assert word.casefold() not in said, (address, word)


def test_the_bodys_own_words_and_facts_are_published_still(published, body, client):
    _agreement, lines = published
    titles = [client.get(f"/{body.slug}/promises/{each.public_id}/").content.decode() for each in lines]
    assert "Hours our people give" in titles[2]
    for page in titles[:2]:
        assert "A promise under a framework licensed to this body" in page
    for page in titles:
        assert "licensed to the body, which may not publish them" in page


def test_the_open_measures_are_published_as_before(editions, body, lead, in_scope):
    measure = catalogue.load_edition("open-measures@1.0").measures["community.volunteering-hours"]
    assert not measure.is_licensed
    assert not Measure.objects.filter(edition__framework_id="open-measures", is_private=True).exists()
