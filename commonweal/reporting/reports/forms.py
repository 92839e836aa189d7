"""Forms of newsletters, their readers and the pre-election calendar. Choices from tables are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from commonweal.base.govuk.forms import DateField
from commonweal.reporting.reports.vocabulary import LANGUAGES, NUDGES, REPORT_KINDS

Choices = Sequence[tuple[str, str]]


class NewsletterForm(forms.Form):
    """What is chosen for a newsletter; all else is read from the record."""

    quarter = forms.ChoiceField(label="Which quarter?")
    opening = forms.CharField(
        label="An opening line", max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence or two to the people who deliver. The figures and stories follow by themselves",
    )  # fmt: skip
    opening_cy = forms.CharField(
        label="The opening line in Welsh", max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    stories = forms.MultipleChoiceField(label="Which stories?", required=False, widget=forms.CheckboxSelectMultiple)
    first = forms.ChoiceField(
        label="Which comes first?", required=False, help_text="The others follow, the newest first"
    )
    nudges = forms.MultipleChoiceField(
        label="Which reminders for good employers?", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(id, title) for id, title, _words in NUDGES], help_text="Two or three are read; eight are not",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, quarters: Choices, stories: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        if quarters:
            self.fields["quarter"].choices = quarters  # type: ignore[attr-defined]
        else:
            del self.fields["quarter"]
        if stories:
            self.fields["stories"].choices = stories  # type: ignore[attr-defined]
            self.fields["first"].choices = [("", "The newest"), *stories]  # type: ignore[attr-defined]
        else:
            del self.fields["stories"], self.fields["first"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, chosen = cleaned.get("first"), cleaned.get("stories", [])
        if first and first not in chosen:
            self.add_error("first", "Tick this story above too, or let another come first")
        return cleaned

    @property
    def chosen(self) -> list[str]:
        """The stories in the order in which they stand."""
        picked = list(self.cleaned_data.get("stories", []))
        first = self.cleaned_data.get("first")
        return [first, *(each for each in picked if each != first)] if first else picked


class ReaderForm(forms.Form):
    """Somebody who is to get the newsletter."""

    email = forms.EmailField(label="E-mail address")
    name = forms.CharField(label="What they are called", max_length=200, required=False)
    organisation = forms.CharField(label="Their organisation", max_length=300, required=False)
    language = forms.ChoiceField(label="In which language?", choices=LANGUAGES, widget=forms.RadioSelect, initial="en")


class PeriodForm(forms.Form):
    """A time before an election."""

    title = forms.CharField(
        label="Which election?", max_length=200, help_text="Such as: Alderbrook Council election, 6 May 2027"
    )
    starts_on = DateField(
        label="Publicity is held from", help_text="Usually the day the notice of election is published"
    )
    ends_on = DateField(label="Polling day", help_text="The last day of the hold")
    source = forms.CharField(
        label="Where are the dates from?", max_length=300, help_text="Such as: notice of election, electoral services"
    )


class EndPeriodForm(forms.Form):
    """Why a time before an election ends early."""

    words = forms.CharField(label="Why does it end early?", max_length=400)


class LetThroughForm(forms.Form):
    """Why something cannot wait."""

    reason = forms.CharField(
        label="Why can it not wait until after the election?", max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text="It stays on record under your name, and stands on the calendar",
    )  # fmt: skip


class BeginReportForm(forms.Form):
    """Which report of which year."""

    kind = forms.ChoiceField(label="Which report?", choices=REPORT_KINDS, widget=forms.RadioSelect)
    year = forms.ChoiceField(label="Of which year?")

    def __init__(self, *args: Any, years: Choices, law: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"].choices = years  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, law if kind == "statutory" else words) for kind, words in REPORT_KINDS if kind != "statutory" or law
        ]


class WordsForm(forms.Form):
    """What a body says in one section of a report. Figures come from the record."""

    en = forms.CharField(
        label="In English", max_length=6000, required=False, widget=forms.Textarea(attrs={"rows": 8}), strip=True
    )
    cy = forms.CharField(
        label="In Welsh", max_length=6000, required=False, widget=forms.Textarea(attrs={"rows": 8}), strip=True,
        help_text="Where there are none, the Welsh report has the English words and says in which language they are",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks: str, welsh: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["en"].help_text = f"{asks}. Leave the figures out: they come from the record"
        if not welsh:
            del self.fields["cy"]


class ReportStoriesForm(forms.Form):
    """Which stories an annual report tells."""

    stories = forms.MultipleChoiceField(label="Which stories?", required=False, widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, stories: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["stories"].choices = stories  # type: ignore[attr-defined]
