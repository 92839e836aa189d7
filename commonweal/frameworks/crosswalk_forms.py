"""What people write about a crosswalk: which two editions, and each match with its share and reason."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from commonweal.frameworks.crosswalks import TERMS

Choices = Sequence[tuple[str, str]]
_SHARE_ERRORS = {
    "invalid": "Enter a number above 0 and at most 1, such as 0.5",
    "max_value": "A share is at most 1. Write half as 0.5.",
    "min_value": "A share is above 0. Leave it empty to carry nothing.",
}


def _share(label: str, help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal("0.000000000001"), max_value=Decimal(1), max_digits=13,
        decimal_places=12, help_text=help_text, error_messages=_SHARE_ERRORS,
    )  # fmt: skip


class CrosswalkFileForm(forms.Form):
    """A crosswalk as its file."""

    mark_optional = False
    file = forms.FileField(label="Crosswalk file", help_text="A YAML file as downloaded here, up to 5 MB.")
    reason = forms.CharField(
        label="Why it is taken",
        help_text="Kept on record with the change.",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
    )


class PairForm(forms.Form):
    """Two editions."""

    mark_optional = False
    of = forms.ChoiceField(label="From")
    to = forms.ChoiceField(label="To")

    def __init__(self, *args: Any, editions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("of", "to"):
            self.fields[name].choices = editions  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("of") and cleaned.get("of") == cleaned.get("to"):
            self.add_error("to", "Choose another edition than the first")
        return cleaned


class MatchForm(forms.Form):
    """One match: its two ends, how the one stands to the other, what it carries, and why."""

    saves = forms.IntegerField(widget=forms.HiddenInput)
    of = forms.ChoiceField(label="From")
    to = forms.ChoiceField(label="To")
    term = forms.ChoiceField(label="How do they match?", widget=forms.RadioSelect, choices=list(TERMS.items()))
    share = _share(
        "Share carried over",
        "The part of a quantity of the first that counts as the second: 1 is all, 0.5 half. Empty carries nothing.",
    )
    back = _share("Share carried the other way", "The part of a quantity of the second that counts as the first.")
    factor = forms.DecimalField(
        label="Units of the second in one of the first", required=False, min_value=Decimal("0.000000000001"),
        max_digits=24, decimal_places=12, help_text="Only where the units differ.",
        error_messages={"invalid": "Enter a number above 0, such as 1950", "min_value": "Enter a number above 0"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why", max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why they match so, and why that share.",
    )  # fmt: skip
    reference_title = forms.CharField(label="Where is that written down?", max_length=200)
    reference_locator = forms.CharField(label="Page or address", max_length=300, required=False)
    govuk = {
        "term": {"classes": "govuk-radios--small"}, "share": {"classes": "govuk-input--width-5"},
        "back": {"classes": "govuk-input--width-5"}, "factor": {"classes": "govuk-input--width-10"},
    }  # fmt: skip

    def __init__(self, *args: Any, of: Choices, to: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"].choices = of  # type: ignore[attr-defined]
        self.fields["to"].choices = to  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("share", "back"):
            part = cleaned.get(name)
            if part is not None and cleaned.get("term") == "relatedMatch":
                self.add_error(name, "A related match carries nothing. Leave this empty, or call the match close.")
            if part not in (None, Decimal(1)) and cleaned.get("term") == "exactMatch":
                self.add_error(name, "An exact match carries all. Leave this empty, or call the match close.")
        return cleaned
