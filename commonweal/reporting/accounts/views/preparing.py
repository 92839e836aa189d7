"""Before an account is published: what must be settled and said, what is said about it, and who publishes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.engine.account_bundle import cells_of
from commonweal.engine.year import FinancialYear, YearUnknown
from commonweal.reporting.accounts import actions, forms, presentation, queries
from commonweal.reporting.accounts.views.accounts import crumbs, may
from commonweal.reporting.accounts.vocabulary import BASIS, LATE_RULE
from commonweal.reporting.budget.queries import closing_rules
from commonweal.reporting.figures import STAGES

if TYPE_CHECKING:
    from commonweal.base.models import Body


def _year(words: str) -> FinancialYear:
    try:
        return FinancialYear.parse(words)
    except YearUnknown:
        raise Http404 from None


def _drawn(body: Body, year: FinancialYear) -> dict[str, Any]:
    """What a page shows of an account that is not published yet."""
    found = queries.drawn(body, year)
    listed = queries.checks(body, year, found)
    told = [cells_of(text) for text in found.figures.figures.decode().splitlines()[1:]]
    figures = presentation.figures_of({"figures": told})
    titles = {name: edition.named for name, edition in found.editions.items()}
    lines = f"{reverse('reporting:worth_lines', args=[body.slug])}?year={year.slug}"
    return {
        "year": year, "stops": [each for each in listed if each.stops], "said": [each for each in listed if not each.stops],
        "rows": presentation.stage_rows(figures, titles, lambda **wanted: f"{lines}&what={wanted['stage']}"),
        "stages": STAGES.values(), "editions": titles, "lines": len(found.rows),
    }  # fmt: skip


def checks(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will show what must be settled before the account of a year is published, and what it must say."""
    asked = _year(year)
    standing = queries.in_force(queries.published_accounts(body)).get(asked.begins)
    content = _drawn(body, asked) | {
        "standing": standing, "may_prepare": may(request, "prepare") and not queries.prepared(body),
        "page_heading": f"Before {asked.name} is published", "breadcrumbs": crumbs(body, asked.name),
    }  # fmt: skip
    return render(request, "accounts/checks.html", content)


def prepare(request: HttpRequest, body: Body, year: str) -> HttpResponse:
    """This will prepare the account of a year for another to publish."""
    asked = _year(year)
    form = forms.PrepareForm(request.POST or None, initial={
        "basis": BASIS, "late_rule": LATE_RULE, "materiality": closing_rules(body, asked).pounds,
    })  # fmt: skip
    back = reverse("accounts:checks", args=[body.slug, asked.slug])
    return _prepared(request, body, form, asked, None, back, f"Prepare the account of {asked.name}")


def restate(request: HttpRequest, body: Body, number: int) -> HttpResponse:
    """This will prepare an account that takes the place of one published before."""
    found = queries.get_account(body, number)
    year = presentation.year_of(found)
    told = found.content["statements"]
    form = forms.RestateForm(request.POST or None, initial={
        "basis": told["basis"], "late_rule": told["late_rule"], "materiality": told["materiality"],
    })  # fmt: skip
    back = reverse("accounts:account", args=[body.slug, number])
    return _prepared(request, body, form, year, number, back, f"Restate account {number}, of {year.name}")


def _prepared(
    request: HttpRequest, body: Body, form: Any, year: FinancialYear, restates: int | None, back: str, heading: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.prepare(by=request.user, body=body, year=year, restates=restates, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The account is prepared. Somebody else now reads and publishes it.")
            return redirect("accounts:preparation", body=body.slug, public_id=made.public_id)
    content = {"form": form, "page_heading": heading, "submit_text": "Prepare it", "back_url": back}
    return render(request, "accounts/form.html", content, status=422 if form.errors else 200)


def preparation(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show an account that was prepared: its figures, what is said about it, and whether it can be published."""
    found = queries.get_preparation(body, public_id)
    year = FinancialYear(found.year)
    content = (_drawn(body, year) if found.state == "prepared" else {"year": year}) | {
        "preparation": found, "own": found.prepared_by_id == request.user.pk, "may_publish": may(request, "publish"),
        "state": found.get_state_display(),
        "page_heading": f"Account of {year.name}",
        "page_caption": f"Restates account {found.restates}" if found.restates else "Prepared",
        "breadcrumbs": crumbs(body, f"Prepared for {year.name}"),
    }  # fmt: skip
    return render(request, "accounts/preparation.html", content)


def publish(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will publish an account that another person prepared."""
    found = queries.get_preparation(body, public_id)
    try:
        made = actions.publish(preparation=found, by=request.user)  # type: ignore[arg-type]
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("accounts:preparation", body=body.slug, public_id=public_id)
    messages.success(request, f"Account {made.number} is published. Send its checkpoint to somebody who will keep it.")
    return redirect("accounts:account", body=body.slug, number=made.number)


def withdraw(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will withdraw an account that was prepared and not published."""
    found = queries.get_preparation(body, public_id)
    form = forms.WithdrawForm(request.POST or None)
    back = reverse("accounts:preparation", args=[body.slug, public_id])
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(preparation=found, by=request.user, words=form.cleaned_data["words"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The account is withdrawn, and nothing was published.")
            return redirect("accounts:accounts", body=body.slug)
    heading = f"Withdraw the account of {FinancialYear(found.year).name}"
    content = {"form": form, "page_heading": heading, "submit_text": "Withdraw it", "back_url": back}
    return render(request, "accounts/form.html", content, status=422 if form.errors else 200)
