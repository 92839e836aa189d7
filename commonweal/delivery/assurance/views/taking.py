"""What the provider's own page and the officer's page for it do alike: take an answer or a contest from a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commonweal.base.errors import NotPossible
from commonweal.base.files import UnusableFile
from commonweal.delivery.assurance import forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from commonweal.base.models import Person
    from commonweal.delivery.models import Entry


def take_answer(
    by: Person, entry: Entry, form: Any, *, answer: Callable[..., Entry], contest: Callable[..., object]
) -> Entry | None:
    """This will take what a valid form says by one of two actions and give the entry that stands then; what the action
    refuses is said in the form, and None is given."""
    given = form.cleaned_data
    try:
        if isinstance(form, forms.ContestForm):
            contest(by=by, entry=entry, words=given["words"])
            return entry
        upload = given["evidence_file"]
        return answer(
            by=by, entry=entry, words=given["words"], quantity=given["quantity"], evidence_kind=given["evidence_kind"],
            file_name=upload.name if upload else "", content=upload.read() if upload else b"",
        )  # fmt: skip
    except UnusableFile as error:
        form.add_error("evidence_file", str(error))
    except NotPossible as error:
        form.add_error(None, str(error))
    return None
