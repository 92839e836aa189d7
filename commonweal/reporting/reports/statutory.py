"""The annual report that a law asks for: each item with what the record answers and what a person wrote."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.asks.queries import live_opportunities
from commonweal.base.templatetags.figures import long_date, percentage, pounds, quantity
from commonweal.delivery.queries import live_agreements
from commonweal.engine.statutory import Item, StatutoryReport
from commonweal.engine.year import FinancialYear
from commonweal.reporting.reports import document
from commonweal.reporting.reports import year_parts as parts
from commonweal.reporting.reports.annual import Given, frame

if TYPE_CHECKING:
    from commonweal.delivery.models import Agreement

#: A list in a report is so long at most; the rest is counted.
LONGEST = 200


def languages_of(law: StatutoryReport) -> tuple[str, ...]:
    """This will say in which languages a report is written: Welsh where the law has it."""
    return document.LANGUAGES if law.title_cy else ("en",)


@dataclass(frozen=True, slots=True)
class Answered:
    """One item of a report on its checklist: what the record gives, and whether words are still to be written."""

    item: Item
    from_record: bool
    written: str

    @property
    def state(self) -> str:
        """Where the item stands, for the checklist."""
        if self.written:
            return "written"
        return "to-write" if self.item.must or not self.from_record else "from-record"


def checklist(law: StatutoryReport, given: Given, left_out: Collection[str]) -> list[Answered]:
    """This will say of every item what answers it."""
    return [
        Answered(each, bool(document.with_something([_section(each, given, "en", left_out, bare=True)])),
                 given.note(each.id, "en")[0])
        for each in law.items
    ]  # fmt: skip


def statutory_frame(law: StatutoryReport, given: Given, lang: str, left_out: Collection[str]) -> document.Content:
    """This will write the report in one language, an item a section, in the order of the law."""
    with translation.override(lang):
        title = law.title_cy if lang == "cy" else law.title
        instrument = law.instrument_cy if lang == "cy" else law.instrument
        sections = [_section(each, given, lang, left_out) for each in law.items]
        return frame(given, lang, title, sections, instrument) | {"opening": "", "opening_lang": ""}


def _section(
    item: Item, given: Given, lang: str, left_out: Collection[str], *, bare: bool = False
) -> document.Content:  # fmt: skip
    told = given.told(lang, exact=False)
    blocks = _ANSWERS[item.answer](told, left_out) if item.answer else []
    note, note_lang = ("", "") if bare else given.note(item.id, lang)
    if not blocks and not note and not bare:
        blocks = [document.words(_("Nothing is written here yet."), quiet=True)]
    return document.section(item.id, item.title_cy if lang == "cy" else item.title, blocks, note, note_lang)


def _let_in(told: parts.Told) -> list[Agreement]:
    year = told.held.year
    found = live_agreements(told.body).filter(
        channel="procurement", starts_on__gte=year.starts_on, starts_on__lte=year.ends_on
    )
    return list(found.select_related("provider").order_by("starts_on", "id"))


def _day(day: date | None, lang: str) -> str:
    return long_date(day, lang) if day else "–"


def _awards(told: parts.Told, left_out: Collection[str]) -> list[document.Content | None]:
    found = _let_in(told)
    shown = [each for each in found if each.public_id not in left_out]
    if not shown:
        return []
    rows = [
        [told.name(each.title, ""), each.provider.name if each.provider else "–",
         told.in_table(each.value) if each.value is not None else "–", _day(each.starts_on, told.lang), _day(each.ends_on, told.lang)]
        for each in shown[:LONGEST]
    ]  # fmt: skip
    known = [each.value for each in shown if each.value is not None]
    said = ngettext(
        "%(number)s contract began in the year; the value of %(known)s is on record, %(amount)s in all.",
        "%(number)s contracts began in the year; the value of %(known)s is on record, %(amount)s in all.", len(shown),
    ) % {"number": quantity(len(shown)), "known": quantity(len(known)), "amount": pounds(sum(known, Decimal(0)))}  # fmt: skip
    headings = [_("Contract"), _("Contractor"), _("Value"), _("From"), _("Until")]
    return [
        document.words(said),
        document.table(_("Contracts that began in the year"), headings, rows, numeric_from=9, widths=[5, 4, 3, 3, 3]),
        document.words(_("The first %(number)s are listed.") % {"number": LONGEST}, quiet=True) if len(shown) > LONGEST else None,
    ]  # fmt: skip


def _sizes(told: parts.Told, left_out: Collection[str]) -> list[document.Content | None]:
    names: dict[str, Any] = {
        "micro": _("Micro"),
        "small": _("Small"),
        "medium": _("Medium"),
        "large": _("Large"),
        "unknown": _("Not known"),
    }
    found = _let_in(told)
    if not found:
        return []
    counted = dict.fromkeys(names, 0)
    for each in found:
        counted[each.provider.size if each.provider and each.provider.size in names else "unknown"] += 1
    small = counted["micro"] + counted["small"] + counted["medium"]
    rows = [[names[size], quantity(number)] for size, number in counted.items()]
    rows.append([_("All"), quantity(len(found))])
    said = _("Contracts that went to firms known to be micro, small or medium-sized: %(number)s of %(all)s, %(share)s.") % {
        "number": quantity(small), "all": quantity(len(found)), "share": percentage(Decimal(small) / len(found), told.lang),
    }  # fmt: skip
    return [
        document.words(said),
        document.table(_("Contracts by size of the contractor"), [_("Size"), _("Contracts")], rows),
    ]


def _objectives(told: parts.Told, _left_out: Collection[str]) -> list[document.Content | None]:
    found = parts.split_blocks(told, parts.OF_OBJECTIVES, _("Objective"), reasons=False)
    return [each for each in found if each and each["kind"] != "chart"]


def _delivered(told: parts.Told, _left_out: Collection[str]) -> list[document.Content | None]:
    finding = document.words(parts.finding(told)) if told.leading else None
    counts = parts.counts_table(told, "benefit", _("Each measure in its own unit"))
    return [each for each in (finding, counts) if each]


def _kinds(told: parts.Told, _left_out: Collection[str]) -> list[document.Content | None]:
    found = parts.kinds_table(told, lambda _key: True, _("Every figure of the year"))
    return [found] if found else []


def _outlook(told: parts.Told, _left_out: Collection[str]) -> list[document.Content | None]:
    after = told.held.year.next
    last = FinancialYear(after.begins + 1)
    found = live_opportunities(told.body).filter(
        channel="procurement", starts_on__gte=after.starts_on, starts_on__lte=last.ends_on
    )
    rows = [
        [told.name(each.title, ""), _day(each.starts_on, told.lang), told.in_table(each.value) if each.value is not None else "–"]
        for each in found.order_by("starts_on", "id")[:LONGEST]
    ]  # fmt: skip
    if not rows:
        return []
    caption = _("Expected in %(first)s and %(second)s") % {"first": after.name, "second": last.name}
    return [
        document.table(caption, [_("What"), _("From"), _("Estimated value")], rows, numeric_from=9, widths=[5, 3, 3])
    ]


_ANSWERS = {
    "awards": _awards, "sizes": _sizes, "objectives": _objectives, "delivered": _delivered, "kinds": _kinds,
    "outlook": _outlook,
}  # fmt: skip
