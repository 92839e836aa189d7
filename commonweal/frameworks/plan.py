"""The plan on a page: what it says (`content`, kept as published) and how it reads in one language (`PlanPage`).

The content keeps every text in both languages as the body wrote it, and people by outward id: their names are looked
up when the plan is read, so an erased name leaves every version of the plan too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from commonweal.base.templatetags.figures import long_date

if TYPE_CHECKING:
    from commonweal.base.models import Body

LANGUAGES: Final = {"en": "English", "cy": "Welsh"}

#: The product's own words on the plan, in both languages: the page and the PDF say the same.
WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "heading": "Our plan for social value",
        "dates": "From {first} to {last}",
        "from": "From {first}",
        "until": "Until {last}",
        "counts_towards": "Counts towards:",
        "others": "Also",
        "people": "Who answers for this plan",
        "named-member": "Named member",
        "senior-lead": "Senior lead",
        "measured_by": "Measured by",
        "version": "Version {number}, published {day}",
        "draft": "Draft, not published",
        "invented": "An invented example",
    },
    "cy": {
        "heading": "Ein cynllun gwerth cymdeithasol",
        "dates": "O {first} tan {last}",
        "from": "O {first}",
        "until": "Tan {last}",
        "counts_towards": "Yn cyfrif tuag at:",
        "others": "Hefyd",
        "people": "Pwy sy’n atebol am y cynllun hwn",
        "named-member": "Aelod a enwir",
        "senior-lead": "Uwch arweinydd",
        "measured_by": "Mesurir yn ôl",
        "version": "Fersiwn {number}, cyhoeddwyd {day}",
        "draft": "Drafft, heb ei gyhoeddi",
        "invented": "Enghraifft ddychmygol",
    },
}

#: The kinds of appointment the plan names, in this order.
PLAN_PEOPLE: Final = ("named-member", "senior-lead")


# --- what the plan says -------------------------------------------------------------------------------------------


def both(english: str, welsh: str) -> dict[str, str]:
    """This will keep a text in both languages; Welsh may be empty."""
    return {"en": english.strip(), "cy": welsh.strip()}


def plan_content(
    body: Body,
    tree: Iterable[Any],
    frameworks: Iterable[Any],
    appointments: Iterable[Any],
) -> dict[str, Any]:
    """This will write the content of a plan as JSON values.

    `tree` is the strategy (`queries.Branch`), `frameworks` the editions in force, `appointments` who answers for what
    today. The title and words are those of the first plan in force; themes are those in force, in the order of the
    tree, each with the objectives in force beneath it; objectives beneath no theme come last, in a group without a
    title.
    """
    in_force = [each for root in tree for each in root.walk() if each.in_force]
    plan = next((each.node for each in in_force if each.node.kind == "plan"), None)
    themes, placed = [], set()
    for theme in (each for each in in_force if each.node.kind == "theme"):
        beneath = [each for each in theme.walk() if each.in_force and each.node.kind == "objective"]
        beneath = [each for each in beneath if each.node.pk not in placed]
        placed |= {each.node.pk for each in beneath}
        themes.append(_group(theme.node, beneath))
    others = [each for each in in_force if each.node.kind == "objective" and each.node.pk not in placed]
    if others:
        themes.append(_group(None, others))
    return {
        "body": {
            "name": both(body.name, body.name_cy),
            "tagline": both(body.tagline, body.tagline_cy),
            "colour": body.colour,
            "is_invented": body.is_invented,
        },
        "title": both(plan.title, plan.title_cy) if plan else both("", ""),
        "words": both(plan.words, plan.words_cy) if plan else both("", ""),
        "starts_on": _day(plan.starts_on) if plan else None,
        "ends_on": _day(plan.ends_on) if plan else None,
        "themes": themes,
        "frameworks": [{"reference": each.reference, "title": both(each.title, each.title_cy)} for each in frameworks],
        "people": [
            {
                "kind": each.kind,
                "person": each.person.public_id,
                "topic": both(each.topic, each.topic_cy),
            }
            for kind in PLAN_PEOPLE
            for each in appointments
            if each.kind == kind
        ],
    }


def _group(theme: Any, objectives: Iterable[Any]) -> dict[str, Any]:
    return {
        "title": both(theme.title, theme.title_cy) if theme else both("", ""),
        "words": both(theme.words, theme.words_cy) if theme else both("", ""),
        "objectives": [
            {
                "id": each.node.public_id,
                "title": both(each.node.title, each.node.title_cy),
                "words": both(each.node.words, each.node.words_cy),
                # The words of a licensed framework are not the body's to publish.
                "outcomes": [
                    {"key": outcome.key, "title": both(outcome.title, outcome.title_cy)}
                    for outcome in each.outcomes
                    if not outcome.is_private
                ],
            }
            for each in objectives
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def objectives_in(content: Mapping[str, Any]) -> int:
    """This will count the objectives a plan names."""
    return sum(len(theme["objectives"]) for theme in content["themes"])


def untranslated(content: Mapping[str, Any]) -> list[str]:
    """This will list the body's own texts of a plan that have no Welsh yet, in order, each once."""
    found: dict[str, None] = {}

    def look(part: Any) -> None:
        if isinstance(part, Mapping):
            if set(part) == {"en", "cy"}:
                if part["en"] and not part["cy"]:
                    found[part["en"]] = None
                return
            for each in part.values():
                look(each)
        elif isinstance(part, list):
            for each in part:
                look(each)

    look(content)
    return list(found)


# --- how it reads ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text and, when it is not in the language of the page, the language it is in."""

    text: str
    lang: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class PlanObjective:
    """An objective as it reads; `id` is its outward id."""

    id: str
    title: Phrase
    words: Phrase
    outcomes: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class PlanTheme:
    """A theme as it reads; its title is the product's own "Also" for objectives beneath no theme."""

    title: Phrase
    words: Phrase
    objectives: tuple[PlanObjective, ...]


@dataclass(frozen=True, slots=True)
class PlanPerson:
    """Someone the plan names: the role in the page's language, the name, and what they answer for."""

    role: str
    name: str
    topic: Phrase


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan in one language, ready to be shown."""

    lang: str
    words_of_page: Mapping[str, str]
    colour: str
    body_name: Phrase
    tagline: Phrase
    title: Phrase
    words: Phrase
    dates: str
    themes: tuple[PlanTheme, ...]
    people: tuple[PlanPerson, ...]
    frameworks: tuple[Phrase, ...]
    edition_line: str
    is_invented: bool
    on: date


def read_content(
    content: Mapping[str, Any], lang: str, names: Mapping[str, str], *, on: date, version: int | None = None
) -> PlanPage:
    """This will read a plan's content in "en" or "cy"; a text without Welsh stays English and says so.

    `names` gives people's names by outward id: someone it does not name (an erased person) is left out. `on` is the day
    it was published or, for a draft (`version` None), the day it is looked at.
    """
    words = WORDS[lang]

    def phrase(texts: Mapping[str, str]) -> Phrase:
        if texts[lang] or not texts["en"]:
            return Phrase(texts[lang])
        return Phrase(texts["en"], "en")

    edition_line = words["draft"]
    if version is not None:
        edition_line = words["version"].format(number=version, day=long_date(on, lang))
    has_titled = any(theme["title"]["en"] for theme in content["themes"])
    return PlanPage(
        lang=lang,
        words_of_page=words,
        colour=content["body"]["colour"],
        body_name=phrase(content["body"]["name"]),
        tagline=phrase(content["body"]["tagline"]),
        title=phrase(content["title"]) or Phrase(words["heading"]),
        words=phrase(content["words"]),
        dates=_dates(content["starts_on"], content["ends_on"], lang),
        themes=tuple(
            PlanTheme(
                title=phrase(theme["title"]) or Phrase(words["others"] if has_titled else ""),
                words=phrase(theme["words"]),
                objectives=tuple(
                    PlanObjective(
                        id=each["id"],
                        title=phrase(each["title"]),
                        words=phrase(each["words"]),
                        outcomes=tuple(phrase(outcome["title"]) for outcome in each["outcomes"]),
                    )
                    for each in theme["objectives"]
                ),
            )
            for theme in content["themes"]
        ),
        people=tuple(
            PlanPerson(words[each["kind"]], names[each["person"]], phrase(each["topic"]))
            for each in content["people"]
            if each["person"] in names
        ),
        frameworks=tuple(phrase(each["title"]) for each in content["frameworks"]),
        edition_line=edition_line,
        is_invented=content["body"]["is_invented"],
        on=on,
    )


def _dates(starts_on: str | None, ends_on: str | None, lang: str) -> str:
    first = long_date(date.fromisoformat(starts_on), lang) if starts_on else ""
    last = long_date(date.fromisoformat(ends_on), lang) if ends_on else ""
    key = {(True, True): "dates", (True, False): "from", (False, True): "until"}.get((bool(first), bool(last)))
    return WORDS[lang][key].format(first=first, last=last) if key else ""
