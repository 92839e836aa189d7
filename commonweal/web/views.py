"""The front door, and the pages that say something went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.files import file_response, read_file_token
from commonweal.base.govuk.colour import NotAColour, body_css
from commonweal.base.queries import (
    bodies,
    get_body_by_public_id,
    get_job_run,
    get_person,
    get_stored_file,
    roles_in_body,
)
from commonweal.base.scope import open_scope
from commonweal.web.sign_in import places_of_work

if TYPE_CHECKING:
    from commonweal.base.models import Body

DEFAULT_COLOUR = "#1d3d5c"


def home(request: HttpRequest) -> HttpResponse:
    """This will show the bodies anyone may look at and, to someone signed in, where they work."""
    work = places_of_work(request.user) if request.user.is_authenticated else []
    content = {"bodies": bodies(), "work": work, "demo": settings.COMMONWEAL_DEMO}
    return render(request, "web/home.html", content)


def colour(request: HttpRequest, body: Body) -> HttpResponse:
    """This will give the small stylesheet of a body's own colour."""
    try:
        css = body_css(body.colour)
    except NotAColour:
        css = body_css(DEFAULT_COLOUR)
    response = HttpResponse(css, content_type="text/css")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def file(request: HttpRequest, token: str) -> HttpResponse:
    """This will send a file on the files' own host to whoever was given its address in the last minute.

    Nobody is signed in there: the address names the person, whose rights are looked up now.
    """
    read = read_file_token(token) if settings.COMMONWEAL_FILES_ADDRESS else None
    if read is None:
        raise Http404
    body_id, file_id, person_id = read
    body, person = get_body_by_public_id(body_id), get_person(person_id)
    with open_scope(body=body.pk, person=person.pk):
        if not person.is_active or not rule_for("delivery:evidence_file", "GET").allows(roles_in_body(person, body)):
            raise Http404
        return file_response(get_stored_file(file_id))


def job(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show how far a job is, and lead on to its result; without script the page asks again by itself."""
    run = get_job_run(public_id)
    if run.state == "finished" and run.result_path:
        return redirect(run.result_path)
    content = {
        "run": run, "page_heading": "Working on it", "job_total": run.total, "job_done": run.done,
        "job_message": run.message, "poll_url": reverse("job_progress", args=[body.slug, public_id]),
    }  # fmt: skip
    return render(request, "web/job.html", content)


def job_progress(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will answer how far a job is, as JSON."""
    run = get_job_run(public_id)
    state = {"finished": "done"}.get(run.state, run.state)
    here = reverse("job", args=[body.slug, public_id])
    found = {"state": state, "done": run.done, "total": run.total, "message": run.message}
    return JsonResponse(found | {"html_url": run.result_path or here})


def _went_wrong(request: HttpRequest, status: int, template: str, **content: object) -> HttpResponse:
    content["reference"] = getattr(request, "reference", "")
    return render(request, f"base/errors/{template}.html", content, status=status)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will say who may do what was refused: the sentence of the rule."""
    return _went_wrong(request, 403, "403", sentence=str(exception))


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will say that the request could not be understood."""
    return _went_wrong(request, 400, "400")


def failed(request: HttpRequest) -> HttpResponse:
    """This will say that something broke here, with the reference number that finds it in the log."""
    return _went_wrong(request, 500, "500")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """This will say that the form was too old or came from somewhere else."""
    return _went_wrong(
        request, 403, "403", sentence="This form is too old. Go back, load the page again and send it again."
    )
