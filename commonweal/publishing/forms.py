"""The forms of publishing: what lists are narrowed to, and why an agreement is taken off the site."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from commonweal.publishing.vocabulary import CHANNELS, PAGE_KINDS, STATES, STATUSES


class AgreementFilters(forms.Form):
    """What the public list of agreements is narrowed to."""

    mark_optional = False
    text = forms.CharField(label=_("Title, provider or buyer"), required=False, max_length=200)
    channel = forms.ChoiceField(
        label=_("How it came about"), required=False, choices=[("", _("All")), *CHANNELS.items()]
    )
    state = forms.ChoiceField(label=_("Running or ended"), required=False, choices=[("", _("All")), *STATES.items()])


class LineFilters(forms.Form):
    """What the public list of promises is narrowed to; themes and places are handed in."""

    mark_optional = False
    text = forms.CharField(label=_("Promise or agreement"), required=False, max_length=200)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    status = forms.ChoiceField(
        label=_("How far delivered"), required=False, choices=[("", _("All")), *STATUSES.items()]
    )
    place = forms.ChoiceField(label=_("Place"), required=False)
    agreement = forms.CharField(required=False, max_length=14, widget=forms.HiddenInput)
    figure = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(
        self, *args: object, themes: Sequence[tuple[str, str]], places: Sequence[tuple[str, str]], **named: object
    ) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        for name, choices in (("theme", themes), ("place", places)):
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]


class PageFilters(forms.Form):
    """What the staff list of public pages is narrowed to."""

    mark_optional = False
    kind = forms.ChoiceField(label="Kind of page", required=False, choices=[("", "All"), *PAGE_KINDS.items()])


class WithdrawForm(forms.Form):
    """Why an agreement is taken off the public site."""

    reason = forms.CharField(
        label="Why is it taken off?",
        help_text="Kept in the record of your organisation. The public does not see it.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PreviewForm(forms.Form):
    """What a provider says before the public reads it."""

    answer = forms.ChoiceField(
        label=_("What do you say to it?"), widget=forms.RadioSelect,
        choices=[("agrees", _("It is right: it may be public now")), ("contests", _("Something is wrong"))],
    )  # fmt: skip
    words = forms.CharField(
        label=_("What is wrong, and how you know"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Needed only where something is wrong"),
    )  # fmt: skip


class CorrectionForm(forms.Form):
    """How an officer answers a correction that a provider asks for."""

    answer = forms.ChoiceField(
        label="What follows?", widget=forms.RadioSelect,
        choices=[("correct", "The record is corrected; the provider sees it anew"), ("keep", "It stays as it is")],
    )  # fmt: skip
    words = forms.CharField(
        label="What you looked at, and why", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The provider reads it",
    )  # fmt: skip
