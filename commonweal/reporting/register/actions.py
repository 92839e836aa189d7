"""What may be done with files of money, with how they are matched, and with money told beside value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from commonweal.base.actions import record_event, store_file
from commonweal.base.errors import NotPossible
from commonweal.base.files import check_holds_table
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.delivery.models import Agreement
from commonweal.directory.models import Department
from commonweal.directory.queries import today
from commonweal.reporting.register import policies
from commonweal.reporting.register.models import (
    ExternalReport,
    GainerName,
    LeveredFunding,
    MatchDecision,
    MoneyFile,
    MoneyFileRow,
    MoneyMapping,
    ServiceName,
    WholeLifeCost,
)

# --- files ----------------------------------------------------------------------------------------------------------


def wait_for_other_files(*, body: Body) -> None:
    """This will let one file of a body be brought in at a time, so that two cannot record one line twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"register files {body.pk}"])


def open_file(
    *, by: Person, body: Body, kind: str, name: str, content: bytes, begins: int | None = None,
    dated_on: date | None = None,
) -> MoneyFile:  # fmt: skip
    """This will begin with a file that somebody wants to bring in; raises UnusableFile and NotPossible."""
    policies.check_dated(dated_on or today(), today=today())
    check_holds_table(name, content)
    file = store_file(name=name, content=content, body=body, party=None, by=by)
    found = MoneyFile.objects.create(
        body=body, kind=kind, file=file, name=file.name, sha256=file.sha256, begins=begins, dated_on=dated_on or today(),
        brought_by=by,
    )  # fmt: skip
    _event(found, by, "opened", kind=kind, sha256=found.sha256)
    return found


def _event(found: MoneyFile, by: Person | None, what: str, **details: Any) -> None:
    record_event(
        action=f"register.file.{what}", subject=f"register.file:{found.public_id}", by=by, body=found.body, **details
    )


def choose_columns(*, by: Person, found: MoneyFile, mapping: list[dict[str, Any]]) -> None:
    """This will say which column of a file is read as what; the file is read again after. Raises NotPossible."""
    policies.check_file_is_open(found)
    found.mapping = mapping
    found.save(update_fields=["mapping"])
    _event(found, by, "columns_chosen", columns=len(mapping))


def refuse_file(*, by: Person | None, found: MoneyFile, reason: str) -> None:
    """This will refuse a file, with the exact place and what to do; nothing of it is kept in any list."""
    policies.check_file_is_open(found)
    MoneyFileRow.objects.filter(money_file=found).delete()
    found.state, found.notes, found.rows_in = "refused", [reason], 0
    found.save(update_fields=["state", "notes", "rows_in"])
    _event(found, by, "refused")


def note_reading(
    *, found: MoneyFile, mapping: list[dict[str, Any]], proposals: list[dict[str, Any]], signature: str, sheet: str
) -> None:
    """This will write how a file is read: its columns and what we proposed."""
    found.mapping, found.proposals, found.signature, found.sheet = mapping, proposals, signature, sheet[:100]
    found.save(update_fields=["mapping", "proposals", "signature", "sheet"])


def note_outcome(
    *, by: Person | None, found: MoneyFile, rows: Sequence[Mapping[str, Any]], pence: dict[str, Any], notes: list[str],
    facts: Sequence[Mapping[str, Any]] | None = None, replaced: Sequence[int] = (),
) -> None:  # fmt: skip
    """This will write what became of every row, in place of what an earlier preview said.

    With `facts` (the columns of each) the file is brought in: those of `replaced` give way to them. Raises NotPossible
    for a file that was dealt with already.
    """
    policies.check_file_is_open(found)
    MoneyFileRow.objects.filter(money_file=found).delete()
    MoneyFileRow.objects.bulk_create(
        (MoneyFileRow(body=found.body, money_file=found, **row) for row in rows), batch_size=1000
    )
    counts = {
        outcome: sum(row["outcome"] == outcome for row in rows) for outcome in ("accepted", "unchanged", "rejected")
    }
    found.rows_in, found.pence, found.notes = len(rows), pence, notes
    found.accepted, found.unchanged, found.rejected = counts["accepted"], counts["unchanged"], counts["rejected"]
    if facts is not None:
        model, now = policies.FACTS[found.kind], database_now()
        model.objects.filter(body=found.body, pk__in=replaced).update(withdrawn_at=now, withdrawn_by=found)
        model.objects.bulk_create(
            (model(body=found.body, money_file=found, **columns) for columns in facts), batch_size=1000
        )
        found.state, found.imported_at = "imported", now
        _remember_mapping(found)
    found.save(update_fields=["rows_in", "pence", "notes", "accepted", "unchanged", "rejected", "state", "imported_at"])
    _event(found, by, "read" if facts is None else "brought_in", rows=len(rows), sha256=found.sha256, **counts)


def _remember_mapping(found: MoneyFile) -> None:
    held = MoneyMapping.objects.filter(body=found.body, signature=found.signature).first()
    if held is None:
        MoneyMapping.objects.create(body=found.body, signature=found.signature, mapping=found.mapping)
    else:
        held.mapping, held.saved_at = found.mapping, database_now()
        held.save(update_fields=["mapping", "saved_at"])


def undo_file(*, by: Person, found: MoneyFile) -> None:
    """This will take what a file brought in out of every list and figure, and bring back what it took the place of."""
    wait_for_other_files(body=found.body)
    found.refresh_from_db(fields=["state"])
    policies.check_file_can_be_undone(found)
    model, now = policies.FACTS[found.kind], database_now()
    model.objects.filter(body=found.body, money_file=found, withdrawn_at__isnull=True).update(withdrawn_at=now)
    model.objects.filter(body=found.body, withdrawn_by=found).update(withdrawn_at=None, withdrawn_by=None)
    found.state, found.undone_at = "undone", now
    found.save(update_fields=["state", "undone_at"])
    _event(found, by, "undone", rows=found.rows_in)


def name_service(*, by: Person, body: Body, words: str, department: Department | None) -> None:
    """This will say which department finance means by a name that no department has (None: it is not known)."""
    ServiceName.objects.create(body=body, words=words[:200], department=department, decided_by=by)
    record_event(
        action="register.service.named", subject=f"base.body:{body.public_id}", by=by, body=body, words=words[:200],
        department=department.public_id if department else None,
    )  # fmt: skip


# --- matching -------------------------------------------------------------------------------------------------------


def decide_match(*, by: Person, body: Body, one: str, other: str, verdict: str, reason: str = "") -> None:
    """This will record what a person says of two things that may be one contract; what was said last stands."""
    if one == other:
        raise NotPossible("These are the same thing, so there is nothing to decide.")
    first, second = sorted((one, other))
    MatchDecision.objects.create(
        body=body, one=first, other=second, verdict=verdict, reason=reason.strip()[:300], decided_by=by
    )
    record_event(
        action=f"register.match.{verdict}", subject=f"base.body:{body.public_id}", by=by, body=body, one=first,
        other=second, reason=reason.strip()[:300],
    )  # fmt: skip


# --- money beside value -----------------------------------------------------------------------------------------------


def record_levered(
    *, by: Person, body: Body, begins: int, own: Decimal, levered: Decimal, funder: str, source: str,
    agreement: Agreement | None = None,
) -> LeveredFunding:  # fmt: skip
    """This will record money of others that was drawn in beside the body's own; raises NotPossible."""
    policies.check_levered(own, levered)
    found = LeveredFunding.objects.create(
        body=body, begins=begins, own=own, levered=levered, funder=funder.strip(), source=source.strip(),
        agreement=agreement, recorded_by=by,
    )  # fmt: skip
    record_event(
        action="register.leverage.recorded", subject=f"register.leverage:{found.public_id}", by=by, body=body,
        begins=begins, own=str(own), levered=str(levered),
    )  # fmt: skip
    return found


def withdraw_levered(*, by: Person, found: LeveredFunding) -> None:
    """This will take money drawn in out of the figures; it stays on record."""
    found.withdrawn_at = database_now()
    found.save(update_fields=["withdrawn_at"])
    record_event(
        action="register.leverage.withdrawn", subject=f"register.leverage:{found.public_id}", by=by, body=found.body
    )


def record_whole_life(
    *, by: Person, agreement: Agreement, years: int, buying: Decimal, running: Decimal, repairs: Decimal,
    replacement: Decimal, disposal: Decimal, source: str,
) -> WholeLifeCost:  # fmt: skip
    """This will record what a thing costs over its whole life; what was recorded last of an agreement stands."""
    policies.check_whole_life(years, (buying, running, repairs, replacement, disposal))
    found = WholeLifeCost.objects.create(
        body=agreement.body, agreement=agreement, years=years, buying=buying, running=running, repairs=repairs,
        replacement=replacement, disposal=disposal, source=source.strip(), recorded_by=by,
    )  # fmt: skip
    record_event(
        action="register.whole_life.recorded", subject=f"delivery.agreement:{agreement.public_id}", by=by,
        body=agreement.body, years=years,
    )  # fmt: skip
    return found


def record_report(
    *, by: Person, body: Body, kind: str, title: str, author: str, dated_on: date, covers: str, found: str = "",
    agreement: Agreement | None = None, file_name: str = "", content: bytes = b"",
) -> ExternalReport:  # fmt: skip
    """This will attach what somebody independent reported, with its file in quarantine; raises UnusableFile."""
    policies.check_dated(dated_on, today=today())
    file = store_file(name=file_name, content=content, body=body, party=None, by=by) if file_name else None
    report = ExternalReport.objects.create(
        body=body, agreement=agreement, kind=kind, title=title.strip(), author=author.strip(), dated_on=dated_on,
        covers=covers.strip(), found=found.strip(), file=file, recorded_by=by,
    )  # fmt: skip
    record_event(
        action="register.report.recorded", subject=f"register.report:{report.public_id}", by=by, body=body, kind=kind,
        file=file.public_id if file else None,
    )  # fmt: skip
    return report


def name_gainer(
    *, by: Person, body: Body, words: str, kind: str, department: Department | None = None, name: str = ""
) -> None:
    """This will say whom a framework's words for who gains mean here; raises NotPossible."""
    if kind == "department" and department is None:
        raise NotPossible("Choose the department that gains.")
    if kind == "body" and not name.strip():
        raise NotPossible("Write which public body gains.")
    GainerName.objects.create(
        body=body, words=words[:200], kind=kind, department=department if kind == "department" else None,
        name=name.strip()[:200] if kind == "body" else "", decided_by=by,
    )  # fmt: skip
    record_event(
        action="register.gainer.named", subject=f"base.body:{body.public_id}", by=by, body=body, words=words[:200],
        kind=kind,
    )  # fmt: skip
