"""The page of changes of one agreement, one change with all that is known of it, and the form that begins one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.templatetags.figures import amount_in_unit, long_date, money
from commonweal.delivery.changes import actions, forms, policies, queries
from commonweal.delivery.changes.policies import STATES
from commonweal.delivery.changes.worth import in_words
from commonweal.delivery.queries import get_agreement, promise_table
from commonweal.delivery.views.agreements import form_page, thread_of
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Body

TAGS = {
    "draft": "grey", "proposed": "blue", "agreed": "light-blue", "refused": "red", "approved": "turquoise",
    "declined": "red", "made": "green", "dropped": "grey",
}  # fmt: skip


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does."""
    return rule_for(f"changes:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def crumbs(body: Body, agreement: Any, *steps: str) -> dict[str, Any]:
    """This will lead back from a page of changes to the agreement and the list of agreements."""
    page = reverse("delivery:agreement", args=[body.slug, agreement.public_id])
    here = reverse("changes:agreement", args=[body.slug, agreement.public_id])
    items: list[dict[str, str]] = [
        {"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
        {"text": agreement.title, "href": page},
        {"text": "Changes", "href": here} if steps else {"text": "Changes"},
    ]
    return {"items": [*items, *({"text": step} for step in steps)]}


def line_words(line: Any) -> str:
    """This will say what a line does, in a sentence."""
    if line.before is None:
        return f"Adds {amount_in_unit(line.quantity_after, line.unit)}: {line.wording}"
    name, unit = f"“{line.before.wording}”", line.before.unit_words
    was = amount_in_unit(line.quantity_before, unit) if line.quantity_before is not None else "no quantity"
    match line.kind:
        case "take-up":
            return f"Takes up the option {name}: {amount_in_unit(line.quantity_after, unit)}"
        case "substitute":
            kept = f", of which {amount_in_unit(line.quantity_kept, unit)} delivered stay" if line.quantity_kept else ""
            made = amount_in_unit(line.quantity_after, line.unit)
            return f"In place of {name} ({was}{kept}): {made} of “{line.wording}”"
        case "end":
            return f"Ends {name}: {was} before, {amount_in_unit(line.quantity_after, unit)} stay"
    return f"{name}: {was} before, {amount_in_unit(line.quantity_after, unit)} after"


def agreement(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show how an agreement was changed, its credits, and the outturn with which it closed."""
    found = get_agreement(body, public_id)
    changes = queries.changes_of(found)
    outturn = queries.outturn_of(found)
    content = {
        "agreement": found,
        "thread": thread_of(found, promise_table(found, today()), "promise"),
        "changes": [
            {"change": each, "tag": TAGS[each.state], "lines": [line_words(line) for line in queries.lines_of(each)]}
            for each in changes
        ],
        "sums": queries.cumulative(found),
        "regime": queries.regime_of(found),
        "has_clause": queries.has_clause(found),
        "balances": [(unit, money(amount)) for unit, amount in queries.balances_of(found, today())],
        "owed": [(each, money(each.amount)) for each in queries.owed_by(found)],
        "moves": [(each, money(each.amount)) for each in queries.moves_of(found)],
        "scores": queries.scores_of(found),
        "outturn": outturn,
        "outturn_rows": _outturn_rows(outturn) if outturn else [],
        "may": may(request, "change_add") and found.state == "current" and found.origin != "example",
        "may_close": may(request, "close") and outturn is None and found.origin != "example",
        "page_heading": found.title,
        "page_caption": "Changes",
        "breadcrumbs": crumbs(body, found),
    }
    return render(request, "changes/agreement.html", content)


def _outturn_rows(outturn: Any) -> list[dict[str, Any]]:
    rows = []
    for each in queries.outturn_lines(outturn):
        unit = each.commitment.unit_words
        rows.append(
            {
                "wording": each.commitment.wording,
                "promised": amount_in_unit(each.promised, unit) if each.promised is not None else "No quantity",
                "claimed": each.claimed, "evidenced": each.evidenced, "confirmed": each.confirmed,
                "assured": each.assured,
                "lost": amount_in_unit(each.lost, unit) if each.lost else "Nothing" if each.lost is not None else "–",
            }
        )  # fmt: skip
    return rows


def changes_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write every change of an agreement as a file, a row for each promise it touches."""
    found = get_agreement(body, public_id)
    rows = []
    for each in reversed(queries.changes_of(found)):
        ground = queries.ground_of(each)
        facts = (
            each.number, each.title, each.get_kind_display(), each.get_state_display(), each.why,
            f"{ground.title} ({ground.section})" if ground else "", each.value_before, each.value_after,
            each.ends_before, each.ends_after, each.takes_from_on, each.cost_before, each.cost_after,
            each.get_ranking_display(), each.decided_by.name if each.decided_by else "", each.made_at,
        )  # fmt: skip
        lines: list[Any] = list(queries.lines_of(each)) or [None]
        for line in lines:
            rows.append((*facts, line_words(line) if line else "", line.quantity_before if line else None,
                         line.quantity_after if line else None))  # fmt: skip
    return export_response(
        form, name=f"changes-{found.reference or found.title}-{today()}",
        headings=["Change", "What", "Kind", "State", "Why", "Ground", "Value before (£)", "Value after (£)",
                  "Last day before", "Last day after", "Counts from", "Cost before (£)", "Cost after (£)",
                  "Another ranking", "Decided by", "Made", "Promise", "Quantity before", "Quantity after"],
        rows=rows, about=[("Agreement", found.title), ("Body", body.name), ("As of", long_date(today()))],
    )  # fmt: skip


def change(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one change: what it does, whether it is neutral and within its ground, and what comes next."""
    found = queries.get_change(body, public_id)
    lines, ground = queries.lines_of(found), queries.ground_of(found)
    worth = queries.neutrality(found, lines)
    ranking, why_not_ranked = queries.ranking_or_why(found)
    open_yet = found.state in ("draft", "proposed", "agreed")
    limit = ground.limit_for(found.agreement.kind) if ground else None
    content = {
        "change": found,
        "agreement": found.agreement,
        "tag": TAGS[found.state],
        "lines": [(line, line_words(line)) for line in lines],
        "ground": ground,
        "limit": f"The ground allows {limit:f} per cent of the first value."
        if limit is not None
        else "The ground sets no limit in per cent.",
        "notice": queries.regime_of(found.agreement).notice,
        "sums": queries.cumulative(found.agreement, found),
        "worth": [
            (in_words(each), money(each.shortfall) if each.in_pounds else each.shortfall) for each in worth.compared
        ],
        "neutral": worth,
        "sign_off": queries.sign_off_of(found),
        "legal_is_needed": policies.legal_is_needed(found, ranking),
        "ranking": ranking,
        "ranking_is_changed": policies.ranking_is_changed(found.ranking, ranking),
        "why_not_ranked": why_not_ranked,
        "scores": queries.scores_seen_by(found),
        "rescored": queries.rescored_of(found),
        "may_score": open_yet and may(request, "scores"),
        "may_rescore": open_yet and may(request, "rescore"),
        "next": {step: may(request, route) for step, route in _STEPS.get(found.state, {}).items()},
        "may_sign": open_yet and may(request, "sign"),
        "ends_all": not STATES[found.state],
        "page_heading": found.title,
        "page_caption": f"Change {found.number} of {found.agreement.title}",
        "breadcrumbs": crumbs(body, found.agreement, f"Change {found.number}"),
    }
    return render(request, "changes/change.html", content)


_STEPS = {
    "draft": {"line_add": "line_add", "propose": "propose", "drop": "drop"},
    "proposed": {"drop": "drop"},
    "agreed": {"decide": "decide"},
    "approved": {"make": "make"},
}


def grounds(agreement: Any) -> list[tuple[str, str]]:
    """This will offer the grounds of an agreement's regime as choices."""
    held = queries.regime_of(agreement).grounds
    return [(each.id, f"{each.title} ({each.section})" if each.section else each.title) for each in held]


def change_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will begin a change."""
    found = get_agreement(body, public_id)
    policies.check_may_change(found)
    back = reverse("changes:agreement", args=[body.slug, public_id])
    form = forms.ChangeForm(
        request.POST or None, grounds=grounds(found), has_clause=queries.has_clause(found),
        initial={"takes_from_on": today(), "ranking": "unknown"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.write_change(by=request.user, agreement=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The change is begun as a draft. Add what it does to each promise.")
            return redirect("changes:change", body.slug, made.public_id)
    value = money(found.value) if found.value is not None else "not known"
    lead = f"Value now {value}, last day {long_date(found.ends_on) if found.ends_on else 'not known'}."
    return form_page(request, form, f"Change {found.title}", back, "Begin the change", page_lead=lead)
