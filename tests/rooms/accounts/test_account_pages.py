"""The pages of accounts: for staff by their roles, for the public as published, nothing for another body's people."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest

from commonweal.engine.account_check import check_account, read_checkpoint
from commonweal.reporting.accounts import queries

pytestmark = pytest.mark.django_db


def get(client: Any, books: Any, address: str, status: int = 200) -> str:
    response = client.get(f"/{books.body.slug}/{address}")
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def post(client: Any, books: Any, address: str, data: Any = None) -> Any:
    return client.post(f"/{books.body.slug}/work/{address}", data or {})


@pytest.fixture
def published(books: Any) -> Any:
    books.delivered("10", evidenced="4")
    books.delivered("6")
    books.close()
    books.found = books.publish()
    return books


SAID = {"basis": "As recorded.", "late_rule": "Late is later.", "materiality": "1000"}


def test_whole_way_from_a_closed_year_to_a_published_account(books: Any, sign_in: Any) -> None:
    books.delivered("10")
    books.close()
    lead, finance = sign_in(books.lead), sign_in(books.finance)
    assert "2025/26: see what is left to do" in get(lead, books, "work/accounts/")
    assert "Prepare the account" in get(lead, books, "work/accounts/checks/2025-26/")
    answered = post(lead, books, "accounts/prepare/2025-26/", SAID)
    assert answered.status_code == 302
    page = get(lead, books, answered.url.split("/", 2)[2])
    assert "You prepared this account" in page
    assert "Publish the account" not in page
    assert "Publish the account" in get(finance, books, answered.url.split("/", 2)[2])
    published = post(finance, books, answered.url.split("/work/")[1] + "publish/")
    assert published.url.endswith("/work/accounts/1/")
    page = get(finance, books, "work/accounts/1/")
    assert "not part of the Statement of Accounts" in page
    assert "In force" in page


def test_three_clicks_lead_from_a_figure_to_the_steps_of_a_line(published: Any, sign_in: Any) -> None:
    client = sign_in(published.finance)
    page = get(client, published, "work/accounts/1/")
    (lines,) = re.findall(r'href="/[^/]+/(work/accounts/1/lines/\?stage=claimed&amp;figure=[^"]*gross[^"]*)"', page)[:1]
    listed = get(client, published, lines.replace("&amp;", "&"))
    assert "The amounts of its lines add to this figure, to the penny" in listed
    (line,) = re.findall(r'href="/[^/]+/(work/accounts/1/lines/delivery/[^"]+)"', listed)[:1]
    steps = get(client, published, line)
    assert "Gross value" in steps
    assert "On record today" in steps


@pytest.mark.parametrize("by", ["department", "place", "channel", "theme", "measure"])
def test_account_is_told_by_group_and_each_group_opens_onto_its_lines(published: Any, sign_in: Any, by: str) -> None:
    client = sign_in(published.finance)
    page = get(client, published, f"work/accounts/1/?by={by}")
    lines = re.findall(rf'href="/[^/]+/(work/accounts/1/lines/\?stage=claimed[^"]*by={by}[^"]*)"', page)
    assert lines
    assert "2 lines" in get(client, published, lines[0].replace("&amp;", "&"))


def test_lines_in_no_total_are_listed_with_why(books: Any, sign_in: Any) -> None:
    books.delivered("10")
    promise = books.council.promise(None, "5", books.council.agreement(starts_on=queries.FinancialYear(2025).starts_on,
                                                                        ends_on=queries.FinancialYear(2025).ends_on))  # fmt: skip
    assert promise
    books.close()
    books.publish()
    page = get(sign_in(books.lead), books, "work/accounts/1/lines/?stage=promised&figure=none")
    assert "kept in the words of the contract, tied to no measure" in page


def test_figure_that_is_none_is_not_there(published: Any, sign_in: Any) -> None:
    get(sign_in(published.lead), published, "work/accounts/1/lines/?figure=a:b:c:d:e:f:g", 404)
    get(sign_in(published.lead), published, "work/accounts/9/", 404)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_account_and_its_lines_download(published: Any, sign_in: Any, form: str) -> None:
    client = sign_in(published.lead)
    for address in (f"work/accounts/1/export/{form}/", f"work/accounts/1/lines/export/{form}/?stage=claimed"):
        assert client.get(f"/{published.body.slug}/{address}").status_code == 200


def test_public_reads_the_account_and_checks_its_file(published: Any, client: Any) -> None:
    assert "Account 1: 2025/26" in get(client, published, "accounts/")
    page = get(client, published, "accounts/1/")
    assert published.found.sha256 in page
    raw = client.get(f"/{published.body.slug}/accounts/1/account.zip").content
    noted = get(client, published, "accounts/checkpoint.txt")
    key = get(client, published, "accounts/public.key").strip()
    assert check_account(raw, key=key, checkpoint=noted).is_well
    assert read_checkpoint(noted).accounts[0].sha256 == published.found.sha256
    assert "lines.csv" in zipfile.ZipFile(io.BytesIO(raw)).namelist()
    assert client.get(f"/{published.body.slug}/accounts/1/download/csv/").status_code == 200


def test_public_reads_a_restated_account_marked(published: Any, client: Any) -> None:
    published.publish(restates=1, reason="A return was counted twice.")
    assert "took its place on" in get(client, published, "accounts/1/")
    assert "A return was counted twice." in get(client, published, "accounts/2/")
    assert "Restated by account 2" in get(client, published, "accounts/")


def test_body_without_an_account_says_when_the_first_comes(books: Any, client: Any, sign_in: Any) -> None:
    assert "No account is published yet" in get(client, books, "accounts/")
    assert "still needs" in get(sign_in(books.lead), books, "work/accounts/")


def test_people_who_may_not_decide_read_and_do_not_prepare(books: Any, sign_in: Any) -> None:
    books.delivered()
    books.close()
    client = sign_in(books.council.officer)
    assert "Prepare the account" not in get(client, books, "work/accounts/checks/2025-26/")
    assert post(client, books, "accounts/prepare/2025-26/", SAID).status_code == 403
    waits = books.prepare()
    assert post(client, books, f"accounts/prepared/{waits.public_id}/publish/").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["accounts/", "accounts/checks/2025-26/", "accounts/1/", "accounts/1/lines/", "accounts/1/export/csv/",
     "accounts/prepared/{}/"],
)  # fmt: skip
def test_another_bodys_people_find_nothing(
    books: Any, make_body: Any, make_person: Any, sign_in: Any, address: str
) -> None:
    books.delivered()
    books.close()
    waits = books.prepare()
    client = sign_in(make_person("finance", body=make_body()))
    assert client.get(f"/{books.body.slug}/work/{address.format(waits.public_id)}").status_code == 404


def test_refused_form_keeps_what_was_typed(books: Any, sign_in: Any) -> None:
    books.delivered()
    books.close()
    answered = post(sign_in(books.lead), books, "accounts/prepare/2025-26/", SAID | {"materiality": "much"})
    assert answered.status_code == 422
    assert "As recorded." in answered.content.decode()


def test_number_of_queries_does_not_grow_with_the_account(
    books: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    books.delivered("10")
    books.close()
    books.publish()
    client, counts = sign_in(books.finance), []
    for number in (1, 2):
        for address in (f"work/accounts/{number}/", f"work/accounts/{number}/lines/?stage=claimed"):
            get(client, books, address)
            with CaptureQueriesContext(
                connection,
            ) as ran:
                get(client, books, address)
            counts.append(len(ran))
        if number == 1:
            books.close(kind="reopened")
            for quantity in ("3", "4", "5"):
                books.delivered(quantity)
            books.close()
            books.publish(restates=1, reason="Three more were found.")
    assert counts[:2] == counts[2:]
