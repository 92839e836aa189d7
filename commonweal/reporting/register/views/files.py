"""Files of money: choosing one, reading what we made of it, bringing it in, and taking it back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.files import UnusableFile
from commonweal.base.govuk.components import render as component
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.govuk.markup import element, join
from commonweal.base.jobs import defer_job
from commonweal.base.lists import cut_page, in_order
from commonweal.base.queries import latest_job_run
from commonweal.base.templatetags.figures import long_date, money, quantity
from commonweal.delivery.views.imports import reason_words
from commonweal.directory.queries import get_department, today
from commonweal.reporting.register import actions, forms, queries
from commonweal.reporting.register.importing import ACCOUNTED
from commonweal.reporting.register.policies import check_file_can_be_brought_in
from commonweal.reporting.register.views.pages import crumbs, department_choices, exports, form_page, may, ways, years
from commonweal.reporting.register.vocabulary import AMOUNT_WORDS, FILE_KINDS, OUTCOMES, STATES
from commonweal.sources.finance_mapping import fields

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.reporting.register.models import MoneyFile, MoneyFileRow

COLUMNS = (
    Column("name", "File", sortable=True),
    Column("kind", "Holds"),
    Column("dated", "As at", sortable=True),
    Column("state", "State"),
    Column("rows", "Rows", numeric=True),
    Column("rejected", "Rejected", numeric=True),
    Column("by", "Chosen by"),
)
SORTS = {"read": "read_at", "name": "name", "dated": "dated_on"}
ROW_COLUMNS = (
    Column("row", "Row", sortable=True),
    Column("outcome", "Outcome"),
    Column("says", "What it says"),
    Column("why", "Why, and what to do"),
)
ROW_SORTS = {"row": "row_number"}
ACCOUNT_WORDS = ("= accepted", "+ here already or repeated", "+ rejected")
_TAGS = {"accepted": "green", "unchanged": "grey", "rejected": "red"}
#: What names a row to whoever kept the file, in this order.
_NAMING = ("reference", "title", "cost_centre", "department", "dated_on", "supplier", "description", "budget", "amount")


def state_words(found: MoneyFile) -> str:
    """This will say where a file is on its way."""
    if found.state == "previewed" and not found.signature:
        return "Being read"
    return dict(STATES)[found.state]


def files(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the files of money that were chosen, and what became of them."""
    form = forms.FileFilters(request.GET)
    chosen = dict(form.cleaned_data) if form.is_valid() else {}
    cut = cut_page(queries.files(body, **chosen), request.GET, SORTS, default="-read")
    shown: list[Any] = cut.rows
    rows = [
        (
            Link(each.name, reverse("register:file", args=[body.slug, each.public_id])),
            dict(FILE_KINDS)[each.kind], long_date(each.dated_on), state_words(each), quantity(each.rows_in),
            quantity(each.rejected), each.brought_by.name if each.brought_by else "",
        )
        for each in shown
    ]  # fmt: skip
    may_bring_in = may(request, "file_add")
    listing = Listing(
        caption="Files of money", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} file{'' if cut.total == 1 else 's'}", filters=form,
        empty="No file of money was brought in yet. Choose the budget file, the contracts register or a list of payments "
        "as finance keeps it: you see what we read before anything is kept.",
        empty_action=Link("Choose a file", reverse("register:file_add", args=[body.slug])) if may_bring_in else None,
    )  # fmt: skip
    content = {
        "listing": listing, "may_bring_in": may_bring_in, "unknown": len(queries.unknown_services(body)),
        "may_name": may(request, "services"), "ways": ways(body, "register:files"), "page_heading": "Files of money",
        "breadcrumbs": crumbs(body, "Files of money"),
    }  # fmt: skip
    return render(request, "register/files.html", content)


def file_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will take a file of money as it is, and read it."""
    form = forms.ChooseFileForm(
        request.POST or None, request.FILES or None, years=years(body),
        initial={"kind": request.GET.get("kind", ""), "dated_on": today()},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        upload, given = form.cleaned_data["file"], form.cleaned_data
        try:
            found = actions.open_file(
                by=request.user, body=body, kind=given["kind"], name=upload.name, content=upload.read(),  # type: ignore[arg-type]
                begins=form.begins(), dated_on=given["dated_on"],
            )  # fmt: skip
        except UnusableFile as error:
            form.add_error("file", str(error))
        except NotPossible as error:
            form.add_error("dated_on", str(error))
        else:
            return _begin(request, body, found, "register.read_file")
    return form_page(
        request, form, "Bring in a file of money", reverse("register:files", args=[body.slug]), "Read the file",
    )  # fmt: skip


def _begin(request: HttpRequest, body: Body, found: MoneyFile, name: str) -> HttpResponse:
    run = defer_job(name, body=body, by=request.user, money_file=found.public_id)  # type: ignore[arg-type]
    return redirect("job", body.slug, run.public_id)


def _outcome(request: HttpRequest) -> tuple[forms.RowFilters, str]:
    form = forms.RowFilters(request.GET)
    return form, form.cleaned_data["outcome"] if form.is_valid() else ""


def file(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show what we read in a file, account for every row and pound, and offer what to do next."""
    found = queries.get_file(body, public_id)
    form, outcome = _outcome(request)
    cut = cut_page(queries.rows_of(found, outcome), request.GET, ROW_SORTS, default="row")
    naming = _naming(found)
    shown: list[Any] = cut.rows
    rows = [
        (
            str(row.row_number),
            component("tag", {"text": outcome_words(row), "classes": f"govuk-tag--{_TAGS[row.outcome]}"}),
            _says(row, naming),
            _why(row),
        )
        for row in shown
    ]
    listing = Listing(
        caption="Rows of the file", columns=ROW_COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} row{'' if cut.total == 1 else 's'}", filters=form,
        exports=exports("register:file_export", body.slug, public_id), empty="No row of the file was read.",
    )  # fmt: skip
    content = {
        "found": found, "state": state_words(found), "account": _account(found), "account_words": ACCOUNT_WORDS,
        "columns": _columns(found), "listing": listing, "may_bring_in": may(request, "file_accept"),
        "before": queries.same_file_before(found),
        "reading": None if found.signature else latest_job_run("register.read_file", money_file=public_id),
        "page_heading": found.name, "page_caption": dict(FILE_KINDS)[found.kind],
        "breadcrumbs": crumbs(body, _files(body), found.name),
    }  # fmt: skip
    return render(request, "register/file.html", content)


def _files(body: Body) -> tuple[str, str]:
    return "Files of money", reverse("register:files", args=[body.slug])


def outcome_words(row: MoneyFileRow) -> str:
    """This will say what became of a row; one that says what an earlier row says is no news of what is here."""
    if row.outcome == "unchanged" and row.repeats:
        return f"Repeated in this file (row {row.repeats})"
    return dict(OUTCOMES)[row.outcome]


def _naming(found: MoneyFile) -> list[str]:
    by_field: dict[str, str] = {}
    for use in found.mapping:
        by_field.setdefault(use["field"], use["column"])
    return [by_field[name] for name in _NAMING if name in by_field]


def _says(row: MoneyFileRow, naming: list[str]) -> object:
    words = " · ".join(row.cells[name] for name in naming if row.cells.get(name)) or "No words that name it"
    whole = [item for name, text in row.cells.items() for item in (element("dt", {}, name), element("dd", {}, text))]
    details = element(
        "details", {"class": "dl-cells"},
        element(
            "summary", {}, "All its cells",
            element("span", {"class": "govuk-visually-hidden"}, f" of row {row.row_number}"),
        ),
        element("dl", {}, *whole),
    )  # fmt: skip
    return join([words, details if whole else None])


def _why(row: MoneyFileRow) -> object:
    reasons = [element("li", {}, reason_words(reason)) for reason in row.reasons]
    notes = [element("li", {"class": "dl-note"}, note) for note in row.notes]
    if not reasons and not notes:
        return "Nothing has changed since it was brought in." if row.outcome == "unchanged" else ""
    return element("ul", {"class": "dl-why"}, *reasons, *notes)


def _account(found: MoneyFile) -> list[dict[str, Any]]:
    """Rows and pounds, each as read, accepted, here already and rejected; the last three add up to the first."""
    told: list[dict[str, Any]] = [
        {"label": "Rows", "read": quantity(found.rows_in),
         "split": [(words, quantity(getattr(found, name)))
                   for words, name in zip(ACCOUNT_WORDS, ACCOUNTED, strict=True)]}
    ]  # fmt: skip
    for name, split in found.pence.items():
        shown = [(words, money(Decimal(split[key]))) for words, key in zip(ACCOUNT_WORDS, ACCOUNTED, strict=True)]
        told.append({"label": AMOUNT_WORDS[name], "read": money(Decimal(split["read"])), "split": shown,
                     "unreadable": int(split.get("unreadable", 0))})  # fmt: skip
    return told


def _columns(found: MoneyFile) -> list[dict[str, Any]]:
    """Each column of the file: what it is read as, why, and some of its cells."""
    used = {use["column"]: use for use in found.mapping}
    kind: Any = found.kind
    told = []
    for proposal in found.proposals:
        use = used.get(proposal["column"])
        chosen = use["field"] if use else ""
        told.append(
            {
                "letter": proposal["letter"], "column": proposal["column"],
                "read_as": fields(kind)[chosen].label if chosen else "",
                "extra": f"for {use['period']}" if use and use.get("period") else "",
                "why": "; ".join(proposal["reasons"]) if chosen == proposal["field"] else "chosen by you",
                "samples": proposal["samples"],
            }
        )  # fmt: skip
    return told


def file_columns(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will choose what each column of a file is read as, and read it again."""
    found = queries.get_file(body, public_id)
    back = reverse("register:file", args=[body.slug, public_id])
    if found.state != "previewed" or not found.proposals:
        messages.error(request, "The columns can be changed only while the file waits to be brought in.")
        return redirect(back)
    form = forms.ColumnsForm(request.POST or None, kind=found.kind, proposals=found.proposals, mapping=found.mapping)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_columns(by=request.user, found=found, mapping=form.mapping())  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return _begin(request, body, found, "register.read_file")
    content = {
        "form": form, "columns": form.columns(), "found": found, "page_heading": "What is in each column?",
        "page_caption": found.name, "breadcrumbs": crumbs(body, _files(body), (found.name, back), "Columns"),
    }  # fmt: skip
    return render(request, "register/file_columns.html", content, status=422 if form.errors else 200)


def file_accept(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will bring the accepted rows of a file in."""
    found = queries.get_file(body, public_id)
    try:
        check_file_can_be_brought_in(found)
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("register:file", body.slug, public_id)
    return _begin(request, body, found, "register.bring_in")


def file_undo(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take what a file brought in out of every list and figure."""
    found = queries.get_file(body, public_id)
    try:
        actions.undo_file(by=request.user, found=found)  # type: ignore[arg-type]
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{found.name} is undone. What it brought in is in no list and no figure any more.")
    return redirect("register:file", body.slug, public_id)


def file_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write the rows shown as a file: each row's outcome, why, and its cells as they stood."""
    found = queries.get_file(body, public_id)
    _, outcome = _outcome(request)
    rows: Any = in_order(queries.rows_of(found, outcome), request.GET.get("sort", ""), ROW_SORTS, "row")
    names = [proposal["column"] for proposal in found.proposals]
    return export_response(
        form, name=f"rows-of-{found.name.rpartition('.')[0] or found.name}",
        headings=["Row", "Outcome", "Why", "Notes", *names],
        rows=(
            (
                row.row_number, outcome_words(row), " ".join(reason_words(reason) for reason in row.reasons),
                " ".join(row.notes), *(row.cells.get(name, "") for name in names),
            )
            for row in rows
        ),
        about=[
            ("From", f"{found.name}, sheet {found.sheet}" if found.sheet else found.name),
            ("As at", long_date(found.dated_on)), ("Read on", long_date(timezone.localtime(found.read_at).date())),
            ("State", state_words(found)),
        ],
    )  # fmt: skip


def services(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the names that files use and no department has, and take which department each means."""
    choices = department_choices(body)
    form = forms.ServiceForm(request.POST or None, departments=choices)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["department"]
        words = form.cleaned_data["words"]
        actions.name_service(
            by=request.user, body=body, words=words, department=get_department(chosen) if chosen else None,  # type: ignore[arg-type]
        )  # fmt: skip
        messages.success(request, f"“{words}” is {dict(choices)[chosen]}, in this file and in every other.")
        return redirect("register:services", body.slug)
    kinds = dict(FILE_KINDS)
    found = [
        {"words": words, "used": ", ".join(f"{count:,} in {kinds[kind].lower()}" for kind, count in used.items())}
        for words, used in sorted(queries.unknown_services(body).items(), key=lambda each: each[0].casefold())
    ]
    content = {
        "services": found, "choices": choices, "form": form, "page_heading": "Departments of the files",
        "ways": ways(body, "register:files"), "breadcrumbs": crumbs(body, _files(body), "Departments of the files"),
    }  # fmt: skip
    return render(request, "register/services.html", content, status=422 if form.errors else 200)
