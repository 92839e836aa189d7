"""What people write about a framework of their own: what it is called, and each change with its reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms

from commonweal.base.govuk.fields import DateField, PlainNumberField, QuantityField
from commonweal.engine.model import SHARE_RATES
from commonweal.frameworks.vocabulary import CONFIRMERS, DEDUCTIONS, KINDS_OF_VALUE, PRICE_YEARS, RATES

Choices = Sequence[tuple[str, str]]
_VERSION = forms.RegexField(
    r"^[0-9A-Za-z]+([.-][0-9A-Za-z]+)*$", label="Version", max_length=20,
    help_text="For example 2026 or 1.0. A version once published is never changed: the next has another.",
    error_messages={"invalid": "Use letters, digits, points and hyphens, such as 2026 or 1.0"},
)  # fmt: skip


class _Welsh(forms.TextInput):
    def __init__(self) -> None:
        super().__init__(attrs={"lang": "cy"})


class SavesForm(forms.Form):
    """What every change to a draft carries: the state it was made from."""

    saves = forms.IntegerField(widget=forms.HiddenInput)


class OverlayForm(forms.Form):
    """What a framework of the body's own is called, and where it was decided."""

    title = forms.CharField(label="What is your framework called?", max_length=200)
    title_cy = forms.CharField(label="Its name in Welsh", max_length=200, required=False, widget=_Welsh())
    framework_id = forms.RegexField(
        r"^[a-z0-9]+(-[a-z0-9]+)*$", label="Short name", max_length=60,
        help_text="Small letters, digits and hyphens, such as our-place. It stays the same from version to version.",
        error_messages={"invalid": "Use small letters, digits and hyphens, such as our-place"},
    )  # fmt: skip
    version = _VERSION
    source_title = forms.CharField(
        label="Where were the changes decided?", max_length=200, help_text="For example: Cabinet, 14 July 2026, item 7"
    )
    source_locator = forms.CharField(label="Page or address", max_length=300, required=False)
    govuk = {"version": {"classes": "govuk-input--width-10"}, "framework_id": {"classes": "govuk-input--width-20"}}


class OverlayDetailsForm(OverlayForm):
    """The same of a draft, whose short name stays."""

    saves = forms.IntegerField(widget=forms.HiddenInput)
    framework_id = None  # type: ignore[assignment]


class NextVersionForm(forms.Form):
    """The version that a copy of a published layer, or one brought to a later base, will have."""

    version = _VERSION


class OverlayFileForm(forms.Form):
    """An overlay as its file."""

    file = forms.FileField(label="Overlay file", help_text="A YAML file as downloaded here, up to 5 MB.")


class LayerFilterForm(forms.Form):
    """What to show of both layers."""

    mark_optional = False

    text = forms.CharField(label="Words in the title, code or unit", required=False, max_length=100)
    show = forms.ChoiceField(
        label="Show", required=False, choices=[("", "Every measure"), ("changed", "Only what we changed")]
    )


class ReasonForm(SavesForm):
    """Why a change is made, and where that is written down."""

    reason = forms.CharField(
        label="Why", max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One sentence that an auditor would understand in five years’ time.",
    )  # fmt: skip
    reference_title = forms.CharField(
        label="Where is that written down?", max_length=200, help_text="For example: Corporate plan 2026 to 2030"
    )
    reference_locator = forms.CharField(label="Page or address", max_length=300, required=False)

    def said(self) -> Mapping[str, str]:
        """This will give the reason and the reference."""
        return {name: self.cleaned_data[name].strip() for name in ("reason", "reference_title", "reference_locator")}


class HideForm(ReasonForm):
    """Leaving a measure out takes nothing but a reason."""


class RenameForm(ReasonForm):
    """Other words for a theme, an outcome or a measure."""

    title = forms.CharField(label="What you call it", max_length=300)
    title_cy = forms.CharField(
        label="In Welsh",
        max_length=300,
        required=False,
        widget=_Welsh(),
        help_text="Empty keeps the Welsh of the base.",
    )
    field_order = ("title", "title_cy")


class _TargetFields(forms.Form):
    target_quantity = QuantityField(label="How much you want of it", required=False)
    target_by = DateField(label="By when", required=False)
    target_per = forms.CharField(
        label="For each", max_length=80, required=False,
        help_text="For example year, or £1m spent. Empty means once, in all.",
    )  # fmt: skip


class PlaceForm(_TargetFields, ReasonForm):
    """Another outcome for a measure, a target for it, or both."""

    outcome = forms.ChoiceField(label="Which outcome does it stand in?")
    field_order = ("outcome", "target_quantity", "target_by", "target_per")

    def __init__(self, *args: Any, outcomes: Choices, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]
        self.govuk = {"target_quantity": {"suffix": {"text": unit}, "classes": "govuk-input--width-10"}}


class _AmountField(PlainNumberField):
    """An amount in pounds as people write one, £1,234.50 or 17.96, exact to twelve decimal places."""

    _IN_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, min_value=0, max_digits=27, decimal_places=12)
        too_large = "The amount is too large. Check it: it is what one is worth."
        self.error_messages |= {
            "invalid": "Enter an amount in pounds, such as 1500 or £17.96",
            "plain": "Write the amount out in the digits 0 to 9, such as 1500 or £17.96",
            "min_value": "A value cannot be less than zero",
            "max_decimal_places": "An amount has at most twelve decimal places",
            "max_digits": too_large,
            "max_whole_digits": too_large,
        }

    def to_python(self, value: Any) -> Any:
        """This will read an amount with or without its pound sign and commas; raises ValidationError."""
        if isinstance(value, str):
            value = value.strip().removeprefix("£").strip()
            if self._IN_THOUSANDS.fullmatch(value):
                value = value.replace(",", "")
        return super().to_python(value)


class _ShareField(PlainNumberField):
    """A rate: a share, or a multiplier, exact to nine decimal places."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, min_value=0, max_digits=12, decimal_places=9, **options)
        too_large = "The rate is too large. Check it: 25 % is 0.25."
        self.error_messages |= {
            "invalid": "Enter a number, such as 0.25 for 25 %",
            "plain": "Write the rate out in the digits 0 to 9, such as 0.25",
            "min_value": "A rate cannot be below 0",
            "max_decimal_places": "A rate has at most nine decimal places",
            "max_digits": too_large,
            "max_whole_digits": too_large,
        }


class ValueForm(ReasonForm):
    """What one unit is worth, in which prices, of what kind, to whom, and by whose word."""

    mark_optional = False
    worth = forms.ChoiceField(
        label="What is one worth?", widget=forms.RadioSelect,
        choices=[("value", "A value that we give"), ("base", "What the base says"),
                 ("count", "Nothing in pounds: it is only counted")],
    )  # fmt: skip
    value_name = forms.CharField(
        label="What is the value called?", max_length=200, required=False,
        help_text="For example: An hour of help, by our survey of 2025. Empty calls it our value of the measure.",
    )  # fmt: skip
    amount = _AmountField("Amount")
    low = _AmountField("Low, if it has a range")
    high = _AmountField("High, if it has a range")
    price_year = forms.CharField(
        label="In the prices of", max_length=7, required=False, help_text="2024, or 2023-24 for a financial year"
    )
    price_year_type = forms.ChoiceField(
        label="Which is", required=False, choices=list(PRICE_YEARS.items()),
        help_text="Prices of a calendar or financial year are brought to other years by the GDP deflator, and wellbeing "
        "also by real income where the base does so. A rate set for its year stays as it is.",
    )  # fmt: skip
    kind = forms.ChoiceField(label="Kind of value", required=False, choices=list(KINDS_OF_VALUE.items()))
    beneficiary = forms.CharField(
        label="Who gains", max_length=80, required=False, help_text="Such as worker, exchequer or society"
    )
    already_net = forms.MultipleChoiceField(
        label="What has the value already taken off?", required=False, choices=list(DEDUCTIONS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="What it is net of is not taken off again. Leave all unticked if it is net of nothing.",
    )  # fmt: skip
    source_title = forms.CharField(label="Where was the value read?", max_length=200, required=False)
    source_locator = forms.CharField(label="Table, page or address", max_length=300, required=False)
    source_licence = forms.CharField(label="Its licence", max_length=60, required=False, help_text="Such as OGL-3.0")
    is_private = forms.BooleanField(label="It is licensed to us, and not for publication", required=False)
    duration = forms.IntegerField(
        label="For how many years does the benefit last?", min_value=1, max_value=100, required=False,
        help_text="Empty keeps what the base says.",
        error_messages={"invalid": "Enter a whole number of years, such as 3",
                        "min_value": "A benefit lasts at least 1 year", "max_value": "Enter at most 100 years"},
    )  # fmt: skip
    field_order = (
        "worth", "value_name", "amount", "low", "high", "price_year", "price_year_type", "kind", "beneficiary", "already_net",
        "source_title", "source_locator", "source_licence", "is_private", "duration",
    )  # fmt: skip
    govuk = {name: {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"} for name in ("amount", "low", "high")} | {
        "price_year": {"classes": "govuk-input--width-5"}, "duration": {"classes": "govuk-input--width-3"},
        "already_net": {"classes": "govuk-checkboxes--small"}, "is_private": {"classes": "govuk-checkboxes--small"},
        "worth": {"classes": "govuk-radios--small"},
    }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("worth") != "value":
            return cleaned
        amount, low, high = (cleaned.get(name) for name in ("amount", "low", "high"))
        wrong = {"amount", "low", "high"} & set(self.errors)
        if amount is None and low is None and high is None and not wrong:
            self.add_error("amount", "Enter the amount, or a low and a high")
        if (low is None) != (high is None) and not wrong:
            self.add_error(
                "high" if high is None else "low", "Low and high are given together. Enter both, or neither."
            )
        given = [each for each in (low, amount, high) if each is not None]
        if low is not None and high is not None and given != sorted(given):
            self.add_error("low", "Low, amount and high are out of order. Put them in rising order.")
        for name, words in (
            ("price_year", "Enter the year of the prices, such as 2024. Without it the amount cannot be compared."),
            ("beneficiary", "Say who gains, such as society"),
            ("source_title", "Say where the value was read. A value without a source cannot be used."),
        ):
            if not str(cleaned.get(name) or "").strip() and name not in self.errors:
                self.add_error(name, words)
        if not cleaned.get("is_private") and not str(cleaned.get("source_licence") or "").strip():
            self.add_error("source_licence", "Enter the licence, such as OGL-3.0, or say that it is licensed to you")
        return cleaned


class RateForm(ReasonForm):
    """One rate of additionality, with its own reason."""

    name = forms.ChoiceField(label="Which rate?", choices=list(RATES.items()))
    central = _ShareField("Rate", help_text="A share from 0 to 1: 0.25 for a quarter. A multiplier may be above 1.")
    low = _ShareField("Low, if it has a range", required=False)
    high = _ShareField("High, if it has a range", required=False)
    field_order = ("name", "central", "low", "high")
    govuk = {name: {"classes": "govuk-input--width-5"} for name in ("central", "low", "high")}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given = {name: cleaned.get(name) for name in ("low", "central", "high") if cleaned.get(name) is not None}
        if cleaned.get("name") in (*SHARE_RATES, "dropoff"):
            for name, each in given.items():
                if each is not None and each > 1:
                    self.add_error(name, "A share lies between 0 and 1. Write 25 % as 0.25.")
        if ("low" in given) != ("high" in given) and not self.errors:
            self.add_error("low" if "low" not in given else "high", "Low and high are given together, or neither is.")
        elif "central" in given and list(given.values()) != sorted(given.values()):  # type: ignore[type-var]
            self.add_error("low", "Low, rate and high are out of order. Put them in rising order.")
        return cleaned


class AddThemeForm(ReasonForm):
    """A theme of the body's own."""

    title = forms.CharField(label="What is the theme called?", max_length=200)
    title_cy = forms.CharField(label="In Welsh", max_length=200, required=False, widget=_Welsh())
    field_order = ("title", "title_cy")


class AddOutcomeForm(ReasonForm):
    """An outcome of the body's own, and the theme it goes to."""

    to = forms.ChoiceField(label="Which theme does it belong to?")
    title = forms.CharField(label="What is the outcome called?", max_length=200)
    title_cy = forms.CharField(label="In Welsh", max_length=200, required=False, widget=_Welsh())
    field_order = ("to", "title", "title_cy")

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "Choose one"), *places]  # type: ignore[attr-defined]


class AddMeasureForm(_TargetFields, ReasonForm):
    """A measure of the body's own: what is counted, in which unit, by which rule. Its value is given afterwards."""

    to = forms.ChoiceField(label="Which outcome does it stand in?")
    code = forms.CharField(label="Code", max_length=40, help_text="Short, and not one of the base, such as X01")
    title = forms.CharField(label="What is counted?", max_length=300)
    title_cy = forms.CharField(label="In Welsh", max_length=300, required=False, widget=_Welsh())
    unit = forms.CharField(label="In which unit?", max_length=80, help_text="Such as people, hours or trees")
    direction = forms.ChoiceField(
        label="Is it wanted?", widget=forms.RadioSelect, initial="benefit",
        choices=[("benefit", "A benefit: more is better"), ("harm", "A harm: less is better")],
    )  # fmt: skip
    counting_rule = forms.CharField(
        label="How is it counted?", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What counts as one, what does not, and when.",
    )  # fmt: skip
    evidence = forms.CharField(
        label="Which evidence is wanted?", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One kind on each line.",
    )  # fmt: skip
    confirmable_by = forms.MultipleChoiceField(
        label="Who can confirm that it was received?", required=False, choices=list(CONFIRMERS.items()),
        widget=forms.CheckboxSelectMultiple, help_text="Leave all unticked if nobody can.",
    )  # fmt: skip
    field_order = (
        "to", "code", "title", "title_cy", "unit", "direction", "counting_rule", "evidence", "confirmable_by",
        "target_quantity", "target_by", "target_per",
    )  # fmt: skip
    govuk = {
        "code": {"classes": "govuk-input--width-5"}, "unit": {"classes": "govuk-input--width-10"},
        "direction": {"classes": "govuk-radios--small"}, "confirmable_by": {"classes": "govuk-checkboxes--small"},
    }  # fmt: skip

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "Choose one"), *places]  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """What a body decides of each disagreement with a later base: its fields are numbered in their order.

    Only what can apply is asked: a disagreement with one answer has no field, and a code is asked where `taken`, the
    codes of the later base, has ours.
    """

    mark_optional = False

    def __init__(
        self, *args: Any, conflicts: Sequence[Any], places: Choices, taken: Collection[str], version: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts = conflicts
        self.fields["saves"] = forms.IntegerField(widget=forms.HiddenInput)
        self.fields["version"] = forms.RegexField(
            r"^[0-9A-Za-z]+([.-][0-9A-Za-z]+)*$", label="Version of yours on the later edition", max_length=20,
            initial=version, error_messages={"invalid": "Use letters, digits, points and hyphens, such as 2027"},
        )  # fmt: skip
        self.govuk: dict[str, dict[str, Any]] = {"version": {"classes": "govuk-input--width-10"}}
        for number, conflict in enumerate(conflicts):
            if len(conflict.choices) == 1:
                continue
            self.fields[f"choice_{number}"] = forms.ChoiceField(
                label="What should hold?", widget=forms.RadioSelect,
                choices=[(each, SETTLEMENTS[each]) for each in conflict.choices],
            )  # fmt: skip
            self.govuk[f"choice_{number}"] = {"classes": "govuk-radios--small"}
            self._ask_where(number, conflict, places, taken)

    def _ask_where(self, number: int, conflict: Any, places: Choices, taken: Collection[str]) -> None:
        if conflict.kind == "id-taken":
            self.fields[f"id_{number}"] = forms.RegexField(
                r"^[a-z0-9]+([.-][a-z0-9]+)*$", label="Our id, if ours is kept", required=False, max_length=60
            )
        part = getattr(conflict.changes[0], "part", None) or conflict.was
        code = getattr(part, "code", "")
        if conflict.kind in ("code-taken", "id-taken", "base-removed") and code in taken:
            self.fields[f"code_{number}"] = forms.CharField(
                label=f"Our code, if ours is kept: the base uses {code} now", required=False, max_length=40
            )
        if conflict.kind in ("place-removed", "base-removed"):
            held = getattr(conflict.changes[0], "was_in", "") if conflict.kind == "base-removed" else ""
            first = "Where it was" if held in dict(places) else "Choose one"
            self.fields[f"to_{number}"] = forms.ChoiceField(
                label="Where it goes, if ours is kept", required=False, choices=[("", first), *places]
            )

    def rows(self) -> list[dict[str, Any]]:
        """This will give each conflict with its fields, as the page sets them."""
        return [
            {
                "conflict": conflict,
                "fields": [
                    self[f"{name}_{number}"] for name in ("choice", "id", "code", "to")
                    if f"{name}_{number}" in self.fields
                ],
                "only": ONLY[conflict.choices[0]] if len(conflict.choices) == 1 else "",
            }
            for number, conflict in enumerate(self.conflicts)
        ]  # fmt: skip

    def settled(self) -> dict[str, dict[str, str]]:
        """This will give what was decided, by the id of the conflict."""
        return {
            conflict.id: {
                name: self.cleaned_data.get(f"{name}_{number}", "") for name in ("choice", "id", "code", "to")
            }
            | ({"choice": conflict.choices[0]} if len(conflict.choices) == 1 else {})
            for number, conflict in enumerate(self.conflicts)
        }


#: The choices of the engine, in words.
SETTLEMENTS = {
    "keep-ours": "Keep what we say",
    "take-base": "Take what the base says now",
    "drop": "Give ours up",
}
#: What holds where there is nothing to choose: what we left out or worded is gone, or our figure is of a unit that is.
ONLY = {
    "drop": "The base has it no more. Nothing is left to decide.",
    "take-base": "Ours is of another unit and cannot be kept. What the base says now holds.",
}
