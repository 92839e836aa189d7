"""Forms of the room of changes. Choices that come from tables are handed in by the view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commonweal.asks.vocabulary import PLACE_ROLES
from commonweal.base.govuk.forms import DateField, MoneyField, QuantityField
from commonweal.delivery.changes.ranking import CannotRank, Tenderer, read_rows
from commonweal.delivery.changes.vocabulary import BASES, CLOSINGS, KINDS, LINE_KINDS, METHODS, RANKING, TIE_RULES

Choices = Sequence[tuple[str, str]]
_POUNDS = {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"}
_ONE_LINE = {"classes": "govuk-input--width-10"}


class ChangeForm(forms.Form):
    """A change as it is begun: why, on what ground, and what it does to value and term."""

    title = forms.CharField(label="What changes, in a few words?", max_length=200)
    kind = forms.ChoiceField(label="What kind of change is it?", choices=KINDS)
    why = forms.CharField(label="Why?", widget=forms.Textarea, max_length=1000)
    ground = forms.ChoiceField(label="On what ground?")
    ground_words = forms.CharField(
        label="The clause, or how the ground is met", widget=forms.Textarea, required=False, max_length=1000
    )
    takes_from_on = DateField(
        label="From which day does it count?", help_text="Today or later. What was promised before stays as it was"
    )
    value_after = MoneyField(
        label="Value of the agreement after it", required=False, min_value=None, help_text="Empty: it stays the same"
    )
    ends_after = DateField(label="Last day after it", required=False, help_text="Empty: it stays the same")
    cost_before = MoneyField(label="What keeping the promises costs the provider now", required=False)
    cost_after = MoneyField(label="What it costs after the change", required=False)
    ranking = forms.ChoiceField(
        label="Would the ranking have been another, had this been bid?", choices=RANKING, initial="unknown"
    )
    ranking_reason = forms.CharField(label="How do you know?", required=False, max_length=1000)
    uses_credit = forms.BooleanField(label="Meet what is lost with a credit", required=False)
    govuk = {"value_after": _POUNDS, "cost_before": _POUNDS, "cost_after": _POUNDS}

    def __init__(self, *args: Any, grounds: Choices, has_clause: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["ground"].choices = [("", "Choose"), *grounds]  # type: ignore[attr-defined]
        if not has_clause:
            del self.fields["uses_credit"]


class LineForm(forms.Form):
    """What a change does to one promise, or the promise that it adds."""

    kind = forms.ChoiceField(label="What happens?", choices=LINE_KINDS)
    before = forms.ChoiceField(label="To which promise?", required=False, help_text="Empty when a promise is added")
    quantity_after = QuantityField(
        label="How much is promised after?", help_text="Of the promise itself, or of what is added or takes its place"
    )
    measure = forms.ChoiceField(
        label="Measure of what is added or takes its place", required=False, help_text="From the framework in force"
    )
    wording = forms.CharField(label="That promise in words", max_length=500, required=False)
    ends_on = DateField(label="Until", required=False, help_text="Empty: the end of the agreement")
    place_code = forms.CharField(label="Ward, council or LSOA code", max_length=12, required=False)
    place_role = forms.ChoiceField(label="What the place is", choices=PLACE_ROLES)
    need = forms.ChoiceField(label="Need of the wish list that it meets", required=False)
    reason = forms.CharField(
        label="Why this, if outcome or place differ?", max_length=500, required=False, widget=forms.Textarea
    )
    govuk = {"quantity_after": _ONE_LINE, "place_code": _ONE_LINE}

    def __init__(self, *args: Any, choices: Mapping[str, Choices], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, found in choices.items():
            self.fields[name].choices = [("", "Not chosen"), *found]  # type: ignore[attr-defined]


class StepForm(forms.Form):
    """The version that a step was written against."""

    written_against = forms.IntegerField(widget=forms.HiddenInput)


class DropForm(StepForm):
    """Why a change is dropped."""

    reason = forms.CharField(label="Why is it dropped?", max_length=500)


class SignForm(forms.Form):
    """A legal opinion."""

    may_be_made = forms.ChoiceField(
        label="May the change be made in law?", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    words = forms.CharField(label="Why, in a sentence", max_length=1000, widget=forms.Textarea)


class DecideForm(StepForm):
    """The decision on an agreed change."""

    approves = forms.ChoiceField(
        label="Do you approve it?", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    words = forms.CharField(label="Why, in a sentence", max_length=1000, required=False, widget=forms.Textarea)
    excuse = forms.CharField(
        label="Where less stands after it, or it cannot be compared: why is it right all the same?", max_length=1000,
        required=False, widget=forms.Textarea, help_text="It stays on record under your name",
    )  # fmt: skip


class AnswerForm(StepForm):
    """The provider's answer."""

    agrees = forms.ChoiceField(
        label=_("Do you agree to this change?"), choices=[("yes", _("Yes, we agree")), ("no", _("No, we refuse"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label=_("Anything to say?"), max_length=1000, required=False, widget=forms.Textarea,
        help_text=_("If you refuse, say why"),
    )  # fmt: skip


class CreditForm(forms.Form):
    """A credit for what was accepted beyond a promise."""

    commitment = forms.ChoiceField(label="Beyond which promise?")
    quantity = QuantityField(label="How much of the surplus is credited?")
    reason = forms.CharField(label="Why?", max_length=500)
    govuk = {"quantity": _ONE_LINE}

    def __init__(self, *args: Any, promises: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["commitment"].choices = list(promises)  # type: ignore[attr-defined]


#: The figures of a tenderer, in the order of a row.
FIGURES = (
    "name or letter", "price", "points for price", "points for quality", "points for social value",
    "social value offered in £",
)  # fmt: skip


class ScoresForm(forms.Form):
    """The scores of an award as they stood."""

    rows = forms.CharField(
        label="The tenderers, one in a row", widget=forms.Textarea, max_length=5000,
        help_text="Copy the rows from the sheet, or part the figures with semicolons: " + "; ".join(FIGURES)
        + ". Points are already weighted. The last may be left out where no pounds were offered. Such as: "
        "Tenderer B; 950000; 36.5; 30; 14; 120000",
    )  # fmt: skip
    awarded = forms.CharField(label="Which of them was awarded?", max_length=120, help_text="Its name as in the row")
    points = QuantityField(label="All points there were", initial="100")
    decimals = forms.IntegerField(label="Decimals of a published score", min_value=0, max_value=6, initial=2)
    price_weight = QuantityField(label="Weight of price, per cent")
    quality_weight = QuantityField(label="Weight of quality, per cent")
    social_value_weight = QuantityField(label="Weight of social value, per cent")
    method = forms.ChoiceField(
        label="How was social value scored?", choices=METHODS,
        help_text="The first three score a changed offer anew. For the others you enter its points on the change",
    )  # fmt: skip
    target = QuantityField(
        label="What earned all the points",
        required=False,
        help_text="For “Target: all the points from a level of pounds”",
    )
    target_basis = forms.ChoiceField(label="In what is that?", choices=BASES)
    estimated_value = MoneyField(
        label="Estimated value of the contract", required=False, help_text="Where offers were scored against it"
    )
    tie_rule = forms.ChoiceField(label="What if two had the same total?", choices=TIE_RULES)
    edition = forms.ChoiceField(
        label="Edition the offer was made under", required=False,
        help_text="A changed offer is valued at this edition, even where a later one is in force",
    )  # fmt: skip
    source = forms.CharField(label="Where are the scores from?", max_length=300)
    written_against = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    govuk = dict.fromkeys(
        ("points", "decimals", "price_weight", "quality_weight", "social_value_weight", "target"), _ONE_LINE
    ) | {"estimated_value": _POUNDS}

    def __init__(self, *args: Any, editions: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["edition"].choices = [*editions, ("", "Not known")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """This will read the rows into tenderers, and say which row and figure cannot be read."""
        said = super().clean() or {}
        if "rows" not in said or "awarded" not in said:
            return said
        try:
            rows = read_rows(said["rows"], said["awarded"], FIGURES)
        except CannotRank as error:
            self.add_error("rows", str(error))
            return said
        said["tenderers"] = tuple(self._tenderer(number, cells, said) for number, cells in enumerate(rows, 1))
        return said

    def _tenderer(self, number: int, cells: list[str], said: dict[str, Any]) -> Tenderer:
        amounts: list[Any] = []
        fields = (MoneyField(), *(QuantityField() for _ in range(3)), MoneyField(required=False))
        for field, name, cell in zip(fields, FIGURES[1:], cells[1:], strict=True):
            try:
                amounts.append(field.clean(cell.replace("£", "").replace(",", "").strip()))
            except forms.ValidationError as error:
                self.add_error("rows", f"Row {number}, {name}: {error.messages[0]}")
                amounts.append(None)
        return Tenderer(
            label=cells[0][:120], price=amounts[0], price_points=amounts[1], quality_points=amounts[2],
            social_value_points=amounts[3], offer=amounts[4], awarded=cells[0] == said["awarded"].strip(),
        )  # fmt: skip


class RescoreForm(forms.Form):
    """The points that the awarded offer would have had with a change, where they cannot be worked out."""

    social_value_points = QuantityField(
        label="Points for social value after it",
        required=False,
        help_text="Already weighted. Empty: they are worked out",
    )
    price = MoneyField(label="Price after it", required=False, help_text="Only where the value moves")
    price_points = QuantityField(
        label="Points for price after it",
        required=False,
        help_text="Only where the value moves, by the published formula",
    )
    why = forms.CharField(
        label="How were they found?", max_length=1000, widget=forms.Textarea,
        help_text="Such as who marked it again, by which table of marks",
    )  # fmt: skip
    govuk = {"social_value_points": _ONE_LINE, "price_points": _ONE_LINE, "price": _POUNDS}


class ClauseForm(forms.Form):
    """Whether the contract has a clause on change and credit, and its figures as they stand in it."""

    stands = forms.ChoiceField(
        label="Does the contract have a clause on change and credit?", widget=forms.RadioSelect,
        choices=[("yes", "Yes, with these figures"), ("no", "No, it has none")],
    )  # fmt: skip
    expiry_months = QuantityField(label="After how many months does a credit run out?", required=False)
    cap_percent = QuantityField(
        label="How much of any one promise may credits meet, in per cent?", required=False,
        help_text="100 where the clause sets no limit",
    )  # fmt: skip
    written_against = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    govuk = {"expiry_months": _ONE_LINE, "cap_percent": _ONE_LINE}

    def clean(self) -> dict[str, Any]:
        """This will give both figures as whole numbers; parts of a month or of a per cent are refused."""
        said = super().clean() or {}
        for name in ("expiry_months", "cap_percent"):
            found = said.get(name)
            if found is not None and found != found.to_integral_value():
                self.add_error(name, "Enter a whole number, such as 12")
            elif found is not None:
                said[name] = int(found)
        return said


class CloseForm(forms.Form):
    """How an agreement closes."""

    how = forms.ChoiceField(label="How does it close?", choices=CLOSINGS, widget=forms.RadioSelect)
    last_day = DateField(label="Its last day")
    why = forms.CharField(label="Why?", max_length=1000, widget=forms.Textarea)
    follows = forms.CharField(
        label="What follows for what was promised?", max_length=1000, widget=forms.Textarea,
        help_text="Such as who takes it on, a claim in the insolvency, or that it is lost",
    )  # fmt: skip
