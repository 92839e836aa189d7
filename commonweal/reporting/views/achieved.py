"""Proposed against achieved by provider and by place, and a provider's own report for its board."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.charts import Bar, BarChart
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.templatetags.figures import amount_in_unit, long_date, percentage, pounds, short_in_unit
from commonweal.delivery.queries import agreements_of_party, live_agreements
from commonweal.directory.queries import departments
from commonweal.engine.promises import ratio_words
from commonweal.frameworks.queries import get_edition
from commonweal.frameworks.queries import today as current_day
from commonweal.money import round_half_up
from commonweal.reporting.achieved import NONE, Achieved, By, Group, achieved
from commonweal.reporting.dividend import dividend, dividend_pdf, table_rows
from commonweal.reporting.forms import AchievedFilters
from commonweal.reporting.presentation import key_label, plural
from commonweal.reporting.record.queries import NO_DEPARTMENT

if TYPE_CHECKING:
    from commonweal.base.models import Body, Party

WORDS: Final[dict[str, tuple[str, str]]] = {
    "provider": ("Provider", "by provider"), "place": ("Place", "by place"),
}  # fmt: skip
#: What each column is sorted by; nothing known comes last.
SORTS: Final[dict[str, Callable[[Group], Any]]] = {
    "name": lambda each: each.name.casefold(),
    "promises": lambda each: each.promises,
    "kept": lambda each: Fraction(each.kept, each.promises) if each.promises else None,
    "late": lambda each: each.overdue + each.passed,
    "median": lambda each: each.median,
    "claimed": lambda each: each.claimed,
    "rate": lambda each: each.rate,
    "elapsed": lambda each: each.base.share,
}
#: Those with most promises first, until the reader chooses another order.
DEFAULT: Final = "-promises"
#: A chart names at most so many; the table has all.
_MOST_BARS: Final = 12


def _by(word: str) -> By:
    if word == "provider":
        return "provider"
    if word == "place":
        return "place"
    raise Http404


def _read(request: HttpRequest, body: Body, by: By) -> tuple[AchievedFilters, Achieved]:
    held = [(each.public_id, each.name) for each in departments(body)]
    held += [(each.public_id, f"{each.name} (ended)") for each in departments(body, ended=True)]
    form = AchievedFilters(request.GET, departments=[*held, (NO_DEPARTMENT, "No department")])
    form.is_valid()  # a word that is not a choice narrows nothing, and its field says so
    chosen = form.cleaned_data
    return form, achieved(
        body, by, current_day(), department=chosen.get("department", ""), channel=chosen.get("channel", "")
    )


def _ordered(groups: tuple[Group, ...], sort: str) -> list[Group]:
    key = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    known = [each for each in groups if key(each) is not None]
    known.sort(key=key, reverse=sort.startswith("-"))
    return known + [each for each in groups if key(each) is None]


def flags_words(group: Group) -> str:
    """This will say in plain words what is flagged of a group; "" where nothing is."""
    said = []
    if group.is_ambition:
        said.append("delivers usually more than twice what it promised: more could have been asked")
    if group.ambitions:
        said.append(f"{plural(group.ambitions, 'promise')} delivered more than three times over")
    if group.outliers:
        said.append(f"{plural(group.outliers, 'promise')} far above the rest: look at how it was counted")
    return "; ".join(said)


def base_words(group: Group) -> str:
    """This will say what a group's rates rest on, and what is lacking where there is none."""
    base = group.base
    lacking = []
    if base.without_value:
        lacking.append(f"{plural(base.without_value, 'agreement')} without a value")
    if base.without_dates:
        lacking.append(f"{plural(base.without_dates, 'agreement')} without dates")
    held = (
        f"{plural(base.agreements, 'agreement')}, {pounds(base.value)}"
        if base.value
        else plural(base.agreements, "agreement")
    )
    return f"{held}; {' and '.join(lacking)}" if lacking else held


def _pounds_of(amount: Fraction | None) -> str:
    return "–" if amount is None else pounds(round_half_up(_decimal(amount), Decimal(1)))


def _decimal(amount: Fraction) -> Decimal:
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def achieved_page(request: HttpRequest, body: Body, by: str) -> HttpResponse:
    """This will show, group by group, how promises stand and what has been delivered beside what has run."""
    chosen = _by(by)
    form, found = _read(request, body, chosen)
    sort = request.GET.get("sort", DEFAULT)
    title, words = WORDS[by]
    columns = [
        Column("name", title, sortable=True),
        Column("promises", "Kept", numeric=True, sortable=True),
        Column("late", "Late or over", numeric=True, sortable=True),
        Column("median", "Usual ratio", numeric=True, sortable=True),
        Column("claimed", "Delivered", numeric=True, sortable=True),
    ]  # fmt: skip
    if chosen == "provider":
        columns += [
            Column("rate", "Per £1m run", numeric=True, sortable=True),
            Column("elapsed", "Term gone", numeric=True, sortable=True),
        ]
    query = request.GET.urlencode()
    rows = [_row(body, chosen, each, query) for each in _ordered(found.groups, sort)]
    exports = {
        label: reverse("reporting:achieved_export", args=[body.slug, by, kind])
        for label, kind in (("CSV", "csv"), ("Excel", "xlsx"))
    }
    listing = Listing(
        caption=f"Proposed against achieved {words}", columns=columns, rows=rows, query=request.GET, sort=sort,
        count=plural(len(rows), title.lower()), filters=form, exports=exports,
        empty="Nothing has been promised yet. Record an agreement and what was promised in it.",
        empty_action=Link("See the agreements", reverse("delivery:agreements", args=[body.slug])),
    )  # fmt: skip
    content = {
        "listing": listing, "by": by, "chart": _chart(body, found), "figure": _figure_words(found),
        "ways": [(reverse("reporting:achieved", args=[body.slug, each]) + (f"?{query}" if query else ""),
                  f"By {each}", each == by) for each in WORDS],
        "page_heading": "Proposed against achieved",
        "breadcrumbs": {"items": [{"text": "Worth", "href": reverse("reporting:worth", args=[body.slug])},
                                  {"text": f"Proposed against achieved {words}"}]},
    }  # fmt: skip
    return render(request, "reporting/achieved.html", content)


def _row(body: Body, by: By, group: Group, query: str) -> tuple[object, ...]:
    address = reverse("reporting:achieved_group", args=[body.slug, by, group.key])
    share = group.base.share
    cells: list[object] = [
        render_to_string("reporting/_named.html", {
            "href": f"{address}?{query}" if query else address, "name": group.name, "flags": flags_words(group),
        }),
        f"{group.kept:,} of {group.promises:,}" if group.promises else "–", f"{group.overdue + group.passed:,}",
        ratio_words(group.median) or "–",
        "–" if group.claimed is None else pounds(round_half_up(group.claimed, Decimal(1))),
    ]  # fmt: skip
    if by == "provider":
        cells += [_pounds_of(group.rate), "–" if share is None else percentage(_decimal(share))]
    return tuple(cells)


def _figure_words(found: Achieved) -> str:
    if found.figure is None:
        return ""
    return key_label(found.figure, get_edition(found.figure.edition))


def _chart(body: Body, found: Achieved) -> BarChart | None:
    """How many promises of each group are kept, with a mark for how many there are; None with fewer than two."""
    shown = sorted((each for each in found.groups if each.promises), key=lambda each: (-each.promises, each.name))
    if len(shown) < 2:
        return None
    named, kept = shown[:_MOST_BARS], sum(each.kept for each in shown)
    whole = sum(each.promises for each in shown)
    return BarChart(
        title=f"{kept:,} of {plural(whole, 'promise is', 'promises are')} kept by what was reported; {named[0].name} has the most, "
        f"{named[0].kept:,} kept of {named[0].promises:,}",
        unit="promises", source=f"{body.name}, as recorded", as_of=found.on,
        left_out=f"{plural(len(shown) - len(named), 'other')}, in the table" if len(shown) > len(named) else "",
        bars=tuple(Bar(each.name, Decimal(each.kept), Decimal(each.promises)) for each in named),
    )  # fmt: skip


def achieved_export(request: HttpRequest, body: Body, by: str, form: str) -> HttpResponse:
    """This will write every group shown as a file, in the order of the page."""
    _by_words, found = _read(request, body, _by(by))
    title, words = WORDS[by]
    return export_response(
        form, name=f"{body.slug}-achieved-{by}",
        headings=[title, "Promises", "Kept", "Overdue", "Behind", "Above its limit", "Usual ratio", "Promised (£)",
                  "Delivered (£)", "Contract value (£)", "Contract value run (£)", "Of the term gone by",
                  "Delivered for each £1 million run (£)", "Delivered for each contract-year gone by (£)",
                  "Ambition flags", "Outlier flags", "What the rates rest on"],
        rows=(
            (each.name, each.promises, each.kept, each.overdue, each.behind, each.passed, ratio_words(each.median),
             each.promised, each.claimed, each.base.value, _exact(each.base.value_run), _exact(each.base.share, "0.0001"),
             _exact(each.rate), _exact(each.yearly), each.ambitions, each.outliers, base_words(each))
            for each in _ordered(found.groups, request.GET.get("sort", DEFAULT))
        ),
        about=[("Body", body.name), ("What", f"Proposed against achieved {words}, as of {long_date(found.on)}"),
               ("Figure in pounds", _figure_words(found) or "None: no line has a value")],
    )  # fmt: skip


def _exact(amount: Fraction | None, unit: str = "0.01") -> Decimal | None:
    return None if amount is None else round_half_up(_decimal(amount), Decimal(unit))


def achieved_group(request: HttpRequest, body: Body, by: str, key: str) -> HttpResponse:
    """This will show every promise of one provider or place, each leading to its entries."""
    _by_words, found = _read(request, body, _by(by))
    group = found.find(key)
    if group is None:
        raise Http404
    _title, words = WORDS[by]
    rows = [
        (
            Link(line.row.commitment.wording, reverse("delivery:commitment", args=[body.slug, line.row.commitment.public_id])),
            line.agreement.title, amount_in_unit(line.row.promised, line.row.commitment.unit_words),
            short_in_unit(line.row.delivered.claimed, line.row.commitment.unit_words),
            ratio_words(line.row.ratio) or "–",
            "–" if line.claimed is None else pounds(round_half_up(line.claimed, Decimal(1))),
            _standing(line.row),
        )
        for line in group.lines
    ]  # fmt: skip
    listing = Listing(
        caption=f"Promises of {group.name}",
        columns=[Column("promise", "Promise"), Column("agreement", "Agreement"), Column("promised", "Promised", numeric=True),
                 Column("delivered", "Delivered", numeric=True), Column("ratio", "Ratio", numeric=True),
                 Column("worth", "Worth", numeric=True), Column("standing", "How it stands")],
        rows=rows, query=request.GET, count=plural(len(rows), "promise"),
    )  # fmt: skip
    query = request.GET.urlencode()
    back = reverse("reporting:achieved", args=[body.slug, by]) + (f"?{query}" if query else "")
    content = {
        "listing": listing, "group": group, "by": by, "flags": flags_words(group), "base": base_words(group),
        "claimed": None if group.claimed is None else pounds(round_half_up(group.claimed, Decimal(1))),
        "rate": _pounds_of(group.rate), "yearly": _pounds_of(group.yearly), "figure": _figure_words(found),
        "share": None if group.base.share is None else percentage(_decimal(group.base.share)),
        "run": _pounds_of(group.base.value_run), "has_report": by == "provider" and key != NONE,
        "page_heading": group.name, "page_caption": f"Proposed against achieved {words}",
        "breadcrumbs": {"items": [{"text": f"Proposed against achieved {words}", "href": back}, {"text": group.name}]},
    }  # fmt: skip
    return render(request, "reporting/achieved_group.html", content)


def _standing(row: Any) -> str:
    if row.passed:
        return "Above its limit"
    if row.overdue:
        return "Overdue"
    if row.behind:
        return "Behind"
    if row.promised is None:
        return "No quantity promised"
    flag = {"ambition": ". More than three times over", "outlier": ". Far above the rest"}.get(row.flag or "", "")
    return ("Kept" if row.met else "On course") + flag


# --- the report of one provider -------------------------------------------------------------------------------------


def _pdf(found: Any, name: str) -> HttpResponse:
    response = HttpResponse(dividend_pdf(found), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="delivered-{name}-{found.on.isoformat()}.pdf"'
    return response


def provider_report(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will set what a provider has delivered for this body as a PDF, for the provider's board."""
    held = live_agreements(body).filter(provider__public_id=key).select_related("body", "provider")
    agreements = list(held)
    if not agreements or agreements[0].provider is None:
        raise Http404
    return _pdf(dividend(agreements[0].provider.name, agreements, current_day()), key)


def own_report(request: HttpRequest, party: Party) -> HttpResponse:
    """This will show a provider what it has delivered for every body, from its own record alone."""
    found = dividend(party.name, agreements_of_party(party), current_day())
    content = {
        "party": party, "found": found, "rows": table_rows(found), "is_invented": found.invented,
        "page_headline": _("What %(name)s has delivered") % {"name": party.name},
    }  # fmt: skip
    return render(request, "reporting/own_report.html", content)


def own_report_pdf(request: HttpRequest, party: Party) -> HttpResponse:
    """This will set the same as a PDF."""
    return _pdf(dividend(party.name, agreements_of_party(party), current_day()), party.public_id)
