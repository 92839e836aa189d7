"""The demonstration: facts somebody really printed, and an invented region beside them, both loaded by the actions
that a person's clicks make.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml
from allauth.account.models import EmailAddress

from commonweal.base.actions import create_person, give_role
from commonweal.base.models import Body, Person
from commonweal.base.queries import find_body
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.directory import actions as directory
from commonweal.engine.document import CATALOGUE

PUBLISHED = "published-examples"
PASSWORD = "social value 2026"  # noqa: S105 - printed on the screen, for invented people only


def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((CATALOGUE / "examples" / name).read_text())  # type: ignore[no-any-return]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def load_demonstration() -> list[tuple[str, str]]:
    """This will load what is missing of the demonstration, as the owner role; safe to run again.

    Answers the demo sign-ins: (e-mail address, what this person does).
    """
    if find_body(PUBLISHED) is None:
        _load_published()
    return []


def _person(*, name: str, email: str, body: Body, roles: list[str]) -> Person:
    person = create_person(name=name, email=email, password=PASSWORD)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    for role in roles:
        give_role(person=person, role=role, by=None, body=body)
    return person


def _load_published() -> None:
    content = _read("published.yaml")
    body = Body.objects.create(
        slug=PUBLISHED, name=content["about"], name_cy=content["about_cy"], kind="other", nation="england",
        place_code="", is_example=True, tagline=content["tagline"], tagline_cy=content["tagline_cy"],
    )  # fmt: skip
    with open_scope(body=body.pk):
        providers: dict[str, Any] = {}
        for row in content["agreements"]:
            _load_published_agreement(body, row, providers)


def _load_published_agreement(body: Body, row: dict[str, Any], providers: dict[str, Any]) -> None:
    given = row.get("provider")
    if given and given["name"] not in providers:
        providers[given["name"]] = directory.record_organisation(
            name=given["name"], body=body, by=None, form=given.get("form", "unknown")
        )
    agreement = delivery.record_agreement(
        by=None, body=body, title=row["title"], channel=row["channel"], kind=row.get("kind", ""),
        provider=providers[given["name"]] if given else None, buyer_name=row["buyer"],
        value=_decimal(row.get("value")), extension_months=row.get("extension_months", 0),
        place_code=row.get("place", ""), origin="example", citation=row["citation"],
    )  # fmt: skip
    for position, line in enumerate(row["promises"], start=1):
        promise = delivery.record_commitment(
            by=None, agreement=agreement, wording=line["wording"], unit=line["unit"],
            quantity=_decimal(line.get("promised")), position=position, citation=row["citation"],
            as_contracted=line.get("as_contracted"), gbp_as_contracted=_decimal(line.get("gbp")),
            place_code=row.get("place", ""),
        )  # fmt: skip
        if "delivered" in line:
            delivery.record_entry(by=None, commitment=promise, quantity=Decimal(line["delivered"]), brought_forward=True)
