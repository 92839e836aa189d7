"""Newsletters as staff see them: chosen, previewed, published, sent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.queries import mails_about
from commonweal.base.templatetags.figures import long_date
from commonweal.directory.queries import today
from commonweal.reporting.reports import actions, forms, queries
from commonweal.reporting.reports.newsletter import LANGUAGES, as_text, newsletter_pdf, quarter_words, still_told

if TYPE_CHECKING:
    from commonweal.base.models import Body


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does, so that no page offers it in vain."""
    return rule_for(f"reports:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def crumbs(body: Body, *more: str) -> dict[str, Any]:
    """This will give the way back from a page of this room."""
    items: list[dict[str, str]] = [{"text": "Newsletters", "href": reverse("reports:newsletters", args=[body.slug])}]
    return {"items": [*items, *({"text": words} for words in more)]}


def form_page(
    request: HttpRequest, form: Any, heading: str, back: str, submit: str = "Save", **more: Any
) -> HttpResponse:  # fmt: skip
    """This will show a form on a page of its own; a refused one is shown again with status 422."""
    content = {"form": form, "page_heading": heading, "submit_text": submit, "back_url": back} | more
    return render(request, "reports/form.html", content, status=422 if form.errors else 200)


def name_of(newsletter: Any) -> str:
    """This will name a newsletter by its quarter."""
    return quarter_words(newsletter.begins_on, newsletter.ends_on, "en")


def newsletters(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the newsletters, how many get them, and what an election holds."""
    on = today()
    content = {
        "newsletters": [(each, name_of(each)) for each in queries.newsletters(body)],
        "readers": len(queries.standing_readers(body)), "may": may(request, "newsletter_add"),
        "waiting": len(actions.told_now(body, on)), "period": queries.period_on(body, on),
        "coming": queries.next_period(body, on), "free": queries.quarters_free(body, on),
        "page_heading": "Newsletters",
    }  # fmt: skip
    return render(request, "reports/newsletters.html", content)


def _story_choices(body: Body, on: date) -> list[tuple[str, str]]:
    return [
        (each.public_id, f"{each.title} ({each.provider or each.agreement_title or 'the body’s own work'})")
        for each in actions.told_now(body, on)
    ]


def add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will begin the newsletter of a quarter."""
    on = today()
    quarters = [
        (begins.isoformat(), quarter_words(begins, ends, "en")) for begins, ends in queries.quarters_free(body, on)
    ]
    form = forms.NewsletterForm(
        request.POST or None, quarters=quarters or [("", "Every quarter has one")], stories=_story_choices(body, on)
    )
    back = reverse("reports:newsletters", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.begin_newsletter(
                by=request.user, body=body, begins_on=date.fromisoformat(given["quarter"]), opening=given["opening"],  # type: ignore[arg-type]
                opening_cy=given["opening_cy"], stories=form.chosen, nudges=given["nudges"],
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "This is how it reads. Change it, or publish it.")
            return redirect("reports:newsletter", body.slug, made.public_id)
    return form_page(request, form, "A newsletter for the people who deliver", back, "See how it reads")


def _shown(body: Body, newsletter: Any, on: date) -> dict[str, Any]:
    """The newsletter as it was frozen, without what may not be told any more; or as it would read today."""
    edition = queries.edition_of(newsletter)
    if edition is None:
        return actions.written(newsletter, on)
    return still_told(edition.content, {each.public_id for each in actions.told_now(body, on)})


def newsletter(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show how a newsletter reads, in either language, and what can be done with it."""
    found, on = queries.get_newsletter(body, public_id), today()
    subject = f"reports.newsletter:{public_id}"
    held = queries.holds(body, activity=actions.USE, subject=subject, on=on) if found.sent_at is None else None
    chosen = request.GET.get("lang", "en")
    lang = chosen if chosen in LANGUAGES else "en"
    content = _shown(body, found, on)
    period = queries.period_on(body, on)
    content_of_page = {
        "newsletter": found, "frame": content[lang], "lang": lang, "edition": queries.edition_of(found), "held": held,
        "after": queries.first_day_after(held) if held else None,
        "override": next(
            (each for each in period.overrides.select_related("decided_by__key_held") if each.subject == subject), None
        ) if period else None,
        "readers": len(queries.standing_readers(body)), "mails": len(mails_about(body, subject)),
        "gone": [each for each in found.stories if each not in {one["id"] for one in content["en"]["stories"]}],
        "may": may(request, "newsletter_change"), "may_send": may(request, "newsletter_publish"),
        "may_pass": may(request, "let_through"), "page_heading": f"Newsletter, {name_of(found)}",
        "breadcrumbs": crumbs(body, name_of(found)),
    }  # fmt: skip
    return render(request, "reports/newsletter.html", content_of_page)


def text(request: HttpRequest, body: Body, public_id: str, lang: str) -> HttpResponse:
    """This will give a newsletter as the plain text of its mail."""
    if lang not in LANGUAGES:
        raise Http404
    content = _shown(body, queries.get_newsletter(body, public_id), today())
    return HttpResponse(as_text(content[lang]), content_type="text/plain; charset=utf-8")


def pdf(request: HttpRequest, body: Body, public_id: str, lang: str) -> HttpResponse:
    """This will give a newsletter as a PDF."""
    if lang not in LANGUAGES:
        raise Http404
    found, on = queries.get_newsletter(body, public_id), today()
    made = newsletter_pdf(_shown(body, found, on)[lang], lang=lang, on=on, colour=body.colour)
    response = HttpResponse(made, content_type="application/pdf")
    name = f"{body.slug}-newsletter-{found.begins_on.isoformat()}-{lang}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def change(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will choose a draft's opening, stories and reminders anew."""
    found, on = queries.get_newsletter(body, public_id), today()
    back = reverse("reports:newsletter", args=[body.slug, public_id])
    initial = {
        "opening": found.opening, "opening_cy": found.opening_cy, "stories": found.stories, "nudges": found.nudges,
        "first": found.stories[0] if found.stories else "", "version": found.version,
    }  # fmt: skip
    form = forms.NewsletterForm(request.POST or None, quarters=(), stories=_story_choices(body, on), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.change_newsletter(
                by=request.user, newsletter=found, version=given["version"] or 0, opening=given["opening"],  # type: ignore[arg-type]
                opening_cy=given["opening_cy"], stories=form.chosen, nudges=given["nudges"],
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "This is how it reads now.")
            return redirect(back)
    return form_page(
        request, form, "Choose anew", back, "See how it reads", page_caption=f"Newsletter, {name_of(found)}"
    )


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else 0


def drop(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will drop a draft."""
    found = queries.get_newsletter(body, public_id)
    actions.drop_newsletter(by=request.user, newsletter=found, version=_version(request))  # type: ignore[arg-type]
    messages.success(request, "The draft is dropped. Its quarter is free again.")
    return redirect("reports:newsletters", body.slug)


def publish(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will freeze a newsletter and put it on the public site."""
    found = queries.get_newsletter(body, public_id)
    actions.publish_newsletter(by=request.user, newsletter=found, version=_version(request))  # type: ignore[arg-type]
    messages.success(request, "The newsletter is published: it stays as it is from now on. Send it when you like.")
    return redirect("reports:newsletter", body.slug, public_id)


def send(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will send a published newsletter to everybody who gets it."""
    found = queries.get_newsletter(body, public_id)
    sent = actions.send_newsletter(by=request.user, newsletter=found)  # type: ignore[arg-type]
    number = f"{sent} mail{'' if sent == 1 else 's'}"
    messages.success(
        request, f"{number} went to the outbox on {long_date(today())}. Each has its own link to stop them."
    )
    return redirect("reports:newsletter", body.slug, public_id)
