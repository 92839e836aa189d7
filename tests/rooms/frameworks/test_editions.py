"""Editions: loaded once, by the owner, and never changed; found, filtered and chosen."""

import json
from datetime import date

import psycopg
import pytest
from django.db import ProgrammingError, transaction

from commonweal.base.errors import NotPossible
from commonweal.base.queries import events_about
from commonweal.engine import catalogue
from commonweal.frameworks import actions, queries
from commonweal.frameworks.models import Edition, Measure
from commonweal.frameworks.queries import MeasureFilter

pytestmark = pytest.mark.django_db

CHANGED = """
import django; django.setup()
import dataclasses
from commonweal.engine import catalogue
from commonweal.frameworks.actions import load_edition
load_edition(edition=dataclasses.replace(catalogue.load_edition("open-measures@1.0"), notes="Quietly changed."))
"""


def test_load_editions_first_time(editions):
    shipped = [f"{each}@{v}" for each in catalogue.framework_ids() for v in catalogue.editions(each)]
    assert editions.strip() in (repr(shipped), "[]")  # none, where another test of this run loaded them first
    # Other tests of this run may have loaded editions made for them.
    loaded = [each.reference for each in queries.editions() if not each.framework_id.startswith("made-")]
    assert sorted(loaded) == sorted(shipped)


def test_load_editions_second_time_loads_nothing(editions, load_as_owner):
    again = load_as_owner()
    assert again.returncode == 0
    assert again.stdout.strip() == "[]"


def test_load_edition_with_other_content_is_refused(editions, load_as_owner):
    refused = load_as_owner(CHANGED)
    assert refused.returncode == 1
    assert "open-measures@1.0 is loaded already with other content" in refused.stderr


def test_loading_is_recorded_on_the_platform_chain(editions, owner_connection):
    row = owner_connection.execute(
        "SELECT details FROM base_event WHERE body_id IS NULL AND action = 'frameworks.edition.loaded' "
        "AND details LIKE '%open-measures@1.0%'"
    ).fetchone()
    assert json.loads(row[0])["content_hash"] == catalogue.load_edition("open-measures@1.0").content_hash


def test_get_edition_is_what_the_catalogue_says(editions):
    for framework_id in catalogue.framework_ids():
        for version in catalogue.editions(framework_id):
            reference = f"{framework_id}@{version}"
            assert queries.get_edition(reference) == catalogue.load_edition(reference)


@pytest.mark.parametrize("reference", ["open-measures@9", "open-measures", "nothing@1", "@", "open-measures@1.0@1.0"])
def test_get_edition_unknown(editions, reference):
    with pytest.raises(Edition.DoesNotExist):
        queries.get_edition(reference)


def test_measures_are_rows_in_the_order_of_the_edition(editions):
    for edition in queries.editions():
        rule = queries.get_edition(edition.reference)
        assert [row.measure_id for row in queries.measures(edition)] == list(rule.measures)


@pytest.mark.parametrize("table", ["frameworks_edition", "frameworks_measure"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET title = 'Changed'", "DELETE FROM {}"])
def test_an_edition_is_never_changed_even_by_the_owner(editions, owner_connection, table, statement):
    with pytest.raises(psycopg.errors.RestrictViolation, match="never changed or removed"):
        owner_connection.execute(statement.format(table))


def test_the_application_cannot_write_editions_of_the_catalogue(editions, body, in_scope):
    row = {"framework_id": "own", "version": "1", "title": "Own", "content": {}, "content_hash": "0" * 64}
    with in_scope(body):
        for whose in (None, body.pk + 1):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Edition.objects.create(body_id=whose, **row)
        assert Edition.objects.filter(framework_id="open-measures").update(withdrawn_at="2026-01-01T00:00Z") == 0


def test_altered_content_is_noticed(editions, owner_connection, monkeypatch):
    # As after a restore from a doctored backup: the triggers are off while the row is changed.
    held = queries.find_edition("wales-wellbeing-goals@2015")
    altered = Edition.objects.get(pk=held.pk).content | {"title": "Something else"}
    queries._built.cache_clear()
    monkeypatch.setattr(queries, "content_held", lambda _hash: altered)
    with pytest.raises(queries.EditionAltered, match="restore it from a backup"):
        queries._built(held.content_hash)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (MeasureFilter(theme="skills"), lambda m: m.theme_id == "skills"),
        (MeasureFilter(figure="valued"), lambda m: m.figure == "valued"),
        (MeasureFilter(text="S01"), lambda m: m.code == "S01"),
        (MeasureFilter(text="pobl LEOL"), lambda m: "pobl" in m.title_cy.lower() and "leol" in m.title_cy.lower()),
        (MeasureFilter(theme="jobs", figure="valued"), lambda m: m.theme_id == "jobs" and m.figure == "valued"),
    ],
)
def test_measures_filtered(editions, filters, expected):
    edition = queries.find_edition("open-measures@1.0")
    wanted = [each for each in Measure.objects.filter(edition=edition) if expected(each)]
    assert wanted
    assert list(queries.measures(edition, filters)) == wanted


def test_listed_without_filter_keeps_empty_themes(editions):
    themes = queries.listed(queries.find_edition("northern-ireland-themes@2021"))
    assert [len(theme.outcomes) for theme in themes] == [0, 0, 0, 0]


def test_listed_with_filter_keeps_only_what_fits(editions):
    themes = queries.listed(queries.find_edition("open-measures@1.0"), MeasureFilter(theme="skills"))
    assert [theme.rule.id for theme in themes] == ["skills"]
    assert all(outcome.measures for outcome in themes[0].outcomes)


def choose(body, by, reference, starts_on):
    return actions.choose_framework(
        body=body, by=by, edition=queries.find_edition(reference), starts_on=starts_on, reason="Cabinet, item 7"
    )


def test_edition_for_prefers_what_can_be_counted(editions, body, lead, in_scope):
    with in_scope(body):
        assert queries.edition_for(body, date(2026, 5, 1)) is None
        choose(body, lead, "open-measures@1.0", date(2026, 4, 1))
        choose(body, lead, "wales-wellbeing-goals@2015", date(2026, 4, 20))
        in_force = [each.reference for each in queries.editions_in_force(body, date(2026, 5, 1))]
        assert in_force == ["open-measures@1.0", "wales-wellbeing-goals@2015"]
        assert queries.edition_for(body, date(2026, 5, 1)).reference == "open-measures@1.0"
        assert queries.edition_for(body, date(2026, 3, 31)) is None


def test_choosing_is_recorded_with_its_reason(editions, body, lead, in_scope):
    with in_scope(body):
        choice = choose(body, lead, "open-measures@1.0", date(2026, 4, 1))
        (event,) = events_about(body, f"frameworks.choice:{choice.public_id}")
    assert event.actor == lead.pseudonym
    details = json.loads(event.details)
    assert details["edition"] == "open-measures@1.0"
    assert details["reason"] == "Cabinet, item 7"


def test_choosing_the_same_edition_twice_is_refused(editions, body, lead, in_scope):
    with in_scope(body):
        choose(body, lead, "open-measures@1.0", date(2026, 4, 1))
        with pytest.raises(NotPossible, match="has been chosen from 1 April 2026 already"):
            choose(body, lead, "open-measures@1.0", date(2027, 4, 1))


def test_an_ended_choice_counts_until_its_last_day(editions, body, lead, in_scope):
    with in_scope(body):
        choice = choose(body, lead, "open-measures@1.0", date(2026, 4, 1))
        actions.end_choice(body=body, by=lead, choice=choice, ends_on=date(2027, 3, 31), reason="Replaced")
        assert queries.edition_for(body, date(2027, 3, 31)) is not None
        assert queries.edition_for(body, date(2027, 4, 1)) is None
        with pytest.raises(NotPossible, match="has an end already: 31 March 2027"):
            actions.end_choice(body=body, by=lead, choice=choice, ends_on=date(2028, 3, 31), reason="Again")


def test_another_bodys_choice_is_not_seen(editions, body, lead, make_body, in_scope):
    with in_scope(body):
        choose(body, lead, "open-measures@1.0", date(2026, 4, 1))
    other = make_body()
    with in_scope(other):
        assert queries.editions_in_force(other, date(2026, 5, 1)) == []
        assert queries.editions_in_force(body, date(2026, 5, 1)) == []
