"""Returns of the invented region: who is asked, what they answered of the last quarter, and how far each return is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import yaml
from django.db import transaction

from commonweal.base.queries import get_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.delivery.queries import live_agreements
from commonweal.delivery.returns import actions, queries
from commonweal.delivery.returns.periods import period_of
from commonweal.directory.queries import today
from commonweal.web.demonstration.region import EXAMPLES

if TYPE_CHECKING:
    from commonweal.base.models import Body

DAYS_ALLOWED: Final = 20
Row = dict[str, Any]


def load_returns() -> None:
    """This will ask for the last quarter's returns and answer them as far as the examples say; all or nothing."""
    content = yaml.load(
        (EXAMPLES / "region" / "returns.yaml").read_text(), Loader=yaml.CSafeLoader
    )  # fmt: skip
    with transaction.atomic():
        for slug, rows in content.items():
            body = get_body(slug)
            with open_scope(body=body.pk):
                staff = {person.email: person for person, _ in staff_of(body)}
                for row in rows:
                    _load(body, row, staff)


def has_returns(slug: str) -> bool:
    """This will say whether a body of the region has its returns."""
    body = get_body(slug)
    with open_scope(body=body.pk):
        return bool(queries.running_schedules(body))


def _load(body: Body, row: Row, staff: dict[Any, Any]) -> None:
    agreement = live_agreements(body).select_related("body", "party", "owner").get(reference=row["agreement"])
    quarter = period_of("quarter", today())
    last = period_of("quarter", quarter.starts_on - timedelta(days=1))
    manager = staff[f"contracts@{body.slug}.example"]
    schedule = actions.agree_schedule(
        by=manager, agreement=agreement, every="quarter", days_allowed=DAYS_ALLOWED, first_on=last.starts_on
    )
    reporter = actions.name_reporter(by=manager, schedule=schedule, **row["reporter"]).person
    # Asked on the day the quarter was over, as the hourly job does.
    made = actions.ask_for_returns(by=None, schedule=schedule, on=last.ends_on + timedelta(days=1))
    if not made:
        return  # the agreement was over by then: the clock of this machine may stand elsewhere
    found = made[-1]
    for kind in row.get("reminded", []):
        actions.remind(by=None, found=found, kind=kind)
    lines = queries.lines_of(found)
    for line, answer in zip(lines, row.get("answers", []), strict=False):
        _answer(line, answer, reporter, last.ends_on)
    for passed in row.get("pass_on", []):
        if len(lines) >= passed["line"]:
            _pass_on(found, lines[passed["line"] - 1], passed, reporter)
    if not row.get("sent") or any(line.answer == "unanswered" for line in queries.lines_of(found)):
        return
    actions.send_return(by=reporter, found=found)
    if "changes" in row:
        by = staff[f"{row['changes']['by']}@{body.slug}.example"]
        actions.ask_for_changes(by=by, found=found, words=row["changes"]["words"])
    if "signed_off" in row:
        actions.sign_off(by=staff[f"{row['signed_off']}@{body.slug}.example"], found=found)


def _answer(line: Any, answer: Row, by: Any, ends_on: date, part: Any = None) -> None:
    if answer.get("nothing"):
        actions.say_nothing(by=by, line=line, written_against=line.version, part=part)
        return
    actions.save_line(
        by=by, line=line, written_against=line.version, part=part,
        answer=actions.Answer(
            quantity=Decimal(answer["told"]), starts_on=line.of_return.starts_on, ends_on=ends_on,
            transferred=Decimal(answer["transferred"]) if "transferred" in answer else None,
            note=answer.get("note", ""), evidence_kind=answer.get("evidence", ""), evidence_words=answer.get("shows", ""),
            in_confidence=part is not None,
        ),
    )  # fmt: skip


def _pass_on(found: Any, line: Any, row: Row, by: Any) -> None:
    part = actions.pass_on(
        by=by, found=found, lines=[line], email=row["email"], name=row["name"], organisation=row["organisation"],
        from_link=queries.link_for(found, by),
    )  # fmt: skip
    if "told" in row:
        (own,) = queries.lines_of(found, part)
        _answer(own, row, part.person, found.ends_on, part)
