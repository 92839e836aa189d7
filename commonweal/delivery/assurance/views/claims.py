"""Claims: what waits for whom, and what officers decide on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.templatetags.figures import amount_in_unit, long_date, pounds, quantity
from commonweal.delivery.assurance import actions, forms, policies, queries
from commonweal.delivery.assurance.vocabulary import CLAIM_STATES, OFFICER_ANSWERS, REASONS, WAITS_FOR
from commonweal.delivery.queries import get_agreement, promise_table
from commonweal.delivery.views.agreements import form_page, thread_of, today

if TYPE_CHECKING:
    from commonweal.base.models import Body

SORTS = {"recorded": "recorded_at", "quantity": "quantity"}
COLUMNS = (
    Column("what", "Claim"),
    Column("agreement", "Agreement"),
    Column("quantity", "Quantity", numeric=True, sortable=True),
    Column("state", "State"),
    Column("recorded", "Reported", sortable=True),
)
WORDS = dict(CLAIM_STATES)


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does."""
    return rule_for(f"assurance:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def state_words(entry: Any) -> str:
    """This will say how a claim stands, and who moves next."""
    if entry.claim_state == "claimed" and entry.is_evidenced:
        return str(WORDS["accepted"])
    if entry.claim_state == "claimed" and not entry.has_evidence:
        return "No evidence yet"
    return str(WORDS[entry.claim_state])


def waits_for(entry: Any) -> str:
    """This will say who moves next: where nobody can be written to, an officer answers for the provider."""
    if entry.is_evidenced and entry.claim_state in ("claimed", "accepted"):
        return ""
    if entry.claim_state == "changes-asked" and policies.answers_for(entry) == "officer":
        return OFFICER_ANSWERS
    return WAITS_FOR.get(entry.claim_state, "")


def reason_words(reasons: Any) -> list[str]:
    """This will say why a second officer is needed, in words."""
    return [REASONS[reason] for reason in reasons]


def _found(request: HttpRequest, body: Body) -> tuple[forms.ClaimFilters, Any]:
    form = forms.ClaimFilters(request.GET if "state" in request.GET else {"state": "waiting"})
    chosen = form.cleaned_data if form.is_valid() else {"state": "waiting", "text": ""}
    return form, queries.claims(body, state=chosen["state"], text=chosen["text"])


def claims_crumbs(body: Body, here: str) -> dict[str, Any]:
    """This will lead back from a list beside the claims to the claims."""
    return {"items": [{"text": "Claims", "href": reverse("assurance:claims", args=[body.slug])}, {"text": here}]}


def claims(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the body's claims, those to decide first of all, each to be ticked and accepted together."""
    form, found = _found(request, body)
    cut: Any = cut_page(found, request.GET, SORTS, default="recorded")
    bulk = may(request, "accept_together")
    rows = [
        (
            render_to_string("assurance/_tick.html", {"entry": each, "page_body": body})
            if bulk and each.claim_state in queries.OFFICERS_TURN and each.has_evidence and not each.is_evidenced
            else Link(each.commitment.wording, reverse("assurance:claim", args=[body.slug, each.public_id])),
            each.commitment.agreement.title,
            amount_in_unit(each.quantity, each.commitment.unit_words),
            state_words(each),
            long_date(each.recorded_at.date()),
        )
        for each in cut.rows
    ]
    exports = {
        words: reverse("assurance:claims_export", args=[body.slug, kind]) for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
    }  # fmt: skip
    listing = Listing(
        caption="Claims", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} claim{'' if cut.total == 1 else 's'}", filters=form, exports=exports,
        empty="Nothing waits for a decision. Claims come here when a provider or an officer reports a delivery.",
        empty_action=Link("See all deliveries", reverse("delivery:entries", args=[body.slug])),
    )  # fmt: skip
    content = {
        "listing": listing, "page_heading": "Claims to decide", "bulk": bulk and bool(rows),
        "open_flags": queries.flags(body).count(), "limits": actions.limits_of(body), "may_set": may(request, "rule"),
    }  # fmt: skip
    return render(request, "assurance/claims.html", content)


def claims_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write the claims shown, all pages of them, as a file."""
    _, found = _found(request, body)
    rows = (
        (each.commitment.agreement.title,
         each.commitment.agreement.provider.name if each.commitment.agreement.provider else "",
         each.commitment.wording, each.quantity, each.commitment.unit, state_words(each),
         waits_for(each), each.recorded_at.date(), each.public_id)
        for each in in_order(found, request.GET.get("sort", ""), SORTS, "recorded")
    )  # fmt: skip
    return export_response(
        form, name=f"claims-{body.slug}", rows=rows,
        headings=["Agreement", "Provider", "Promise", "Quantity", "Unit", "State", "Waits for", "Reported on", "Reference here"],
        about=[("Body", body.name), ("What", "The claims shown on the page, in its order")],
    )  # fmt: skip


def accept_together(request: HttpRequest, body: Body) -> HttpResponse:
    """This will accept the claims that were ticked, each by its own risk, and say what could not be and why."""
    ticked = [queries.get_claim(body, each) for each in request.POST.getlist("entry")[:200]]
    if not ticked:
        messages.error(request, "Tick the claims to accept first.")
        return redirect("assurance:claims", body.slug)
    done = actions.accept_together(by=request.user, entries=ticked)  # type: ignore[arg-type]
    return render(
        request, "assurance/accepted.html",
        {"done": done, "page_heading": "What became of them", "back_url": reverse("assurance:claims", args=[body.slug])},
    )  # fmt: skip


def claim(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one claim: what is claimed, its evidence, how risky it is, and every step since."""
    found = queries.get_claim(body, public_id)
    commitment, agreement = found.commitment, get_agreement(body, found.commitment.agreement.public_id)
    wanted, kinds = queries.evidence_wanted(commitment)
    evidence = queries.evidence_of(found)
    value = queries.value_of_claim(found)
    content = {
        "entry": found, "agreement": agreement, "evidence": evidence, "wanted": wanted,
        "other_kinds": bool(kinds) and bool(evidence) and not kinds & {each.kind for each in evidence},
        "state": state_words(found), "waits_for": waits_for(found),
        "may_answer": found.claim_state in ("changes-asked", "refused", "accepted-in-part") and may(request, "answer")
        and policies.answers_for(found) == "officer",
        "value": pounds(value) if value is not None else "",
        "reasons": reason_words(actions.reasons_for_second(found, request.user)),  # type: ignore[arg-type]
        "steps": [(step, reason_words(step.reasons)) for step in queries.steps_of(found)],
        "flags": list(queries.flags(body, open_only=False, entry=found)), "assets": queries.assets_of(found),
        "questions": queries.confirmations(body, entry=found),
        "is_reversed": queries.is_reversed(found),
        "to_decide": found.claim_state in queries.OFFICERS_TURN and not (found.is_evidenced and found.claim_state == "claimed"),
        "may_decide": may(request, "decide"), "may_manage": may(request, "ask"),
        "can_be_confirmed": commitment.measure is None or commitment.measure.confirmable,
        "can_open_files": rule_for("delivery:evidence_file", "GET").allows(request.roles),  # type: ignore[attr-defined]
        "takes_keys": queries.key_period(body, today()) is not None,
        "thread": thread_of(agreement, promise_table(agreement, today()), "delivered"),
        "page_heading": commitment.wording, "page_caption": "Claim",
        "breadcrumbs": {"items": [{"text": "Claims", "href": reverse("assurance:claims", args=[body.slug])},
                                  {"text": agreement.title,
                                   "href": reverse("assurance:agreement", args=[body.slug, agreement.public_id])},
                                  {"text": "Claim"}]},
    }  # fmt: skip
    return render(request, "assurance/claim.html", content)


def decide(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take an officer's decision on a claim: accept it or part of it, ask for changes, or refuse it."""
    found = queries.get_claim(body, public_id)
    back = reverse("assurance:claim", args=[body.slug, public_id])
    if request.method == "GET":
        try:
            policies.check_can_decide(found, request.user)  # type: ignore[arg-type]
        except NotPossible as error:  # said before anybody fills in a form in vain
            content = {"page_heading": "Decide on this claim", "back_url": back, "closed": str(error)}
            return render(request, "delivery/form.html", content)
    initial = {"quantity": quantity(found.quantity).replace(",", ""), "decision": "accept"}
    form = forms.DecisionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, request.user
        try:
            if given["decision"] == "accept":
                step = actions.accept_claim(by=by, entry=found, quantity=given["quantity"], note=given["words"])  # type: ignore[arg-type]
            elif given["decision"] == "changes":
                step = actions.ask_for_changes(by=by, entry=found, words=given["words"])  # type: ignore[arg-type]
            else:
                step = actions.refuse_claim(by=by, entry=found, words=given["words"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{step.get_kind_display()}. The decision is on record.")
            return redirect("assurance:claim", body.slug, step.entry.public_id)
    lead = f"{amount_in_unit(found.quantity, found.commitment.unit_words)} claimed: {found.commitment.wording}"
    return form_page(request, form, "Decide on this claim", back, "Record the decision", page_lead=lead)


def evidence_share(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will let a claim use a share of evidence that was given for another."""
    found = queries.get_claim(body, public_id)
    back = reverse("assurance:claim", args=[body.slug, public_id])
    items = [
        (
            each.public_id,
            f"{each.description}, with “{each.entry.commitment.wording}” ({quantity(each.share * 100)} % free)",
        )
        for each in queries.shareable(found)
    ]
    if not items:
        closed = "No other open claim of this agreement has evidence. Add new evidence to the entry instead."
        return render(
            request,
            "delivery/form.html",
            {"page_heading": "Use evidence given before", "back_url": back, "closed": closed},
        )
    form = forms.ShareForm(request.POST or None, items=items)
    if request.method == "POST" and form.is_valid():
        item = queries.get_item(body, form.cleaned_data["item"])
        try:
            actions.share_evidence(by=request.user, entry=found, item=item, share=form.cleaned_data["share"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("share", str(error))
        else:
            messages.success(request, "The evidence is with this claim, too. Each has its share.")
            return redirect(back)
    return form_page(request, form, "Use evidence given before", back, "Use it")


def agreement(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show how an agreement's claims stand: what waits for whom, who was asked, what is flagged or drawn."""
    found = get_agreement(body, public_id)
    listed = list(queries.claims(body, agreement=found).order_by("-recorded_at", "-id")[:300])
    open_claims = [
        (each, state_words(each), waits_for(each) if each.has_evidence else "evidence")
        for each in listed
        if not (each.is_evidenced and each.claim_state == "claimed") and each.claim_state not in ("accepted", "corrected")
    ]  # fmt: skip
    keys = {each.pk for each in listed}
    content = {
        "agreement": found, "open_claims": open_claims, "closed": len(listed) - len(open_claims),
        "questions": queries.confirmations(body, agreement=found)[:50],
        "flags": [flag for flag in queries.flags(body) if flag.entry_id in keys or flag.other_id in keys],
        "samples": queries.samples(body, found), "assessment": queries.assessment_of(found),
        "may_manage": may(request, "assessment_add"), "may_audit": may(request, "sample_add"),
        "thread": thread_of(found, promise_table(found, today()), "delivered"),
        "page_heading": found.title, "page_caption": "Assurance",
        "breadcrumbs": {"items": [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
                                  {"text": found.title, "href": reverse("delivery:agreement", args=[body.slug, public_id])},
                                  {"text": "Assurance"}]},
    }  # fmt: skip
    return render(request, "assurance/agreement.html", content)
