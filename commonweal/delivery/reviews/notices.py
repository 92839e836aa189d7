"""What a contract performance notice (UK9) needs of one agreement, as OCDS and as a page: locked ratings alone."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from commonweal.engine.kpis import scale

if TYPE_CHECKING:
    from commonweal.delivery.models import Agreement
    from commonweal.delivery.reviews.models import Kpi, Rating
    from commonweal.delivery.reviews.queries import Duty

NOTICE: Final = "UK9"
#: The extensions of OCDS whose fields are used.
EXTENSIONS: Final = {
    "metrics": "https://raw.githubusercontent.com/open-contracting-extensions/ocds_metrics_extension/master/extension.json",
    "UK": "https://raw.githubusercontent.com/cabinetoffice/ocds_uk_extension/main/extension.json",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the notice: its words, what it says here, its path in OCDS and the extension it is from."""

    label: str
    says: str
    path: str
    extension: str
    missing: bool = False


def fields(agreement: Agreement, kpis: Sequence[Kpi], ratings: Sequence[Rating], duty: Duty) -> list[Field]:
    """This will list what the notice says of an agreement, field by field, and what is missing of it."""
    body, provider = agreement.body, agreement.provider
    periods = sorted({(each.starts_on, each.ends_on) for each in ratings})
    exemption = duty.exemption.reason if duty.exemption else ""

    def field(label: str, says: object, path: str, extension: str = "core", *, needed: bool = True) -> Field:
        words = str(says or "")
        return Field(label, words or ("Not recorded" if needed else "None"), path, extension, needed and not words)

    return [
        field("Contracting authority", body.name, "buyer.name"),
        field("Identifier of the authority", body.org_id, "buyer.id"),
        field("Contract", agreement.title, "contracts[].title"),
        field("Reference", agreement.reference, "contracts[].id"),
        field("Supplier", provider.name if provider else "", "parties[].name"),
        field("Identifier of the supplier", agreement.party.org_id if agreement.party else "", "parties[].identifier"),
        field("Contract dates", _span(agreement.starts_on, agreement.ends_on), "contracts[].period"),
        field("Value, VAT included", f"£{agreement.value:,.2f}" if agreement.value is not None else "",
              "contracts[].value.amountGross", "UK"),
        field("Key performance indicators", f"{duty.standing} set" if duty.standing else "",
              "contracts[].agreedMetrics[]", "metrics", needed=not exemption),
        field("Reason for fewer indicators", exemption, "contracts[].noAgreedMetricsRationale", "UK",
              needed=duty.need.applies == "yes" and duty.standing < duty.need.least),
        field("Periods rated and locked", f"{len(periods)}, the latest {_span(*periods[-1])}" if periods else "",
              "contracts[].implementation.metrics[].observations[].period", "metrics"),
        field("Ratings", f"{len(ratings)}" if ratings else "",
              "contracts[].implementation.metrics[].observations[].measureClassification", "UK"),
    ]  # fmt: skip


def _span(starts_on: date | None, ends_on: date | None) -> str:
    if starts_on is None or ends_on is None:
        return ""
    return f"{starts_on:%-d %B %Y} to {ends_on:%-d %B %Y}"


def release(agreement: Agreement, kpis: Sequence[Kpi], ratings: Sequence[Rating], duty: Duty) -> dict[str, Any]:
    """This will write the notice's data as an OCDS release: numbers exact as Decimals, ratings by their codes.

    `ratings` are the locked ones: nothing else may be given. The notice's own number and the ocid are given when it is
    sent, so they are not here.
    """
    body, party = agreement.body, agreement.party
    words = scale()
    metrics = [
        {
            "id": kpi.public_id, "title": kpi.title,
            "observations": [_observation(each, words) for each in ratings if each.kpi_id == kpi.pk],
        }
        for kpi in kpis
    ]  # fmt: skip
    contract: dict[str, Any] = {
        "id": agreement.reference or agreement.public_id,
        "title": agreement.title,
        "period": _period(agreement.starts_on, agreement.ends_on),
        "agreedMetrics": [_agreed(each) for each in kpis if each.ended_on is None],
        "implementation": {"metrics": [each for each in metrics if each["observations"]]},
        "documents": [{"id": NOTICE, "noticeType": NOTICE}],
    }
    if agreement.value is not None:
        contract["value"] = {"amountGross": agreement.value, "currency": "GBP"}
    if duty.exemption is not None:
        contract["noAgreedMetricsRationale"] = duty.exemption.reason
    parties = [{"id": body.org_id or body.slug, "name": body.name, "roles": ["buyer"]}]
    if party is not None:
        supplier = {"id": party.org_id or party.public_id, "name": party.name, "roles": ["supplier"]}
        parties.append(supplier)
    return {
        "extensions": list(EXTENSIONS.values()),
        "tag": ["implementationUpdate"],
        "language": "en",
        "buyer": {"id": body.org_id or body.slug, "name": body.name},
        "parties": parties,
        "contracts": [_without_nothing(contract)],
    }


def _agreed(kpi: Kpi) -> dict[str, Any]:
    sign = "at least" if kpi.sense == "at-least" else "at most"
    return {
        "id": kpi.public_id,
        "title": kpi.title,
        "description": f"{sign} {_plain(kpi.target)} {kpi.unit} in each {kpi.every_months} months",
        "observations": [
            {"id": f"{kpi.public_id}-target", "measure": kpi.target, "unit": {"name": kpi.unit},
             "notes": f"approaching target from {_plain(kpi.approaching)}, requires improvement from "
                      f"{_plain(kpi.improvement)}"}
        ],
    }  # fmt: skip


def _observation(rating: Rating, words: dict[str, Any]) -> dict[str, Any]:
    told = words[rating.rating]
    return _without_nothing(
        {
            "id": rating.public_id,
            "period": _period(rating.starts_on, rating.ends_on),
            "measure": rating.figure,
            "unit": {"name": rating.kpi.unit},
            "measureClassification": {"id": told.ocds, "description": told.title},
            "notes": rating.reason if rating.rating == "other" else None,
        }
    )


def _period(starts_on: date | None, ends_on: date | None) -> dict[str, str] | None:
    found = {
        name: f"{day.isoformat()}T{clock}Z"
        for name, day, clock in (("startDate", starts_on, "00:00:00"), ("endDate", ends_on, "23:59:59"))
        if day is not None
    }
    return found or None


def _without_nothing(content: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in content.items() if each is not None}


def _plain(number: Decimal) -> str:
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


#: Marks a number in a text while JSON is written: its digits go out as they are, through no binary number.
_MARK: Final = "\x01"
_MARKED: Final = re.compile(r'"\\u0001([0-9]+(?:\.[0-9]+)?)\\u0001"')


def written(content: dict[str, Any]) -> str:
    """This will write a release as JSON, its Decimals as exact numbers."""
    return _MARKED.sub(r"\1", json.dumps(_marked(content), ensure_ascii=False, indent=2)) + "\n"


def _marked(content: Any) -> Any:
    match content:
        case dict():
            return {name: _marked(each) for name, each in content.items()}
        case list():
            return [_marked(each) for each in content]
        case Decimal():
            return f"{_MARK}{_plain(content)}{_MARK}"
        case str():
            return content.replace(_MARK, "")
    return content
