"""Forms of the year. Choices that come from tables are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from commonweal.asks.vocabulary import CHANNELS
from commonweal.base.govuk.fields import DateField, MoneyField, QuantityField
from commonweal.reporting.budget.vocabulary import SPLITS

Choices = Sequence[tuple[str, str]]


class YearFilters(forms.Form):
    """How a year's account is split, of which figure, and whose it is."""

    mark_optional = False
    by = forms.ChoiceField(label="Split by", required=False, choices=list(SPLITS.items()))
    figure = forms.ChoiceField(
        label="Figure", required=False,
        error_messages={"invalid_choice": "That figure is not left by these filters. Choose another."},
    )  # fmt: skip
    department = forms.ChoiceField(label="Department", required=False)
    channel = forms.ChoiceField(label="Channel", required=False, choices=[("", "All"), *CHANNELS])
    place = forms.ChoiceField(label="Place", required=False)

    def __init__(self, *args: Any, departments: Choices, places: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["department"].choices = [("", "All"), *departments]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", "Everywhere"), *places]  # type: ignore[attr-defined]

    def offer(self, figures: Choices) -> None:
        """This will offer the figures of the account."""
        self.fields["figure"].choices = [("", "The largest"), *figures]  # type: ignore[attr-defined]


class BudgetLineForm(forms.Form):
    """A line of a budget or a baseline."""

    measure = forms.ChoiceField(label="What is counted?", help_text="A measure of the framework you use")
    quantity = QuantityField(label="How much, in its unit?")
    department = forms.ChoiceField(label="Which department?", required=False)
    channel = forms.ChoiceField(label="Through which channel?", required=False, choices=[("", "Any"), *CHANNELS])
    place = forms.ChoiceField(label="Where?", required=False)
    note = forms.CharField(label="Note", required=False, max_length=300, help_text="Such as what it rests on")

    def __init__(self, *args: Any, measures: Choices, departments: Choices, places: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["measure"].choices = [("", "Choose a measure"), *measures]  # type: ignore[attr-defined]
        self.fields["department"].choices = [("", "The whole body"), *departments]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", "Anywhere"), *places]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a part of the account differs from its budget."""

    words = forms.CharField(
        label="Why does it differ?", max_length=600, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One or two sentences that a councillor can follow. They stand beside the figure, in the account too",
    )  # fmt: skip


class RulesForm(forms.Form):
    """The rules a year is closed by."""

    percent = forms.DecimalField(
        label="A difference matters above this share of the budget", min_value=Decimal(0), max_value=Decimal(100),
        max_digits=5, decimal_places=2,
        error_messages={"invalid": "Give a number, such as 10", "max_value": "A share is at most 100%"},
    )  # fmt: skip
    pounds = MoneyField(label="And above this amount", help_text="Both have to be passed")
    late_until_on = DateField(
        label="Until when are returns awaited?", required=False,
        help_text="What is recorded later belongs to the year it is recorded in. Empty: until the year is closed for good",
    )  # fmt: skip
    govuk: ClassVar = {
        "percent": {"suffix": {"text": "%"}, "classes": "govuk-input--width-5"},
        "pounds": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"},
    }


class OpenAgainForm(forms.Form):
    """Why a closed year is opened again."""

    reason = forms.CharField(label="Why is it opened again?", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class CountOnceForm(forms.Form):
    """Which of two promises counts, and how it is known that they are one effect."""

    kept = forms.ChoiceField(label="Which of the two counts for the body?", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="How do you know they are one effect?", max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, promises: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kept"].choices = list(promises)  # type: ignore[attr-defined]
