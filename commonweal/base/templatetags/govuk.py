"""Template tags of the look: one component, one form, one field, the error summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from commonweal.base.govuk import forms as govuk_forms
from commonweal.base.govuk.components import render
from commonweal.base.govuk.markup import text

register = template.Library()


@register.simple_tag
def govuk(component: str, params: Mapping[str, Any] | None = None, **more: Any) -> SafeString:
    """This will draw one component: `{% govuk "button" text="Save" %}`, or `{% govuk "summary-list" rows %}` with its
    options built in Python. Options given by name are laid over the others."""
    return render(component, {**(params or {}), **more})


@register.simple_tag(takes_context=True)
def govuk_form(context: template.Context, form: forms.BaseForm, submit: object = None, **more: Any) -> SafeString:
    """This will draw a whole form with its error summary, token, fields and button: `{% govuk_form form "Save" %}`.

    Further arguments: action, method, summary, cancel_url, warning (see `render_form`).
    """
    return govuk_forms.render_form(
        form, csrf_token=str(context.get("csrf_token") or ""), submit=submit or _("Continue"), **more
    )


@register.simple_tag
def govuk_field(field: BoundField) -> SafeString:
    """This will draw one field of a form, with label, hint and error."""
    return govuk_forms.render_field(field)


@register.simple_tag
def govuk_error_summary(*drawn: forms.BaseForm) -> SafeString:
    """This will draw the error summary of the forms of a page, for pages that draw their forms by hand."""
    return govuk_forms.error_summary(*drawn)


@register.simple_tag
def language_switch(urls: Mapping[str, str] | None, label: str, classes: str = "") -> SafeString:
    """This will draw the links to this page in its other languages, each in its own words; nothing if it has none.

    `urls` maps a language code to the address of this page in that language.
    """
    if not urls or len(urls) < 2:
        return text(None)
    items = [
        {"text": get_language_info(code)["name_local"], "lang": code, "href": url, "current": code == get_language()}
        for code, url in urls.items()
    ]
    return render("language-navigation", {"items": items, "ariaLabel": label, "classes": classes})
