"""What was ordered under one agreement, what its formulas have come to, and the forms that record it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page
from commonweal.base.queries import find_body
from commonweal.base.templatetags.figures import amount_in_unit, long_date, money, pounds
from commonweal.delivery.orders import actions, forms, policies, queries
from commonweal.delivery.promises import how_often
from commonweal.delivery.queries import get_agreement, promise_table
from commonweal.delivery.views.agreements import form_page, thread_of
from commonweal.directory.queries import today
from commonweal.money import PENNY, round_half_up

if TYPE_CHECKING:
    from commonweal.base.models import Body

SORTS = {"date": "dated_on", "amount": "amount", "number": "reference"}
COLUMNS = (
    Column("number", "Order", sortable=True),
    Column("date", "Date", sortable=True),
    Column("buyer", "Bought by"),
    Column("under", "Under"),
    Column("amount", "Amount", numeric=True, sortable=True),
    Column("state", "What about it"),
)


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does."""
    return rule_for(f"orders:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def crumbs(body: Body, agreement: Any, *steps: str) -> dict[str, Any]:
    """This will lead back from a page of orders to the agreement and the list of agreements."""
    page = reverse("delivery:agreement", args=[body.slug, agreement.public_id])
    here = reverse("orders:agreement", args=[body.slug, agreement.public_id])
    items: list[dict[str, str]] = [
        {"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
        {"text": agreement.title, "href": page},
        {"text": "Orders", "href": here} if steps else {"text": "Orders"},
    ]
    return {"items": [*items, *({"text": step} for step in steps)]}


def agreement(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show what was ordered under an agreement and what its formula promises have come to."""
    found = get_agreement(body, public_id)
    orders = queries.orders_under(found)
    cut = cut_page(orders, request.GET, SORTS, default="-date")
    formulas = queries.formulas(found)
    may_add = may(request, "order_add")
    listing = Listing(
        caption="Orders", columns=COLUMNS, rows=[_row(body, each, found, may_add) for each in cut.rows],
        query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} order{'' if cut.total == 1 else 's'}",
        exports={words: reverse("orders:orders_export", args=[body.slug, public_id, form])
                 for words, form in (("CSV", "csv"), ("Excel", "xlsx"))},
        empty="No orders yet. Record call-offs, purchase orders or invoices, or bring in the list that finance keeps.",
        empty_action=Link("Record an order", reverse("orders:order_add", args=[body.slug, public_id]))
        if may_add else None,
    )  # fmt: skip
    bought = queries.bought_by(list(orders))
    content = {
        "agreement": found,
        "thread": thread_of(found, promise_table(found, today()), "promise"),
        "formulas": [_formula(each, found) for each in formulas],
        "twice": queries.counted_twice(formulas),
        "bought": bought,
        "total": sum((each.amount for each in bought), start=Decimal(0)),
        "listing": listing,
        "files": queries.files_of(found),
        "may": may_add and found.state != "terminated",
        "counts": bool(queries.triggers_of(found)),
        "page_heading": found.title,
        "page_caption": "Orders",
        "breadcrumbs": crumbs(body, found),
    }
    return render(request, "orders/agreement.html", content)


def _formula(row: queries.FormulaRow, agreement: Any) -> dict[str, Any]:
    held, commitment = row.accrued, row.commitment
    per_spend = commitment.basis == "per-spend"
    return {
        "commitment": commitment,
        "words": row.words,
        "from_above": commitment.agreement if commitment.agreement_id != agreement.pk else None,
        "is_rate": row.is_rate,
        "base": money(held.base) if per_spend else how_often(held.base),
        "come_to": amount_in_unit(held.quantity, commitment.unit_words),
        "own": own_share(held.own, commitment.unit_words) if held.own != held.quantity else "",
    }


def own_share(own: Decimal, unit: str) -> str:
    """This will write a body's own share of a formula with two decimals at most; the parts themselves keep all six."""
    shown = round_half_up(own)
    return f"less than {amount_in_unit(PENNY, unit)}" if own > 0 and not shown else amount_in_unit(shown, unit)


def exact_pounds(amount: Decimal) -> str:
    """This will write pounds as they are: with pence where there are any, without where there are none."""
    return pounds(amount) if amount == amount.to_integral_value() else money(amount)


def _row(body: Body, each: Any, agreement: Any, may_add: bool) -> tuple[object, ...]:
    if each.withdrawn_at is not None:
        state: object = "Taken back"
    elif may_add:
        state = Link("Take back", reverse("orders:order_take_back", args=[body.slug, each.public_id]))
    else:
        state = each.description or "–"
    name = f"{each.get_kind_display()} {each.reference}"
    amount = how_often(each.happened) if each.amount is None else exact_pounds(each.amount)
    under = "This agreement" if each.agreement_id == agreement.pk else each.agreement.title
    return name, long_date(each.dated_on), each.ordered_by.name, under, amount, state


def orders_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write every order under an agreement as a file, those taken back marked so."""
    found = get_agreement(body, public_id)
    return export_response(
        form, name=f"orders-{found.reference or found.title}-{today()}",
        headings=["Order number", "Kind", "Date", "Bought by", "Amount (£)", "Happened", "Promise", "Under", "What for",
                  "Recorded", "Taken back"],
        rows=(
            (each.reference, each.get_kind_display(), each.dated_on, each.ordered_by.name, each.amount, each.happened,
             each.commitment.wording if each.commitment else "", each.agreement.title, each.description,
             each.recorded_at, each.withdrawn_at)
            for each in queries.orders_under(found)
        ),
        about=[("Agreement", found.title), ("Body", body.name), ("As of", long_date(today()))],
    )  # fmt: skip


def order_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record an order by hand."""
    found = get_agreement(body, public_id)
    back = reverse("orders:agreement", args=[body.slug, public_id])
    buyers = [(each.slug, each.name) for each in queries.buyers(found)]
    form = forms.OrderForm(
        request.POST or None, buyers=buyers, asked=policies.unlikely(found), initial={"dated_on": today()}
    )
    if request.method == "POST" and form.is_valid():
        given = form.order()
        given["ordered_by"] = find_body(given["ordered_by"]) if "ordered_by" in given else body
        try:
            actions.record_order(by=request.user, agreement=found, **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The order is recorded, and the promises that depend on it are reckoned anew.")
            return redirect(back)
    return form_page(request, form, f"Record an order under {found.title}", back, "Record the order")


def count_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record how often a promise's trigger happened."""
    found = get_agreement(body, public_id)
    back = reverse("orders:agreement", args=[body.slug, public_id])
    held = {each.public_id: each for each in queries.triggers_of(found)}
    if not held:
        raise NotPossible("No promise of this agreement waits for something to happen.")
    choices = [(key, each.wording) for key, each in held.items()]
    form = forms.CountForm(request.POST or None, promises=choices, initial={"dated_on": today()})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["commitment"] = held[given["commitment"]]
        try:
            actions.record_order(by=request.user, agreement=found, kind="trigger", **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "It is recorded, and the promise that depends on it is reckoned anew.")
            return redirect(back)
    return form_page(request, form, f"What happened under {found.title}", back, "Record it")


def order_take_back(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take an order back, with the reason."""
    order = queries.get_order(body, public_id)
    back = reverse("orders:agreement", args=[body.slug, order.agreement.public_id])
    form = forms.TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_back(by=request.user, order=order, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Order {order.reference} is taken back. It counts for nothing from now on.")
            return redirect(back)
    what = money(order.amount) if order.amount is not None else how_often(order.happened or Decimal(0))
    lead = f"{what} on {long_date(order.dated_on)}, bought by {order.ordered_by.name}. It stays on record, marked so."
    return form_page(request, form, f"Take back order {order.reference}?", back, "Take it back", page_lead=lead)
