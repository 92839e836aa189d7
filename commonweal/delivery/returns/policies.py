"""When something may be done with a return; each rule's sentence is what a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.models import Party, Person
from commonweal.base.templatetags.figures import long_date, page_language
from commonweal.delivery.consequences import check_takes_work
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.policies import check_entry_dates, check_period, check_quantity
from commonweal.delivery.returns.models import Part, Return, ReturnLine
from commonweal.delivery.returns.queries import WITH_PROVIDER
from commonweal.delivery.returns.vocabulary import JOBS

#: One table of states; `docs/reference/states.md` is drawn from it.
RETURN_STATES: dict[str, tuple[str, ...]] = {
    "asked": ("begun", "sent"),
    "begun": ("sent",),
    "sent": ("changes-asked", "signed-off"),
    "changes-asked": ("sent",),
    "signed-off": (),
}


def check_can_have_schedule(agreement: Agreement) -> None:
    """This will refuse a schedule for an agreement that nobody reports on."""
    if agreement.withdrawn_at is not None:
        raise NotPossible("The file this agreement came from was undone. Bring it in again to work on it.")
    if agreement.origin == "example":
        raise NotPossible("This is a published example, so nobody is asked to report on it.")
    if agreement.state == "terminated":
        raise NotPossible("This agreement ended early, so no more returns are asked for.")


def check_open(found: Return) -> None:
    """This will refuse work on a return that is with the body, was signed off, or whose agreement takes no more work."""
    if found.state == "signed-off":
        when = long_date(found.signed_off_at.date(), page_language()) if found.signed_off_at else ""
        raise NotPossible(
            _("This return was signed off on %(when)s and takes no more changes. Tell %(body)s if something is wrong.")
            % {"when": when, "body": found.body.name}
        )
    if found.state not in WITH_PROVIDER:
        raise NotPossible(
            _("This return was sent. It opens again if %(body)s asks for changes.") % {"body": found.body.name}
        )
    check_takes_work(found.agreement)


def check_may_write(line: ReturnLine, part: Part | None) -> None:
    """This will refuse an answer to a line that was told in confidence by somebody else, or to another body already."""
    if line.reported_to_id is not None:
        body = line.reported_to.name if line.reported_to else ""
        raise NotPossible(
            _(
                "This promise is shared, and you reported it to %(body)s. What you told them stands here too: change it there."
            )
            % {"body": body}
        )
    if line.in_confidence and (part is None or line.part_id != part.pk):
        raise NotPossible(_("This line was told in confidence. Take it back first to answer it yourself."))


def check_in_confidence(part: Part | None, wanted: bool) -> None:
    """This will refuse confidence for whoever holds the whole return: there is nobody to keep it from."""
    if wanted and (part is None or not part.organisation):
        raise NotPossible(_("Only a sub-contractor, to whom a line was passed on, can send its figures in confidence."))


def can_be_transferred(commitment: Commitment) -> bool:
    """This will say whether some of what a promise counts may have come from another employer: jobs."""
    return commitment.unit.strip().casefold() in JOBS


def check_answer(
    commitment: Commitment, *, quantity: Decimal, transferred: Decimal | None, starts_on: date | None,
    ends_on: date | None, today: date,
) -> None:  # fmt: skip
    """This will refuse an answer that could not be recorded when the return is sent."""
    check_quantity(quantity)
    check_period(starts_on, ends_on)
    check_entry_dates(starts_on, ends_on, today=today)
    if transferred is None:
        return
    if not can_be_transferred(commitment):
        raise NotPossible(_("Only jobs can be transferred from another employer."))
    check_quantity(transferred)
    if transferred > quantity:
        raise NotPossible(
            _("More were transferred than there are in all. Give all of them in the first box, transferred ones too.")
        )


def check_can_be_sent(found: Return, lines: Sequence[ReturnLine]) -> None:
    """This will refuse to send a return with a line that nobody answered."""
    check_open(found)
    missing = [line for line in lines if line.answer == "unanswered"]
    if missing:
        named = ", ".join(line.commitment.wording for line in missing[:3])
        raise NotPossible(
            _("Not answered yet: %(lines)s. Give a number, or say that there is nothing this period.")
            % {"lines": named + (" …" if len(missing) > 3 else "")}
        )


def check_can_be_signed_off(found: Return, by: Person) -> None:
    """This will refuse to sign off what was not sent, was signed off before, or was sent by the same person."""
    if found.state == "signed-off":
        raise NotPossible("This return was signed off already.")
    if found.state != "sent":
        raise NotPossible("This return was not sent yet, so there is nothing to sign off.")
    if found.sent_by_id == by.pk:
        raise NotPossible("You sent this return, so someone else must sign it off.")


def check_changes_can_be_asked(found: Return, words: str) -> None:
    """This will refuse to ask for changes to what was not sent, or without saying which."""
    if found.state != "sent":
        raise NotPossible("Changes can be asked for once a return was sent and before it is signed off.")
    if not words.strip():
        raise NotPossible("Say what should change, so that the provider knows.")


def check_can_be_reminded(found: Return, reporters: int) -> None:
    """This will refuse a reminder about what was sent, or to nobody."""
    if found.state not in WITH_PROVIDER:
        raise NotPossible("This return was sent already, so there is nothing to remind anybody of.")
    if not reporters:
        raise NotPossible("Nobody is named to report on this agreement. Name someone first.")


def check_can_pass_on(found: Return, lines: Sequence[ReturnLine], part: Part | None) -> None:
    """This will refuse to pass on nothing, or lines that somebody else holds."""
    check_open(found)
    if not lines:
        raise NotPossible(_("Choose at least one line to pass on."))
    for line in lines:
        if line.part_id != (part.pk if part else None):
            raise NotPossible(
                _("“%(line)s” was passed on already. Take it back first.") % {"line": line.commitment.wording}
            )


def check_of_party(party: Party, found: Return) -> None:
    """This will refuse a return of another provider, whatever scope is open."""
    if found.party_id != party.pk:
        raise Return.DoesNotExist
