"""What every page of the directory shares: its frame, its forms, its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.templatetags.figures import long_date

if TYPE_CHECKING:
    from commonweal.base.models import Body

#: The forms in which a list is exported: the words of the link, and the ending of the address.
SPREADSHEETS = (("CSV", "csv"), ("Excel", "xlsx"))
SECTIONS = (
    ("people", "People"),
    ("departments", "Departments"),
    ("organisations", "Organisations"),
    ("places", "Places"),
)


def can_open(request: HttpRequest, route: str) -> bool:
    return rule_for(f"directory:{route}", "GET").allows(request.roles)  # type: ignore[attr-defined]


def address(body: Body, route: str, *parts: str) -> str:
    return reverse(f"directory:{route}", args=[body.slug, *parts])


def page(
    request: HttpRequest, template: str, body: Body, section: str, *, status: int = 200, **content: Any
) -> HttpResponse:
    navigation = [
        {"text": words, "href": address(body, route), "active": route == section} for route, words in SECTIONS
    ]
    content["sections"] = {
        "navigation": navigation, "ariaLabel": "People and places", "collapseNavigationOnMobile": False,
        "navigationId": "sections",
    }  # fmt: skip
    if "trail" in content:
        here = [{"text": words, "href": href} for words, href in content.pop("trail")]
        content["breadcrumbs"] = {"items": here, "collapseOnMobile": True}
    return render(request, f"directory/{template}.html", content, status=status)


def section(body: Body, section: str) -> tuple[str, str]:
    return dict(SECTIONS)[section], address(body, section)


def posted(request: HttpRequest) -> QueryDict | None:
    """This will give what was sent, even when nothing was filled in; None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def filled(request: HttpRequest, form: django_forms.Form, act: Callable[[dict[str, Any]], Any], field: str) -> bool:
    """This will do what a sent form asks; what cannot be done is said at a field. Answers whether it was done."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except NotPossible as error:
        form.add_error(field or None, str(error))
        return False
    return True


def form_page(
    request: HttpRequest, body: Body, section: str, form: django_forms.Form, *, heading: str, submit: str,
    trail: Sequence[tuple[str, str]], lead: str = "", warning: bool = False,
) -> HttpResponse:  # fmt: skip
    return page(
        request, "form", body, section, status=422 if form.errors else 200, form=form, page_heading=heading,
        submit=submit, trail=trail, lead=lead, cancel_url=trail[-1][1], warning=warning,
    )  # fmt: skip


def said(day: date | None) -> str:
    return long_date(day) if day else ""


def in_wales(body: Body) -> bool:
    return body.nation == "wales"


def count_in_words(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def asked_by(form: django_forms.Form) -> dict[str, Any]:
    """What a filter asks for; a filter that cannot be read asks for nothing."""
    return form.cleaned_data if form.is_valid() else {}


def confirmed(request: HttpRequest, form: django_forms.Form, act: Callable[[dict[str, Any]], Any]) -> bool:
    return filled(request, form, act, "")
