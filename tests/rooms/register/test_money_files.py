"""Files of money: every row and every penny accounted for, totals checked, the same file again unchanged."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from money_files import BUDGET

from commonweal.base.errors import NotPossible
from commonweal.directory.actions import end_department
from commonweal.reporting.register import actions, jobs, queries
from commonweal.reporting.register.models import BudgetLine, Payment, RegisterEntry

pytestmark = pytest.mark.django_db


def balances(found: Any) -> bool:
    rows = found.rows_in == found.accepted + found.unchanged + found.rejected
    return rows and all(
        Decimal(split["read"]) == sum(Decimal(split[name]) for name in ("accepted", "unchanged", "rejected"))
        for split in found.pence.values()
    )


def test_budget_file_is_brought_in_to_the_penny(council):
    council.department("Adults")
    found = council.bring_in("budget", BUDGET)
    assert (found.state, found.rows_in, found.accepted, found.rejected) == ("imported", 5, 3, 2)
    assert balances(found)
    lines = queries.budget_lines(council.body, 2025)
    assert sum(line.budget for line in lines) == Decimal("1350000.10")
    assert sum(line.actual or 0 for line in lines) == Decimal("988000.50")


def test_blank_amount_is_no_amount(council):
    council.bring_in("budget", BUDGET)
    assert queries.budget_lines(council.body, 2025).get(cost_centre="A101").actual is None


def test_rows_that_do_not_add_up_to_the_total_refuse_the_file_with_the_place(council):
    found = council.read("budget", BUDGET.replace('"1,350,000.10"', '"1,350,000.11"'))
    assert found.state == "refused"
    assert found.notes[0].startswith(
        "D8 “Budget 2025/26” says the total is 1,350,000.11, and the rows above it add up to"
    )
    assert not BudgetLine.objects.filter(body=council.body).exists()


def test_subtotal_that_is_wrong_refuses_the_file_too(council):
    found = council.read("budget", BUDGET.replace('"1,250,000.10"', '"1,250,000.12"'))
    assert found.state == "refused"
    assert "D6" in found.notes[0]


def test_total_over_an_amount_that_cannot_be_read_is_said_and_does_not_refuse(council):
    found = council.read("budget", BUDGET.replace("(2000)", "2.00O"))
    assert found.state == "previewed"
    assert any("could not be checked" in note for note in found.notes)


def test_same_file_again_is_unchanged(council):
    council.bring_in("budget", BUDGET)
    again = council.read("budget", BUDGET, "again.csv")
    assert (again.accepted, again.unchanged, again.rejected) == (0, 3, 2)
    assert balances(again)
    with pytest.raises(NotPossible, match="No row of this file"):
        jobs.bring_money_in(again, by=council.finance)


def test_other_amounts_take_the_place_of_the_earlier_and_come_back_when_undone(council):
    council.bring_in("budget", BUDGET)
    later = council.bring_in(
        "budget", BUDGET.replace("100000,(2000)", "90000,(2000)").replace("1,350,000.10", "1,340,000.10"), "later.csv"
    )
    pools = queries.budget_lines(council.body, 2025).get(cost_centre="L1")
    assert (later.accepted, pools.budget) == (1, Decimal("90000.00"))
    actions.undo_file(by=council.finance, found=later)
    assert queries.budget_lines(council.body, 2025).get(cost_centre="L1").budget == Decimal("100000.00")


def test_file_whose_lines_were_replaced_is_not_undone_first(council):
    first = council.bring_in("budget", BUDGET)
    council.bring_in(
        "budget", BUDGET.replace("100000,(2000)", "90000,(2000)").replace("1,350,000.10", "1,340,000.10"), "later.csv"
    )
    with pytest.raises(NotPossible, match=r"later\.csv replaced lines of this file"):
        actions.undo_file(by=council.finance, found=first)


def test_line_of_a_department_that_closed_is_refused_in_words(council):
    leisure = council.department("Leisure")
    end_department(department=leisure, ended_on=date(2024, 9, 30), body=council.body, by=council.officer)
    found = council.read("budget", BUDGET)
    row = queries.rows_of(found, "rejected").get(row_number=7)
    assert row.reasons[0]["reason"].startswith("Leisure closed on 30 September 2024, before 2025/26 began.")
    assert balances(found)


def test_department_that_closes_during_the_year_keeps_its_line(council):
    leisure = council.department("Leisure")
    end_department(department=leisure, ended_on=date(2025, 9, 30), body=council.body, by=council.officer)
    assert council.read("budget", BUDGET).accepted == 3


def test_name_of_no_department_is_said_and_named_once_for_every_file(council):
    adults = council.department("Adult social care")
    found = council.bring_in("budget", BUDGET)
    assert any("No department is called “Adults”" in note for note in found.notes)
    assert set(queries.unknown_services(council.body)) == {"Adults", "Leisure"}
    actions.name_service(by=council.finance, body=council.body, words="Adults", department=adults)
    told = {each.name: each.budget for each in queries.budget_by_department(council.body, 2025)}
    assert told == {"Adult social care": Decimal("1250000.10"), "No department": Decimal("100000.00")}


def test_lines_brought_in_before_and_missing_now_are_told(council):
    council.bring_in("budget", BUDGET)
    found = council.read(
        "budget", "Directorate,Cost centre,Description,Budget 2025/26\nAdults,A100,Home care,1000000\n"
    )
    assert any(note.startswith("2 lines brought in before are not in this file") for note in found.notes)


def test_budget_file_that_names_no_year_is_of_the_year_chosen(council):
    content = "Service,Budget\nAdults,10\nLeisure,20\nTotal,30\n"
    refused = council.read("budget", content)
    assert refused.accepted == 0
    assert "which financial year" in queries.rows_of(refused, "rejected").first().reasons[0]["reason"]
    council.bring_in("budget", content, "chosen.csv", begins=2024)
    assert queries.budget_lines(council.body, 2024).count() == 2


def test_columns_chosen_by_hand_are_remembered(council):
    content = "What,Held against,Sums\nHome care,Adults,10\nPools,Leisure,20\n"
    found = council.read("budget", content, begins=2025)
    assert found.accepted == 0
    mapping = [
        {"column": "What", "field": "description", "period": ""}, {"column": "Held against", "field": "department", "period": ""},
        {"column": "Sums", "field": "budget", "period": ""},
    ]  # fmt: skip
    actions.choose_columns(by=council.finance, found=found, mapping=mapping)
    jobs.read_money_file(found, by=council.finance)
    jobs.bring_money_in(found, by=council.finance)
    assert council.read("budget", content.replace("20", "25"), "next.csv", begins=2025).accepted == 1


def test_payments_alike_are_all_kept_and_the_same_list_again_is_unchanged(council):
    line = "03/06/2025,Larkhollow Kitchens Ltd,K-1,587.09\n"
    content = "Date paid,Supplier,Contract ref,Amount\n" + line * 3 + "04/06/2025,Plover,,(100.00)\n"
    found = council.bring_in("payments", content)
    assert (found.accepted, found.unchanged) == (4, 0)
    held = Payment.objects.filter(body=council.body)
    assert sum(each.amount for each in held) == Decimal("1661.27")
    again = council.read("payments", content)
    assert (again.accepted, again.unchanged) == (0, 4)
    assert council.read("payments", content + line).accepted == 1


def test_payment_without_its_day_is_refused_with_its_cell(council):
    found = council.read("payments", "Date,Supplier,Amount\nJune 2025,Plover,10\n01/06/2025,Plover,20\n")
    row = queries.rows_of(found, "rejected").get()
    assert row.reasons[0]["cell"] == "A2"
    assert "no single day" in row.reasons[0]["reason"]


def test_amount_of_more_than_pence_is_kept_to_the_penny_and_said(council):
    found = council.bring_in("payments", "Date,Supplier,Amount\n01/06/2025,Plover,10.1255\n02/06/2025,Plover,1\n")
    assert Payment.objects.get(body=council.body, dated_on=date(2025, 6, 1)).amount == Decimal("10.13")
    assert "is kept as 10.13" in queries.rows_of(found).get(row_number=2).notes[0]


def test_row_of_a_register_said_twice_counts_once(council):
    row = "C-1,School meals,Larkhollow,01/04/2025,31/03/2026,100\n"
    found = council.bring_in(
        "register", "Contract ref,Contract title,Supplier,Start date,End date,Contract value\n" + row * 2
    )
    assert (found.accepted, found.unchanged) == (1, 1)
    assert queries.rows_of(found, "unchanged").get().repeats == 2


@pytest.mark.samples
def test_published_contracts_register_is_read_with_no_mapping_by_hand(council):
    path = Path(os.environ["COMMONWEAL_SAMPLES"]) / "contracts" / "exeter-contracts-register-2026-04.csv"
    found = council.bring_in("register", path.read_bytes(), path.name)
    assert (found.rows_in, found.accepted, found.rejected) == (224, 224, 0)
    held = RegisterEntry.objects.filter(body=council.body)
    assert sum(each.value or 0 for each in held) == Decimal("168974432.40")
    assert held.filter(ends_words="TBC", ends_on__isnull=True).count() > 10
    assert council.read("register", path.read_bytes(), path.name).unchanged == 224


def test_pages_of_a_file_open_and_its_rows_are_exported(council, read):
    council.department("Adults")
    found = council.bring_in("budget", BUDGET)
    assert "budget.csv" in read("money/files/")
    page = read(f"money/files/{found.public_id}/")
    assert "Every row and every pound" in page
    assert "£1,350,000.10" in page
    assert "A total row" in read(f"money/files/{found.public_id}/export/csv/")
    assert "Leisure" in read("money/departments/")


def test_file_is_chosen_on_the_page_and_waits_for_its_job(council, sign_in):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = sign_in(council.finance)
    sent = {"kind": "budget", "file": SimpleUploadedFile("b.csv", BUDGET.encode()), "dated_on-day": "31", "dated_on-month": "3",
            "dated_on-year": "2026", "year": ""}  # fmt: skip
    response = client.post(f"/{council.body.slug}/work/money/files/add/", sent)
    assert response.status_code == 302, response.content.decode()[:3000]
    assert "/jobs/" in response["Location"]


def test_other_bodies_and_other_roles_get_nothing(council, make_body, make_person, sign_in):
    found = council.bring_in("budget", BUDGET)
    other = make_body()
    stranger = sign_in(make_person("finance", body=other))
    assert stranger.get(f"/{council.body.slug}/work/money/files/{found.public_id}/").status_code == 404
    assert stranger.get(f"/{other.slug}/work/money/files/{found.public_id}/").status_code == 404
    member = sign_in(make_person("member", body=council.body))
    assert member.get(f"/{council.body.slug}/work/money/files/{found.public_id}/").status_code == 200
    assert member.post(f"/{council.body.slug}/work/money/files/{found.public_id}/undo/").status_code == 403


def test_runtime_role_cannot_rewrite_a_fact(council):
    council.bring_in("budget", BUDGET)
    line = BudgetLine.objects.filter(body=council.body).first()
    line.budget = Decimal(1)
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        line.save(update_fields=["budget"])
