"""Forms of files of money, of what belongs together, and of money beside value. Choices are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from commonweal.base.files import KINDS as ALL_KINDS
from commonweal.base.files import TABLE_KINDS
from commonweal.base.govuk.forms import DateField, MoneyField
from commonweal.engine.year import FinancialYear, YearUnknown
from commonweal.reporting.figures import STAGES
from commonweal.reporting.register.vocabulary import (
    FILE_KINDS,
    FINDINGS,
    GAINERS,
    OUTCOMES,
    REPORT_KINDS,
    STANDINGS,
    STATES,
    VERDICTS,
)
from commonweal.sources.finance_mapping import BY_YEAR, fields, year_of_words

Choices = Sequence[tuple[str, str]]
#: What each kind of file holds, as the page that takes it says.
HOLDS = {
    "budget": "Budget lines and outturn, as the ledger or the budget book has them: a row for each cost centre or service.",
    "register": "The contracts register as it is published: a row for each contract.",
    "payments": "Payments to suppliers: a row for each, with its date, its supplier and its amount.",
}


class FileFilters(forms.Form):
    """What the list of files is narrowed to."""

    mark_optional = False
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *FILE_KINDS])
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *STATES])


class RowFilters(forms.Form):
    """What the rows of a file are narrowed to."""

    mark_optional = False
    outcome = forms.ChoiceField(label="Outcome", required=False, choices=[("", "All"), *OUTCOMES])


class ChooseFileForm(forms.Form):
    """A file of budget lines, contracts or payments."""

    kind = forms.ChoiceField(label="What does it hold?", choices=FILE_KINDS, widget=forms.RadioSelect)
    file = forms.FileField(
        label="Spreadsheet",
        help_text=f"{TABLE_KINDS}, up to 20 MB, as it is: title lines and totals are understood. You see what we read "
        "before anything is brought in.",
    )
    dated_on = DateField(label="As at what day?", help_text="The day its figures are of, such as the end of the period")
    year = forms.ChoiceField(
        label="If it is a budget file that names no year: which year is it of?", required=False
    )  # fmt: skip

    def __init__(self, *args: Any, years: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"].choices = [("", "The file says so itself"), *years]  # type: ignore[attr-defined]
        hints = [{"hint": {"text": words}} for words in HOLDS.values()]
        self.govuk = {"kind": {"items": [
            {"text": words, "value": key} | hint for (key, words), hint in zip(FILE_KINDS, hints, strict=True)
        ]}}  # fmt: skip

    def begins(self) -> int | None:
        """This will give the year a budget file is of, where it names none."""
        chosen = self.cleaned_data["year"]
        return FinancialYear.parse(chosen).begins if chosen else None


class ColumnsForm(forms.Form):
    """What each column of a file is read as: two fields a column, numbered in the order of the file."""

    mark_optional = False

    def __init__(
        self, *args: Any, kind: Any, proposals: Sequence[dict[str, Any]], mapping: Sequence[dict[str, Any]],
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.kind, self.proposals = kind, proposals
        used = {use["column"]: use for use in mapping}
        choices = [("", "Left out"), *((name, each.label) for name, each in fields(kind).items())]
        self.govuk: dict[str, dict[str, Any]] = {}
        for number, proposal in enumerate(proposals):
            use = used.get(proposal["column"], {"field": "", "period": ""})
            self.fields[f"field_{number}"] = forms.ChoiceField(
                label=f"Column {proposal['letter']}, {proposal['column']}, is", choices=choices, required=False,
                initial=use["field"],
            )  # fmt: skip
            self.govuk[f"field_{number}"] = {"label": {"classes": "govuk-visually-hidden"}}
            if kind == "budget":
                self.fields[f"period_{number}"] = forms.CharField(
                    label="Of which year, if the column is of one year alone", max_length=20, required=False,
                    initial=use.get("period", ""),
                )  # fmt: skip
                self.govuk[f"period_{number}"] = {
                    "label": {"classes": "govuk-label--s dl-small"}, "classes": "govuk-input--width-5",
                }  # fmt: skip

    def columns(self) -> list[dict[str, Any]]:
        """This will give each column with its fields, as the page sets them."""
        return [
            proposal
            | {"field": self[f"field_{number}"], "year": self[f"period_{number}"] if self.kind == "budget" else None}
            for number, proposal in enumerate(self.proposals)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for number in range(len(self.proposals)):
            period, chosen = cleaned.get(f"period_{number}", "").strip(), cleaned.get(f"field_{number}", "")
            if period and chosen not in BY_YEAR:
                self.add_error(f"period_{number}", "Only a budget or an actual is of one year. Leave this empty.")
            elif period and year_of_words(period) is None:
                self.add_error(f"period_{number}", "Write the year as 2025/26")
        return cleaned

    def mapping(self) -> list[dict[str, Any]]:
        """This will give the chosen columns as a file keeps them."""
        return [
            {"column": proposal["column"], "field": self.cleaned_data[f"field_{number}"],
             "period": self.cleaned_data.get(f"period_{number}", "").strip()}
            for number, proposal in enumerate(self.proposals)
            if self.cleaned_data[f"field_{number}"]
        ]  # fmt: skip


class YearFilters(forms.Form):
    """Which financial year a page tells of."""

    mark_optional = False
    year = forms.ChoiceField(label="Financial year", required=False)

    def __init__(self, *args: Any, years: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"].choices = years  # type: ignore[attr-defined]


class MatchFilters(YearFilters):
    """Which contracts of the reconciliation are shown."""

    standing = forms.ChoiceField(label="Where it stands", required=False, choices=[("", "All"), *STANDINGS])
    finding = forms.ChoiceField(label="Besides", required=False, choices=[("", "All"), *FINDINGS])
    department = forms.ChoiceField(label="Department", required=False)
    perhaps = forms.BooleanField(label="Only those to be decided", required=False)

    def __init__(self, *args: Any, departments: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["department"].choices = [("", "All"), *departments]  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """Whether two things are one contract."""

    one = forms.CharField(max_length=60, widget=forms.HiddenInput)
    other = forms.CharField(max_length=60, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=VERDICTS)
    reason = forms.CharField(max_length=300, required=False)


class ServiceForm(forms.Form):
    """Which department finance means by a name."""

    words = forms.CharField(max_length=200, widget=forms.HiddenInput)
    department = forms.ChoiceField(label="Department")

    def __init__(self, *args: Any, departments: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["department"].choices = [("", "Not said yet"), *departments]  # type: ignore[attr-defined]


def agreement_choices(agreements: Choices) -> list[tuple[str, str]]:
    """This will put "no single agreement" before a body's agreements."""
    return [("", "No single agreement"), *agreements]


class LeveredForm(forms.Form):
    """Money of others drawn in beside the body's own."""

    agreement = forms.ChoiceField(label="Under which agreement?", required=False)
    year = forms.ChoiceField(label="In which financial year?")
    own = MoneyField(label="How much of its own did the body put in?")
    levered = MoneyField(label="How much did others put in because of it?")
    funder = forms.CharField(label="Who put it in?", max_length=200)
    source = forms.CharField(
        label="How is it known?", max_length=300, help_text="Such as: grant letter of 3 May 2026, held by finance"
    )

    def __init__(self, *args: Any, years: Choices, agreements: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"].choices = years  # type: ignore[attr-defined]
        self.fields["agreement"].choices = agreement_choices(agreements)  # type: ignore[attr-defined]

    def begins(self) -> int:
        """This will give the calendar year the chosen year begins in."""
        return FinancialYear.parse(self.cleaned_data["year"]).begins


class WholeLifeForm(forms.Form):
    """What a thing costs over its whole life."""

    agreement = forms.ChoiceField(label="Of which agreement?")
    years = forms.IntegerField(label="Over how many years?", min_value=1, max_value=100)
    buying = MoneyField(label="Buying it")
    running = MoneyField(label="Running it, over all those years")
    repairs = MoneyField(label="Repairs")
    replacement = MoneyField(label="Replacement of parts")
    disposal = MoneyField(label="Disposal, less what it fetches")
    source = forms.CharField(label="Where the figures come from", max_length=300)
    govuk = {"years": {"classes": "govuk-input--width-3"}}

    def __init__(self, *args: Any, agreements: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agreement"].choices = [("", "Choose"), *agreements]  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """What somebody independent reported."""

    kind = forms.ChoiceField(label="What kind of report?", choices=REPORT_KINDS, widget=forms.RadioSelect)
    title = forms.CharField(label="Title", max_length=300)
    author = forms.CharField(label="Who wrote it?", max_length=200, help_text="The organisation, not a person")
    dated_on = DateField(label="When is it dated?")
    covers = forms.CharField(
        label="What does it cover?", max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Which work, which years, and what it leaves out",
    )  # fmt: skip
    found = forms.CharField(
        label="What did it find, in its own words?", max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        required=False, help_text="Shown as its authors wrote it, beside our figures and never inside them",
    )  # fmt: skip
    agreement = forms.ChoiceField(label="Is it about one agreement?", required=False)
    file = forms.FileField(label="The report", required=False, help_text=f"{ALL_KINDS}, up to 20 MB")

    def __init__(self, *args: Any, agreements: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agreement"].choices = agreement_choices(agreements)  # type: ignore[attr-defined]


class GainerForm(forms.Form):
    """Whom a framework's words for who gains mean here."""

    words = forms.CharField(max_length=200, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="Who is that here?", choices=GAINERS, widget=forms.RadioSelect)
    department = forms.ChoiceField(label="If it is a department: which?", required=False)
    name = forms.CharField(label="If it is another public body: which?", max_length=200, required=False)

    def __init__(self, *args: Any, departments: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["department"].choices = [("", "Choose"), *departments]  # type: ignore[attr-defined]


def year_asked(words: str) -> FinancialYear | None:
    """This will read the year an address asks for, or nothing where it is none."""
    try:
        return FinancialYear.parse(words)
    except YearUnknown:
        return None


class StageFilters(YearFilters):
    """Which year, and which stage of delivery."""

    what = forms.ChoiceField(label="Value", required=False, choices=list(STAGES.items()))


class ValueFilters(StageFilters):
    """Which year, which stage, and which kind of value stands beside the money."""

    figure = forms.ChoiceField(label="Kind of value by department", required=False)

    def __init__(self, *args: Any, figures: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["figure"].choices = [("", "The largest"), *figures]  # type: ignore[attr-defined]
