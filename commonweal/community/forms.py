"""Forms of the community room: a need in a group's own words, what becomes of it, and what lists are narrowed to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commonweal.base.access import ANY_STAFF, ROLES
from commonweal.base.govuk.forms import DateField, QuantityField
from commonweal.community.vocabulary import AGES, KINDS

Choices = Sequence[tuple[str, Any]]
ALL = ("", _("All"))
STATE_FILTERS: Choices = [
    ("open", "Open"), ("waiting", "Waiting to be looked at"), ("published", "Published"), ("sent-back", "Sent back"),
    ("due", "Due or closed"), ("fulfilled", "Fulfilled"), ("expired", "Ran out of time"), ("withdrawn", "Withdrawn"),
]  # fmt: skip


class NeedForm(forms.Form):
    """What a group needs, in plain words; the version it is written against goes along."""

    title = forms.CharField(
        label=_("What do you need?"), max_length=120,
        help_text=_("A few words, as you would say it to a neighbour. For example: “Twelve folding chairs”."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("What kind of help is it?"), choices=KINDS, widget=forms.RadioSelect)
    details = forms.CharField(
        label=_("What is it for?"), required=False, max_length=1500, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Who would it help, and what would change? Leave out names of people, above all of children, and addresses "
            "and telephone numbers. Everybody can read this."
        ),
    )  # fmt: skip
    quantity = QuantityField(
        label=_("How many, or how much?"), required=False, help_text=_("A number. Leave it empty if you do not know.")
    )
    unit = forms.CharField(
        label=_("Of what?"), required=False, max_length=60, help_text=_("For example: chairs, hours, sessions.")
    )
    least = forms.CharField(
        label=_("What would help at least?"), required=False, max_length=300,
        help_text=_("If you cannot get all of it. For example: “Six would get us through the winter”."),
    )  # fmt: skip
    ages = forms.ChoiceField(label=_("Who would it help most?"), choices=AGES)
    place = forms.ChoiceField(
        label=_("Where would people feel the difference?"), required=False,
        help_text=_("The ward, not your address."),
    )  # fmt: skip
    wanted_by = DateField(
        label=_("Do you need it by a certain day?"), required=False, help_text=_("Leave it empty if there is no hurry.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, places: Choices, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["place"].choices = [("", _("The whole area, or not one place")), *places]  # type: ignore[attr-defined]


class OfficerNeedForm(NeedForm):
    """A need that an officer posts for a group: the group, and whom to contact there."""

    group = forms.CharField(
        label=_("Which group is it for?"), max_length=300, help_text=_("Its name, as the public will read it.")
    )
    contact_name = forms.CharField(label=_("Who should we contact there?"), max_length=200)
    contact_email = forms.EmailField(label=_("Their e-mail address"), help_text=_("Never shown to the public."))
    field_order = ("group", "contact_name", "contact_email")


class LinkForm(forms.Form):
    """Whom to send the link by which a group posts and follows its needs."""

    group = forms.CharField(
        label="Which group is it for?", max_length=300,
        help_text="Its name, as the public will read it. A group that has posted before keeps its page.",
    )  # fmt: skip
    contact_name = forms.CharField(label="Who gets the link?", max_length=200)
    contact_email = forms.EmailField(
        label="Their e-mail address",
        help_text="They need no account. The link is theirs; it is not used up by opening.",
    )


class PublishForm(forms.Form):
    """What an officer publishes, and the measure it comes closest to."""

    measure = forms.ChoiceField(
        label="Which measure does it come closest to?", required=False,
        help_text="So that promises of the same kind are found for it. The group and the public do not see it.",
    )  # fmt: skip
    waiting_since = DateField(
        label="Was it published before, elsewhere?", required=False,
        help_text="The day, if you bring it from a list kept elsewhere: its wait is counted from there.",
    )  # fmt: skip
    read = forms.BooleanField(label="I have read what is marked above, and it may be public")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, measures: Choices, has_hints: bool, is_first: bool, **named: Any) -> None:
        super().__init__(*args, **named)
        if not is_first:
            del self.fields["waiting_since"]
        self.fields["measure"].choices = [("", "None of them"), *measures]  # type: ignore[attr-defined]
        if not has_hints:
            del self.fields["read"]


class ReasonForm(forms.Form):
    """Why something is sent back, taken back or withdrawn."""

    reason = forms.CharField(label=_("Why?"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, label: Any = None, hint: Any = "", required: bool = True, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["reason"].label = label or self.fields["reason"].label
        self.fields["reason"].help_text = hint
        self.fields["reason"].required = required


class MatchForm(forms.Form):
    """Who could help with a need, how much of it, and what the group should know."""

    helper = forms.CharField(label="Who could help?", max_length=300, help_text="The group reads this name.")
    quantity = QuantityField(label="How much of it?", required=False, help_text="Leave it empty for all of it.")
    note = forms.CharField(
        label="What should the group know?", required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    """A group's answer to what it was offered."""

    answer = forms.ChoiceField(
        label=_("Do you want this help?"), widget=forms.RadioSelect,
        choices=[("yes", _("Yes, please")), ("no", _("No, thank you"))],
    )  # fmt: skip
    words = forms.CharField(label=_("If not, why not?"), required=False, max_length=400)


class ReceiptForm(forms.Form):
    """What a group says of the help it was promised: the answer is the button it presses."""

    mark_optional = True
    quantity = QuantityField(label=_("How much arrived?"), required=False)
    comment = forms.CharField(
        label=_("Anything to say about it?"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The council reads this. It is not published."),
    )  # fmt: skip

    def __init__(self, *args: Any, unit: str = "", asked: Any = None, **named: Any) -> None:
        super().__init__(*args, **named)
        if not unit:
            del self.fields["quantity"]
        else:
            hint = _("In %(unit)s. Leave it empty if all of it came.") % {"unit": unit}
            self.fields["quantity"].help_text = hint


class ThanksForm(forms.Form):
    """Thanks in a group's own words."""

    words = forms.CharField(
        label=_("Your thanks, in your own words"), max_length=600, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Leave out names of people, above all of children."),
    )  # fmt: skip
    may_be_public = forms.BooleanField(label=_("The council may publish these words"), required=False)


class StillForm(forms.Form):
    """Whether a group still needs something: the answer is the button it presses."""


class HelpForm(forms.Form):
    """What somebody without an account could do for a need. The last field is a trap: people do not see it."""

    name = forms.CharField(
        label=_("Your name, and who you work for if that matters"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    words = forms.CharField(
        label=_("What could you do?"), max_length=1500, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("How much of it, and when. An officer of the council reads this and writes back. It is not published."),
    )  # fmt: skip
    website = forms.CharField(label=_("Leave this empty"), required=False, max_length=200)

    @property
    def is_trapped(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.cleaned_data.get("website"))


class HelpAnswerForm(forms.Form):
    """What became of an offer of help."""

    state = forms.ChoiceField(
        label="What became of it?", widget=forms.RadioSelect,
        choices=[("answered", "I have written back"), ("set-aside", "Set it aside: it is no offer of help")],
    )  # fmt: skip
    note = forms.CharField(label="A note for colleagues", required=False, max_length=300)


class RulesForm(forms.Form):
    """How a body runs its wish list."""

    is_open = forms.BooleanField(label="Groups can post needs", required=False)
    most_open = forms.IntegerField(
        label="How many open needs may a group have at once?", min_value=1, max_value=50,
        help_text="Three is what South Ayrshire Council’s published guidance allows.",
    )  # fmt: skip
    stands_months = forms.IntegerField(
        label="For how many months does a need stand?", min_value=1, max_value=60,
        help_text="Then the group is asked whether it still needs it. A need with a day of its own is asked about on that day.",
    )  # fmt: skip
    moderators = forms.MultipleChoiceField(
        label="Who looks at needs before they are published?", widget=forms.CheckboxSelectMultiple,
        choices=[(role, ROLES[role]) for role in ANY_STAFF if role in ("lead", "contract-manager", "department-officer", "buyer")],
    )  # fmt: skip


class Filters(forms.Form):
    """What the staff list of needs is narrowed to."""

    mark_optional = False
    text = forms.CharField(label="Words, or the group", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *STATE_FILTERS])
    kind = forms.ChoiceField(label="Kind of help", required=False, choices=[("", "All"), *KINDS])
    ages = forms.ChoiceField(label="Who it helps", required=False, choices=[("", "All"), *AGES])
    place = forms.ChoiceField(label="Place", required=False)

    def __init__(self, *args: Any, places: Choices, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["place"].choices = [("", "All"), *places]  # type: ignore[attr-defined]


class PublicFilters(forms.Form):
    """What the public list of needs is narrowed to."""

    mark_optional = False
    text = forms.CharField(label=_("Words"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind of help"), required=False, choices=[ALL, *KINDS])
    ages = forms.ChoiceField(label=_("Who it helps"), required=False, choices=[ALL, *AGES])
    place = forms.ChoiceField(label=_("Place"), required=False)
    state = forms.ChoiceField(
        label=_("Open or not"), required=False,
        choices=[("", _("Open")), ("fulfilled", _("Fulfilled")), ("closed", _("Closed")), ("due", _("Due or closed")),
                 ("all", _("All"))],
    )  # fmt: skip

    def __init__(self, *args: Any, places: Choices, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["place"].choices = [ALL, *places]  # type: ignore[attr-defined]
