"""The letters about a return: what each says, in both languages of the service where its reader's is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from commonweal.base.actions import post_mail
from commonweal.base.templatetags.figures import long_date

if TYPE_CHECKING:
    from commonweal.base.models import Link, Person

ROUTE = "returns_link:report"


def period_words(found: Any, lang: str = "en") -> str:
    """This will write a return's period: "1 July 2026 to 30 September 2026"."""
    return _("%(first)s to %(last)s") % {
        "first": long_date(found.starts_on, lang), "last": long_date(found.ends_on, lang)
    }  # fmt: skip


def post_letter(
    kind: str, found: Any, person: Person, *, link: Link, by: Person | None, lines: Sequence[Any] = (), words: str = ""
) -> None:
    """This will put a letter about a return in the outbox; the owner of the agreement is told when it comes back."""
    lang = person.language or "en"
    with override(lang):
        subject_line, paragraphs = _letter(kind, found, lang, by, lines, words)
        greeting = _("Hello %(name)s,") % {"name": person.name}
        closing = _(
            "You need no password: the link is yours and stays open until the report is signed off. Please do not send it on; "
            "pass lines on to a colleague from the page instead."
        )
        text = "\n\n".join([greeting, *paragraphs, "{link}", closing, found.body.name])
    post_mail(
        by=by, body=found.body, to=person, kind=f"returns.{kind}", about=f"returns.return:{found.public_id}",
        subject_line=subject_line, words=text, link=link, link_route=ROUTE, alerts=found.agreement.owner,
    )  # fmt: skip


def _letter(
    kind: str, found: Any, lang: str, by: Person | None, lines: Sequence[Any], words: str
) -> tuple[str, list[str]]:  # fmt: skip
    named = {
        "agreement": found.agreement.title, "body": found.body.name, "period": period_words(found, lang),
        "due": long_date(found.due_on, lang), "by": by.name if by else found.body.name, "words": words,
    }  # fmt: skip
    how = _(
        "It takes a few minutes, on a phone too. What was promised is filled in already; say what was done, or that there "
        "was nothing this time. What you type is kept as you go."
    )
    if kind == "asked":
        return _("Report progress on %(agreement)s by %(due)s") % named, [
            _("Please tell %(body)s how %(agreement)s went from %(period)s. It is due by %(due)s.") % named, how,
        ]  # fmt: skip
    if kind == "passed-on":
        count = ngettext("one line", "%(count)d lines", len(lines)) % {"count": len(lines)}
        return _("%(by)s asks you to report on part of %(agreement)s") % named, [
            _("%(by)s has passed %(count)s of the report on %(agreement)s, for %(body)s, on to you. It is due by %(due)s.")
            % (named | {"count": count}),
            "\n".join(f"• {line.commitment.wording}" for line in lines), how,
        ]  # fmt: skip
    if kind == "changes":
        return _("A change is asked for in your report on %(agreement)s") % named, [
            _("Thank you for your report on %(agreement)s from %(period)s. %(by)s of %(body)s asks:") % named, words,
            _("Everything you wrote is still there. Change what needs it and send it again."),
        ]  # fmt: skip
    if kind == "reminder-before":
        return _("Due in a week: your report on %(agreement)s") % named, [
            _("Your report on %(agreement)s from %(period)s is due by %(due)s.") % named, how,
        ]  # fmt: skip
    if kind == "reminder-day":
        return _("Due today: your report on %(agreement)s") % named, [
            _("Your report on %(agreement)s from %(period)s is due today.") % named, how,
        ]  # fmt: skip
    if kind.startswith("reminder-late"):
        return _("Still to come: your report on %(agreement)s") % named, [
            _("Your report on %(agreement)s from %(period)s was due by %(due)s and has not "
        "come yet. If there is nothing to report, one tap says so.")
            % named, how,
        ]  # fmt: skip
    return _("A reminder of your report on %(agreement)s") % named, [
        _("%(by)s of %(body)s reminds you of the report on %(agreement)s from %(period)s, due by %(due)s.") % named, how,
    ]  # fmt: skip
