"""Two years of deliveries under one promise, quarter by quarter, with what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

from commonweal.delivery import actions as delivery
from commonweal.web.demonstration.evidence import certificate, register

if TYPE_CHECKING:
    from commonweal.base.models import Person
    from commonweal.delivery.models import Commitment

NO_RETURN: Final = "-"
#: How long after the end of a quarter somebody looked.
ACCEPTED_AFTER, CONFIRMED_AFTER, ASSURED_AFTER = timedelta(days=24), timedelta(days=33), timedelta(days=61)
DESCRIPTIONS: Final = {
    "payroll": "Payroll extract without names, {quarter}",
    "register": "Register of {quarter}",
    "certificate": "Certificate or start notice, {quarter}",
    "invoice": "Invoices paid in {quarter}",
    "photograph": "Photographs taken in {quarter}",
    "letter": "Letter about {quarter}",
    "report": "Report of {quarter}",
}


def quarter_dates(quarter: str) -> tuple[date, date]:
    """This will give the first and last day of a calendar quarter written as `2025-Q2`."""
    year, number = int(quarter[:4]), int(quarter[-1])
    following = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, number * 3 - 2, 1), following - timedelta(days=1)


def quarter_after(quarter: str) -> str:
    """This will give the calendar quarter that follows `2025-Q4`: `2026-Q1`."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year + number // 4}-Q{number % 4 + 1}"


def record_deliveries(
    promise: Commitment, line: Mapping[str, Any], *, wards: Mapping[str, str], people: Mapping[str, Person],
    reporter: Person, today: date,
) -> None:  # fmt: skip
    """This will record what a row of the examples says was delivered: entries, evidence, facts and a reversal.

    `reporter` says what was delivered; the people known as `second` and `assurer` of the body accept and check it.
    """
    told = line["delivered"]
    second, assurer = people["second"], people.get("assurer", people["second"])
    places, confirmers = cycle(told["wards"]), cycle(told.get("by", [""]))
    quarter, place_in_row = told["from"], 0
    for quantity in told["quantities"]:
        starts, ends = quarter_dates(quarter)
        if quantity != NO_RETURN and starts <= today:  # the clock of this machine may stand before the examples
            first_day = promise.starts_on or promise.agreement.starts_on
            entry = delivery.record_entry(
                by=reporter, commitment=promise, quantity=Decimal(quantity), starts_on=max(starts, first_day or starts),
                ends_on=min(ends, today), place_code=wards[next(places)], place_role=told.get("role", ""),
                note=line.get("notes", {}).get(quarter, ""),
            )  # fmt: skip
            if place_in_row <= told["accepted"]:  # the one after the last accepted waits for somebody to look at it
                _add_evidence(entry, told, quarter, ends, reporter, with_file="file" in told and place_in_row == 0)
            if place_in_row < told["accepted"]:
                amount = Decimal(told.get("accepted_less", {}).get(quarter, quantity))
                looked_on = min(ends + ACCEPTED_AFTER, today)
                delivery.accept_evidence(by=second, entry=entry, quantity=amount, dated_on=looked_on)
            if place_in_row < told.get("confirmed", 0):
                delivery.record_confirmation(
                    by=second, entry=entry, quantity=entry.quantity, dated_on=min(ends + CONFIRMED_AFTER, today),
                    confirmed_by=next(confirmers),
                )  # fmt: skip
            if place_in_row < told.get("assured", 0):
                delivery.record_assurance(
                    by=assurer, entry=entry, quantity=entry.quantity, dated_on=min(ends + ASSURED_AFTER, today),
                    note="Sampled and agreed to the records",
                )  # fmt: skip
            taken_back = line.get("reversed", {})
            if taken_back.get("quarter") == quarter:
                delivery.reverse_entry(by=people[taken_back["by"]], entry=entry, reason=taken_back["reason"])
            place_in_row += 1
        quarter = quarter_after(quarter)


def _add_evidence(
    entry: Any, told: Mapping[str, Any], quarter: str, ends: date, by: Person, *, with_file: bool
) -> None:  # fmt: skip
    name, content = _file(entry, told["file"], quarter) if with_file else ("", b"")
    delivery.add_evidence(
        by=by, entry=entry, kind=told["evidence"], description=DESCRIPTIONS[told["evidence"]].format(quarter=quarter),
        dated_on=ends, file_name=name, content=content,
    )  # fmt: skip


def _file(entry: Any, kind: str, quarter: str) -> tuple[str, bytes]:
    words, amount = entry.commitment.wording, f"{entry.quantity.normalize():f} {entry.commitment.unit}"
    if kind == "certificate":
        lines = ["An invented certificate, for demonstration only", "", words, amount, f"Quarter {quarter}"]
        return f"certificate-{quarter}.pdf", certificate(lines)
    rows = [[quarter, words, amount, "invented, for demonstration only"]]
    return f"register-{quarter}.csv", register(["quarter", "what", "how much", "note"], rows)
