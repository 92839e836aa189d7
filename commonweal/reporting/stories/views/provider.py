"""Stories that a provider sends in, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.files import UnusableFile
from commonweal.delivery.queries import agreements_of_party, has_right
from commonweal.reporting.stories import actions, forms, queries
from commonweal.reporting.stories.views.staff import picture_in, words_in

if TYPE_CHECKING:
    from commonweal.base.models import Party


def stories(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list the stories the provider sent in."""
    found = queries.stories_of_party(party)
    content = {
        "party": party, "stories": [(each, queries.text_of(each)) for each in found],
        "may_add": any(has_right(each, "answer") for each in agreements_of_party(party)),
        "is_invented": any(each.body.is_invented for each in found),
        "page_headline": _("Stories from %(name)s") % {"name": party.name},
    }  # fmt: skip
    return render(request, "stories/provider_stories.html", content)


def add(request: HttpRequest, party: Party) -> HttpResponse:
    """This will take a story from a provider."""
    agreements = {each.public_id: each for each in agreements_of_party(party) if has_right(each, "answer")}
    form = forms.OfferForm(
        request.POST or None, request.FILES or None, agreements=queries.agreement_choices(agreements.values()),
        initial={"agreement": request.GET.get("agreement", "")[:14]},
    )  # fmt: skip
    back = reverse("stories_provider:stories", args=[party.public_id])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.offer_story(
                by=request.user, agreement=agreements[given["agreement"]], about=given["about"],  # type: ignore[arg-type]
                words=words_in(given), picture=picture_in(given),
            )  # fmt: skip
        except UnusableFile as error:
            form.add_error("picture", str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your story is sent. An officer reads it and asks those it is about."))
            return redirect(back)
    content = {
        "form": form, "page_heading": _("Send in a story"), "submit_text": _("Send the story"), "back_url": back,
        "page_caption": party.name, "is_invented": any(each.body.is_invented for each in agreements.values()),
    }  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)
