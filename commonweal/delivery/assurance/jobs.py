"""Timed work of the assurance room: reminders, flags, keys that expire, and mails that a provider's answer causes."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from commonweal.base.queries import bodies, find_body_by_key
from commonweal.base.scope import open_scope
from commonweal.delivery.assurance import actions, queries
from commonweal.directory.queries import today

REMIND_AFTER = timedelta(days=10)


@app.task(name=actions.TELL_OFFICERS)
def tell_officers(*, entry: str, step: str, body: int) -> None:
    """This will write to the officer concerned what a provider said."""
    with open_scope(body=body):
        taken = queries.get_step(step)
        actions.tell_officers(entry=queries.get_claim(taken.body, entry), step=taken)


@app.task(name=actions.RAISE_FLAGS)
def raise_flags(*, entry: str, body: int) -> None:
    """This will flag a claim whose people, as its provider gave their keys, stand in another claim, too."""
    with open_scope(body=body):
        actions.raise_flags(entry=queries.get_claim(find_body_by_key(body), entry))


@app.periodic(cron="20 6 * * *")
@app.task(name="assurance.daily", queueing_lock="assurance.daily")
def daily(timestamp: int) -> None:
    """This will remind those who did not answer, flag what may be claimed twice, forget keys whose day has come, call for others."""
    for body in bodies():
        with open_scope(body=body.pk):
            for asked in queries.unanswered_since(body, today() - REMIND_AFTER):
                actions.remind(asked=asked)
            for entry in queries.claims(body, state="waiting"):
                actions.raise_flags(entry=entry)
            actions.forget_keys(body=body, on=today())
            actions.call_for_keys(body=body)
