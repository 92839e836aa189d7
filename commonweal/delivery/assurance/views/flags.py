"""What may be counted twice or did not happen, and from when on two officers accept a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page
from commonweal.base.templatetags.figures import amount_in_unit, long_date, quantity
from commonweal.delivery.assurance import actions, forms, queries
from commonweal.delivery.assurance.views.claims import claims_crumbs
from commonweal.delivery.views.agreements import form_page, today

if TYPE_CHECKING:
    from commonweal.base.models import Body

COLUMNS = (
    Column("claim", "Claim"), Column("kind", "What was noticed"), Column("other", "Elsewhere"),
    Column("raised", "Noticed", sortable=True), Column("state", "State"),
)  # fmt: skip


def flags(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list what was flagged, open or settled, latest first."""
    every = request.GET.get("all") == "yes"
    cut = cut_page(queries.flags(body, open_only=not every), request.GET, {"raised": "raised_at"}, default="-raised")
    rows = [
        (
            Link(each.entry.commitment.wording, reverse("assurance:flag", args=[body.slug, each.public_id])),
            each.get_kind_display(),
            f"{each.other.commitment.agreement.title}: {each.other.commitment.wording}" if each.other else "–",
            long_date(each.raised_at.date()),
            each.get_settled_as_display() if each.settled_at else "Open",
        )
        for each in cut.rows
    ]
    listing = Listing(
        caption="Flags", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} flag{'' if cut.total == 1 else 's'}",
        empty="Nothing is flagged. The same file, asset or person in two claims, and a denial, come here by themselves.",
        empty_action=Link("See the claims to decide", reverse("assurance:claims", args=[body.slug])),
    )  # fmt: skip
    content = {"listing": listing, "page_heading": "Flags", "every": every, "breadcrumbs": claims_crumbs(body, "Flags")}
    return render(request, "assurance/flags.html", content)


def flag(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show a flag with both claims side by side, and settle it with a reason."""
    found = queries.get_flag(body, public_id)
    form = forms.SettleForm(request.POST or None)
    if found.kind == "denied":
        form.fields["settled_as"].label = "Did it happen?"
        form.fields["settled_as"].choices = [  # type: ignore[attr-defined]
            ("same", "No: this claim is reversed"), ("not-same", "Yes: they were mistaken, or answered about something else")
        ]  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_flag(by=request.user, flag=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The flag is settled, with your reason on record.")
            return redirect("assurance:flags", body.slug)
    sides = [
        (
            each,
            amount_in_unit(each.quantity, each.commitment.unit_words),
            queries.evidence_of(each),
            queries.assets_of(each),
        )
        for each in (found.entry, found.other)
        if each is not None
    ]
    content = {
        "flag": found, "sides": sides, "form": form, "page_heading": found.get_kind_display(), "page_caption": "Flag",
        "back_url": reverse("assurance:flags", args=[body.slug]),
    }  # fmt: skip
    return render(request, "assurance/flag.html", content, status=422 if form.errors else 200)


def rule(request: HttpRequest, body: Body) -> HttpResponse:
    """This will set from when on a second officer accepts a claim."""
    limits, held = actions.limits_of(body), queries.latest_rule(body)
    initial = {
        "value_above": limits.value_above,
        "share_above": None if limits.share_above is None else quantity(limits.share_above * 100),
    }
    form = forms.RuleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_acceptance_rule(by=request.user, body=body, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, "The rule holds from now on. What was accepted before stays accepted.")
        return redirect("assurance:claims", body.slug)
    lead = (
        "One officer accepts a provider’s claim. A second is always needed where the first recorded it, where it is far "
        "beyond its promise or outside its term, and where a flag on it is open. You add from which size on."
    )
    if held is not None:
        lead += f" Last set on {long_date(held.set_at.date())} by {held.set_by.name}: {held.reason.rstrip('.')}."
    back = reverse("assurance:claims", args=[body.slug])
    return form_page(request, form, "When two officers accept a claim", back, page_lead=lead)


def asset_name(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will say which one thing a claim is about."""
    found = queries.get_claim(body, public_id)
    back = reverse("assurance:claim", args=[body.slug, public_id])
    form = forms.AssetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_asset(by=request.user, entry=found, label=form.cleaned_data["label"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("label", str(error))
        else:
            messages.success(request, "The asset is named. The same one in another claim is flagged.")
            return redirect(back)
    return form_page(request, form, "Name the asset", back)


def keys_give(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will keep keys of the people a claim is about, as a provider made them."""
    found = queries.get_claim(body, public_id)
    back = reverse("assurance:claim", args=[body.slug, public_id])
    period = queries.key_period(body, found.ends_on or today())
    if period is None:
        closed = "The body takes no keys of people for the period of this claim. The social value lead can open one."
        return render(
            request, "delivery/form.html", {"page_heading": "Give keys of people", "back_url": back, "closed": closed},
            status=422 if request.method == "POST" else 200,
        )  # fmt: skip
    form = forms.KeysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.give_keys(by=request.user, entry=found, period=period, keys=form.cleaned_data["keys"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("keys", str(error))
        else:
            messages.success(request, f"{kept} new keys are kept until {long_date(period.expires_on)}.")
            return redirect(back)
    return form_page(request, form, f"Give keys of people, {period.name}", back, "Keep the keys")


def key_periods(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show in which periods the body takes keys of people, with the salt of each, and open another."""
    form = forms.KeyPeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_key_period(by=request.user, body=body, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("expires_on", str(error))
        else:
            messages.success(
                request, "The period is open. Providers find it under “Give keys of people” by themselves."
            )
            return redirect("assurance:key_periods", body.slug)
    content = {
        "form": form, "periods": queries.key_periods(body), "page_heading": "Keys of people",
        "back_url": reverse("assurance:claims", args=[body.slug]),
    }  # fmt: skip
    return render(request, "assurance/key_periods.html", content, status=422 if form.errors else 200)
