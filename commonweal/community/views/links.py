"""Pages of the two links that do one thing: say whether help arrived, and whether a need still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from commonweal.base.links import LinkEnded, opened
from commonweal.community import actions, forms, policies, queries, telling
from commonweal.community.views.desk import Desk
from commonweal.community.views.group import attempt, ended_page, one_thing, receipt_sent, sent

if TYPE_CHECKING:
    from commonweal.base.models import Link


def _desk(request: HttpRequest, link: Link) -> Desk:
    request.body_of_page = link.body  # type: ignore[attr-defined]
    if link.party is None:
        raise ObjectDoesNotExist
    return Desk(link.party, link.person, link.body)


def _done(request: HttpRequest, desk: Desk, heading: str, said: str) -> HttpResponse:
    content = {
        "page_heading": heading,
        "said": said,
        "desk": desk,
        "is_invented": bool(desk.body and desk.body.is_invented),
    }
    return render(request, "community/done.html", content)


def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """This will take, by one tap, what a group says of help it was promised."""
    try:
        with opened(token, telling.RECEIPT) as link:
            desk = _desk(request, link)
            held = desk.match(link.subject.partition(":")[2])
            said = receipt_sent(request, desk, held, back=False)
            if isinstance(said, HttpResponse):
                return said
            if said == "received":
                return _done(
                    request, desk, _("Thank you. We have noted that it arrived."), _("The council can see it now.")
                )
            return _done(
                request, desk, _("Thank you. We have noted that it did not happen."),
                _("The council can see it now, and your need stays open. If it does arrive, open this link again."),
            )  # fmt: skip
    except LinkEnded as ended:
        return ended_page(request, str(ended))


def still(request: HttpRequest, token: str) -> HttpResponse:
    """This will take, by one tap, whether a group still needs something."""
    try:
        with opened(token, telling.STILL) as link:
            desk = _desk(request, link)
            need = desk.need(link.subject.partition(":")[2])
            form = forms.StillForm(sent(request))
            if request.method == "POST" and form.is_valid():
                wanted = request.POST.get("answer") != "no"

                def say() -> Any:
                    if wanted:
                        return actions.keep_need(by=desk.person, need=need)
                    return actions.withdraw_need(by=desk.person, need=need, words=_("No longer wanted."))

                if attempt(form, say):
                    heading = _("Thank you. It stays on the list.") if wanted else _("Thank you. It is off the list.")
                    return _done(request, desk, heading, _("You can close this page."))
            return one_thing(
                request, desk, form, heading=_("Do you still need this?"), submit="", back="", need=need,
                words=queries.words_shown(need), can_say="withdrawn" in policies.NEED_STATES[need.state],
                template="community/still.html",
            )  # fmt: skip
    except LinkEnded as ended:
        return ended_page(request, str(ended))
