"""What community groups need, for everyone to read: the list, each need, its feeds and files, and "we could help"."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page
from commonweal.base.templatetags.figures import long_date, page_language
from commonweal.community import forms, queries
from commonweal.community.actions import offer_help as keep_offer
from commonweal.community.figures import by, figures
from commonweal.community.policies import TooMany, rules_of
from commonweal.community.presenting import breakdown, rate_sentence, wait_sentence
from commonweal.community.words import waited_sentence
from commonweal.publishing.views.site import site_page

if TYPE_CHECKING:
    from commonweal.base.models import Body

SORTS = {"title": "title", "wanted": "wanted_by", "waiting": "waiting_since"}
#: The open-data columns of a need. They stay as they are; more may be added at the end.
HEADINGS = (
    "id", "title", "details", "group", "state", "kind", "helps", "quantity", "unit", "at_least", "place_code", "place",
    "wanted_by", "published_on", "closed_on", "days_waited", "received", "page",
)  # fmt: skip


def _filters(request: HttpRequest, body: Body) -> tuple[forms.PublicFilters, queries.NeedFilters]:
    welsh = page_language() == "cy"
    places = [(code, name_cy if welsh and name_cy else name) for code, name, name_cy in queries.public_places(body)]
    form = forms.PublicFilters(request.GET, places=places)
    return form, queries.NeedFilters(**(form.cleaned_data if form.is_valid() else {}))


def place_of(held: Any) -> str:
    """This will name the place of a public need in the language of the page."""
    content = held.content
    name = content.get("place_cy") if page_language() == "cy" else ""
    return name or content.get("place") or _("The whole area, or not one place")


def needs(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list what groups need, those that waited longest first, and say how well needs are met."""
    form, filters = _filters(request, body)
    cut = cut_page(queries.public_needs(body, filters), request.GET, SORTS, default="waiting")
    on, lives = queries.today(), queries.lives_of(body)
    held = figures(lives, on)
    listing = Listing(
        caption=_("Needs"),
        columns=(Column("title", _("What is needed"), sortable=True), Column("group", _("Who needs it")),
                 Column("place", _("Where")), Column("wanted", _("Wanted by"), sortable=True),
                 Column("waiting", _("How long it has waited"), sortable=True)),
        rows=[
            (
                Link(each.title or _("A need that its group took back"), reverse("publishing:need", args=[body.slug, each.key])),
                each.group or "–", place_of(each),
                long_date(each.wanted_by, page_language()) if each.wanted_by else _("No hurry"),
                waited_sentence(each.state, each.waiting_since, each.closed_on, on),
            )
            for each in cut.rows
        ],
        query=request.GET, sort=cut.sort, after=cut.after, filters=form,
        count=ngettext("%(number)s need", "%(number)s needs", cut.total) % {"number": f"{cut.total:,}"},
        exports={"CSV": reverse("publishing:needs_download", args=[body.slug, "csv"]),
                 "Excel": reverse("publishing:needs_download", args=[body.slug, "xlsx"])},
        empty=_("No group has an open need at the moment."),
    )  # fmt: skip
    names = {code: words for code, words in form.fields["place"].choices if code}  # type: ignore[attr-defined]
    return site_page(
        request, body, "needs", here="needs", listing=listing, held=held, rate=f"{rate_sentence(held)}.",
        waits=wait_sentence(held) if held.published else "", rules=rules_of(body),
        by_place=breakdown(by(lives, lambda each: each.place, on), "state=all&place", names),
    )  # fmt: skip


def need(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will show one need: what it is for, how long it has waited, and how to help."""
    held = queries.get_public_need(body, key)
    return _need_page(request, body, held, forms.HelpForm())


def _need_page(request: HttpRequest, body: Body, held: Any, form: Any, *, status: int = 200) -> HttpResponse:
    response = site_page(
        request, body, "need", here="needs", beneath=True, need=held, place=place_of(held), form=form,
        waited=waited_sentence(held.state, held.waiting_since, held.closed_on, queries.today()),
        sent=request.GET.get("sent") == "yes", kind=held.get_kind_display(), ages=held.get_ages_display(),
    )  # fmt: skip
    response.status_code = status
    return response


def offer_help(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will take what somebody offers for a need; no account is needed, and nothing of it is public."""
    held = queries.get_public_need(body, key)
    here = reverse("publishing:need", args=[body.slug, key])
    if request.method != "POST":
        return redirect(f"{here}#help")
    form = forms.HelpForm(request.POST)
    if not form.is_valid():
        return _need_page(request, body, held, form, status=422)
    if not form.is_trapped:
        given = form.cleaned_data
        try:
            keep_offer(body=body, key=key, name=given["name"], email=given["email"], words=given["words"])
        except NotPossible as error:
            form.add_error(None, str(error))
            return _need_page(request, body, held, form, status=429 if isinstance(error, TooMany) else 409)
    return redirect(f"{here}?sent=yes#help")


# --- feeds and files --------------------------------------------------------------------------------------------------


def _row(request: HttpRequest, body: Body, held: Any) -> dict[str, Any]:
    content = held.content
    address = request.build_absolute_uri(reverse("publishing:need", args=[body.slug, held.key]))
    waited = ((held.closed_on or queries.today()) - held.waiting_since).days
    values = (
        held.key, held.title, content.get("details", ""), held.group, held.state, held.kind, held.ages,
        content.get("quantity"), content.get("unit", ""), content.get("least", ""), held.place_code,
        content.get("place", ""), held.wanted_by, held.waiting_since, held.closed_on, waited,
        "; ".join(content.get("received", [])), address,
    )  # fmt: skip
    return dict(zip(HEADINGS, values, strict=True))


def download(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the needs that are shown as open data, CSV or Excel."""
    _form, filters = _filters(request, body)
    found = queries.public_needs(body, filters).order_by("waiting_since", "id")
    rows = [tuple(_row(request, body, each).values()) for each in found]
    about = [("Needs of", body.name), ("Counted from", "the day each need was first published")]
    return export_response(form, name=f"{body.slug}-needs", headings=HEADINGS, rows=rows, about=about)


def as_json(request: HttpRequest, body: Body) -> HttpResponse:
    """This will give the open needs as JSON."""
    found = queries.public_needs(body).order_by("waiting_since", "id")
    rows = [_row(request, body, each) for each in found]
    return JsonResponse({"body": body.name, "is_invented": body.is_invented, "needs": rows})


def feed(request: HttpRequest, body: Body) -> HttpResponse:
    """This will give the open needs as an Atom feed, the latest first."""
    found = list(queries.public_needs(body).order_by("-updated_at", "-id")[:100])
    atom = "http://www.w3.org/2005/Atom"
    ElementTree.register_namespace("", atom)
    root = ElementTree.Element(f"{{{atom}}}feed")

    def add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
        made = ElementTree.SubElement(parent, f"{{{atom}}}{name}", attributes)
        made.text = text or None
        return made

    here = request.build_absolute_uri(reverse("publishing:needs", args=[body.slug]))
    add(root, "id", here)
    add(root, "title", _("What community groups need: %(body)s") % {"body": body.name})
    add(root, "link", href=here)
    add(root, "link", href=request.build_absolute_uri(), rel="self")
    never = datetime.combine(datetime(2000, 1, 1, tzinfo=UTC), time(), UTC)
    add(root, "updated", max((each.updated_at for each in found), default=never).isoformat())
    for each in found:
        entry = add(root, "entry")
        address = request.build_absolute_uri(reverse("publishing:need", args=[body.slug, each.key]))
        add(entry, "id", address)
        add(entry, "title", each.title)
        add(entry, "link", href=address)
        add(entry, "updated", each.updated_at.isoformat())
        add(add(entry, "author"), "name", each.group)
        add(entry, "summary", " ".join(f"{each.content.get('details', '')} {place_of(each)}.".split()))
    text = ElementTree.tostring(root, encoding="unicode", xml_declaration=False)
    return HttpResponse(f'<?xml version="1.0" encoding="utf-8"?>\n{text}', content_type="application/atom+xml")
