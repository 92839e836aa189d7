"""Agreements and their promises: the list, the page with promised against achieved, and what is recorded there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from commonweal.asks.queries import ask_line_choices, find_ask_line, find_opportunity, opportunity_choices
from commonweal.asks.vocabulary import CHANNELS, REGIMES
from commonweal.base.access import is_listed, rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.parts import AssuranceBar, PromiseMarks, PromiseTable, Thread
from commonweal.base.pdf import make_pdf
from commonweal.base.queries import get_person, staff_of
from commonweal.base.templatetags.figures import long_date, pounds, quantity
from commonweal.delivery import actions, forms, policies, queries
from commonweal.delivery.consequences import check_takes_work, takes_work
from commonweal.delivery.promises import formula_words
from commonweal.delivery.views.history import clause_words, history_of
from commonweal.delivery.vocabulary import STATES
from commonweal.directory.queries import (
    departments,
    get_department,
    get_organisation,
    organisations,
    places_by_code,
    today,
)
from commonweal.engine.model import LICENSED
from commonweal.engine.promises import ratio_words
from commonweal.frameworks.queries import edition_for, get_measure, measures

if TYPE_CHECKING:
    from commonweal.base.models import Body

SORTS = {"title": "title", "value": "value", "ends": "ends_on", "provider": "provider__name"}
COLUMNS = (
    Column("title", "Agreement", sortable=True),
    Column("provider", "Provider", sortable=True),
    Column("owner", "Owner"),
    Column("value", "Value", numeric=True, sortable=True),
    Column("ends", "Ends", sortable=True),
    Column("promises", "Promises", numeric=True),
)


class Filters(django_forms.Form):
    """What the list is narrowed to."""

    mark_optional = False
    text = django_forms.CharField(label="Title, reference or provider", required=False, max_length=200)
    channel = django_forms.ChoiceField(label="Channel", required=False, choices=forms.optional(CHANNELS, "All"))
    department = django_forms.ChoiceField(label="Department", required=False)
    owner = django_forms.ChoiceField(label="Owner", required=False)
    state = django_forms.ChoiceField(label="State", required=False, choices=forms.optional(STATES, "All"))
    overdue = django_forms.BooleanField(label="Only with overdue promises", required=False)


def list_filters(request: HttpRequest, body: Body) -> tuple[Filters, queries.AgreementFilters, dict[int, str]]:
    """This will give the list's filter form, what it narrows to, and the names of the staff by inner key."""
    form = Filters(request.GET)
    form.fields["department"].choices = forms.optional(_departments(body), "All")  # type: ignore[attr-defined]
    staff = [person for person, _ in staff_of(body)]
    names = {person.pk: person.name for person in staff}
    people = [(person.public_id, names[person.pk]) for person in staff]
    form.fields["owner"].choices = [("", "All"), ("nobody", "Nobody yet"), *people]  # type: ignore[attr-defined]
    return form, queries.AgreementFilters(**(form.cleaned_data if form.is_valid() else {})), names


def _owner(agreement: Any, names: dict[int, str]) -> str:
    """The owner's name, as the list of staff has it or, for someone who left, from their own record."""
    if agreement.owner is None:
        return ""
    return names.get(agreement.owner_id) or str(agreement.owner.name)


#: Pages of the rooms within delivery about all agreements; one that is not there, or not for the reader, is left out.
WAYS = (
    ("mobilisation:calendar", "What is due"),
    ("mobilisation:completeness", "What was reported"),
    ("mobilisation:mails", "Mails"),
    ("reviews:reviews", "Reviews"),
)


def _ways(request: HttpRequest) -> list[tuple[str, str]]:
    roles = request.roles  # type: ignore[attr-defined]
    return [(route, words) for route, words in WAYS if is_listed(route) and rule_for(route, "GET").allows(roles)]


def agreements(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the body's agreements, narrowed and ordered by the address."""
    form, filters, names = list_filters(request, body)
    cut = cut_page(queries.agreements(body, filters, today()), request.GET, SORTS, default="title")
    shown: list[Any] = cut.rows
    may_give = may(request, "agreements_owners")
    people = form.fields["owner"].choices[2:]  # type: ignore[attr-defined]  # after "All" and "Nobody yet"
    rows = [
        (
            render_to_string("delivery/_pick.html", {"agreement": each, "page_body": body})
            if may_give
            else Link(each.title, reverse("delivery:agreement", args=[body.slug, each.public_id])),
            each.provider.name if each.provider else (each.buyer_name and f"Buyer: {each.buyer_name}") or "–",
            _owner(each, names) or "Nobody yet",
            pounds(each.value) if each.value is not None else "Not known",
            long_date(each.ends_on) if each.ends_on else each.ends_words or "Not known",
            quantity(each.promises),
        )
        for each in shown
    ]
    export = {
        words: reverse("delivery:agreements_export", args=[body.slug, form_])
        for words, form_ in (("CSV", "csv"), ("Excel", "xlsx"))
    }
    listing = Listing(
        caption="Agreements", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} agreement{'' if cut.total == 1 else 's'}", filters=form, exports=export,
        empty="No agreements yet. Bring in the spreadsheet you keep today, or record one.",
        empty_action=Link("Bring in a file", reverse("delivery:import_add", args=[body.slug])),
    )  # fmt: skip
    overdue = queries.overdue_commitments(body, today()).count()
    unowned = queries.unowned_agreements(body).count()
    content = {"listing": listing, "page_heading": "Promises", "overdue": overdue, "unowned": unowned,
               "owners_form": forms.OwnersForm(people=people) if may_give and rows else None, "total": cut.total,
               "may": may(request, "agreement_add"), "may_hand_over": may(request, "leaver"), "ways": _ways(request)}  # fmt: skip
    return render(request, "delivery/agreements.html", content)


def agreements_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write the agreements shown, all pages of them, as a file."""
    _, filters, names = list_filters(request, body)
    found: Any = in_order(queries.agreements(body, filters, today()), request.GET.get("sort", ""), SORTS, "title")
    return export_response(
        form, name=f"agreements-{body.slug}",
        headings=["Reference", "Agreement", "Level", "Channel", "Provider", "Buyer", "Department", "Owner", "Value (£)",
                  "Spent (£)", "Starts on", "Ends on", "Ends, in words", "State", "Promises", "Where it comes from"],
        rows=(
            (each.reference, each.title, each.get_level_display(), each.get_channel_display(),
             each.provider.name if each.provider else "", each.buyer_name,
             each.department.name if each.department else "",
             _owner(each, names), each.value, each.spent, each.starts_on,
             each.ends_on, each.ends_words, each.get_state_display(), each.promises, each.get_origin_display())
            for each in found
        ),
        about=[("Body", body.name), ("What", "The agreements shown on the page, in its order")],
    )  # fmt: skip


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does, so that no page offers it in vain."""
    return rule_for(f"delivery:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def place_words(code: str) -> str:
    """This will name a place by its code: "Castle (E05001155)"; "" for none."""
    if not code:
        return ""
    place = places_by_code([code]).get(code)
    return f"{place.name} ({code})" if place else code


def thread_of(agreement: Any, table: queries.PromiseTable, current: str) -> Thread:
    """This will say where an agreement stands on the line, each step leading to its own page."""
    slug, key = agreement.body.slug, agreement.public_id
    page = reverse("delivery:agreement", args=[slug, key])
    promised = [row for row in table.rows if row.promised and row.commitment.direction == "benefit"]
    met = sum(row.met for row in promised)
    steps: dict[str, tuple[str | None, str]] = {
        "plan": (reverse("frameworks:strategy", args=[slug]), "What the body wants"),
        "promise": (f"{page}#promises", f"{len(table.rows)} promise{'' if len(table.rows) == 1 else 's'}"),
        "worth": (reverse("reporting:agreement_worth", args=[slug, key]), "What it is worth"),
    }
    if agreement.opportunity:
        ask = reverse("asks:opportunity", args=[slug, agreement.opportunity.public_id])
        steps["ask"] = (ask, "What was asked")
    if any(row.delivered.claimed for row in table.rows):
        words = f"{met} of {len(promised)} met" if promised else "Delivered"
        steps["delivered"] = (f"{page}#delivered", words)
    return Thread.at(current, "en", **steps)


def promise_marks(table: queries.PromiseTable) -> PromiseTable:
    """This will turn an agreement's promises into rows of the signature part."""
    return PromiseTable(
        tuple(
            PromiseMarks(
                label=row.commitment.wording,
                unit=row.commitment.unit_words,
                promised=row.promised,
                expected=row.expected_shown,
                delivered=row.delivered.claimed,
                direction=row.commitment.direction,  # type: ignore[arg-type]
                flag=row.flag,  # type: ignore[arg-type]
                unpromised=row.unpromised,
            )
            for row in table.rows
        )
    )


def agreement(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one agreement: its facts, promised against achieved, and how sure we are of each."""
    found = queries.get_agreement(body, public_id)
    table = queries.promise_table(found, today())
    above, below = queries.tree_of(found)
    clause = queries.clause_of(found)
    content = {
        "agreement": found,
        "table": table,
        "marks": promise_marks(table),
        "median": "as much as" if table.usual == 1 else ratio_words(table.usual),
        "thread": thread_of(found, table, "promise"),
        "above": above,
        "below": below,
        "sharing": [each.name for each in queries.bodies_sharing(found)],
        "regime": dict(REGIMES).get(found.regime, found.regime),
        "place": place_words(found.place_code),
        "may": may(request, "agreement_owner"),
        "may_promise": may(request, "commitment_add") and found.state == "current",
        "may_change": may(request, "agreement_terms") and found.state == "current" and found.origin != "example",
        "history": history_of(found),
        "clause": clause_words(clause.expiry_months, clause.cap_percent) if clause else "",
        "page_heading": found.title,
        "page_caption": found.get_level_display(),
        "breadcrumbs": {"items": [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
                                  {"text": found.title}]},
    }  # fmt: skip
    return render(request, "delivery/agreement.html", content)


PROMISE_HEADINGS = ("Promise", "Unit", "Promised", "Expected by now", "Delivered", "Ratio", "Flag")


def promises_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write an agreement's promised-against-achieved table as a file, with what is known of each."""
    found = queries.get_agreement(body, public_id)
    table = queries.promise_table(found, today())
    rows = (
        (row.commitment.wording, row.commitment.unit, row.promised, row.expected, row.pace_words, row.delivered.claimed,
         ratio_words(row.ratio), row.flag or "", row.delivered.evidenced, row.delivered.confirmed,
         row.delivered.assured, row.delivered.brought_forward, row.commitment.ends_on or found.ends_on,
         "Overdue" if row.overdue else "", row.commitment.gbp_as_contracted, row.commitment.citation,
         LICENSED.capitalize() if row.commitment.measure and row.commitment.measure.is_private else "")
        for row in table.rows
    )  # fmt: skip
    return export_response(
        form, name=f"promises-{found.reference or found.title}-{today()}",
        headings=[*PROMISE_HEADINGS[:4], "Expected how", *PROMISE_HEADINGS[4:], "Evidenced",
                  "Confirmed", "Assured", "Of it brought forward", "Due on", "Overdue",
                  "As contracted (£)", "Source", "Licence"],
        rows=rows, about=[("Agreement", found.title), ("Body", body.name), ("As of", long_date(today()))],
    )  # fmt: skip


def promises_pdf(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will set an agreement's promised-against-achieved table as a PDF, figure for figure, with its source."""
    found = queries.get_agreement(body, public_id)
    table = queries.promise_table(found, today())
    expects = any(row.expected is not None for row in table.rows)
    shown = [index for index, words in enumerate(PROMISE_HEADINGS) if expects or words != "Expected by now"]
    rows = [
        (row.commitment.wording, row.commitment.unit_words, _cell(row.promised, "–"), _cell(row.expected_shown, "–"),
         _cell(row.delivered.claimed or None, "–"), ratio_words(row.ratio) or "–", (row.flag or "").capitalize())
        for row in table.rows
    ]  # fmt: skip
    widths, numeric = (5, 2, 2, 2, 2, 2, 2), (False, False, True, True, True, True, False)
    parties = " · ".join(
        words for words in (found.provider.name if found.provider else "", found.buyer_name or body.name) if words
    )
    heading = f"{found.title}: promised against achieved"
    content: dict[str, Any] = {
        "heading": heading,
        "lead": f"{parties}. As of {long_date(today())}.",
        "headings": [PROMISE_HEADINGS[index] for index in shown],
        "numeric": [numeric[index] for index in shown],
        "widths": [widths[index] for index in shown],
        "rows": [[row[index] for index in shown] for row in rows],
        "notes": [*_notes(table), *_licence_note(table)],
        "source": found.citation or f"{body.name}, as recorded by {long_date(today())}",
        "banner": "Invented for demonstration" if body.is_invented else None,
    }
    pdf = make_pdf("table", content, lang="en", title=heading, author=body.name, on=today(), colour=body.colour)
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(found)}-{today()}.pdf"'
    return response


def _licence_note(table: queries.PromiseTable) -> list[str]:
    held = [
        row.commitment.wording for row in table.rows if row.commitment.measure and row.commitment.measure.is_private
    ]
    return [f"{LICENSED.capitalize()}: {', '.join(held)}."] if held else []


def _cell(number: Any, nothing: str) -> str:
    return nothing if number is None else quantity(number)


def _file_name(found: Any) -> str:
    words = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in found.title.lower())
    return "promises-" + "-".join(part for part in words.split("-") if part)[:80]


def _notes(table: queries.PromiseTable) -> list[str]:
    said = [table.pace_words] if table.pace_words else []
    if table.usual is not None:
        said.append(f"The usual (median) ratio of delivered to promised is {ratio_words(table.usual)}.")
        if table.ambition:
            said.append("Ambition: that is above 2, so more could have been asked.")
    if any(row.flag == "ambition" for row in table.rows):
        said.append("Ambition beside a line: more than three times what was promised.")
    if any(row.flag == "outlier" for row in table.rows):
        said.append(
            "Outlier: more than ten times the promise, or five times the usual ratio. Look at how it was counted."
        )
    if any(row.delivered.brought_forward for row in table.rows):
        said.append("Delivered to date includes quantities brought forward, not verified here.")
    return said


def _departments(body: Body) -> list[tuple[str, str]]:
    return [(each.public_id, each.name) for each in departments(body)]


def _measures(body: Body) -> list[tuple[str, str]]:
    edition = edition_for(body, today())
    return [(each.public_id, f"{each.title} ({each.unit})") for each in measures(edition)] if edition else []


def people_choices(body: Body) -> list[tuple[str, str]]:
    """This will list the staff of a body as (outward id, name)."""
    return [(person.public_id, person.name) for person, _ in staff_of(body)]


def form_page(
    request: HttpRequest, form: Any, heading: str, back: str, submit: str = "Save", **more: Any
) -> HttpResponse:  # fmt: skip
    """This will show a form on a page of its own; a refused one is shown again with status 422."""
    content = {"form": form, "page_heading": heading, "submit_text": submit, "back_url": back} | more
    return render(request, "delivery/form.html", content, status=422 if form.errors else 200)


def agreement_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will record an agreement by hand."""
    live = queries.live_agreements(body).order_by("title").values_list("public_id", "title")[:500]
    choices = {
        "parent": list(live), "opportunity": opportunity_choices(body),
        "provider": [(each.public_id, each.name) for each in organisations(body).order_by("name")],
        "department": _departments(body), "owner": people_choices(body),
    }  # fmt: skip
    initial = {"opportunity": request.GET.get("opportunity", ""), "parent": request.GET.get("parent", "")}
    form = forms.AgreementForm(request.POST or None, choices=choices, initial=initial)
    back = reverse("delivery:agreements", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        lookups = {
            "parent": lambda key: queries.get_agreement(body, key),
            "opportunity": lambda key: find_opportunity(body, key),
            "provider": get_organisation, "department": get_department,
            "owner": get_person,
        }  # fmt: skip
        for name, look_up in lookups.items():
            given[name] = look_up(given[name]) if given[name] else None
        try:
            made = actions.record_agreement(by=request.user, body=body, **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The agreement is recorded. Add what was promised.")
            return redirect("delivery:agreement", body.slug, made.public_id)
    return form_page(request, form, "Record an agreement", back)


def agreement_owner(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will choose who answers for an agreement."""
    found = queries.get_agreement(body, public_id)
    back = reverse("delivery:agreement", args=[body.slug, public_id])
    initial = {"owner": found.owner.public_id if found.owner else ""}
    form = forms.OwnerForm(request.POST or None, people=people_choices(body), initial=initial)
    if request.method == "POST" and form.is_valid():
        owner = get_person(form.cleaned_data["owner"]) if form.cleaned_data["owner"] else None
        actions.set_agreement_owner(by=request.user, agreement=found, owner=owner)  # type: ignore[arg-type]
        messages.success(request, f"{owner.name} owns this agreement." if owner else "Nobody owns this agreement now.")
        return redirect(back)
    return form_page(request, form, f"Who owns {found.title}?", back)


def agreement_end(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will close an agreement at its term or early."""
    found = queries.get_agreement(body, public_id)
    back = reverse("delivery:agreement", args=[body.slug, public_id])
    form = forms.EndForm(request.POST or None, initial={"ends_on": found.ends_on or today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_agreement(by=request.user, agreement=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The agreement is closed.")
            return redirect(back)
    return form_page(request, form, f"Close {found.title}", back, "Close the agreement")


def commitment(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one promise: its terms, who counts it, and every entry under it."""
    found = queries.get_commitment(body, public_id)
    table = queries.promise_table(found.agreement, today())
    row = next(row for row in table.rows if row.commitment.pk == found.pk)
    one = queries.PromiseTable(table.agreement, table.on, (row,), table.median, table.ambition)
    agreement_page = reverse("delivery:agreement", args=[body.slug, found.agreement.public_id])
    content = {
        "commitment": found,
        "row": row,
        "bar": assurance_bar(row),
        "marks": promise_marks(one),
        "entries": queries.entries_of(found),
        "shares": queries.shares_of(found),
        "as_contracted": sorted(
            ((name, words) for name, words in found.as_contracted.items() if words), key=lambda pair: _told_first(pair[0])
        ),
        "formula": formula_words(found),
        "place": place_words(found.place_code or found.agreement.place_code),
        "may": may(request, "entry_add") and takes_work(found.agreement),
        "thread": thread_of(found.agreement, table, "delivered"),
        "page_heading": found.wording,
        "page_caption": "Promise",
        "breadcrumbs": {"items": [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
                                  {"text": found.agreement.title, "href": agreement_page},
                                  {"text": found.wording}]},
    }  # fmt: skip
    return render(request, "delivery/commitment.html", content)


#: The order in which what was contracted is read; other words follow.
_CONTRACTED = ("wording", "code", "theme", "quantity", "unit", "£", "gbp")


def _told_first(name: str) -> tuple[int, str]:
    return (_CONTRACTED.index(name) if name in _CONTRACTED else len(_CONTRACTED), name)


def assurance_bar(row: queries.PromiseRow) -> AssuranceBar:
    """This will draw how sure we are of one promise's deliveries."""
    held, measure = row.delivered, row.commitment.measure
    nothing = held.claimed == 0
    return AssuranceBar(
        label=row.commitment.wording,
        unit=row.commitment.unit_words,
        claimed=None if nothing else held.claimed,
        evidenced=held.evidenced,
        confirmed=held.confirmed,
        assured=held.assured,
        confirmable=None if nothing or (measure is not None and not measure.confirmable) else held.claimed,
    )


def commitment_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record a promise under an agreement."""
    found = queries.get_agreement(body, public_id)
    back = reverse("delivery:agreement", args=[body.slug, public_id])
    policies.check_takes_promises(found)
    check_takes_work(found)
    lines = ask_line_choices(found.opportunity) if found.opportunity else []
    choices = {"measure": _measures(body), "owner": people_choices(body), "ask_line": lines}
    form = forms.CommitmentForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        measure = get_measure(given.pop("measure"))
        owner, line = given.pop("owner"), given.pop("ask_line")
        try:
            actions.record_commitment(
                by=request.user, agreement=found, measure=measure, unit=measure.unit,  # type: ignore[arg-type]
                wording=given.pop("wording") or measure.title, place_code=given.pop("place"),
                owner=get_person(owner) if owner else None,
                ask_line=find_ask_line(body, line) if line else None, **given,
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The promise is recorded.")
            return redirect(back)
    return form_page(request, form, f"Record a promise in {found.title}", back)


def commitment_owner(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will choose who answers for a promise."""
    found = queries.get_commitment(body, public_id)
    back = reverse("delivery:commitment", args=[body.slug, public_id])
    initial = {"owner": found.owner.public_id if found.owner else ""}
    form = forms.OwnerForm(request.POST or None, people=people_choices(body), initial=initial)
    if request.method == "POST" and form.is_valid():
        owner = get_person(form.cleaned_data["owner"]) if form.cleaned_data["owner"] else None
        actions.set_commitment_owner(by=request.user, commitment=found, owner=owner)  # type: ignore[arg-type]
        messages.success(request, f"{owner.name} owns this promise." if owner else "Nobody owns this promise now.")
        return redirect(back)
    return form_page(request, form, f"Who owns “{found.wording}”?", back)
