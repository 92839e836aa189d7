"""What a page of worth is narrowed to. Choices are handed in by the view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Final

from django import forms

from commonweal.asks.vocabulary import CHANNELS
from commonweal.base.govuk.forms import MoneyField
from commonweal.base.templatetags.figures import long_date
from commonweal.engine.prices import published_series
from commonweal.reporting.figures import STAGES
from commonweal.reporting.ranges import MOST_DRAWS

Choices = Sequence[tuple[str, str]]
#: What is drawn when the address does not say.
DRAWS: Final = 1000
SEED: Final = 1
#: The two sides of a comparison, as their fields begin.
SIDES: Final = ("from", "to")
#: How many past years' prices can be chosen.
_PRICE_YEARS: Final = 15
#: What a choice of a side is called in an error.
WORDS: Final = {"stage": "the stage", "by": "the day", "edition": "a framework", "prices": "the year of the prices"}


class WorthFilters(forms.Form):
    """Which stage, of which year, and whose promises: department, channel and place."""

    mark_optional = False
    what = forms.ChoiceField(label="Show what is", required=False, choices=list(STAGES.items()))
    year = forms.ChoiceField(
        label="Financial year",
        required=False,
        error_messages={"invalid_choice": "There is no account of that year to choose. Choose one from the list."},
    )
    department = forms.ChoiceField(label="Department", required=False)
    channel = forms.ChoiceField(label="Channel", required=False, choices=[("", "All"), *CHANNELS])
    place = forms.ChoiceField(label="Place", required=False)

    def __init__(self, *args: object, years: Choices, departments: Choices, places: Choices, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["year"].choices = [("", "All years"), *years]  # type: ignore[attr-defined]
        self.fields["department"].choices = [("", "All"), *departments]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", "Everywhere"), *places]  # type: ignore[attr-defined]


class AchievedFilters(forms.Form):
    """Whose promises are compared: department and channel."""

    mark_optional = False
    department = forms.ChoiceField(label="Department", required=False)
    channel = forms.ChoiceField(label="Channel", required=False, choices=[("", "All"), *CHANNELS])

    def __init__(self, *args: object, departments: Choices, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["department"].choices = [("", "All"), *departments]  # type: ignore[attr-defined]


class LineFilters(WorthFilters):
    """As for the account, and the one figure whose lines are wanted."""

    figure = forms.ChoiceField(
        label="Lines of",
        required=False,
        error_messages={"invalid_choice": "No line of that figure is left by these filters. Choose another figure."},
    )
    field_order = ["figure", "what", "year", "department", "channel", "place"]

    def __init__(self, *args: object, figures: Choices, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        every = [("", "Every line"), *figures, ("none", "No figure: without a value")]
        self.fields["figure"].choices = every  # type: ignore[attr-defined]


class RangesForm(WorthFilters):
    """As for the account, and how the draws are made: how many, from which seed, what for, and which total is opened."""

    draws = forms.IntegerField(
        label="Draws", required=False, min_value=1, max_value=MOST_DRAWS,
        error_messages={
            "invalid": "Draws must be a whole number, such as 1000",
            "min_value": "Ask for at least 1 draw",
            "max_value": f"Ask for at most {MOST_DRAWS:,} draws. The command line makes more.",
        },
    )  # fmt: skip
    seed = forms.IntegerField(
        label="Seed", required=False, min_value=0, max_value=2**63 - 1,
        error_messages={
            "invalid": "A seed must be a whole number, such as 1",
            "min_value": "A seed cannot be less than zero",
            "max_value": "The seed is too large. Give a whole number such as 1.",
        },
    )  # fmt: skip
    target = MoneyField(label="Chance of reaching (£)", required=False)
    figure = forms.ChoiceField(
        label="What moves", required=False,
        error_messages={"invalid_choice": "That total is not left by these filters. Choose another total."},
    )  # fmt: skip
    govuk: ClassVar = {
        "draws": {"classes": "govuk-input--width-5"},
        "seed": {"classes": "govuk-input--width-5"},
        "target": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"},
    }
    field_order = ("draws", "seed", "target", "what", "year", "department", "channel", "place", "figure")

    def __init__(self, given: Mapping[str, Any], **options: Any) -> None:
        defaults = {"draws": str(DRAWS), "seed": str(SEED)}
        super().__init__(defaults | {name: word for name, word in given.items() if word}, **options)

    def offer(self, figures: Choices) -> None:
        """This will offer the totals that can be opened; the first stands where none was chosen."""
        self.fields["figure"].choices = figures  # type: ignore[attr-defined]


class BesideForm(WorthFilters):
    """As for the account, and the two or three editions that stand beside one another."""

    first, second, third = (
        forms.ChoiceField(
            label=label, required=False,
            error_messages={"invalid_choice": "There is no such framework here. Choose one from the list."},
        )
        for label in ("Framework", "Beside it", "And beside those")
    )  # fmt: skip
    prices = forms.ChoiceField(
        label="Prices",
        required=False,
        error_messages={"invalid_choice": "Choose the year of the prices from the list."},
    )
    field_order = ("first", "second", "third", "what", "prices", "year", "department", "channel", "place")

    def offer(self, editions: Choices) -> None:
        """This will offer the editions that the body can see, and the years whose prices can be had."""
        self.fields["prices"].choices = [("", "Each framework’s own"), *offered_prices()]  # type: ignore[attr-defined]
        for name in ("first", "second", "third"):
            self.fields[name].choices = [("", "None"), *editions]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """This will refuse one edition in two columns."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen: list[str] = []
        for name in ("first", "second", "third"):
            if (reference := cleaned.get(name)) in chosen:
                self.add_error(name, "This framework has a column already. Choose another, or none.")
            elif reference:
                chosen.append(reference)
        return cleaned

    @property
    def is_choice_wrong(self) -> bool:
        """Whether a framework or the prices asked for are no choice."""
        return bool({"first", "second", "third", "prices"} & self.errors.keys())

    @property
    def price_year(self) -> str | None:
        """The year in whose prices all are told; None for each framework's own."""
        return self.cleaned_data.get("prices") or None

    @property
    def chosen(self) -> list[str]:
        """The editions chosen, from left to right."""
        return [self.cleaned_data[name] for name in ("first", "second", "third") if self.cleaned_data.get(name)]


def offered_prices() -> list[tuple[str, str]]:
    """This will offer the price years of the newest years of each price index: (year, words)."""
    years = [
        year for series in published_series().values() for year in sorted(series.index, reverse=True)[:_PRICE_YEARS]
    ]
    return [(year, f"{year} prices") for year in years]


def quarter_ends(on: date) -> list[tuple[str, str]]:
    """This will offer the last days of the twelve quarters before a day, the newest first: (ISO date, words)."""
    found: list[tuple[str, str]] = []
    first = date(on.year, on.month - (on.month - 1) % 3, 1)
    for _quarter in range(12):
        last = first - timedelta(days=1)
        found.append((last.isoformat(), f"What had come by {long_date(last)}"))
        first = date(last.year, last.month - 2, 1)
    return found


class ChangesForm(WorthFilters):
    """The two sides that are compared, each with a stage, a day, an edition and prices; and whose promises."""

    def __init__(self, given: Mapping[str, Any], *, editions: Choices, days: Choices, prices: Choices, **options: Any):
        defaults = {"from_stage": "promised", "to_stage": "claimed"}
        super().__init__(defaults | {name: word for name, word in given.items() if word}, **options)
        del self.fields["what"]
        offered: dict[str, tuple[str, Choices]] = {
            "stage": ("what is", list(STAGES.items())),
            "by": ("when", [("", "All on record, valued today"), *days]),
            "edition": ("framework", [("", "Each promise’s own"), *editions]),
            "prices": ("prices", [("", "Each framework’s own"), *prices]),
        }
        for side in SIDES:
            for name, (label, choices) in offered.items():
                self.fields[f"{side}_{name}"] = forms.ChoiceField(
                    label=f"{side.capitalize()}: {label}", required=False, choices=choices,
                    error_messages={"invalid_choice": f"{side.capitalize()}: choose {WORDS[name]} from the list."},
                )  # fmt: skip
        self.order_fields(
            [*(f"{side}_{name}" for side in SIDES for name in offered), "year", "department", "channel", "place"]
        )

    def side(self, side: str) -> dict[str, str]:
        """This will give what was chosen for a side, by the plain names of its fields."""
        chosen = self.cleaned_data
        return {name: chosen.get(f"{side}_{name}", "") for name in ("stage", "by", "edition", "prices")}

    @property
    def is_side_wrong(self) -> bool:
        """Whether anything that was chosen for a side is no choice."""
        return any(name.startswith(SIDES) for name in self.errors)

    def fields_of(self, side: str) -> list[forms.BoundField]:
        """This will give the fields of a side, in order."""
        return [self[name] for name in self.fields if name.startswith(side)]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The two sides and the filters, each with its fields, for the page."""
        rest = [self[name] for name in self.fields if not name.startswith(SIDES)]
        return [("From", self.fields_of("from_")), ("To", self.fields_of("to_")), ("Whose", rest)]
