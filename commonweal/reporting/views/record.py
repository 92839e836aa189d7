"""The record that a page of worth speaks of: a body's, as the address narrows it, or that of one agreement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.http import HttpRequest
from django.urls import reverse

from commonweal.base.templatetags.figures import long_date
from commonweal.delivery import queries as delivery
from commonweal.delivery.views.agreements import thread_of
from commonweal.directory.queries import departments
from commonweal.engine.year import FinancialYear, YearUnknown
from commonweal.frameworks.queries import today as current_day
from commonweal.reporting import figures, queries
from commonweal.reporting.forms import WorthFilters
from commonweal.reporting.places import NamedPlaces
from commonweal.reporting.record.queries import NO_DEPARTMENT

if TYPE_CHECKING:
    from commonweal.base.models import Body

Form = TypeVar("Form", bound=WorthFilters)
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
#: The words of an address that every page of worth keeps; an agreement's pages are narrowed by none but the stage.
KEPT = ("what", "year", "department", "channel", "place")
#: The pages of worth, in the order a reader comes to them: the end of the address's name, and its words.
PAGES = (
    ("", "What it is worth"),
    ("ranges", "Ranges"),
    ("frameworks", "Under several frameworks"),
    ("changes", "What changed"),
)


def year_asked(request: HttpRequest) -> FinancialYear | None:
    """This will give the financial year an address asks for, as `?year=2025-26`; none where it names none."""
    try:
        return FinancialYear.parse(request.GET["year"]) if request.GET.get("year") else None
    except YearUnknown:
        return None


def day_of(year: FinancialYear | None) -> date:
    """This will give the day an account is told at: a year's last day, or today."""
    return year.ends_on if year else current_day()


def years_offered() -> list[tuple[str, str]]:
    """This will offer the years that can be asked for, the next one first: (as addresses write it, words)."""
    this = FinancialYear.of(current_day())
    return [(year.slug, year.name) for year in (FinancialYear(this.begins + 1 - back) for back in range(8))]


class Record:
    """What a page speaks of, read once for the page and its exports: a body's record, or one agreement's."""

    def __init__(self, request: HttpRequest, body: Body, public_id: str | None = None) -> None:
        self.request, self.body, self.year = request, body, year_asked(request)
        self.on = day_of(self.year)
        self.agreement = delivery.get_agreement(body, public_id) if public_id else None
        self.named = queries.named_places(body) if self.agreement is None else NamedPlaces({}, {})
        self.departments: list[tuple[str, str]] = []
        if self.agreement is None:
            self.departments = [(each.public_id, each.name) for each in departments(body)]
            self.departments += [(each.public_id, f"{each.name} (ended)") for each in departments(body, ended=True)]
            self.departments.append((NO_DEPARTMENT, "No department"))

    def filters(self, form: WorthFilters) -> dict[str, Any]:
        """This will give what the form narrows the record to, as `queries.worth` takes it."""
        form.is_valid()  # a word that is not a choice narrows nothing, and its field says so
        if self.agreement is not None:
            return {"agreement": self.agreement, "year": self.year}
        chosen = form.cleaned_data
        place = chosen.get("place", "")
        return {
            "department": chosen.get("department", ""),
            "channel": chosen.get("channel", ""),
            "year": self.year,
            "places": self.named.beneath[place] if place else None,
        }

    def form(self, form: type[Form], words: Mapping[str, str] = NOTHING, **options: Any) -> Form:
        """This will bind a form to the address, with `words` laid over it; `options` are what the form itself takes."""
        given = self.request.GET.dict() | dict(words)
        made = form(given, years=years_offered(), departments=self.departments, places=self.named.choices(), **options)
        if self.agreement is not None:
            for name in ("department", "channel", "place"):
                made.fields.pop(name, None)
        return made

    def what(self, account: figures.Account | None = None) -> figures.What:
        """This will give the stage asked for; else what is claimed, or what is promised while nothing is."""
        asked = self.request.GET.get("what", "")
        if asked in figures.STAGES:
            return asked
        return "claimed" if account and account.worths["claimed"].lines else "promised"

    def worth(self, form: WorthFilters) -> figures.Worth:
        """This will value the stage asked for; else what is claimed, or what is promised while nothing is."""
        filters = self.filters(form)
        asked = self.request.GET.get("what", "")
        what = asked if asked in figures.STAGES else "claimed"
        found = queries.worth(self.body, what=what, on=self.on, **filters)
        if asked or found.lines:
            return found
        return queries.worth(self.body, what="promised", on=self.on, **filters)

    @property
    def is_narrowed(self) -> bool:
        """Whether the address narrows a body's record."""
        return self.agreement is None and any(self.request.GET.get(name) for name in KEPT[1:])

    def url(self, page: str, *more: str) -> str:
        """This will give the address of one of the pages of worth of this record, without a query."""
        name = f"agreement_worth_{page}" if self.agreement else f"worth_{page}"
        of = (self.agreement.public_id,) if self.agreement else ()
        return reverse(f"reporting:{name.rstrip('_')}", args=[self.body.slug, *of, *more])

    def lines_url(self, **changes: str) -> str:
        """This will give the address of the lines of a figure, narrowed as this page is."""
        if self.agreement is not None:
            return f"{self.url('')}?what={changes['what']}{self.year_word}#lines"
        query = self.request.GET.copy()
        for name in ("sort", "after", "figure"):
            query.pop(name, None)
        for name, words in changes.items():
            query[name] = words
        return f"{reverse('reporting:worth_lines', args=[self.body.slug])}?{query.urlencode()}"

    def line_url(self, line: figures.WorthLine, what: str) -> str:
        """This will give the address of one line, with each step of its value."""
        return f"{reverse('reporting:line_worth', args=[self.body.slug, line.public_id])}?what={what}{self.year_word}"

    @property
    def year_word(self) -> str:
        """The words of an address that keep its year; nothing where it has none."""
        return f"&year={self.year.slug}" if self.year else ""

    @property
    def year_words(self) -> str:
        """What a page of one year says of it; nothing where it has none."""
        if self.year is None:
            return ""
        return f"Only what belongs to {self.year.name}, told as at {long_date(self.year.ends_on)}."

    def kept(self) -> str:
        """This will write the part of the query that leads along with a reader from one page of worth to the next."""
        query = self.request.GET.copy()
        for name in set(query) - set(KEPT):
            query.pop(name)
        return f"?{query.urlencode()}" if query else ""

    def ways(self, page: str) -> list[tuple[str, str, bool]]:
        """This will give the pages of worth as (address, words, whether it is the present one)."""
        return [(self.url(key) + self.kept(), words, key == page) for key, words in PAGES]

    def page(self, page: str, heading: str) -> Mapping[str, Any]:
        """This will give what every page of worth shows: its heading, its way back, its neighbours and its exports."""
        here = {"text": heading} if page else {"text": self.agreement.title if self.agreement else heading}
        crumbs: list[dict[str, str]] = []
        if page or self.agreement:
            crumbs.append({"text": "Worth", "href": reverse("reporting:worth", args=[self.body.slug])})
        if page and self.agreement:
            crumbs.append({"text": self.agreement.title, "href": self.url("")})
        query = self.request.GET.urlencode()
        return {
            "agreement": self.agreement,
            "is_narrowed": self.is_narrowed,
            "year_words": self.year_words,
            "ways": self.ways(page),
            "exports": [
                (words, f"{self.url(f'{page}_export', form)}?{query}")
                for words, form in (("CSV", "csv"), ("Excel", "xlsx"))
            ]
            if page
            else [],
            "thread": thread_of(self.agreement, delivery.promise_table(self.agreement, self.on), "worth")
            if self.agreement
            else None,
            "page_heading": heading,
            "page_caption": self.agreement.title if self.agreement else "",
            "breadcrumbs": {"items": [*crumbs, here]} if crumbs else None,
        }
