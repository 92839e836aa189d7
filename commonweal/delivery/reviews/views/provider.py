"""What a provider sees of the reviews of its agreements: formal reviews, its actions, warnings, and ratings to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.templatetags.figures import long_date, page_language
from commonweal.delivery.policies import check_right
from commonweal.delivery.queries import agreements_of_party, has_right
from commonweal.delivery.reviews import actions, forms, queries
from commonweal.delivery.reviews.vocabulary import ATTENDANCE, RATINGS
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Party


def reviews(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list, by body and agreement, what waits for the provider and what was reviewed."""
    found = queries.for_provider(agreements_of_party(party))
    to_answer = [
        one for each in found for one in each.ratings if one.state == "sent" and has_right(each.agreement, "answer")
    ]
    content = {
        "party": party, "told": [each for each in found if each.is_told], "others": [each for each in found if not each.is_told],
        "to_answer": to_answer, "on": today(),
        "is_invented": any(each.agreement.body.is_invented for each in found),
        "page_headline": _("Reviews and ratings of %(name)s") % {"name": party.name},
    }  # fmt: skip
    return render(request, "reviews/provider_reviews.html", content)


def review(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will show the record of a formal review, and let the provider sign it."""
    found = queries.get_review_of_party(party, public_id)
    if request.method == "POST":
        actions.sign_review(by=request.user, review=found, side="provider")  # type: ignore[arg-type]
        messages.success(request, _("You signed the record for %(name)s.") % {"name": party.name})
        return redirect("reviews_provider:review", party.public_id, public_id)
    signed, words = queries.signatures(found), dict(ATTENDANCE)
    content = {
        "party": party, "review": found, "signed": signed, "attended": [words[each] for each in found.attended],
        "signed_by_provider": any(each.side == "provider" for each in signed),
        "actions": list(found.actions.all()), "is_invented": found.body.is_invented,
        "back_url": reverse("reviews_provider:reviews", args=[party.public_id]),
        "page_caption": f"{found.body.name}: {found.agreement.title}",
        "page_heading": _("Formal review, %(day)s") % {"day": long_date(found.held_on or found.planned_on, page_language())},
    }  # fmt: skip
    return render(request, "reviews/provider_review.html", content)


def warning_add(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will take a provider's early warning."""
    found = queries.get_agreement_of_party(party, public_id)
    check_right(found, "answer")
    form = forms.WarningForm(request.POST or None, promises=queries.commitment_choices(found))
    back = reverse("reviews_provider:reviews", args=[party.public_id])
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["commitment"] = queries.find_commitment(found, given["commitment"])
        try:
            actions.raise_warning(by=request.user, agreement=found, side="provider", **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your early warning is with %(name)s.") % {"name": found.body.name})
            return redirect(back)
    content = {
        "form": form, "page_caption": f"{found.body.name}: {found.title}", "page_heading": _("What do you see coming?"),
        "submit_text": _("Send the warning"), "back_url": back, "is_invented": found.body.is_invented,
    }  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)


def rating(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will show a rating the body proposes, and take what the provider says to it."""
    found = queries.get_rating_of_party(party, public_id)
    form = forms.ResponseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agrees = form.cleaned_data["answer"] == "agrees"
        try:
            actions.respond_to_rating(by=request.user, rating=found, agrees=agrees, words=form.cleaned_data["words"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your answer is with %(name)s.") % {"name": found.body.name})
            return redirect("reviews_provider:rating", party.public_id, public_id)
    content = {
        "party": party, "rating": found, "form": form, "told": str(dict(RATINGS)[found.rating]),
        "open": found.state == "sent", "late": found.respond_by is not None and today() > found.respond_by,
        "is_invented": found.body.is_invented, "back_url": reverse("reviews_provider:reviews", args=[party.public_id]),
        "page_caption": f"{found.body.name}: {found.kpi.agreement.title}", "page_heading": found.kpi.title,
    }  # fmt: skip
    return render(request, "reviews/provider_rating.html", content, status=422 if form.errors else 200)
