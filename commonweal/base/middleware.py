"""The door: finds the permission row of every request, opens its scope, and rolls back what failed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import translation

from commonweal.base.access import PROVIDER, PUBLIC, SIGNED_IN, STAFF, NotInTable, Rule, is_listed, rule_for
from commonweal.base.errors import NotPossible, Refused
from commonweal.base.ids import random_id
from commonweal.base.queries import find_body, find_party, roles_for_party, roles_in_body
from commonweal.base.scope import open_scope

Answer = Callable[[HttpRequest], HttpResponse]
READING = ("GET", "HEAD", "OPTIONS")
#: Where files are, on their own host.
FILES_PATH = "/files/"
#: Set in a session by a sign-in elsewhere whose own second factor counts here.
SECOND_FACTOR_ELSEWHERE = "commonweal_second_factor_elsewhere"


def forbid_writing() -> None:
    """This will make the open transaction read-only: reading a page never changes anything, whatever its code does."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def may_write(request: HttpRequest) -> bool:
    """This will say whether reading this address writes: only where the permission table says so."""
    try:
        return request.method == "GET" and rule_for(resolve(request.path_info).view_name, "GET").writes_on_get
    except (Resolver404, NotInTable):
        return False


def has_second_factor(request: HttpRequest) -> bool:
    """This will say whether someone signed in with a second factor: ours, or one elsewhere that counts here."""
    return is_mfa_enabled(request.user) or bool(request.session.get(SECOND_FACTOR_ELSEWHERE))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will say that nothing is here, whether it never was or belongs to somebody else."""
    content = {"reference": getattr(request, "reference", "")}
    return render(request, "base/errors/404.html", content, status=404)


class FilesHost:
    """Keeps the files' own host, where the settings name one, to files alone: no page, no sign-in, no cookie is there."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.COMMONWEAL_FILES_ADDRESS:
            return self.answer(request)
        there = request.get_host() == urlsplit(settings.COMMONWEAL_FILES_ADDRESS).netloc
        if there != request.path_info.startswith(FILES_PATH):
            return HttpResponse("Nothing is here.", status=404, content_type="text/plain; charset=utf-8")
        return self.answer(request)


class Reference:
    """Gives every request a reference number, shown on error pages and written in the log, never content."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reference = random_id()  # type: ignore[attr-defined]
        response = self.answer(request)
        response.headers["X-Reference"] = request.reference  # type: ignore[attr-defined]
        response.headers.setdefault("Cache-Control", "no-store" if request.user.is_authenticated else "no-cache")
        return response


class Door:
    """Lets a request in only by a row of the permission table, and with only that row's scope open."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path:  # no text in PostgreSQL can hold it, so nothing is there
            return not_found(request, Http404())
        outermost = not transaction.get_connection().in_atomic_block
        with ExitStack() as stack:
            request.scopes = stack  # type: ignore[attr-defined]
            stack.enter_context(transaction.atomic())
            if outermost and request.method in READING and not may_write(request):
                forbid_writing()
            response = self.answer(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """This will refuse, redirect to sign-in, or open the scope and let the view answer."""
        match = request.resolver_match
        if match is None:
            raise Http404
        try:
            rule = rule_for(match.view_name, request.method or "GET")
        except NotInTable:
            if is_listed(match.view_name):
                return HttpResponseNotAllowed(_methods(match.view_name))
            raise Refused("Nothing in the permission table allows this address.") from None
        request.rule = rule  # type: ignore[attr-defined]
        if rule.audience == PUBLIC:
            self._let_public_in(request, kwargs)
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if rule.audience == SIGNED_IN:
            request.scopes.enter_context(open_scope(person=request.user.pk))  # type: ignore[attr-defined]
            return None
        if settings.COMMONWEAL_SECOND_FACTOR and rule.audience == STAFF and not has_second_factor(request):
            return redirect("mfa_activate_totp")
        if rule.audience == STAFF:
            # Pages for staff are written in English, so the frame and the dates around their words are English too.
            translation.activate("en")
            self._let_staff_in(request, rule, kwargs)
        else:
            self._let_provider_in(request, rule, kwargs)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """This will show what does not exist as not found, and what is not possible with its reason."""
        if isinstance(exception, ObjectDoesNotExist):
            return not_found(request, exception)
        if isinstance(exception, NotPossible):
            content = {"sentence": str(exception), "reference": getattr(request, "reference", "")}
            return render(request, "base/errors/409.html", content, status=409)
        return None

    def _let_public_in(self, request: HttpRequest, kwargs: dict[str, Any]) -> None:
        # No scope: a public page can read nothing but shared and published tables.
        if "body" in kwargs:
            body = find_body(kwargs["body"])
            if body is None:
                raise Http404
            request.body_of_page = body  # type: ignore[attr-defined]
            kwargs["body"] = body

    def _let_staff_in(self, request: HttpRequest, rule: Rule, kwargs: dict[str, Any]) -> None:
        body = find_body(kwargs["body"])
        if body is None:
            raise Http404
        with open_scope(person=request.user.pk):
            roles = roles_in_body(request.user, body)  # type: ignore[arg-type]
        if not roles:
            raise Http404  # another body's address looks like one that does not exist
        request.body_of_page, request.roles = body, roles  # type: ignore[attr-defined]
        if not rule.allows(roles):
            raise Refused(rule.sentence)
        request.scopes.enter_context(open_scope(body=body.pk, person=request.user.pk))  # type: ignore[attr-defined]
        kwargs["body"] = body

    def _let_provider_in(self, request: HttpRequest, rule: Rule, kwargs: dict[str, Any]) -> None:
        if rule.audience != PROVIDER:
            raise Refused(f"The permission table names an audience nobody belongs to: {rule.audience}.")
        party = find_party(kwargs["party"])
        if party is None:
            raise Http404
        with open_scope(person=request.user.pk):
            roles = roles_for_party(request.user, party)  # type: ignore[arg-type]
        if not roles:
            raise Http404
        if not rule.allows(roles):
            raise Refused(rule.sentence)
        request.roles = roles  # type: ignore[attr-defined]
        request.scopes.enter_context(open_scope(party=party.pk, person=request.user.pk))  # type: ignore[attr-defined]
        kwargs["party"] = party


def _methods(route: str) -> list[str]:
    found = []
    for method in ("GET", "POST"):
        try:
            rule_for(route, method)
        except NotInTable:
            continue
        found.append(method)
    return found
