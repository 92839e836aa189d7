"""What is read of accounts: those prepared and published, what must be settled or said before, and their lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse

from commonweal.base.models import Body
from commonweal.base.queries import events_of
from commonweal.delivery.assurance.queries import claims, flags
from commonweal.delivery.queries import live_agreements
from commonweal.directory.queries import departments, places_by_code
from commonweal.engine.account_bundle import Published, Tables
from commonweal.engine.account_figures import Works
from commonweal.engine.factors import Factor, Span
from commonweal.engine.lines import Line
from commonweal.engine.model import Edition, FrozenMapping
from commonweal.engine.valuation import LineValue
from commonweal.engine.year import FinancialYear
from commonweal.reporting.accounts.bundles import Drawn, draw_up
from commonweal.reporting.accounts.models import AccountBundle, AccountLine, Preparation, PublishedAccount
from commonweal.reporting.queries import account
from commonweal.reporting.record.queries import closings

#: The events by which the room above keeps an agreement off the public site, and puts it back.
_KEPT_OFF, _PUT_BACK = "publishing.agreement.withdrawn", "publishing.agreement.put_back"
#: Lines whose amounts are allocated so that they add to the figure as shown; of more, each is rounded by itself.
MOST_ALLOCATED: Final = 20_000


# --- accounts -------------------------------------------------------------------------------------------------------


def published_accounts(body: Body) -> list[PublishedAccount]:
    """This will list a body's published accounts, the newest first, without their figures; anybody may read them."""
    return list(PublishedAccount.objects.filter(body=body).defer("content", "rules"))


def has_accounts(body: Body) -> bool:
    """This will say whether a body has published an account."""
    return PublishedAccount.objects.filter(body=body).exists()


def get_account(body: Body, number: int) -> PublishedAccount:
    """This will find a published account by its number; raises PublishedAccount.DoesNotExist."""
    return PublishedAccount.objects.select_related("body").defer("rules").get(body=body, number=number)


def bundle_of(found: PublishedAccount) -> bytes:
    """This will give the file of a published account."""
    return bytes(AccountBundle.objects.values_list("content", flat=True).get(account=found))


def in_force(accounts: Collection[PublishedAccount]) -> dict[int, int]:
    """This will say, by the year it begins in, the number of the account of a year that stands: the last published."""
    return {each.year: each.number for each in sorted(accounts, key=lambda each: each.number)}


def superseded_by(found: PublishedAccount) -> PublishedAccount | None:
    """This will find the account that took the place of one, if any did."""
    later = PublishedAccount.objects.filter(body_id=found.body_id, restates=found.number)
    return later.defer("content", "rules").first()


def as_published(found: PublishedAccount) -> Published:
    """This will name an account as bundles and checkpoints do."""
    return Published(found.number, FinancialYear(found.year).slug, found.sha256)


def preparations(body: Body) -> list[Preparation]:
    """This will list what was prepared, the newest first; needs the body's scope."""
    found = Preparation.objects.filter(body=body).select_related("prepared_by__key_held", "decided_by__key_held")
    return list(found.order_by("-id")[:20])


def get_preparation(body: Body, public_id: str) -> Preparation:
    """This will find a preparation; raises Preparation.DoesNotExist."""
    found = Preparation.objects.select_related("body", "prepared_by__key_held", "decided_by__key_held")
    return found.get(body=body, public_id=public_id)


def prepared(body: Body) -> Preparation | None:
    """This will find the account that waits to be published, if one does."""
    found = Preparation.objects.filter(body=body, state="prepared")
    return found.select_related("body", "prepared_by__key_held").first()


def years_closed(body: Body) -> list[FinancialYear]:
    """This will list the years that are closed for good, the newest first; needs the body's scope."""
    return sorted(closings(body).final, reverse=True)


def kept_off_the_site(body: Body) -> frozenset[str]:
    """This will name the agreements that are kept off the public site now; needs the body's scope."""
    kept: dict[str, bool] = {}
    told = events_of(body).filter(action__in=(_KEPT_OFF, _PUT_BACK)).order_by("seq")
    for action, subject in told.values_list("action", "subject"):
        kept[subject.partition(":")[2]] = action == _KEPT_OFF
    return frozenset(agreement for agreement, is_kept in kept.items() if is_kept)


def drawn(body: Body, year: FinancialYear) -> Drawn:
    """This will draw up the account of a year as it would be published now; needs the body's scope."""
    return draw_up(account(body, on=year.ends_on, year=year), year, kept_off_the_site(body))


def names_of(found: Drawn, body: Body) -> dict[str, dict[str, str]]:
    """This will name the departments and places of an account."""
    codes = {cells[9] for cells in found.rows if cells[9]}
    held = {cells[10] for cells in found.rows}
    every = [*departments(body), *departments(body, ended=True)]
    return {
        "departments": {each.public_id: each.name for each in every if each.public_id in held},
        "places": {code: place.name for code, place in places_by_code(codes).items()},
    }


# --- before it is published -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at before an account is published: it stops it, or is to be said in it; and where it is settled."""

    words: str
    lines: int
    stops: bool
    href: str = ""
    fix: str = ""


def checks(body: Body, year: FinancialYear, found: Drawn) -> list[Check]:
    """This will list what must be settled before an account is published, and what it must say; needs the scope."""
    return [*_stopping(body, year, found), *_to_be_said(body, year, found)]


def _stopping(body: Body, year: FinancialYear, found: Drawn) -> list[Check]:
    checked = []
    if year not in closings(body).final:
        checked.append(Check(
            f"{year.name} is not closed for good", 1, True,
            reverse("budget:closing", args=[body.slug, year.slug]),
            "Close the year: what is published must not move any more.",
        ))  # fmt: skip
    deliveries = {cells[1] for cells in found.rows if cells[0] == "delivery"}
    open_flags = [each for each in flags(body) if each.entry.public_id in deliveries]
    if open_flags:
        checked.append(Check(
            "Claims that may tell one thing twice, or are far beyond their promise, are not settled", len(open_flags), True,
            reverse("assurance:flags", args=[body.slug]), "Settle each flag: is it another thing, or the same?",
        ))  # fmt: skip
    if not found.rows:
        checked.append(Check("Nothing is recorded for this year", 0, True, _worth(body, year),
                             "Record or bring in what was promised and delivered."))  # fmt: skip
    if found.differs:
        checked.append(Check("The figures are not those of the record", len(found.differs), True, _worth(body, year),
                             f"Tell whoever runs Commonweal for you: {found.differs[0]}"))  # fmt: skip
    return checked


def _to_be_said(body: Body, year: FinancialYear, found: Drawn) -> list[Check]:
    deliveries = {cells[1] for cells in found.rows if cells[0] == "delivery"}
    waiting = sum(each in deliveries for each in claims(body, state="waiting").values_list("public_id", flat=True))
    said = []
    if waiting:
        said.append(Check(
            "Claimed, with evidence that nobody has decided on yet", waiting, False,
            f"{reverse('assurance:claims', args=[body.slug])}?state=waiting",
            "It counts as claimed and not as evidenced. Decide on it, or say so.",
        ))  # fmt: skip
    unvalued = f"{_lines(body, year)}&figure=none"
    said += [Check(words, lines, False, unvalued if "not in pounds" in words else _worth(body, year))
             for words, lines in found.stated]  # fmt: skip
    return said


def _worth(body: Body, year: FinancialYear) -> str:
    return f"{reverse('reporting:worth', args=[body.slug])}?year={year.slug}"


def _lines(body: Body, year: FinancialYear) -> str:
    return f"{reverse('reporting:worth_lines', args=[body.slug])}?what=claimed&year={year.slug}"


# --- the lines of a published account ---------------------------------------------------------------------------------


def rules_of(found: PublishedAccount) -> Works:
    """This will give what a published account was valued with: its own editions and price tables."""
    return _works(found.pk, found.sha256)


@lru_cache(maxsize=8)
def _works(key: int, sha256: str) -> Works:
    held = PublishedAccount.objects.only("rules", "year").get(pk=key, sha256=sha256)
    editions = {name: Edition.from_json(content) for name, content in held.rules["editions"].items()}
    return Works(FrozenMapping(editions), Tables.from_json(held.rules["prices"]), FinancialYear(held.year).ends_on)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines of an account are asked for: of a stage, of a figure (its key as in the bundle), of a group."""

    stage: str = "claimed"
    figure: tuple[str, ...] = ()
    by: str = ""
    group: str = ""
    without_value: bool = False


def lines_of(found: PublishedAccount, asked: Asked) -> QuerySet[AccountLine]:
    """This will list the lines of a published account that one figure is the sum of, or all of a stage."""
    lines = AccountLine.objects.filter(account=found, **{f"{asked.stage}__isnull": False})
    if asked.by:
        lines = lines.filter(**{asked.by: asked.group})
    if asked.without_value:
        return lines.filter(in_totals=False)
    if asked.figure:
        edition = asked.figure[0]
        lines = lines.filter(edition=edition, in_totals=True, measure__in=_measures(rules_of(found), asked.figure))
    return lines


def _measures(works: Works, figure: tuple[str, ...]) -> list[str]:
    """The measures of an edition whose lines belong to a figure: of its direction, kind, prices and level."""
    reference, direction, kind, level, price_year, year_type, ranged = figure
    edition = works.editions.get(reference)
    wanted = []
    for measure in edition.measures.values() if edition else ():
        factor = _any_factor(works, reference, measure.id)
        span = factor and (factor.gross if level == "gross" else factor.net)
        if not factor or not span or measure.direction != direction or factor.value.kind != kind:
            continue
        of = (factor.price.to_year, factor.price.type, "range" if span.central is None else "")
        if of == (price_year, year_type, ranged):
            wanted.append(measure.id)
    return wanted


def _any_factor(works: Works, reference: str, measure: str) -> Factor | None:
    """What a measure is worth in the year of the account, or in the nearest year it has a value for."""
    for back in range(30):
        begins = works.as_of.year - 1 - back
        for emission in (begins, begins + 1) if works.key(reference, measure, date(begins, 4, 1))[1] else (0,):
            found = works.factor(reference, measure, begins, emission)
            if isinstance(found, Factor):
                return found
        if not works.key(reference, measure, date(begins, 4, 1))[1]:
            return None
    return None


def get_line(found: PublishedAccount, record: str, line: str) -> AccountLine:
    """This will find one line of a published account; raises AccountLine.DoesNotExist."""
    return AccountLine.objects.get(account=found, record=record, line=line)


def quantity_at(line: AccountLine, stage: str) -> Decimal | None:
    """This will give the quantity of a line at a stage, whole, in its measure's unit."""
    quantity: Decimal | None = getattr(line, stage)
    return quantity


def value_of(works: Works, line: AccountLine, stage: str) -> LineValue | None:
    """This will value one line of an account at a stage, with the editions the account holds; None without a value."""
    quantity = quantity_at(line, stage)
    if not line.given or quantity is None or line.starts_on is None or line.ends_on is None:
        return None
    years = works.key(line.edition, line.measure, line.starts_on)
    factor = works.factor(line.edition, line.measure, *years)
    held = Line(
        measure=line.measure, quantity=quantity, start=line.starts_on, end=line.ends_on, place=line.place,
        agreement=line.agreement, share=line.share, line=line.line,
    )  # fmt: skip
    measure = works.editions[line.edition].measures[line.measure]
    if isinstance(factor, str):
        return LineValue(held, measure, None, False, factor)
    return LineValue(held, measure, factor, line.in_totals, "")


def amounts_of(found: PublishedAccount, asked: Asked) -> dict[int, Span]:
    """This will give the exact amount of every line of a figure, by row, in the order of the account."""
    works = rules_of(found)
    level = asked.figure[3]
    amounts = {}
    for line in lines_of(found, asked).order_by("row"):
        valued = value_of(works, line, asked.stage)
        span = valued and (valued.gross if level == "gross" else valued.net)
        if span:
            amounts[line.row] = span
    return amounts


def titles_of(body: Body, agreements: Collection[str]) -> Mapping[str, str]:
    """This will name agreements by outward id, as they are called today; needs the body's scope."""
    found: dict[str, Any] = dict(
        live_agreements(body).filter(public_id__in=list(agreements)).values_list("public_id", "title")
    )
    return found
