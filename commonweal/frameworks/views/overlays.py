"""A framework of the body's own: changes laid over an edition, each with its reason, until it is published."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.queries import events_about, names_by_pseudonym
from commonweal.engine.model import InvalidRule, Measure, Rate
from commonweal.engine.overlay import apply_overlay
from commonweal.engine.overlay_model import Change, Overlay
from commonweal.engine.upgrade import Settlement, conflicts, rebase_overlay
from commonweal.frameworks import actions, overlays, queries
from commonweal.frameworks import overlay_forms as forms
from commonweal.frameworks.overlay_told import TOLD_IN, told_changes
from commonweal.frameworks.views.pages import form_page, may_write, me, page, posted

if TYPE_CHECKING:
    from commonweal.base.models import Body

EVENT_WORDS = {
    "frameworks.overlay.begun": "Begun",
    "frameworks.overlay.changed": "Changed",
    "frameworks.overlay.moved": "Brought to a later base",
    "frameworks.overlay.published": "Published",
    "frameworks.overlay.discarded": "Given up",
}
#: The headings of the page before publishing.
TOLD_WORDS = {"hide": "Left out", "revalue": "Worth or rates changed", "retarget": "Moved, or given a target",
              "rename": "Other words", "add": "Added"}  # fmt: skip
KIND_WORDS = {"add": "Added", "hide": "Hidden", "rename": "Other words", "retarget": "Moved or targeted",
              "revalue": "Re-valued"}  # fmt: skip


def crumbs(body: Body, *steps: tuple[str, str]) -> dict[str, Any]:
    """This will give the way back from a page of a body's own framework."""
    first = {"text": "Frameworks", "href": reverse("frameworks:frameworks", args=[body.slug])}
    return {"items": [first, *({"text": words, "href": href} for words, href in steps)]}


def step(body: Body, held: Any) -> tuple[str, str]:
    """This will give a framework of the body's own as a step of the way back."""
    return f"{held.title}, {held.version}", reverse("frameworks:overlay", args=[body.slug, held.public_id])


def overlay_start(request: HttpRequest, body: Body, reference: str) -> HttpResponse:
    """This will begin a framework of the body's own on an edition."""
    base = queries.find_edition(reference)
    rule = queries.get_edition(reference)
    name = f"{body.name}: {rule.title}"[:200]
    form = forms.OverlayForm(
        posted(request),
        initial={"title": name, "framework_id": overlays.slug_of(name), "version": str(queries.today().year)},
    )
    if request.method == "POST" and form.is_valid():
        made = _begun(body, rule, form.cleaned_data)
        try:
            held = actions.begin_overlay(body=body, by=me(request), base=base, overlay=made)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Your framework is begun. Nobody can use it until you publish it.")
            return redirect("frameworks:overlay", body.slug, held.public_id)
    return form_page(
        request, form, heading=f"Make {rule.title} ours", submit="Begin", here="frameworks",
        cancel=reverse("frameworks:edition", args=[body.slug, reference]),
        breadcrumbs=crumbs(body, (rule.title, reverse("frameworks:edition", args=[body.slug, reference]))),
        before=[
            f"You lay your changes over {rule.title}, version {rule.version}. What you do not change stays as it is, "
            "and what you change stays visible beneath.",
            "Each change has a reason. When you publish, the result can be chosen like any other framework.",
        ],
    )  # fmt: skip


def _begun(body: Body, base: Any, cleaned: Any) -> Overlay:
    source = overlays.reference(cleaned["framework_id"], cleaned["source_title"], cleaned["source_locator"])
    return Overlay(
        framework_id=cleaned["framework_id"], version=cleaned["version"], title=cleaned["title"].strip(),
        title_cy=cleaned["title_cy"].strip(), publisher=body.name, base=base.reference, base_hash=base.content_hash,
        source=source, author=body.name, changes=(),
    )  # fmt: skip


def overlay_upload(request: HttpRequest, body: Body) -> HttpResponse:
    """This will begin a framework of the body's own from a file."""
    form = forms.OverlayFileForm(posted(request), request.FILES or None)
    findings: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read()
        try:
            base = queries.find_base(overlays.base_named(content, upload.name))
            made = overlays.read_overlay(content, queries.get_edition(base.reference), upload.name)
            held = actions.begin_overlay(body=body, by=me(request), base=base, overlay=made)
        except NotPossible as error:
            form.add_error("file", str(error))
            findings = getattr(error, "findings", ())
        else:
            messages.success(request, f"{held.title} is here as a draft, with {len(made.changes)} changes.")
            return redirect("frameworks:overlay", body.slug, held.public_id)
    return form_page(
        request, form, heading="Bring in an overlay file", submit="Read the file", here="frameworks",
        cancel=reverse("frameworks:frameworks", args=[body.slug]), breadcrumbs=crumbs(body), findings=findings,
        before=["A file that was downloaded here, or written by hand or by the command line, becomes a draft."],
    )  # fmt: skip


def overlay(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show both layers: what the base says and what we say, theme by theme."""
    held = queries.get_overlay(public_id)
    base, made = queries.layer_of(held)
    form = forms.LayerFilterForm(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {"text": "", "show": ""}
    themes = overlays.layered(base, made, text=chosen["text"], changed_only=chosen["show"] == "changed")
    events = events_about(body, f"frameworks.overlay:{public_id}")
    names = names_by_pseudonym(each.actor for each in events)
    later = queries.later_editions(held.base)
    return page(
        request, "overlay", "frameworks", page_heading=held.title, page_caption=f"Version {held.version}",
        breadcrumbs=crumbs(body), held=held, base=base, made=made, themes=themes, form=form,
        filtered=bool(chosen["text"] or chosen["show"]), is_draft=_is_draft(held), later=later[0] if later else None,
        count=sum(len(outcome.layers) for theme in themes for outcome in theme.outcomes),
        kinds=[
            {"words": words, "count": sum(each.kind == kind for each in made.changes)}
            for kind, words in KIND_WORDS.items()
        ],
        history=[
            {"words": EVENT_WORDS[each.action], "at": each.at, "who": names.get(each.actor, "The system"),
             "changed": json.loads(each.details).get("changed", "")}
            for each in events if each.action in EVENT_WORDS
        ],
    )  # fmt: skip


def _is_draft(held: Any) -> bool:
    return held.edition_id is None and held.discarded_at is None


def overlay_measure(request: HttpRequest, body: Body, public_id: str, measure: str) -> HttpResponse:
    """This will show one measure in both layers, and every change of it with its reason."""
    held = queries.get_overlay(public_id)
    base, made = queries.layer_of(held)
    layer = overlays.find_layer(base, made, measure)
    if layer is None:
        raise Http404
    shown = layer.ours or layer.base
    assert shown is not None
    return page(
        request, "overlay_measure", "frameworks", page_heading=shown.title, page_caption=f"{shown.code}, {held.title}",
        breadcrumbs=crumbs(body, step(body, held)), held=held, base=base, layer=layer, is_draft=_is_draft(held),
        rows=_two_layers(layer, overlays.base_places(base), dict(overlays.outcome_choices(base, made))), is_own=layer.base is None,
        changes=[
            {"key": overlays.key_of(each), "words": KIND_WORDS[each.kind], "change": each,
             "apart": _apart(each) if _is_draft(held) and may_write(request) else ()}
            for each in layer.changes
        ],
    )  # fmt: skip


def _apart(change: Change) -> tuple[str, ...]:
    """What of a change can be taken back by itself: the value or a rate, where that is not all of it."""
    told = change.reasons
    return tuple(each.of for each in told if each.of) if len(told) > 1 else ()


def _two_layers(layer: Any, base_places: dict[str, str], places: dict[str, str]) -> list[dict[str, Any]]:
    """What the base says and what we say, field by field; a field that neither has is left out."""
    base, ours = layer.base, layer.ours

    def said(held: Measure | None, name: str) -> Any:
        if held is None:
            return ""
        return {"rates": _rates, "dropoff": _dropoff}.get(name, _plain(name))(held)

    rows = []
    for name, label in (
        ("title", "Measure"), ("title_cy", "In Welsh"), ("unit", "Unit"), ("value", "Value of one"),
        ("rates", "Rates"), ("duration", "Years of benefit"), ("dropoff", "Drop-off"),
        ("counting_rule", "Counting rule"),
    ):  # fmt: skip
        one, other = said(base, name), said(ours, name)
        if one or other:
            rows.append({"label": label, "name": name, "base": one, "ours": other, "differs": one != other})
    one, other = base_places.get(layer.base_outcome, ""), places.get(layer.outcome, "")
    rows.append({"label": "Outcome", "name": "outcome", "base": one, "ours": other, "differs": one != other})
    return rows


def _plain(name: str) -> Callable[[Measure], Any]:
    return lambda held: getattr(held, name)


def _rates(held: Measure) -> str:
    return "; ".join(f"{name} {rate.central}" for name, rate in sorted(held.rates.items()))


def _dropoff(held: Measure) -> str:
    share = held.dropoff.central if isinstance(held.dropoff, Rate) else held.dropoff
    return str(share) if share else ""


# --- the whole of it -------------------------------------------------------------------------------------------------


def overlay_details(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will change what a draft is called."""
    held = queries.get_overlay(public_id)
    _base, made = queries.layer_of(held)
    initial = {
        "saves": held.saves, "title": made.title, "title_cy": made.title_cy, "version": made.version,
        "source_title": made.source.title, "source_locator": made.source.locator,
    }  # fmt: skip
    form = forms.OverlayDetailsForm(posted(request), initial=initial)
    back = reverse("frameworks:overlay", args=[body.slug, public_id])
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        result = replace(
            made, title=cleaned["title"].strip(), title_cy=cleaned["title_cy"].strip(), version=cleaned["version"],
            source=overlays.reference(made.framework_id, cleaned["source_title"], cleaned["source_locator"]),
        )  # fmt: skip
        try:
            actions.change_overlay(
                body=body, by=me(request), overlay=held, saves=cleaned["saves"], made=result, changed="details"
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Your changes are saved.")
            return redirect(back)
    return form_page(
        request, form, heading="What is it called?", submit="Save", cancel=back, here="frameworks",
        breadcrumbs=crumbs(body, step(body, held)),
    )  # fmt: skip


def overlay_preview(request: HttpRequest, body: Body, public_id: str, refusal: str = "") -> HttpResponse:
    """This will show each change with its reason, and the edition as it would be published."""
    held = queries.get_overlay(public_id)
    base, made = queries.layer_of(held)
    changes = told_changes(base, made)
    return page(
        request, "overlay_preview", "frameworks", status=422 if refusal else 200, page_heading="What you will publish",
        page_caption=f"{held.title}, version {held.version}", breadcrumbs=crumbs(body, step(body, held)), held=held,
        edition=apply_overlay(base, made), base=base, made=made, is_draft=_is_draft(held),
        kinds=[
            {"words": TOLD_WORDS[kind], "changes": [each for each in changes if each.kind == kind]} for kind in TOLD_IN
        ],
        themes=overlays.layered(base, made),
        refusals=[{"text": refusal}] if refusal else [],
    )  # fmt: skip


def overlay_publish(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will publish a draft as an edition of the body's own."""
    held = queries.get_overlay(public_id)
    saves = request.POST.get("saves", "")
    try:
        edition = actions.publish_overlay(
            body=body, by=me(request), overlay=held, saves=int(saves) if saves.isdecimal() else 0
        )
    except NotPossible as error:
        return overlay_preview(request, body, public_id, refusal=str(error))
    messages.success(request, f"{edition.title}, version {edition.version}, is published. Choose it, and asks use it.")
    return redirect("frameworks:edition", body.slug, edition.reference)


def overlay_discard(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will give a draft up."""
    held = queries.get_overlay(public_id)
    try:
        actions.discard_overlay(body=body, by=me(request), overlay=held)
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("frameworks:overlay", body.slug, public_id)
    messages.success(request, f"The draft of {held.title} is given up.")
    return redirect("frameworks:frameworks", body.slug)


def overlay_file(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will give a layer as its file."""
    held = queries.get_overlay(public_id)
    response = HttpResponse(held.text, content_type="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{held.framework_id}-{held.version}.yaml"'
    return response


def overlay_next(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will begin the next version of a published layer, with all its changes."""
    held = queries.get_overlay(public_id)
    _base, made = queries.layer_of(held)
    form = forms.NextVersionForm(posted(request))
    back = reverse("frameworks:overlay", args=[body.slug, public_id])
    if request.method == "POST" and form.is_valid():
        result = replace(made, version=form.cleaned_data["version"], published_on=None)
        try:
            draft = actions.begin_overlay(body=body, by=me(request), base=held.base, overlay=result)
        except NotPossible as error:
            form.add_error("version", str(error))
        else:
            messages.success(request, f"Version {draft.version} is begun, with all the changes of {held.version}.")
            return redirect("frameworks:overlay", body.slug, draft.public_id)
    return form_page(
        request, form, heading=f"Begin the next version of {held.title}", submit="Begin", cancel=back,
        here="frameworks", breadcrumbs=crumbs(body, step(body, held)),
        before=["It begins with every change of this one. This version stays as it was published."],
    )  # fmt: skip


def overlay_upgrade(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will bring a layer to a later edition of its base, each disagreement settled by a person."""
    held = queries.get_overlay(public_id)
    later = queries.later_editions(held.base)
    if not later:
        raise Http404
    base = later[0]
    rule = queries.get_edition(base.reference)
    _before, made = queries.layer_of(held)
    found = conflicts(made, rule)
    form = forms.SettleForm(
        posted(request), initial={"saves": held.saves}, conflicts=found, places=overlays.outcome_choices(rule, made),
        version=made.version if held.edition_id is None else "",
        taken={each.code for each in rule.measures.values()},
    )  # fmt: skip
    back = reverse("frameworks:overlay", args=[body.slug, public_id])
    if request.method == "POST" and form.is_valid():
        given = form.settled()
        try:
            moved = _rebased(made, rule, given, form.cleaned_data["version"])
            draft = actions.move_overlay(
                body=body, by=me(request), overlay=held, saves=form.cleaned_data["saves"], base=base, made=moved,
                settled={id: each["choice"] for id, each in given.items()},
            )  # fmt: skip
        except InvalidRule as error:
            form.add_error(None, overlays.sentence(str(error), error.fix))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Your framework lies on {rule.title}, version {rule.version}, now.")
            return redirect("frameworks:overlay", body.slug, draft.public_id)
    return page(
        request, "overlay_upgrade", "frameworks", status=422 if form.errors else 200, form=form, held=held, base=rule,
        page_heading=f"Bring it to version {rule.version} of {rule.title}", page_caption=held.title,
        breadcrumbs=crumbs(body, step(body, held)), back=back, carried=len(made.changes),
    )  # fmt: skip


def _rebased(made: Overlay, rule: Any, given: Any, version: str) -> Overlay:
    settled = {id: Settlement(each["choice"], each["id"], each["code"], each["to"]) for id, each in given.items()}
    if version == made.version:
        # A draft keeps its version: the engine wants another, so it passes through one that nobody sees.
        return replace(rebase_overlay(made, rule, settled, version=f"{version}-moved"), version=version)
    return rebase_overlay(made, rule, settled, version=version)
