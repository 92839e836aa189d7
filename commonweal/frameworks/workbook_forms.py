"""What people write about a licensed workbook: the file, what each column is, and what no workbook says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from commonweal.base.files import TABLE_KINDS
from commonweal.frameworks.vocabulary import DEDUCTIONS, KINDS_OF_VALUE, NATIONS, PRICE_YEARS
from commonweal.frameworks.workbooks import about_of
from commonweal.sources.workbooks_import import AboutIncomplete
from commonweal.sources.workbooks_mapping import CARRIED_FIELDS, REQUIRED, known_headings

NONE = "none"
_WRITTEN = [("", "As the cells say: 20%"), ("share", "Shares: 0.2"), ("percent", "Percentages: 20")]


class WorkbookFileForm(forms.Form):
    """A workbook of measures that the body has a licence for."""

    file = forms.FileField(
        label="Workbook of measures",
        help_text=f"{TABLE_KINDS}, up to 20 MB, as you were given it. Macros are not run, links are not followed and "
        "formulas are not computed. You see what we read before anything can be used.",
    )


class RowsForm(forms.Form):
    """What the rows are narrowed to."""

    mark_optional = False
    outcome = forms.ChoiceField(
        label="Show", required=False,
        choices=[("", "Every row"), ("accepted", "Accepted"), ("rejected", "Rejected with a fault"),
                 ("not a measure", "Not a measure: a total, a heading, a note")],
    )  # fmt: skip


class WorkbookColumnsForm(forms.Form):
    """Which sheet and row of headings to read, and what each column is: four fields a column, numbered in their order."""

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        sheets: Sequence[str],
        place: tuple[str, int],
        columns: Sequence[dict[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns, self.place = columns, place
        self.fields["sheet"] = forms.ChoiceField(
            label="Sheet", choices=[(each, each or "The only one") for each in sheets], initial=place[0], required=False
        )
        self.fields["heading_row"] = forms.IntegerField(
            label="Row of the headings", min_value=1, max_value=1000, initial=place[1]
        )
        known = known_headings().fields
        choices = [("", "Left out"), *((name, each.label) for name, each in known.items())]
        self.govuk: dict[str, dict[str, Any]] = {"heading_row": {"classes": "govuk-input--width-3"}}
        for number, use in enumerate(columns):
            self.fields[f"field_{number}"] = forms.ChoiceField(
                label=f"“{use['column']}” is", choices=choices, required=False, initial=use["field"]
            )
            self.govuk[f"field_{number}"] = {"label": {"classes": "govuk-visually-hidden"}}
            self.fields[f"variant_{number}"] = forms.CharField(
                label="Only for (a place, an age), where several columns hold values", max_length=80, required=False,
                initial=use["variant"],
            )  # fmt: skip
            self.fields[f"carried_{number}"] = forms.BooleanField(
                label="Blank cells mean “as above”", required=False, initial=use["carried_down"]
            )
            self.govuk[f"carried_{number}"] = {"classes": "govuk-checkboxes--small"}
            self.fields[f"written_{number}"] = forms.ChoiceField(
                label="Bare numbers of a share are", choices=_WRITTEN, required=False, initial=use["written_as"]
            )

    def rows(self) -> list[dict[str, Any]]:
        """This will give each column with its fields, as the page sets them."""
        return [
            use | {name: self[f"{name}_{number}"] for name in ("field", "variant", "carried", "written")}
            for number, use in enumerate(self.columns)
        ]

    def moved(self) -> tuple[str, int] | None:
        """This will give another sheet and row of headings, if they were chosen; the columns are then read anew."""
        chosen = (self.cleaned_data["sheet"], self.cleaned_data["heading_row"])
        return None if chosen == self.place else chosen

    def uses(self) -> list[dict[str, Any]]:
        """This will give what was chosen for each column."""
        return [
            {"column": use["column"], "field": self.cleaned_data[f"field_{number}"],
             "variant": " ".join(self.cleaned_data[f"variant_{number}"].split()),
             "carried_down": self.cleaned_data[f"carried_{number}"],
             "written_as": self.cleaned_data[f"written_{number}"]}
            for number, use in enumerate(self.columns)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors or self.moved():
            return cleaned
        known, taken = known_headings().fields, dict[tuple[str, str], str]()
        for number, use in enumerate(self.uses()):
            name = use["field"]
            if not name:
                continue
            label = known[name].label
            if use["variant"] and name != "value":
                self.add_error(f"variant_{number}", f"Only values differ by place or age, and this is {label.lower()}.")
            if use["carried_down"] and name not in CARRIED_FIELDS:
                self.add_error(f"carried_{number}", "Only a theme or an outcome can be “as above”.")
            if use["written_as"] and known[name].reads != "share":
                self.add_error(f"written_{number}", f"{label} is not a share. Leave this as the cells say.")
            if (key := (name, use["variant"].casefold())) in taken:
                more = " Or say what each is for." if name == "value" else ""
                self.add_error(f"field_{number}", f"{label} is “{taken[key]}” already. Leave one of the two out.{more}")
            taken[key] = use["column"]
        for name in REQUIRED:
            if not self.errors and name not in {each for each, _variant in taken}:
                self.add_error(None, f"Choose the column that holds the {known[name].label.lower()}.")
        return cleaned


class AboutForm(forms.Form):
    """What no workbook says and a person must."""

    title = forms.CharField(label="What is the framework called?", max_length=200)
    publisher = forms.CharField(label="Who publishes it?", max_length=200)
    framework_id = forms.CharField(
        label="Short name",
        max_length=60,
        help_text="Small letters, digits and hyphens. The same for every edition of it.",
    )
    version = forms.CharField(label="Edition", max_length=20, help_text="For example 2026 or 2026.1")
    licence = forms.CharField(
        label="By what licence do you use it?", max_length=300,
        help_text="In your words: licence of 1 April 2026, to 31 March 2027, for our own contracts.",
    )  # fmt: skip
    nation = forms.ChoiceField(label="Nation", choices=list(NATIONS.items()))
    price_year = forms.CharField(
        label="In the prices of which year are its values?", max_length=7,
        help_text="2024, or 2023-24 for a financial year. A row that says its own year keeps it.",
    )  # fmt: skip
    price_year_type = forms.ChoiceField(label="Which is", choices=list(PRICE_YEARS.items()))
    kind = forms.ChoiceField(label="Kind of value", choices=list(KINDS_OF_VALUE.items()), initial="mixed")
    beneficiary = forms.CharField(label="Who gains", max_length=80, help_text="Such as worker, exchequer or society")
    already_net = forms.MultipleChoiceField(
        label="Which deductions are already net in its values?", widget=forms.CheckboxSelectMultiple,
        choices=[*DEDUCTIONS.items(), (NONE, "None: the values are gross")],
        help_text="The publisher’s notes say. What a value is net of is not taken off again; what it is not net of is.",
    )  # fmt: skip
    unit = forms.CharField(
        label="What is one unit, where no column says?",
        max_length=80,
        required=False,
        help_text="Such as person or hour",
    )
    source_title = forms.CharField(label="What was read?", max_length=200, help_text="For example: Workbook of 2026")
    locator = forms.CharField(
        label="Where is it kept?", max_length=300, help_text="For example: as received on 2 April 2026, shared drive"
    )
    govuk = {
        "already_net": {"classes": "govuk-checkboxes--small"}, "price_year": {"classes": "govuk-input--width-5"},
        "version": {"classes": "govuk-input--width-10"}, "framework_id": {"classes": "govuk-input--width-20"},
    }  # fmt: skip

    def __init__(self, *args: Any, author: str, unit_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.author = author
        self.fields["unit"].required = unit_needed
        self.fields["already_net"].error_messages["required"] = (
            "Say which deductions the values have already taken off, or that there are none"
        )

    def clean_already_net(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["already_net"]
        if NONE in chosen and len(chosen) > 1:
            raise forms.ValidationError("Either some deductions are net already, or none are. Tick one or the other.")
        return [each for each in chosen if each != NONE]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                about_of(self.stated())
            except AboutIncomplete as error:
                for name, problem in error.problems.items():
                    words = f"{problem[:1].upper()}{problem[1:]}"
                    self.add_error(name if name in self.fields else None, words)
        return cleaned

    def stated(self) -> dict[str, Any]:
        """This will give what was stated, as the reading takes it."""
        said = {name: each.strip() if isinstance(each, str) else each for name, each in self.cleaned_data.items()}
        return said | {"author": self.author}
