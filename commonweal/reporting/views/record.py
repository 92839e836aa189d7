"""The record that a page of worth speaks of: a body's, as the address narrows it, or that of one agreement."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.http import HttpRequest
from django.urls import reverse

from commonweal.delivery import queries as delivery
from commonweal.delivery.views.agreements import thread_of
from commonweal.directory.queries import departments
from commonweal.frameworks.queries import today as current_day
from commonweal.reporting import figures, queries
from commonweal.reporting.forms import WorthFilters

if TYPE_CHECKING:
    from commonweal.base.models import Body

Form = TypeVar("Form", bound=WorthFilters)
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
#: The words of an address that every page of worth keeps; an agreement's pages are narrowed by none but the stage.
KEPT = ("what", "department", "channel", "place")
#: The pages of worth, in the order a reader comes to them: the end of the address's name, and its words.
PAGES = (
    ("", "What it is worth"),
    ("ranges", "Ranges"),
    ("frameworks", "Under several frameworks"),
    ("changes", "What changed"),
)


class Record:
    """What a page speaks of, read once for the page and its exports: a body's record, or one agreement's."""

    def __init__(self, request: HttpRequest, body: Body, public_id: str | None = None) -> None:
        self.request, self.body, self.on = request, body, current_day()
        self.agreement = delivery.get_agreement(body, public_id) if public_id else None
        self.named = queries.named_places(body) if self.agreement is None else queries.NamedPlaces({}, {})
        self.departments: list[tuple[str, str]] = []
        if self.agreement is None:
            self.departments = [(each.public_id, each.name) for each in departments(body)]
            self.departments += [(each.public_id, f"{each.name} (ended)") for each in departments(body, ended=True)]
            self.departments.append((queries.NO_DEPARTMENT, "No department"))

    def filters(self, form: WorthFilters) -> dict[str, Any]:
        """This will give what the form narrows the record to, as `queries.worth` takes it."""
        if self.agreement is not None:
            return {"agreement": self.agreement}
        form.is_valid()  # a word that is not a choice narrows nothing, and its field says so
        chosen = form.cleaned_data
        place = chosen.get("place", "")
        return {
            "department": chosen.get("department", ""),
            "channel": chosen.get("channel", ""),
            "places": self.named.beneath[place] if place else None,
        }

    def form(self, form: type[Form], words: Mapping[str, str] = NOTHING, **options: Any) -> Form:
        """This will bind a form to the address, with `words` laid over it; `options` are what the form itself takes."""
        given = self.request.GET.dict() | dict(words)
        made = form(given, departments=self.departments, places=self.named.choices(), **options)
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
            return f"{self.url('')}?what={changes['what']}#lines"
        query = self.request.GET.copy()
        for name in ("sort", "after", "figure"):
            query.pop(name, None)
        for name, words in changes.items():
            query[name] = words
        return f"{reverse('reporting:worth_lines', args=[self.body.slug])}?{query.urlencode()}"

    def line_url(self, line: figures.WorthLine, what: str) -> str:
        """This will give the address of one line, with each step of its value."""
        return f"{reverse('reporting:line_worth', args=[self.body.slug, line.public_id])}?what={what}"

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
