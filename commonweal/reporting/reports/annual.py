"""The annual report of a body, and the report to its committee: which sections each has, and what the record says in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commonweal.base.templatetags.figures import long_date, money, quantity
from commonweal.engine.presentation import rounded
from commonweal.reporting.budget.queries import YearAccount
from commonweal.reporting.register.presenting import SUM_HEADINGS
from commonweal.reporting.register.queries import reconciliation
from commonweal.reporting.register.vocabulary import STANDINGS
from commonweal.reporting.reports import document
from commonweal.reporting.reports import year_parts as parts

if TYPE_CHECKING:
    from datetime import date

    from commonweal.base.models import Body
    from commonweal.reporting.stories.queries import ToldStory

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report: its heading, and what its body is asked to write there in its own words, if anything."""

    id: str
    heading: Any
    asks: str = ""
    must: bool = False


ANNUAL: Final[tuple[Section, ...]] = (
    Section("opening", gettext_lazy("Opening"), "In two or three sentences, why this matters here. Whose words they are", must=True),
    Section("finding", gettext_lazy("What the year brought"), "What stands out for you"),
    Section("departments", gettext_lazy("Budget and delivery by department"), "What a reader should know of the departments"),
    Section("objectives", gettext_lazy("By objective of our plan"), "What it means for the plan"),
    Section("places", gettext_lazy("Where it was delivered"), "Why some wards have more than others"),
    Section("stories", gettext_lazy("What it was like"), "A sentence before the stories"),
    Section("kinds", gettext_lazy("Every kind of value"), ""),
    Section("harms", gettext_lazy("Harm"), "What is done about it"),
    Section("counts", gettext_lazy("Counted, without a value in pounds"), ""),
    Section("next", gettext_lazy("What we do next"), "What you will do differently next year"),
    Section("coverage", gettext_lazy("What this covers"), ""),
    Section("method", gettext_lazy("How we know"), ""),
)  # fmt: skip
COMMITTEE: Final[tuple[Section, ...]] = (
    Section("purpose", "Purpose of the report", "What the committee is asked to look at, in a sentence or two", must=True),
    Section("recommendations", "Recommendations", "That the committee: one recommendation on each line", must=True),
    Section("finding", "Finding", "What stands out"),
    Section("departments", "By department", "What the committee should know of the departments"),
    Section("objectives", "By objective", "What it means for the plan"),
    Section("kinds", "Every figure of the year", ""),
    Section("harms", "Harm", "What is done about it"),
    Section("counts", "Counted, not valued", ""),
    Section("money", "Contracts register, agreements and payments", "What is missing, and who puts it right"),
    Section("financial", "Financial implications", "As finance wrote them", must=True),
    Section("legal", "Legal implications", "As the monitoring officer wrote them"),
    Section("equality", "Equality implications", "What the decision means for people with protected characteristics"),
    Section("coverage", "What the figures cover", ""),
    Section("method", "Method", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """What a report is written from: the body, its year's account, its own words, the stories chosen, what is public."""

    body: Body
    held: YearAccount
    words: Words
    stories: Sequence[ToldStory] = ()
    licensed: frozenset[str] = frozenset()
    account: int | None = None
    kept_off: int = 0

    def note(self, section: str, lang: str) -> tuple[str, str]:
        """What the body wrote in a section, and its language where it is not the report's own."""
        said = self.words.get(section, {})
        if lang == "cy":
            return (said["cy"], "") if said.get("cy") else (said.get("en", ""), "en" if said.get("en") else "")
        return said.get("en", ""), ""

    def told(self, lang: str, *, exact: bool) -> parts.Told:
        """The account as a report in that language tells it."""
        return parts.Told(self.body, self.held, lang, exact, self.licensed)


def frame(given: Given, lang: str, title: str, sections: list[document.Content], byline: str) -> document.Content:
    """This will put a report's sections into its frame; the language must be active."""
    body, (opening, opening_lang) = given.body, given.note("opening", lang)
    foot = [_("This is not part of the Statement of Accounts.")]
    if given.account is not None:
        foot.append(_("The account of this year is published as account %(number)s, and anybody can check it.")
                    % {"number": given.account})  # fmt: skip
    if given.kept_off:
        foot.append(ngettext(
            "%(number)s agreement is not shown on the public site: it is in these sums, and nothing here names it.",
            "%(number)s agreements are not shown on the public site: they are in these sums, and nothing here names them.",
            given.kept_off,
        ) % {"number": given.kept_off})  # fmt: skip
    return {
        "title": title, "period": given.held.year.name, "byline": byline, "opening": opening,
        "body_name": body.name_cy if lang == "cy" and body.name_cy else body.name, "opening_lang": opening_lang,
        "sections": document.with_something(sections), "foot": " ".join(foot),
        "invented": _("Invented for demonstration: no body, person or figure here is real.") if body.is_invented else "",
    }  # fmt: skip


def _period(given: Given, lang: str) -> str:
    year = given.held.year
    return _("%(first)s to %(last)s") % {
        "first": long_date(year.starts_on, lang), "last": long_date(year.ends_on, lang)
    }  # fmt: skip


def annual_frame(given: Given, lang: str) -> document.Content:
    """This will write the annual report in one language, from the record."""
    with translation.override(lang):
        told = given.told(lang, exact=False)
        blocks = _blocks(given, told) | {"stories": _stories(given, lang)}
        return frame(
            given, lang, _("Social value report"), _sections(given, ANNUAL, blocks, lang), _period(given, lang)
        )


def _sections(
    given: Given, sections: Sequence[Section], blocks: Mapping[str, Sequence[document.Content | None]], lang: str
) -> list[document.Content]:
    return [
        document.section(each.id, str(each.heading), blocks.get(each.id, ()), *given.note(each.id, lang))
        for each in sections
        if each.id != "opening"
    ]


def _blocks(given: Given, told: parts.Told) -> dict[str, Sequence[document.Content | None]]:
    known = parts.evidence_sentence(told)
    harm = parts.kinds_table(told, lambda key: key.direction == "harm", _("Harm that has a value, never subtracted"))
    counted_harm = parts.counts_table(told, "harm", _("Harm that is counted"))
    return {
        "finding": [
            document.words(" ".join(filter(None, [parts.finding(told), known])), bold=True),
            parts.figure_of(told, _("Delivered, as those who deliver say")),
            parts.bar_of(told, _("what was delivered")),
            document.words(_forecast(told)) if _forecast(told) else None,
        ],
        "departments": [*parts.split_blocks(told, parts.OF_DEPARTMENTS, _("Department")), parts.marks_of(told)],
        "objectives": parts.split_blocks(told, parts.OF_OBJECTIVES, _("Objective"), reasons=False),
        "kinds": [
            parts.kinds_table(told, lambda key: key.direction == "benefit", _("Every figure of the year")),
            document.words(_("Rows are never added to one another: they are different kinds of value, or in other prices."), quiet=True),
        ] if told.keys else [],
        "harms": [harm, counted_harm] if harm or counted_harm else [
            document.words(_("No harm is on record for this year. That is no finding that there was none."))
        ],
        "counts": [parts.counts_table(told, "benefit", _("Each measure in its own unit"))],
        "places": parts.places_blocks(told),
        "coverage": [document.bullets(parts.coverage_sentences(told))],
        "method": [document.bullets(_method(told))],
    }  # fmt: skip


def _forecast(told: parts.Told) -> str:
    """Where the year may end, in a draft written before it is over."""
    held, key = told.held, told.leading
    if held.is_over or key is None or held.rates is None:
        return ""
    found = [held.forecasts[name].total(key) for name in ("middle", "low", "high")]
    if not all(found):
        return ""
    middle, low, high = (told.money(rounded(each.amount).central or rounded(each.amount).low) for each in found if each)
    return _("The year is not over. It may come to %(middle)s, from %(low)s to %(high)s.") % {
        "middle": middle, "low": low, "high": high,
    }  # fmt: skip


def _method(told: parts.Told) -> list[str]:
    year = told.held.year
    editions = sorted({each.named for each in parts.editions_of(told.held.account).values()
                       if each.reference not in told.hidden_editions})  # fmt: skip
    said = [
        _("Every figure is a sum of lines: a measure, a quantity, a time and a place. Nothing is guessed."),
        _("Claimed is what those who deliver say. Evidenced is what the body accepted with its evidence."),
        _("Confirmed is what those who received it said. Assured is what an auditor checked."),
        _("Kinds of value are never added to one another, and harm is never taken off a benefit."),
        _("Told as at %(day)s.") % {"day": long_date(year.ends_on, told.lang)},
    ]  # fmt: skip
    if editions and told.lang == "en":
        said.append(f"Valued with {', '.join(editions)}.")
    return said


def _stories(given: Given, lang: str) -> list[document.Content]:
    welsh = lang == "cy"
    found = []
    for each in given.stories:
        whole = bool(welsh and each.title_cy and each.words_cy)
        found.append(document.story({
            "id": each.public_id, "title": each.title_cy if whole else each.title,
            "words": each.words_cy if whole else each.words,
            "told_by": (each.told_by_cy or each.told_by) if whole else each.told_by, "provider": each.provider,
            "lang": "en" if welsh and not whole else "", "until": each.until.isoformat(),
        }))  # fmt: skip
    if found:
        note = _("Told with the consent of those they are about, and rated by two people. No story is in any figure.")
        found.append(document.words(note, quiet=True))
    return found


# --- the report to a committee --------------------------------------------------------------------------------------


def committee_frame(given: Given, on: date) -> document.Content:
    """This will write the report to a committee: exact figures, tables to paste, charts, and what differs with reasons."""
    with translation.override("en"):
        told = given.told("en", exact=True)
        blocks = _blocks(given, told)
        blocks["departments"] = [
            *parts.split_blocks(told, parts.OF_DEPARTMENTS, "Department", reasons=False),
            *_matters(told),
        ]
        blocks["recommendations"] = _recommendations(given)
        bare = Given(given.body, given.held, {name: each for name, each in given.words.items() if name != "recommendations"},
                     licensed=given.licensed, account=given.account)  # fmt: skip
        blocks["purpose"] = [] if given.note("purpose", "en")[0] else [document.words(
            f"To report the social value budget of {given.held.year.name}: what was to come, what was delivered, and why it differs."
        )]  # fmt: skip
        blocks["money"] = _reconciled(given)
        byline = f"{given.body.name}, {long_date(on)}"
        return frame(bare, "en", "Social value budget", _sections(bare, COMMITTEE, blocks, "en"), byline) | {
            "opening": ""
        }


def _reconciled(given: Given) -> list[document.Content]:
    """The contracts of the year on each of the three sides, by where they stand; nothing where no file was brought in."""
    found = reconciliation(given.body, given.held.year)
    whole = found.whole
    if not whole.entries and not whole.paid_lines:
        return []
    told = [(words, found.by_standing([standing])[standing]) for standing, words in STANDINGS]
    rows = [
        [words, quantity(part.contracts), *(
            money(amount) if lines else "–" for amount, lines in
            ((part.register, part.entries), (part.agreement, part.agreements), (part.payments, part.paid_lines))
        )]
        for words, part in (*((words, part) for words, part in told if part.contracts), ("All", whole))
    ]  # fmt: skip
    return [
        document.table("Where the contracts of the year are on record", SUM_HEADINGS, rows, widths=[5, 2, 3, 3, 3]),
        document.words(
            "Each contract stands in one row. What only looks alike is not joined until a person says so.", quiet=True
        ),
    ]


def _recommendations(given: Given) -> list[document.Content]:
    said = [each.strip() for each in given.note("recommendations", "en")[0].splitlines() if each.strip()]
    return [document.words("That the committee:"), document.bullets(said)] if said else []


def _matters(told: parts.Told) -> list[document.Content]:
    """The differences that matter by the body's own rule, each with its reason or that there is none yet."""
    split, names = told.split(parts.OF_DEPARTMENTS), told.names_of(parts.OF_DEPARTMENTS)
    rows: list[list[Any]] = [
        [parts.plain(names.get(row.key, row.name)), row.difference_words, row.reason.words if row.reason else "No reason given yet"]
        for row in (split.rows if split else ()) if row.matters or row.reason
    ]  # fmt: skip
    if not rows:
        return (
            [document.words("No difference from the budget matters by the rule of the year.")]
            if told.held.budget.lines
            else []
        )
    rules = parts.closing_rules(told.body, told.held.year)
    return [
        document.table("Differences from the budget, and why", ["Department", "Difference", "Why"], rows, numeric_from=9, widths=[3, 3, 5]),
        document.words(
            f"A difference matters when it is more than {money(rules.pounds)} and more than "
            f"{rules.percent.normalize():f}% of the budget.", quiet=True,
        ),
    ]  # fmt: skip
