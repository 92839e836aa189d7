"""Published facts as they are read: the signature parts, charts and maps, in the language of the page.

What is published is not computed again here: figures are rounded once, written in words and given their links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.charts import StackedBars
from commonweal.base.maps import Ward, WardMap
from commonweal.base.parts import AssuranceBar, Figure, PromiseMarks, PromiseTable
from commonweal.base.templatetags.figures import amount_in_unit, money, page_language, percentage, short_in_unit
from commonweal.base.units import has_words, plain_unit
from commonweal.engine.factors import Span
from commonweal.engine.presentation import allocated, rounded
from commonweal.money import after_pounds, significant
from commonweal.publishing import vocabulary

Facts = Mapping[str, Any]
#: Above this many themes a chart says less than the list beneath it.
MOST_BARS: Final = 8
#: Above this many wards with as much recorded as one another, a title counts them.
MOST_NAMED: Final = 3


def number(text: str | None) -> Decimal | None:
    """This will read a published quantity or amount exactly; None stays None."""
    return None if text is None else Decimal(text)


def day(text: str | None) -> date | None:
    """This will read a published date; None stays None."""
    return date.fromisoformat(text) if text else None


def local_day(moment: datetime) -> date:
    """This will give the day of a moment where the body is."""
    return timezone.localtime(moment).date()


# --- words in one language ------------------------------------------------------------------------------------------


def in_words(english: str, welsh: str = "") -> object:
    """This will give a text of the body's in the language of the page: English on a Welsh page is marked as English."""
    if page_language() == "en" or not english:
        return english
    return welsh or format_html('<span lang="en">{}</span>', english)


def value_words(value: Facts) -> str:
    """This will write a published unit value: an amount, its range where no middle was published, or one for each year."""
    if value["amount"]:
        return money(Decimal(value["amount"]))
    if value["low"]:
        return _("%(low)s to %(high)s") % {name: money(Decimal(value[name])) for name in ("low", "high")}
    return _("a value for each year")


def unit_of_value(unit: str) -> object:
    """This will write the unit of a value after its pounds: "GBP per hour" as "per hour"."""
    english = after_pounds(unit)
    welsh = after_pounds(unit, "cy")
    return in_words(english, "" if welsh == english else welsh)


def amount_words(quantity: str | None, unit: str) -> object:
    """This will write a published quantity in its unit; a unit without Welsh is marked as English."""
    if quantity is None:
        return _("Nothing recorded here yet")
    number, plain, lang = Decimal(quantity), plain_unit(unit), page_language()
    words = amount_in_unit(number, plain, lang)
    alone = short_in_unit(number, plain)
    if has_words(plain, lang):
        return words
    return format_html('{}<span lang="en">{}</span>', alone, words.removeprefix(alone))


def unvalued_sentence(unvalued: Iterable[Facts]) -> str:
    """This will say how many promises have no value in pounds, over the list of reasons."""
    number = sum(each["lines"] for each in unvalued)
    return ngettext(
        "%(number)s promise has no value in pounds:", "%(number)s promises have no value in pounds:", number
    ) % {"number": f"{number:,}"}


def reason_words(reason: str) -> object:
    """This will say why something has no value; a reason without plain words is given as the record has it."""
    known = vocabulary.REASONS.get(reason)
    return str(known) if known is not None else in_words(f"{reason[:1].upper()}{reason[1:]}.")


# --- figures --------------------------------------------------------------------------------------------------------


def _span(amount: Facts) -> Span:
    return Span(Decimal(amount["low"]), number(amount["central"]), Decimal(amount["high"]))


def allocated_amounts(lines: Iterable[tuple[str, Facts]], figure: str, place: str = "") -> dict[str, Span]:
    """This will round the amounts of one figure's lines to the penny so that they add to it as it is shown.

    `lines` are (outward id, what the line is worth by stage); with a place, only what lies there counts.
    """
    stage = figure.partition(".")[0]
    found = {}
    for key, worth in lines:
        for amount in worth.get(stage, []):
            if amount["figure"] == figure and (not place or place in amount["places"]):
                found[key] = _span(amount["places"][place] if place else amount)
    return dict(zip(found, allocated(list(found.values())), strict=True))


def written(amount: Facts) -> str:
    """This will write a published amount to the penny: one figure, or a range where no middle was published."""
    return span_words(rounded(_span(amount)))


def span_words(shown: Span) -> str:
    """This will write a rounded amount, or a range where no middle was published."""
    if shown.central is not None:
        return money(shown.central)
    return _("%(low)s to %(high)s") % {"low": money(shown.low), "high": money(shown.high)}


def edition_words(edition: Facts) -> str:
    """This will name an edition in the language of the page."""
    title = edition["title_cy"] if page_language() == "cy" and edition["title_cy"] else edition["title"]
    return f"{title} {edition['version']}"


def kind_words(total: Facts) -> str:
    """This will say what an amount is in plain words and by its term."""
    return f"{plain_kind(total)} ({vocabulary.VALUE_TERMS[total['kind']]})"


def plain_kind(total: Facts) -> str:
    """This will say what an amount is in plain words; a harm is no kind of benefit."""
    return _("Harm done") if total["direction"] == "harm" else str(vocabulary.VALUE_KINDS[total["kind"]])


def figures(worth: Facts, stage: str, *, as_of: date, know: Callable[[str], str]) -> list[Figure]:
    """This will make the figures of one stage; `know` gives the address where the lines of a figure are listed."""
    held = worth[stage]
    found = []
    for total in held["totals"]:
        # Each figure covers its own lines, not all that have a value of some kind.
        coverage = _coverage(stage, total["lines"], held["lines"])
        shown = rounded(_span(total))
        ranged = shown.central is None or shown.low != shown.high
        found.append(
            Figure(
                label=f"{plain_kind(total)}, {vocabulary.STAGES[stage]}",
                unit="£",
                value=shown.central,
                low=shown.low if ranged else None,
                high=shown.high if ranged else None,
                audience="public",
                level=total["level"],
                kind=total["kind"],
                price_year=total["price_year"],
                edition=edition_words(total["edition"]),
                coverage=coverage,
                as_of=as_of,
                how_we_know_url=know(total["figure"]),
            )
        )
    return found


def _coverage(stage: str, covered: int, all_lines: int) -> str:
    if stage == "promised":
        words = ngettext("Covers %(part)s of %(whole)s promise", "Covers %(part)s of %(whole)s promises", all_lines)
    else:
        words = ngettext("Covers %(part)s of %(whole)s delivery", "Covers %(part)s of %(whole)s deliveries", all_lines)
    return words % {"part": f"{covered:,}", "whole": f"{all_lines:,}"}


def counted_sentence(worth: Facts, stage: str) -> str:
    """This will say what the figures of a stage count: promises with a number, or deliveries, and how many are valued.

    A promise can be delivered in many parts, so that the two counts differ.
    """
    held = worth[stage]
    if stage == "promised":
        words = ngettext(
            "These figures count promises. %(whole)s has a number, and %(part)s of those has a value in pounds.",
            "These figures count promises. %(whole)s have a number, and %(part)s of those have a value in pounds.",
            held["lines"],
        )
    else:
        words = ngettext(
            "These figures count deliveries: one promise can be delivered in many parts. %(whole)s is recorded, and "
            "%(part)s of those has a value in pounds.",
            "These figures count deliveries: one promise can be delivered in many parts. %(whole)s are recorded, and "
            "%(part)s of those have a value in pounds.",
            held["lines"],
        )
    return words % {"whole": f"{held['lines']:,}", "part": f"{held['valued']:,}"}


@dataclass(frozen=True, slots=True)
class StageRow:
    """One kind of value at every stage: (words, address of its lines or "") for each."""

    words: str
    level: str
    price_year: str
    edition: str
    cells: tuple[tuple[str, str], ...]


def stage_rows(worth: Facts, know: Callable[[str], str]) -> list[StageRow]:
    """This will lay the stages of each kind of value side by side; kinds, and gross and net, are never added."""
    rows: dict[str, dict[str, Facts]] = {}
    for stage in vocabulary.STAGES:
        for total in worth[stage]["totals"]:
            rows.setdefault(total["figure"].partition(".")[2], {})[stage] = total
    found = []
    for held in rows.values():
        any_stage = next(iter(held.values()))
        cells = tuple(
            (written(held[stage]), know(held[stage]["figure"])) if stage in held else ("–", "")
            for stage in vocabulary.STAGES
        )
        found.append(
            StageRow(
                kind_words(any_stage), str(vocabulary.LEVEL_WORDS[any_stage["level"]]), any_stage["price_year"],
                edition_words(any_stage["edition"]), cells,
            )
        )  # fmt: skip
    return found


def leading_stage(worth: Facts) -> str:
    """This will choose the stage whose figures a page leads with: what was delivered, else what was promised."""
    return "claimed" if worth["claimed"]["totals"] else "promised"


# --- promises -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrawnPromises:
    """Promises as the signature part; `lang` is "en" where it could not be drawn in the language of the page."""

    table: PromiseTable
    lang: str


def _in_page(promise: Facts) -> bool:
    """Whether a promise's wording is there in the language of the page."""
    return page_language() == "en" or bool(promise["wording_cy"])


def _label(promise: Facts) -> str:
    return str(promise["wording_cy"] if page_language() == "cy" and _in_page(promise) else promise["wording"])


def promise_table(promises: Iterable[Facts]) -> DrawnPromises:
    """This will draw promised, expected by now and delivered, in the language of the page.

    A wording kept in English only stands in English, marked so, beside words and numbers in the page's language.
    """
    rows = list(promises)
    marks = tuple(
        PromiseMarks(
            label=_label(each),
            unit=plain_unit(each["unit"]),
            promised=number(each["promised"]),
            expected=None if each["expected"] is None else significant(Decimal(each["expected"])),
            delivered=number(each["claimed"]),
            direction=each["direction"],
            flag=each["flag"],
            label_lang="" if _in_page(each) else "en",
            unpromised=each.get("unpromised", ""),
        )
        for each in rows
    )
    return DrawnPromises(PromiseTable(marks, audience="public"), "" if all(map(_in_page, rows)) else "en")


def assurance_bar(promise: Facts) -> AssuranceBar:
    """This will draw how sure we are of one promise's deliveries, in the language of the page."""
    claimed = number(promise["claimed"])
    return AssuranceBar(
        label=_label(promise),
        unit=plain_unit(promise["unit"]),
        claimed=claimed or None,
        evidenced=Decimal(promise["evidenced"]) if claimed else Decimal(0),
        confirmed=Decimal(promise["confirmed"]) if claimed else Decimal(0),
        assured=Decimal(promise["assured"]) if claimed else Decimal(0),
        confirmable=number(promise["confirmable"]) if claimed else None,
        label_lang="" if _in_page(promise) else "en",
    )


def counted_bar(label: str, assurance: Facts) -> AssuranceBar:
    """This will draw how sure we are of many promises at once, counted in promises."""
    claimed = Decimal(assurance["claimed"])
    return AssuranceBar(
        label=label,
        unit="",
        claimed=claimed or None,
        evidenced=Decimal(assurance["evidenced"]),
        confirmed=Decimal(assurance["confirmed"]),
        assured=Decimal(assurance["assured"]),
        confirmable=Decimal(assurance["confirmable"]) or None,
    )


def theme_words(theme: Facts) -> str:
    """This will name a theme; promises without one are in the words of their contract."""
    if theme["id"] == "none":
        return _("In the words of the contract")
    return theme["title_cy"] if page_language() == "cy" and theme["title_cy"] else theme["title"]


def to_deliver(counts: Facts) -> int:
    """This will count the promises of so much of a good thing: not those without a number, and no limits on harms."""
    return counts["kept"] + counts["partly"] + counts["nothing"]


def kept_sentence(counts: Facts) -> str:
    """This will say as a sentence how many of the promises with a number are delivered in full."""
    promised = to_deliver(counts)
    if not promised:
        return ngettext(
            "%(lines)s line was recorded, with no number promised",
            "%(lines)s lines were recorded, with no number promised",
            counts["lines"],
        ) % {"lines": f"{counts['lines']:,}"}
    return ngettext(
        "%(kept)s of %(promised)s promise is delivered in full",
        "%(kept)s of %(promised)s promises are delivered in full",
        promised,
    ) % {"kept": f"{counts['kept']:,}", "promised": f"{promised:,}"}


def promises_sentence(counts: Facts, agreements: int, published: int) -> str:
    """This will say what a count of promises counts, and how many have no number to be held to.

    `agreements` is how many have a promise, of all `published`.
    """
    said = ngettext(
        "A promise is one line of an agreement: so much of one thing. There is %(promises)s here.",
        "A promise is one line of an agreement: so much of one thing. There are %(promises)s here.",
        counts["lines"],
    ) % {"promises": f"{counts['lines']:,}"}
    within = ngettext("It stands in %(agreements)s agreement.", "They stand in %(agreements)s agreements.", agreements)
    said += " " + within % {"agreements": f"{agreements:,}"}
    if published > agreements:
        without = ngettext(
            "%(number)s more agreement is published here, with no promise in it.",
            "%(number)s more agreements are published here, with no promise in them.",
            published - agreements,
        )
        said += " " + without % {"number": f"{published - agreements:,}"}
    if counts["no-promise"]:
        said += " " + ngettext(
            "%(number)s has no number, so nobody can say whether it is kept.",
            "%(number)s have no number, so nobody can say whether they are kept.",
            counts["no-promise"],
        ) % {"number": f"{counts['no-promise']:,}"}
    if limits := counts.get("limits"):
        said += " " + ngettext(
            "%(number)s is a limit on something unwanted, and no count of what is delivered holds it.",
            "%(number)s are limits on something unwanted, and no count of what is delivered holds them.",
            limits,
        ) % {"number": f"{limits:,}"}
        if counts["above"]:
            passed = ngettext("%(above)s limit is passed.", "%(above)s limits are passed.", counts["above"])
            said += " " + passed % {"above": f"{counts['above']:,}"}
    return said


def sure_sentence(counts: Facts, assurance: Facts) -> str:
    """This will say which of the promises a bar of assurance counts: those with something delivered."""
    return ngettext(
        "The bar counts the %(part)s of %(whole)s promise with something delivered, as the provider says.",
        "The bar counts the %(part)s of %(whole)s promises with something delivered, as the provider says.",
        counts["lines"],
    ) % {"part": f"{int(assurance['claimed']):,}", "whole": f"{counts['lines']:,}"}


def themes_chart(themes: Iterable[Facts], *, source: str, as_of: date) -> StackedBars | None:
    """This will chart how far promises are kept, theme by theme; None with fewer than two themes to compare.

    Beneath it stands how many promises are in no bar: those of no theme, and those without a number.
    """
    held = list(themes)
    rows = [
        _ThemeBar(theme_words(each), tuple(each["counts"][status] for status in _DRAWN))
        for each in held
        if each["id"] != "none" and to_deliver(each["counts"])
    ]
    if len(rows) < 2:
        return None
    title = _themes_title(rows)
    if len(rows) > MOST_BARS:
        rest = rows[MOST_BARS - 1 :]
        sums = tuple(sum(row.counts[n] for row in rest) for n in range(len(_DRAWN)))
        rows = [*rows[: MOST_BARS - 1], _ThemeBar(_("Other themes"), sums)]
    return StackedBars(
        title=title,
        unit=str(vocabulary.PROMISES),
        source=source,
        as_of=as_of,
        left_out=_not_drawn(held),
        parts=tuple(str(vocabulary.STATUSES[status]) for status in _DRAWN),
        rows=tuple((row.words, tuple(map(Decimal, row.counts))) for row in rows),
    )


#: The states of promises with a number, in the order of the parts of a bar.
_DRAWN: Final = ("kept", "partly", "nothing")


@dataclass(frozen=True, slots=True)
class _ThemeBar:
    words: str
    counts: tuple[int, ...]

    @property
    def promised(self) -> int:
        return sum(self.counts)


def _themes_title(rows: Iterable[_ThemeBar]) -> str:
    """The theme that stands out; of a tie, or of a single promise, nothing does, and the whole is told instead."""
    held = list(rows)
    shares = [Fraction(row.counts[0], row.promised) for row in held]
    best = held[shares.index(max(shares))]
    if shares.count(max(shares)) == 1 and best.promised > 1:
        words = _("%(theme)s: %(kept)s of %(promised)s delivered in full, the largest share of all themes")
        return words % {"theme": best.words, "kept": best.counts[0], "promised": best.promised}
    kept, promised = sum(row.counts[0] for row in held), sum(row.promised for row in held)
    words = _("%(kept)s of the %(promised)s promises in these themes delivered in full")
    return words % {"kept": kept, "promised": promised}


def _not_drawn(themes: Iterable[Facts]) -> str:
    """What the bars of the themes leave out, with the numbers; "" when they hold every promise."""
    held = list(themes)
    no_theme = sum(to_deliver(each["counts"]) for each in held if each["id"] == "none")
    no_number = sum(each["counts"]["no-promise"] for each in held)
    limits = sum(each["counts"].get("limits", 0) for each in held)
    said = []
    if no_theme:
        said.append(
            ngettext(
                "%(number)s promise in the words of its contract, tied to no theme",
                "%(number)s promises in the words of their contracts, tied to no theme",
                no_theme,
            ) % {"number": f"{no_theme:,}"}
        )  # fmt: skip
    if no_number:
        said.append(
            ngettext(
                "%(lines)s line without a promised number", "%(lines)s lines without a promised number", no_number
            ) % {"lines": f"{no_number:,}"}
        )  # fmt: skip
    if limits:
        said.append(
            ngettext(
                "%(number)s limit on something unwanted", "%(number)s limits on something unwanted", limits
            ) % {"number": f"{limits:,}"}
        )  # fmt: skip
    return "; ".join(said)


# --- wards ----------------------------------------------------------------------------------------------------------


def place_words(place: Facts) -> object:
    """This will name a place; its name is its own in either language."""
    return place["name_cy"] if page_language() == "cy" and place["name_cy"] else place["name"]


def lines_here(place: Facts) -> Decimal | None:
    """This will give the number that a map shows for a place: None, not 0, where nothing is recorded."""
    return Decimal(max(place["promised"], place["delivered"])) or None


def ward_map(
    wards: Iterable[Facts], outlines: Mapping[str, Any], *, href: Callable[[str], str], source: str, as_of: date
) -> WardMap | None:
    """This will map the wards with an outline; None when any of them has none, or nothing is recorded in any."""
    held = list(wards)
    if not held or any(ward["code"] not in outlines for ward in held):
        return None
    known = [ward for ward in held if lines_here(ward)]
    if not known:
        return None
    left_out = len(held) - len(known)
    return WardMap(
        title=_wards_title(known),
        unit=str(vocabulary.PROMISES),
        source=source,
        as_of=as_of,
        left_out=ngettext(
            "%(wards)s ward where nothing is recorded yet", "%(wards)s wards where nothing is recorded yet", left_out
        ) % {"wards": left_out} if left_out else "",
        wards=tuple(
            Ward(ward["code"], str(place_words(ward)), outlines[ward["code"]], lines_here(ward), href(ward["code"]))
            for ward in held
        ),
    )  # fmt: skip


def _wards_title(known: Iterable[Facts]) -> str:
    """The ward with the most recorded; of several with as much, all are named, or counted where they are many."""
    counts = [(str(place_words(ward)), int(lines_here(ward) or 0)) for ward in known]
    most = max(number for _words, number in counts)
    best = [words for words, number in counts if number == most]
    if len(best) == 1:
        words = ngettext(
            "%(ward)s has the most recorded: %(number)s promise",
            "%(ward)s has the most recorded: %(number)s promises",
            most,
        )
        return words % {"ward": best[0], "number": most}
    wards = ", ".join(best) if len(best) <= MOST_NAMED else _("%(wards)s wards") % {"wards": len(best)}
    words = ngettext(
        "The most recorded in a ward is %(number)s promise: %(wards)s",
        "The most recorded in a ward is %(number)s promises: %(wards)s",
        most,
    )
    return words % {"wards": wards, "number": most}


def deprivation_words(deprivation: Facts) -> str:
    """This will say how much of a ward is among the most deprived fifth of small areas in England."""
    share = percentage(Decimal(deprivation["most_deprived"]) / Decimal(deprivation["areas"]), page_language())
    return ngettext(
        "%(most)s of the %(areas)s small area in this ward (%(share)s) is among the most deprived fifth in England.",
        "%(most)s of the %(areas)s small areas in this ward (%(share)s) are among the most deprived fifth in England.",
        deprivation["areas"],
    ) % {"most": deprivation["most_deprived"], "areas": deprivation["areas"], "share": share}
