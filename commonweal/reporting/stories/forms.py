"""Forms of stories, consents and ratings. Choices that come from tables are handed in by the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commonweal.base.govuk.forms import DateField
from commonweal.engine.stories import rubric
from commonweal.reporting.stories.vocabulary import ABOUT, CAPACITIES, HOW, STORY_STATES, USES

Choices = Sequence[tuple[str, str]]


def _area(rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)


class StoryFilters(forms.Form):
    """What the list of stories is narrowed to."""

    mark_optional = False
    text = forms.CharField(label="Words or agreement", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *STORY_STATES])
    about = forms.ChoiceField(label="About", required=False, choices=[("", "All"), *ABOUT])


class WordsForm(forms.Form):
    """The words of a story, in English and where there is one in Welsh."""

    title = forms.CharField(
        label=_("Title: what changed, in a sentence"), max_length=200,
        help_text=_("Such as: “Now I can get to work on time”"),
    )  # fmt: skip
    words = _area(
        12, label=_("The story"), max_length=6000,
        help_text=_(
            "What it was like before, what happened, and what is different now. In the words of those it is about, where you "
            "can. No surname, address or anything else by which a stranger could find them"
        ),
    )  # fmt: skip
    told_by = forms.CharField(
        label=_("Who tells it, by what they are"),
        max_length=100,
        help_text=_("Such as: an apprentice, a parent, the head of a school. Never a name"),
    )
    happened_on = DateField(label=_("When did it happen?"), required=False, help_text=_("Roughly will do"))
    picture = forms.FileField(
        label=_("A picture"), required=False,
        help_text=_("PNG or JPEG, up to 2 MB. Only if everybody in it agreed. Where and when it was taken is removed"),
    )  # fmt: skip
    picture_words = forms.CharField(
        label=_("What the picture shows"), max_length=300, required=False,
        help_text=_("For people who cannot see it"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("picture") and not cleaned.get("picture_words") and "picture_words" not in self.errors:
            self.add_error("picture_words", _("Say what the picture shows, for people who cannot see it"))
        if (sent := cleaned.get("picture")) and sent.size > 2_000_000:
            self.add_error("picture", _("The picture is larger than 2 MB. Send a smaller copy"))
        return cleaned


class WelshForm(forms.Form):
    """The same words in Welsh, for those who write them."""

    title_cy = forms.CharField(label="Title in Welsh", max_length=200, required=False)
    words_cy = _area(8, label="The story in Welsh", max_length=6000, required=False)
    told_by_cy = forms.CharField(label="Who tells it, in Welsh", max_length=100, required=False)


class StoryForm(WordsForm, WelshForm):
    """A story of the body's own."""

    agreement = forms.ChoiceField(label="About which agreement?", required=False)
    commitment = forms.ChoiceField(label="About which promise?", required=False)
    objective = forms.ChoiceField(label="Which objective does it bear on?", required=False)
    place_code = forms.ChoiceField(label="Where?", required=False)
    about = forms.ChoiceField(label="Who is it about?", choices=ABOUT, widget=forms.RadioSelect)
    field_order = [
        "agreement", "commitment", "about", "title", "words", "told_by", "happened_on", "place_code", "objective",
        "picture", "picture_words", "title_cy", "words_cy", "told_by_cy",
    ]  # fmt: skip

    def __init__(
        self, *args: Any, agreements: Choices, promises: Choices, objectives: Choices, places: Choices, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for name, none, choices in (
            ("agreement", "None: it is about the body’s own work", agreements),
            ("objective", "None", objectives),
            ("place_code", "Nowhere in particular", places),
        ):
            self.fields[name].choices = [("", none), *choices]  # type: ignore[attr-defined]
        if promises:
            self.fields["commitment"].choices = [("", "The agreement as a whole"), *promises]  # type: ignore[attr-defined]
        else:
            del self.fields["commitment"]


class ChangeForm(WordsForm, WelshForm):
    """New words for a story; whoever consented and whoever rated is asked anew."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = [
        "title", "words", "told_by", "happened_on", "picture", "picture_words", "title_cy", "words_cy", "told_by_cy",
    ]  # fmt: skip


class OfferForm(WordsForm):
    """A story that a provider sends in."""

    agreement = forms.ChoiceField(label=_("About which agreement?"))
    about = forms.ChoiceField(label=_("Who is it about?"), choices=ABOUT, widget=forms.RadioSelect)
    field_order = ["agreement", "about", "title", "words", "told_by", "happened_on", "picture", "picture_words"]

    def __init__(self, *args: Any, agreements: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agreement"].choices = [("", _("Choose")), *agreements]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = _area(label="Why?", max_length=400)


class ConsentForm(forms.Form):
    """What somebody agreed to."""

    giver = forms.CharField(
        label="Who agreed, by what they are?", max_length=100,
        help_text="Such as: the apprentice, the pupil’s mother, the centre’s manager. Never a name",
    )  # fmt: skip
    capacity = forms.ChoiceField(label="In whose right?", choices=CAPACITIES, widget=forms.RadioSelect)
    uses = forms.MultipleChoiceField(
        label="What may the story be used for?", choices=USES, widget=forms.CheckboxSelectMultiple
    )
    how = forms.ChoiceField(label="How did they agree?", choices=HOW, widget=forms.RadioSelect)
    reference = forms.CharField(
        label="Where is it kept?", max_length=300, required=False, help_text="Such as: the number of the signed form"
    )
    given_on = DateField(label="When did they agree?")
    until = DateField(label="Until when may it be told?", help_text="Five years at most; ask again after that")
    assessment = forms.CharField(label="Data protection assessment", max_length=200, required=False)
    assessed_on = DateField(label="Assessment signed on", required=False)
    email = forms.EmailField(
        label="Their e-mail address", required=False,
        help_text="They get a link by which they read the story and take their consent back. It is kept apart from the story",
    )  # fmt: skip
    name = forms.CharField(label="What they are called", max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, protected: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not protected:
            del self.fields["assessment"], self.fields["assessed_on"]
        else:
            self.fields[
                "assessment"
            ].help_text = (
                "Needed, because the story is about children or people at risk: the reference of the assessment"
            )


class MarksForm(forms.Form):
    """A mark for each criterion of the rubric."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for each in rubric().criteria:
            self.fields[each.id] = forms.TypedChoiceField(
                label=each.title, help_text=each.question, coerce=int, widget=forms.RadioSelect,
                choices=[(mark, f"{mark}: {words}") for mark, words in enumerate(each.levels)],
                error_messages={"required": f"Choose a mark: {each.title.lower()}"},
            )  # fmt: skip
        self.fields["words"] = _area(label="In a few words, why", max_length=1000, required=False)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def marks(self) -> dict[str, int]:
        """The marks that were given."""
        return {each.id: self.cleaned_data[each.id] for each in rubric().criteria}


class SettleForm(MarksForm):
    """The marks on which a difference is settled."""

    def __init__(self, *args: Any, given: Sequence[dict[str, int]], **options: Any) -> None:
        super().__init__(*args, **options)
        one, other = given
        for each in rubric().criteria:
            low, high = sorted((one[each.id], other[each.id]))
            held: Any = self.fields[each.id]
            if low == high:
                held.widget, held.initial = forms.HiddenInput(), low
                held.choices = [(low, str(low))]
            else:
                held.choices = [(mark, f"{mark}: {each.levels[mark]}") for mark in range(low, high + 1)]
                held.help_text = f"{each.question} They gave {one[each.id]} and {other[each.id]}."
        self.fields["words"].label, self.fields["words"].required = "What you looked at, and why", True
