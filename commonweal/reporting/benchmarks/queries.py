"""What pages read of rates given out, of consent, and of a body's assessment of itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from commonweal.base.models import Body
from commonweal.engine.disclosure import Leaves
from commonweal.engine.disclosure import Release as Told
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.queries import get_edition
from commonweal.reporting.benchmarks.models import Consent, Rate, Release, ReleaseGround, SelfAnswer
from commonweal.reporting.benchmarks.quartiles import Group, Own, group_of
from commonweal.reporting.benchmarks.vocabulary import LEAST_BODIES


def edition_named(reference: str) -> str:
    """This will name an edition as people read it; its reference where it is not kept here."""
    try:
        return get_edition(reference).named
    except ObjectDoesNotExist:
        return reference


def consent_of(body: Body) -> Consent | None:
    """This will find a body's consent to exchange its rates, while it stands."""
    return Consent.objects.filter(body=body, ended_at__isnull=True).select_related("given_by__key_held").first()


def earlier(body: Body, begins: int) -> dict[str, list[Told]]:
    """This will give, for each figure, all that the body told of a year before: leaves, and the cells told."""
    found: dict[str, list[Told]] = {}
    rows = ReleaseGround.objects.filter(body=body, release__begins=begins).order_by("pk")
    for figure, leaves, told in rows.values_list("figure", "leaves", "told"):
        held: Leaves = {
            leaf: {who: Decimal(amount) for who, amount in amounts.items()} for leaf, amounts in leaves.items()
        }
        found.setdefault(figure, []).append(Told(held, frozenset(told)))
    return found


def own_release(body: Body, begins: int) -> Release | None:
    """This will find what a body gave out of a year, as it stands."""
    return Release.objects.filter(body=body, begins=begins, withdrawn_at__isnull=True).order_by("-pk").first()


def rates_of(release: Release) -> list[Rate]:
    """This will list the rates of a release."""
    return list(Rate.objects.filter(release=release).order_by("figure", "basis", "pk"))


def releases_of_year(begins: int) -> list[Release]:
    """This will list what every body gave out of a year, as it stands: none to a body that gives nothing itself."""
    return list(Release.objects.filter(begins=begins, withdrawn_at__isnull=True).order_by("pk"))


def groups(body: Body, year: FinancialYear, which: str) -> list[Group]:
    """This will compare a body's rates of a year with those of a group of bodies, figure by figure."""
    own = own_release(body, year.begins)
    if own is None:
        return []
    others = [each for each in releases_of_year(year.begins) if each.body_id != body.pk]
    chosen = [each for each in others if is_like(own, each, which)]
    rates = _rates([own, *chosen])
    told = Own(own.pk, {(figure, basis): rate for (release, figure, basis), rate in rates.items() if release == own.pk})
    names = {each.pk: each.name for each in chosen}
    return [group_of(told, key, rates, names, least=LEAST_BODIES) for key in told.rates]


def _rates(releases: Iterable[Release]) -> dict[tuple[Any, ...], Decimal | None]:
    rows = Rate.objects.filter(release__in=[each.pk for each in releases], cell="all", withdrawn_at__isnull=True)
    return {
        (release, figure, basis): rate
        for release, figure, basis, rate in rows.order_by("figure", "basis").values_list(
            "release_id", "figure", "basis", "rate"
        )
    }


def is_like(own: Release, other: Release, which: str) -> bool:
    """This will say whether another body belongs to the group: by kind, by kind and nation and size, or anybody."""
    if which == "all":
        return True
    if own.kind != other.kind:
        return False
    if which == "kind":
        return True
    return own.nation == other.nation and own.people <= 2 * other.people and other.people <= 2 * own.people


@dataclass(frozen=True, slots=True)
class Answered:
    """A question's answer as it stands."""

    level: str
    level_words: str
    words: str
    evidence: str
    by: str
    on: Any


def answers(body: Body) -> dict[str, Answered]:
    """This will give a body's answers about itself by question: what was answered last."""
    rows = SelfAnswer.objects.filter(body=body).select_related("answered_by__key_held").order_by("pk")
    return {
        each.question: Answered(
            each.level,
            str(each.get_level_display()),
            each.words,
            each.evidence,
            each.answered_by.name,
            each.answered_at,
        )
        for each in rows
    }
