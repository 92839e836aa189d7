"""Files of contracts: choosing one, reading what we made of it, bringing it in, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms as django_forms
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
from commonweal.delivery import actions, forms, queries
from commonweal.delivery.policies import check_batch_can_be_brought_in
from commonweal.delivery.views.agreements import form_page, may, today
from commonweal.delivery.vocabulary import BATCH_STATES, OUTCOMES
from commonweal.sources.tracker_account import NOTHING_TO_DO
from commonweal.sources.tracker_mapping import NEVER_READ, fields

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.delivery.models import ImportBatch, ImportRow

COLUMNS = (
    Column("name", "File", sortable=True),
    Column("state", "State"),
    Column("rows", "Rows", numeric=True),
    Column("accepted", "Accepted", numeric=True),
    Column("unchanged", "Here already", numeric=True),
    Column("rejected", "Rejected", numeric=True),
    Column("read", "Chosen", sortable=True),
    Column("by", "By"),
)
SORTS = {"read": "read_at", "name": "name"}
ROW_COLUMNS = (
    Column("row", "Row", sortable=True),
    Column("outcome", "Outcome"),
    Column("says", "What it says"),
    Column("why", "Why, and what to do"),
)
ROW_SORTS = {"row": "row_number"}
ACCOUNTED = ("accepted", "unchanged", "rejected")
ACCOUNT_WORDS = ("= accepted", "+ here already or repeated", "+ rejected")
_TAGS = {"accepted": "green", "unchanged": "grey", "rejected": "red"}
#: What names a row to whoever kept the file, in this order.
_NAMING = ("agreement.reference", "agreement.title", "agreement.provider", "commitment.code", "commitment.wording")


def state_words(batch: ImportBatch) -> str:
    """This will say where a file is on its way."""
    if batch.state == "previewed" and not batch.signature:
        return "Being read"
    return dict(BATCH_STATES)[batch.state]


def imports(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the files that were chosen, and what became of them."""
    cut = cut_page(queries.batches(body), request.GET, SORTS, default="-read")
    rows = [
        (
            Link(each.name, reverse("delivery:import_page", args=[body.slug, each.public_id])),
            state_words(each),
            *(quantity(number) for number in (each.rows_in, each.accepted, each.unchanged, each.rejected)),
            long_date(timezone.localtime(each.read_at).date()),
            each.imported_by.name if each.imported_by else "A command",
        )
        for each in cut.rows
    ]
    may_bring_in = may(request, "import_add")
    listing = Listing(
        caption="Files of contracts", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} file{'' if cut.total == 1 else 's'}",
        empty="No file was brought in yet. Choose the spreadsheet you keep today: you see what we read before "
        "anything is kept.",
        empty_action=Link("Choose a file", reverse("delivery:import_add", args=[body.slug])) if may_bring_in else None,
    )  # fmt: skip
    content = {
        "listing": listing,
        "may_bring_in": may_bring_in,
        "page_heading": "Files of contracts",
        "breadcrumbs": _crumbs(body, "Files of contracts"),
    }
    return render(request, "delivery/imports.html", content)


def _crumbs(body: Body, *steps: str | tuple[str, str]) -> dict[str, Any]:
    items = [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])}]
    for step in steps:
        items.append({"text": step} if isinstance(step, str) else {"text": step[0], "href": step[1]})
    return {"items": items}


def _files(body: Body) -> tuple[str, str]:
    return "Files of contracts", reverse("delivery:imports", args=[body.slug])


def import_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will take a spreadsheet as it is, and read it."""
    form = forms.FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = actions.open_batch(by=request.user, body=body, name=upload.name, content=upload.read())  # type: ignore[arg-type]
        except UnusableFile as error:
            form.add_error("file", str(error))
        else:
            return _begin(request, body, batch, "delivery.read_file")
    return form_page(
        request, form, "Bring in the spreadsheet you keep", reverse("delivery:imports", args=[body.slug]),
        "Read the file",
        page_lead="Contracts, promises and what was delivered to date, as your team keeps them today.",
        after="delivery/_import_help.html",
    )  # fmt: skip


def _begin(request: HttpRequest, body: Body, batch: ImportBatch, name: str) -> HttpResponse:
    run = defer_job(name, body=body, by=request.user, batch=batch.public_id)  # type: ignore[arg-type]
    return redirect("job", body.slug, run.public_id)


class Filters(django_forms.Form):
    """What the rows are narrowed to."""

    mark_optional = False
    outcome = django_forms.ChoiceField(
        label="Outcome", required=False, choices=forms.optional(OUTCOMES, "All"), initial=""
    )


def _outcome(request: HttpRequest) -> tuple[Filters, str]:
    form = Filters(request.GET)
    return form, form.cleaned_data["outcome"] if form.is_valid() else ""


def import_page(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show what we read in a file, account for every row and pound, and offer what to do next."""
    batch = queries.get_batch(body, public_id)
    form, outcome = _outcome(request)
    cut = cut_page(queries.rows_of(batch, outcome), request.GET, ROW_SORTS, default="row")
    agreements = queries.agreements_of_rows(cut.rows)
    naming, columns = _naming(batch), _columns(batch)
    in_order_of_file = [proposal["column"] for proposal in batch.proposals]
    unread = [each for each in columns if not each["read_as"] and each["samples"]]
    rows = [
        (
            str(row.row_number),
            component("tag", {"text": outcome_words(row), "classes": f"govuk-tag--{_TAGS[row.outcome]}"}),
            _says(body, row, naming, in_order_of_file, agreements),
            _why(row),
        )
        for row in cut.rows
    ]
    listing = Listing(
        caption="Rows of the file", columns=ROW_COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} row{'' if cut.total == 1 else 's'}", filters=form,
        exports={
            words: reverse("delivery:import_rows_export", args=[body.slug, public_id, kind])
            for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
        },
        empty="The file has not been read yet.",
    )  # fmt: skip
    content = {
        "batch": batch,
        "state": state_words(batch),
        "account": _account(batch),
        "account_words": ACCOUNT_WORDS,
        "once": _counted_once(batch),
        "columns": columns,
        "left_out": [f"{each['column']} ({each['letter']})" for each in unread if each["why"] != NEVER_READ],
        "reading": None if batch.signature else latest_job_run("delivery.read_file", batch=public_id),
        "own_columns": list(dict.fromkeys(use["measure"] for use in batch.mapping if use["measure"])),
        "pounds_alone": _pounds_alone(batch),
        "never_read": sum(each["why"] == NEVER_READ for each in unread),
        "listing": listing,
        "may_bring_in": may(request, "import_accept"),
        "next": _next_steps(body, batch) if batch.state == "imported" else None,
        "before": queries.same_file_before(batch),
        "page_heading": batch.name,
        "page_caption": "A file of contracts",
        "breadcrumbs": _crumbs(body, _files(body), batch.name),
    }
    return render(request, "delivery/import.html", content)


def outcome_words(row: ImportRow) -> str:
    """This will say what became of a row; one that says what an earlier row says is no news of what is here."""
    if row.outcome == "unchanged" and row.repeats:
        return f"Repeated in this file (row {row.repeats})"
    return dict(OUTCOMES)[row.outcome]


def _naming(batch: ImportBatch) -> list[str]:
    by_field = {use["field"]: use["column"] for use in reversed(batch.mapping)}
    return [by_field[name] for name in _NAMING if name in by_field]


def _says(body: Body, row: ImportRow, naming: list[str], columns: list[str], agreements: dict[int, str]) -> object:
    words = " · ".join(row.cells[name] for name in naming if row.cells.get(name)) or "No words that name it"
    head: object = words
    if row.agreement_id in agreements:
        href = reverse("delivery:agreement", args=[body.slug, agreements[row.agreement_id]])
        head = element("a", {"class": "govuk-link", "href": href}, words)
    whole = [
        item
        for name, text in sorted(row.cells.items(), key=lambda cell: columns.index(cell[0]))
        for item in (element("dt", {}, name), element("dd", {}, text))
    ]  # fmt: skip
    details = element(
        "details", {"class": "dl-cells"},
        element(
            "summary", {}, "All its cells",
            element("span", {"class": "govuk-visually-hidden"}, f" of row {row.row_number}"),
        ),
        element("dl", {}, *whole),
    )  # fmt: skip
    return join([head, details if whole else None])


def reason_words(reason: dict[str, str]) -> str:
    """This will say why a row was rejected, beginning with its cell: "J5 Target: “-12” is negative. Write …"."""
    cell = reason["cell"].rpartition("!")[2]
    where = (
        " ".join(part for part in (cell, reason["heading"]) if part) if cell[:1].isalpha() and cell[:3] != "row" else ""
    )
    said = f"{reason['reason'].rstrip('.')}. {reason['fix']}".strip()
    if said and reason["fix"] and not said.endswith("."):
        said += "."
    return f"{where}: {said}" if where else said[:1].upper() + said[1:]


def _why(row: ImportRow) -> object:
    reasons = [element("li", {}, reason_words(reason)) for reason in row.reasons]
    notes = [element("li", {"class": "dl-note"}, note) for note in row.notes]
    if not reasons and not notes:
        return "Nothing has changed since it was brought in." if row.outcome == "unchanged" else ""
    return element("ul", {"class": "dl-why"}, *reasons, *notes)


def _account(batch: ImportBatch) -> list[dict[str, Any]]:
    """Rows and pounds, each as read, accepted, here already and rejected; the last three add up to the first."""
    rows = {"read": batch.rows_in} | {name: getattr(batch, name) for name in ACCOUNTED}
    found: list[dict[str, Any]] = [
        {"label": "Rows", "read": quantity(rows["read"]), "split": _worded(quantity(rows[name]) for name in ACCOUNTED)}
    ]
    for key, label in (("agreement.contract_value", "Contract value"), ("commitment.value", "Promised, as contracted")):
        split = {name: Decimal(amount) for name, amount in batch.pence.get(key, {}).items()}
        if any(split.values()):
            shown = _worded(money(split[name]) for name in ACCOUNTED)
            unreadable = int(split.get("unreadable", 0))
            found.append({"label": label, "read": money(split["read"]), "split": shown, "unreadable": unreadable})
    return found


def _counted_once(batch: ImportBatch) -> dict[str, Any] | None:
    """The contracts the file makes and their sum, a contract in several rows counted once; None where none has one."""
    split = batch.pence.get("agreement.contract_value", {})
    if "once" not in split:
        return None
    return {"agreements": int(split["agreements"]), "worth": Decimal(split["once"])}


def _worded(shown: Iterable[str]) -> list[tuple[str, str]]:
    return list(zip(ACCOUNT_WORDS, shown, strict=True))


def _pounds_alone(batch: ImportBatch) -> list[str]:
    """The columns of pounds delivered, where promises have quantities and no column says how much of them was done."""
    used = {use["field"] for use in batch.mapping}
    if "commitment.quantity" not in used or "delivery.quantity" in used:
        return []
    return [use["column"] for use in batch.mapping if use["field"] == "delivery.value"]


def _stayed_out(batch: ImportBatch) -> dict[str, int]:
    """How many rows stayed out that want mending, and how many because they only say again what other rows say."""
    told = queries.rows_of(batch, "rejected").values_list("reasons", flat=True)
    nothing = sum(all(reason["fix"] == NOTHING_TO_DO for reason in reasons) for reasons in told)
    return {"to_mend": batch.rejected - nothing, "nothing_to_do": nothing}


def _columns(batch: ImportBatch) -> list[dict[str, Any]]:
    """Each column of the file: what it is read as, why, and some of its cells."""
    used = {use["column"]: use for use in batch.mapping}
    found = []
    for proposal in batch.proposals:
        use = used.get(proposal["column"])
        chosen = use["field"] if use else ""
        extra = [
            f"for {use['period']}" if use and use["period"] else "",
            f"for the promise “{use['measure']}”" if use and use["measure"] else "",
            "blank cells mean “as above”" if use and use["carried_down"] else "",
        ]
        found.append(
            {
                "letter": proposal["letter"],
                "column": proposal["column"],
                "read_as": fields()[chosen].label if chosen else "",
                "extra": ", ".join(words for words in extra if words),
                "why": "; ".join(proposal["reasons"]) if chosen == proposal["field"] else "chosen by you",
                "samples": proposal["samples"],
            }
        )
    return found


def _next_steps(body: Body, batch: ImportBatch) -> dict[str, Any]:
    agreements = reverse("delivery:agreements", args=[body.slug])
    overdue = queries.overdue_commitments(body, today())
    late = overdue.filter(agreement__batch=batch).first()
    of_file = queries.live_agreements(body).filter(batch=batch).order_by("title", "id")
    first = late.agreement if late else of_file.first()
    return {
        "made": queries.made_by(batch),
        "unowned": queries.unowned_agreements(body).count(),
        "unowned_url": f"{agreements}?owner=nobody&state=current",
        "overdue": overdue.count(),
        "overdue_url": f"{agreements}?overdue=on",
        "first": first,
        **_stayed_out(batch),
    }


def import_mapping(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will choose what each column of a file is read as, and read it again."""
    batch = queries.get_batch(body, public_id)
    back = reverse("delivery:import_page", args=[body.slug, public_id])
    if batch.state != "previewed" or not batch.proposals:
        messages.error(request, "The columns can be changed only while the file waits to be brought in.")
        return redirect(back)
    form = forms.ColumnsForm(request.POST or None, proposals=batch.proposals, mapping=batch.mapping)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_columns(by=request.user, batch=batch, mapping=form.mapping())  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return _begin(request, body, batch, "delivery.read_file")
    content = {
        "form": form, "columns": form.columns(), "batch": batch, "page_heading": "What is in each column?",
        "page_caption": batch.name,
        "breadcrumbs": _crumbs(body, _files(body), (batch.name, back), "Columns"),
    }  # fmt: skip
    return render(request, "delivery/import_mapping.html", content, status=422 if form.errors else 200)


def import_accept(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will bring the accepted rows of a file in."""
    batch = queries.get_batch(body, public_id)
    try:
        check_batch_can_be_brought_in(batch)
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("delivery:import_page", body.slug, public_id)
    return _begin(request, body, batch, "delivery.bring_in")


def import_undo(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take what a file brought in out of every list and figure."""
    batch = queries.get_batch(body, public_id)
    try:
        actions.undo_batch(by=request.user, batch=batch)  # type: ignore[arg-type]
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{batch.name} is undone. What it brought in is in no list and no figure any more.")
    return redirect("delivery:import_page", body.slug, public_id)


def import_rows_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write the rows shown as a file: each row's outcome, why, and its cells as they stood."""
    batch = queries.get_batch(body, public_id)
    _, outcome = _outcome(request)
    rows = in_order(queries.rows_of(batch, outcome), request.GET.get("sort", ""), ROW_SORTS, "row")
    names = [proposal["column"] for proposal in batch.proposals]
    return export_response(
        form, name=f"rows-of-{batch.name.rpartition('.')[0] or batch.name}",
        headings=["Row", "Outcome", "Why", "Notes", *names],
        rows=(
            (
                row.row_number, outcome_words(row), " ".join(reason_words(reason) for reason in row.reasons),
                " ".join(row.notes), *(row.cells.get(name, "") for name in names),
            )
            for row in rows
        ),
        about=[
            ("From", f"{batch.name}, sheet {batch.sheet}" if batch.sheet else batch.name),
            ("State", state_words(batch)),
        ],
    )  # fmt: skip
