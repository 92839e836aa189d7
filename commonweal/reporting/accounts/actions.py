"""What may be done with accounts: prepare one, publish it, withdraw what was prepared. What is published never changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice

from django.db import connection

from commonweal.base.access import ROLES
from commonweal.base.actions import record_event
from commonweal.base.checkpoints import our_key
from commonweal.base.errors import NotPossible
from commonweal.base.jobs import defer_job
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now, roles_in_body
from commonweal.engine import account_bundle as bundle
from commonweal.engine import account_file
from commonweal.engine.account_bundle import Account, Statements, cells_of, make_bundle
from commonweal.engine.account_check import check_account
from commonweal.engine.account_figures import Works
from commonweal.engine.account_restated import Told, restatement_bytes
from commonweal.engine.signing import public_text
from commonweal.engine.year import FinancialYear
from commonweal.reporting.accounts import policies, queries
from commonweal.reporting.accounts.bundles import Drawn
from commonweal.reporting.accounts.models import AccountBundle, AccountLine, Preparation, PublishedAccount

_REFRESH = "publishing.refresh"
_STEP = 2000
_AT = {name: place for place, name in enumerate(bundle.LINE_COLUMNS)}


def prepare(
    *, body: Body, by: Person, year: FinancialYear, basis: str, late_rule: str, materiality: Decimal,
    restates: int | None = None, reason: str = "",
) -> Preparation:  # fmt: skip
    """This will prepare the account of a year for another to publish; raises NotPossible.

    `restates` is the number of the published account of the same year that it takes the place of.
    """
    _one_at_a_time(body)
    policies.check_none_prepared(body)
    if restates is None:
        policies.check_first_of_its_year(body, year)
    else:
        standing = policies.check_restatable(body, restates)
        if standing.year != year.begins:
            raise NotPossible(
                f"Account {restates} is of {FinancialYear(standing.year).name}. Restate it for that year."
            )
    policies.check_reason(restates, reason)
    policies.check_closed(body, year)
    made = Preparation.objects.create(
        body=body, year=year.begins, basis=basis, late_rule=late_rule, materiality=materiality, restates=restates,
        reason=reason.strip() if restates else "", prepared_by=by, prepared_as=_office(by, body),
    )  # fmt: skip
    _event("prepared", made, by, year=year.slug, restates=restates)
    return made


def withdraw(*, preparation: Preparation, by: Person, words: str) -> None:
    """This will withdraw an account that was prepared and not published; raises NotPossible."""
    held = _held(preparation)
    policies.check_step(held, "withdrawn")
    _decide(held, "withdrawn", by, words)
    _event("withdrawn", held, by)


def publish(*, preparation: Preparation, by: Person) -> PublishedAccount:
    """This will publish an account that another prepared: one signed file that never changes; raises NotPossible.

    The account is drawn up anew, checked as a reader would check it, and stored with its lines in this transaction.
    """
    held = _held(preparation)
    body, year = held.body, FinancialYear(held.year)
    _one_at_a_time(body)
    policies.check_step(held, "published")
    policies.check_other_person(held, by)
    drawn = queries.drawn(body, year)
    policies.check_settled(queries.checks(body, year, drawn))
    before = queries.published_accounts(body)
    restated = policies.check_restatable(body, held.restates) if held.restates else None
    if restated is None:
        policies.check_first_of_its_year(body, year)
    account = _account(held, by, drawn, before, restated)
    key = our_key()
    raw = make_bundle(account, key)
    earlier = (
        [queries.bundle_of(each) for each in {before[0].pk: before[0], **_by_key(restated)}.values()] if before else []
    )
    report = check_account(raw, previous=earlier, key=public_text(key))
    if not report.is_well:
        raise NotPossible(f"The account does not pass its own check, so nothing was published: {report.faults[0]}")
    found = PublishedAccount.objects.create(
        body=body, number=account.number, year=year.begins, restates=held.restates, sha256=report.sha256,
        previous_sha256=before[0].sha256 if before else "", public_key=report.public_key, size=len(raw),
        lines=report.lines, content=_content(raw), rules=_rules(drawn), made_at=account.made_at,
    )  # fmt: skip
    AccountBundle.objects.create(body=body, account=found, content=raw)
    works = Works(drawn.editions, drawn.tables, drawn.as_of)
    lines = _account_lines(found, drawn, works)
    while some := list(islice(lines, _STEP)):
        AccountLine.objects.bulk_create(some)
    _decide(held, "published", by, "")
    record_event(
        action="accounts.account.published", subject=f"accounts.account:{found.public_id}", by=by, body=body,
        number=found.number, year=year.slug, sha256=found.sha256, restates=held.restates, preparation=held.public_id,
    )  # fmt: skip
    defer_job(_REFRESH, body=body, by=by)
    return found


def _by_key(found: PublishedAccount | None) -> dict[int, PublishedAccount]:
    return {found.pk: found} if found else {}


def _account(
    held: Preparation, by: Person, drawn: Drawn, before: list[PublishedAccount], restated: PublishedAccount | None
) -> Account:
    body = held.body
    now = database_now().astimezone(UTC)
    return Account(
        body={"id": body.public_id, "name": body.name, "org_id": body.org_id}, year=drawn.year, as_of=drawn.as_of,
        number=(before[0].number if before else 0) + 1, made_at=datetime(*now.timetuple()[:6], tzinfo=UTC),
        lines=drawn.lines, figures=drawn.figures.figures, counts=drawn.figures.counts,
        coverage=drawn.figures.coverage, editions=drawn.editions, tables=drawn.tables,
        names=queries.names_of(drawn, body),
        statements=Statements(
            held.basis, held.late_rule, held.materiality, held.prepared_as, _office(by, body), drawn.stated, held.reason
        ),
        previous=queries.as_published(before[0]) if before else None,
        restates=queries.as_published(restated) if restated else None,
        restatement=_restatement(restated, drawn) if restated else b"", is_invented=body.is_invented,
    )  # fmt: skip


def _restatement(restated: PublishedAccount, drawn: Drawn) -> bytes:
    """What changed since the account restated, worked out from what that account holds and nothing else."""
    raw = memoryview(queries.bundle_of(restated))
    parts = {each.name: each.view for each in account_file.members_of(raw)}
    rows = [cells_of(text) for text in bytes(parts[bundle.LINES]).decode().splitlines()[1:]]
    works = queries.rules_of(restated)
    tables = bundle.Tables.from_json(bundle.read_json(parts[bundle.PRICES]))
    before = Told(rows, works.editions, tables, works.as_of)
    return restatement_bytes(before, Told(drawn.rows, drawn.editions, drawn.tables, drawn.as_of))


def _content(raw: bytes) -> dict[str, object]:
    """What pages show of an account, read back from the very file that is published."""
    parts = {each.name: bytes(each.view) for each in account_file.members_of(memoryview(raw))}
    tables = {
        name.partition(".")[0]: [cells_of(text) for text in parts[name].decode().splitlines()[1:]]
        for name in (bundle.FIGURES, bundle.COUNTS, bundle.RESTATEMENT)
        if name in parts
    }
    texts = {
        name.partition(".")[0]: bundle.read_json(parts[name])
        for name in (bundle.COVERAGE, bundle.STATEMENTS, bundle.NAMES)
    }
    return {**tables, **texts}


def _rules(drawn: Drawn) -> dict[str, object]:
    return {
        "editions": {name: each.to_json() for name, each in drawn.editions.items()}, "prices": drawn.tables.to_json()
    }  # fmt: skip


def _account_lines(found: PublishedAccount, drawn: Drawn, works: Works) -> Iterator[AccountLine]:
    for row, cells in enumerate(sorted(drawn.rows, key=lambda cells: (cells[0], cells[1])), 2):
        held = dict(zip(bundle.LINE_COLUMNS, cells, strict=False))
        given = held["given"] == "yes"
        yield AccountLine(
            body_id=found.body_id, account=found, row=row,
            **{name: held[name] for name in ("record", "line", "promise", "agreement", "edition", "measure", "unit",
                                             "place", "department", "channel", "why_not")},
            theme=works.placed[held["edition"]][held["measure"]][0] if given else "",
            starts_on=_day(held["start"]), ends_on=_day(held["end"]), share=Decimal(held["share"]),
            brought_forward=held["brought_forward"] == "yes", given=given, in_totals=held["in_totals"] == "yes",
            **{stage: Decimal(held[stage]) if held[stage] else None for stage in bundle.STAGES},
        )  # fmt: skip


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _office(person: Person, body: Body) -> str:
    """The office an account names, never the person: the first that may decide on accounts."""
    roles = roles_in_body(person, body)
    office = next((role for role in ("finance", "lead") if role in roles), "")
    return ROLES.get(office, "An officer of the body")


def _held(preparation: Preparation) -> Preparation:
    return Preparation.objects.select_for_update(of=("self",)).select_related("body").get(pk=preparation.pk)


def _decide(held: Preparation, state: str, by: Person, words: str) -> None:
    held.state, held.decided_by, held.decided_at, held.decided_words = state, by, database_now(), words
    held.save(update_fields=["state", "decided_by", "decided_at", "decided_words"])


def _event(what: str, held: Preparation, by: Person, **details: object) -> None:
    record_event(
        action=f"accounts.preparation.{what}", subject=f"accounts.preparation:{held.public_id}", by=by, body=held.body,
        **details,
    )  # fmt: skip


def _one_at_a_time(body: Body) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"accounts {body.pk}"])
