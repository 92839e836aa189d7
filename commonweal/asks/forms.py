"""Forms of the asks room. Choices that come from tables are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.boundfield import BoundField

from commonweal.asks.vocabulary import CHANNELS, KINDS, LEVELS, PLACE_ROLES, REGIMES, STATES
from commonweal.base.govuk.forms import DateField, MoneyField, PeriodForm, QuantityField
from commonweal.engine.clauses import ClauseFigure

Choices = Sequence[tuple[str, str]]

PLACE_HINT = "A ward or council by its name, or the code of any place."


def optional(choices: Choices, words: str = "Not chosen") -> list[tuple[str, str]]:
    """This will put an empty choice before the others."""
    return [("", words), *choices]


class Filters(forms.Form):
    """What the pipeline is narrowed to."""

    mark_optional = False

    text = forms.CharField(label="Words in the title or summary, or CPV code", required=False, max_length=200)
    channel = forms.ChoiceField(label="Channel", required=False, choices=optional(CHANNELS, "All"))
    department = forms.ChoiceField(label="Department", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=optional(STATES, "All"))
    level = forms.ChoiceField(label="Level", required=False, choices=optional(LEVELS, "All"))
    not_asked = forms.BooleanField(label="Only where no social value is asked for yet", required=False)

    def __init__(self, *args: Any, departments: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["department"].choices = optional(departments, "All")  # type: ignore[attr-defined]


class OpportunityForm(PeriodForm):
    """The facts of an opportunity, in three short groups."""

    title = forms.CharField(label="Title", max_length=200)
    channel = forms.ChoiceField(
        label="Channel", choices=CHANNELS, help_text="How it comes about. This cannot be changed later."
    )
    kind = forms.ChoiceField(
        label="Goods, services or works", choices=optional(KINDS), required=False,
        help_text="For procurement. It decides which duties apply.",
    )  # fmt: skip
    summary = forms.CharField(
        label="What it is for", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    department = forms.ChoiceField(label="Department", required=False)
    contact = forms.ChoiceField(label="Contact", required=False, help_text="Who knows about it.")
    value = MoneyField(
        label="Estimated value in pounds, including VAT", required=False,
        help_text="Over the whole term, with extensions. Leave it empty if nobody knows yet.",
    )  # fmt: skip
    commenced_on = DateField(
        label="Begun on", required=False,
        help_text="The day the tender notice was published, or work began. It decides the framework and duties.",
    )  # fmt: skip
    starts_on = DateField(label="Starts on", required=False)
    ends_on = DateField(label="Ends on", required=False)
    extension_months = forms.IntegerField(
        label="May be extended by (months)", required=False, min_value=0, max_value=240,
        error_messages={"invalid": "Enter whole months, such as 24"},
    )  # fmt: skip
    regime = forms.ChoiceField(label="Regime", choices=optional(REGIMES), required=False)
    weighting_percent = forms.DecimalField(
        label="Weighting of social value, in per cent of the marks", required=False, min_value=0, max_value=100,
        max_digits=5, decimal_places=2,
        error_messages={
            "invalid": "Enter a number between 0 and 100, such as 15",
            "min_value": "A weighting is between 0 and 100 per cent",
            "max_value": "A weighting is between 0 and 100 per cent",
        },
    )  # fmt: skip
    weighting_reason = forms.CharField(
        label="Why this weighting", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    level = forms.ChoiceField(label="Level", choices=LEVELS, initial="local")
    place = forms.CharField(label="Place", required=False, max_length=200, help_text=PLACE_HINT)
    cpv = forms.RegexField(
        r"^[0-9]{8}(-[0-9])?$", label="CPV code", required=False, max_length=10,
        help_text="Eight digits, such as 45233120.",
        error_messages={"invalid": "A CPV code has eight digits, such as 45233120"},
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    govuk = {
        "value": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"},
        "extension_months": {"classes": "govuk-input--width-3"},
        "weighting_percent": {"suffix": {"text": "%"}, "classes": "govuk-input--width-4"},
        "cpv": {"classes": "govuk-input--width-10"},
    }
    _groups = (
        ("What it is", ("title", "channel", "kind", "summary", "department", "contact")),
        ("How much and when", ("value", "commenced_on", "starts_on", "ends_on", "extension_months", "regime")),
        ("What counts, and where", ("weighting_percent", "weighting_reason", "level", "place", "cpv")),
    )

    def __init__(
        self, *args: Any, departments: Choices, contacts: Choices, is_change: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["department"].choices = optional(departments)  # type: ignore[attr-defined]
        self.fields["contact"].choices = optional(contacts, "Nobody yet")  # type: ignore[attr-defined]
        del self.fields["channel" if is_change else "version"]

    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """This will give the fields in their groups, with the heading of each, for the page that draws them."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self._groups]

    def clean_extension_months(self) -> int:
        return self.cleaned_data["extension_months"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("weighting_percent") is not None and not cleaned.get("weighting_reason", "").strip():
            self.add_error("weighting_reason", "Say why social value has this weighting here")
        return cleaned


class LineForm(PeriodForm):
    """One thing that is asked for."""

    measure = forms.ChoiceField(label="What is asked for", help_text="A measure of the framework in use.")
    quantity = QuantityField(
        label="How much, in the unit of the measure", required=False,
        help_text="Leave it empty to let those who offer say how much.",
    )  # fmt: skip
    objective = forms.ChoiceField(label="Objective it serves", required=False)
    starts_on = DateField(label="From", required=False, help_text="Empty: from the start.")
    ends_on = DateField(label="Until", required=False, help_text="Empty: until the end.")
    place = forms.CharField(label="Place", required=False, max_length=200, help_text=PLACE_HINT)
    place_role = forms.ChoiceField(label="What the place is", choices=PLACE_ROLES)
    note = forms.CharField(label="Anything else to say about it", required=False, max_length=400)

    govuk = {"quantity": {"classes": "govuk-input--width-10"}}

    def __init__(self, *args: Any, measures: Choices | None, objectives: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["objective"].choices = optional(objectives, "None")  # type: ignore[attr-defined]
        if measures is None:
            del self.fields["measure"]
        else:
            self.fields["measure"].choices = optional(measures)  # type: ignore[attr-defined]


class ClauseForm(forms.Form):
    """Whether the change-and-credit clause is offered, and its figures, whose labels and limits the clause gives."""

    offered = forms.ChoiceField(
        label="Does this ask offer the clause?", choices=[("yes", "Yes, with these figures"), ("no", "No")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    expiry_months = forms.IntegerField(required=False)
    cap_percent = forms.IntegerField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    govuk = {
        "expiry_months": {"classes": "govuk-input--width-3"},
        "cap_percent": {"suffix": {"text": "%"}, "classes": "govuk-input--width-3"},
    }
    mark_optional = False

    def __init__(self, *args: Any, figures: Sequence[ClauseFigure], **options: Any) -> None:
        super().__init__(*args, **options)
        for figure in figures:
            field = self.fields[figure.id]
            limits = f"between {figure.least} and {figure.most}"
            field.label = figure.label
            field.help_text = f"A whole number {limits}, usually {figure.usual}."
            field.validators.append(MinValueValidator(figure.least, f"Enter a whole number {limits}"))
            field.validators.append(MaxValueValidator(figure.most, f"Enter a whole number {limits}"))
            field.error_messages["invalid"] = f"Enter a whole number {limits}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("offered") == "yes":
            for name in ("expiry_months", "cap_percent"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, f"Fill in “{self.fields[name].label}”")
        return cleaned


class ReasonForm(forms.Form):
    """The reason of a step; `needed` says whether it may be left out."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str, needed: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].label = label
        self.fields["reason"].required = needed


class ConfirmForm(forms.Form):
    """A button and nothing else."""
