"""A year of reviews in the invented region: meetings, actions, warnings, and ratings at every step, one contested."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from commonweal.base.queries import get_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.delivery.queries import live_agreements
from commonweal.delivery.reviews import actions
from commonweal.delivery.reviews import queries as reviews
from commonweal.directory.queries import people_of_party, today

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

#: What is told of each agreement, by its reference: (day it was held, who was there, what was said).
MEETINGS: Final = {
    "AB-2024-020": [
        (date(2026, 4, 16), ["contract-manager", "provider-manager", "service-lead"],
         "Visits to people who live alone are ahead. Guaranteed hours move slowly: two managers left in March."),
        (date(2026, 7, 15), ["contract-manager", "provider-manager", "provider-social-value", "community"],
         "Rookery Good Neighbours told us what the visits change. Qualifications: the college moved its start to October."),
        (date(2026, 10, 14), ["contract-manager", "social-value-lead", "provider-manager", "finance"],
         "The living wage is paid to all but the four who started in September. Hours to be looked at again in January."),
    ],
    "AB-2024-011": [
        (date(2026, 10, 6), ["contract-manager", "provider-manager", "sub-contractor"],
         "Snagging is done. Two apprentices stay with the roofing sub-contractor; their papers are still to come."),
    ],
}  # fmt: skip


def load_reviews() -> None:
    """This will hold the reviews of two agreements of the region, and rate one, as its people would have done."""
    body = get_body("alderbrook")
    with open_scope(body=body.pk):
        held = {each.reference: each for each in live_agreements(body).filter(reference__in=MEETINGS)
                .select_related("body", "party", "owner__key_held")}  # fmt: skip
        if set(held) != set(MEETINGS) or today() < date(2026, 10, 20):
            return  # the clock of this machine stands before these meetings
        for reference, meetings in MEETINGS.items():
            for told in meetings:
                _meeting(held[reference], told)
        _care(held["AB-2024-020"], _people(body))
        _hall(held["AB-2024-011"], _people(body))


def _people(body: Body) -> list[Person]:
    return [person for person, roles in staff_of(body) if "contract-manager" in roles or "lead" in roles]


def _meeting(agreement: Any, told: tuple[date, list[str], str]) -> None:
    held_on, attended, note = told
    (planned,) = actions.plan_reviews(
        by=agreement.owner, agreement=agreement, kind="formal", first_on=today(), led_by=agreement.owner
    )
    review = actions.hold_review(
        by=agreement.owner, review=planned, version=1, held_on=held_on, attended=attended, note=note
    )
    actions.sign_review(by=agreement.owner, review=review, side="body")
    if held_on < date(2026, 10, 1):
        for person, _roles in people_of_party(agreement.party)[:1]:
            actions.sign_review(by=person, review=review, side="provider")


def _care(agreement: Any, staff: list[Person]) -> None:
    owner = agreement.owner
    other = next(person for person in staff if person != owner)
    reporter = people_of_party(agreement.party)[0][0]
    now, (last, *earlier) = today(), [each for each in reviews.reviews_of(agreement) if each.state == "held"]
    actions.plan_reviews(
        by=owner, agreement=agreement, kind="formal", first_on=now + timedelta(days=52), led_by=owner,
        last_on=agreement.ends_on,
    )  # fmt: skip
    actions.plan_reviews(
        by=owner, agreement=agreement, kind="touchpoint", first_on=now + timedelta(days=3), led_by=owner
    )
    old = actions.take_on(
        by=owner, review=earlier[0], words="Agree a start in October with the college", side="provider",
        owner_words="Training lead", due_on=date(2026, 9, 1),
    )  # fmt: skip
    actions.carry_action_on(
        by=owner, action=old, review=last, due_on=date(2026, 11, 10), reason="The college answered only in September"
    )
    actions.take_on(
        by=owner, review=last, words="Look through the rotas of January for guaranteed hours", side="body", owner=owner,
        due_on=now + timedelta(days=4),
    )  # fmt: skip
    promises = {each.measure.measure_id: each for each in agreement.commitments.select_related("measure").filter(
        measure__isnull=False, basis="fixed")}  # fmt: skip
    actions.raise_warning(
        by=reporter, agreement=agreement, side="provider", what="Qualifications may come late",
        how_much="Six of 24, until the summer", proposed="Two groups in the spring term instead of one",
        commitment=promises["skills.qualifications-gained"], raised_on=date(2026, 10, 2),
    )  # fmt: skip
    settled = actions.raise_warning(
        by=owner, agreement=agreement, side="body", what="The office in Rookery closes in August",
        how_much="Visits of two weeks", proposed="Work from the parish hall", raised_on=date(2026, 6, 29),
    )  # fmt: skip
    actions.settle_warning(by=owner, warning=settled, outcome="The parish hall was used; no visit was missed.")
    visits = _kpi(agreement, "Visits to people who live alone", "70", "60", "45", promises["health.isolation-visits"])
    hours = _kpi(
        agreement, "People moved to guaranteed hours", "6", "5", "4", promises["fair-work.guaranteed-hours-people"]
    )
    calls = _kpi(agreement, "Calls answered within a minute", "95", "90", "80", unit="%")
    missed = _kpi(agreement, "Visits missed", "5", "8", "12", unit="visits", sense="at-most")
    told = "As reported; the evidence of the quarter is still being looked at"
    decided = _rate(_draft(owner, visits, "69", told), reporter, other)
    actions.publish_rating(by=other, rating=actions.lock_rating(by=other, rating=decided))
    actions.lock_rating(by=other, rating=_rate(_draft(owner, calls, "96.5"), reporter, other))
    contested = actions.send_rating(by=owner, rating=_draft(owner, hours, "4", told), days=10)
    actions.respond_to_rating(
        by=reporter, rating=contested, agrees=False,
        words="Two people’s new contracts were signed in June and sent in July. They belong to this period: six, not four.",
    )  # fmt: skip
    actions.send_rating(by=owner, rating=_draft(owner, missed, "6"), days=14)
    _draft(owner, calls, "94", period=(date(2026, 7, 1), date(2026, 9, 30)))


def _hall(agreement: Any, staff: list[Person]) -> None:
    owner = agreement.owner
    last = next(each for each in reviews.reviews_of(agreement) if each.state == "held")
    done = actions.take_on(
        by=owner, review=last, words="Send the certificates of the last two apprentices", side="provider",
        owner_words="Site manager", due_on=date(2026, 10, 20),
    )  # fmt: skip
    actions.finish_action(by=owner, action=done, outcome="Sent, and accepted the same week")
    actions.take_on(
        by=owner, review=last, words="Ask Alder Valley College to confirm both", side="body", owner=owner,
        due_on=date(2026, 11, 13),
    )  # fmt: skip


def _kpi(
    agreement: Any, title: str, target: str, approaching: str, improvement: str, promise: Any = None, *, unit: str = "",
    sense: str = "at-least",
) -> Any:  # fmt: skip
    return actions.set_kpi(
        by=agreement.owner, agreement=agreement, title=title, unit=unit or promise.unit, sense=sense,
        target=Decimal(target), approaching=Decimal(approaching), improvement=Decimal(improvement), every_months=3,
        starts_on=date(2026, 4, 1), clause="Schedule 4, table 2", commitment=promise,
    )  # fmt: skip


def _draft(
    by: Person, kpi: Any, figure: str, told: str = "", period: tuple[date, date] = (date(2026, 4, 1), date(2026, 6, 30))
) -> Any:
    return actions.draft_rating(
        by=by, kpi=kpi, starts_on=period[0], ends_on=period[1], figure=Decimal(figure), figure_why=told
    )


def _rate(drafted: Any, reporter: Person, decider: Person) -> Any:
    rating = actions.send_rating(by=drafted.drafted_by, rating=drafted, days=10)
    rating = actions.respond_to_rating(by=reporter, rating=rating, agrees=True)
    return actions.decide_rating(by=decider, rating=rating, decided=rating.rating)
