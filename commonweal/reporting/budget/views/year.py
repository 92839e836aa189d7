"""A year's account: what was budgeted, committed, forecast and delivered, split as the address says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from commonweal.asks.vocabulary import CHANNELS
from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.templatetags.figures import amount_in_unit, long_date, money, percentage
from commonweal.directory.queries import departments
from commonweal.engine.presentation import rounded
from commonweal.engine.year import FinancialYear, YearUnknown
from commonweal.frameworks.queries import objectives
from commonweal.money import round_half_up
from commonweal.reporting.budget import actions, forms, presentation, queries
from commonweal.reporting.budget.vocabulary import NOT_ACCOUNTS, SPLITS, STATES
from commonweal.reporting.figures import TotalKey, What
from commonweal.reporting.presentation import KINDS, editions_of, key_label, key_slug, plural
from commonweal.reporting.queries import named_places
from commonweal.reporting.record.queries import NO_DEPARTMENT, NO_OBJECTIVE, SEVERAL_OBJECTIVES

if TYPE_CHECKING:
    from commonweal.base.models import Body

#: The pages of a year, in the order a reader comes to them.
PAGES = (
    ("year", "The account"),
    ("lines", "Budget"),
    ("baseline", "Baseline"),
    ("forecast", "Forecast"),
    ("opening", "Opening"),
    ("twice", "Counted twice"),
    ("closing", "Closing"),
)
SIZES = {"micro": "Micro", "small": "Small", "medium": "Medium", "large": "Large", "unknown": "Size not known"}
PAGE = 50
TENTH = Decimal("0.1")
KEPT = ("by", "figure", "department", "channel", "place")


def year_of(slug: str) -> FinancialYear:
    """This will read the year an address names; raises Http404."""
    try:
        return FinancialYear.parse(slug)
    except YearUnknown:
        raise Http404 from None


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does, so that no page offers it in vain."""
    return rule_for(f"budget:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def frame(body: Body, year: FinancialYear, page: str, standing: queries.Standing) -> dict[str, Any]:
    """This will give what every page of a year shows: its state, its neighbours and its way back."""
    addresses = {
        key: reverse("budget:lines", args=[body.slug, year.slug, "budget" if key == "lines" else "baseline"])
        if key in ("lines", "baseline")
        else reverse(f"budget:{key}", args=[body.slug, year.slug])
        for key, _words in PAGES
    }
    words = dict(PAGES)[page]
    return {
        "year": year,
        "standing": standing,
        "state": STATES[standing.state],
        "ways": [(addresses[key], words, key == page) for key, words in PAGES],
        "not_accounts": NOT_ACCOUNTS,
        "page_heading": f"Social value budget {year.name}" if page == "year" else words,
        "page_caption": "" if page == "year" else f"Social value budget {year.name}",
        "breadcrumbs": {
            "items": [
                {"text": "Account", "href": reverse("budget:years", args=[body.slug])},
                *([] if page == "year" else [{"text": year.name, "href": addresses["year"]}]),
                {"text": year.name if page == "year" else words},
            ]
        },
    }


class Asked:
    """What the address of a year's account asks for, read once for the page and its exports."""

    def __init__(
        self, request: HttpRequest, body: Body, year: FinancialYear, words: Mapping[str, str] | None = None
    ) -> None:
        self.request, self.body, self.year = request, body, year
        self.words = request.GET.dict() if words is None else words
        self.places = named_places(body)
        self.departments = [(each.public_id, each.name) for each in departments(body)]
        self.departments += [(each.public_id, f"{each.name} (ended)") for each in departments(body, ended=True)]
        offered = [*self.departments, (NO_DEPARTMENT, "No department")]
        given = {"by": "department"} | {name: words for name, words in self.words.items() if words}
        self.form = forms.YearFilters(given, departments=offered, places=self.places.choices())
        self.form.offer([])
        self.form.is_valid()
        chosen = self.form.cleaned_data
        place = chosen.get("place", "")
        self.narrowed = queries.Narrowed(
            chosen.get("department", ""), chosen.get("channel", ""), self.places.beneath[place] if place else None
        )
        self.held = queries.year_account(body, year, self.narrowed)
        self.form = forms.YearFilters(given, departments=offered, places=self.places.choices())
        self.form.offer(presentation.offered_figures(self.held))
        self.form.is_valid()
        self.split_by = self.form.cleaned_data.get("by") or "department"
        self.figure = presentation.chosen_figure(self.held, self.form.cleaned_data.get("figure") or "")

    @property
    def is_narrowed(self) -> bool:
        """Whether the address narrows the account."""
        return any(self.words.get(name) for name in KEPT[2:])

    def kept(self, **changes: str) -> str:
        """This will write the part of the query that leads along with a reader."""
        query = {name: self.words[name] for name in KEPT if self.words.get(name)} | changes
        return f"?{urlencode(query)}" if query else ""

    def names(self) -> dict[str, str]:
        """The names of the parts the account is split into."""
        if self.split_by == "department":
            return {**dict(self.departments), NO_DEPARTMENT: "No department"}
        if self.split_by == "objective":
            held = {each.node.public_id: each.node.title for each in objectives(self.body, self.year.ends_on)}
            return held | {NO_OBJECTIVE: "Under no objective", SEVERAL_OBJECTIVES: "Under several objectives"}
        if self.split_by == "channel":
            return {**dict(CHANNELS), "": "No channel"}
        if self.split_by == "place":
            return {**self.places.names, "": "No place recorded"}
        if self.split_by == "kind":
            return dict(KINDS)
        if self.split_by == "size":
            return SIZES
        editions = editions_of(self.held.account).values()
        return {theme.id: theme.title for edition in editions for theme in edition.themes}

    def lines_url(self, what: What, part: str, figure: TotalKey) -> str:
        """This will give the address of the lines behind an amount."""
        slug = self.body.slug
        if what in ("baseline", "budget"):
            return reverse("budget:lines", args=[slug, self.year.slug, what])
        if what == "forecast":
            return reverse("budget:forecast", args=[slug, self.year.slug]) + self.kept()
        words = {"what": what, "year": self.year.slug, "figure": key_slug(figure)}
        words |= {name: self.words[name] for name in KEPT[2:] if self.words.get(name)}
        if part and self.split_by in ("department", "channel", "place"):
            words[self.split_by] = part
        return f"{reverse('reporting:worth_lines', args=[slug])}?{urlencode(words)}"

    def split(self) -> presentation.Split | None:
        """The account split as the address says; None while nothing has a value."""
        if self.figure is None:
            return None
        figure, of = self.figure, reverse("budget:reason", args=[self.body.slug, self.year.slug])

        def reason_url(part: str) -> str:
            said = urlencode({"by": self.split_by, "part": part, "figure": key_slug(figure)})
            return f"{of}?{said}"

        return presentation.split_account(
            self.held, self.split_by, figure, self.names(),
            lambda what, part: self.lines_url(what, part, figure), queries.variances(self.body, self.year),
            queries.closing_rules(self.body, self.year), reason_url,
        )  # fmt: skip

    def kinds(self) -> list[presentation.Row]:
        """Every figure of the year, each stage beside the others."""
        keys = {key_slug(key): key for key in self.held.account.keys}
        return presentation.kinds_table(self.held, lambda what, slug: self.lines_url(what, "", keys[slug]))


def years(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the years of a body, the newest first, with how each stands."""
    rows = [
        (
            Link(each.year.name, reverse("budget:year", args=[body.slug, each.year.slug])),
            STATES[each.state],
            long_date(each.last.closed_at.date()) if each.last and each.state != "open" else "–",
            each.prepared_by.name if each.prepared_by else "–",
            each.approved_by.name if each.approved_by else "–",
        )
        for each in queries.standings(body)
    ]
    listing = Listing(
        caption="Years", columns=(
            Column("year", "Financial year"), Column("state", "State"), Column("since", "Since"),
            Column("prepared", "Closed provisionally by"), Column("approved", "Closed for good by"),
        ), rows=rows, query=request.GET, count=plural(len(rows), "year"),
    )  # fmt: skip
    content = {"listing": listing, "page_heading": "Social value budget", "not_accounts": NOT_ACCOUNTS}
    return render(request, "budget/years.html", content)


def year(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will show the account of a year, split as the address says."""
    asked = Asked(request, body, year_of(year))
    held, split = asked.held, asked.split()
    exports = {
        words: reverse("budget:year_export", args=[body.slug, year, kind])
        for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
    }
    content = {
        **frame(body, asked.year, "year", held.standing),
        "held": held,
        "form": asked.form,
        "is_narrowed": asked.is_narrowed,
        "split": split,
        "lead": lead(asked, split),
        "split_words": SPLITS[asked.split_by].lower(),
        "listing": split_listing(request, asked, split, exports) if split else None,
        "kinds": _kinds_listing(request, asked),
        "counts": _counts_listing(request, held),
        "chart": presentation.chart_of(split, held) if split else None,
        "chart_files": [
            (words, reverse("budget:chart", args=[body.slug, year, words.lower()]) + asked.kept())
            for words in ("PNG", "SVG")
        ],
        "bar": presentation.assurance_of(split, held) if split else None,
        "may_budget": may(request, "line_add") and held.standing.state == "open",
    }
    return render(request, "budget/year.html", content)


def lead(asked: Asked, split: presentation.Split | None) -> str:
    """This will say in a sentence how much of a year's figure is claimed, and what it is forecast to come to."""
    if split is None:
        return "Nothing that has a value belongs to this year yet."
    reached, held = split.amounts.get("claimed"), asked.held
    against: What = "budget" if "budget" in split.amounts else "promised"
    wanted = split.amounts.get(against)
    if reached is None:
        words = "Nothing of it is claimed yet."
    elif not wanted:
        words = f"{money(reached)} is claimed."
    else:
        of = "budgeted" if against == "budget" else "committed"
        words = f"{money(reached)} of the {money(wanted)} {of} is claimed: {percentage(reached / wanted)}."
    return f"{words} {_forecast_words(asked, split)}".strip() if not held.is_over else words


def _cells(row: presentation.Row) -> list[object]:
    return [Link(each.shown, each.href) if each.href else each.shown for each in row.amounts]


def _stage_columns(held: queries.YearAccount) -> list[Column]:
    return [Column(what, queries.YEAR_STAGES[what], numeric=True) for what in presentation.shown_stages(held)]


def split_listing(
    request: HttpRequest, asked: Asked, split: presentation.Split, exports: dict[str, str]
) -> Listing:  # fmt: skip
    """This will list the rows of a split, each amount leading to its lines."""
    may_explain, has_budget = may(request, "reason"), bool(asked.held.budget.lines)

    def difference(row: presentation.Row) -> object:
        matters = format_html('<span class="rp-under bg-matters">{}</span>', "Matters: no reason yet")
        why = format_html(
            '<span class="rp-under"><a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">: {}</span></a></span>',
            row.reason_url, "Change the reason" if row.reason else "Say why", row.name,
        )  # fmt: skip
        if not row.difference_words:
            return ""
        against = format_html('<span class="rp-under">{}: {}</span>', split.differs_words, row.difference_words)
        return format_html(
            "{}{}{}", against, matters if row.matters and not row.reason else "",
            why if may_explain and row.reason_url else "",
        )  # fmt: skip

    shown = [place for place, what in enumerate(split.stages) if what != "baseline"]  # it has its own page
    rows = []
    for row in (*split.rows, *((split.total,) if len(split.rows) > 1 else ())):
        said = format_html('<span class="rp-under">{}</span>', row.reason.words) if row.reason else ""
        name = format_html('<span class="{}">{}</span>{}', "bg-total" if row.is_total else "bg-part", row.name, said)
        cells = _cells(row)
        rows.append([format_html("{}{}", name, difference(row) if has_budget else ""), *(cells[n] for n in shown)])
    columns = [Column("name", SPLITS[split.split])]
    columns += [Column(split.stages[n], queries.YEAR_STAGES[split.stages[n]], numeric=True) for n in shown]
    return Listing(
        caption=f"{split.label}, by {SPLITS[split.split].lower()}", columns=columns, rows=rows, query=request.GET,
        count=plural(len(split.rows), "part"), exports=exports,
    )  # fmt: skip


def _kinds_listing(request: HttpRequest, asked: Asked) -> Listing:
    return Listing(
        caption="Every figure of the year", columns=[Column("name", "Figure"), *_stage_columns(asked.held)],
        rows=[[row.name, *_cells(row)] for row in asked.kinds()], query=request.GET,
    )  # fmt: skip


def _counts_listing(request: HttpRequest, held: queries.YearAccount) -> Listing | None:
    rows = presentation.counts_rows(held)
    columns = [Column("name", "What is counted"), *_stage_columns(held)]
    return Listing(caption="Counted, not valued", columns=columns, rows=rows, query=request.GET) if rows else None


def _forecast_words(asked: Asked, split: presentation.Split | None) -> str:
    held = asked.held
    if split is None or held.is_over or asked.figure is None:
        return ""
    if held.rates is None:
        return "There is no forecast yet: fewer than five promises have had anything fall due this year."
    low, middle, high = (held.forecasts[name].total(asked.figure) for name in ("low", "middle", "high"))
    if middle is None or low is None or high is None:
        return "There is no forecast of this figure."
    amounts = [money(rounded(each.amount).central or rounded(each.amount).low) for each in (middle, low, high)]
    return f"Forecast for {held.year.name}: {amounts[0]}, from {amounts[1]} to {amounts[2]}."


def year_export(request: HttpRequest, body: Body, year: str, form: str) -> HttpResponse:
    """This will give what the page of a year shows, and every figure beneath it."""
    asked = Asked(request, body, year_of(year))
    split = asked.split()
    rows = presentation.export_rows(asked.held, split) if split else []
    return export_response(form, name=f"{body.slug}-budget-{year}", headings=presentation.EXPORT_HEADINGS, rows=rows)


def reason(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will ask why a part of the account differs from its budget."""
    of = year_of(year)
    split, part, figure = (request.GET.get(name, "")[:160] for name in ("by", "part", "figure"))
    if split not in SPLITS or not part:
        raise Http404
    held = queries.variances(body, of).get((split, part, figure))
    back = f"{reverse('budget:year', args=[body.slug, year])}?{urlencode({'by': split, 'figure': figure})}"
    form = forms.ReasonForm(request.POST or None, initial={"words": held.words if held else ""})
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_reason(
                by=request.user, body=body, year=of, split=split, part=part[:60], figure=figure,  # type: ignore[arg-type]
                words=form.cleaned_data["words"],
            )  # fmt: skip
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The reason stands beside the figure now.")
            return redirect(back)
    return form_page(request, form, "Why it differs", back, of)


def form_page(
    request: HttpRequest, form: Any, heading: str, back: str, year: FinancialYear, submit: str = "Save", **more: Any
) -> HttpResponse:  # fmt: skip
    """This will show a form on a page of its own; a refused one is shown again with status 422."""
    content = {
        "form": form, "page_heading": heading, "submit_text": submit, "back_url": back,
        "page_caption": f"Social value budget {year.name}",
    } | more  # fmt: skip
    return render(request, "budget/form.html", content, status=422 if form.errors else 200)


# --- forecast and opening -----------------------------------------------------------------------------------------------

FORECAST_HEADINGS = (
    "Promise", "Agreement", "Due in the year", "Due so far", "Delivered", "Unit", "Rate so far", "Low", "Forecast", "High",
)  # fmt: skip


def _forecast_rows(held: queries.YearAccount) -> list[tuple[Any, ...]]:
    promises = {line.public_id: line.promise for line in held.record.worths["promised"].lines}
    for line in held.record.worths["claimed"].lines:
        promises.setdefault(line.promise.public_id, line.promise)
    rows = []
    for key, each in held.progress.items():
        promise = promises[key]
        found = (
            [each.at(rate) for rate in (held.rates.low, held.rates.middle, held.rates.high)]
            if held.rates
            else [None] * 3
        )
        rows.append((promise, each, *found))
    return rows


def _rate_words(rate: Any) -> str:
    return "–" if rate is None else percentage(Decimal(rate.numerator) / Decimal(rate.denominator))


def forecast(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will show how the forecast comes about: the rates so far, and each promise at them."""
    asked = Asked(request, body, year_of(year))
    held = asked.held
    told = sorted(_forecast_rows(held), key=lambda row: (row[0].agreement_title.casefold(), row[0].wording.casefold()))
    ids = [row[0].public_id for row in told]
    start = ids.index(after) + 1 if (after := request.GET.get("after", "")) in ids else 0
    shown = told[start : start + PAGE]
    rows = [
        (
            Link(promise.wording, reverse("reporting:line_worth", args=[body.slug, promise.public_id]) + f"?year={year}"),
            promise.agreement_title, *(_amount(number, promise.unit) for number in (each.due, each.due_so_far, each.delivered)),
            _rate_words(each.rate), *(_amount(number, promise.unit) for number in found),
        )
        for promise, each, *found in shown
    ]  # fmt: skip
    listing = Listing(
        caption="Promises and their forecast", columns=(
            Column("what", "Promise"), Column("agreement", "Agreement"), Column("due", "Due in the year", numeric=True),
            Column("so_far", "Due so far", numeric=True), Column("delivered", "Delivered", numeric=True),
            Column("rate", "Rate so far", numeric=True), Column("low", "Low", numeric=True),
            Column("middle", "Forecast", numeric=True), Column("high", "High", numeric=True),
        ), rows=rows, query=request.GET, count=plural(len(told), "promise"),
        after=shown[-1][0].public_id if start + PAGE < len(told) else None,
        exports={
            words: reverse("budget:forecast_export", args=[body.slug, year, kind])
            for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
        },
        empty="Nothing falls due in this year and nothing was delivered in it yet.",
    )  # fmt: skip
    found = held.rates
    content = {
        **frame(body, asked.year, "forecast", held.standing),
        "listing": listing,
        "held": held,
        "rates": [_rate_words(rate) for rate in (found.low, found.middle, found.high)] if found else [],
    }
    return render(request, "budget/forecast.html", content)


def _amount(number: Decimal | None, unit: str) -> str:
    """A quantity in its unit, to a tenth: what is due at an even pace would only look exact with more."""
    return "–" if number is None else amount_in_unit(round_half_up(number, TENTH), unit)


def forecast_export(request: HttpRequest, body: Body, year: str, form: str) -> HttpResponse:
    """This will give every promise of a year with its forecast."""
    held = Asked(request, body, year_of(year)).held
    rows = [
        (promise.wording, promise.agreement_title, each.due, each.due_so_far, each.delivered, promise.unit,
         _rate_words(each.rate), *found)
        for promise, each, *found in _forecast_rows(held)
    ]  # fmt: skip
    return export_response(form, name=f"{body.slug}-forecast-{year}", headings=FORECAST_HEADINGS, rows=rows)


def opening(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will show where a year opens: what had fallen due before it, and what was delivered of that."""
    of = year_of(year)
    found = queries.opening(body, of)
    editions = editions_of(found)
    rows = []
    for key in found.keys:
        due, done = (found.worths[what].total(key) for what in ("promised", "claimed"))
        amounts = [rounded(each.amount) if each else None for each in (due, done)]
        known = [None if each is None else each.central if each.central is not None else each.low for each in amounts]
        rest = None if known[0] is None else known[0] - (known[1] or 0)
        rows.append(
            (key_label(key, editions[key.edition]), *("–" if each is None else money(each) for each in (*known, rest)))
        )
    content = {
        **frame(body, of, "opening", queries.standing(body, of)),
        "rows": rows,
        "previous": of.previous,
        "previous_url": reverse("budget:year", args=[body.slug, of.previous.slug]),
    }
    return render(request, "budget/opening.html", content)
