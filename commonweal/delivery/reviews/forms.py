"""Forms of reviews, early warnings, indicators and ratings. Choices that come from tables are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commonweal.base.files import KINDS as FILE_KINDS
from commonweal.base.govuk.forms import DateField, PeriodForm, QuantityField
from commonweal.delivery.reviews.vocabulary import (
    ATTENDANCE,
    EVERY_MONTHS,
    KINDS,
    RATINGS,
    REVIEW_STATES,
    RHYTHM_WORDS,
    SENSES,
    SIDES,
)

Choices = Sequence[tuple[str, str]]


def _area(**options: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **options)


class ReviewFilters(forms.Form):
    """What the list of reviews is narrowed to."""

    mark_optional = False
    text = forms.CharField(label="Agreement or provider", required=False, max_length=200)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *KINDS])
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *REVIEW_STATES])


class PlanForm(forms.Form):
    """A meeting to come, or a series of them."""

    kind = forms.ChoiceField(label="What kind of meeting?", choices=KINDS, widget=forms.RadioSelect)
    first_on = DateField(label="When?")
    repeats = forms.BooleanField(
        label="And then again in its usual rhythm: a formal review "
        f"{RHYTHM_WORDS['formal']}, a touchpoint {RHYTHM_WORDS['touchpoint']}",
        required=False,
    )
    last_on = DateField(label="Until", required=False, help_text="Empty: the end of the agreement. At most 30 at once")
    led_by = forms.ChoiceField(label="Who leads it for the body?", required=False)

    def __init__(self, *args: Any, people: Choices, ends_known: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ends_known = ends_known
        self.fields["led_by"].choices = [("", "Whoever owns the agreement"), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            cleaned.get("repeats")
            and not cleaned.get("last_on")
            and not self.ends_known
            and "last_on" not in self.errors
        ):
            self.add_error("last_on", "The agreement has no last day on record, so say until when to plan")
        return cleaned


class HoldForm(forms.Form):
    """What is noted of a meeting."""

    held_on = DateField(label="When was it held?")
    attended = forms.MultipleChoiceField(
        label="Who was there?", choices=ATTENDANCE, widget=forms.CheckboxSelectMultiple, required=False,
        help_text="By what they do. No names are kept here",
    )  # fmt: skip
    note = _area(label="What was said", max_length=8000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = _area(label="Why?", max_length=400)


class ActionForm(forms.Form):
    """What somebody takes on."""

    words = forms.CharField(label="What is to be done?", max_length=400)
    side = forms.ChoiceField(label="Who does it?", choices=SIDES, widget=forms.RadioSelect)
    owner = forms.ChoiceField(label="If it is the body: who?", required=False)
    owner_words = forms.CharField(
        label="If it is the provider: who, by what they do?", max_length=100, required=False,
        help_text="Such as: apprenticeship coordinator",
    )  # fmt: skip
    due_on = DateField(label="By when?")

    def __init__(self, *args: Any, people: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [("", "Choose"), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("side") == "body" and not cleaned.get("owner"):
            self.add_error("owner", "Choose who of your body does it")
        return cleaned


class CloseActionForm(forms.Form):
    """Done, or carried on to a later meeting."""

    how = forms.ChoiceField(
        label="What became of it?", choices=[("done", "It is done"), ("carried", "It is carried on")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    outcome = forms.CharField(label="What came of it, or why it is carried on", max_length=400)
    review = forms.ChoiceField(label="If carried on: to which meeting?", required=False)
    due_on = DateField(label="If carried on: by when now?", required=False)

    def __init__(self, *args: Any, reviews: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["review"].choices = [("", "Choose"), *reviews]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("how") == "carried":
            if not cleaned.get("review") and "review" not in self.errors:
                self.add_error("review", "Choose the meeting it is carried on to")
            if not cleaned.get("due_on") and "due_on" not in self.errors:
                self.add_error("due_on", "Say by when it is to be done now")
        return cleaned


class WarningForm(forms.Form):
    """What one side sees coming."""

    commitment = forms.ChoiceField(label=_("Which promise?"), required=False)
    what = forms.CharField(label=_("What may slip?"), max_length=400)
    how_much = forms.CharField(
        label=_("By how much?"), max_length=200, help_text=_("Such as: two starts of six, or until March")
    )
    proposed = _area(label=_("What do you propose?"), max_length=1000)

    def __init__(self, *args: Any, promises: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["commitment"].choices = [("", _("The agreement as a whole")), *promises]  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """How an early warning was settled."""

    outcome = _area(label="What was agreed, or what happened?", max_length=1000)


class KpiForm(forms.Form):
    """An indicator with the target and bands of its contract."""

    commitment = forms.ChoiceField(
        label="Which promise does it count?", required=False, help_text="An indicator may count something else too"
    )
    title = forms.CharField(label="Title", max_length=300)
    unit = forms.CharField(label="Unit", max_length=80, help_text="Such as: starts, hours, % of calls answered")
    sense = forms.ChoiceField(label="Good is", choices=SENSES, widget=forms.RadioSelect)
    target = QuantityField(label="Target for each period", help_text="Good: at it or better")
    approaching = QuantityField(label="Approaching target from", help_text="90 % of the target is usual")
    improvement = QuantityField(
        label="Requires improvement from", help_text="Anything worse is Inadequate. 70 % of the target is usual"
    )
    every_months = forms.TypedChoiceField(label="A period is", choices=EVERY_MONTHS, coerce=int)
    starts_on = DateField(label="Counted from")
    clause = forms.CharField(label="Where the contract says so", max_length=100, required=False)
    govuk = {name: {"classes": "govuk-input--width-10"} for name in ("target", "approaching", "improvement", "unit")}

    def __init__(self, *args: Any, promises: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["commitment"].choices = [("", "None: it counts something else"), *promises]  # type: ignore[attr-defined]


class EndKpiForm(forms.Form):
    """When and why an indicator ended."""

    ended_on = DateField(label="Last day it counts")
    why = forms.CharField(label="Why?", max_length=400)


class ExemptionForm(forms.Form):
    """Why too few indicators are set."""

    reason = _area(
        label="Why could the performance not be judged by indicators?", max_length=1000,
        help_text="It stays on record under your name, and is in the notice",
    )  # fmt: skip


class PeriodChoiceForm(PeriodForm):
    """The period an indicator is rated for."""

    starts_on = DateField(label="From")
    ends_on = DateField(label="Until")


class RatingForm(forms.Form):
    """The figure of a period, and the rating where it is another than its bands give."""

    figure = QuantityField(label="Figure", required=False, help_text="Empty: there is none, and the rating is Other")
    figure_why = forms.CharField(
        label="Where the figure comes from, if not from the record", max_length=400, required=False
    )
    rating = forms.ChoiceField(
        label="Rating", required=False, choices=[("", "As the bands give it"), *RATINGS],
    )  # fmt: skip
    reason = _area(label="Why, if it is another than the bands give, or Other", max_length=1000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    govuk = {"figure": {"classes": "govuk-input--width-10"}}


class DraftForm(RatingForm, PeriodChoiceForm):
    """A new rating: its period and its figure."""

    field_order = ["starts_on", "ends_on", "figure", "figure_why", "rating", "reason"]


class SendForm(forms.Form):
    """How long the provider has to respond."""

    days = forms.IntegerField(label="Days to respond", min_value=1, max_value=60, initial=10)
    govuk = {"days": {"classes": "govuk-input--width-3"}}


class DecideForm(forms.Form):
    """The decision of a named officer."""

    decided = forms.ChoiceField(label="Rating", choices=RATINGS, widget=forms.RadioSelect)
    words = _area(
        label="How you decided", max_length=1000, required=False,
        help_text="Needed where the provider contests it or you decide otherwise. The provider reads it",
    )  # fmt: skip
    plan = forms.CharField(
        label="Where the improvement plan is", max_length=300, required=False,
        help_text="Needed for Inadequate: a reference, or the file itself",
    )  # fmt: skip
    plan_file = forms.FileField(label="Improvement plan", required=False, help_text=f"{FILE_KINDS}, up to 20 MB")


class OtherPlanForm(forms.Form):
    """Another improvement plan for a rating that is decided."""

    plan = forms.CharField(
        label="Where the improvement plan is", max_length=300, required=False,
        help_text="A reference, or send the file itself",
    )  # fmt: skip
    plan_file = forms.FileField(label="Improvement plan", required=False, help_text=f"{FILE_KINDS}, up to 20 MB")


class ResponseForm(forms.Form):
    """What the provider says to a rating."""

    answer = forms.ChoiceField(
        label=_("What do you say to it?"), choices=[("agrees", _("We agree")), ("contests", _("We contest it"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = _area(
        label=_("In your own words"), max_length=2000, required=False,
        help_text=_("Needed where you contest it: what is wrong, and how you know"),
    )  # fmt: skip
