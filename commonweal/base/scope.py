"""The scope of a transaction: which body's, party's and person's rows it may see.

Row security reads three settings that last as long as the transaction. Without one of them no row is seen and, in
code, a query on a body's table raises `ScopeError` (django-scopes, the alarm; the wall is in PostgreSQL). Where a party
and a person are both set and the party limits that person, two more narrow the party's rows to what they may see and
change (`base.walls`).
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
            "set_config('commonweal.person', %s, true), set_config('commonweal.may_see', '', true), "
            "set_config('commonweal.may_change', '', true)",
            [str(key) if key is not None else "" for key in (chosen.body, chosen.party, chosen.person)],
        )
        if chosen.party is not None and chosen.person is not None:
            # What this person's party limits them to; asked before the limits hold, so that it is seen whole.
            cursor.execute(
                "SELECT commonweal_limits(%s, %s, 1), commonweal_limits(%s, %s, 2)",
                [chosen.party, chosen.person, chosen.party, chosen.person],
            )
            may_see, may_change = cursor.fetchone()
            if may_see is not None:
                cursor.execute(
                    "SELECT set_config('commonweal.may_see', %s, true), set_config('commonweal.may_change', %s, true)",
                    [may_see, may_change],
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


@contextmanager
def whole_party() -> Iterator[None]:
    """This will open all that a party shares, whoever of it acts: for what one report changes in several records.

    Where a body's scope is open, or no party's, nothing more opens. What the person may do is asked before.
    """
    held = current()
    if held.body is not None or held.party is None or held.person is None:
        yield
        return
    with open_scope(party=held.party):
        yield
