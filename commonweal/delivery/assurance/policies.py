"""When a claim may be decided, confirmed, sampled or flagged; each rule's sentence is what a person reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.files import FILE_STATES as FILE_STATES  # drawn with this room's states
from commonweal.delivery.assurance import queries
from commonweal.delivery.policies import check_confirmable, check_fact, check_quantity
from commonweal.engine.sampling import Z90, Z95, size_for_precision

if TYPE_CHECKING:
    from commonweal.base.models import Person
    from commonweal.delivery.assurance.models import Confirmation, Flag, KeyCall, KeyPeriod, Sampled
    from commonweal.delivery.models import Entry, Evidence

_DECIDED = ("accepted-by-one", "accepted", "accepted-in-part", "changes-asked", "refused")
#: A claim's states, in one table; `docs/reference/states.md` is drawn from it.
CLAIM_STATES: dict[str, tuple[str, ...]] = {
    "claimed": _DECIDED,
    "accepted-by-one": ("accepted", "accepted-in-part", "changes-asked", "refused"),
    "changes-asked": ("answered", "corrected"),
    "answered": _DECIDED,
    "accepted": (),
    "accepted-in-part": ("contested",),
    "refused": ("contested",),
    "contested": ("accepted-by-one", "accepted", "accepted-in-part", "refused", "corrected"),
    "corrected": (),
}
#: Where a body has set no limit of its own.
VALUE_ABOVE = Decimal(25_000)
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """Above which value in pounds, and which share of the promise, a second officer is needed; None means no limit."""

    value_above: Decimal | None = VALUE_ABOVE
    share_above: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """What bears on whether one officer's word is enough: all about the claim and whoever accepts it."""

    keyed_by_accepter: bool = False
    value: Decimal | None = None
    share: Decimal | None = None
    outlier: bool = False
    dates: bool = False
    flagged: bool = False


def reasons_for_second(risk: Risk, limits: Limits) -> tuple[str, ...]:
    """This will say why a second officer must accept a claim: codes of `vocabulary.REASONS`; empty means one is enough."""
    found = {
        "keyed": risk.keyed_by_accepter,
        "value": limits.value_above is not None and risk.value is not None and risk.value > limits.value_above,
        "quantity": limits.share_above is not None and risk.share is not None and risk.share > limits.share_above,
        "outlier": risk.outlier,
        "dates": risk.dates,
        "flag": risk.flagged,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def check_step(state: str, kind: str) -> None:
    """This will refuse a step that cannot follow the state a claim is in."""
    if kind in CLAIM_STATES[state]:
        return
    if state in ("accepted", "corrected"):
        raise NotPossible("This claim is closed. If it was wrong, reverse the entry and record the right one.")
    if state == "changes-asked":
        raise NotPossible("The provider was asked for changes. Decide when they have answered.")
    if state in ("refused", "accepted-in-part"):
        raise NotPossible("This claim was decided. The provider may contest it; somebody else decides then.")
    if kind == "contested":
        raise NotPossible("There is no decision to contest yet.")
    raise NotPossible("Nobody asked for changes to this claim, so there is nothing to answer.")


def check_standing(entry: Entry) -> None:
    """This will refuse to decide on what was reversed, is a reversal, or was brought forward from a tracker."""
    if entry.reverses_id is not None or queries.is_reversed(entry):
        raise NotPossible("This entry was reversed, so there is no claim to decide on.")
    if entry.brought_forward:
        raise NotPossible("This entry was brought forward from a tracker. It is shown as not verified here.")


def who_answers(*, is_recorded: bool, was_officer: bool, has_address: bool) -> str:
    """This will say who answers what is asked about a claim: its "reporter" by a link, or an "officer" in their place."""
    return "reporter" if is_recorded and has_address and not was_officer else "officer"


def answers_for(entry: Entry) -> str:
    """This will say who answers for a claim; needs the body's scope. In confidence or not makes no difference."""
    reporter = entry.recorded_by
    return who_answers(
        is_recorded=reporter is not None,
        was_officer=reporter is not None and queries.was_officer(entry.body, reporter),
        has_address=reporter is not None and bool(reporter.email),
    )


def check_nobody_answers(entry: Entry) -> None:
    """This will refuse an officer's answer in the place of somebody who can be written to."""
    if answers_for(entry) == "reporter":
        raise NotPossible("Whoever reported this was written to, and answers by the link in the mail.")


def check_can_decide(entry: Entry, by: Person) -> None:
    """This will refuse to open a decision that nobody, or not this officer, can take now."""
    check_standing(entry)
    state = queries.state_of(entry)
    if state == "changes-asked" and answers_for(entry) == "officer":
        raise NotPossible(
            "Changes were asked for, and nobody can be written to about it. Answer for the provider on the claim’s "
            "page first; then a second officer decides."
        )
    check_step(state, "refused")
    check_decider(entry, by, state)


def check_decider(entry: Entry, by: Person, state: str) -> None:
    """This will refuse a decision on a contested claim by whoever decided on it before."""
    contested = state == "contested" or (state == "accepted-by-one" and queries.was_contested(entry))
    if contested and by.pk in queries.deciders(entry):
        raise NotPossible("You decided on this claim before, so somebody else decides now that it is contested.")


def check_second(entry: Entry, by: Person, quantity: Decimal) -> None:
    """This will refuse a second acceptance by the same person, by whoever recorded it, or of another quantity."""
    first = queries.first_acceptance(entry)
    if first.taken_by_id == by.pk:
        raise NotPossible("You accepted this claim already. Somebody else must accept it, too.")
    if by.pk in queries.keyed_by(entry):
        raise NotPossible("You recorded this entry or answered for it, so the second officer must be somebody else.")
    if first.quantity != quantity:
        raise NotPossible(
            "The first officer accepted another quantity. Accept the same one, or ask for changes and say why."
        )


def check_acceptable(entry: Entry, quantity: Decimal, note: str) -> None:
    """This will refuse to accept without evidence that can be opened, more than was claimed, or less without saying why."""
    check_quantity(quantity)
    if quantity > entry.quantity:
        raise NotPossible("This is more than was claimed. Give at most the claimed quantity.")
    if quantity == 0 and entry.quantity:  # a nil return is accepted as what it is
        raise NotPossible("To accept none of it, refuse the claim and say why.")
    if quantity < entry.quantity and not note.strip():
        raise NotPossible("Say why less than the claimed quantity is accepted. The provider reads it.")
    found = queries.evidence_of(entry)
    if not found:
        raise NotPossible("No evidence is with this entry yet. Add it first, then it can be accepted.")
    shut = [each.file for each in found if each.file is not None and each.file.state != "checked"]
    if len(shut) == len(found):
        raise NotPossible(f"The evidence cannot be opened. {shut[0].name}: {shut[0].state_words}")


def check_words(words: str) -> None:
    """This will refuse a step that needs its reason and has none."""
    if not words.strip():
        raise NotPossible("Say why, in a few words. Whoever reads the decision needs them.")


def check_may_ask(entry: Entry, *, is_individual: bool) -> None:
    """This will refuse to ask about what cannot be confirmed or is confirmed, and individuals without an assessment."""
    check_standing(entry)
    check_confirmable(entry)
    check_fact(entry, "confirmed", Decimal(0))
    if is_individual and queries.assessment_of(entry.commitment.agreement) is None:
        raise NotPossible(
            "Individuals may be asked only where a data protection assessment is recorded for the agreement. Record it "
            "on the agreement’s Assurance page, or ask the school or group instead."
        )


def check_other_than_reporter(entry: Entry, person: Person) -> None:
    """This will refuse to ask whoever reported the delivery whether it happened."""
    if person.pk == entry.recorded_by_id or queries.works_for_provider(entry, person):
        raise NotPossible("This person works for the provider or reported it. Ask someone who received it.")


def quantity_answered(asked: Confirmation, answer: str, quantity: Decimal | None) -> Decimal:
    """This will give the quantity an answer confirms, zero for a denial; refuses one that contradicts itself."""
    if answer == "all":
        return asked.entry.quantity
    if answer == "none":
        return Decimal(0)
    if quantity is None or quantity <= 0 or quantity >= asked.entry.quantity:
        raise NotPossible(
            _("Give a number above 0 and below %(quantity)s, or choose another answer.")
            % {"quantity": f"{asked.entry.quantity.normalize():f}"}
        )
    check_quantity(quantity)
    return quantity


def check_period_of_keys(starts_on: date, ends_on: date, expires_on: date) -> None:
    """This will refuse a period of keys that is out of order or never ends."""
    if not starts_on <= ends_on < expires_on:
        raise NotPossible("The keys go after the period has ended. Put the three dates in order.")
    if expires_on.year - ends_on.year > 1:
        raise NotPossible("Keys are kept for at most a year after their period. Choose an earlier day.")


def check_may_answer(confirmation: Confirmation) -> None:
    """This will refuse a second answer, and one about what was reversed since."""
    if confirmation.answer:
        raise NotPossible(_("Your answer is on record already. Thank you."))
    if queries.is_reversed(confirmation.entry):
        raise NotPossible(_("The provider has taken this report back, so there is nothing to confirm. Thank you."))


def check_shares(root: Evidence, share: Decimal) -> None:
    """This will refuse a share of an item of evidence that is none, or leaves none where it was given first."""
    if share <= 0:
        raise NotPossible("A share is more than zero.")
    if share >= root.share:
        raise NotPossible(
            f"This claim can have less than {root.share * 100:.0f} % of the item: the shares of one item come to one "
            "at most, and the claim it was given for keeps some of it."
        )


def check_settled_once(flag: Flag) -> None:
    """This will refuse to settle a flag twice."""
    if flag.settled_at is not None:
        raise NotPossible("This flag was settled already.")


#: How sure a sample may be asked to be: so many times in 100, with its percentile.
SURE: dict[str, Decimal] = {"95": Z95, "90": Z90}


def check_something_stands(population: int) -> None:
    """This will refuse to draw where no claim stands."""
    if not population:
        raise NotPossible("No claim stands in that period, so there is nothing to draw from. Choose other dates.")


def size_wanted(population: int, *, within: Decimal, sure: str = "95", expected: Decimal | None = None) -> int:
    """This will say how many claims to draw for a precision in points, by `engine.sampling`; raises NotPossible."""
    check_something_stands(population)
    share = Decimal(50) if expected is None else expected
    return size_for_precision(population, within=within / 100, z=SURE[sure or "95"], share=share / 100)


def check_draw(population: int, size: int) -> None:
    """This will refuse to draw nothing, or more than there is."""
    check_something_stands(population)
    if not 1 <= size <= population:
        raise NotPossible(f"Draw at least 1 and at most {population}, the claims there are.")


def check_found(item: Sampled, found: Decimal) -> None:
    """This will refuse a finding beyond what was claimed, or written over one that is on record."""
    check_quantity(found)
    if found > item.entry.quantity:
        raise NotPossible(f"At most the {item.entry.quantity.normalize():f} that were claimed can be found.")
    if item.checked_at is not None and item.found != found:
        raise NotPossible("A finding is on record for this entry already, and stays.")


def check_assessment_date(day: date, today: date) -> None:
    """This will refuse an assessment dated in the future."""
    if day > today:
        raise NotPossible(f"{day:%-d %B %Y} has not come yet. Give the day the assessment was signed.")


def check_key_period(period: KeyPeriod | KeyCall | None, key: str, today: date) -> None:
    """This will refuse keys of people where the body did not opt in, or that are no keys."""
    if period is None or period.expires_on <= today:
        raise NotPossible("The body does not take keys of people for this period.")
    if len(key) != 64 or set(key) - set("0123456789abcdef"):
        raise NotPossible("A key has 64 characters, 0 to 9 and a to f. Send keys, never names.")
