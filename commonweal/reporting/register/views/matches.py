"""The three-way reconciliation: what belongs together, what is missing on each side, and what a person is to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.govuk.markup import element, join
from commonweal.directory.queries import today
from commonweal.reporting.register import actions, forms, presenting, queries
from commonweal.reporting.register.matching import Contract, Reconciliation
from commonweal.reporting.register.presenting import pounds, title_of
from commonweal.reporting.register.views.pages import crumbs, department_choices, exports, may, ways, year_of, years
from commonweal.reporting.register.vocabulary import SIDES, STANDINGS, VERDICTS

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.engine.year import FinancialYear

PAGE = 50
COLUMNS = (
    Column("contract", "Contract", sortable=True),
    Column("supplier", "Supplier", sortable=True),
    Column("register", "Register", numeric=True, sortable=True),
    Column("agreement", "Agreement", numeric=True, sortable=True),
    Column("payments", "Paid", numeric=True, sortable=True),
    Column("wrong", "What to look at"),
)


def _departments(body: Body) -> dict[str, str]:
    return dict(department_choices(body))


def _shown(
    request: HttpRequest, body: Body, year: FinancialYear
) -> tuple[forms.MatchFilters, Reconciliation, list[Contract], bool]:
    """The contracts an address asks for, in its order, and whether it narrows them at all."""
    departments = [*department_choices(body), ("none", "No department")]
    form = forms.MatchFilters(request.GET.dict() | {"year": year.slug}, years=years(body), departments=departments)
    found = queries.reconciliation(body, year)
    given = dict(form.cleaned_data) if form.is_valid() else {}
    given.pop("year", None)
    narrowed = presenting.chosen(found, **given)
    ordered = presenting.in_order(narrowed, request.GET.get("sort", ""), _departments(body))
    return form, found, ordered, any(given.values())


def reconciliation(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show what the register, the agreements and the payments of a year each know, and what is missing."""
    year = year_of(request, body)
    form, found, contracts, narrowed = _shown(request, body, year)
    ids = [each.id for each in contracts]
    after = request.GET.get("after", "")
    start = ids.index(after) + 1 if after in ids else 0
    page = contracts[start : start + PAGE]
    sort = request.GET.get("sort", "")
    listing = Listing(
        caption="Contracts", columns=COLUMNS, rows=[_row(body, each, year) for each in page], query=request.GET,
        sort=sort if sort.removeprefix("-") in presenting.SORTS else "-payments",
        after=ids[start + PAGE - 1] if start + PAGE < len(ids) else None,
        count=f"{len(ids):,} contract{'' if len(ids) == 1 else 's'}", filters=form,
        exports=exports("register:reconciliation_export", body.slug),
        empty="Nothing matches these filters." if narrowed else
        "Neither a contracts register nor payments of this year were brought in yet.",
        empty_action=Link("Bring in a file", reverse("register:file_add", args=[body.slug]))
        if may(request, "file_add") and not narrowed else None,
    )  # fmt: skip
    parts = found.by_standing([key for key, _ in STANDINGS])
    departments = _departments(body)
    by_department = found.by_department()
    content = {
        "listing": listing, "year": year, "whole": presenting.sum_row("All of these", found.whole),
        "standings": [
            presenting.sum_row(words, parts[key], _address(year, standing=key))
            for key, words in STANDINGS if parts[key].contracts
        ],
        "departments": [
            presenting.sum_row(departments.get(key, "No department"), by_department[key],
                               _address(year, department=key or "none"))
            for key in sorted(by_department, key=lambda key: (not key, departments.get(key, "").casefold()))
        ],
        "findings": [
            (words, count, _address(year, finding=key)) for key, words in presenting.FINDING_WORDS.items()
            if (count := sum(any(one.code == key for one in each.findings) for each in found.contracts))
        ],
        "to_decide": sum(bool(each.perhaps) for each in found.contracts), "decide_url": _address(year, perhaps="on"),
        "others": presenting.sum_row("Of other years", queries.matching.part_of(found.others)) if found.others else None,
        "chart": presenting.chart_of_payments(parts, year, min(today(), year.ends_on)), "headings": presenting.SUM_HEADINGS,
        "is_narrowed": narrowed, "ways": ways(body, "register:reconciliation", f"?year={year.slug}"),
        "page_heading": "Register, agreements and payments", "page_caption": year.name,
        "breadcrumbs": crumbs(body, "Register, agreements and payments"),
    }  # fmt: skip
    return render(request, "register/reconciliation.html", content)


def _address(year: FinancialYear, **words: str) -> str:
    return f"?year={year.slug}&{'&'.join(f'{name}={value}' for name, value in words.items())}#contracts"


def _row(body: Body, each: Contract, year: FinancialYear) -> list[object]:
    href = f"{reverse('register:contract', args=[body.slug, each.id])}?year={year.slug}"
    reference = presenting.reference_of(each)
    said = [*presenting.finding_words(each)]
    if each.perhaps:
        said.append("To be decided")
    standing = presenting.STANDING_WORDS[each.standing]
    look = element(
        "ul",
        {"class": "dl-why"},
        element("li", {"class": "dl-note"}, standing),
        *(element("li", {}, one) for one in said),
    )
    name: object = title_of(each.named)
    if reference:
        name = join([name, " ", element("span", {"class": "dl-ref"}, reference)])
    return [
        Link(name, href), presenting.supplier_of(each), pounds(each.amount("register")),
        pounds(each.amount("agreement")), pounds(each.amount("payments")), look,
    ]  # fmt: skip


def reconciliation_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write the contracts an address asks for as a file, every one of them, in its order."""
    year = year_of(request, body)
    _form, _found, contracts, _narrowed = _shown(request, body, year)
    return export_response(
        form, name=f"{body.slug}-reconciliation-{year.slug}", headings=presenting.HEADINGS,
        rows=presenting.export_rows(contracts, _departments(body)),
        about=[("Body", body.name), ("What", f"Contracts register, agreements and payments of {year.name}"),
               ("Matched by", "Reference, else exactly the same supplier and title, or as a person decided")],
    )  # fmt: skip


def contract(request: HttpRequest, body: Body, item: str) -> HttpResponse:
    """This will show one contract: what each side says of it, what is wrong, and what may belong to it."""
    year = year_of(request, body)
    found = queries.reconciliation(body, year).find(item)
    if found is None:
        raise Http404
    sources = queries.entry_sources(body, found.items)
    departments = _departments(body)
    sides = [
        {
            "side": words, "amount": pounds(found.amount(side)),  # type: ignore[arg-type]
            "items": [
                {
                    "item": one, "title": title_of(one), "source": sources.get(one.id),
                    "department": departments.get(one.department, ""),
                    "href": reverse("delivery:agreement", args=[body.slug, one.public_id]) if one.public_id else "",
                    "payments": list(queries.payments_of(body, one, year)[:PAGE]) if side == "payments" else [],
                    "ever": pounds(one.ever) if side == "payments" else "",
                }
                for one in found.of(side)  # type: ignore[arg-type]
            ],
        }
        for side, words in SIDES.items()
    ]  # fmt: skip
    heading = title_of(found.named)
    content = {
        "found": found, "sides": sides, "findings": presenting.finding_words(found), "year": year,
        "standing": presenting.STANDING_WORDS[found.standing], "may": may(request, "decide"),
        "perhaps": [{"one": each.one.id, "other": each.other, "title": title_of(each.other), "why": each.why,
                     "side": SIDES[each.other.side], "amount": pounds(each.other.amount),
                     "href": reverse("register:contract", args=[body.slug, each.other.id])} for each in found.perhaps],
        "verdicts": VERDICTS, "alone": found.standing in ("payments-alone", "no-contract-needed"),
        "decisions": queries.decisions_about(body, [one.id for one in found.items]),
        "joined": _joined(found), "page_heading": heading, "page_caption": presenting.reference_of(found),
        "breadcrumbs": crumbs(
            body, ("Register, agreements and payments",
                   f"{reverse('register:reconciliation', args=[body.slug])}?year={year.slug}"), heading,
        ),
    }  # fmt: skip
    return render(request, "register/contract.html", content)


def _joined(found: Contract) -> list[dict[str, Any]]:
    """The items of a contract with another than the one that names it, so that each can be taken apart again."""
    return [
        {"one": found.named.id, "other": one.id, "title": title_of(one), "side": SIDES[one.side]}
        for one in found.items if one.id != found.named.id
    ]  # fmt: skip


def decide(request: HttpRequest, body: Body) -> HttpResponse:
    """This will take what a person says of two things that may be one contract."""
    form = forms.DecideForm(request.POST)
    year = year_of(request, body)
    here = f"{reverse('register:reconciliation', args=[body.slug])}?year={year.slug}"
    if not form.is_valid():
        messages.error(request, "Nothing was decided: choose what belongs together on the page of the contract.")
        return redirect(here)
    given = form.cleaned_data
    found = queries.reconciliation(body)
    known = all(each == queries.matching.NONE or found.find(each) for each in (given["one"], given["other"]))
    if not known:
        raise Http404
    try:
        actions.decide_match(by=request.user, body=body, **given)  # type: ignore[arg-type]
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Kept. It holds when the files come again, and can be changed on this page.")
    one = given["one"] if given["one"] != queries.matching.NONE else given["other"]
    return redirect(f"{reverse('register:contract', args=[body.slug, one])}?year={year.slug}")
