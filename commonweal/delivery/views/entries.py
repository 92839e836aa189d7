"""Entries: what was delivered, its evidence, and the dated facts that say how sure we are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.files import UnusableFile, hand_out
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.queries import events_about, names_by_pseudonym
from commonweal.base.templatetags.figures import amount_in_unit, long_date, quantity
from commonweal.delivery import actions, forms, policies, promises, queries
from commonweal.delivery.consequences import check_takes_work, told_before_reversal
from commonweal.delivery.once import once_key, read_once_key
from commonweal.delivery.views.agreements import form_page, may, place_words, thread_of, today
from commonweal.delivery.vocabulary import ENTRY_STATES, FACTS
from commonweal.directory.queries import ancestors, place_on, places_by_code

if TYPE_CHECKING:
    from commonweal.base.models import Body

SORTS = {"recorded": "recorded_at", "quantity": "quantity"}
#: What the record says happened to an entry, in words.
HISTORY = {
    "delivery.entry.recorded": "Recorded",
    "delivery.entry.reversed": "Reversed",
    "delivery.evidence.added": "Evidence added",
    "delivery.paid_jobs.noted": "Found to tell one effect with another entry",
    "delivery.paid_jobs.decided": "Decided which of two entries is valued",
    "delivery.entry.evidenced": "Evidence accepted",
    "delivery.entry.confirmed": "Confirmation recorded",
    "delivery.entry.assured": "Checked by an auditor",
    "assurance.claim.accepted_by_one": "Accepted by one, waits for a second",
    "assurance.claim.accepted": "Claim accepted",
    "assurance.claim.accepted_in_part": "Claim accepted in part",
    "assurance.claim.changes_asked": "Changes asked for",
    "assurance.claim.answered": "Answered by the provider",
    "assurance.claim.refused": "Claim refused",
    "assurance.claim.contested": "Contested by the provider",
    "assurance.claim.corrected": "Corrected by a new entry",
    "assurance.confirmation.asked": "Those who received it were asked",
    "assurance.confirmation.reminded": "They were reminded",
    "assurance.confirmation.answered": "They confirmed it",
    "assurance.confirmation.denied": "They said it did not happen",
    "assurance.flag.raised": "Flagged",
    "assurance.flag.settled": "A flag on it settled",
    "assurance.evidence.shared": "Evidence given before used here",
    "assurance.asset.named": "Asset named",
    "assurance.keys.given": "Keys of people given",
    "base.link.made": "A link was made",
    "base.link.ended": "A link ended",
    "base.mail.posted": "A mail was written",
    "base.mail.sent": "A mail was sent",
    "base.mail.refused": "A mail came back",
}
COLUMNS = (
    Column("what", "What was delivered"),
    Column("agreement", "Agreement"),
    Column("quantity", "Quantity", numeric=True, sortable=True),
    Column("state", "How sure we are"),
    Column("recorded", "Recorded", sortable=True),
)


class Filters(django_forms.Form):
    """What the list is narrowed to."""

    mark_optional = False
    text = django_forms.CharField(label="Promise, agreement or provider", required=False, max_length=200)
    state = django_forms.ChoiceField(label="State", required=False, choices=forms.optional(ENTRY_STATES, "All"))


def state_words(entry: Any) -> str:
    """This will say in a few words what is known of an entry."""
    if getattr(entry, "reversed_by", None) is not None:
        return "Reversed"
    if entry.brought_forward:
        return "Brought forward, not verified here"
    facts = [fact.get_kind_display() for fact in entry.facts.all()]
    if facts:
        return ", ".join(["Claimed", *(fact.lower() for fact in facts)])
    return "Claimed, evidence to accept" if entry.evidence.all() else "Claimed, no evidence yet"


def entries(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list what was delivered, newest first, narrowed by the address."""
    form = Filters(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    cut = cut_page(queries.entries(body, queries.EntryFilters(**chosen)), request.GET, SORTS, default="-recorded")
    rows = [
        (
            Link(each.commitment.wording, reverse("delivery:entry", args=[body.slug, each.public_id])),
            each.commitment.agreement.title,
            amount_in_unit(each.quantity, each.commitment.unit_words),
            state_words(each),
            long_date(each.recorded_at.date()),
        )
        for each in cut.rows
    ]
    export = {
        words: reverse("delivery:entries_export", args=[body.slug, kind])
        for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
    }
    listing = Listing(
        caption="Deliveries", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} entr{'y' if cut.total == 1 else 'ies'}", filters=form, exports=export,
        empty="Nothing delivered is recorded yet. Open a promise and record what was delivered.",
        empty_action=Link("See the promises", reverse("delivery:agreements", args=[body.slug])),
    )  # fmt: skip
    waiting = queries.entries_to_accept(body).count()
    return render(
        request, "delivery/entries.html", {"listing": listing, "page_heading": "Delivered", "waiting": waiting}
    )


def entries_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write the entries shown, all pages of them, as a file."""
    filters = Filters(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    found = queries.entries(body, queries.EntryFilters(**chosen))
    return export_response(
        form, name=f"deliveries-{body.slug}",
        headings=["Agreement", "Provider", "Promise", "Quantity", "Unit", "From", "Until", "Place", "How sure we are",
                  "Evidenced", "Confirmed", "Assured", "Recorded on", "Reference here"],
        rows=(
            (each.commitment.agreement.title,
             each.commitment.agreement.provider.name if each.commitment.agreement.provider else "",
             each.commitment.wording, each.quantity, each.commitment.unit, each.starts_on, each.ends_on,
             each.place_code, state_words(each), *_facts(each),
             timezone.localtime(each.recorded_at).date(), each.public_id)
            for each in in_order(found, request.GET.get("sort", ""), SORTS, "-recorded")
        ),
        about=[("Body", body.name), ("What", "The deliveries shown on the page, in its order")],
    )  # fmt: skip


def _facts(entry: Any) -> list[Any]:
    held = {fact.kind: fact.quantity for fact in entry.facts.all()}
    return [held.get(kind) for kind, _ in FACTS]


def entry(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one entry: the claim, its evidence, its facts, and its history."""
    found = queries.get_entry(body, public_id)
    page = queries.entry_page(found)
    agreement = queries.get_agreement(body, found.commitment.agreement.public_id)
    table = queries.promise_table(agreement, today())
    history = events_about(body, f"delivery.entry:{found.public_id}")
    names = names_by_pseudonym(event.actor for event in history)
    promise = reverse("delivery:commitment", args=[body.slug, found.commitment.public_id])
    own = found.recorded_by_id == request.user.pk
    content = {
        "entry": found,
        "page": page,
        "own": own,
        "kinds": [("evidenced", "Evidence accepted by the body"), ("confirmed", "Confirmed by those who received it"),
                  ("assured", "Checked by an auditor")],
        "findings": [] if found.reverses_id else queries.dates_out_of_term(found.commitment, found.starts_on, found.ends_on),
        "history": [
            {"event": event, "did": HISTORY.get(event.action, event.action), "who": names.get(event.actor, "The system")}
            for event in history
        ],
        "pairs": [pair_words(pair, found) for pair in queries.paid_jobs_of(found)],
        "place": place_words(found.place_code),
        "may": may(request, "entry_reverse"),
        "can_be_confirmed": found.commitment.measure is None or found.commitment.measure.confirmable,
        "thread": thread_of(agreement, table, "delivered"),
        "can_open_files": bool(set(request.roles) & {"contract-manager", "lead", "assurer", "buyer"}),  # type: ignore[attr-defined]
        "page_heading": found.commitment.wording,
        "page_caption": "Entry",
        "breadcrumbs": {"items": [{"text": "Delivered", "href": reverse("delivery:entries", args=[body.slug])},
                                  {"text": agreement.title,
                                   "href": reverse("delivery:agreement", args=[body.slug, agreement.public_id])},
                                  {"text": found.commitment.wording, "href": promise}, {"text": "Entry"}]},
    }  # fmt: skip
    return render(request, "delivery/entry.html", content)


def pair_words(pair: queries.Paid, entry: Any) -> dict[str, Any]:
    """This will say what an entry tells together with another, and which of the two is valued."""
    is_spend = pair.spend.pk == entry.pk
    other = pair.jobs if is_spend else pair.spend
    amount = amount_in_unit(other.quantity, other.commitment.unit_words)
    valued = pair.stands.valued
    if valued == "both":
        words = f"Somebody said that this and {amount} ({other.commitment.wording}) are two things, so both are valued."
    elif is_spend:
        words = f"This spending pays for jobs told beside it: {amount} ({other.commitment.wording}). " + (
            "It is counted and not valued; the jobs are." if valued == "jobs" else "It is valued; the jobs are counted."
        )
    else:
        words = f"Spending told beside them pays for these jobs: {amount} ({other.commitment.wording}). " + (
            "They are valued; the spending is counted."
            if valued == "jobs"
            else "They are counted and not valued; it is."
        )
    return {"pair": pair, "other": other, "words": words}


def entry_form(request: HttpRequest, commitments: Sequence[Any]) -> forms.EntryForm:
    """This will make the form for a delivery under a promise, in its unit, which asks about what is unlikely.

    There are several promises only where bodies share one: the first is the one opened.
    """
    commitment = commitments[0]

    def asked(given: Mapping[str, Any]) -> dict[str, list[str]]:
        return {
            "quantity_is_right": promises.quantity_far_beyond(commitment, given.get("quantity")),
            "dates_are_right": promises.dates_out_of_term(commitment, given.get("starts_on"), given.get("ends_on")),
            "place_is_right": _outside(given.get("place", ""), [each.body for each in commitments]),
        }

    def check_place(given: Mapping[str, Any]) -> None:
        first, last = given.get("starts_on"), given.get("ends_on")
        if code := given.get("place") or commitment.place_code:
            for day in sorted({first or last or today(), last or first or today()}):
                place_on(code, day)

    form = forms.EntryForm(
        request.POST or None, request.FILES or None, asked=asked, check_place=check_place,
        initial={"once": once_key(commitment, request.user)},  # type: ignore[arg-type]
    )  # fmt: skip
    form.fields["quantity"].label = f"How much was delivered, in {commitment.unit or 'the unit of the promise'}?"
    return form


def _outside(code: str, bodies: Sequence[Body]) -> list[str]:
    """This will say that a place is not known to lie in the area of any of these bodies; one with no area asks nothing."""
    areas = {body.place_code for body in bodies}
    if not code or "" in areas or code not in places_by_code([code]):
        return []
    if areas & {code, *(place.code for place in ancestors(code))}:
        return []
    return [f"{place_words(code)} is not known to lie in {' or '.join(body.name for body in bodies)}."]


def record_from(form: forms.EntryForm, commitments: Sequence[Any], by: Any) -> Any:
    """This will record the report a valid form describes, with its evidence; None when refused (the form says why).

    Answers the entry under the first of the promises; there are several only where bodies share one.
    """
    given, proof = form.cleaned_data, None
    if given["evidence_kind"]:
        upload = given["evidence_file"]
        proof = actions.Proof(
            given["evidence_kind"], given["evidence_words"] or upload.name, upload.name if upload else "",
            upload.read() if upload else b"",
        )  # fmt: skip
    try:
        made = actions.report_delivery(
            by=by, commitments=commitments, quantity=given["quantity"], starts_on=given["starts_on"],
            ends_on=given["ends_on"], place_code=given["place"], note=given["note"], proof=proof,
            once=read_once_key(given["once"], commitments[0], by),
        )  # fmt: skip
    except UnusableFile as error:
        form.add_error("evidence_file", str(error))
    except NotPossible as error:
        form.add_error(None, str(error))
    else:
        return made[0]
    return None


def entry_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record what was delivered under a promise, with its evidence."""
    commitment = queries.get_commitment(body, public_id)
    back = reverse("delivery:commitment", args=[body.slug, public_id])
    check_takes_work(commitment.agreement)
    form = entry_form(request, [commitment])
    if request.method == "POST" and form.is_valid():
        made = record_from(form, [commitment], request.user)
        if made is not None:
            messages.success(request, "The entry is recorded. Someone else can now accept its evidence.")
            return redirect("delivery:entry", body.slug, made.public_id)
    return form_page(request, form, f"Record what was delivered: {commitment.wording}", back, "Record the entry")


def evidence_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will add evidence to an entry."""
    found = queries.get_entry(body, public_id)
    back = reverse("delivery:entry", args=[body.slug, public_id])
    form = forms.EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            actions.add_evidence(
                by=request.user, entry=found, kind=form.cleaned_data["kind"],  # type: ignore[arg-type]
                description=form.cleaned_data["description"], dated_on=form.cleaned_data["dated_on"],
                file_name=upload.name if upload else "", content=upload.read() if upload else b"",
            )  # fmt: skip
        except UnusableFile as error:
            form.add_error("file", str(error))
        except NotPossible as error:
            form.add_error("dated_on", str(error))
        else:
            messages.success(request, "The evidence is with the entry.")
            return redirect(back)
    return form_page(request, form, "Add evidence", back, "Add the evidence")


def evidence_file(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will send an evidence file as a download that no browser runs, from the files' own host where there is one."""
    found = queries.get_evidence(body, public_id)
    if found.file is None:
        raise Http404
    return hand_out(found.file, request.user)  # type: ignore[arg-type]


def _fact(
    request: HttpRequest, body: Body, public_id: str, heading: str, submit: str, done: str, check: Any, act: Any,
    form_class: Any,
) -> HttpResponse:  # fmt: skip
    found = queries.get_entry(body, public_id)
    back = reverse("delivery:entry", args=[body.slug, public_id])
    hint = f"{amount_in_unit(found.quantity, found.commitment.unit_words)} claimed: {found.commitment.wording}"
    try:
        check(found, request.user)
    except NotPossible as error:  # said before anybody fills in a form in vain
        content = {"page_heading": heading, "back_url": back, "page_lead": hint, "closed": str(error)}
        return render(request, "delivery/form.html", content, status=422 if request.method == "POST" else 200)
    form = form_class(
        request.POST or None, initial={"quantity": quantity(found.quantity).replace(",", ""), "dated_on": today()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            act(by=request.user, entry=found, **form.cleaned_data)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect(back)
    return form_page(request, form, heading, back, submit, page_lead=hint)


def entry_confirm(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record that those who received it said so."""
    return _fact(request, body, public_id, "Record a confirmation", "Record", "The confirmation is recorded.",
                 policies.check_may_confirm, actions.record_confirmation, forms.ConfirmationForm)  # fmt: skip


def entry_assure(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record an auditor's check."""
    return _fact(request, body, public_id, "Record your check", "Record", "Your check is recorded.",
                 policies.check_may_assure, actions.record_assurance, forms.FactForm)  # fmt: skip


def entry_reverse(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take an entry back; both stay on record."""
    found = queries.get_entry(body, public_id)
    back = reverse("delivery:entry", args=[body.slug, public_id])
    told = " ".join(told_before_reversal(found))
    form = forms.ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reverse_entry(by=request.user, entry=found, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The entry is reversed. It no longer counts; both stay on record.")
            return redirect(back)
    return form_page(request, form, "Reverse this entry", back, "Reverse the entry", page_lead=told)
