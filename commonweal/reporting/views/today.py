"""What needs the person who is signed in today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commonweal.frameworks.queries import today as current_day
from commonweal.reporting.today import today_of

if TYPE_CHECKING:
    from commonweal.base.models import Body


def today(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show what needs the person who is signed in, by their roles here."""
    on = current_day()
    found = today_of(body, request.user, request.roles, on)  # type: ignore[arg-type, attr-defined]
    content = {"today": found, "on": on, "page_heading": "What needs you today"}
    return render(request, "reporting/today.html", content)
