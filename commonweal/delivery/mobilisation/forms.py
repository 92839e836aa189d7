"""Forms of mobilisation. Choices that come from tables are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commonweal.base.govuk.forms import DateField, QuantityField
from commonweal.delivery.mobilisation.vocabulary import MAIL_STATES
from commonweal.engine.profile import ProfilePart

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField

Choices = Sequence[tuple[str, str]]


class QueryForm(forms.Form):
    """A question about a promise."""

    words = forms.CharField(
        label=_("What do you want to ask about this promise?"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It stays on record with its answer. A contract manager answers it."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The answer to a question about a promise."""

    words = forms.CharField(
        label="Your answer", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The promise itself stays as it is. To change what was promised, agree a change.",
    )  # fmt: skip


class ProfileForm(forms.Form):
    """The quarters of every promise of an agreement that can have them, and when and with whom they were agreed."""

    agreed_on = DateField(label="Agreed on", help_text="The day both sides agreed these quarters.")
    agreed_with = forms.CharField(
        label="Who agreed for the provider",
        max_length=200,
        required=False,
        help_text="A name or a role, as you know it.",
    )
    reason = forms.CharField(
        label="Why the quarters change", max_length=400, required=False,
        help_text="Leave it empty the first time they are agreed.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, promises: Sequence[tuple[Any, tuple[ProfilePart, ...], int]], **options: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.promises = promises
        for commitment, parts, version in promises:
            self.fields[f"v-{commitment.public_id}"] = forms.IntegerField(widget=forms.HiddenInput, initial=version)
            for index, part in enumerate(parts):
                field = QuantityField(label=f"{commitment.wording}, {part.quarter.label}", initial=part.quantity)
                field.error_messages["required"] = (
                    f"Fill in {part.quarter.label} of “{commitment.wording}”, 0 for nothing"
                )
                self.fields[f"q-{commitment.public_id}-{index}"] = field

    def boxes(self, commitment: Any, parts: Sequence[ProfilePart]) -> list[BoundField]:
        """This will give the boxes of a promise, quarter by quarter."""
        return [self[f"q-{commitment.public_id}-{index}"] for index in range(len(parts))]

    def profiles(self) -> dict[Any, tuple[ProfilePart, ...]]:
        """This will give what was written, as quarters by promise."""
        return {
            commitment: tuple(
                ProfilePart(part.quarter, self.cleaned_data[f"q-{commitment.public_id}-{index}"])
                for index, part in enumerate(parts)
            )
            for commitment, parts, _version in self.promises
        }

    def written_against(self) -> dict[int, int]:
        """This will give the version each promise's quarters were written against."""
        return {each.pk: self.cleaned_data[f"v-{each.public_id}"] for each, _parts, _version in self.promises}


class WhoseForm(forms.Form):
    """What a calendar or the picture of reports is narrowed to."""

    mark_optional = False
    owner = forms.ChoiceField(label="Owner of the agreement", required=False)
    provider = forms.ChoiceField(label="Provider", required=False)

    def __init__(self, *args: Any, owners: Choices, providers: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [("", "All"), ("nobody", "Nobody yet"), *owners]  # type: ignore[attr-defined]
        self.fields["provider"].choices = [("", "All"), *providers]  # type: ignore[attr-defined]


class CompletenessForm(WhoseForm):
    """The picture's own: agreements or promises down the side, and where its two years begin."""

    only = forms.ChoiceField(
        label="Which lines?", required=False, choices=[("", "All, overdue first"), ("overdue", "Only what is overdue")]
    )
    by = forms.ChoiceField(
        label="Down the side", required=False, choices=[("", "Agreements"), ("promises", "Promises")]
    )
    year = forms.ChoiceField(label="Two years from April", required=False)

    def __init__(self, *args: Any, years: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"].choices = list(years)  # type: ignore[attr-defined]


class MailFilters(forms.Form):
    """What the outbox is narrowed to."""

    mark_optional = False
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *MAIL_STATES])
    text = forms.CharField(label="Words in the subject", required=False, max_length=200)
