"""A body's assessment of itself, and the pack it gives to another body for a peer challenge."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.directory.queries import today
from commonweal.reporting.benchmarks import actions, forms, queries
from commonweal.reporting.benchmarks.packing import pack_of
from commonweal.reporting.benchmarks.questions import questions
from commonweal.reporting.benchmarks.views.rates import HEADINGS, comparator_rows, crumbs, may, ways
from commonweal.reporting.register.views.pages import form_page, year_of

if TYPE_CHECKING:
    from commonweal.base.models import Body


def self_assessment(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show the questions a body asks itself, with its answers."""
    answered = queries.answers(body)
    year = year_of(request, body)
    content = {
        "questions": [{"question": each, "answer": answered.get(each.id)} for each in questions().values()],
        "answered": len(answered), "all": len(questions()), "may": may(request, "question"), "year": year,
        "fingerprint": hashlib.sha256(_pack(body, year)).hexdigest(),
        "ways": ways(body, "benchmarks:self_assessment"), "page_heading": "Self-assessment",
        "breadcrumbs": crumbs(body, "Self-assessment"),
    }  # fmt: skip
    return render(request, "benchmarks/self_assessment.html", content)


def question(request: HttpRequest, body: Body, question: str) -> HttpResponse:
    """This will take the answer to one question."""
    asked = questions().get(question)
    if asked is None:
        raise Http404
    held = queries.answers(body).get(question)
    initial = {"level": held.level, "words": held.words, "evidence": held.evidence} if held else None
    form = forms.AnswerForm(request.POST or None, hint=asked.evidence, initial=initial)
    back = reverse("benchmarks:self_assessment", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(by=request.user, body=body, question=question, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Kept. Earlier answers stay on record.")
            return redirect(back)
    return form_page(request, form, asked.words, back, "Save")


def pack(request: HttpRequest, body: Body) -> HttpResponse:
    """This will send the peer-challenge pack of a year, which another body opens with the command line alone."""
    year = year_of(request, body)
    response = HttpResponse(_pack(body, year), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{body.slug}-peer-challenge-{year.slug}.zip"'
    return response


def _pack(body: Body, year: object) -> bytes:
    rows = comparator_rows(body, year, "kind") if queries.consent_of(body) else []
    return pack_of(body, year, today(), rows, HEADINGS)  # type: ignore[arg-type]
