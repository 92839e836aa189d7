"""Django forms as GOV.UK forms: set `FORM_RENDERER` to `commonweal.base.govuk.forms.GovukRenderer` and every form,
field and formset is drawn with label, hint, error and input as the GOV.UK patterns ask.

A form may say more about a field, in the component's own options, and it is laid over what the field itself says:

    class PromiseForm(forms.Form):
        amount = forms.DecimalField(label="Amount")
        govuk = {"amount": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"}}

`mark_optional = False` on a form (a filter, say) leaves "(optional)" out of its labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.govuk.components import render
from commonweal.base.govuk.fields import DateField as DateField
from commonweal.base.govuk.fields import DateParts, MaxWordsValidator, date_boxes
from commonweal.base.govuk.fields import MoneyField as MoneyField
from commonweal.base.govuk.fields import PeriodForm as PeriodForm
from commonweal.base.govuk.fields import QuantityField as QuantityField
from commonweal.base.govuk.markup import classes, element, join

#: A number of each plural category that English or Welsh tells apart, to ask gettext for its words.
PLURAL_NUMBERS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 6, "other": 10}

# --- words, counted --------------------------------------------------------------------------------------------------


def count_words() -> dict[str, Any]:
    """This will give the words the character count speaks, in the language of the page and all its plural forms."""

    def forms_of(words: Callable[[int], str]) -> dict[str, str]:
        return {rule: words(number).replace("%(count)s", "%{count}") for rule, number in PLURAL_NUMBERS.items()}

    return {
        "charactersUnderLimitText": forms_of(
            lambda n: ngettext("You have %(count)s character remaining", "You have %(count)s characters remaining", n)
        ),
        "charactersAtLimitText": _("You have 0 characters remaining"),
        "charactersOverLimitText": forms_of(
            lambda n: ngettext("You have %(count)s character too many", "You have %(count)s characters too many", n)
        ),
        "wordsUnderLimitText": forms_of(
            lambda n: ngettext("You have %(count)s word remaining", "You have %(count)s words remaining", n)
        ),
        "wordsAtLimitText": _("You have 0 words remaining"),
        "wordsOverLimitText": forms_of(
            lambda n: ngettext("You have %(count)s word too many", "You have %(count)s words too many", n)
        ),
    }


# --- one field -------------------------------------------------------------------------------------------------------


def laid_over(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """This will lay options over others, nested ones too; classes are added, not replaced."""
    merged = dict(base)
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = laid_over(merged[key], value)
        elif key == "classes":
            merged[key] = classes(merged.get(key), value)
        else:
            merged[key] = value
    return merged


def field_id(field: BoundField) -> str:
    return field.auto_id or f"id_{field.html_name}"


def errors_of(field: BoundField) -> list[str]:
    """This will give the errors of a field in words. Django's own "This field is required." says instead what to do,
    and for which field, since a summary of errors is read apart from the fields; a form's own words are kept."""
    said = []
    for error in field.errors.as_data():
        if error.code == "required" and error.message == forms.Field.default_error_messages["required"]:
            said.append(required_words(field))
        else:
            said.extend(str(message) for message in error.messages)
    return said


def required_words(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.FileInput):
        words = _("Choose a file for “%(label)s”")
    elif isinstance(widget, forms.CheckboxInput):
        words = _("Tick “%(label)s”")
    elif isinstance(widget, forms.widgets.ChoiceWidget):
        words = _("Choose an answer to “%(label)s”")
    else:
        words = _("Fill in “%(label)s”")
    return words % {"label": field.label}


def wrong_parts(field: BoundField) -> list[str]:
    """This will name the boxes of a date that its errors speak of, in order; all of them when an error says nothing."""
    found = {part for error in field.errors.as_data() for part in (error.params or {}).get("wrong", DateParts.parts)}
    return [part for part in DateParts.parts if part in found]


def error_target(field: BoundField) -> str:
    """This will give the id of the input that an error summary should lead to."""
    if isinstance(field.field.widget, DateParts):
        return f"{field_id(field)}-{wrong_parts(field)[0]}"
    return field_id(field)


def choice_items(field: BoundField) -> list[dict[str, Any]]:
    """This will list a field's choices as items of radios, checkboxes or a select; the group's name goes before its
    options. A choice may be disabled or hinted by its widget's `create_option`, as in Django."""
    widget: Any = field.field.widget
    value = field.value()
    items = []
    for group, options, _index in widget.optgroups(field.html_name, widget.format_value(value), {}):
        for option in options:
            label = f"{group}: {option['label']}" if group else option["label"]
            item = {"value": "" if option["value"] is None else str(option["value"]), "text": label}
            item["checked"] = item["selected"] = bool(option["selected"])
            item["disabled"] = bool(option["attrs"].get("disabled"))
            item["hint"] = {"text": option["attrs"].get("hint")}
            items.append(item)
    return items


#: Widget classes of Django to the component that draws them, the most particular first.
COMPONENT_OF: list[tuple[type[forms.Widget], str]] = [
    (DateParts, "date-input"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.CheckboxInput, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file-upload"),
    (forms.PasswordInput, "password-input"),
    (forms.widgets.Input, "input"),
]

#: Attributes of a widget that are options of the component.
OPTIONS = ("autocomplete", "autocapitalize", "pattern", "inputmode", "rows", "disabled", "multiple")
#: Attributes that Django adds and GOV.UK forms do without: the server checks, and says so in words.
UNWANTED = ("required", "cols", "id", "maxlength", "minlength", "min", "max", "step", "aria-invalid")


def field_options(field: BoundField) -> tuple[str | None, dict[str, Any]]:
    """This will give the component that draws a field, and its options; no component for a widget of its own kind."""
    widget: Any = field.field.widget
    component = next((name for kind, name in COMPONENT_OF if isinstance(widget, kind)), None)
    form = field.form
    ident = field_id(field)
    single = isinstance(widget, forms.CheckboxInput)
    words: object = field.label
    if not field.field.required and not single and getattr(form, "mark_optional", True):
        words = _("%(label)s (optional)") % {"label": field.label}
    options: dict[str, Any] = {"id": ident, "idPrefix": ident, "name": field.html_name}
    if field.help_text:
        options["hint"] = {"text": field.help_text}
    errors = errors_of(field)
    if errors:
        shown = errors[0] if len(errors) == 1 else join(errors, "\n")
        options["errorMessage"] = {"text": shown, "visuallyHiddenText": _("Error")}
    attributes = {**widget.attrs, **field.field.widget_attrs(widget)}
    if field.field.disabled:
        attributes["disabled"] = True
    names = attributes.pop("class", "")
    options.update({name: attributes.pop(name) for name in OPTIONS if name in attributes})
    attributes = {name: item for name, item in attributes.items() if name not in UNWANTED and item is not False}
    attributes = {name: "" if item is True else item for name, item in attributes.items()}
    if errors:
        attributes["aria-invalid"] = "true"
    options["classes"] = names

    grouped = component in ("radios", "date-input") or (component == "checkboxes" and not single)
    if grouped:
        options["fieldset"] = {"legend": {"text": words, "classes": "govuk-fieldset__legend--s"}}
    else:
        options["label"] = {"text": words, "classes": "govuk-label--s" if component != "checkboxes" else ""}
        options["attributes"] = attributes

    value = field.value()
    if component == "date-input":
        typed = dict(zip(DateParts.parts, widget.format_value(value), strict=True))
        wrong = set(wrong_parts(field)) if errors else set()
        options |= date_boxes(field.html_name, ident, typed, wrong, options.pop("autocomplete", None))
    elif single:
        item = {"value": "on", "text": words, "checked": bool(value), "attributes": options.pop("attributes")}
        options["items"] = [item]
    elif component in ("checkboxes", "radios"):
        options["items"] = choice_items(field)
    elif component == "select":
        options["items"] = choice_items(field)
        if getattr(widget, "allow_multiple_selected", False):
            options["attributes"]["multiple"] = ""
    elif component == "textarea":
        options["value"] = widget.format_value(value)
        component = counted(field, options)
    elif component == "file-upload":
        pass
    elif component == "password-input":
        options |= {
            "showPasswordText": _("Show"),
            "hidePasswordText": _("Hide"),
            "showPasswordAriaLabelText": _("Show password"),
            "hidePasswordAriaLabelText": _("Hide password"),
            "passwordShownAnnouncementText": _("Your password is visible"),
            "passwordHiddenAnnouncementText": _("Your password is hidden"),
        }
    elif component == "input":
        options["value"] = widget.format_value(value)
        kind = widget.input_type
        if kind == "number":
            # A text box with a numeric keyboard: number boxes change on scrolling and swallow what they cannot read.
            kind = "text"
            whole = isinstance(field.field, forms.IntegerField) and not isinstance(field.field, forms.DecimalField)
            options.setdefault("inputmode", "numeric" if whole else "decimal")
            options.setdefault("classes", "")
            options["classes"] = options["classes"] or "govuk-input--width-10"
        options["type"] = kind
        if kind in ("email", "url", "tel"):
            options["spellcheck"] = False
    return component, laid_over(options, getattr(form, "govuk", {}).get(field.name, {}))


def counted(field: BoundField, options: dict[str, Any]) -> str:
    """This will make a text area count its words or characters when the field limits them."""
    words = next((rule.limit_value for rule in field.field.validators if isinstance(rule, MaxWordsValidator)), None)
    length = getattr(field.field, "max_length", None)
    if words:
        options |= {"maxlength": words, "countType": "words"}
        options["textareaDescriptionText"] = _("You can write up to %{count} words")
    elif length:
        options["maxlength"] = length
        options["textareaDescriptionText"] = _("You can write up to %{count} characters")
    else:
        return "textarea"
    options |= count_words()
    return "character-count"


def render_field(field: BoundField) -> SafeString:
    """This will draw one field of a form whole: label, hint, error and input."""
    if field.is_hidden:
        return field.as_widget()
    component, options = field_options(field)
    if component:
        return render(component, options)
    # A widget of its own kind draws itself, within the usual group.
    parts: list[object] = [render("label", {**options["label"], "for": field.id_for_label})]
    described = []
    for key, part, suffix in (("hint", "hint", "hint"), ("errorMessage", "error-message", "error")):
        if key in options:
            described.append(f"{options['id']}-{suffix}")
            parts.append(render(part, {**options[key], "id": described[-1]}))
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if field.errors:
        attributes["aria-invalid"] = "true"
    parts.append(field.as_widget(attrs=attributes))
    names = classes("govuk-form-group", field.errors and "govuk-form-group--error")
    return element("div", {"class": names}, *parts)


# --- whole forms -----------------------------------------------------------------------------------------------------


def error_summary(*drawn: forms.BaseForm) -> SafeString:
    """This will draw the summary that stands at the top of a page whose forms were refused, each error leading to
    its field; empty when there is none."""
    errors: list[dict[str, Any]] = []
    for form in drawn:
        if not form.is_bound or not form.errors:
            continue
        errors += [{"text": message} for message in form.non_field_errors()]
        for field in form:
            target = f"#{error_target(field)}" if field.errors and not field.is_hidden else None
            errors += [{"text": message, "href": target} for message in errors_of(field)]
    if not errors:
        return join([])
    return render("error-summary", {"titleText": _("There is a problem"), "errorList": errors})


def render_fields(form: forms.BaseForm) -> SafeString:
    """This will draw all the fields of a form, the hidden ones last."""
    return join([*(render_field(field) for field in form.visible_fields()), *map(str_of, form.hidden_fields())])


def str_of(field: BoundField) -> SafeString:
    return field.as_widget()


def render_form(
    form: forms.BaseForm,
    *,
    csrf_token: str | None,
    submit: object,
    action: str = "",
    method: str = "post",
    summary: bool = True,
    cancel_url: str | None = None,
    warning: bool = False,
) -> SafeString:
    """This will draw a whole form: error summary, token, fields and one button, with a way out beside it if given.

    `warning` makes the button red, for what cannot be undone. A form with files is sent as one.
    """
    multipart = form.is_multipart()
    token = None
    if method == "post" and csrf_token:
        token = element("input", {"type": "hidden", "name": "csrfmiddlewaretoken", "value": csrf_token})
    button = render(
        "button",
        {
            "text": submit,
            "preventDoubleClick": True if method == "post" else None,
            "classes": "govuk-button--warning" if warning else "",
        }
        if method == "post"
        else {"text": submit},
    )
    way_out = element("a", {"class": "govuk-link", "href": cancel_url}, _("Cancel")) if cancel_url else None
    return join(
        [
            error_summary(form) if summary else None,
            element(
                "form",
                {
                    "action": action or None,
                    "method": method,
                    "enctype": "multipart/form-data" if multipart else None,
                    "novalidate": True,
                    "class": "cw-form",
                },
                token,
                render_fields(form),
                element("div", {"class": "govuk-button-group"}, button, way_out),
            ),
        ]
    )


class GovukRenderer(DjangoTemplates):
    """The form renderer of the product: forms, formsets and fields become GOV.UK components; a widget of its own
    kind is still drawn by its own template."""

    form_template_name = "govuk/form"
    formset_template_name = "govuk/formset"
    field_template_name = "govuk/field"

    def render(self, template_name: str, context: dict[str, Any], request: object = None) -> str:
        if template_name == self.field_template_name:
            return render_field(context["field"])
        if template_name == self.form_template_name:
            return render_fields(context["form"])
        if template_name == self.formset_template_name:
            formset = context["formset"]
            return join([formset.management_form, *(render_fields(form) for form in formset)])
        return super().render(template_name, context, request)  # type: ignore[arg-type]
