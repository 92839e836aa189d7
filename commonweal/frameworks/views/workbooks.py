"""Licensed workbooks: choosing one, what each column is, what no workbook says, every row, publishing and taking back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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
from commonweal.base.templatetags.figures import long_date, money, quantity
from commonweal.frameworks import actions, queries, workbooks
from commonweal.frameworks import workbook_forms as forms
from commonweal.frameworks.overlays import slug_of
from commonweal.frameworks.views.pages import form_page, may_write, me, page, posted
from commonweal.sources.workbooks_mapping import known_headings

if TYPE_CHECKING:
    from commonweal.base.models import Body

STATES = {
    "waiting": "Being read", "read": "Read, not published", "refused": "Could not be read", "published": "Published",
    "undone": "Published and taken back",
}  # fmt: skip
COLUMNS = (
    Column("name", "File", sortable=True), Column("state", "State"), Column("rows", "Rows", numeric=True),
    Column("accepted", "Accepted", numeric=True), Column("rejected", "Rejected", numeric=True),
    Column("read", "Chosen", sortable=True), Column("by", "By"),
)  # fmt: skip
SORTS = {"read": "read_at", "name": "name"}
ROW_COLUMNS = (
    Column("row", "Row", sortable=True), Column("outcome", "Outcome"), Column("says", "What it says"),
    Column("why", "Why, and what to do"),
)  # fmt: skip
ROW_SORTS = {"row": "row_number"}
_TAGS = {"accepted": "green", "rejected": "red", "not a measure": "grey"}
_OUTCOMES = {"accepted": "Accepted", "rejected": "Rejected", "not a measure": "Not a measure"}


def _crumbs(body: Body, *steps: tuple[str, str]) -> dict[str, Any]:
    items = [{"text": "Frameworks", "href": reverse("frameworks:frameworks", args=[body.slug])},
             {"text": "Licensed workbooks", "href": reverse("frameworks:workbooks", args=[body.slug])}]  # fmt: skip
    return {"items": items + [{"text": words, "href": href} for words, href in steps]}


def _own(body: Body, held: Any) -> tuple[str, str]:
    return held.name, reverse("frameworks:workbook", args=[body.slug, held.public_id])


def workbooks_list(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the workbooks that were chosen, and what became of them."""
    cut = cut_page(queries.workbooks_of(body), request.GET, SORTS, default="-read")
    rows = [
        (
            Link(each.name, reverse("frameworks:workbook", args=[body.slug, each.public_id])), STATES[each.state],
            quantity(each.rows_in), quantity(each.accepted), quantity(each.rejected),
            long_date(timezone.localtime(each.read_at).date()), each.read_by.name if each.read_by else "",
        )
        for each in cut.rows
    ]  # fmt: skip
    add = Link("Choose a workbook", reverse("frameworks:workbook_add", args=[body.slug]))
    listing = Listing(
        caption="Licensed workbooks", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} workbook{'' if cut.total == 1 else 's'}",
        empty="No workbook was brought in yet. A set of measures that you have a licence for becomes a framework of "
        "yours alone, and is never published.",
        empty_action=add if may_write(request) else None,
    )  # fmt: skip
    return page(
        request, "workbooks", "frameworks", page_heading="Licensed workbooks", listing=listing,
        breadcrumbs={"items": _crumbs(body)["items"][:1]},
    )  # fmt: skip


def workbook_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will take a workbook as it is, and have it read."""
    form = forms.WorkbookFileForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            held = actions.open_workbook(body=body, by=me(request), name=upload.name, content=upload.read())
        except UnusableFile as error:
            form.add_error("file", str(error))
        else:
            return _read(request, body, held)
    return form_page(
        request, form, heading="Bring in a licensed workbook", submit="Read the workbook", here="frameworks",
        cancel=reverse("frameworks:workbooks", args=[body.slug]), breadcrumbs=_crumbs(body),
        before=["It becomes a framework of your body alone: nobody else sees it, and it is never published."],
    )  # fmt: skip


def _read(request: HttpRequest, body: Body, held: Any, **more: Any) -> HttpResponse:
    run = defer_job("frameworks.read_workbook", body=body, by=me(request), workbook=held.public_id, **more)
    return redirect("job", body.slug, run.public_id)


def workbook(request: HttpRequest, body: Body, public_id: str, refusal: str = "", findings: Any = ()) -> HttpResponse:
    """This will show what each column was taken for, every row, and what to do next."""
    held = queries.get_workbook(public_id)
    form = forms.RowsForm(request.GET)
    outcome = form.cleaned_data["outcome"] if form.is_valid() else ""
    cut = cut_page(queries.rows_of_workbook(held, outcome), request.GET, ROW_SORTS, default="row")
    several = len(held.mapping.get("sheets", ())) > 1
    rows = [
        (
            f"{row.sheet} {row.row_number}" if several else str(row.row_number),
            component("tag", {"text": _OUTCOMES[row.outcome], "classes": f"govuk-tag--{_TAGS[row.outcome]}"}),
            _says(row), _why(row),
        )
        for row in cut.rows
    ]  # fmt: skip
    listing = Listing(
        caption="Rows of the workbook", columns=ROW_COLUMNS, rows=rows, query=request.GET, sort=cut.sort,
        after=cut.after, count=f"{cut.total:,} row{'' if cut.total == 1 else 's'}", filters=form,
        exports={
            words: reverse("frameworks:workbook_rows", args=[body.slug, public_id, kind])
            for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
        },
        empty="No row could be read yet.",
    )  # fmt: skip
    labels = known_headings().fields
    return page(
        request, "workbook", "frameworks", status=422 if refusal else 200, page_heading=held.name,
        page_caption="A licensed workbook", breadcrumbs=_crumbs(body), held=held, state=STATES[held.state],
        listing=listing, refusals=[{"text": refusal}] if refusal else [], findings=findings,
        columns=[each | {"label": labels[each["field"]].label if each["field"] else ""} for each in held.columns],
        is_open=held.state == "read", faults=queries.rows_of_workbook(held, "rejected").count(),
    )  # fmt: skip


def _says(row: Any) -> object:
    if row.outcome != "accepted":
        named = [element("li", {}, " ".join(filter(None, (each["code"], each["title"])))) for each in row.measures]
        if row.text and row.text not in (each["code"] for each in row.measures):
            named.append(element("li", {"class": "fw-quiet"} if named else {}, row.text))
        return element("ul", {"class": "govuk-list fw-tight"}, *named) if named else "Nothing that is read"
    lines = []
    for each in row.measures:
        worth = [money(Decimal(each[name])) for name in ("low", "amount", "high") if each[name]]
        value = " to ".join([worth[0], worth[-1]]) if len(worth) > 1 else worth[0] if worth else "counted"
        lines.append(element("li", {}, f"{each['code']} {each['title']} ({each['unit']}): {value}"))
    return element("ul", {"class": "govuk-list fw-tight"}, *lines)


def _why(row: Any) -> object:
    said = [element("li", {}, _reason(row))] if row.reason else []
    said += [element("li", {"class": "fw-quiet"}, each) for each in row.notes]
    return element("ul", {"class": "govuk-list fw-tight"}, *said) if said else join([])


def _reason(row: Any) -> str:
    words = " ".join(f"{each[:1].upper()}{each[1:].rstrip('.')}." for each in (row.reason, row.fix) if each)
    return f"{row.cell}: {words}" if row.cell else words


def workbook_columns(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will choose the sheet, the row of headings and what each column is; the workbook is then read again."""
    held = queries.get_workbook(public_id)
    back = reverse("frameworks:workbook", args=[body.slug, public_id])
    if held.state != "read":
        messages.error(request, "The columns can be changed only while the workbook waits to be published.")
        return redirect(back)
    use = held.mapping["sheets"][0]
    form = forms.WorkbookColumnsForm(
        posted(request), sheets=held.sheets, place=(use["name"], use["heading_row"]), columns=held.columns
    )
    if request.method == "POST" and form.is_valid():
        if moved := form.moved():
            return _read(request, body, held, sheet=moved[0] or held.sheets[0], heading_row=moved[1])
        try:
            mapping = workbooks.chosen_mapping(held.mapping, form.uses())
            actions.change_workbook(body=body, by=me(request), workbook=held, mapping=mapping)
        except (NotPossible, ValueError) as error:
            words = str(error)
            form.add_error(None, f"{words[:1].upper()}{words[1:].rstrip('.')}.")
        else:
            return _read(request, body, held)
    return page(
        request, "workbook_columns", "frameworks", status=422 if form.errors else 200, form=form, held=held, back=back,
        page_heading="What is in each column?", page_caption=held.name, breadcrumbs=_crumbs(body, _own(body, held)),
    )  # fmt: skip


def workbook_about(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will state what no workbook says; the workbook is then read again."""
    held = queries.get_workbook(public_id)
    back = reverse("frameworks:workbook", args=[body.slug, public_id])
    if held.state != "read":
        messages.error(request, "This can be stated only while the workbook waits to be published.")
        return redirect(back)
    initial, before = _proposed(body, held)
    form = forms.AboutForm(
        posted(request), initial=initial, author=body.name,
        unit_needed="measure.unit" not in {each["field"] for each in held.columns},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_workbook(body=body, by=me(request), workbook=held, stated=form.stated())
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return _read(request, body, held)
    return form_page(
        request, form, heading="What no workbook says", submit="Save and read again", cancel=back, here="frameworks",
        breadcrumbs=_crumbs(body, _own(body, held)), page_caption=held.name,
        before=before,
    )  # fmt: skip


def _proposed(body: Body, held: Any) -> tuple[dict[str, Any], list[str]]:
    """This will give what to set out to be stated, and where it comes from: said before, or said of the last edition."""
    said = ["None of this is guessed. Its publisher’s technical notes say most of it."]
    if held.stated:
        return dict(held.stated) | {"already_net": held.stated["already_net"] or [forms.NONE]}, said
    name = held.name.rpartition(".")[0]
    initial = {"title": name, "framework_id": slug_of(name), "nation": body.nation, "source_title": held.name}
    others = list(queries.workbooks_of(body))
    if last := workbooks.edition_before(held, others):
        again = workbooks.stated_again(last)
        title = f"{again['title']}, version {last.stated['version']}"
        said = [
            f"Its headings are those of {title}, so this is taken for its next edition: what you said of that one is "
            "set out again. Check each answer, the licence above all.",
            "Keep the short name, and this becomes a new version of the same framework. Its edition, the year of its "
            "prices and where it is kept are for you to say.",
        ]
        return initial | again | {"already_net": again["already_net"] or [forms.NONE]}, said
    known = dict.fromkeys((each.stated["title"], each.stated["framework_id"]) for each in workbooks.published(others))
    if known:
        listed = "; ".join(f"{title}: {short_name}" for title, short_name in known)
        said.append(f"If it is the next edition of a framework you have, give it the same short name. {listed}.")
    return initial, said


def workbook_publish(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will publish what the workbook holds as a private edition of the body's own."""
    held = queries.get_workbook(public_id)
    try:
        edition = actions.publish_workbook(body=body, by=me(request), workbook=held)
    except NotPossible as error:
        return workbook(request, body, public_id, refusal=str(error), findings=getattr(error, "findings", ()))
    messages.success(request, f"{edition.title}, version {edition.version}, is yours to choose. It is never published.")
    return redirect("frameworks:edition", body.slug, edition.reference)


def workbook_undo(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take back what the workbook was published as, as long as it was never used."""
    held = queries.get_workbook(public_id)
    try:
        actions.undo_workbook(body=body, by=me(request), workbook=held)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{held.name} is undone: its framework is in no list any more.")
    return redirect("frameworks:workbook", body.slug, public_id)


def workbook_rows(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write the rows shown as a file: where, what became of each, why, and what to do."""
    held = queries.get_workbook(public_id)
    chosen = forms.RowsForm(request.GET)
    outcome = chosen.cleaned_data["outcome"] if chosen.is_valid() else ""
    rows = in_order(queries.rows_of_workbook(held, outcome), request.GET.get("sort", ""), ROW_SORTS, "row")
    return export_response(
        form, name=f"rows-of-{held.name.rpartition('.')[0]}",
        headings=["Sheet", "Row", "Cell", "Outcome", "What stands there", "Why", "What to do", "Notes", "Measures"],
        rows=(
            (row.sheet, row.row_number, row.cell, _OUTCOMES[row.outcome], row.text, row.reason, row.fix,
             "; ".join(row.notes), "; ".join(f"{each['code']} {each['title']}".strip() for each in row.measures))
            for row in rows
        ),
        about=[("From", held.name), ("State", STATES[held.state]),
               ("Rows", f"{held.rows_in} = {held.accepted} accepted + {held.rejected} rejected")],
    )  # fmt: skip
