"""Forms of benchmarks and of the self-assessment."""

from __future__ import annotations

from typing import Any

from django import forms

from commonweal.reporting.benchmarks.vocabulary import GROUPS, LEVELS, NAMING
from commonweal.reporting.register.forms import YearFilters


class BenchmarkFilters(YearFilters):
    """Which year, and whom the body is compared with."""

    group = forms.ChoiceField(label="Compared with", required=False, choices=GROUPS)


class ConsentForm(forms.Form):
    """What a body agrees to exchange."""

    naming = forms.ChoiceField(
        label="How are your rates shown to the others?", choices=NAMING, widget=forms.RadioSelect
    )
    people = forms.IntegerField(
        label="How many residents have you?", min_value=1, help_text="For rates for each resident"
    )
    people_source = forms.CharField(
        label="Where does that number come from?", max_length=200, help_text="Such as: mid-2025 estimate, ONS"
    )
    govuk = {"people": {"classes": "govuk-input--width-10"}}


class AnswerForm(forms.Form):
    """The answer to one question about oneself."""

    level = forms.ChoiceField(label="How far are you?", choices=LEVELS, widget=forms.RadioSelect)
    words = forms.CharField(
        label="Why do you say so?", max_length=600, widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    evidence = forms.CharField(label="Where the evidence is", max_length=300, required=False)

    def __init__(self, *args: Any, hint: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["evidence"].help_text = f"Such as: {hint}"
