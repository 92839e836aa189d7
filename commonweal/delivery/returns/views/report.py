"""One verb, “Report progress”: the lines of a return, one thing per page, checked, sent, and a receipt worth keeping."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.errors import NotPossible
from commonweal.base.files import UnusableFile
from commonweal.base.templatetags.figures import (
    amount_in_unit,
    long_date,
    own_name,
    page_language,
    quantity,
    short_in_unit,
)
from commonweal.delivery import promises
from commonweal.delivery.policies import check_right
from commonweal.delivery.returns import actions, forms, policies, queries
from commonweal.delivery.returns.letters import period_words
from commonweal.delivery.returns.overlaps import paid_and_counted
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.delivery.returns.views.desk import Desk


def told_words(row: queries.LineRow) -> str:
    """This will say in a few words what a line's answer is; "" while there is none."""
    if row.hidden:
        return _("Told in confidence")
    words = ""
    if row.line.answer == "nothing":
        words = _("Nothing this period")
    elif row.line.answer == "told" and row.figure is not None:
        words = amount_in_unit(row.figure.quantity, row.promise.commitment.unit_words, page_language())
    if words and row.line.reported_to is not None:
        return _("%(answer)s, reported to %(body)s") % {"answer": words, "body": own_name(row.line.reported_to)}
    return words


def promised_words(row: queries.LineRow) -> str:
    """This will say what was promised and what is on record of it: "40 sessions promised, 12 so far"."""
    promise, unit, lang = row.promise, row.promise.commitment.unit_words, page_language()
    so_far = short_in_unit(promise.delivered.claimed, unit)
    if promise.promised is None:
        return _("%(number)s on record so far") % {"number": amount_in_unit(promise.delivered.claimed, unit, lang)}
    if promise.is_harm:
        words = _("At most %(limit)s, %(number)s so far")
        return words % {"limit": amount_in_unit(promise.promised, unit, lang), "number": so_far}
    words = _("%(promised)s promised, %(number)s on record so far")
    return words % {"promised": amount_in_unit(promise.promised, unit, lang), "number": so_far}


def _holder(row: queries.LineRow, desk: Desk) -> str:
    if row.part is None or (desk.part is not None and row.part.pk == desk.part.pk):
        return ""
    who = row.part.person.name
    return f"{who}, {row.part.organisation}" if row.part.organisation else str(who)


def _task(row: queries.LineRow, desk: Desk, *, is_open: bool) -> dict[str, Any]:
    words, holder = told_words(row), _holder(row, desk)
    hint = promised_words(row) + (" · " + _("Passed on to %(who)s") % {"who": holder} if holder else "")
    status: dict[str, Any] = {"text": words}
    if not words:
        waiting = _("Waiting for them") if holder else _("Not answered yet")
        status = {"tag": {"text": waiting, "classes": "govuk-tag--yellow" if holder else "govuk-tag--blue"}}
    opens = is_open and not row.hidden and row.line.reported_to_id is None
    return {"title": {"text": row.promise.commitment.wording}, "hint": {"text": hint}, "status": status,
            "href": desk.to("line", row.line.public_id) if opens else None}  # fmt: skip


def due_words(found: Any) -> str:
    """This will say when a return is due, and how late it is."""
    when = long_date(found.due_on, page_language())
    days = (today() - found.due_on).days
    if found.state not in queries.NEVER_SENT or days <= 0:
        return _("Due by %(day)s") % {"day": when}
    late = ngettext("one day ago", "%(days)d days ago", days) % {"days": days}
    return _("It was due on %(day)s, %(late)s") % {"day": when, "late": late}


def caption(desk: Desk) -> str:
    """This will name the agreement and the period above a page's heading."""
    return f"{desk.found.agreement.title}, {period_words(desk.found, page_language())}"


def report(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will list what is asked, each line leading to a page of its own, and what to do when all are answered."""
    rows = queries.line_rows(desk.found, today(), desk.part)
    unanswered = sum(row.line.answer == "unanswered" for row in rows)
    own = [row for row in rows if row.line.part_id == (desk.part.pk if desk.part else None)]
    why_closed = desk.why_closed if desk.found.state in queries.WITH_PROVIDER else ""
    is_open = desk.is_open
    content = desk.frame(
        page_heading=_("Report progress to %(body)s") % {"body": own_name(desk.found.body)}, caption=caption(desk),
        due=due_words(desk.found), tasks=[_task(row, desk, is_open=is_open) for row in rows], is_open=is_open,
        why_closed=why_closed, unanswered=unanswered, number=len(rows),
        first_open=next((desk.to("line", row.line.public_id) for row in own if row.line.answer == "unanswered"), ""),
        own_unanswered=sum(row.line.answer == "unanswered" for row in own), to_pass_on=bool(own),
        parts=[part for part in queries.parts_of(desk.found) if desk.part is None or part.part_of_id == desk.part.pk],
        to={page: desk.to(page) for page in ("nothing", "send", "finish", "receipt", "pass_on", "workbook", "upload", "calendar")},
        back_url=_home(desk),
    )  # fmt: skip
    for part in content["parts"]:
        part.take_back_url = desk.to("take_back", part.public_id)
    return render(request, "returns/report.html", content)


def _home(desk: Desk) -> str:
    return "" if desk.link is not None else reverse("returns_provider:due", args=[desk.party.public_id])


def _initial(line: Any, figure: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"version": line.version, "starts_on": line.of_return.starts_on,
                             "ends_on": line.of_return.ends_on, "in_confidence": line.in_confidence}  # fmt: skip
    if line.answer == "told" and figure is not None:
        for name in ("quantity", "transferred"):
            number = getattr(figure, name)
            given[name] = "" if number is None else quantity(number)
        given |= {
            "starts_on": figure.starts_on or given["starts_on"], "ends_on": figure.ends_on or given["ends_on"],
            "place": figure.place_code, "note": figure.note, "evidence_kind": figure.evidence_kind,
            "evidence_words": figure.evidence_words, "has_file": figure.file is not None,
        }  # fmt: skip
    return given


def _answer(form: forms.LineForm) -> actions.Answer:
    given = form.cleaned_data
    upload = given["evidence_file"]
    return actions.Answer(
        quantity=given["quantity"], transferred=given.get("transferred"), starts_on=given["starts_on"],
        ends_on=given["ends_on"], place_code=given["place"], note=given["note"],
        in_confidence=given.get("in_confidence", False), evidence_kind=given["evidence_kind"],
        evidence_words=given["evidence_words"], file_name=upload.name if upload else "",
        content=upload.read() if upload else b"",
    )  # fmt: skip


def line(request: HttpRequest, desk: Desk, line: str) -> HttpResponse:
    """This will take the answer to one line; what was typed is kept, and shown again when somebody else was quicker."""
    held = queries.get_line(desk.found, line, desk.part)
    check_right(desk.found.agreement, "report")
    try:
        policies.check_open(desk.found)
        policies.check_may_write(held, desk.part)
    except NotPossible as error:
        messages.warning(request, str(error))
        return redirect(desk.to("report"))
    figure = queries.figure_of(held)
    far_beyond = partial(promises.quantity_far_beyond, held.commitment)
    posted = request.POST if request.method == "POST" else None
    form = forms.LineForm(
        posted, request.FILES or None, unit=held.commitment.unit, jobs=policies.can_be_transferred(held.commitment),
        prime=desk.prime, initial=_initial(held, figure), far_beyond=far_beyond,
    )  # fmt: skip
    status = 200
    if posted is not None:
        try:
            if "nothing" in posted:
                against = _version_of(posted.get("version", ""), held)
                actions.say_nothing(by=desk.person, line=held, written_against=against, part=desk.part)
                return _next(request, desk, held)
            if form.is_valid():
                saved = actions.save_line(
                    by=desk.person, line=held, answer=_answer(form), written_against=form.cleaned_data["version"],
                    part=desk.part,
                )  # fmt: skip
                if "quietly" in posted:
                    return JsonResponse({"version": saved.version})
                return _next(request, desk, held)
            status = 422
        except actions.LineChangedMeanwhile as error:
            held = queries.get_line(desk.found, line, desk.part)
            figure, status = queries.figure_of(held), 409
            again = posted.copy()
            again["version"] = str(held.version)  # saved again, it replaces what stands knowingly
            form = forms.LineForm(
                again, unit=held.commitment.unit, jobs=policies.can_be_transferred(held.commitment), prime=desk.prime,
                initial=_initial(held, figure), far_beyond=far_beyond,
            )  # fmt: skip
            form.add_error(None, str(error))
            _ask_for_file_again(request, form)
        except UnusableFile as error:
            form.add_error("evidence_file", str(error))
            status = 422
        except NotPossible as error:
            form.add_error(_field_of(error, form), str(error))
            status = 422
        if "quietly" in posted:
            return JsonResponse({"errors": form.errors.get_json_data()}, status=status)
    if status == 422:
        _ask_for_file_again(request, form)
    return _line_page(request, desk, held, form, status)


def _version_of(typed: str, held: Any) -> int:
    """This will read the version an answer was written against; what is no version is none that stands."""
    if not typed:
        return int(held.version)
    return int(typed) if typed.isdecimal() and len(typed) < 10 else -1


def _ask_for_file_again(request: HttpRequest, form: forms.LineForm) -> None:
    """This will say beside its box that a file which came with a refused answer was not kept."""
    if "evidence_file" in request.FILES and "evidence_file" not in form.errors:
        name = getattr(request.FILES["evidence_file"], "name", "")
        form.add_error("evidence_file", _("%(name)s was not kept. Choose the file again.") % {"name": name})


def _field_of(error: NotPossible, form: forms.LineForm) -> str | None:
    words = str(error)
    return "place" if form.cleaned_data.get("place") and form.cleaned_data["place"] in words else "quantity"


def _line_page(request: HttpRequest, desk: Desk, held: Any, form: forms.LineForm, status: int) -> HttpResponse:
    rows = queries.line_rows(desk.found, today(), desk.part)
    number = next(index for index, row in enumerate(rows, start=1) if row.line.pk == held.pk)
    row = rows[number - 1]
    opened = {"dates": bool({"starts_on", "ends_on", "place"} & form.errors.keys()) or bool(form["place"].value()),
              "evidence": bool({"evidence_kind", "evidence_words", "evidence_file"} & form.errors.keys())
              or bool(form["evidence_kind"].value())}  # fmt: skip
    content = desk.frame(
        page_heading=held.commitment.wording, caption=caption(desk), form=form, row=row, opened=opened,
        step=_("Line %(number)d of %(count)d") % {"number": number, "count": len(rows)},
        promised=promised_words(row), told=told_words(row), back_url=desk.to("report"), line=held,
        expected=row.promise.expected_shown, figure=row.figure, findings=_findings(row),
        is_conflict=status == 409,
    )  # fmt: skip
    return render(request, "returns/line.html", content, status=status)


def _findings(row: queries.LineRow) -> list[str]:
    if row.line.answer != "told" or row.figure is None:
        return []
    return [
        *promises.quantity_far_beyond(row.promise.commitment, row.figure.quantity),
        *promises.dates_out_of_term(row.promise.commitment, row.figure.starts_on, row.figure.ends_on),
    ]


def _next(request: HttpRequest, desk: Desk, held: Any) -> HttpResponse:
    """This will lead on to the next line that nobody answered, or back to the list when there is none."""
    own = desk.part.pk if desk.part else None
    waiting = [each for each in queries.lines_of(desk.found, desk.part)
               if each.answer == "unanswered" and each.part_id == own]  # fmt: skip
    after = [each for each in waiting if each.position > held.position]
    following = (after or waiting)[:1]
    return redirect(desk.to("line", following[0].public_id) if following else desk.to("report"))


def nothing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will say that there is nothing to report on every line not answered yet, in one tap."""
    number = actions.say_nothing_more(by=desk.person, found=desk.found, part=desk.part)
    words = ngettext("Nothing this period: one line.", "Nothing this period: %(count)d lines.", number)
    messages.success(request, words % {"count": number})
    return redirect(desk.to("report" if desk.part else "send"))


def send(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will show all answers once more, and send them."""
    check_right(desk.found.agreement, "report")
    if desk.part is not None:
        return redirect(desk.to("report"))
    if request.method == "POST":
        try:
            actions.send_return(by=desk.person, found=desk.found)
        except NotPossible as error:
            messages.warning(request, str(error))
            return redirect(desk.to("report"))
        return redirect(desk.to("receipt"))
    if not desk.is_open:
        return redirect(desk.to("receipt"))
    rows = queries.line_rows(desk.found, today())
    twice = paid_and_counted(rows)
    shown = [{"row": row, "told": told_words(row), "change": desk.to("line", row.line.public_id),
              "findings": [*_findings(row), *([twice[row.line.pk]] if row.line.pk in twice else [])],
              "holder": _holder(row, desk)} for row in rows]  # fmt: skip
    content = desk.frame(
        page_heading=_("Check your answers"), caption=caption(desk), rows=shown, back_url=desk.to("report"),
        missing=sum(row.line.answer == "unanswered" for row in rows), to_report=desk.to("report"),
    )  # fmt: skip
    return render(request, "returns/send.html", content)


def finish(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will say that whoever holds a part is done with it."""
    if desk.part is None:
        return redirect(desk.to("send"))
    try:
        actions.finish_part(by=desk.person, part=desk.part)
    except NotPossible as error:
        messages.warning(request, str(error))
        return redirect(desk.to("report"))
    return redirect(desk.to("receipt"))


def receipt(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will show what was sent, to keep."""
    if desk.part is None and not desk.found.sendings:
        return redirect(desk.to("report"))
    rows = queries.line_rows(desk.found, today(), desk.part)
    sent = queries.last_sent(desk.found)
    shown = []
    for row in rows:
        last = sent.get(row.line.pk)
        shown.append({"row": row, "told": told_words(row), "entry": last.entry if last else None})
    content = desk.frame(
        caption=caption(desk), rows=shown, to_report=desk.to("report"), home=_home(desk), part=desk.part,
        page_heading=_("Your report was received"),
    )  # fmt: skip
    return render(request, "returns/receipt.html", content)


def pass_on(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will pass lines on to a colleague or a sub-contractor, who gets a link to them alone."""
    check_right(desk.found.agreement, "report")
    own = desk.part.pk if desk.part else None
    lines = [each for each in queries.lines_of(desk.found, desk.part) if each.part_id == own]
    choices = [(each.public_id, each.commitment.wording) for each in lines]
    form = forms.PassOnForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.pass_on(
                by=desk.person, found=desk.found, lines=[each for each in lines if each.public_id in given["lines"]],
                email=given["email"], name=given["name"], organisation=given["organisation"],
                from_link=desk.link or (desk.part.link if desk.part else None), part=desk.part,
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("%(name)s has a link by e-mail to the lines you passed on.") % {"name": made.person.name}
            )
            return redirect(desk.to("report"))
    content = desk.frame(
        form=form, page_heading=_("Pass this part to a colleague"), page_caption=caption(desk),
        submit_text=_("Pass it on"), back_url=desk.to("report"),
    )  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)


def take_back(request: HttpRequest, desk: Desk, part: str) -> HttpResponse:
    """This will take back what was passed on."""
    found = queries.get_part(desk.found, part, desk.part)
    try:
        actions.take_back(by=desk.person, part=found)
    except NotPossible as error:
        messages.warning(request, str(error))
    else:
        messages.success(
            request, _("Taken back from %(name)s. The lines are yours again.") % {"name": found.person.name}
        )
    return redirect(desk.to("report"))
