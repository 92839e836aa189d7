"""Template tags of the look: one component, one form, one field, the error summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commonweal.base.govuk import forms as govuk_forms
from commonweal.base.govuk.components import render

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
