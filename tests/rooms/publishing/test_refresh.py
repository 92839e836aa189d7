"""Making a site from the record: what enters, what never does, and that it says what reporting says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from commonweal.base.errors import NotPossible
from commonweal.base.models import Event
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.queries import promise_table
from commonweal.publishing import actions, queries
from commonweal.publishing.facts import figure_id
from commonweal.publishing.models import Publication
from commonweal.reporting.queries import account

pytestmark = pytest.mark.django_db
TOTAL = "claimed.open-measures@1.0.benefit.economic.gross.2025.rate-year.central"


def pages(body):
    return {(each.kind, each.key): each for each in Publication.objects.filter(body=body)}


def refresh(site):
    with open_scope(body=site.body.pk):
        return actions.refresh(body=site.body, by=site.lead)


def test_refresh_publishes_every_page_once_and_leaves_one_event(site):
    done = refresh(site)
    held = pages(site.body)
    assert done == actions.Refreshed(written=len(held), unchanged=0, removed=0)
    assert sorted(kind for kind, _key in held) == sorted(
        ["body", "plan", "agreement", "agreement", "line", "line", "line", "wards", "ward", "ward"]
    )
    with open_scope(body=site.body.pk):
        assert Event.objects.filter(body=site.body, action=queries.PUBLISHED).count() == 1


def test_refresh_again_changes_no_page_and_no_moment(published):
    before = {key: (page.content, page.published_at, page.as_of) for key, page in pages(published.body).items()}
    done = refresh(published)
    assert (done.written, done.unchanged, done.removed) == (0, len(before), 0)
    assert {k: (p.content, p.published_at, p.as_of) for k, p in pages(published.body).items()} == before


def test_refresh_after_a_delivery_rewrites_the_pages_it_changes(published):
    before = pages(published.body)
    with open_scope(body=published.body.pk):
        delivery.record_entry(by=published.officer, commitment=published.apprentices, quantity=Decimal(2),
                              starts_on=published.works.starts_on, ends_on=published.works.starts_on)  # fmt: skip
    refresh(published)
    after = pages(published.body)
    changed = {key for key in after if after[key].published_at != before[key].published_at}
    assert changed == {("body", "front"), ("wards", "all"), ("agreement", published.works.public_id),
                       ("line", published.apprentices.public_id)}  # fmt: skip
    assert after["line", published.apprentices.public_id].content["claimed"] == "2"
    assert after["line", published.apprentices.public_id].as_of > before["line", published.apprentices.public_id].as_of


def test_body_with_nothing_recorded_has_no_page(make_body):
    body = make_body()
    with open_scope(body=body.pk):
        assert actions.refresh(body=body, by=None) == actions.Refreshed(0, 0, 0)
    assert pages(body) == {}


def test_totals_are_reportings_exactly_and_lines_add_to_them(published):
    with open_scope(body=published.body.pk):
        worths = account(published.body, on=localdate()).worths
    wanted = {
        figure_id(what, total.key): (total.amount.central, total.lines)
        for what, worth in worths.items()
        for total in worth.totals
    }
    assert TOTAL in wanted
    front = pages(published.body)["body", "front"].content["worth"]
    shown = {t["figure"]: (Decimal(t["central"]), t["lines"]) for stage in front.values() for t in stage["totals"]}
    assert shown == wanted
    sums: dict[str, Decimal] = {}
    for page in Publication.objects.filter(body=published.body, kind="line"):
        for amounts in page.content["worth"].values():
            for each in amounts:
                sums[each["figure"]] = sums.get(each["figure"], Decimal(0)) + Decimal(each["central"])
    assert sums == {figure: amount for figure, (amount, _lines) in wanted.items()}


def test_promises_are_compared_as_delivery_compares_them(published):
    with open_scope(body=published.body.pk):
        table = promise_table(published.works, localdate())
    rows = pages(published.body)["agreement", published.works.public_id].content["promises"]
    assert [(r["line"], r["promised"], r["claimed"] or "0", r["evidenced"], r["flag"]) for r in rows] == [
        (r.commitment.public_id, f"{r.promised.normalize():f}", f"{r.delivered.claimed.normalize():f}",
         f"{r.delivered.evidenced.normalize():f}", r.flag)
        for r in table.rows
    ]  # fmt: skip
    assert [Decimal(r["expected"]) for r in rows] == [r.expected for r in table.rows]


def test_welsh_of_the_catalogue_is_published_with_printers_apostrophes(published):
    held = pages(published.body)["line", published.apprentices.public_id]
    assert (held.title_cy, held.content["measure"]["title_cy"]) == ("Prentisiaid sy’n dechrau",) * 2


def test_pages_are_written_together_however_many_there_are(published):
    def counted() -> int:
        with open_scope(body=published.body.pk), CaptureQueriesContext(connection) as captured:
            done = actions.refresh(body=published.body, by=published.lead)
        assert done.written > 2
        return len(captured)

    def promise(number: int) -> None:
        with open_scope(body=published.body.pk):
            delivery.record_commitment(
                by=published.officer, agreement=published.works, wording=f"More {number}", unit="people",
                quantity=Decimal(1),
            )  # fmt: skip

    promise(0)
    before = counted()
    for number in range(1, 9):
        promise(number)
    assert counted() == before


def test_reversed_entries_are_not_published(published):
    line = pages(published.body)["line", published.apprentices.public_id].content
    assert (line["entries"], line["claimed"], line["status"]) == ([], None, "nothing")


def test_quantities_and_amounts_are_exact_text(published):
    line = pages(published.body)["line", published.more_hours.public_id].content
    assert (line["promised"], line["claimed"]) == ("33.333333", "1.000001")

    def numbers(part):
        if isinstance(part, dict):
            return [n for each in part.values() for n in numbers(each)]
        if isinstance(part, list):
            return [n for each in part for n in numbers(each)]
        return [part] if isinstance(part, float) else []

    assert [n for page in pages(published.body).values() for n in numbers(page.content)] == []


def test_wards_whole_area_and_unknown_are_kept_apart(published):
    from made_site import OTHER_WARD, WARD  # the folder's own

    held = pages(published.body)["wards", "all"].content
    assert {ward["code"]: (ward["promised"], ward["delivered"]) for ward in held["wards"]} == {
        WARD: (1, 1), OTHER_WARD: (0, 1),
    }  # fmt: skip
    assert (held["whole"], held["unknown"]) == ({"promised": 1, "delivered": 0}, {"promised": 1, "delivered": 1})
    here = pages(published.body)["ward", OTHER_WARD].content["lines"]
    assert [(line["promised"], line["delivered"]) for line in here] == [(None, "70")]


def test_withdrawn_agreement_leaves_every_page_and_figure_and_comes_back(published):
    key, body = published.grant.public_id, published.body
    with open_scope(body=body.pk):
        actions.withdraw(body=body, by=published.lead, agreement=key, reason="Under review")
    assert ("agreement", key) not in pages(body)
    assert ("line", published.more_hours.public_id) not in pages(body)
    refresh(published)
    front = pages(body)["body", "front"].content
    assert (front["agreements"], front["kept_back"], front["counts"]["lines"]) == (1, 1, 2)
    total = next(each for each in front["worth"]["claimed"]["totals"] if each["figure"] == TOTAL)
    with open_scope(body=body.pk):
        only = account(body, on=localdate(), agreement=published.works).worths["claimed"]
    assert Decimal(total["central"]) == only.totals[0].amount.central
    with open_scope(body=body.pk):
        with pytest.raises(NotPossible, match="off the public site already"):
            Publication.objects.create(body=body, kind="agreement", key=key, title="x", content={})
            actions.withdraw(body=body, by=published.lead, agreement=key, reason="Again")
        actions.put_back(body=body, by=published.lead, agreement=key)
        with pytest.raises(NotPossible, match="was not taken off"):
            actions.put_back(body=body, by=published.lead, agreement=key)
    refresh(published)
    assert ("line", published.more_hours.public_id) in pages(body)


def test_another_body_cannot_write_change_or_remove_my_pages(published, make_body):
    other = make_body()
    row = pages(published.body)["body", "front"]
    with open_scope(body=other.pk):
        assert Publication.objects.filter(pk=row.pk).update(title="Theirs") == 0
        assert Publication.objects.filter(body=published.body).delete()[0] == 0
        with pytest.raises((ProgrammingError, IntegrityError), match="row-level security"), transaction.atomic():
            Publication.objects.create(body=published.body, kind="line", key="theirs", title="x", content={})
        with pytest.raises(Publication.DoesNotExist):
            actions.withdraw(body=other, by=published.lead, agreement=published.works.public_id, reason="Mine")
    assert pages(published.body)["body", "front"].title == "Ferrydale Council"


def test_without_a_scope_nothing_can_be_published(published):
    with pytest.raises((ProgrammingError, IntegrityError), match="row-level security"), transaction.atomic():
        Publication.objects.create(body=published.body, kind="line", key="mine", title="x", content={})


def test_only_fields_tagged_public_are_read_into_pages(published, owner_connection: psycopg.Connection):
    # The outward ids of people, files and pieces of evidence stay inside too; only the plan's two roles name people.
    from made_site import MARKER

    said = str([page.content for page in pages(published.body).values()])
    assert MARKER not in said
    for person in (published.officer, published.lead):
        assert person.public_id not in said
        assert person.pseudonym not in said


def test_state_that_rests_on_dates_is_current_only_where_there_are_some(published):
    with open_scope(body=published.body.pk):
        kwargs = {"by": published.officer, "body": published.body, "channel": "grant"}
        undated = delivery.record_agreement(title="Without dates", **kwargs)
        in_words = delivery.record_agreement(title="Ends in words", ends_words="when the works are done", **kwargs)
        actions.refresh(body=published.body, by=None)
    states = {key: page.content["state"] for (kind, key), page in pages(published.body).items() if kind == "agreement"}
    assert (states[undated.public_id], states[in_words.public_id]) == ("undated", "current")
    assert states[published.works.public_id] == "current"


@pytest.mark.parametrize(("claimed", "status", "passed"), [("80", "within", 0), ("121", "above", 1)])
def test_limit_on_a_harm_is_within_or_above_and_in_no_count_of_what_is_delivered(site, claimed, status, passed):
    with open_scope(body=site.body.pk):
        refresh(site)
        before = pages(site.body)["body", "front"].content["counts"]
        limit = delivery.record_commitment(
            by=site.officer, agreement=site.works, wording="Tonnes of waste sent to landfill", unit="tonnes",
            direction="harm", quantity=Decimal(120), owner=site.officer,
        )  # fmt: skip
        delivery.record_entry(
            by=site.officer, commitment=limit, quantity=Decimal(claimed), starts_on=date(2026, 5, 1),
            ends_on=date(2026, 6, 30),
        )  # fmt: skip
    refresh(site)
    held = pages(site.body)
    assert held["line", limit.public_id].content["status"] == status
    after = held["body", "front"].content["counts"]
    assert after == before | {"lines": before["lines"] + 1, "limits": 1, "above": passed}
