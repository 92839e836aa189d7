"""What the tests of stories and newsletters share: marks by the rubric, and a council that tells stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from commonweal.base.models import Body, Event, Party, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Agreement, Commitment
from commonweal.directory.actions import record_organisation
from commonweal.directory.queries import today
from commonweal.engine.stories import rubric
from commonweal.reporting.stories import actions
from commonweal.reporting.stories.models import Consent, Story


def marks(value: int = 2, **others: int) -> dict[str, int]:
    """The same mark for every criterion, but for those named."""
    return {each.id: value for each in rubric().criteria} | others


@dataclass
class Tellers:
    """One agreement and the people around its stories; `tellers.verified()` tells one from its draft to its verifying."""

    body: Body
    party: Party
    writer: Person
    rater: Person
    lead: Person
    reporter: Person
    agreement: Agreement
    promise: Commitment

    def words(self, title: str = "Now I can get to work on time", **fields: Any) -> actions.StoryWords:
        given = {"words": "Before, I waited for two buses. Now I start at six.", "told_by": "an apprentice"} | fields
        return actions.StoryWords(title=title, **given)

    def draft(self, about: str = "adults", title: str = "Now I can get to work on time", **fields: Any) -> Story:
        given = {"by": self.writer, "agreement": self.agreement, "commitment": self.promise} | fields
        return actions.draft_story(body=self.body, about=about, words=self.words(title), **given)

    def consent(self, story: Story, **fields: Any) -> Consent:
        story.refresh_from_db()
        given: dict[str, Any] = {
            "by": self.writer, "version": story.version, "giver": "the apprentice", "capacity": "themself",
            "uses": ["public-site", "newsletter", "annual-report"], "how": "form", "given_on": today(),
            "until": today() + timedelta(days=365),
        } | fields  # fmt: skip
        return actions.record_consent(story=story, **given)

    def rate(self, story: Story, one: dict[str, int] | None = None, other: dict[str, int] | None = None) -> Story:
        version = story.version
        actions.rate_story(by=self.rater, story=story, version=version, marks=one or marks())
        actions.rate_story(by=self.lead, story=story, version=version, marks=other or marks())
        story.refresh_from_db()
        return story

    def verified(self, title: str = "Now I can get to work on time", **consent: Any) -> Story:
        story = self.draft(title=title)
        self.consent(story, **consent)
        return actions.verify_story(by=self.lead, story=self.rate(story), version=1)

    def events(self) -> list[str]:
        return list(Event.objects.filter(body=self.body).order_by("seq").values_list("action", flat=True))


def tellers_of(make_body: Any, make_person: Any, provider: str = "Larkhollow Kitchens", **fields: Any) -> Tellers:
    """A council of its own with one agreement and the people around its stories."""
    body = make_body(**fields)
    writer = make_person("contract-manager", body=body, name="Ann Writer")
    rater = make_person("buyer", body=body, name="Bob Rater")
    lead = make_person("lead", body=body, name="Cal Lead")
    with open_scope(body=body.pk):
        organisation = record_organisation(name=provider, body=body, by=writer)
        agreement = delivery.record_agreement(
            by=writer, body=body, title="School meals", provider=organisation, channel="procurement",
            starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31), owner=writer,
        )  # fmt: skip
        promise = delivery.record_commitment(
            by=writer, agreement=agreement, wording="Apprentices who start", unit="starts", quantity=Decimal(12)
        )
    reporter = make_person("provider-admin", party=organisation.party, name="Rae Porter")
    return Tellers(body, organisation.party, writer, rater, lead, reporter, agreement, promise)
