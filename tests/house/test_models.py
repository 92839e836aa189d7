"""Every table says whose it is, what may change in it, and how careful to be with each field."""

from __future__ import annotations

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models

from commonweal.base.walls import LIBRARY_TABLES, Changes, Sensitivity, Wall, composite_keys, own_models, sides_of

OWN = sorted(own_models(), key=lambda model: model._meta.label)


def label(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", OWN, ids=label)
def test_model_says_whose_it_is_and_whether_it_may_change(model):
    assert isinstance(model.wall, Wall)
    assert isinstance(model.changes, Changes)
    for name in model.changing_fields if hasattr(model, "changing_fields") else ():
        model._meta.get_field(name)


@pytest.mark.parametrize("model", OWN, ids=label)
def test_every_field_has_a_sensitivity(model):
    given = {name for base in model.__mro__ for name in vars(base).get("sensitivity", {})}
    fields = {field.name for field in model._meta.concrete_fields} - {"id", "public_id"}
    assert fields - given == set(), "fields without a tag"
    assert given - fields == set(), "tags without a field"
    assert all(isinstance(tag, Sensitivity) for tag in model.sensitivity.values())


@pytest.mark.parametrize("model", OWN, ids=label)
def test_table_of_a_body_names_its_body(model):
    columns = {field.column for field in model._meta.concrete_fields}
    assert set(sides_of(model)) <= columns


@pytest.mark.parametrize("model", OWN, ids=label)
def test_no_money_or_quantity_is_a_float(model):
    assert not [field.name for field in model._meta.concrete_fields if isinstance(field, models.FloatField)]


def test_tables_of_libraries_are_listed():
    foreign = {model._meta.app_label for model in apps.get_models() if not model.__module__.startswith("commonweal.")}
    assert foreign - set(LIBRARY_TABLES) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [model for model in OWN if model.wall is not Wall.PLATFORM], ids=label)
def test_row_security_is_forced(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        assert cursor.fetchone() == (True, True)


@pytest.mark.django_db
@pytest.mark.parametrize("model", [model for model in OWN if sides_of(model)], ids=label)
def test_no_row_is_seen_without_a_scope(model):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
        assert cursor.fetchone() == (0,) or model.wall is Wall.PUBLISHED


@pytest.mark.django_db
def test_runtime_role_owns_nothing_and_cannot_bypass_row_security():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize("model", OWN, ids=label)
def test_runtime_role_may_change_only_what_the_model_says(model):
    table = model._meta.db_table
    with connection.cursor() as cursor:

        def may(right: str) -> bool:
            cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, right])
            return cursor.fetchone()[0]

        adds = model.changes in (Changes.ADDED, Changes.EDITED, Changes.REMOVED)
        assert may("INSERT") is adds
        assert may("DELETE") is (model.changes is Changes.REMOVED)
        whole = model.changes is Changes.REMOVED or (model.changes is Changes.EDITED and not model.changing_fields)
        assert may("UPDATE") is whole
        assert not may("TRUNCATE")
        for field in model._meta.concrete_fields:
            cursor.execute("SELECT has_column_privilege(current_user, %s, %s, 'UPDATE')", [table, field.column])
            allowed = whole or (model.changes is Changes.EDITED and field.name in model.changing_fields)
            assert cursor.fetchone()[0] is allowed, f"{table}.{field.column}"


@pytest.mark.django_db
def test_links_between_bodies_tables_carry_the_body(owner_connection: psycopg.Connection):
    found = {
        name for (name,) in owner_connection.execute("SELECT conname FROM pg_constraint WHERE contype = 'f'").fetchall()
    }
    wanted = {link[3] for model in OWN for link in composite_keys(model)}
    assert wanted
    assert wanted - found == set()
