"""What may be done with benchmarks: agree, give rates out, take it all back; and answer questions about oneself."""

from __future__ import annotations

from commonweal.base.actions import record_event
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.delivery.queries import live_agreements
from commonweal.engine.year import FinancialYear
from commonweal.reporting.benchmarks import policies, queries
from commonweal.reporting.benchmarks.giving import rates_to_give
from commonweal.reporting.benchmarks.models import Consent, Rate, Release, ReleaseGround, SelfAnswer
from commonweal.reporting.benchmarks.questions import questions
from commonweal.reporting.benchmarks.vocabulary import LEAST_PROVIDERS
from commonweal.reporting.queries import worth
from commonweal.reporting.register.queries import value_per_pound


def agree(*, by: Person, body: Body, naming: str, people: int, people_source: str) -> Consent:
    """This will record that a body exchanges its rates with the others that do; raises NotPossible."""
    policies.check_no_consent(queries.consent_of(body))
    policies.check_people(people)
    found = Consent.objects.create(
        body=body, naming=naming, people=people, people_source=people_source.strip(), given_by=by
    )
    record_event(
        action="benchmarks.consent.given", subject=f"benchmarks.consent:{found.public_id}", by=by, body=body,
        naming=naming, people=people,
    )  # fmt: skip
    return found


def take_back(*, by: Person, body: Body) -> None:
    """This will end a body's consent: its rates are read by nobody else from now on, nor does it read theirs."""
    held = policies.check_consent(queries.consent_of(body))
    now = database_now()
    held.ended_at, held.ended_by = now, by
    held.save(update_fields=["ended_at", "ended_by"])
    _withdraw(body, None)
    record_event(action="benchmarks.consent.ended", subject=f"benchmarks.consent:{held.public_id}", by=by, body=body)


def _withdraw(body: Body, begins: int | None) -> None:
    now = database_now()
    releases = Release.objects.filter(body=body, withdrawn_at__isnull=True)
    if begins is not None:
        releases = releases.filter(begins=begins)
    Rate.objects.filter(body=body, release__in=releases.values("pk"), withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )
    releases.update(withdrawn_at=now)


def give_out(*, by: Person, body: Body, year: FinancialYear) -> Release:
    """This will give a body's rates of a year out, in place of what it gave out of it before; raises NotPossible.

    What would tell of too few providers is kept back, and so is what that could be worked out from: with all that was
    given out of the year before as well.
    """
    consent = policies.check_consent(queries.consent_of(body))
    ratios = value_per_pound(body, year, "evidenced")
    found = worth(body, what="evidenced", on=year.ends_on, year=year)
    providers = dict(
        live_agreements(body).filter(provider__isnull=False).values_list("public_id", "provider__public_id")
    )
    giving = rates_to_give(found, ratios, providers, consent.people, queries.earlier(body, year.begins))
    if not giving.rates:
        raise NotPossible(
            f"Nothing of {year.name} has a value whose evidence was accepted, so there is no rate to give out."
        )
    _withdraw(body, year.begins)
    release = Release.objects.create(
        body=body, begins=year.begins, kind=body.kind, nation=body.nation, people=consent.people,
        name=body.name if consent.naming == "named" else "", spend_words=ratios.spend.words if ratios.base else "",
        covered=None if ratios.share is None else round(ratios.share, 6), least=LEAST_PROVIDERS, given_by=by.pseudonym,
    )  # fmt: skip
    Rate.objects.bulk_create(
        Rate(body=body, release=release, cell=each.cell, figure=each.figure, basis=each.basis, rate=each.rate)
        for each in giving.rates
    )
    ReleaseGround.objects.bulk_create(
        ReleaseGround(
            body=body, release=release, figure=figure, told=sorted(told),
            leaves={leaf: {who: str(amount) for who, amount in held.items()} for leaf, held in leaves.items()},
        )
        for figure, (leaves, told) in giving.grounds.items()
    )  # fmt: skip
    record_event(
        action="benchmarks.rates.given_out", subject=f"benchmarks.release:{release.public_id}", by=by, body=body,
        begins=year.begins, rates=len(giving.rates), kept_back=sum(each.rate is None for each in giving.rates),
    )  # fmt: skip
    return release


def answer(*, by: Person, body: Body, question: str, level: str, words: str, evidence: str = "") -> None:
    """This will answer one question about oneself; what was answered last stands. Raises NotPossible."""
    if question not in questions():
        raise NotPossible("This is no question of the self-assessment.")
    SelfAnswer.objects.create(
        body=body, question=question, level=level, words=words.strip(), evidence=evidence.strip(), answered_by=by
    )
    record_event(
        action="benchmarks.question.answered", subject=f"base.body:{body.public_id}", by=by, body=body,
        question=question, level=level,
    )  # fmt: skip
