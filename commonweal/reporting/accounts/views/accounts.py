"""Published accounts as staff read them: the list, one account, the lines of a figure, the steps of a line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from commonweal.base.access import rule_for
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page
from commonweal.base.templatetags.figures import amount_in_unit, long_date
from commonweal.engine.account_bundle import STAGES as STAGE_WORDS
from commonweal.engine.factors import Span
from commonweal.engine.presentation import allocated, rounded
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.queries import today as current_day
from commonweal.reporting.accounts import presentation, queries
from commonweal.reporting.accounts.presentation import GROUPS, figures_of, key_of_slug, year_of
from commonweal.reporting.figures import STAGES
from commonweal.reporting.presentation import plural, written
from commonweal.reporting.views.steps import told_of

if TYPE_CHECKING:
    from commonweal.base.models import Body

_SORTS = {"row": "row", "department": "department", "place": "place"}


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether whoever asks may post to an address of this room."""
    return rule_for(f"accounts:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def crumbs(body: Body, here: str, *between: tuple[str, str]) -> dict[str, Any]:
    """This will lead from the list of accounts to a page beneath it."""
    items: list[dict[str, str]] = [{"text": "Accounts", "href": reverse("accounts:accounts", args=[body.slug])}]
    return {"items": [*items, *({"text": words, "href": href} for words, href in between), {"text": here}]}


def accounts(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the accounts that were published, what is being prepared, and the years that wait for one."""
    found = queries.published_accounts(body)
    standing = queries.in_force(found)
    closed = queries.years_closed(body)
    this = FinancialYear.of(current_day())
    content = {
        "rows": [
            {
                "account": each, "year": year_of(each).name,
                "state": "In force" if standing[each.year] == each.number else f"Restated by account {standing[each.year]}",
                "stands": standing[each.year] == each.number,
            }
            for each in found
        ],
        "prepared": queries.prepared(body),
        "prepared_year": _year_words(queries.prepared(body)),
        "waiting": [year for year in closed if year.begins not in standing],
        "open_year": this.previous if this.previous not in closed else None,
        "may_prepare": may(request, "prepare"),
        "page_heading": "Published accounts",
    }  # fmt: skip
    return render(request, "accounts/accounts.html", content)


def _year_words(preparation: Any) -> str:
    return FinancialYear(preparation.year).name if preparation else ""


def account(request: HttpRequest, body: Body, number: int) -> HttpResponse:
    """This will show one published account: every figure, what is said about it, and how anyone can check it."""
    found = queries.get_account(body, number)
    figures, rules = figures_of(found.content), queries.rules_of(found)
    titles = {name: edition.named for name, edition in rules.editions.items()}
    stage, key = presentation.leading_stage(figures), presentation.leading_key(figures)
    by = request.GET.get("by", "")
    by = by if by in GROUPS else "department"

    def lines_url(**wanted: str) -> str:
        return f"{reverse('accounts:lines', args=[body.slug, number])}?{urlencode(wanted)}"

    names = presentation.names_of_groups(found.content, rules, by)
    groups = presentation.group_rows(figures, by, key, names, lines_url) if key else []
    coverage = found.content["coverage"]
    lines = coverage["stages"][stage]["lines"]
    later = queries.superseded_by(found)
    content = {
        "account": found, "year": year_of(found), "later": later, "statements": found.content["statements"],
        "materiality": Decimal(found.content["statements"]["materiality"]),
        "figures": presentation.shown_figures(figures, stage, titles, year_of(found).ends_on, lines, lines_url),
        "stage": STAGES[stage].lower(), "rows": presentation.stage_rows(figures, titles, lines_url),
        "stages": STAGES.values(), "editions": titles,
        "groups": groups, "by": by, "group_words": GROUPS[by],
        "ways": [(f"?by={each}#groups", words, each == by) for each, words in GROUPS.items()],
        "group_of": _key_words(figures, key), "chart": presentation.chart(groups, by, key, found, stage) if key else None,
        "counts": [
            {"stage": STAGES[cells[0]], "title": _title(rules, cells[1], cells[2]),
             "quantity": amount_in_unit(Decimal(cells[5]), cells[3]), "lines": cells[6], "why": cells[7]}
            for cells in found.content["counts"]
        ],
        "as_contracted": coverage["as_contracted"],
        "coverage": [(words, coverage["stages"][name]) for name, words in STAGES.items()],
        "without_url": lines_url(stage="claimed", figure="none"),
        "restated": presentation.restated_rows(found.content), "parts": presentation.PART_NAMES,
        "part_words": presentation.PART_WORDS,
        "exports": [(words, reverse("accounts:export", args=[body.slug, number, form]))
                    for words, form in (("CSV", "csv"), ("Excel", "xlsx"))],
        "may_restate": may(request, "restate") and later is None,
        "page_heading": f"Account {number}: {year_of(found).name}",
        "breadcrumbs": crumbs(body, f"Account {number}"),
    }  # fmt: skip
    return render(request, "accounts/account.html", content)


def _key_words(figures: Any, key: tuple[str, ...] | None) -> str:
    some = next((each for each in figures if each.key == key), None)
    return f"{some.words}, {some.key[3]}" if some else ""


def _title(rules: Any, reference: str, measure: str) -> str:
    edition = rules.editions.get(reference)
    return edition.measures[measure].title if edition and measure in edition.measures else measure


def export(request: HttpRequest, body: Body, number: int, form: str) -> HttpResponse:
    """This will give every figure of an account, as a whole and by group."""
    found = queries.get_account(body, number)
    return export_response(
        form, name=f"{body.slug}-account-{number}", headings=presentation.FIGURE_HEADINGS,
        rows=presentation.figure_rows(found.content, queries.rules_of(found)), about=about(body, found),
    )  # fmt: skip


def about(body: Body, found: Any) -> list[tuple[str, str]]:
    """This will say in a workbook which account a file is of."""
    return [
        ("Body", body.name), ("Account", f"{found.number}, of {year_of(found).name}"), ("SHA-256 of its file", found.sha256),
        ("Note", found.content["statements"]["not_part"]),
    ]  # fmt: skip


# --- the lines of a figure ----------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> queries.Asked:
    stage = request.GET.get("stage", "claimed")
    by = request.GET.get("by", "")
    slug = request.GET.get("figure", "")
    return queries.Asked(
        stage=stage if stage in STAGE_WORDS else "claimed", figure=key_of_slug(slug),
        by=by if by in GROUPS else "", group=request.GET.get("group", "") if by in GROUPS else "",
        without_value=slug == "none",
    )  # fmt: skip


def _figure_of(found: Any, asked: queries.Asked) -> presentation.AccountFigure | None:
    wanted = (asked.stage, asked.by, asked.group, asked.figure)
    return next(
        (each for each in figures_of(found.content) if (each.stage, each.by, each.group, each.key) == wanted), None
    )


def _shown(found: Any, asked: queries.Asked, figure: Any, rows: list[Any]) -> dict[int, Span]:
    """The amounts of lines as shown: those of a figure add to it, unless they are too many to be laid side by side."""
    if figure and figure.lines <= queries.MOST_ALLOCATED:
        amounts = queries.amounts_of(found, asked)
        return dict(zip(amounts, allocated(list(amounts.values())), strict=True))
    works = queries.rules_of(found)
    shown = {}
    for row in rows:
        valued = queries.value_of(works, row, asked.stage)
        level = asked.figure[3] if asked.figure else "gross"
        span = valued and valued.in_totals and (valued.gross if level == "gross" else valued.net)
        if span:
            shown[row.row] = rounded(span)
    return shown


def lines(request: HttpRequest, body: Body, number: int) -> HttpResponse:
    """This will list the lines a figure of an account is the sum of, each leading to its steps."""
    found = queries.get_account(body, number)
    asked = _asked(request)
    figure = _figure_of(found, asked)
    if asked.figure and figure is None:
        raise Http404
    cut = cut_page(queries.lines_of(found, asked), request.GET, _SORTS, default="row")
    shown, rules = _shown(found, asked, figure, list(cut.rows)), queries.rules_of(found)
    titles = queries.titles_of(body, {row.agreement for row in cut.rows})
    names = {by: presentation.names_of_groups(found.content, rules, by) for by in ("department", "place")}
    has_why = any(row.why_not for row in cut.rows)
    listing = Listing(
        caption="Lines", query=request.GET, sort=cut.sort, after=cut.after, count=plural(cut.total, "line"),
        columns=(
            Column("row", "Line", sortable=True), Column("agreement", "Agreement"), Column("when", "When"),
            Column("place", "Place", sortable=True), Column("quantity", "Counted", numeric=True),
            Column("amount", "Amount", numeric=True), *((Column("why", "Why it is in no total"),) if has_why else ()),
        ),
        rows=[
            [
                Link(_title(rules, row.edition, row.measure) or "Under no measure that is published",
                     f"{reverse('accounts:line', args=[body.slug, number, row.record, row.line])}?stage={asked.stage}"),
                titles.get(row.agreement, row.agreement), _when(row), names["place"].get(row.place, row.place),
                _counted(row, asked.stage), written(shown.get(row.row)), *((row.why_not,) if has_why else ()),
            ]
            for row in cut.rows
        ],
        exports={words: reverse("accounts:lines_export", args=[body.slug, number, form])
                 for words, form in (("CSV", "csv"), ("Excel", "xlsx"))},
        empty=f"Nothing {STAGES[asked.stage].lower()} is in this account.",  # type: ignore[index]
    )  # fmt: skip
    titles_of_editions = {name: edition.named for name, edition in rules.editions.items()}
    whole = found.content["coverage"]["stages"][asked.stage]["lines"]
    here = reverse("accounts:account", args=[body.slug, number])
    content = {
        "listing": listing,
        "figure": presentation.shown_figures([figure], figure.stage, titles_of_editions, year_of(found).ends_on, whole,
                                             lambda **_wanted: "#lines")
        if figure and not figure.by else [],
        "group_figure": figure if figure and figure.by else None,
        "group_name": presentation.names_of_groups(found.content, rules, asked.by).get(asked.group, asked.group)
        if asked.by else "",
        "group_words": GROUPS.get(asked.by, ""), "amount": written(rounded(figure.amount)) if figure else "",
        "stage": STAGES[asked.stage].lower(),  # type: ignore[index]
        "without": asked.without_value, "is_allocated": bool(figure and figure.lines <= queries.MOST_ALLOCATED),
        "page_heading": "Lines in no total" if asked.without_value else "Line by line",
        "page_caption": f"Account {number}: {year_of(found).name}",
        "breadcrumbs": crumbs(body, "Line by line", (f"Account {number}", here)),
    }  # fmt: skip
    return render(request, "accounts/lines.html", content)


def _when(row: Any) -> str:
    if row.starts_on is None or row.ends_on is None:
        return "period not recorded"
    return f"{long_date(row.starts_on)} to {long_date(row.ends_on)}"


def _counted(row: Any, stage: str) -> str:
    quantity = queries.quantity_at(row, stage)
    if quantity is None:
        return "–"
    return amount_in_unit(quantity * row.share, row.unit) if row.unit else f"{(quantity * row.share).normalize():f}"


def lines_export(request: HttpRequest, body: Body, number: int, form: str) -> HttpResponse:
    """This will give the lines of a figure of an account, every one of them."""
    found = queries.get_account(body, number)
    asked = _asked(request)
    figure = _figure_of(found, asked)
    if asked.figure and figure is None:
        raise Http404
    rows = list(queries.lines_of(found, asked).order_by("row"))
    shown, rules = _shown(found, asked, figure, rows), queries.rules_of(found)
    return export_response(
        form, name=f"{body.slug}-account-{number}-lines",
        headings=("Line", "Record", "Promise", "Agreement", "Edition", "Measure", "Unit", "Quantity", "Share counted",
                  "From", "Until", "Place", "Department", "Channel", "Amount (£)", "Low (£)", "High (£)",
                  "Why it is in no total"),
        rows=(
            (row.line, row.record, row.promise, row.agreement, row.edition, _title(rules, row.edition, row.measure),
             row.unit, queries.quantity_at(row, asked.stage), row.share, row.starts_on, row.ends_on, row.place,
             row.department, row.channel, *_three(shown.get(row.row)), row.why_not)
            for row in rows
        ),
        about=about(body, found),
    )  # fmt: skip


def _three(span: Span | None) -> tuple[Any, Any, Any]:
    if span is None:
        return None, None, None
    return (span.central, *span.ends) if span.central is not None else (None, span.low, span.high)


def line(request: HttpRequest, body: Body, number: int, record: str, line: str) -> HttpResponse:
    """This will show how one line of an account came to its value, by the values the account itself holds."""
    found = queries.get_account(body, number)
    held = queries.get_line(found, record, line)
    rules = queries.rules_of(found)
    possible = [stage for stage in STAGE_WORDS if queries.quantity_at(held, stage) is not None]
    stage = request.GET.get("stage", "")
    stage = stage if stage in possible else possible[0]
    valued = queries.value_of(rules, held, stage)
    here = reverse("accounts:account", args=[body.slug, number])
    content = {
        "line": held, "stage": STAGES[stage], "counted": _counted(held, stage), "when": _when(held),  # type: ignore[index]
        "place": presentation.names_of_groups(found.content, rules, "place").get(held.place, held.place),
        "agreement": queries.titles_of(body, {held.agreement}).get(held.agreement, ""),
        "steps": told_of(valued) if valued else [], "valued": valued,
        "value": valued.factor.value if valued and valued.factor else None,
        "tabs": [(f"?stage={each}", STAGES[each], each == stage) for each in possible],  # type: ignore[index]
        "record_url": reverse("reporting:line_worth", args=[body.slug, held.line]),
        "page_heading": _title(rules, held.edition, held.measure) or "Under no measure that is published",
        "page_caption": f"{'Promise' if held.record == 'promise' else 'Delivery'} {held.line}, account {number}",
        "breadcrumbs": crumbs(body, held.line, (f"Account {number}", here)),
    }  # fmt: skip
    return render(request, "accounts/line.html", content)
