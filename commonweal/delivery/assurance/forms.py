"""Forms of the assurance room. Choices that come from tables are handed in by the view."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from commonweal.base.files import KINDS as FILE_KINDS
from commonweal.base.govuk.forms import DateField, MoneyField, PeriodForm, QuantityField
from commonweal.delivery.assurance.vocabulary import ANSWERS, CLAIM_STATES, SETTLED
from commonweal.delivery.vocabulary import EVIDENCE_KINDS

Choices = Sequence[tuple[str, str]]
MOST_KEYS = 3000
SHORT = {"classes": "govuk-input--width-10"}


class ClaimFilters(forms.Form):
    """What the list of claims is narrowed to."""

    mark_optional = False
    text = forms.CharField(label="Promise, agreement or provider", required=False, max_length=200)
    state = forms.ChoiceField(
        label="State", required=False,
        choices=[("waiting", "To decide"), ("no-evidence", "Without evidence"), ("", "All"), *CLAIM_STATES[1:]],
    )  # fmt: skip


class DecisionForm(forms.Form):
    """What an officer decides on a claim."""

    decision = forms.ChoiceField(
        label="What do you decide?", widget=forms.RadioSelect,
        choices=[("accept", "Accept it"), ("changes", "Ask the provider for changes"), ("refuse", "Refuse it")],
    )  # fmt: skip
    quantity = QuantityField(
        label="How much of it do you accept?", required=False, help_text="Less than was claimed is a partial acceptance"
    )
    words = forms.CharField(
        label="Why?", required=False, max_length=1000, widget=forms.Textarea,
        help_text="Needed for anything but accepting the whole. The provider reads it and may contest.",
    )  # fmt: skip
    govuk = {"quantity": SHORT}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") == "accept" and cleaned.get("quantity") is None and "quantity" not in self.errors:
            self.add_error("quantity", "Say how much of it you accept")
        if cleaned.get("decision") in ("changes", "refuse") and not (cleaned.get("words") or "").strip():
            self.add_error("words", "Say why, in words the provider can act on")
        return cleaned


class ShareForm(forms.Form):
    """Evidence given for another claim, used for this one, too."""

    item = forms.ChoiceField(label="Which item?")
    share = QuantityField(
        label="Which share of it is for this claim, in per cent?",
        help_text="A register of 20 pupils of which 5 came to this: 25. The rest stays with the claim it was given for.",
    )  # fmt: skip
    govuk = {"share": {"classes": "govuk-input--width-3", "suffix": {"text": "%"}}}

    def __init__(self, *args: Any, items: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["item"].choices = [("", "Choose"), *items]  # type: ignore[attr-defined]

    def clean_share(self) -> Decimal:
        return Decimal(self.cleaned_data["share"]) / 100


class AssetForm(forms.Form):
    """Which one thing a claim is about."""

    label = forms.CharField(
        label="Which asset is it about?", max_length=200,
        help_text="An address with its postcode, or its number. Never a person’s name.",
    )  # fmt: skip


class KeysForm(forms.Form):
    """Keys of people that a provider made."""

    keys = forms.CharField(
        label=gettext_lazy("Keys, one a line"), widget=forms.Textarea,
        help_text=gettext_lazy("64 characters each, 0 to 9 and a to f, made with the salt of the period"),
    )  # fmt: skip

    def clean_keys(self) -> list[str]:
        keys = [line.strip().lower() for line in self.cleaned_data["keys"].splitlines() if line.strip()]
        if len(keys) > MOST_KEYS:
            raise forms.ValidationError(gettext_lazy("At most 3,000 keys at once. Send the rest after these."))
        return keys


class KeyPeriodForm(PeriodForm):
    """A period in which keys of people are taken."""

    name = forms.CharField(label="Name of the period", max_length=60)
    starts_on = DateField(label="From")
    ends_on = DateField(label="Until")
    expires_on = DateField(label="Keys and salt are deleted on")


class AskForm(forms.Form):
    """Whom to ask whether it happened."""

    organisation = forms.CharField(
        label="School, group or organisation", max_length=200, required=False,
        help_text="Empty only for an individual, and where a data protection assessment is recorded",
    )  # fmt: skip
    name = forms.CharField(label="Name of the person to ask", max_length=200)
    email = forms.EmailField(label="Their e-mail address", max_length=200)
    language = forms.ChoiceField(
        label="Language of the question",
        choices=[("en", "English"), ("cy", "Welsh")],
        widget=forms.RadioSelect,
        initial="en",
    )


class AssessmentForm(forms.Form):
    """A data protection assessment of an agreement."""

    reference = forms.CharField(label="Reference of the assessment", max_length=200)
    dated_on = DateField(label="Signed on")


class ConfirmForm(forms.Form):
    """What someone who received a delivery says of it."""

    answer = forms.ChoiceField(label=gettext_lazy("Your answer"), choices=ANSWERS, widget=forms.RadioSelect)
    quantity = QuantityField(label=gettext_lazy("How much did you receive?"), required=False)
    comment = forms.CharField(
        label=gettext_lazy("Anything you want to say about it"), required=False, max_length=1000, widget=forms.Textarea,
        help_text=gettext_lazy("Those who asked you read it. Please name no person."),
    )  # fmt: skip
    govuk = {"quantity": SHORT, "comment": {"rows": 3}}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("answer") == "some" and cleaned.get("quantity") is None and "quantity" not in self.errors:
            self.add_error("quantity", gettext_lazy("Give the number that you received"))
        return cleaned


class SettleForm(forms.Form):
    """How a flag is settled."""

    settled_as = forms.ChoiceField(label="Are they the same?", choices=SETTLED, widget=forms.RadioSelect)
    words = forms.CharField(label="How do you know?", max_length=400, widget=forms.Textarea)


class RuleForm(forms.Form):
    """From when on a second officer accepts a claim."""

    value_above = MoneyField(
        label="Value of a claim above which two officers accept it, in pounds", required=False,
        help_text="By the framework’s own value of one unit, where it has one. Empty: no limit.",
    )  # fmt: skip
    share_above = QuantityField(
        label="Share of its promise above which two officers accept it, in per cent", required=False,
        help_text="50 means: more than half of the promise at once. Empty: no limit.",
    )  # fmt: skip
    reason = forms.CharField(label="Why?", max_length=400)
    govuk = {
        "value_above": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"},
        "share_above": {"suffix": {"text": "%"}, "classes": "govuk-input--width-3"},
    }

    def clean_share_above(self) -> Decimal | None:
        given = self.cleaned_data["share_above"]
        return None if given is None else Decimal(given) / 100


class SampleForm(PeriodForm):
    """What to draw a sample from."""

    title = forms.CharField(
        label="What is it for?", max_length=200, help_text="Internal audit of quarter 2, for example"
    )
    starts_on = DateField(label="Deliveries that ended from")
    ends_on = DateField(label="Until")
    agreement = forms.ChoiceField(label="Agreement", required=False)
    sure = forms.ChoiceField(
        label="How sure should it be?", choices=[("95", "95 times in 100"), ("90", "90 times in 100")], required=False,
    )  # fmt: skip
    within = QuantityField(
        label="Within how many points?", required=False,
        help_text="5 means: the share of claims that stand is known to 5 percentage points either way",
    )  # fmt: skip
    expected = QuantityField(
        label="Share of claims you expect to stand, in per cent", required=False,
        help_text="Empty: 50, which asks for the largest sample",
    )  # fmt: skip
    size = forms.IntegerField(
        label="How many entries?", min_value=1, max_value=2000, required=False,
        help_text="Empty: we work it out from how sure and how close, and show it before anything is drawn",
    )  # fmt: skip
    seed = forms.CharField(
        label="Seed", required=False, max_length=40,
        help_text="Any word or number, best thrown in front of a witness. Empty: we make one. It stays on record.",
    )  # fmt: skip
    govuk = {
        "size": {"classes": "govuk-input--width-3"}, "seed": SHORT,
        "within": {"suffix": {"text": "points"}, "classes": "govuk-input--width-3"},
        "expected": {"suffix": {"text": "%"}, "classes": "govuk-input--width-3"},
    }  # fmt: skip

    def __init__(self, *args: Any, agreements: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agreement"].choices = [("", "All of the body"), *agreements]  # type: ignore[attr-defined]

    def clean_within(self) -> Decimal | None:
        return self._part("within", "A precision")

    def clean_expected(self) -> Decimal | None:
        return self._part("expected", "The share expected")

    def _part(self, name: str, words: str) -> Decimal | None:
        given = self.cleaned_data[name]
        if given is not None and not 0 < given < 100:
            raise forms.ValidationError(f"{words} is more than 0 and less than 100.")
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and given.get("size") is None and given.get("within") is None:
            self.add_error("size", "Say how many entries, or within how many points the share should be known.")
        return given

    def clean_seed(self) -> str:
        return re.sub(r"\s+", " ", self.cleaned_data["seed"]).strip()


class FindingForm(forms.Form):
    """What an auditor found of one entry drawn."""

    found = QuantityField(label="How much of it did you find?", help_text="0 where nothing of it stands")
    note = forms.CharField(label="Note", max_length=400, required=False)
    govuk = {"found": SHORT}


class AnswerForm(forms.Form):
    """What a provider answers to an officer who asked for changes."""

    words = forms.CharField(label=gettext_lazy("Your answer"), max_length=1000, widget=forms.Textarea)
    quantity = QuantityField(
        label=gettext_lazy("The right quantity, if it was wrong"), required=False,
        help_text=gettext_lazy("Empty: it stays as it was. Your first figure stays on record beside the new one."),
    )  # fmt: skip
    evidence_kind = forms.ChoiceField(
        label=gettext_lazy("More evidence"),
        required=False,
        choices=[("", gettext_lazy("No more evidence")), *EVIDENCE_KINDS],
    )
    evidence_file = forms.FileField(label=gettext_lazy("File"), required=False, help_text=f"{FILE_KINDS}, up to 20 MB")
    govuk = {"quantity": SHORT}


class ContestForm(forms.Form):
    """Why a provider contests a decision."""

    words = forms.CharField(
        label=gettext_lazy("Why is the decision wrong?"), max_length=1000, widget=forms.Textarea,
        help_text=gettext_lazy("Somebody who has not decided on it yet reads this and decides."),
    )  # fmt: skip


class OfficerAnswerForm(AnswerForm):
    """What an officer answers in the place of a provider to whom nobody can write."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["words"].label = "What does the provider answer?"
        self.fields["words"].help_text = "Say how you know it: by telephone, in a meeting, from a letter."


class OfficerContestForm(ContestForm):
    """Why a provider contests a decision, keyed for it by an officer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["words"].label = "Why does the provider say that the decision is wrong?"
