"""Forms of the room of orders. Choices that come from tables are handed in by the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commonweal.base.files import TABLE_KINDS
from commonweal.base.govuk.forms import DateField, MoneyField, QuantityField

Choices = Sequence[tuple[str, str]]
#: Says of what was typed what is unlikely, by the tick that takes it all the same.
Asked = Callable[[Mapping[str, Any]], Mapping[str, list[str]]]
_POUNDS = {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"}


class OrderForm(forms.Form):
    """One order, call-off, invoice or credit note. What is unlikely is asked about once, then taken: an amount beyond
    the whole agreement's value, a date outside its term."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[("call-off", _("Call-off")), ("order", _("Purchase order")), ("invoice", _("Invoice")),
                 ("credit", _("Credit note"))],
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Its number"), max_length=100, help_text=_("So that nobody records it a second time")
    )
    dated_on = DateField(label=_("Its date"))
    amount = MoneyField(
        label=_("Amount in pounds"), min_value=None, help_text=_("A credit note is below zero: -250.00")
    )
    ordered_by = forms.ChoiceField(label=_("Who bought?"))
    description = forms.CharField(label=_("What for?"), max_length=300, required=False)
    amount_is_right = forms.BooleanField(label=_("Yes, this amount is right"), required=False)
    date_is_right = forms.BooleanField(label=_("Yes, this date is right"), required=False)
    govuk = {"amount": _POUNDS, "reference": {"classes": "govuk-input--width-20"}}

    #: Each tick, and what else may be done.
    ticks = {
        "amount_is_right": _("Change the amount, or tick that it is right."),
        "date_is_right": _("Change the date, or tick that it is right."),
    }

    def __init__(self, *args: Any, buyers: Choices, asked: Asked, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked = asked
        self._ticks = {name: self.fields.pop(name) for name in self.ticks}
        self.fields["ordered_by"].choices = list(buyers)  # type: ignore[attr-defined]
        if len(buyers) == 1:
            del self.fields["ordered_by"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, findings in self.asked(cleaned).items():
            if findings:
                self.fields[name] = self._ticks[name]
                if not self.data.get(name):
                    self.add_error(name, f"{' '.join(findings)} {self.ticks[name]}")
        return cleaned

    def order(self) -> dict[str, Any]:
        """This will give what was typed of the order itself, without the ticks."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.ticks}


class CountForm(forms.Form):
    """How often a trigger happened."""

    commitment = forms.ChoiceField(label="Which promise waits for it?")
    happened = QuantityField(label="How often did it happen?")
    reference = forms.CharField(
        label="For which period or event?", max_length=100, help_text="Such as “October 2026”: each is counted once"
    )
    dated_on = DateField(label="Up to which day?")
    description = forms.CharField(label="How is it known?", max_length=300, required=False)
    govuk = {"happened": {"classes": "govuk-input--width-10"}, "reference": {"classes": "govuk-input--width-20"}}

    def __init__(self, *args: Any, promises: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["commitment"].choices = list(promises)  # type: ignore[attr-defined]


class TakeBackForm(forms.Form):
    """Why an order is taken back."""

    reason = forms.CharField(label="Why is it taken back?", max_length=300)


class OrderFileForm(forms.Form):
    """A spreadsheet of orders, or of how often the trigger of one promise happened."""

    mark_optional = False
    commitment = forms.ChoiceField(label="What is in the list?", required=False, widget=forms.RadioSelect)
    file = forms.FileField(label="Spreadsheet", help_text=f"{TABLE_KINDS}, up to 20 MB")

    def __init__(self, *args: Any, promises: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        counted = [(key, f"How often it happened: {wording}") for key, wording in promises]
        self.fields["commitment"].choices = [("", "Orders"), *counted]  # type: ignore[attr-defined]
        if not promises:
            del self.fields["commitment"]
