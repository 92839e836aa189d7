"""Stories of the invented region at every step, a newsletter that was sent, and the elections on its calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from commonweal.base.queries import get_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.delivery.queries import live_agreements
from commonweal.directory.queries import people_of_party, today, wards_of
from commonweal.engine.stories import rubric
from commonweal.publishing.actions import refresh, set_previews
from commonweal.publishing.queries import shows_previews
from commonweal.reporting.reports import actions as reports
from commonweal.reporting.reports import queries as report_queries
from commonweal.reporting.stories import actions, queries

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person
    from commonweal.reporting.stories.models import Story

CARE, HALL = "AB-2024-020", "AB-2024-011"
EVERYWHERE: Final = ("public-site", "annual-report", "newsletter")
VISITS: Final = actions.StoryWords(
    "“Thursday is the day I cook for two again”",
    "After my husband died I ate standing up. I did not see the point of laying the table.\n\n"
    "Since February somebody from the home care firm comes on Thursdays, not to clean, just to sit down with me. We peel "
    "potatoes. In June I started to cook for two again, because I knew that there would be two.\n\n"
    "My neighbour comes as well now. I would have found somebody in the end, I think. But not that winter.",
    "a woman of 81", "“Dydd Iau yw’r diwrnod pan fydda i’n coginio i ddau eto”",
    "Ar ôl i fy ngŵr farw roeddwn i’n bwyta ar fy nhraed. Doeddwn i ddim yn gweld pwynt gosod y bwrdd.\n\n"
    "Ers mis Chwefror mae rhywun o’r cwmni gofal cartref yn dod ar ddydd Iau, nid i lanhau, dim ond i eistedd gyda mi. "
    "Rydyn ni’n plicio tatws. Ym mis Mehefin dechreuais goginio i ddau eto, am fy mod yn gwybod y byddai dau.\n\n"
    "Mae fy nghymydog yn dod hefyd erbyn hyn. Byddwn i wedi dod o hyd i rywun yn y diwedd, rwy’n meddwl. Ond nid y gaeaf hwnnw.",
    "menyw 81 oed", happened_on=date(2026, 6, 18),
)  # fmt: skip
ROTA: Final = actions.StoryWords(
    "“I know on Monday what I earn on Friday”",
    "For four years I never knew my hours. You cannot rent a flat on a maybe.\n\n"
    "In April I was offered sixteen hours that are mine whatever happens. My daughter’s nursery lets me pay monthly now. It was "
    "not only the contract: my manager pushed for it before anybody asked. But it is in writing, and that is what counted.",
    "a home carer", happened_on=date(2026, 4, 27),
)  # fmt: skip
ROOF: Final = actions.StoryWords(
    "The roof that two apprentices finished",
    "When the hall’s roof went on, the last course was laid by two apprentices who had started eleven months before. One had "
    "left school with nothing and says so. The other came from the wish list: the youth club asked for somebody who would "
    "take her on.\n\nBoth stayed with the roofing firm. The foreman says that he would have hired one of them anyway.",
    "the foreman", happened_on=date(2026, 9, 24),
)  # fmt: skip
READING: Final = actions.StoryWords(
    "The boy who reads to the builders",
    "Year 5 came to see the site in March. One of them asked if he could read to the men in their break, because nobody at home "
    "had time. They said yes. He came on four Fridays, with his teaching assistant, and read them a whole book about a whale.",
    "his teaching assistant", happened_on=date(2026, 3, 27),
)  # fmt: skip
SENT_IN: Final = actions.StoryWords(
    "Bread for the night shift",
    "Our drivers asked for bread at four in the morning, so the bakery next door opens a hatch. Now the cleaners of the hospital "
    "come too. It was their idea, not ours.",
    "a shift leader", happened_on=date(2026, 10, 6),
)  # fmt: skip
#: The promise each story is about, by its measure.
MEASURES: Final = {
    VISITS.title: "health.isolation-visits", ROTA.title: "fair-work.guaranteed-hours-people",
    ROOF.title: "skills.apprentice-starts", READING.title: "skills.site-visits",
}  # fmt: skip


def load_stories() -> None:
    """This will tell stories of two agreements as people of the region would have, and send one newsletter."""
    body = get_body("alderbrook")
    with open_scope(body=body.pk):
        if queries.stories(body).exists():
            return
        held = {each.reference: each for each in live_agreements(body).filter(reference__in=(CARE, HALL))
                .select_related("body", "party", "owner__key_held", "provider")}  # fmt: skip
        if set(held) != {CARE, HALL} or today() < date(2026, 10, 20):
            return  # the clock of this machine stands before what is told
        writer, lead, others = _people(body, held[CARE].owner)
        _tell(body, held, writer, lead, others)
        _newsletter(body, held, lead)
        _calendar(body, lead)


def _people(body: Body, writer: Any) -> tuple[Person, Person, list[Person]]:
    staff = staff_of(body)
    lead = next(person for person, roles in staff if "lead" in roles and person != writer)
    others = [
        person for person, roles in staff
        if {"contract-manager", "buyer", "assurer", "finance"} & set(roles) and person not in (writer, lead)
    ]  # fmt: skip
    return writer, lead, others


def _tell(body: Body, held: Any, writer: Person, lead: Person, others: list[Person]) -> None:
    wards = [each.code for each in wards_of(body.place_code, today())] or [""]
    care, hall = held[CARE], held[HALL]
    visits = _story(writer, care, VISITS, wards[0])
    _consent(
        writer, visits, "the woman it is about", reference="Form C-114", email="ivy.marsh@example.org", name="Ivy Marsh"
    )
    _verified(visits, lead, others[0], differ=True)
    rota = _story(writer, care, ROTA, wards[-1])
    _consent(writer, rota, "the carer", uses=("public-site", "newsletter"), until=today() + timedelta(days=41))
    _verified(rota, lead, others[0])
    roof = _story(writer, hall, ROOF, wards[0])
    _consent(writer, roof, "the first apprentice")
    second = _consent(writer, roof, "the second apprentice", reference="Form C-131")
    _verified(roof, lead, others[0])
    actions.withdraw_consent(
        by=writer, consent=second, words="She has another job now and would rather not be known for this."
    )
    reading = _story(writer, hall, READING, wards[0], about="children")
    _consent(
        writer, reading, "his mother", capacity="guardian", uses=("annual-report",), assessment="DPIA-2026-07",
        assessed_on=date(2026, 2, 12),
    )  # fmt: skip
    actions.rate_story(
        by=others[0], story=reading, version=1, marks=_marks(2), words="The school confirmed the four Fridays."
    )
    people = people_of_party(care.party)
    if people:
        with open_scope(party=care.party.pk):
            actions.offer_story(by=people[0][0], agreement=care, about="adults", words=SENT_IN)


def _story(by: Person, agreement: Any, words: actions.StoryWords, place_code: str, about: str = "adults") -> Story:
    return actions.draft_story(
        by=by, body=agreement.body, about=about, words=words, agreement=agreement, place_code=place_code,
        commitment=agreement.commitments.filter(withdrawn_at__isnull=True, measure__measure_id=MEASURES[words.title]).first(),
    )  # fmt: skip


def _consent(by: Person, story: Story, giver: str, **given: Any) -> Any:
    said: dict[str, Any] = {
        "capacity": "themself", "uses": EVERYWHERE, "how": "form", "given_on": date(2026, 10, 12),
        "until": date(2028, 10, 11), "reference": "Form C-120",
    } | given  # fmt: skip
    return actions.record_consent(by=by, story=story, version=1, giver=giver, **said)


def _marks(value: int, **others: int) -> dict[str, int]:
    return {each.id: value for each in rubric().criteria} | others


def _verified(story: Story, lead: Person, other: Person, *, differ: bool = False) -> None:
    actions.rate_story(
        by=other, story=story, version=1, marks=_marks(2, voice=3), words="Her own words. The visits are in the record."
    )
    actions.rate_story(
        by=lead, story=story, version=1, marks=_marks(2, voice=3, attribution=3 if differ else 2),
        words="It says plainly what else helped.",
    )  # fmt: skip
    if differ:
        actions.settle_ratings(
            by=lead, story=story, version=1, marks=_marks(2, voice=3, attribution=3),
            words="Read together: the last two sentences say what would have happened anyway, so three.",
        )  # fmt: skip
    actions.verify_story(by=lead, story=story, version=1)


def _newsletter(body: Body, held: Any, lead: Person) -> None:
    reports.add_contractors(by=lead, body=body)
    gone = reports.add_reader(
        by=lead,
        body=body,
        email="office@tollgate-joinery.example",
        name="Joan Tollgate",
        organisation="Tollgate Joinery",
    )
    reports.leave(by=gone.person, reader=gone)
    told = [each.public_id for each in reports.told_now(body, today())]
    quarters = report_queries.quarters_free(body, today())
    begins = next((begins for begins, _ends in quarters if begins == date(2026, 7, 1)), quarters[0][0])
    made = reports.begin_newsletter(
        by=lead, body=body, begins_on=begins, stories=told,
        opening="Thank you for a summer in which much was finished and some of it early. Two people tell below what it was like.",
        opening_cy="Diolch am haf pan orffennwyd llawer, a pheth ohono’n gynnar. Isod mae dau o bobl yn dweud sut brofiad oedd hynny.",
        nudges=["hours", "pay-small-firms", "tell-a-story"],
    )  # fmt: skip
    reports.publish_newsletter(by=lead, newsletter=made, version=made.version)
    reports.send_newsletter(by=lead, newsletter=made)


def _calendar(body: Body, lead: Person) -> None:
    reports.enter_period(
        by=lead, body=body, title="By-election, Old Mill ward, 24 September 2026", starts_on=date(2026, 8, 18),
        ends_on=date(2026, 9, 24), source="Notice of election, electoral services",
    )  # fmt: skip
    reports.enter_period(
        by=lead, body=body, title="Election of the whole council, 6 May 2027", starts_on=date(2027, 3, 22),
        ends_on=date(2027, 5, 6), source="Timetable of electoral services; notice of election to follow",
    )  # fmt: skip


def load_previews() -> None:
    """This will have one council show providers what is new about them first, from now on; once."""
    body = get_body("aberwennol")
    with open_scope(body=body.pk):
        if not shows_previews(body):
            refresh(body=body, by=None)
            lead = next(person for person, roles in staff_of(body) if "lead" in roles)
            set_previews(body=body, by=lead, is_on=True)
