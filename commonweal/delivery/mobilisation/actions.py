"""What may be done at a promise's hand-over. Every fact is added; none is edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from commonweal.base.actions import record_event
from commonweal.base.models import Party, Person
from commonweal.base.queries import database_now
from commonweal.delivery.mobilisation import policies, queries
from commonweal.delivery.mobilisation.models import CalendarLink, PromiseFact
from commonweal.delivery.models import Agreement, Commitment, Profile
from commonweal.delivery.models import ProfilePart as StoredPart
from commonweal.delivery.policies import check_right
from commonweal.delivery.promises import promised_by
from commonweal.delivery.queries import accruals
from commonweal.directory.queries import today
from commonweal.engine.profile import ProfilePart


def accept_promises(*, by: Person, commitments: Sequence[Commitment], is_manager: bool) -> int:
    """This will record that promises are accepted by whoever leads their delivery, or a manager in their place.

    Those accepted already stay as they are; answers how many were accepted now. Raises NotPossible, and then none is.
    """
    done = 0
    for commitment in _held(commitments):
        standing = queries.standing_of(commitment)
        if standing.state == "accepted":
            continue
        _add(commitment, standing, "accepted", by=by, is_manager=is_manager)
        done += 1
    return done


def query_promise(
    *, by: Person, commitment: Commitment, words: str, is_manager: bool = False, side: str = "body"
) -> PromiseFact:  # fmt: skip
    """This will record a question about a promise; a contract manager answers it. Raises NotPossible.

    The people of the provider whose promise it is (`side` provider) may ask as well.
    """
    check_right(commitment.agreement, "answer")
    policies.check_words(words)
    (held,) = _held([commitment])
    return _add(held, queries.standing_of(held), "queried", by=by, words=words, is_manager=is_manager, side=side)


def answer_query(*, by: Person, commitment: Commitment, words: str) -> PromiseFact:
    """This will answer the query that waits about a promise; both stay on record. Raises NotPossible."""
    policies.check_words(words)
    (held,) = _held([commitment])
    standing = queries.standing_of(held)
    return _add(held, standing, "answered", by=by, words=words, is_manager=True)


def agree_profiles(
    *, by: Person, agreement: Agreement, profiles: Mapping[Commitment, Sequence[ProfilePart]],
    written_against: Mapping[int, int], agreed_on: date, agreed_with: str = "", reason: str = "",
) -> list[Profile]:  # fmt: skip
    """This will record the quarters agreed for promises of one agreement, each as the next version of its profile.

    `written_against` gives the version each was written against by the promise's inner key (0 for none). A promise whose
    quarters are as they stand is left alone. Raises NotPossible and ChangedMeanwhile, and then nothing is recorded.
    """
    policies.check_is_open(agreement)
    made = []
    held = {each.pk: each for each in _held(list(profiles))}
    standing, accrued = queries.latest_profiles(held), accruals(held)
    for commitment, parts in profiles.items():
        latest = standing.get(commitment.pk)
        version = latest.version if latest else 0
        policies.check_version(version, written_against.get(commitment.pk, 0))
        promised = promised_by(held[commitment.pk], accrued)
        policies.check_profile(held[commitment.pk], promised, parts, agreed_on=agreed_on, today=today())
        if latest is not None and _as_they_stand(latest, parts):
            continue
        made.append(_add_profile(by, held[commitment.pk], parts, version + 1, agreed_on, agreed_with, reason))
    return made


def _add_profile(
    by: Person, commitment: Commitment, parts: Sequence[ProfilePart], version: int, agreed_on: date, agreed_with: str,
    reason: str,
) -> Profile:  # fmt: skip
    profile = Profile.objects.create(
        body=commitment.body, party=commitment.party, commitment=commitment, version=version, agreed_on=agreed_on,
        agreed_with=agreed_with.strip(), reason=reason.strip(), agreed_by=by,
    )  # fmt: skip
    StoredPart.objects.bulk_create(
        StoredPart(
            body=commitment.body, party=commitment.party, profile=profile, starts_on=part.quarter.starts_on,
            ends_on=part.quarter.ends_on, quantity=part.quantity,
        )
        for part in parts
    )  # fmt: skip
    record_event(
        action="mobilisation.profile.agreed", subject=f"delivery.commitment:{commitment.public_id}", by=by,
        body=commitment.body, profile=profile.public_id, version=version, agreed_on=agreed_on,
        total=queries.profile_total(parts),
    )  # fmt: skip
    return profile


def _as_they_stand(latest: Profile, parts: Sequence[ProfilePart]) -> bool:
    stored = [(each.starts_on, each.ends_on, each.quantity) for each in latest.parts.all()]
    return stored == [(each.quarter.starts_on, each.quarter.ends_on, each.quantity) for each in parts]


def _held(commitments: Sequence[Commitment]) -> list[Commitment]:
    """The promises as they are now, held until this transaction ends, so that two people speak one after the other."""
    found = Commitment.objects.select_for_update(of=("self",)).filter(pk__in=[each.pk for each in commitments])
    return list(
        found.select_related("body", "party", "agreement__owner__key_held", "owner__key_held").order_by(
            "position", "id"
        )
    )


def _add(
    commitment: Commitment, standing: queries.Standing, kind: str, *, by: Person, is_manager: bool, words: str = "",
    side: str = "body",
) -> PromiseFact:  # fmt: skip
    policies.check_is_open(commitment.agreement)
    policies.check_step(standing, kind)
    if side == "body":
        policies.check_may_speak(commitment, by, is_manager=is_manager)
    fact = PromiseFact.objects.create(
        body=commitment.body, party=commitment.party, commitment=commitment, kind=kind, words=words.strip(),
        answers=standing.open_query if kind == "answered" else None, side=side, said_by=by,
    )  # fmt: skip
    record_event(
        action=f"mobilisation.promise.{kind}", subject=f"delivery.commitment:{commitment.public_id}", by=by,
        body=commitment.body, fact=fact.public_id, side=side,
    )  # fmt: skip
    return fact


def make_calendar_link(*, by: Person, party: Party) -> CalendarLink:
    """This will make somebody's own calendar link to what is due from their organisation; having one, they keep it."""
    held = queries.calendar_link_of(party, by)
    if held is not None:
        return held
    made = CalendarLink.objects.create(party=party, person=by)
    _note_link("made", made, by)
    return made


def end_calendar_link(*, by: Person, party: Party, person: Person) -> None:
    """This will end somebody's calendar link; without one it does nothing."""
    held = queries.calendar_link_of(party, person)
    if held is not None:
        held.ended_at = database_now()
        held.save(update_fields=["ended_at"])
        _note_link("ended", held, by)


def _note_link(action: str, link: CalendarLink, by: Person) -> None:
    record_event(
        action=f"mobilisation.calendar_link.{action}", subject=f"base.party:{link.party.public_id}", by=by, body=None,
        link=link.public_id, person=link.person.pseudonym,
    )  # fmt: skip
