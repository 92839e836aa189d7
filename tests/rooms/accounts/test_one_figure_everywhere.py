"""One figure everywhere: what is recorded, as SQL adds it up, is what pages, files, the bundle and a check of it say."""

from __future__ import annotations

import csv
import io
import json
import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from commonweal.base.templatetags.figures import money
from commonweal.engine.account_check import check_account
from commonweal.reporting.accounts import queries
from commonweal.reporting.queries import account

#: The wage of `made-reporting@1.0`, in pounds a unit; the SQL reads it from the edition as it is stored.
_SQL = """
SELECT m.measure_id, f.kind, round(sum(f.quantity * (
    SELECT (each.value #>> '{value,amount}')::numeric FROM frameworks_edition e,
           jsonb_path_query(e.content, '$.themes[*].outcomes[*].measures[*]') each(value)
    WHERE e.id = m.edition_id AND each.value ->> 'id' = m.measure_id)), 2)
FROM delivery_entry n
JOIN delivery_commitment c ON c.id = n.commitment_id
JOIN frameworks_measure m ON m.id = c.measure_id
CROSS JOIN LATERAL (
    SELECT 'claimed' AS kind, n.quantity UNION ALL
    SELECT a.kind, a.quantity FROM delivery_assurancefact a WHERE a.entry_id = n.id
) f
WHERE n.body_id = %s AND NOT EXISTS (SELECT 1 FROM delivery_entry r WHERE r.reverses_id = n.id)
  AND n.reverses_id IS NULL AND n.ends_on BETWEEN '2025-04-01' AND '2026-03-31'
GROUP BY 1, 2
"""


@pytest.mark.parametrize("seed", range(3))
def test_published_figure_is_the_same_on_every_page_in_every_file_and_in_sql(
    books: Any, sign_in: Any, client: Any, tmp_path: Any, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(6):
        whole = chance.randrange(1, 10**7)
        books.delivered(f"{Decimal(whole).scaleb(-6)}", "wage", evidenced=f"{Decimal(whole // 3 + 1).scaleb(-6)}")
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [books.body.pk])
        by_sql = {(measure, kind): amount for measure, kind, amount in cursor.fetchall()}
    claimed, evidenced = by_sql["wage", "claimed"], by_sql["wage", "evidenced"]
    year = queries.FinancialYear(2025)
    told = account(books.body, on=year.ends_on, year=year).worths["claimed"].totals
    assert [total.amount.central.quantize(Decimal("0.01")) for total in told if total.amount.central] == [claimed]
    books.close()
    found = books.publish()
    slug, staff = books.body.slug, sign_in(books.finance)
    for address in (f"/{slug}/work/accounts/1/", f"/{slug}/accounts/1/"):
        page = staff.get(address).content.decode()
        assert money(claimed) in page
        assert money(evidenced) in page
    for form in ("csv", "xlsx"):
        for address in (f"/{slug}/work/accounts/1/export/{form}/", f"/{slug}/accounts/1/download/{form}/"):
            assert claimed in _amounts(staff.get(address).content, form), address
        lines = staff.get(f"/{slug}/work/accounts/1/lines/export/{form}/?stage=claimed&figure={_slug(found)}").content
        assert sum(_amounts(lines, form, column=14)) == claimed
    raw = client.get(f"/{slug}/accounts/1/account.zip").content
    assert raw == queries.bundle_of(found)
    assert check_account(raw).is_well
    rows = found.content["figures"]
    assert {row[16] for row in rows if row[0] == "claimed" and not row[1]} == {str(claimed)}
    assert json.dumps(found.content["coverage"]["stages"]["claimed"]["in_totals"]) == "6"


def _slug(found: Any) -> str:
    row = next(row for row in found.content["figures"] if row[0] == "claimed" and not row[1])
    return ":".join([*row[3:9], ""])


def _amounts(content: bytes, form: str, column: int = 10) -> list[Decimal]:
    if form == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Rows").to_python()[1:]
    return [Decimal(str(row[column])).quantize(Decimal("0.01")) for row in rows if row[column] not in ("", None)]
