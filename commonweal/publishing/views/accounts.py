"""Published accounts as the public reads them: the list, one account, the signed file, and what others can keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from commonweal.base.checkpoints import our_key
from commonweal.base.exports import export_response
from commonweal.engine.account_bundle import STAGES, checkpoint_text
from commonweal.engine.signing import public_text
from commonweal.publishing import presentation, vocabulary
from commonweal.publishing.views.site import site_page
from commonweal.reporting.accounts import presentation as told
from commonweal.reporting.accounts import queries
from commonweal.reporting.accounts.presentation import figures_of, year_of

if TYPE_CHECKING:
    from commonweal.base.models import Body


def accounts(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list a body's published accounts, and the key and checkpoint by which anyone can hold it to them."""
    found = queries.published_accounts(body)
    standing = queries.in_force(found)
    return site_page(
        request, body, "accounts", here="accounts",
        rows=[(each, year_of(each).name, each.number if standing[each.year] == each.number else standing[each.year])
              for each in found],
        public_key=public_text(our_key()) if found else "",
    )  # fmt: skip


def account(request: HttpRequest, body: Body, number: int) -> HttpResponse:
    """This will show one published account: what was delivered in a year, what it is worth, and how anyone checks it."""
    found = queries.get_account(body, number)
    worth = _worth(found)
    stage = presentation.leading_stage(worth)
    year = year_of(found)
    return site_page(
        request, body, "account", here="accounts", beneath=True, account=found, year=year.name,
        later=queries.superseded_by(found), statements=found.content["statements"],
        counted=presentation.counted_sentence(worth, stage),
        figures=presentation.figures(worth, stage, as_of=year.ends_on, know=lambda _figure: "#check"),
        stage_rows=presentation.stage_rows(worth, lambda _figure: ""),
        stages=[str(words) for words in vocabulary.STAGE_HEADINGS.values()],
        restated=told.restated_rows(found.content), parts=vocabulary.RESTATED_PARTS,
    )  # fmt: skip


def _worth(found: Any) -> dict[str, Any]:
    """The figures of an account in the shape that public pages show figures in."""
    rules = queries.rules_of(found)
    editions = {
        name: {"reference": name, "version": each.version, "title": each.title, "title_cy": each.title_cy}
        for name, each in rules.editions.items()
    }
    coverage: Mapping[str, Any] = found.content["coverage"]["stages"]
    worth: dict[str, Any] = {
        stage: {"lines": coverage[stage]["lines"], "valued": coverage[stage]["valued"], "totals": []}
        for stage in STAGES
    }
    for each in figures_of(found.content):
        if each.by:
            continue
        span, (edition, direction, kind, level, price_year, *_more) = each.amount, each.key
        worth[each.stage]["totals"].append({
            "figure": f"{each.stage}.{each.slug}", "kind": kind, "level": level, "direction": direction,
            "price_year": price_year, "edition": editions[edition], "lines": each.lines, "low": str(span.low),
            "central": None if span.central is None else str(span.central), "high": str(span.high),
        })  # fmt: skip
    return worth


def bundle(request: HttpRequest, body: Body, number: int) -> HttpResponse:
    """This will give the signed file of an account, byte for byte as it was published."""
    found = queries.get_account(body, number)
    return _file(queries.bundle_of(found), "application/zip", f"{body.slug}-account-{number}.zip")


def download(request: HttpRequest, body: Body, number: int, form: str) -> HttpResponse:
    """This will give every figure of an account as CSV or Excel."""
    found = queries.get_account(body, number)
    about = [
        (_("Published by"), body.name), (_("Account"), f"{found.number}, {year_of(found).name}"),
        (_("SHA-256 of its file"), found.sha256), (_("Note"), found.content["statements"]["not_part"]),
    ]  # fmt: skip
    return export_response(
        form, name=f"{body.slug}-account-{number}", headings=told.FIGURE_HEADINGS,
        rows=told.figure_rows(found.content, queries.rules_of(found)), about=about,
    )  # fmt: skip


def checkpoint(request: HttpRequest, body: Body) -> HttpResponse:
    """This will give a signed note of every account the body has published, for others to keep."""
    found = sorted(queries.published_accounts(body), key=lambda each: each.number)
    who = {"id": body.public_id, "name": body.name}
    text = checkpoint_text(who, [queries.as_published(each) for each in found], our_key())
    return _file(text.encode(), "text/plain; charset=utf-8", f"{body.slug}-accounts-checkpoint.txt")


def key(request: HttpRequest, body: Body) -> HttpResponse:
    """This will give the public key accounts are signed by, as `commonweal verify --key` takes it."""
    return _file(f"{public_text(our_key())}\n".encode(), "text/plain; charset=utf-8", f"{body.slug}.key")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
