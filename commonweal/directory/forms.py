"""Forms of the directory; choices that come from the database are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from commonweal.base.access import BODY_ROLES, ROLES
from commonweal.base.govuk.forms import DateField

Choices = Sequence[tuple[str, str]]
ROLE_CHOICES = [(role, words) for role, words in ROLES.items() if role in BODY_ROLES]

#: What someone may do for a provider, in the words of whoever invites them.
PROVIDER_ROLES = {
    "provider-contributor": _("Report what was delivered"),
    "provider-admin": _("Report, invite colleagues and end their access"),
}


def _chosen(form: forms.Form, field: str, choices: Choices, *, empty: str = "") -> None:
    chosen = form.fields[field]
    assert isinstance(chosen, forms.ChoiceField)
    chosen.choices = [("", empty), *choices] if empty else list(choices)


class StaffFilter(forms.Form):
    """The filters of the list of staff."""

    mark_optional = False
    words = forms.CharField(label="Name or e-mail", required=False, max_length=100)
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "Any role"), *ROLE_CHOICES])


class InviteForm(forms.Form):
    """Someone to invite to a body, and their roles."""

    email = forms.EmailField(
        label="E-mail address", help_text="They sign in with it.", max_length=254,
        error_messages={"required": "Enter their e-mail address"},
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label="What will they do here?", choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role"},
    )  # fmt: skip
    govuk = {"email": {"autocomplete": "off"}}


class InviteForProviderForm(forms.Form):
    """Someone to invite to a provider, and what they may do for it."""

    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("They sign in with it."), max_length=254,
        error_messages={"required": _("Enter their e-mail address")},
    )  # fmt: skip
    role = forms.ChoiceField(
        label=_("What will they do?"), choices=list(PROVIDER_ROLES.items()), widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they will do")},
    )  # fmt: skip
    govuk = {"email": {"autocomplete": "off"}}


class AcceptForm(forms.Form):
    """What an invited person gives: their name if we do not know it, and a password if they have no way to sign in."""

    name = forms.CharField(label=_("Your full name"), max_length=150, error_messages={"required": _("Enter your name")})
    password = forms.CharField(
        label=_("Choose a password"), help_text=_("At least 12 characters. Three words in a row are easy to keep."),
        widget=forms.PasswordInput, max_length=200, strip=False,
        error_messages={"required": _("Choose a password")},
    )  # fmt: skip
    govuk = {"name": {"autocomplete": "name"}, "password": {"autocomplete": "new-password"}}

    def __init__(self, *args: Any, named: bool, signs_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if named:
            del self.fields["name"]
        if signs_in:
            del self.fields["password"]

    def clean_password(self) -> str:
        """This will hold a new password to the rules for passwords."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class RoleForm(forms.Form):
    """One more role for someone."""

    role = forms.ChoiceField(
        label="Which role?", widget=forms.RadioSelect, error_messages={"required": "Choose a role"}
    )

    def __init__(self, *args: Any, roles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _chosen(self, "role", roles)


class ConfirmForm(forms.Form):
    """Nothing to fill in: sending it is the confirmation."""


class AppointmentForm(forms.Form):
    """Who answers for what, from when."""

    person = forms.ChoiceField(label="Who?", error_messages={"required": "Choose a person"})
    kind = forms.ChoiceField(label="As what?", widget=forms.RadioSelect, error_messages={"required": "Choose one"})
    topic = forms.CharField(
        label="Contact about", required=False, max_length=200,
        help_text="For a contact or a champion: what people should come to them for, for example “Apprenticeships”.",
    )  # fmt: skip
    topic_cy = forms.CharField(label="The same in Welsh", required=False, max_length=200)
    department = forms.ChoiceField(label="Department", required=False)
    starts_on = DateField(label="From", help_text="For example, 21 11 2026")

    def __init__(
        self, *args: Any, people: Choices, kinds: Choices, departments: Choices, welsh: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _chosen(self, "person", people, empty="Choose a person")
        _chosen(self, "kind", kinds)
        _chosen(self, "department", departments, empty="The whole body")
        if not welsh:
            del self.fields["topic_cy"]


class EndAppointmentForm(forms.Form):
    """The last day of an appointment."""

    ends_on = DateField(label="Last day", help_text="For example, 21 11 2026")


class WordsFilter(forms.Form):
    """One box: words in the name."""

    mark_optional = False
    words = forms.CharField(label="Words in the name", required=False, max_length=100)


class DepartmentForm(forms.Form):
    """A department."""

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the department’s name"})
    name_cy = forms.CharField(label="Name in Welsh", required=False, max_length=200)
    parent = forms.ChoiceField(label="Part of", required=False)

    def __init__(self, *args: Any, parents: Choices, welsh: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _chosen(self, "parent", parents, empty="No other department")
        if not welsh:
            del self.fields["name_cy"]


class EndDepartmentForm(forms.Form):
    """The day a department ended."""

    ended_on = DateField(label="When did it end?", help_text="For example, 31 3 2027")


class OrganisationFilter(forms.Form):
    """The filters of the list of organisations."""

    mark_optional = False
    words = forms.CharField(label="Name or number", required=False, max_length=100)
    form = forms.ChoiceField(label="Kind", required=False)
    size = forms.ChoiceField(label="Size", required=False)

    def __init__(self, *args: Any, sizes: Choices, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _chosen(self, "form", kinds, empty="Any kind")
        _chosen(self, "size", sizes, empty="Any size")


class ChangeOrganisationForm(forms.Form):
    """What a body knows of an organisation."""

    name = forms.CharField(label="Name", max_length=300, error_messages={"required": "Enter the organisation’s name"})
    form = forms.ChoiceField(label="Kind")
    size = forms.ChoiceField(
        label="Size",
        help_text="By staff: micro has fewer than 10, small fewer than 50, medium fewer than 250.",
    )
    company_number = forms.CharField(
        label="Company number", required=False, max_length=20, help_text="From Companies House, for example 09506232"
    )
    charity_number = forms.CharField(
        label="Charity number", required=False, max_length=20,
        help_text="For example 279417, SC042386 or NIC100019",
    )  # fmt: skip
    place_code = forms.CharField(
        label="Place", required=False, max_length=12, help_text="The code of its council or ward, for example E08000024"
    )
    govuk = {
        "company_number": {"classes": "govuk-input--width-10"},
        "charity_number": {"classes": "govuk-input--width-10"},
        "place_code": {"classes": "govuk-input--width-10"},
    }

    def __init__(self, *args: Any, sizes: Choices, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _chosen(self, "form", kinds)
        _chosen(self, "size", sizes)


class OrganisationForm(ChangeOrganisationForm):
    """An organisation to record, with the identifier of another register if it has one."""

    org_id = forms.CharField(
        label="Other identifier", required=False, max_length=60,
        help_text="With its register in front, for example GB-PPON-PBZB-4962-TVLR or GB-NHS-RAX",
    )  # fmt: skip
    govuk = ChangeOrganisationForm.govuk | {"org_id": {"classes": "govuk-input--width-20"}}


class AccreditationForm(forms.Form):
    """Something an organisation holds."""

    name = forms.CharField(
        label="What does it hold?", max_length=200, help_text="For example, Real Living Wage Employer",
        error_messages={"required": "Enter what it holds"},
    )  # fmt: skip
    expires_on = DateField(
        label="Until", required=False, help_text="For example, 31 3 2027. Leave empty if it has no end."
    )


class PlaceFilter(forms.Form):
    """Finding a place by name or code."""

    mark_optional = False
    words = forms.CharField(label="Name or code", required=False, max_length=100)
    kind = forms.ChoiceField(label="Kind of place", required=False)

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _chosen(self, "kind", kinds, empty="Any kind")


class PostcodeForm(forms.Form):
    """Finding the places of a postcode."""

    mark_optional = False
    postcode = forms.CharField(
        label="Postcode",
        help_text="For example, SR1 3NX",
        max_length=12,
        error_messages={"required": "Enter a postcode"},
    )
    govuk = {"postcode": {"classes": "govuk-input--width-10", "autocomplete": "postal-code"}}


class DayForm(forms.Form):
    """Seeing a place as it was on another day."""

    mark_optional = False
    on = DateField(label="See it on another day", required=False, help_text="For example, 31 3 2019")
