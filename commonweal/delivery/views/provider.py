"""What a provider sees: its own promises across bodies, one thing per page, and a receipt worth keeping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from commonweal.delivery import queries
from commonweal.delivery.consequences import check_takes_work
from commonweal.delivery.policies import check_right
from commonweal.delivery.views.agreements import assurance_bar, promise_marks, today
from commonweal.delivery.views.entries import entry_form, record_from

if TYPE_CHECKING:
    from commonweal.base.models import Party


def promises(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list every promise of a provider that stands, by body and agreement."""
    found = [(each, queries.promise_table(each, today())) for each in queries.agreements_of_party(party)]
    shared = queries.commitments_with_shares(row.commitment.pk for _agreement, table in found for row in table.rows)
    tables = []
    for agreement, table in found:
        rows = []
        for row in table.rows:
            others = queries.shared_with(row.commitment) if row.commitment.pk in shared else []
            rows.append({"row": row, "others": [each.body.name for each in others]})
        if rows:
            marks, invented = promise_marks(table), agreement.body.is_invented
            tables.append(
                {"agreement": agreement, "marks": marks, "invented": invented, "rows": rows, "pace": table.pace_words}
            )
    content = {
        "party": party,
        "tables": tables,
        "is_invented": any(each["invented"] for each in tables),
        "page_headline": _("What %(name)s has promised") % {"name": party.name},
    }
    return render(request, "delivery/provider_promises.html", content)


def entry_add(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will take a provider's report of what it delivered under one promise."""
    commitment = queries.get_commitment_of_party(party, public_id)
    check_right(commitment.agreement, "report")
    check_takes_work(commitment.agreement)
    others = queries.shared_with(commitment)
    form = entry_form(request, [commitment, *others])
    if request.method == "POST" and form.is_valid():
        made = record_from(form, [commitment, *others], request.user)
        if made is not None:
            return redirect("delivery_provider:receipt", party.public_id, made.public_id)
    told = ", ".join(each.body.name for each in [commitment, *others])
    content = {
        "form": form,
        "page_caption": _("Report progress to %(body)s") % {"body": told}, "page_heading": commitment.wording,
        "submit_text": _("Send"), "back_url": reverse("delivery_provider:promises", args=[party.public_id]),
        "is_invented": commitment.body.is_invented,
    }  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)


def receipt(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will show what a provider sent, to keep."""
    entry = queries.get_entry_of_party(party, public_id)
    agreement = entry.commitment.agreement
    row = next(
        row for row in queries.promise_table(agreement, today()).rows if row.commitment.pk == entry.commitment_id
    )
    content = {
        "party": party, "entry": entry, "bar": assurance_bar(row), "page": queries.entry_page(entry),
        "others": queries.told_at_once_with(entry), "is_invented": entry.body.is_invented,
        "sent": localtime(entry.recorded_at),
    }  # fmt: skip
    return render(request, "delivery/provider_receipt.html", content)
