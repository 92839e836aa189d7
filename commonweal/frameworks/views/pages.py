"""What the pages of the room share: how one is drawn, who may write, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commonweal.frameworks.permissions import WRITERS

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


def may_write(request: HttpRequest) -> bool:
    return bool(request.roles & set(WRITERS))  # type: ignore[attr-defined]


def me(request: HttpRequest) -> Person:
    """This will give who asks; the door lets only people of the body in."""
    assert request.user.is_authenticated
    return request.user


def posted(request: HttpRequest) -> Any:
    """This will give what was posted, even when it is nothing, or None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def crumbs_to(body: Body, *parts: tuple[str, str]) -> dict[str, Any]:
    return {
        "items": [{"text": words, "href": reverse(f"frameworks:{name}", args=[body.slug])} for words, name in parts]
    }


def page(request: HttpRequest, template: str, here: str, status: int = 200, **content: Any) -> HttpResponse:
    """This will draw a page of the room; `here` marks its entry in the room's own navigation."""
    content |= {"here": here, "may_write": may_write(request)}
    return render(request, f"frameworks/{template}.html", content, status=status)


def form_page(
    request: HttpRequest, form: django_forms.Form, *, heading: str, submit: str, cancel: str, here: str = "strategy",
    **content: Any,
) -> HttpResponse:  # fmt: skip
    status = content.pop("status", 422 if form.errors else 200)
    return page(
        request,
        "form",
        here,
        status=status,
        form=form,
        page_heading=heading,
        submit=submit,
        cancel_url=cancel,
        **content,
    )
