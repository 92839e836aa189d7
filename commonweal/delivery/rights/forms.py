"""The form of the rights room: one choice for each agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from commonweal.delivery.vocabulary import RIGHTS

#: What a form says of an agreement that somebody has nothing to do with.
NOT_THEIRS: Final = "none"


class RightsForm(forms.Form):
    """What somebody may do on each agreement; `agreements` are (field, label, hint, what they may do now)."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, agreements: Sequence[tuple[str, str, str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, hint, now in agreements:
            self.fields[name] = forms.ChoiceField(
                label=label, help_text=hint, choices=[(NOT_THEIRS, _("Not theirs")), *RIGHTS], initial=now or NOT_THEIRS
            )


class ConfirmForm(forms.Form):
    """Nothing to fill in: a page that asks once more."""
