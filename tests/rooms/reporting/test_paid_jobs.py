"""Spending and the jobs it pays for are one effect: never both valued until a person says so, on no page and in no file."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from made_council import DAY
from read_pages import rows_of

from commonweal.base.errors import NotPossible
from commonweal.delivery.actions import ChangedMeanwhile, decide_paid_jobs, note_paid_jobs, reverse_entry
from commonweal.delivery.queries import get_paid_jobs, paid_jobs_of
from commonweal.reporting.queries import account, find_line, worth

WAGE, TEN = Decimal("1234.567"), Decimal(10)


@pytest.fixture
def pair(council: Any) -> tuple[Any, Any]:
    """3 jobs worth the wage each, and 500 units of spending worth ten each that pay for them."""
    jobs = council.entry(council.promise("wage", "12", council.agreement("School meals")), "3")
    spend = council.entry(council.promise("partly-rated", "900", jobs.commitment.agreement), "500")
    note_paid_jobs(by=council.officer, spend=spend, jobs=jobs)
    return spend, jobs


def decide(council: Any, pair: tuple[Any, Any], valued: str, by: Any = None) -> None:
    found = get_paid_jobs(council.body, pair[0].public_id, pair[1].public_id)
    decide_paid_jobs(
        by=by or council.officer, pair=found, valued=valued, reason="Agreed with finance",
        written_against=found.stands.public_id,
    )  # fmt: skip


def gross(council: Any, what: Any = "claimed") -> Decimal:
    totals = worth(council.body, what=what, on=DAY).totals
    return sum((each.amount.central for each in totals if each.key.level == "gross"), Decimal(0))


def test_jobs_are_valued_and_the_spending_that_pays_them_is_counted(council: Any, pair: tuple[Any, Any]) -> None:
    spend, jobs = pair
    assert gross(council) == 3 * WAGE
    found = worth(council.body, what="claimed", on=DAY)
    line = find_line(found, spend.public_id)
    assert (line.quantity, line.has_value) == (500, False)
    assert line.reason.words == "pays for jobs told beside it, which are valued"
    assert find_line(found, jobs.public_id).in_totals


@pytest.mark.parametrize(
    ("valued", "sum_"), [("jobs", 3 * WAGE), ("spending", 500 * TEN), ("both", 3 * WAGE + 500 * TEN)]
)
def test_a_person_decides_which_of_the_two_is_valued(
    council: Any, pair: tuple[Any, Any], valued: str, sum_: Decimal
) -> None:
    decide(council, pair, valued)
    assert gross(council) == sum_


def test_a_decision_is_undone_by_deciding_again_and_both_stay_on_record(council: Any, pair: tuple[Any, Any]) -> None:
    decide(council, pair, "both")
    decide(council, pair, "jobs", by=council.other)
    assert gross(council) == 3 * WAGE
    (found,) = paid_jobs_of(pair[1])
    assert [each.valued for each in found.said] == ["jobs", "both", "jobs"]
    assert found.stands.recorded_by == council.other


def test_no_part_of_it_is_valued_at_a_later_stage_either(council: Any, pair: tuple[Any, Any]) -> None:
    for entry in pair:
        council.accept(entry, str(entry.quantity))
        council.assure(entry, str(entry.quantity))
    found = account(council.body, on=DAY)
    for stage in ("claimed", "evidenced", "assured"):
        assert gross(council, stage) == 3 * WAGE
        assert found.worths[stage].totals == worth(council.body, what=stage, on=DAY).totals


@pytest.mark.parametrize("taken_back", [0, 1])
def test_reversing_one_of_the_two_leaves_the_other_valued(council: Any, pair: tuple[Any, Any], taken_back: int) -> None:
    reverse_entry(by=council.officer, entry=pair[taken_back], reason="Keyed twice")
    assert gross(council) == (500 * TEN if taken_back else 3 * WAGE)
    assert paid_jobs_of(pair[1 - taken_back]) == []


@pytest.mark.parametrize("split", ["spending", "jobs", "both"])
@pytest.mark.parametrize("valued", ["jobs", "spending"])
def test_splitting_either_line_changes_nothing(council: Any, split: str, valued: str) -> None:
    agreement = council.agreement("School meals")
    jobs = council.promise("wage", "12", agreement)
    money = council.promise("partly-rated", "900", agreement)
    told = [council.entry(jobs, each) for each in (("1", "2") if split != "spending" else ("3",))]
    paid = [council.entry(money, each) for each in (("123.456789", "376.543211") if split != "jobs" else ("500",))]
    for spend in paid:
        for job in told:
            note_paid_jobs(by=council.officer, spend=spend, jobs=job)
            decide(council, (spend, job), valued)
    assert gross(council) == (3 * WAGE if valued == "jobs" else 500 * TEN)


def test_noted_twice_is_noted_once_and_leaves_a_decision(council: Any, pair: tuple[Any, Any]) -> None:
    decide(council, pair, "spending")
    note_paid_jobs(by=council.officer, spend=pair[0], jobs=pair[1])
    assert gross(council) == 500 * TEN


def test_of_two_who_decide_at_once_the_second_is_told(council: Any, pair: tuple[Any, Any]) -> None:
    before = get_paid_jobs(council.body, pair[0].public_id, pair[1].public_id)
    decide(council, pair, "spending")
    with pytest.raises(ChangedMeanwhile, match="Someone else decided"):
        decide_paid_jobs(
            by=council.other, pair=before, valued="both", reason="Why", written_against=before.stands.public_id
        )
    assert gross(council) == 500 * TEN


def test_entries_of_two_bodies_are_no_pair(council: Any, pair: tuple[Any, Any]) -> None:
    reverse_entry(by=council.officer, entry=pair[0], reason="Keyed twice")
    with pytest.raises(NotPossible, match="was reversed"):
        note_paid_jobs(by=council.officer, spend=pair[0], jobs=pair[1])


def test_page_export_and_steps_say_the_same(council: Any, pair: tuple[Any, Any], read: Callable[..., str]) -> None:
    spend, jobs = pair
    for valued, counted, priced in (("jobs", spend, jobs), ("spending", jobs, spend)):
        decide(council, pair, valued)
        gone = "pays for jobs told beside it" if valued == "jobs" else "paid for by spending told beside it"
        page = read(f"lines/{counted.public_id}/worth/?what=claimed")
        assert gone in page.lower()
        assert 'id="steps"' not in page
        assert 'id="steps"' in read(f"lines/{priced.public_id}/worth/?what=claimed")
        exported = {row["Line"]: row for row in rows_of(read("worth/lines/export/csv/?what=claimed"))}
        of_counted, of_priced = exported[counted.public_id], exported[priced.public_id]
        assert (of_counted["Gross (£)"], of_counted["In the totals"]) == ("", "no")
        assert gone in of_counted["Note"].lower()
        total = next(row for row in rows_of(read("worth/export/csv/")) if row["Stage"] == "Claimed")
        assert of_priced["Gross (£)"] == total["Amount (£)"]
        agreement = spend.commitment.agreement.public_id
        steps = rows_of(read(f"agreements/{agreement}/worth/steps/csv/?what=claimed"))
        assert {row["Line"] for row in steps} == {priced.public_id}


def test_the_page_of_an_entry_says_it_and_a_contract_manager_decides_there(
    council: Any, pair: tuple[Any, Any], sign_in: Callable[..., Any]
) -> None:
    client, (spend, jobs) = sign_in(council.officer), pair
    entry = reverse("delivery:entry", args=[council.body.slug, spend.public_id])
    address = reverse("delivery:paid_jobs", args=[council.body.slug, spend.public_id, jobs.public_id])
    assert "It is counted and not valued; the jobs are." in client.get(entry).content.decode()
    assert address in client.get(entry).content.decode()
    stands = get_paid_jobs(council.body, spend.public_id, jobs.public_id).stands.public_id
    given = {"valued": "spending", "reason": "The jobs were there before", "written_against": stands}
    assert client.post(address, given)["Location"] == entry
    assert "Decided by Ann Officer" in client.get(entry).content.decode()
    again = client.post(address, given | {"reason": "I wrote this meanwhile"})
    assert again.status_code == 422
    assert "I wrote this meanwhile" in again.content.decode()
    assert client.post(address, given | {"reason": ""}).status_code == 422


def test_people_of_another_body_find_no_pair(
    council: Any, pair: tuple[Any, Any], sign_in: Callable[..., Any], make_person: Any, make_body: Any
) -> None:
    other = make_body()
    client = sign_in(make_person("contract-manager", body=other))
    keys = [pair[0].public_id, pair[1].public_id]
    for slug in (council.body.slug, other.slug):
        assert client.get(reverse("delivery:paid_jobs", args=[slug, *keys])).status_code == 404
