"""What people write about frameworks, the strategy and the plan. Choices are handed in by the views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from commonweal.base.govuk.forms import DateField

Choices = Sequence[tuple[str, str]]


class MeasureFilterForm(forms.Form):
    """What to show of an edition's measures."""

    mark_optional = False

    text = forms.CharField(label="Words in the title, code or unit", required=False, max_length=100)
    theme = forms.ChoiceField(label="Theme", required=False)
    figure = forms.ChoiceField(
        label="Kind of figure",
        required=False,
        choices=[("", "All"), ("valued", "Has a value in £"), ("count", "Counted only"), ("story", "Told as a story")],
    )

    def __init__(self, *args: Any, themes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [("", "All themes"), *themes]  # type: ignore[attr-defined]


class ChooseFrameworkForm(forms.Form):
    """From when a body uses an edition, and why."""

    starts_on = DateField(label="Use it from", help_text="For example, 1 4 2027. Asks made from this day on use it.")
    reason = forms.CharField(
        label="Why", max_length=300, help_text="One sentence that an auditor would understand in five years’ time."
    )


class EndChoiceForm(forms.Form):
    """The last day a body uses an edition, and why."""

    ends_on = DateField(label="Last day", help_text="Asks made up to and on this day keep it.")
    reason = forms.CharField(label="Why", max_length=300)


class NodeForm(forms.Form):
    """What a part of the strategy says, whose it is and when it runs."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label="Title", max_length=200)
    title_cy = forms.CharField(
        label="Title in Welsh", max_length=200, required=False, widget=forms.TextInput(attrs={"lang": "cy"})
    )
    words = forms.CharField(
        label="What it means, in a sentence or two", max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="Printed on the plan on a page, so the shorter the better.",
    )  # fmt: skip
    words_cy = forms.CharField(
        label="The same in Welsh", max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "cy"}),
    )  # fmt: skip
    owner = forms.ChoiceField(label="Who owns it", required=False)
    department = forms.ChoiceField(label="Department", required=False)
    starts_on = DateField(label="First day", required=False)
    ends_on = DateField(label="Last day", required=False)

    def __init__(self, *args: Any, owners: Choices, departments: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "Nobody yet"), *owners]  # type: ignore[attr-defined]
        self.fields["department"].choices = [("", "The whole body"), *departments]  # type: ignore[attr-defined]


class AddNodeForm(NodeForm):
    """A new part of the strategy: what it is and where it stands, besides what it says."""

    version = None  # type: ignore[assignment]
    kind = forms.ChoiceField(label="What is it?", widget=forms.RadioSelect)
    parent = forms.ChoiceField(label="Stands under", required=False)
    field_order = ("kind", "parent")

    def __init__(self, *args: Any, kinds: Choices, parents: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["parent"].choices = [("", "Nothing: it is at the top"), *parents]  # type: ignore[attr-defined]


class MoveNodeForm(forms.Form):
    """Where a part of the strategy stands."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    parent = forms.ChoiceField(label="Stands under", required=False)
    place = forms.IntegerField(
        label="Place among its neighbours", min_value=1, max_value=999,
        help_text="1 is first. A number past the end puts it last.",
    )  # fmt: skip
    govuk = {"place": {"classes": "govuk-input--width-3"}}

    def __init__(self, *args: Any, parents: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", "Nothing: at the top"), *parents]  # type: ignore[attr-defined]


class EndNodeForm(forms.Form):
    """The last day of a part of the strategy."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    ends_on = DateField(label="Last day", help_text="It stays in the record and can still be read.")


class OutcomesForm(forms.Form):
    """The outcomes a part of the strategy is tied to: one group of boxes for each theme."""

    mark_optional = False

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, groups: Sequence[tuple[str, Choices]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.govuk = {f"group{number}": {"classes": "govuk-checkboxes--small"} for number in range(len(groups))}
        for number, (title, choices) in enumerate(groups):
            self.fields[f"group{number}"] = forms.MultipleChoiceField(
                label=title, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )

    def outcomes(self) -> set[tuple[str, str]]:
        """This will give what was ticked, as (framework id, outcome id)."""
        ticked = {key for name, keys in self.cleaned_data.items() if name != "version" for key in keys}
        return {(key.partition("/")[0], key.partition("/")[2]) for key in ticked}
