"""When something may be done to an agreement, a promise or an entry; each rule's sentence is what a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commonweal.base.errors import NotPossible, Refused
from commonweal.base.models import Body, Person
from commonweal.base.queries import roles_in_body
from commonweal.delivery.models import Agreement, AssuranceFact, Commitment, Entry, ImportBatch
from commonweal.delivery.queries import has_right, standing_entries
from commonweal.delivery.vocabulary import FORMULAS
from commonweal.directory.policies import check_administrator_remains, check_works_here
from commonweal.money import QUANTITY_PLACES

#: One table of states for each thing; `docs/reference/states.md` is drawn from it.
AGREEMENT_STATES: dict[str, tuple[str, ...]] = {"current": ("ended", "terminated"), "ended": (), "terminated": ()}
BATCH_STATES: dict[str, tuple[str, ...]] = {
    "previewed": ("imported", "refused"), "refused": (), "imported": ("undone",), "undone": (),
}  # fmt: skip
#: Assurance is not a ladder: each kind is its own dated fact, in any order.
ENTRY_FACTS: tuple[str, ...] = ("evidenced", "confirmed", "assured")

LARGEST_QUANTITY = Decimal(10) ** 13
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


#: What somebody reads who may see an agreement and not do what they tried.
MAY_NOT: Final = {
    "see": gettext_lazy("This agreement is not one of yours. Ask an administrator of your organisation."),
    "report": gettext_lazy(
        "You may see this agreement, but not report on it. An administrator of your organisation says who does what."
    ),
    "answer": gettext_lazy(
        "You may see this agreement, but not answer for your organisation on it. An administrator of your organisation "
        "says who does what."
    ),
}


def check_right(agreement: Agreement, right: str) -> None:
    """This will refuse what a provider does not let this person do on an agreement; raises Refused.

    The one question of every action that a provider's people take. Nobody is limited in a body's scope.
    """
    if not has_right(agreement, right):
        raise Refused(str(MAY_NOT[right]))


def check_period(starts_on: date | None, ends_on: date | None) -> None:
    """This will refuse a period that ends before it starts."""
    if starts_on and ends_on and ends_on < starts_on:
        raise NotPossible(_("The period ends before it starts. Change one of the two dates."))


def check_quantity(quantity: Decimal) -> None:
    """This will refuse a quantity that is negative, not finite, too fine or too large to keep exactly."""
    if not quantity.is_finite():
        raise NotPossible(_("The quantity is not a number."))
    if quantity < 0:
        raise NotPossible(_("A quantity cannot be less than zero. To take an entry back, reverse it."))
    if quantity != quantity.quantize(QUANTITY_PLACES):
        raise NotPossible(_("A quantity has at most six decimal places."))
    if quantity >= LARGEST_QUANTITY:
        raise NotPossible(_("The quantity is too large. Check the number and its unit."))


def check_formula(basis: str, per_amount: Decimal | None, per_count: Decimal | None, capped_at: Decimal | None) -> None:
    """This will refuse a formula that does not say for each how much, or says what its basis has no use for."""
    if per_amount is not None and (basis != "per-spend" or per_amount <= 0):
        raise NotPossible("“For each amount” belongs to a promise for each amount spent, and is above zero.")
    if per_count is not None and (basis != "trigger" or per_count <= 0):
        raise NotPossible("“For each time” belongs to a promise on a trigger, and is above zero.")
    if capped_at is not None and (basis not in FORMULAS or capped_at <= 0):
        raise NotPossible("Only a formula has a most that it can come to, and it is above zero.")


def check_unit(commitment: Commitment, unit: str) -> None:
    """This will refuse an entry in another unit than the promise's."""
    if unit and unit.strip().casefold() != commitment.unit.strip().casefold():
        raise NotPossible(
            f"This promise is counted in {commitment.unit}, not in {unit.strip()}. Give the number in "
            f"{commitment.unit}."
        )


def check_shares(shares: Sequence[Decimal]) -> None:
    """This will refuse shares of one promise that are not above zero or sum to more than one."""
    if any(share <= 0 for share in shares):
        raise NotPossible("A share is more than zero.")
    if sum(shares, Decimal(0)) > 1:
        raise NotPossible("The shares of one promise come to more than one. Lower them until they sum to one at most.")


def check_entry_dates(starts_on: date | None, ends_on: date | None, *, today: date) -> None:
    """This will refuse a delivery dated in the future, or in a year that can only be a slip of the keyboard."""
    for day in (starts_on, ends_on):
        if day is not None and not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise NotPossible(_("The year %(year)d cannot be right. Check the dates.") % {"year": day.year})
        if day is not None and day > today:
            raise NotPossible(
                f"{day:%-d %B %Y} has not come yet. Record what was delivered up to today; the rest is recorded when it "
                "happens."
            )


def check_stated_on(day: date | None, *, today: date) -> None:
    """This will refuse evidence, or a fact about a delivery, dated in the future or in a year that cannot be right."""
    if day is not None and not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise NotPossible(f"The year {day.year} cannot be right. Check the date.")
    if day is not None and day > today:
        raise NotPossible(f"{day:%-d %B %Y} has not come yet. Give the day it was seen, said or checked.")


def check_not_withdrawn(agreement: Agreement) -> None:
    """This will refuse work on an agreement whose import was undone."""
    if agreement.withdrawn_at is not None:
        raise NotPossible("The file this agreement came from was undone. Bring it in again to work on it.")


def check_takes_promises(agreement: Agreement) -> None:
    """This will refuse a new promise under an agreement that was terminated."""
    if agreement.state == "terminated":
        raise NotPossible("This agreement was terminated, so nothing more is promised in it.")


def check_clause(*, stands: bool, expiry_months: int | None, cap_percent: int | None) -> None:
    """This will refuse a clause on credits without its figures, or with figures that cannot be."""
    if not stands:
        return
    if expiry_months is None or cap_percent is None:
        raise NotPossible("Say after how many months a credit runs out, and how much of a promise credits may meet.")
    if not 1 <= expiry_months <= 120:
        raise NotPossible("A credit runs out after 1 to 120 months.")
    if not 1 <= cap_percent <= 100:
        raise NotPossible("Credits meet between 1 and 100 per cent of a promise.")


def check_terms_can_change(agreement: Agreement) -> None:
    """This will refuse to change the value or dates of what a document printed, of a closed or of an undone agreement."""
    check_not_withdrawn(agreement)
    if agreement.origin == "example":
        raise NotPossible("This is a published fact, so it stays as it was printed.")
    if not AGREEMENT_STATES[agreement.state]:
        raise NotPossible("This agreement is closed, so its value and dates stay as they are.")


def check_can_be_reversed(entry: Entry) -> None:
    """This will refuse to reverse a reversal, or the same entry twice."""
    if entry.reverses_id is not None:
        raise NotPossible("This is a reversal already. Record the right quantity as a new entry.")
    if Entry.objects.filter(reverses=entry).exists():
        raise NotPossible("This entry was reversed already.")


def check_paid_jobs(spend: Entry, jobs: Entry) -> None:
    """This will refuse a pair of entries of two bodies, or of one that was taken back."""
    if spend.body_id != jobs.body_id or spend.pk == jobs.pk:
        raise NotPossible("Spending and the jobs it pays for are two entries of one body.")
    for entry in (spend, jobs):
        if entry.reverses_id is not None or Entry.objects.filter(reverses=entry).exists():
            raise NotPossible("One of the two was reversed, so there is nothing to choose between any more.")


def check_may_accept(entry: Entry, by: Person) -> None:
    """This will refuse acceptance that could not be recorded: by whoever keyed it, without evidence, or once more."""
    check_second_person(entry, by)
    check_has_evidence(entry)
    check_fact(entry, "evidenced", Decimal(0))


def check_may_assure(entry: Entry, by: Person) -> None:
    """This will refuse an auditor's check that could not be recorded."""
    check_second_person(entry, by)
    check_fact(entry, "assured", Decimal(0))


def check_may_confirm(entry: Entry, by: Person) -> None:
    """This will refuse a confirmation that could not be recorded, whoever records it."""
    check_confirmable(entry)
    check_fact(entry, "confirmed", Decimal(0))


def check_second_person(entry: Entry, by: Person) -> None:
    """This will refuse acceptance by whoever keyed the entry: a second person looks at the evidence."""
    if entry.recorded_by_id == by.pk:
        raise NotPossible("You recorded this entry, so someone else must accept its evidence.")


def check_fact(entry: Entry, kind: str, quantity: Decimal) -> None:
    """This will refuse a fact about more than was claimed, about a reversed entry, or of a kind it has already."""
    check_quantity(quantity)
    if quantity > entry.quantity:
        raise NotPossible("This is more than was claimed. Give at most the claimed quantity.")
    if entry.reverses_id is not None or Entry.objects.filter(reverses=entry).exists():
        raise NotPossible("This entry was reversed, so nothing more is said about it.")
    if AssuranceFact.objects.filter(entry=entry, kind=kind).exists():
        raise NotPossible("This is on record for the entry already.")


def check_has_evidence(entry: Entry) -> None:
    """This will refuse to accept evidence that nobody has given."""
    if not entry.evidence.exists():
        raise NotPossible("No evidence is with this entry yet. Add it first, then someone else can accept it.")


def check_confirmable(entry: Entry) -> None:
    """This will refuse confirmation of what its measure says nobody can confirm."""
    measure = entry.commitment.measure
    if measure is not None and not measure.confirmable:
        raise NotPossible("Nobody who received it can confirm this measure: it shows in records only.")


def check_batch_is_open(batch: ImportBatch) -> None:
    """This will refuse to read again, or bring in, a file that was dealt with already."""
    if batch.state == "imported":
        raise NotPossible("This file was brought in already.")
    if batch.state == "undone":
        raise NotPossible("This file was undone. Choose it again to bring it in once more.")
    if batch.state == "refused":
        raise NotPossible("No table was found in this file, so there is nothing to bring in. Choose another file.")


def check_batch_can_be_brought_in(batch: ImportBatch) -> None:
    """This will refuse to bring in a file that was dealt with already, or of which no row would be accepted."""
    check_batch_is_open(batch)
    if not batch.accepted:
        raise NotPossible("No row of this file can be brought in. See why beside each row, or change the columns.")


def check_batch_can_be_undone(batch: ImportBatch) -> None:
    """This will refuse to undo a file that was not brought in, or that somebody has built on since."""
    if batch.state != "imported":
        raise NotPossible("Only a file that was brought in can be undone.")
    standing = standing_entries().filter(body=batch.body)
    later = standing.filter(commitment__batch=batch).exclude(batch=batch)
    promised = Commitment.objects.filter(body=batch.body, agreement__batch=batch, withdrawn_at__isnull=True).exclude(
        batch=batch
    )
    facts = AssuranceFact.objects.filter(body=batch.body, entry__in=standing.filter(batch=batch))
    beneath = Agreement.objects.filter(body=batch.body, parent__batch=batch, withdrawn_at__isnull=True).exclude(
        batch=batch
    )
    if later.exists() or promised.exists() or facts.exists() or beneath.exists():
        raise NotPossible(
            "Somebody has recorded deliveries, promises or checks on contracts of this file since, so undoing it would "
            "take their work away. Reverse those entries, or undo the later file, first."
        )


def check_hand_over(
    *, by: Person, body: Body, leaver: Person, successor: Person | None, owns: bool, end_access: bool
) -> None:
    """This will refuse to leave work without an owner, or a body without an administrator."""
    if successor is None and owns:
        raise NotPossible("Choose who takes over. Nothing may be left without an owner.")
    if successor is None and not end_access:
        raise NotPossible("This person owns nothing here, so there is nothing to hand over.")
    if successor is not None:
        if successor.pk == leaver.pk:
            raise NotPossible("Choose someone else than the person who leaves.")
        check_works_here(successor, body)
    if end_access and leaver.pk == by.pk:
        raise NotPossible("You cannot end your own access. Ask another administrator to do it.")
    if end_access and "body-admin" in roles_in_body(leaver, body):
        check_administrator_remains(leaver, body, "body-admin")


def check_sent_again(
    sent: Entry, quantity: Decimal, starts_on: date | None, ends_on: date | None, note: str
) -> None:  # fmt: skip
    """This will refuse a form sent a second time that says something else than the first time."""
    if (sent.quantity, sent.starts_on, sent.ends_on, sent.note) != (quantity, starts_on, ends_on, note):
        raise NotPossible(
            _(
                "You sent this form before, and what it said then is recorded. Open the page anew to report something else."
            )
        )
