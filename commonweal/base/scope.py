"""The scope of a transaction: which body's, party's and person's rows it may see.

Row security reads three settings that last as long as the transaction. Without one of them no row is seen and, in
code, a query on a body's table raises `ScopeError` (django-scopes, the alarm; the wall is in PostgreSQL).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass

from django.db import connection, transaction
from django_scopes import scope as django_scope


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows are open: primary keys, None where not set."""

    body: int | None = None
    party: int | None = None
    person: int | None = None


NOTHING_OPEN = Scope()
_open: ContextVar[Scope] = ContextVar("commonweal_scope", default=NOTHING_OPEN)


def current() -> Scope:
    """This will say which scope is open."""
    return _open.get()


def _tell_database(chosen: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('commonweal.body', %s, true), set_config('commonweal.party', %s, true), "
            "set_config('commonweal.person', %s, true)",
            [str(key) if key is not None else "" for key in (chosen.body, chosen.party, chosen.person)],
        )


@contextmanager
def open_scope(*, body: int | None = None, party: int | None = None, person: int | None = None) -> Iterator[Scope]:
    """This will open a transaction that sees the rows of one body, one party or one person, and close it again.

    Nested scopes are allowed (a job for several bodies opens one after another); the outer one is restored.
    Raises nothing of its own; a query outside any scope raises django_scopes.ScopeError.
    """
    chosen, before = Scope(body, party, person), _open.get()
    token: Token[Scope] | None = _open.set(chosen)
    try:
        with transaction.atomic():
            _tell_database(chosen)
            if body is not None or party is not None:
                with django_scope(body=body):
                    yield chosen
            else:
                yield chosen
            if token is not None:
                _open.reset(token)
            token = None
            if not connection.needs_rollback:  # rolling back takes the settings back by itself
                _tell_database(before)  # an inner scope must not leak into the rest of an outer transaction
    finally:
        if token is not None:
            _open.reset(token)
