"""What a board is narrowed to. Choices are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from commonweal.reporting.boards.vocabulary import VIEWS

Choices = Sequence[tuple[str, str]]


class BoardFilters(forms.Form):
    """Whose year, which year, and which figure of it."""

    mark_optional = False
    view = forms.ChoiceField(label="Show", required=False)
    department = forms.ChoiceField(label="Department", required=False)
    place = forms.ChoiceField(label="Ward or place", required=False)
    year = forms.ChoiceField(label="Financial year", required=False)
    figure = forms.ChoiceField(label="Figure", required=False)

    def __init__(
        self, *args: Any, view: str, is_group: bool, years: Choices, departments: Choices, places: Choices,
        figures: Choices, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        views = [(key, words) for key, words in VIEWS.items() if key != "group" or is_group]
        choices = {"view": views, "year": years, "department": departments, "place": places,
                   "figure": [("", "The largest"), *figures]}  # fmt: skip
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        for name, of in (("department", "department"), ("place", "ward")):
            if view != of:
                del self.fields[name]
