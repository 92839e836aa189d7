"""What a provider sees of orders: its frameworks, what was bought by whom, and one page to report an order on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.templatetags.figures import amount_in_unit, money
from commonweal.delivery.orders import actions, forms, policies, queries
from commonweal.delivery.policies import check_right
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Party


def orders(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list what each framework or contract with formula promises has come to."""
    held: list[dict[str, Any]] = []
    for each in queries.callable_agreements(party):
        standing = [order for order in queries.orders_under(each) if order.withdrawn_at is None]
        held.append(
            {
                "agreement": each,
                "bought": [(b.body.name, money(b.amount)) for b in queries.bought_by(standing)],
                "formulas": [
                    (row.words, "" if row.is_rate else amount_in_unit(row.accrued.quantity, row.commitment.unit_words))
                    for row in queries.formulas(each)
                ],
            }
        )
    content = {
        "party": party,
        "held": held,
        "is_invented": any(each["agreement"].body.is_invented for each in held),
        "page_headline": _("What was ordered from %(name)s") % {"name": party.name},
    }
    return render(request, "orders/provider_orders.html", content)


def order_add(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will take a provider's report of an order, for every body that shares the framework."""
    found = queries.get_agreement_of_party(party, public_id)
    check_right(found, "report")
    records = queries.records_of_framework(found)
    buyers = {each.body.slug: each.body for each in records}
    form = forms.OrderForm(
        request.POST or None, buyers=[(slug, body.name) for slug, body in buyers.items()],
        asked=policies.unlikely(found), initial={"dated_on": today()},
    )  # fmt: skip
    back = reverse("orders_provider:orders", args=[party.public_id])
    if request.method == "POST" and form.is_valid():
        given = form.order()
        given["ordered_by"] = buyers[given["ordered_by"]] if "ordered_by" in given else found.body
        try:
            made = actions.report_order(by=request.user, agreement=found, **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            names = ", ".join(each.body.name for each in made)
            messages.success(request, _("The order is recorded with %(names)s.") % {"names": names})
            return redirect(back)
    content = {
        "form": form, "page_caption": found.title, "page_heading": _("Report an order"), "submit_text": _("Send"),
        "back_url": back, "is_invented": found.body.is_invented,
    }  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)
