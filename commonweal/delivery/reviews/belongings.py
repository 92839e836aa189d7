"""What somebody has taken on in the reviews room, for when they leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from commonweal.base.belongings import Belonging, Kind
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.reviews import actions, queries

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


def _reviews(body: Body, on: date) -> Iterable[Belonging]:
    for each in queries.body_reviews(body, state="planned"):
        if each.led_by_id is not None:
            title = f"{each.agreement.title}, {each.get_kind_display().lower()} of {long_date(each.planned_on)}"
            yield Belonging(each.led_by_id, title, reverse("reviews:review", args=[body.slug, each.public_id]))


def _give_reviews(*, by: Person, body: Body, leaver: Person, successor: Person, on: date) -> int:
    held = [each for each in queries.body_reviews(body, state="planned") if each.led_by_id == leaver.pk]
    for each in held:
        actions.set_leader(by=by, review=each, led_by=successor)
    return len(held)


def _actions(body: Body, on: date) -> Iterable[Belonging]:
    for each in queries.open_actions_of_body(body):
        if each.owner_id is not None:
            title = f"{each.words}, {each.agreement.title}, due {long_date(each.due_on)}"
            page = reverse("reviews:agreement", args=[body.slug, each.agreement.public_id])
            yield Belonging(each.owner_id, title, page)


def _give_actions(*, by: Person, body: Body, leaver: Person, successor: Person, on: date) -> int:
    held = [each for each in queries.open_actions_of_body(body) if each.owner_id == leaver.pk]
    for each in held:
        actions.set_action_owner(by=by, action=each, owner=successor)
    return len(held)


KINDS = (
    Kind("reviews.review", "review to lead", "reviews to lead", _reviews, _give_reviews),
    Kind("reviews.action", "action of a review", "actions of reviews", _actions, _give_actions),
)
