"""One provider of the invented region limits one of its people to one agreement; all the others need no such thing."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from commonweal.base.scope import open_scope
from commonweal.delivery.queries import agreements_of_party
from commonweal.delivery.rights import actions, queries
from commonweal.directory.queries import find_person_with_email, parties_of

#: Who says what somebody may do, whom they limit, and the agreement they name.
ADMINISTRATOR: Final = "provider@plover.example"
LIMITED: Final = "care@plover.example"
REFERENCE: Final = "AW-25-003"


def load_rights() -> None:
    """This will limit one person, or do nothing where somebody was limited already; safe to run again."""
    lead, person = find_person_with_email(ADMINISTRATOR), find_person_with_email(LIMITED)
    if lead is None or person is None:
        return
    for party in parties_of(lead):
        with transaction.atomic(), open_scope(party=party.pk, person=lead.pk):
            if any(each.limit for each in queries.holders(party)):
                continue
            named = {each: "report" for each in agreements_of_party(party) if each.reference == REFERENCE}
            actions.limit_person(
                by=lead, party=party, person=person, rights=named,
                written_against=queries.version_of(party, person),
            )  # fmt: skip
