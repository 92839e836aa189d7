"""A year at a glance: for the lead, a department head, a councillor in their ward, a group of bodies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from commonweal.base.charts import LineChart, Point, Series
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.parts import PromiseMarks, PromiseTable
from commonweal.base.templatetags.figures import money
from commonweal.delivery.queries import overdue_commitments
from commonweal.directory.queries import departments, members_of, today
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.queries import find_edition
from commonweal.money import round_half_up
from commonweal.reporting.boards import actions, forms, queries
from commonweal.reporting.boards.vocabulary import SPLIT_OF, VIEWS
from commonweal.reporting.budget import presentation
from commonweal.reporting.budget.views.year import Asked, split_listing
from commonweal.reporting.budget.views.year import lead as lead_of
from commonweal.reporting.budget.vocabulary import SPLITS
from commonweal.reporting.figures import STAGES, What
from commonweal.reporting.presentation import KINDS, kind_words, plural, prices_of, prices_words
from commonweal.reporting.queries import named_places
from commonweal.reporting.views.record import year_asked, years_offered

if TYPE_CHECKING:
    from commonweal.base.models import Body

#: How many overdue promises are named.
SHOWN = 5
#: The stages that bodies of a group are set beside one another at.
GROUP_STAGES: Final[tuple[What, ...]] = ("promised", "claimed", "evidenced")
#: The stages a trend is drawn of.
TREND: Final[tuple[What, ...]] = ("claimed", "evidenced")


class Board:
    """Which board an address asks for: its own words first, else what the person chose, else what fits their roles."""

    def __init__(self, request: HttpRequest, body: Body) -> None:
        self.request, self.body = request, body
        self.is_group = bool(members_of(body, today()))
        own = queries.own_board(body, request.user)  # type: ignore[arg-type]
        asked = request.GET.get("view", "")
        self.is_own = not asked and own is not None
        self.view = asked if asked in VIEWS else own.view if own else queries.first_view(body, request.roles)  # type: ignore[attr-defined]
        if self.view == "group" and not self.is_group:
            self.view = "whole"
        self.year = year_asked(request) or FinancialYear.of(today())
        self.places = named_places(body)
        self.part = self._part(own.part if own and self.view == own.view else "")

    def _part(self, own: str) -> str:
        word = {"department": "department", "ward": "place"}.get(self.view)
        if word is None:
            return ""
        offered = [key for key, _words in self.choices(word)]
        asked = self.request.GET.get(word, "") or own
        return asked if asked in offered else offered[0] if offered else ""

    def choices(self, word: str) -> list[tuple[str, str]]:
        """The departments or places there are."""
        if word == "department":
            return [(each.public_id, each.name) for each in departments(self.body)]
        return self.places.choices()

    @property
    def part_name(self) -> str:
        """The name of the department or place it is about; nothing for the whole."""
        word = {"department": "department", "ward": "place"}.get(self.view, "")
        return dict(self.choices(word)).get(self.part, "") if word else ""

    def account(self) -> Asked:
        """The account of its year, narrowed and split as it says."""
        words = {"by": self.request.GET.get("by") or SPLIT_OF[self.view], "figure": self.request.GET.get("figure", "")}
        if self.view == "department":
            words["department"] = self.part
        elif self.view == "ward":
            words["place"] = self.part
        return Asked(self.request, self.body, self.year, {name: word for name, word in words.items() if word})

    def form(self, figures: list[tuple[str, str]]) -> forms.BoardFilters:
        """The filters, as they stand."""
        given = {"view": self.view, "year": self.year.slug, "figure": self.request.GET.get("figure", ""),
                 "department": self.part, "place": self.part}  # fmt: skip
        return forms.BoardFilters(
            given, view=self.view, is_group=self.is_group, years=years_offered(), figures=figures,
            departments=self.choices("department"), places=self.choices("place"),
        )  # fmt: skip

    def kept(self) -> str:
        """The words of its address."""
        words = {"view": self.view, "year": self.year.slug, "figure": self.request.GET.get("figure", "")}
        words |= {"department": self.part} if self.view == "department" else {}
        words |= {"place": self.part} if self.view == "ward" else {}
        return urlencode({name: word for name, word in words.items() if word})


def board(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show a year at a glance, for whom the address says."""
    asked = Board(request, body)
    if asked.view == "group":
        return _group(request, asked)
    account = asked.account()
    held, split = account.held, account.split()
    overdue = overdue_commitments(body, today())
    if asked.view == "department":
        overdue = overdue.filter(agreement__department__public_id=asked.part)
    elif asked.view == "ward":
        overdue = overdue.filter(place_code__in=asked.places.beneath.get(asked.part, ()))
    full = reverse("budget:year", args=[body.slug, asked.year.slug]) + account.kept()
    content = {
        "view": asked.view,
        "part": asked.part,
        "form": asked.form(presentation.offered_figures(held)),
        "lead": lead_of(account, split),
        "split": split,
        "split_words": SPLITS[account.split_by].lower(),
        "kinds": _kinds(account),
        "marks": _marks(account, split) if split and len(split.rows) > 1 else None,
        "listing": split_listing(request, account, split, _exports(body, asked)) if split else None,
        "bar": presentation.assurance_of(split, held) if split else None,
        "trend": _trend(asked, account, split) if split else None,
        "overdue": [
            (Link(each.wording, reverse("delivery:commitment", args=[body.slug, each.public_id])), each.agreement.title)
            for each in overdue.select_related("agreement")[:SHOWN]
        ],
        "overdue_count": overdue.count(),
        "links": _links(body, asked, full),
        "is_own": asked.is_own,
        "kept": asked.kept(),
        "year": asked.year,
        "page_heading": asked.part_name or body.name,
        "page_caption": f"Social value in {asked.year.name}",
    }  # fmt: skip
    return render(request, "boards/board.html", content)


def _exports(body: Body, asked: Board) -> dict[str, str]:
    return {
        words: reverse("boards:board_export", args=[body.slug, kind])
        for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
    }


def _links(body: Body, asked: Board, full: str) -> list[tuple[str, str, str]]:
    found = [("The whole account", full, "every stage, every figure, every split")]
    found.append(("Money beside value", reverse("register:money", args=[body.slug]) + f"?year={asked.year.slug}",
                  "budget, spend and value by department, and for each pound"))  # fmt: skip
    found.append(
        ("Published accounts", reverse("accounts:accounts", args=[body.slug]), "signed, to be verified by anybody")
    )
    return found


def _kinds(account: Asked) -> PromiseTable | None:
    """Every gross figure of the year, each on its own scale: committed, expected by now, claimed."""
    held, rows = account.held, []
    for key in held.account.keys:
        if key.level != "gross" or key.ranged:
            continue
        totals = [held.stages["promised"].total(key), held.so_far.total(key), held.stages["claimed"].total(key)]
        amounts = [round_half_up(each.amount.central or Decimal(0)) if each else None for each in totals]
        rows.append(
            PromiseMarks(
                label=f"{kind_words(key)}, {prices_of(key)}",
                unit="£",
                promised=amounts[0],
                expected=amounts[1],
                delivered=amounts[2],
                direction=key.direction,
            )
        )
    return PromiseTable(tuple(rows), scale="promise") if rows else None


def _marks(account: Asked, split: presentation.Split) -> PromiseTable | None:
    """Each part's committed, expected by now and claimed, on one scale of pounds."""
    so_far = account.held.so_far.grouped(split.split).get(split.figure, {}) if split.split != "kind" else {}
    rows = []
    for row in split.rows[:8]:
        amounts = {each.what: each.value for each in row.amounts}
        due = so_far.get(row.key)
        expected = round_half_up(due.amount.central or Decimal(0)) if due else None
        rows.append(
            PromiseMarks(
                label=row.name,
                unit="£",
                promised=amounts.get("promised"),
                expected=expected,
                delivered=amounts.get("claimed"),
                direction=split.figure.direction,
            )
        )
    return PromiseTable(tuple(rows), scale="shared") if rows else None


def _trend(asked: Board, account: Asked, split: presentation.Split) -> LineChart | None:
    """One figure claimed and evidenced over the years; None where only one year has any of it."""
    series = []
    for what in TREND:
        found = queries.over_the_years(asked.body, asked.year, what, split.figure, account.narrowed)
        points = tuple(Point(year.name, None if value is None else round_half_up(value)) for year, value in found)
        if sum(point.value is not None for point in points) > 1:
            series.append(Series(STAGES[what], points))
    if not series:
        return None
    values = [point.value for point in series[0].points if point.value is not None]
    went = "more" if values[-1] > values[-2] else "less" if values[-1] < values[-2] else "as much"
    than = "than" if went != "as much" else "as"
    so_far = "" if account.held.is_over else " so far"
    return LineChart(
        title=f"{money(values[-1])} was claimed in {asked.year.name}{so_far}, {went} {than} the year before", unit="£",
        source=split.label, as_of=min(account.held.on, asked.year.ends_on), series=tuple(series),
    )  # fmt: skip


def board_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give what a board shows."""
    asked = Board(request, body)
    name = f"{body.slug}-overview-{asked.year.slug}"
    if asked.view == "group":
        headings, rows = _group_rows(asked)
        return export_response(form, name=name, headings=headings, rows=rows)
    account = asked.account()
    split = account.split()
    rows = presentation.export_rows(account.held, split) if split else []
    return export_response(form, name=name, headings=presentation.EXPORT_HEADINGS, rows=rows)


def choose(request: HttpRequest, body: Body) -> HttpResponse:
    """This will make the board shown what the person sees first."""
    view, part = request.POST.get("view", ""), request.POST.get("part", "")
    try:
        actions.choose_board(by=request.user, body=body, view=view, part=part)  # type: ignore[arg-type]
    except NotPossible as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "You see this first from now on.")
    return redirect("boards:board", body.slug)


# --- a group of bodies ------------------------------------------------------------------------------------------------


def _key_words(key: tuple[str, ...]) -> str:
    edition, direction, kind, level, price_year, price_type, _ranged = key
    harm = " (harm)" if direction == "harm" else ""
    return f"{KINDS[kind]}{harm}, {level}, {prices_words(price_year, price_type)}, {_edition_words(edition)}"


def _edition_words(reference: str) -> str:
    row = find_edition(reference)
    return f"{row.title} {row.version}"


def _group_rows(asked: Board) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    members = queries.published_by_members(asked.body, asked.year)
    headings = ("Body", "Account", "Figure", *(f"{STAGES[each]} (£)" for each in GROUP_STAGES))
    rows: list[tuple[Any, ...]] = []
    for key in queries.keys_of_members(members):
        for each in members:
            if each.account is not None:
                amounts = [each.amount(stage, key) for stage in GROUP_STAGES]
                shown = [None if amount is None else round_half_up(amount) for amount in amounts]
                rows.append((each.member.name, each.account.number, _key_words(key), *shown))
    return headings, rows


def _group(request: HttpRequest, asked: Board) -> HttpResponse:
    members = queries.published_by_members(asked.body, asked.year)
    blocks = []
    for key in queries.keys_of_members(members):
        if key[-1]:  # a range alone has no amount to set beside another
            continue
        rows, sums = [], dict.fromkeys(GROUP_STAGES, Decimal(0))
        for each in members:
            if each.account is None:
                continue
            amounts = {stage: each.amount(stage, key) for stage in GROUP_STAGES}
            if not any(amount is not None for amount in amounts.values()):
                continue
            shown = {stage: None if amount is None else round_half_up(amount) for stage, amount in amounts.items()}
            for stage, amount in shown.items():
                sums[stage] += amount or 0
            href = reverse("publishing:account", args=[each.member.slug, each.account.number])
            told = ["–" if amount is None else money(amount) for amount in shown.values()]
            rows.append([Link(each.member.name, href), *told])
        if len(rows) > 1:
            rows.append(["Together", *(money(sums[stage]) for stage in GROUP_STAGES)])
        columns = [Column("body", "Body"), *(Column(each, STAGES[each], numeric=True) for each in GROUP_STAGES)]
        words = _key_words(key)
        blocks.append((words, Listing(caption=words, columns=columns, rows=rows, query=request.GET)))
    without = [each.member.name for each in members if each.account is None]
    content = {
        "view": "group", "form": asked.form([]), "blocks": blocks, "without": without, "year": asked.year,
        "lead": f"{len(members) - len(without)} of {plural(len(members), 'body', 'bodies')} published an account of "
        f"{asked.year.name}.",
        "is_own": asked.is_own, "kept": asked.kept(), "page_heading": asked.body.name,
        "exports": [(words, f"{href}?{asked.kept()}") for words, href in _exports(asked.body, asked).items()],
        "page_caption": f"Social value in {asked.year.name}",
    }  # fmt: skip
    return render(request, "boards/group.html", content)
