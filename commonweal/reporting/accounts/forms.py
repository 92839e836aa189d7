"""Forms of accounts."""

from __future__ import annotations

from django import forms

from commonweal.base.govuk.forms import MoneyField
from commonweal.reporting.accounts.vocabulary import BASIS, LATE_RULE


def _area(rows: int, **options: object) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)  # type: ignore[arg-type]


class PrepareForm(forms.Form):
    """What is said about an account."""

    basis = _area(
        5,
        label="Basis of preparation",
        max_length=2000,
        initial=BASIS,
        help_text="By which rules the figures were made. Readers see it",
    )
    late_rule = _area(3, label="Rule for what comes late", max_length=1000, initial=LATE_RULE)
    materiality = MoneyField(
        label="Materiality, in pounds",
        help_text="What comes to less than this would not change a reader’s mind, and does not restate the account",
    )  # fmt: skip


class RestateForm(PrepareForm):
    """What is said about an account that takes the place of another, and why it does."""

    reason = _area(
        4,
        label="Why the account is restated",
        max_length=2000,
        help_text="In words for readers: what was wrong or came late, and how it was found",
    )
    field_order = ("reason", "basis", "late_rule", "materiality")


class WithdrawForm(forms.Form):
    """Why an account that was prepared is not published."""

    words = forms.CharField(label="Why is it withdrawn?", max_length=400)
