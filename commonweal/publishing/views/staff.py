"""The page where staff see what is public and decide about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page
from commonweal.base.templatetags.figures import long_date
from commonweal.directory.queries import today
from commonweal.publishing import actions, forms, presentation, queries, vocabulary
from commonweal.publishing.views.site import address
from commonweal.reporting.reports.queries import period_on

if TYPE_CHECKING:
    from commonweal.base.models import Body


def pages(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show staff what is public now, how old it is, what was recorded since, and what is kept back."""
    form = forms.PageFilters(request.GET)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    found = queries.published(body, kind) if kind else queries.all_published(body)
    sorts = {"title": "title", "kind": "kind", "as_of": "as_of", "published": "published_at"}
    cut = cut_page(found, request.GET, sorts, default="-published")
    decides = bool(request.roles & {"lead", "body-admin"})  # type: ignore[attr-defined]
    listing = Listing(
        caption="Public pages",
        columns=(Column("title", "Page", sortable=True), Column("kind", "Kind", sortable=True),
                 Column("as_of", "Newest record", sortable=True), Column("published", "Published", sortable=True),
                 Column("do", "What to do")),
        rows=[
            (
                Link(each.title, _page_address(body, each)), vocabulary.PAGE_KINDS[each.kind],
                long_date(presentation.local_day(each.as_of)), long_date(presentation.local_day(each.published_at)),
                Link("Take off the site", reverse("publishing:withdraw", args=[body.slug, each.key]))
                if decides and each.kind == "agreement" else "",
            )
            for each in cut.rows
        ],
        query=request.GET, sort=cut.sort, after=cut.after, filters=form,
        count=f"{cut.total:,} public page{'' if cut.total == 1 else 's'}",
        empty="Nothing is public yet. Publish, and everything recorded as public appears on your site.",
    )  # fmt: skip
    since, held = queries.since_then(body), queries.kept_back(body)
    titles = queries.titles_of(body, [each.agreement for each in held])
    return render(
        request, "publishing/pages.html",
        {
            "listing": listing, "since": since, "changes": _changes(since),
            "kept_back": [(titles.get(each.agreement, each.agreement), each) for each in held],
            "decides": decides, "held": period_on(body, today()), "page_heading": "What is public", "public_url": address(body, "body"),
        },
    )  # fmt: skip


def _changes(since: queries.SinceThen) -> list[str]:
    """What was recorded since, in words; what has no words of its own is counted together."""
    told, others = [], 0
    for action, number in since.changes:
        words = vocabulary.CHANGES.get(action)
        if words:
            told.append(f"{number:,} {words[0] if number == 1 else words[1]}")
        elif not action.startswith("publishing."):
            others += number
    return [*told, *([f"{others:,} other change{'' if others == 1 else 's'}"] if others else [])]


def _page_address(body: Body, page: Any) -> str:
    keyed = page.kind in ("agreement", "line", "ward", "story", "picture", "newsletter", "report")
    name = {"survey": "surveys", "picture": "story_picture"}.get(page.kind, page.kind)
    return address(body, name, *([page.key] if keyed else []))


def publish(request: HttpRequest, body: Body) -> HttpResponse:
    """This will ask for the site to be made anew, and show how far that is."""
    run = actions.ask_for_refresh(body=body, by=request.user)  # type: ignore[arg-type]
    return redirect("job", body.slug, run)


def withdraw(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will take an agreement off the public site, with the reason on record."""
    page = queries.get_published(body, "agreement", key)
    form = forms.WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(body=body, by=request.user, agreement=key, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{page.title} is off the public site. The figures follow in a moment.")
            return redirect("publishing:pages", body.slug)
    content = {
        "form": form, "page_heading": f"Take {page.title} off the public site?", "submit_text": "Take it off the site",
        "back_url": reverse("publishing:pages", args=[body.slug]),
    }  # fmt: skip
    return render(request, "publishing/withdraw.html", content, status=422 if form.errors else 200)


def put_back(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will let an agreement be published again."""
    actions.put_back(body=body, by=request.user, agreement=key)  # type: ignore[arg-type]
    messages.success(request, "The agreement will be on the public site again in a moment.")
    return redirect("publishing:pages", body.slug)
