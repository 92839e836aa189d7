"""Forms of the returns room. What providers see is in the language of their page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commonweal.base.files import KINDS
from commonweal.base.govuk.forms import DateField, PeriodForm
from commonweal.base.templatetags.figures import page_language
from commonweal.base.units import is_money, unit_alone
from commonweal.delivery.returns.amounts import NotAQuantity, read_told
from commonweal.delivery.returns.vocabulary import EVERY
from commonweal.delivery.vocabulary import EVIDENCE_KINDS


class ToldField(forms.Field):
    """A quantity in one unit, as people type it."""

    def __init__(self, *, unit: str, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"maxlength": 40}), **options)
        self.unit = unit

    def to_python(self, value: Any) -> Any:
        """This will read what was typed, exactly; raises ValidationError that says what to type."""
        try:
            return read_told(str(value or "")[:80], self.unit)
        except NotAQuantity as error:
            raise ValidationError(str(error), code="invalid") from None


class LineForm(PeriodForm):
    """What somebody reports on one promise."""

    mark_optional = False
    quantity = forms.CharField(required=False)
    transferred = forms.CharField(required=False)
    starts_on = DateField(label=gettext_lazy("From"), required=False)
    ends_on = DateField(label=gettext_lazy("Until"), required=False)
    place = forms.CharField(
        label=gettext_lazy("Where?"), max_length=12, required=False,
        help_text=gettext_lazy("A ward, council or LSOA code. Empty: where it was promised"),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Anything that helps to understand it"), widget=forms.Textarea(attrs={"rows": 3}),
        required=False, max_length=4000,
    )  # fmt: skip
    evidence_kind = forms.ChoiceField(label=gettext_lazy("Evidence"), required=False)
    evidence_words = forms.CharField(label=gettext_lazy("What the evidence shows"), max_length=300, required=False)
    evidence_file = forms.FileField(
        label=gettext_lazy("File"), required=False,
        help_text=gettext_lazy("%(kinds)s, up to 20 MB"),
    )  # fmt: skip
    in_confidence = forms.BooleanField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    govuk: dict[str, dict[str, Any]] = {
        "quantity": {"classes": "govuk-input--width-10", "inputmode": "decimal"},
        "transferred": {"classes": "govuk-input--width-10", "inputmode": "decimal"},
        "place": {"classes": "govuk-input--width-10"},
    }

    def __init__(
        self, *args: Any, unit: str, jobs: bool, prime: str, far_beyond: Callable[[Decimal], list[str]], **options: Any
    ) -> None:
        """`jobs` asks for those transferred; `prime` names the provider a sub-contractor may keep its figures from;
        `far_beyond` says of a quantity that it is unlikely."""
        super().__init__(*args, **options)
        self.far_beyond = far_beyond
        words = unit_alone(unit, page_language())
        label = _("How many %(unit)s?") % {"unit": words} if words else _("How many?")
        if is_money(unit):
            label = _("How much, in pounds?")
            self.govuk = self.govuk | {"quantity": {"classes": "govuk-input--width-10", "prefix": {"text": "£"}}}
        self.fields["quantity"] = ToldField(unit=unit, label=label, required=False)
        if jobs:
            self.fields["transferred"] = ToldField(
                unit=unit, required=False, label=_("Of these, transferred from another employer"),
                help_text=_("People who came with the contract (TUPE). They are shown, and not counted as created."),
            )  # fmt: skip
        else:
            del self.fields["transferred"]
        self.fields["evidence_kind"].choices = [("", _("No evidence yet")), *EVIDENCE_KINDS]  # type: ignore[attr-defined]
        self.fields["evidence_file"].help_text = _("%(kinds)s, up to 20 MB") % {"kinds": _(KINDS)}
        if prime:
            self.fields["in_confidence"].label = _("Send these figures in confidence, past %(prime)s") % {
                "prime": prime
            }
            self.fields["in_confidence"].help_text = _(
                "%(prime)s sees that you have answered, and no figure."
            ) % {"prime": prime}  # fmt: skip
        else:
            del self.fields["in_confidence"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "quantity" not in self.errors and cleaned.get("quantity") is None:
            self.add_error("quantity", _("Give a number, or choose “Nothing this period”."))
        if cleaned.get("in_confidence") and cleaned.get("quantity") is not None and "quietly" not in self.data:
            self._ask_once(cleaned["quantity"])
        if cleaned.get("evidence_file") and not cleaned.get("evidence_kind"):
            self.add_error("evidence_kind", _("Say what kind of evidence the file is"))
        if cleaned.get("evidence_kind") and not (
            cleaned.get("evidence_words") or cleaned.get("evidence_file") or self.initial.get("has_file")
        ):
            self.add_error("evidence_words", _("Say in a few words what the evidence shows"))
        return cleaned

    def _ask_once(self, quantity: Decimal) -> None:
        """This will ask about a figure far beyond its promise that nobody but the body reads before it counts."""
        findings = self.far_beyond(quantity)
        if not findings:
            return
        self.fields["quantity_is_right"] = forms.BooleanField(label=_("Yes, this quantity is right"), required=False)
        if not self.data.get("quantity_is_right"):
            words = _("Change the quantity, or tick that it is right.")
            self.add_error("quantity_is_right", f"{' '.join(findings)} {words}")


class PassOnForm(forms.Form):
    """Who reports on some of the lines instead."""

    lines = forms.MultipleChoiceField(
        label=gettext_lazy("Which lines?"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one line to pass on")},
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Their name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"), max_length=254,
        help_text=gettext_lazy("They get a link of their own, which opens these lines alone"),
    )  # fmt: skip
    organisation = forms.CharField(
        label=gettext_lazy("Their organisation, if they are a sub-contractor"), max_length=200, required=False,
        help_text=gettext_lazy("Leave empty for a colleague. A sub-contractor may send its figures in confidence."),
    )  # fmt: skip
    govuk = {"email": {"spellcheck": False, "autocomplete": "off"}, "name": {"autocomplete": "off"}}

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lines"].choices = list(choices)  # type: ignore[attr-defined]


class WorkbookForm(forms.Form):
    """A workbook filled in elsewhere."""

    file = forms.FileField(
        label=gettext_lazy("The workbook you filled in"),
        help_text=gettext_lazy("Excel (.xlsx), OpenDocument or CSV, up to 20 MB. You see what was read before anything is kept."),
    )  # fmt: skip


class ScheduleForm(forms.Form):
    """How often an agreement's provider reports."""

    every = forms.ChoiceField(label="How often", choices=EVERY, widget=forms.RadioSelect)
    days_allowed = forms.IntegerField(
        label="Days allowed after the end of a period", min_value=1, max_value=120,
        error_messages={"invalid": "Enter whole days, such as 20", "min_value": "Allow at least one day",
                        "max_value": "Allow at most 120 days"},
    )  # fmt: skip
    first_on = DateField(label="First period to ask for", help_text="Any day in it")
    name = forms.CharField(label="Who reports: their name", max_length=200, required=False)
    email = forms.EmailField(
        label="Their e-mail address", max_length=254, required=False,
        help_text="They get a link by e-mail when a period is over. They need no account.",
    )  # fmt: skip
    govuk = {"days_allowed": {"classes": "govuk-input--width-3"}, "email": {"spellcheck": False}}

    def __init__(self, *args: Any, names_someone: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not names_someone:
            del self.fields["name"], self.fields["email"]


class ReporterForm(forms.Form):
    """Somebody else who is asked for the returns of an agreement."""

    name = forms.CharField(label="Their name", max_length=200)
    email = forms.EmailField(
        label="Their e-mail address", max_length=254, help_text="They are asked for every return still to come"
    )
    govuk = {"email": {"spellcheck": False, "autocomplete": "off"}, "name": {"autocomplete": "off"}}


class ChangesForm(forms.Form):
    """What should change in a return."""

    words = forms.CharField(
        label="What should change?", widget=forms.Textarea, max_length=2000,
        help_text="The provider reads this. Everything it wrote stays, and its link stays open.",
    )  # fmt: skip


WAITING = [
    ("", "All"), ("late", "Late"), ("us", "Waiting for us"), ("them", "Waiting for the provider"),
    ("done", "Signed off"),
]  # fmt: skip


class FilterForm(forms.Form):
    """What the list of returns is narrowed to."""

    mark_optional = False
    text = forms.CharField(label="Agreement, reference or provider", required=False, max_length=200)
    waiting = forms.ChoiceField(label="Waiting for", required=False, choices=WAITING)
