"""The mails a group gets: one at each change, in its contact's language, with the link that opens its own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from commonweal.base.actions import make_link, post_mail
from commonweal.base.queries import links_about

if TYPE_CHECKING:
    from commonweal.base.models import Body, Link, Party, Person
    from commonweal.community.models import Match, Need

#: What each link lets its holder do, and the route that it opens.
GROUP: Final = "community.group"
RECEIPT: Final = "community.receipt"
STILL: Final = "community.still"
ROUTES: Final = {GROUP: "community_link:home", RECEIPT: "community_link:receipt", STILL: "community_link:still"}


def link_for(*, by: Person | None, body: Body, party: Party, person: Person, purpose: str, about: str) -> Link:
    """This will give the link by which a person does this: the one that stands, else one made now."""
    for link in links_about(body, about):
        if link.purpose == purpose and link.person_id == person.pk and link.ended_at is None:
            return link
    return make_link(by=by, body=body, party=party, person=person, purpose=purpose, subject=about)


def group_link(*, by: Person | None, body: Body, party: Party, person: Person) -> Link:
    """This will give the link by which somebody posts and follows a group's needs without an account."""
    return link_for(by=by, body=body, party=party, person=person, purpose=GROUP, about=group_subject(party))


def group_subject(party: Party) -> str:
    """This will name a group's page, for its links."""
    return f"base.party:{party.public_id}"


def _title(need: Need) -> str:
    words = need.latest or need.shown
    return words.title if words else ""


def _mail(need: Need, kind: str, subject_line: str, words: str, *, link: Link | None = None) -> None:
    made = link or group_link(by=None, body=need.body, party=need.party, person=need.contact)
    hello = _("Hello %(name)s,") % {"name": need.contact.name}
    post_mail(
        by=None, body=need.body, to=need.contact, kind=f"community.{kind}", about=f"community.need:{need.public_id}",
        subject_line=subject_line, words=f"{hello}\n\n{words}\n\n{{link}}\n\n{need.body.name}", link=made,
        link_route=ROUTES[made.purpose],
    )  # fmt: skip


def welcome(link: Link, party: Party) -> None:
    """This will send a group its link."""
    person, body = link.person, link.body
    with override(person.language):
        hello = _("Hello %(name)s,") % {"name": person.name}
        words = _(
            "With this link you can tell %(body)s what %(group)s needs, follow it, and say what arrived. It is yours: do "
            "not pass it on."
        ) % {"body": body.name, "group": party.name.replace("{link}", "")}
        post_mail(
            by=None, body=body, to=person, kind="community.welcome", about=group_subject(party),
            subject_line=_("Tell us what %(group)s needs") % {"group": party.name},
            words=f"{hello}\n\n{words}\n\n{{link}}\n\n{body.name}", link=link, link_route=ROUTES[GROUP],
        )  # fmt: skip


def posted(need: Need) -> None:
    """This will tell a group that its need arrived."""
    with override(need.contact.language):
        _mail(
            need, "posted", _("We have your need: %(title)s") % {"title": _title(need)},
            _("Somebody at the council reads it before it is published. You can follow it, change it or take it back here:"),
        )  # fmt: skip


def published(need: Need) -> None:
    """This will tell a group that its need is public."""
    with override(need.contact.language):
        _mail(
            need, "published", _("Your need is published: %(title)s") % {"title": _title(need)},
            _("Anybody can read it now and say that they could help. We cannot promise that somebody will. We write to "
              "you whenever something changes. Your page:"),
        )  # fmt: skip


def sent_back(need: Need, reason: str) -> None:
    """This will tell a group what to change before its need can be published."""
    with override(need.contact.language):
        _mail(
            need, "sent-back", _("A question about your need: %(title)s") % {"title": _title(need)},
            _("Before it can be published, please look at this:\n\n%(reason)s\n\nChange it here:")
            % {"reason": reason.replace("{link}", "")},
        )  # fmt: skip


def offered(match: Match) -> None:
    """This will tell a group that somebody could meet its need."""
    need = match.need
    with override(need.contact.language):
        _mail(
            need, "offered", _("Somebody could help: %(title)s") % {"title": _title(need)},
            _("%(helper)s could help. Say yes or no here:") % {"helper": match.helper.replace("{link}", "")},
        )  # fmt: skip


def under_way(match: Match, by: Person | None) -> None:
    """This will tell a group that help is under way, with the link by which it says whether it arrived."""
    need = match.need
    link = link_for(
        by=by, body=match.body, party=need.party, person=need.contact, purpose=RECEIPT,
        about=f"community.match:{match.public_id}",
    )  # fmt: skip
    with override(need.contact.language):
        _mail(
            need, "under-way", _("Has it arrived? %(title)s") % {"title": _title(need)},
            _("%(helper)s is helping with this. When it has arrived, or if it does not happen, say so here:")
            % {"helper": match.helper.replace("{link}", "")},
            link=link,
        )  # fmt: skip


def withdrawn(match: Match) -> None:
    """This will tell a group that what it was offered is taken back."""
    need = match.need
    with override(need.contact.language):
        _mail(
            need, "taken-back", _("This help will not come: %(title)s") % {"title": _title(need)},
            _("%(reason)s\n\nYour need stays open. Your page:") % {"reason": match.closed_words.replace("{link}", "")},
        )  # fmt: skip


def fulfilled(need: Need) -> None:
    """This will tell a group that its need is closed as met."""
    with override(need.contact.language):
        _mail(
            need, "fulfilled", _("Your need is met: %(title)s") % {"title": _title(need)},
            _("Thank you for telling us. If you like, write a few words of thanks to whoever helped, here:"),
        )  # fmt: skip


def still_wanted(need: Need) -> None:
    """This will ask a group whether it still needs something."""
    link = link_for(
        by=None, body=need.body, party=need.party, person=need.contact, purpose=STILL,
        about=f"community.need:{need.public_id}",
    )  # fmt: skip
    with override(need.contact.language):
        _mail(
            need, "still", _("Do you still need this? %(title)s") % {"title": _title(need)},
            _("Its day has gone. If you still need it, say so here. If we do not hear from you in four weeks, we close it:"),
            link=link,
        )  # fmt: skip


def expired(need: Need) -> None:
    """This will tell a group that its need was closed, and how to post it again."""
    with override(need.contact.language):
        _mail(
            need, "expired", _("We have closed your need: %(title)s") % {"title": _title(need)},
            _("We did not hear whether you still need it. If you do, change it here and it is looked at again:"),
        )  # fmt: skip
