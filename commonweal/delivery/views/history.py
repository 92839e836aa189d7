"""What happened to an agreement, told from the record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from commonweal.base.queries import events_about, names_by_pseudonym
from commonweal.base.templatetags.figures import long_date, money

#: What the record says happened to an agreement, in words; each room within delivery writes about it too.
HISTORY = {
    "delivery.agreement.recorded": "Recorded",
    "delivery.agreement.owner_set": "Owner set",
    "delivery.agreement.terms_changed": "Value or dates changed",
    "delivery.agreement.ended": "Ended",
    "delivery.agreement.terminated": "Terminated early",
    "delivery.clause.recorded": "Change-and-credit clause recorded",
    "returns.schedule.agreed": "Schedule of returns agreed",
    "returns.schedule.stopped": "No more returns asked for",
    "returns.reporter.named": "Somebody named who reports",
    "returns.reporter.ended": "Somebody no longer reports",
    "orders.order.recorded": "Order recorded",
    "orders.order.taken_back": "Order taken back",
    "orders.file.read": "List of orders read",
    "orders.file.brought_in": "List of orders brought in",
    "orders.file.undone": "List of orders undone",
    "assurance.assessment.recorded": "Data protection assessment recorded",
    "reviews.review.planned": "Review planned",
    "reviews.warning.raised": "Early warning raised",
    "reviews.warning.settled": "Early warning settled",
    "reviews.kpi.set": "Indicator set",
    "reviews.kpi.ended": "Indicator ended",
    "reviews.kpi.exempted": "Recorded why there are fewer indicators",
    "changes.change.written": "Change begun",
    "changes.change.line_added": "Line added to a change",
    "changes.change.line_taken_out": "Line taken out of a change",
    "changes.change.proposed": "Change put to the provider",
    "changes.change.dropped": "Change dropped",
    "changes.change.agreed": "The provider agreed to a change",
    "changes.change.refused": "The provider refused a change",
    "changes.change.signed_off": "Legal opinion on a change given",
    "changes.change.approved": "Change approved",
    "changes.change.declined": "Change declined",
    "changes.change.made": "Change made",
    "changes.change.option_taken_up": "Option taken up",
    "changes.change.promise_revised": "Promise revised by a change",
    "changes.credit.credit": "Surplus credited",
    "changes.credit.debit": "Credit used",
    "changes.credit.expiry": "Credit ran out",
    "changes.agreement.closed": "Closed, with its outturn",
    "publishing.agreement.withdrawn": "Taken off the public site",
    "publishing.agreement.put_back": "Put back on the public site",
    "base.mail.posted": "A mail was written",
    "base.mail.sent": "A mail was sent",
    "base.mail.refused": "A mail came back",
}
TERM_LABELS = {
    "value": "value", "spent": "spent", "starts_on": "start", "ends_on": "end", "extension_months": "extension in months",
}  # fmt: skip


def history_of(agreement: Any) -> list[dict[str, Any]]:
    """This will tell what happened to an agreement, newest first: what, in detail, by whom and when."""
    events = events_about(agreement.body, f"delivery.agreement:{agreement.public_id}")
    details = [json.loads(event.details) for event in events]
    pseudonyms = [event.actor for event in events] + [each["owner"] for each in details if each.get("owner")]
    names = names_by_pseudonym(pseudonyms)
    return [
        {
            "did": HISTORY.get(event.action, event.action),
            "about": _about(event.action, told, names),
            "who": names.get(event.actor, "The system"),
            "at": event.at,
        }
        for event, told in zip(events, details, strict=True)
    ]


def _about(action: str, told: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if action.endswith("owner_set"):
        return names.get(told.get("owner") or "", "nobody")
    if action == "delivery.clause.recorded":
        return clause_words(told["expiry_months"], told["cap_percent"]) if told["stands"] else "there is none after all"
    changed = told.get("changed", {})
    parts = [
        f"{label} was {_term(name, changed[name][0])}, is {_term(name, changed[name][1])}"
        for name, label in TERM_LABELS.items()
        if name in changed
    ]
    return "; ".join([*parts, told["reason"]]) if told.get("reason") else "; ".join(parts)


def clause_words(expiry_months: Any, cap_percent: Any) -> str:
    """This will say what a change-and-credit clause allows, from its figures."""
    months = "1 month" if int(expiry_months) == 1 else f"{expiry_months} months"
    return f"credits run out after {months} and meet at most {cap_percent}% of any one promise"


def _term(name: str, written: Any) -> str:
    if written in (None, ""):
        return "not known"
    if name in ("value", "spent"):
        return money(Decimal(written))
    return long_date(date.fromisoformat(written)) if name.endswith("_on") else str(written)
