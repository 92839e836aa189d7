"""The published examples: what documents really printed about real agreements, each with its source."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import yaml
from django.db import transaction

from commonweal.base.actions import create_body
from commonweal.base.installing import count_rows
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.directory import actions as directory
from commonweal.engine.document import CATALOGUE
from commonweal.frameworks.queries import find_edition, measures
from commonweal.publishing import actions as publishing

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.frameworks.models import Measure

PUBLISHED: Final = "published-examples"


def load_published() -> None:
    """This will make the body of published examples and record each of them, all or nothing; as the owner role."""
    content = yaml.safe_load((CATALOGUE / "examples" / "published.yaml").read_text())
    known = {measure.measure_id: measure for measure in measures(find_edition(content["framework"]))}
    with transaction.atomic():
        body = create_body(
            slug=PUBLISHED, name=content["about"], name_cy=content["about_cy"], kind="other", nation="england",
            place_code="", is_example=True, tagline=content["tagline"], tagline_cy=content["tagline_cy"],
        )  # fmt: skip
        with open_scope(body=body.pk):
            providers: dict[str, Any] = {}
            for row in content["agreements"]:
                _record(body, row, providers, known)
        count_rows()
        with open_scope(body=body.pk):
            publishing.refresh(body=body, by=None)


def _record(body: Body, row: dict[str, Any], providers: dict[str, Any], known: dict[str, Measure]) -> None:
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
            measure=known[line["measure"]] if "measure" in line else None, as_contracted=line.get("as_contracted"),
            gbp_as_contracted=_decimal(line.get("gbp")), place_code=row.get("place", ""),
        )  # fmt: skip
        if "delivered" in line:
            quantity = Decimal(line["delivered"])
            delivery.record_entry(by=None, commitment=promise, quantity=quantity, brought_forward=True)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
