"""Forms of the delivery room. Choices that come from tables are handed in by the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django import forms

from commonweal.asks.vocabulary import CHANNELS, KINDS, PLACE_ROLES, REGIMES
from commonweal.base.errors import NotPossible
from commonweal.base.files import KINDS as FILE_KINDS
from commonweal.base.files import TABLE_KINDS
from commonweal.base.govuk.forms import DateField, MoneyField, PeriodForm, QuantityField
from commonweal.delivery.vocabulary import BASES, EVIDENCE_KINDS, LEVELS, ROUNDINGS, VALUED_OF_TWO
from commonweal.sources.cells import CellDate, read_date
from commonweal.sources.tracker_mapping import CARRIED_FIELDS, REPEATED_FIELDS, ColumnUse, fields

Choices = Sequence[tuple[str, str]]


def optional(choices: Sequence[tuple[str, Any]], words: str = "Not chosen") -> list[tuple[str, Any]]:
    """This will put an empty choice before the others."""
    return [("", words), *choices]


class AgreementForm(PeriodForm):
    """The facts of an agreement made here or elsewhere."""

    title = forms.CharField(label="Title", max_length=300)
    reference = forms.CharField(label="Reference", max_length=100, required=False)
    channel = forms.ChoiceField(label="Channel", choices=CHANNELS)
    kind = forms.ChoiceField(label="Goods, services or works", choices=optional(KINDS), required=False)
    level = forms.ChoiceField(label="What it is", choices=LEVELS)
    parent = forms.ChoiceField(label="Part of", required=False, help_text="The framework, lot or agreement above it")
    opportunity = forms.ChoiceField(
        label="Opportunity it came from", required=False, help_text="It is marked as agreed"
    )
    provider = forms.ChoiceField(label="Provider", required=False)
    department = forms.ChoiceField(label="Department", required=False)
    owner = forms.ChoiceField(label="Owner", required=False, help_text="Who answers for this agreement day to day")
    regime = forms.ChoiceField(label="Regime", choices=optional(REGIMES), required=False)
    value = MoneyField(label="Value in pounds, including VAT", required=False)
    starts_on = DateField(label="Starts on", required=False)
    ends_on = DateField(label="Ends on", required=False)
    govuk = {"value": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"}}

    def __init__(self, *args: Any, choices: Mapping[str, Choices], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, found in choices.items():
            self.fields[name].choices = optional(found)  # type: ignore[attr-defined]


class TermsForm(PeriodForm):
    """An agreement's value and dates, changed with a reason."""

    value = MoneyField(
        label="Value in pounds, including VAT", required=False, min_value=None,
        help_text="Below zero for a contract that brings money in",
    )  # fmt: skip
    spent = MoneyField(label="Spent to date, in pounds", required=False, min_value=None)
    starts_on = DateField(label="Starts on", required=False)
    ends_on = DateField(label="Ends on", required=False)
    extension_months = forms.IntegerField(
        label="May be extended by (months)", required=False, min_value=0, max_value=240,
        error_messages={"invalid": "Enter whole months, such as 24"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why do they change?", max_length=400, help_text="It stays on record beside what was and what is"
    )
    written_against = forms.CharField(widget=forms.HiddenInput, max_length=16)
    govuk = {
        "value": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"},
        "spent": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"},
        "extension_months": {"classes": "govuk-input--width-3"},
    }

    def clean_extension_months(self) -> int:
        return self.cleaned_data["extension_months"] or 0


class OwnersForm(forms.Form):
    """Who answers for many agreements at once."""

    owner = forms.ChoiceField(label="Give those ticked to")

    def __init__(self, *args: Any, people: Choices, again: bool = False, **options: Any) -> None:
        options["auto_id"] = "give_%s"  # the list's own filter has an owner as well
        super().__init__(*args, **options)
        first = [("as-before", "Whoever had each before")] if again else []
        choices = [("", "Choose"), *first, *people, ("nobody", "Nobody")]
        self.fields["owner"].choices = choices  # type: ignore[attr-defined]


class CommitmentForm(PeriodForm):
    """A promise under an agreement."""

    measure = forms.ChoiceField(label="Measure", help_text="From the framework in force")
    wording = forms.CharField(
        label="Promise in words", max_length=500, required=False, help_text="Leave empty to use the measure's own title"
    )
    quantity = QuantityField(label="Quantity promised, in the measure's unit")
    basis = forms.ChoiceField(label="Basis", choices=BASES)
    basis_words = forms.CharField(label="When or for what, if it is not fixed", max_length=300, required=False)
    per_amount = MoneyField(
        label="For each how many pounds spent?",
        required=False,
        help_text="For a promise for each amount spent: 1,000,000",
    )
    per_count = QuantityField(
        label="For each how many times it happens?", required=False, help_text="For a trigger: 1 means each time"
    )
    rounding = forms.ChoiceField(
        label="How is a part of the amount counted?", choices=ROUNDINGS, initial="pro-rata", required=False,
        help_text="At one for each £1 million, £2.9 million is 2.9 pro rata, and 2 when only each full amount counts",
    )  # fmt: skip
    capped_at = QuantityField(label="At most how much in all?", required=False, help_text="Empty: no limit")
    starts_on = DateField(label="From", required=False, help_text="Empty: the start of the agreement")
    ends_on = DateField(label="Until", required=False, help_text="Empty: the end of the agreement")
    place = forms.CharField(label="Ward, council or LSOA code", max_length=12, required=False)
    place_role = forms.ChoiceField(label="What the place is", choices=PLACE_ROLES)
    owner = forms.ChoiceField(label="Owner", required=False)
    ask_line = forms.ChoiceField(label="Ask it answers", required=False)
    govuk = {
        "quantity": {"classes": "govuk-input--width-10"},
        "place": {"classes": "govuk-input--width-10"},
        "per_amount": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"},
        "per_count": {"classes": "govuk-input--width-10"},
        "capped_at": {"classes": "govuk-input--width-10"},
    }

    def __init__(self, *args: Any, choices: Mapping[str, Choices], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, found in choices.items():
            self.fields[name].choices = optional(found)  # type: ignore[attr-defined]

    def clean_rounding(self) -> str:
        return self.cleaned_data["rounding"] or "pro-rata"


#: Says of what was typed what is unlikely, by the tick that takes it all the same.
Asked = Callable[[Mapping[str, Any]], Mapping[str, list[str]]]
#: Refuses, as NotPossible, the place in what was typed that did not exist on its days.
CheckPlace = Callable[[Mapping[str, Any]], None]


class EntryForm(PeriodForm):
    """What was delivered under a promise. What is unlikely is asked about once, then taken: dates outside the promise's
    term, a quantity far beyond it, a place outside the body. A place that did not exist on those days is refused."""

    once = forms.CharField(required=False, widget=forms.HiddenInput)
    quantity = QuantityField(label="How much was delivered?")
    starts_on = DateField(label="From", required=False)
    ends_on = DateField(label="Until", required=False)
    place = forms.CharField(
        label="Where?",
        max_length=12,
        required=False,
        help_text="A ward, council or LSOA code. Empty: where it was promised",
    )
    note = forms.CharField(
        label="Anything that helps to understand it", widget=forms.Textarea, required=False, max_length=4000
    )
    evidence_kind = forms.ChoiceField(
        label="Evidence", choices=optional(EVIDENCE_KINDS, "No evidence yet"), required=False
    )
    evidence_words = forms.CharField(label="What the evidence shows", max_length=300, required=False)
    evidence_file = forms.FileField(label="File", required=False, help_text=f"{FILE_KINDS}, up to 20 MB")
    quantity_is_right = forms.BooleanField(label="Yes, this quantity is right", required=False)
    dates_are_right = forms.BooleanField(label="Yes, these dates are right", required=False)
    place_is_right = forms.BooleanField(label="Yes, this place is right", required=False)
    govuk = {
        "quantity": {"classes": "govuk-input--width-10"},
        "place": {"classes": "govuk-input--width-10"},
    }

    #: Each tick, and what else may be done.
    ticks = {
        "quantity_is_right": "Change the quantity, or tick that it is right.",
        "dates_are_right": "Change the dates, or tick that they are right.",
        "place_is_right": "Change the place, or tick that it is right.",
    }

    def __init__(self, *args: Any, asked: Asked, check_place: CheckPlace, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked, self.check_place = asked, check_place
        self._ticks = {name: self.fields.pop(name) for name in self.ticks}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, findings in self.asked(cleaned).items():
            if not findings:
                continue
            self.fields[name] = self._ticks[name]
            if not self.data.get(name):
                again = " Choose your file again, too." if cleaned.get("evidence_file") else ""
                self.add_error(name, f"{' '.join(findings)} {self.ticks[name]}{again}")
        if not self.errors.keys() & {"starts_on", "ends_on", "place"}:
            try:
                self.check_place(cleaned)
            except NotPossible as error:
                self.add_error("place", str(error))
        if cleaned.get("evidence_file") and not cleaned.get("evidence_kind"):
            self.add_error("evidence_kind", "Say what kind of evidence the file is")
        if cleaned.get("evidence_kind") and not (cleaned.get("evidence_words") or cleaned.get("evidence_file")):
            self.add_error("evidence_words", "Say in a few words what the evidence shows")
        return cleaned


class EvidenceForm(forms.Form):
    """Evidence for an entry that is there already."""

    kind = forms.ChoiceField(label="Kind of evidence", choices=EVIDENCE_KINDS)
    description = forms.CharField(label="What it shows", max_length=300)
    dated_on = DateField(label="Date on it", required=False)
    file = forms.FileField(label="File", required=False, help_text=f"{FILE_KINDS}, up to 20 MB")


class FactForm(forms.Form):
    """A dated fact about an entry, for a quantity of at most what was claimed."""

    quantity = QuantityField(label="For how much of it?")
    dated_on = DateField(label="Date")
    note = forms.CharField(label="Note", max_length=400, required=False)
    govuk = {"quantity": {"classes": "govuk-input--width-10"}}


class ConfirmationForm(FactForm):
    """What those who received it said."""

    confirmed_by = forms.CharField(
        label="Who confirmed it?", max_length=200, help_text="The school, group or organisation"
    )
    field_order = ["confirmed_by", "quantity", "dated_on", "note"]


class ReversalForm(forms.Form):
    """Why an entry is taken back."""

    reason = forms.CharField(label="Why is this entry wrong?", max_length=1000, widget=forms.Textarea)


class PaidJobsForm(forms.Form):
    """Which of spending and the jobs it pays for is valued."""

    valued = forms.ChoiceField(label="Which of the two is valued?", choices=VALUED_OF_TWO, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why?", max_length=400, widget=forms.Textarea, help_text="It stays beside the figures"
    )
    written_against = forms.CharField(max_length=20, widget=forms.HiddenInput)


class OwnerForm(forms.Form):
    """Who answers for it."""

    owner = forms.ChoiceField(label="Owner", required=False)

    def __init__(self, *args: Any, people: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = optional(people, "Nobody yet")  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """How and when an agreement ended."""

    state = forms.ChoiceField(
        label="How did it end?", choices=[("ended", "At its term"), ("terminated", "Early")], widget=forms.RadioSelect
    )
    ends_on = DateField(label="Last day")
    reason = forms.CharField(label="Reason", max_length=400)


class FileForm(forms.Form):
    """A tracker or a portal's export."""

    file = forms.FileField(
        label="Spreadsheet of contracts or promises",
        help_text=f"{TABLE_KINDS}, up to 20 MB, as it is: title lines, merged cells and totals are understood. You see "
        "what we read before anything is brought in.",
    )


class ColumnsForm(forms.Form):
    """What each column of a file is read as: three fields a column, numbered in the order of the file.

    `proposals` and `mapping` are as a batch keeps them.
    """

    mark_optional = False

    def __init__(
        self, *args: Any, proposals: Sequence[dict[str, Any]], mapping: Sequence[dict[str, Any]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.proposals = proposals
        used = {use["column"]: use for use in mapping}
        self.govuk: dict[str, dict[str, Any]] = {}
        hidden = {"label": {"classes": "govuk-visually-hidden"}}
        for number, proposal in enumerate(proposals):
            column = proposal["column"]
            use = used.get(column, {"field": "", "carried_down": False, "period": "", "measure": ""})
            self.fields[f"field_{number}"] = forms.ChoiceField(
                label=f"Column {proposal['letter']}, {column}, is", choices=field_choices(), required=False,
                initial=use["field"],
            )  # fmt: skip
            self.fields[f"carried_{number}"] = forms.BooleanField(
                label="Blank cells mean “as above”", required=False, initial=use["carried_down"]
            )
            self.fields[f"about_{number}"] = forms.CharField(
                label="Only for this period or promise", max_length=200, required=False,
                initial=use["period"] or use["measure"],
            )  # fmt: skip
            self.govuk[f"field_{number}"] = hidden
            self.govuk[f"about_{number}"] = {"label": {"classes": "govuk-label--s dl-small"}}
            self.govuk[f"carried_{number}"] = {"classes": "govuk-checkboxes--small"}

    def columns(self) -> list[dict[str, Any]]:
        """This will give each column with its three fields, as the page sets them."""
        return [
            proposal
            | {"field": self[f"field_{number}"], "carried": self[f"carried_{number}"], "about": self[f"about_{number}"]}
            for number, proposal in enumerate(self.proposals)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        taken: dict[tuple[str, str], str] = {}
        for number, proposal in enumerate(self.proposals):
            chosen, about = cleaned.get(f"field_{number}", ""), " ".join(cleaned.get(f"about_{number}", "").split())
            if not chosen:
                continue
            label = fields()[chosen].label
            if about and chosen not in REPEATED_FIELDS:
                self.add_error(f"about_{number}", f"{label} is told once, not by period or promise. Leave this empty.")
            if cleaned.get(f"carried_{number}") and chosen not in CARRIED_FIELDS:
                self.add_error(
                    f"carried_{number}", f"Only what names the contract can be “as above”, and {label} does not."
                )
            if (chosen, about) in taken:
                more = " Or say which period or promise each is for." if chosen in REPEATED_FIELDS else ""
                self.add_error(
                    f"field_{number}",
                    f"{label} is column {taken[chosen, about]} already. Leave one of the two out.{more}",
                )
            taken[chosen, about] = proposal["letter"]
        if not self.errors and not {chosen for chosen, _ in taken} & {"agreement.reference", "agreement.title"}:
            self.add_error(None, "Choose the column that names the contract: its reference or its title.")
        return cleaned

    def mapping(self) -> list[dict[str, Any]]:
        """This will give the chosen columns as a batch keeps them."""
        chosen = []
        for number, proposal in enumerate(self.proposals):
            name, about = self.cleaned_data[f"field_{number}"], " ".join(self.cleaned_data[f"about_{number}"].split())
            if not name:
                continue
            is_period = bool(about) and name.startswith("delivery.") and (
                about == proposal["period"] or isinstance(read_date(about), CellDate)
            )  # fmt: skip
            use = ColumnUse(
                proposal["column"], name, about if is_period else "", "" if is_period else about,
                bool(self.cleaned_data[f"carried_{number}"]),
            )  # fmt: skip
            chosen.append(asdict(use))
        return chosen


def field_choices() -> list[Any]:
    """This will list everything a column may be read as, by what it is about."""
    groups = {"agreement": "The contract", "commitment": "The promise", "delivery": "What was delivered"}
    found: dict[str, list[tuple[str, str]]] = {words: [] for words in groups.values()}
    for name, each in fields().items():
        found[groups[name.partition(".")[0]]].append((name, each.label))
    return [("", "Left out"), *((words, choices) for words, choices in found.items())]


class HandOverForm(forms.Form):
    """Who takes over what a leaver owns."""

    successor = forms.ChoiceField(label="Who takes it over?", required=False)
    end_access = forms.BooleanField(
        label="End this person’s access and appointments today", required=False,
        help_text="They can no longer sign in to work here. What they did stays on record under their name.",
    )  # fmt: skip

    def __init__(self, *args: Any, people: Choices, owns: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["successor"].choices = optional(people)  # type: ignore[attr-defined]
        self.fields["successor"].required = owns
        if not owns:
            del self.fields["successor"]
