"""What a page of worth is narrowed to. Choices are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from commonweal.asks.vocabulary import CHANNELS
from commonweal.reporting.figures import STAGES

Choices = Sequence[tuple[str, str]]


class WorthFilters(forms.Form):
    """Which stage, and whose promises: department, channel and place."""

    mark_optional = False
    what = forms.ChoiceField(label="Show what is", required=False, choices=list(STAGES.items()))
    department = forms.ChoiceField(label="Department", required=False)
    channel = forms.ChoiceField(label="Channel", required=False, choices=[("", "All"), *CHANNELS])
    place = forms.ChoiceField(label="Place", required=False)

    def __init__(self, *args: object, departments: Choices, places: Choices, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["department"].choices = [("", "All"), *departments]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", "Everywhere"), *places]  # type: ignore[attr-defined]


class LineFilters(WorthFilters):
    """As for the account, and the one figure whose lines are wanted."""

    figure = forms.ChoiceField(
        label="Lines of",
        required=False,
        error_messages={"invalid_choice": "No line of that figure is left by these filters. Choose another figure."},
    )
    field_order = ["figure", "what", "department", "channel", "place"]

    def __init__(self, *args: object, figures: Choices, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        every = [("", "Every line"), *figures, ("none", "No figure: without a value")]
        self.fields["figure"].choices = every  # type: ignore[attr-defined]
