"""One change of a framework of the body's own: hidden, reworded, moved, targeted, re-valued, added or taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.engine.model import PRIVATE, InvalidRule, Measure, Outcome, Rate, Theme
from commonweal.engine.overlay_model import Added, Overlay, Renamed, Retargeted, Revalued
from commonweal.frameworks import actions, overlays, queries
from commonweal.frameworks import overlay_forms as forms
from commonweal.frameworks.policies import ChangedMeanwhile
from commonweal.frameworks.views.overlays import crumbs, step
from commonweal.frameworks.views.pages import form_page, me, posted

if TYPE_CHECKING:
    from commonweal.base.models import Body


def overlay_change(request: HttpRequest, body: Body, public_id: str, measure: str, kind: str) -> HttpResponse:
    """This will lay one change on a measure: hide, rename, place, value or rate."""
    held = queries.get_overlay(public_id)
    base, made = queries.layer_of(held)
    layer = overlays.find_layer(base, made, measure)
    own_kinds = ("value", "rate")
    if layer is None or kind not in CHANGES or (layer.base is None and kind not in own_kinds):
        raise Http404
    back = reverse("frameworks:overlay_measure", args=[body.slug, public_id, measure])
    return _lay(request, body, held, base, made, layer, kind=kind, named=measure, back=back)


def overlay_words(request: HttpRequest, body: Body, public_id: str, level: str, part: str) -> HttpResponse:
    """This will give an outcome or a theme of the base other words."""
    held = queries.get_overlay(public_id)
    base, made = queries.layer_of(held)
    heading = overlays.find_heading(base, made, level, part)
    if heading is None or heading.base is None:
        raise Http404
    back = reverse("frameworks:overlay", args=[body.slug, public_id])
    return _lay(request, body, held, base, made, heading, kind="rename", named=f"{level} {part}", back=back)


def _lay(
    request: HttpRequest, body: Body, held: Any, base: Any, made: Overlay, layer: Any, *, kind: str, named: str,
    back: str,
) -> HttpResponse:  # fmt: skip
    """This will show the form of one change, and lay the change once it is filled in."""
    heading, build, write = CHANGES[kind]
    form = build(posted(request), layer, held.saves, base, made)
    if request.method == "POST" and form.is_valid():
        said = _said(made, form)
        try:
            result = overlays.with_change(made, base, write(layer, said, form.cleaned_data))
            actions.change_overlay(
                body=body, by=me(request), overlay=held, saves=form.cleaned_data["saves"], made=result,
                changed=" ".join(filter(None, (kind, named, form.cleaned_data.get("name")))),
            )  # fmt: skip
        except ChangedMeanwhile as error:
            return _again(request, body, held, build, layer, base, made, heading, back, error)
        except InvalidRule as error:
            form.add_error(None, overlays.sentence(str(error), error.fix))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The change is saved.")
            return redirect(back)
    return _change_page(request, body, held, layer, form, heading, back)


def _said(made: Overlay, form: forms.ReasonForm) -> dict[str, Any]:
    given = form.said()
    source = overlays.reference(made.framework_id, given["reference_title"], given["reference_locator"])
    return {"reason": given["reason"], "reference": source}


def _again(
    request: HttpRequest, body: Body, held: Any, build: Any, layer: Any, base: Any, made: Any, heading: str,
    back: str, error: NotPossible,
) -> HttpResponse:  # fmt: skip
    """This will show the form with what was typed, made from what is saved now."""
    saved = queries.get_overlay(held.public_id)
    typed = request.POST.copy()
    typed["saves"] = str(saved.saves)
    form = build(typed, layer, saved.saves, base, made)
    form.add_error(None, str(error))
    return _change_page(request, body, saved, layer, form, heading, back, status=409)


def _change_page(
    request: HttpRequest, body: Body, held: Any, layer: Any, form: Any, heading: str, back: str, **content: Any
) -> HttpResponse:
    shown = layer.base or layer.ours
    # A measure has a page of its own to go back to; an outcome and a theme stand on that of the whole.
    more = [] if isinstance(layer, overlays.Heading) else [(shown.title, back)]
    return form_page(
        request, form, heading=heading, submit="Save the change", cancel=back, here="frameworks",
        page_caption=shown.title, breadcrumbs=crumbs(body, step(body, held), *more), layer=layer, **content,
    )  # fmt: skip


def _initial(layer: Any, saves: int, kind: Any, **more: Any) -> dict[str, Any]:
    """What a form begins with: what was said before of the same kind of change; of a value, not what a rate says."""
    before = next((each for each in layer.changes if isinstance(each, kind)), None)
    found: dict[str, Any] = {"saves": saves} | more
    told = before.reasons[0] if before else None
    if told and told.of in ("", "value"):
        found |= {"reason": told.reason, "reference_title": told.reference.title,
                  "reference_locator": told.reference.locator}  # fmt: skip
    return found


def _hide_form(data: Any, layer: Any, saves: int, base: Any, made: Any) -> forms.HideForm:
    return forms.HideForm(data, initial={"saves": saves})


def _rename_form(data: Any, layer: Any, saves: int, base: Any, made: Any) -> forms.RenameForm:
    shown = layer.ours or layer.base
    return forms.RenameForm(data, initial=_initial(layer, saves, Renamed, title=shown.title, title_cy=shown.title_cy))


def _place_form(data: Any, layer: Any, saves: int, base: Any, made: Any) -> forms.PlaceForm:
    target = layer.target
    initial = _initial(layer, saves, Retargeted, outcome=layer.outcome or layer.base_outcome)
    if target:
        initial |= {"target_quantity": target.quantity, "target_by": target.by, "target_per": target.per}
    return forms.PlaceForm(data, initial=initial, outcomes=overlays.outcome_choices(base, made), unit=layer.base.unit)


def _value_form(data: Any, layer: Any, saves: int, base: Any, made: Any) -> forms.ValueForm:
    shown = layer.ours or layer.base
    value = shown.value
    initial = _initial(layer, saves, Revalued)
    before = next((each for each in layer.changes if isinstance(each, Revalued)), None)
    initial["worth"] = "value" if layer.base is None or before is None or before.value else "base"
    if before and before.counted:
        initial["worth"] = "count"
    if before:
        initial["duration"] = before.duration
    if value:
        initial |= {
            "amount": value.amount, "low": value.low, "high": value.high, "price_year": value.price_year,
            "price_year_type": value.price_year_type, "kind": value.kind, "beneficiary": value.beneficiary,
            "already_net": list(value.already_net),
        }  # fmt: skip
    else:
        initial |= {"price_year": base.price_year, "price_year_type": base.price_year_type}
    ours = value and (layer.base is None or (before and before.value))
    if value and not ours and value.price_year_type == "rate-year":
        # The base's is the rate of its year; what another source says is in the prices of a year until that is said too.
        initial["price_year_type"] = "financial" if "-" in value.price_year else "calendar"
    # Where the base's value was read is not where another was: only what we said ourselves is offered again.
    if value and ours:
        private = value.source.licence == PRIVATE
        initial |= {
            "value_name": value.name, "source_title": value.source.title, "source_locator": value.source.locator, "is_private": private,
            "source_licence": "" if private else value.source.licence,
        }  # fmt: skip
    form = forms.ValueForm(data, initial=initial)
    if layer.base is None:
        form.fields["worth"].choices = [each for each in form.fields["worth"].choices if each[0] != "base"]  # type: ignore[attr-defined]
    form.fields["amount"].help_text = f"In pounds, for each of: {shown.unit}"
    return form


def _rate_form(data: Any, layer: Any, saves: int, base: Any, made: Any) -> forms.RateForm:
    return forms.RateForm(data, initial={"saves": saves})


def _write_hide(layer: Any, said: Any, cleaned: Any) -> Any:
    return overlays.hidden(layer, said)


def _write_rename(layer: Any, said: Any, cleaned: Any) -> Any:
    return overlays.renamed(layer, said, title=cleaned["title"], title_cy=cleaned["title_cy"])


def _write_place(layer: Any, said: Any, cleaned: Any) -> Any:
    target = overlays.target_of(cleaned["target_quantity"], cleaned["target_by"], cleaned["target_per"])
    return overlays.retargeted(layer, said, outcome=cleaned["outcome"], target=target)


def _write_value(layer: Any, said: Any, cleaned: Any) -> Any:
    value = None
    if cleaned["worth"] == "value":
        source = overlays.value_source(
            layer.id, title=cleaned["source_title"], locator=cleaned["source_locator"],
            licence=cleaned["source_licence"], private=cleaned["is_private"],
        )  # fmt: skip
        names = ("amount", "low", "high", "price_year", "price_year_type", "kind")
        value = overlays.value_of(
            layer, source, name=cleaned["value_name"], beneficiary=cleaned["beneficiary"].strip(),
            already_net=tuple(cleaned["already_net"]), **{name: cleaned[name] for name in names},
        )  # fmt: skip
    return overlays.revalued(
        layer, said, value=value, counted=cleaned["worth"] == "count", duration=cleaned["duration"]
    )


def _write_rate(layer: Any, said: Any, cleaned: Any) -> Any:
    rate = Rate(
        cleaned["central"], low=cleaned["low"], high=cleaned["high"], reason=said["reason"], source=said["reference"]
    )
    return overlays.with_rate(layer, said, name=cleaned["name"], rate=rate)


#: The kinds of change an address may name: heading, form, and what the form writes.
CHANGES: dict[str, tuple[str, Callable[..., Any], Callable[..., Any]]] = {
    "hide": ("Leave it out", _hide_form, _write_hide),
    "rename": ("Give it other words", _rename_form, _write_rename),
    "place": ("Move it, or set a target", _place_form, _write_place),
    "value": ("Change what one is worth", _value_form, _write_value),
    "rate": ("Change a rate", _rate_form, _write_rate),
}


_TAKEN_BACK = "The change is taken back."
_TAKEN_OUT = "What you added is taken out again."


def overlay_undo(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take one change of a draft back, or of a change the value or one rate (`of`)."""
    held = queries.get_overlay(public_id)
    base, made = queries.layer_of(held)
    key, of = request.POST.get("change", ""), request.POST.get("of", "")
    change = overlays.find_change(made, key)
    back = reverse("frameworks:overlay", args=[body.slug, public_id])
    try:
        result = overlays.without_reason(made, base, key, of) if of else overlays.without_change(made, base, key)
        actions.change_overlay(
            body=body, by=me(request), overlay=held, saves=held.saves, made=result, changed=f"undo {key} {of}".strip()
        )
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect(back)
    messages.success(request, _TAKEN_OUT if isinstance(change, Added) and not of else _TAKEN_BACK)
    if change is not None and change.level == "measure" and (of or not isinstance(change, Added)):
        return redirect("frameworks:overlay_measure", body.slug, public_id, change.subject)
    return redirect(back)


# --- what is added ---------------------------------------------------------------------------------------------------


def overlay_add(request: HttpRequest, body: Body, public_id: str, part: str) -> HttpResponse:
    """This will add a theme, an outcome or a measure of the body's own, or change one that was added (`?id=`)."""
    if part not in ("theme", "outcome", "measure"):
        raise Http404
    held = queries.get_overlay(public_id)
    base, made = queries.layer_of(held)
    key = f"add-{part}:{request.GET.get('id', '')}"
    before = overlays.find_change(made, key)
    form = _add_form(posted(request), part, before, held.saves, base, made)
    back = reverse("frameworks:overlay", args=[body.slug, public_id])
    if request.method == "POST" and form.is_valid():
        try:
            change = Added(
                part=_part(part, before, base, made, form), to=form.cleaned_data.get("to", ""),
                target=_target(form.cleaned_data), **_said(made, form),
            )  # fmt: skip
            result = overlays.with_change(made, base, change, instead_of=key if before else "")
            actions.change_overlay(
                body=body, by=me(request), overlay=held, saves=form.cleaned_data["saves"], made=result,
                changed=f"add {part} {change.subject}",
            )  # fmt: skip
        except ChangedMeanwhile as error:
            saved = queries.get_overlay(public_id)
            typed = request.POST.copy()
            typed["saves"] = str(saved.saves)
            form = _add_form(typed, part, before, saved.saves, base, made)
            form.add_error(None, str(error))
        except InvalidRule as error:
            form.add_error(None, overlays.sentence(str(error), error.fix))
        except NotPossible as error:
            form.add_error("code" if " code" in f" {error}" and part == "measure" else None, str(error))
        else:
            messages.success(request, f"“{change.part.title}” is saved as your own.")
            if part == "measure":
                return redirect("frameworks:overlay_measure", body.slug, public_id, change.subject)
            return redirect(back)
    return form_page(
        request, form, heading=f"Change your {part}" if before else f"Add {'an' if part == 'outcome' else 'a'} {part}",
        submit="Save", cancel=back, here="frameworks", breadcrumbs=crumbs(body, step(body, held)),
    )  # fmt: skip


def _target(cleaned: Any) -> Any:
    if "target_quantity" not in cleaned:
        return None
    return overlays.target_of(cleaned["target_quantity"], cleaned["target_by"], cleaned["target_per"])


def _add_form(data: Any, part: str, before: Any, saves: int, base: Any, made: Any) -> Any:
    initial: dict[str, Any] = {"saves": saves, "direction": "benefit"}
    if before:
        held, target = before.part, before.target
        initial |= {"to": before.to, "title": held.title, "title_cy": held.title_cy, "reason": before.reason,
                    "reference_title": before.reference.title, "reference_locator": before.reference.locator}  # fmt: skip
        if isinstance(held, Measure):
            initial |= {"code": held.code, "unit": held.unit, "direction": held.direction,
                        "counting_rule": held.counting_rule, "evidence": "\n".join(held.evidence),
                        "confirmable_by": list(held.confirmable_by)}  # fmt: skip
        if target:
            initial |= {"target_quantity": target.quantity, "target_by": target.by, "target_per": target.per}
    if part == "theme":
        return forms.AddThemeForm(data, initial=initial)
    if part == "outcome":
        return forms.AddOutcomeForm(data, initial=initial, places=overlays.theme_choices(base, made))
    return forms.AddMeasureForm(data, initial=initial, places=overlays.outcome_choices(base, made))


def _part(part: str, before: Any, base: Any, made: Any, form: Any) -> Theme | Outcome | Measure:
    cleaned = form.cleaned_data
    title, title_cy = cleaned["title"].strip(), cleaned["title_cy"].strip()
    if part == "theme":
        taken = (id for id, _title in overlays.theme_choices(base, made))
        return Theme(before.part.id if before else overlays.slug_of(title, taken), title, title_cy, ())
    if part == "outcome":
        taken = (id for id, _title in overlays.outcome_choices(base, made))
        return Outcome(before.part.id if before else overlays.slug_of(title, taken), title, title_cy, (), ())
    said = {
        "code": cleaned["code"].strip(), "title": title, "title_cy": title_cy, "unit": cleaned["unit"].strip(),
        "direction": cleaned["direction"], "counting_rule": cleaned["counting_rule"].strip(),
        "evidence": tuple(each.strip() for each in cleaned["evidence"].splitlines() if each.strip()),
        "confirmable_by": tuple(cleaned["confirmable_by"]),
        "confirm_reason": "" if cleaned["confirmable_by"] else "Nobody who received it was named when it was added",
        "reference": _said(made, form)["reference"],
    }  # fmt: skip
    if before:
        if before.part.value and before.part.unit != said["unit"]:
            raise NotPossible("Its value is of another unit. Take the value away first, then change the unit.")
        return replace(before.part, **said)
    known = {*base.measures, *(each.subject for each in made.changes)}
    return Measure(
        id=f"own.{overlays.slug_of(title, (each.removeprefix('own.') for each in known))}", figure="count",
        definition="", question="", rates={}, value=None, exclusive_group=None, **said,
    )  # fmt: skip
