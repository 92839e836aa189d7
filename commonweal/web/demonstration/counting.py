"""Keeping the database informed between a great many rows written and a great many questions about them."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from commonweal.base.models import Body, OwnedTable, Person, TwoSidedTable


def count_rows() -> None:
    """This will have the database count the rows of bodies, in the open transaction; as the owner role.

    Knowing nothing of rows just written, it would plan for empty tables and take minutes over what takes milliseconds.
    """
    kept = [model for model in apps.get_models() if issubclass(model, OwnedTable | TwoSidedTable | Person | Body)]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in kept)}")
