"""What community groups of the invented region need, from `catalogue/examples/region/needs.yaml`, by the real actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml
from django.db import transaction

from commonweal.base.queries import find_body, people_by_name
from commonweal.base.scope import open_scope
from commonweal.community import actions, queries
from commonweal.delivery.wishes.queries import promises_for
from commonweal.directory.actions import find_or_create_contact
from commonweal.engine.document import CATALOGUE
from commonweal.frameworks.queries import editions_in_force, measures

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

EXAMPLES = CATALOGUE / "examples" / "region"


def load_wish_lists(told: Callable[[str], None]) -> None:
    """This will load the needs of each body that runs a wish list, or nothing of them; safe to run again."""
    content = _read("needs")
    with transaction.atomic():
        for slug, held in content.items():
            body = find_body(slug)
            if body is not None and not queries.has_wish_list(body):
                told(f"Loading what community groups need of {body.name}…")
                with open_scope(body=body.pk):
                    _load(body, held, {row["key"]: row["name"] for row in _read(slug)["people"]})


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load((EXAMPLES / f"{name}.yaml").read_text(), Loader=yaml.CSafeLoader)
    return content


def _load(body: Body, held: dict[str, Any], names: dict[str, str]) -> None:
    people = people_by_name(body)
    officer = people[names[held["officer"]].casefold()]
    rules = dict(held["rules"])
    actions.set_rules(by=people[names[rules.pop("by")].casefold()], body=body, is_open=True, **rules)
    wards = {key: row["code"] for key, row in _read("places")["councils"][body.slug]["wards"].items()}
    outcomes = {
        each.measure_id: each.outcome_id
        for edition in editions_in_force(body, queries.today())
        for each in measures(edition)
    }
    for row in held["needs"]:
        _need(body, row, officer, wards[row["place"]], outcomes)


def _need(body: Body, row: dict[str, Any], officer: Person, place: str, outcomes: dict[str, str]) -> None:
    on = queries.today()
    contact = find_or_create_contact(**row["contact"])
    need = actions.post_need(
        by=contact, body=body, party=actions.find_or_create_group(body=body, name=row["group"]), contact=contact,
        title=row["title"], details=row.get("details", ""), least=row.get("least", ""), kind=row["kind"],
        ages=row.get("ages", "everyone"), quantity=Decimal(row["quantity"]) if "quantity" in row else None,
        unit=row.get("unit", ""), place_code=place,
        wanted_by=on + timedelta(days=row["within"]) if "within" in row else None,
    )  # fmt: skip
    if "sent_back" in row:
        actions.send_back(by=officer, need=need, version=need.version, reason=row["sent_back"])
    if "waited" not in row:
        return
    measure = row.get("measure", "")
    need = actions.publish_need(
        by=officer, need=need, version=need.version, measure_id=measure, outcome_id=outcomes.get(measure, ""),
        waiting_since=on - timedelta(days=row["waited"]),
    )  # fmt: skip
    if "help" in row:
        actions.offer_help(body=body, key=need.public_id, **row["help"])
    if "received" in row or "agreed" in row:
        _matched(need, row, officer, contact)
    elif "under_way" in row:
        match = actions.match_need(by=officer, body=body, need=need.public_id, source="other", helper=row["under_way"])
        actions.begin_match(by=officer, match=actions.agree_match(by=contact, match=match))
    elif "ran_out" in row:
        actions.expire_need(need=actions.ask_still_wanted(by=None, need=need))
    elif "withdrawn" in row:
        actions.withdraw_need(by=contact, need=need, words=row["withdrawn"])


def _matched(need: Any, row: dict[str, Any], officer: Person, contact: Person) -> None:
    """Matched to the promise that fits it best, and taken as far as the row says."""
    best = promises_for(need, queries.today())[0].commitment
    provider = best.agreement.provider
    match = actions.match_need(
        by=officer, body=need.body, need=need.public_id, source="commitment", source_id=best.public_id,
        helper=provider.name if provider else need.body.name,
    )  # fmt: skip
    match = actions.agree_match(by=contact, match=match)
    if "received" in row:
        told = row["received"]
        match = actions.begin_match(by=officer, match=match)
        match = actions.confirm_received(by=contact, match=match, comment=told["comment"])
        match = actions.thank(by=contact, match=match, words=told["thanks"], may_be_public=True)
        actions.decide_thanks(by=officer, match=match, publish=True)
