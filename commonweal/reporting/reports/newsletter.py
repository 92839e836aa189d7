"""A newsletter written from the record: the quarter's figures, the stories chosen, reminders; in English and Welsh.

The same content is the page, the plain text of the mail and the PDF. Nothing in it is typed twice: an edition is the
opening line, which stories, in which order, and which reminders; all else is read from the record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.govuk.colour import darkened_until_readable, hexadecimal, read_colour
from commonweal.base.pdf import make_pdf
from commonweal.base.templatetags.figures import amount_in_unit, long_date, quantity
from commonweal.engine.factors import EXACT
from commonweal.frameworks.queries import get_edition
from commonweal.reporting.figures import Account, WorthLine
from commonweal.reporting.reports.vocabulary import NUDGES
from commonweal.reporting.stories.queries import ToldStory

if TYPE_CHECKING:
    from commonweal.base.models import Body

LANGUAGES: Final = ("en", "cy")
#: So many measures are named; more is a table, and a newsletter has none.
MOST_MEASURES: Final = 5
Content = dict[str, Any]


def _in_quarter(line: WorthLine, begins_on: date, ends_on: date, without: Collection[str]) -> bool:
    if not line.is_entry or line.brought_forward or line.promise.agreement in without:
        return False
    day = line.ends_on or line.starts_on or line.recorded_on
    return begins_on <= day <= ends_on and line.promise.direction == "benefit"


def quarter_figures(
    held: Account, begins_on: date, ends_on: date, *, licensed: Collection[str] = (), without: Collection[str] = ()
) -> Content:
    """This will read what was delivered in a quarter out of an account: exact numbers, as text.

    A delivery belongs to the quarter its period ends in. Measures are named by how many deliveries tell of them; those
    licensed to the body alone (`licensed`, by outward id) are counted and not named. `without` are agreements left out.
    """
    claimed = [each for each in held.worths["claimed"].lines if _in_quarter(each, begins_on, ends_on, without)]
    evidenced = [each for each in held.worths["evidenced"].lines if _in_quarter(each, begins_on, ends_on, without)]
    named: dict[tuple[str, str], list[WorthLine]] = {}
    for line in claimed:
        if line.promise.measure and line.promise.measure_public_id not in licensed:
            named.setdefault((line.promise.edition, line.promise.measure), []).append(line)
    ranked = sorted(named.items(), key=lambda each: (-len(each[1]), each[0]))[:MOST_MEASURES]
    with_evidence = {each.public_id: each for each in evidenced}
    measures = []
    with localcontext(prec=EXACT):
        for (edition, measure), lines in ranked:
            shown = [with_evidence[each.public_id].counted for each in lines if each.public_id in with_evidence]
            measures.append({
                "edition": edition, "measure": measure, "title": lines[0].promise.measure_title,
                "unit": lines[0].promise.unit, "claimed": str(sum((each.counted for each in lines), Decimal(0))),
                "evidenced": str(sum(shown, Decimal(0))), "deliveries": len(lines),
            })  # fmt: skip
    return {
        "deliveries": len(claimed), "evidenced": len(evidenced),
        "agreements": len({each.promise.agreement for each in claimed}), "measures": measures,
    }  # fmt: skip


def _title_of(row: Mapping[str, Any], lang: str) -> str:
    """A measure's title in the language, where its edition has one."""
    if lang == "cy":
        held = get_edition(row["edition"]).measures.get(row["measure"])
        return held.title_cy if held is not None and held.title_cy else row["title"]
    return str(row["title"])


def quarter_words(begins_on: date, ends_on: date, lang: str) -> str:
    """This will name a quarter: "1 July to 30 September 2026"."""
    with translation.override(lang):
        first = long_date(begins_on, lang).rsplit(" ", 1)[0]
        return _("%(first)s to %(last)s") % {"first": first, "last": long_date(ends_on, lang)}


def compose(
    body: Body, *, begins_on: date, ends_on: date, on: date, figures: Content, stories: Sequence[ToldStory],
    opening: str, opening_cy: str, nudges: Iterable[str],
) -> Content:  # fmt: skip
    """This will write a newsletter in both languages, from what was read; JSON values, ready to be frozen."""
    told = {
        "begins_on": begins_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "on": on.isoformat(),
        "figures": figures,
    }
    chosen = list(nudges)
    return told | {
        lang: _frame(body, lang, begins_on, ends_on, figures, stories, opening, opening_cy, chosen)
        for lang in LANGUAGES
    }


def _frame(
    body: Body, lang: str, begins_on: date, ends_on: date, figures: Content, stories: Sequence[ToldStory], opening: str,
    opening_cy: str, nudges: Sequence[str],
) -> Content:  # fmt: skip
    welsh = lang == "cy"
    with translation.override(lang):
        name = body.name_cy if welsh and body.name_cy else body.name
        said = opening_cy if welsh and opening_cy else opening
        words = {id: (str(title), str(more)) for id, title, more in NUDGES}
        return {
            "title": _("Social value newsletter"), "body_name": name, "period": quarter_words(begins_on, ends_on, lang),
            "opening": said, "opening_lang": "en" if welsh and not opening_cy else "",
            "figures_heading": _("What was delivered"), "headline": _headline(figures),
            "figures": [_figure(row, lang) for row in figures["measures"]],
            "figures_note": _(
                "As the providers say, counted in the quarter in which each delivery ended. Of what was accepted, the "
                "body has seen the evidence."
            ),
            "stories_heading": ngettext("A story", "Stories", len(stories)) if stories else "",
            "stories": [_story(each, welsh) for each in stories],
            "stories_note": _("Told with the consent of those they are about, and rated by two people.") if stories else "",
            "nudges_heading": _("What good employers do") if nudges else "",
            "nudges": [{"title": words[each][0], "words": words[each][1]} for each in nudges],
            "invented": _("Invented for demonstration: no body, person or figure here is real.") if body.is_invented else "",
        }  # fmt: skip


def _headline(figures: Content) -> str:
    number = figures["deliveries"]
    if not number:
        return _("No delivery of this quarter is on record yet.")
    said = ngettext("%(number)s delivery", "%(number)s deliveries", number) % {"number": quantity(number)}
    under = ngettext("%(number)s agreement", "%(number)s agreements", figures["agreements"]) % {
        "number": quantity(figures["agreements"])
    }
    if not figures["evidenced"]:
        return _("%(deliveries)s under %(agreements)s; no evidence is accepted yet.") % {
            "deliveries": said, "agreements": under,
        }  # fmt: skip
    return _("%(deliveries)s under %(agreements)s; evidence is accepted for %(evidenced)s of them.") % {
        "deliveries": said, "agreements": under, "evidenced": quantity(figures["evidenced"]),
    }  # fmt: skip


def _figure(row: Mapping[str, Any], lang: str) -> Content:
    amount = amount_in_unit(Decimal(row["claimed"]), row["unit"], lang)
    accepted = Decimal(row["evidenced"])
    words = (
        _("%(number)s accepted with its evidence") % {"number": quantity(accepted)}
        if accepted
        else _("evidence not accepted yet")
    )
    title = _title_of(row, lang)
    return {
        "amount": amount,
        "title": title,
        "words": words,
        "lang": "en" if lang == "cy" and title == row["title"] else "",
    }


def _story(each: ToldStory, welsh: bool) -> Content:
    whole = bool(welsh and each.title_cy and each.words_cy)
    return {
        "id": each.public_id, "title": each.title_cy if whole else each.title,
        "words": each.words_cy if whole else each.words,
        "told_by": (each.told_by_cy or each.told_by) if whole else each.told_by,
        "delivered": _("Delivered by %(name)s") % {"name": each.provider} if each.provider else "",
        "lang": "en" if welsh and not whole else "", "until": each.until.isoformat(),
    }  # fmt: skip


def digest(content: Content) -> str:
    """This will hash a frozen newsletter, whatever order its parts are kept in."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def still_told(content: Content, told: Collection[str]) -> Content:
    """This will leave out of a frozen newsletter the stories that may not be told any more, and say how many went."""
    kept = dict(content)
    gone = 0
    for lang in LANGUAGES:
        frame = dict(content[lang])
        stories = [each for each in frame["stories"] if each["id"] in told]
        gone = len(frame["stories"]) - len(stories)
        frame["stories"] = stories
        if gone:
            with translation.override(lang):
                frame["taken_back"] = ngettext(
                    "%(number)s story of this edition is not told any more.",
                    "%(number)s stories of this edition are not told any more.", gone,
                ) % {"number": gone}  # fmt: skip
        kept[lang] = frame
    return kept


def as_text(frame: Content) -> str:
    """This will write a newsletter as plain text, for the mail."""
    parts = [f"{frame['body_name']}\n{frame['title']}: {frame['period']}"]
    if frame["invented"]:
        parts.append(frame["invented"])
    parts += [frame["opening"], _ruled(frame["figures_heading"]), frame["headline"]]
    if frame["figures"]:
        parts.append("\n".join(f"* {each['title']}: {each['amount']} ({each['words']})" for each in frame["figures"]))
        parts.append(frame["figures_note"])
    if frame["stories"]:
        parts.append(_ruled(frame["stories_heading"]))
        for each in frame["stories"]:
            by = f"({each['told_by']}. {each['delivered']})" if each["delivered"] else f"({each['told_by']})"
            parts.append(f"{each['title']}\n\n{each['words']}\n\n{by}")
        parts.append(frame["stories_note"])
    if frame.get("taken_back"):
        parts.append(frame["taken_back"])
    if frame["nudges"]:
        parts.append(_ruled(frame["nudges_heading"]))
        parts += [f"{each['title']}. {each['words']}" for each in frame["nudges"]]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _ruled(words: str) -> str:
    return f"{words}\n{'-' * len(words)}"


def newsletter_pdf(frame: Content, *, lang: str, on: date, colour: str) -> bytes:
    """This will make the PDF of a newsletter: A4, tagged, in the body's colour."""
    readable = hexadecimal(darkened_until_readable(read_colour(colour)))
    content = frame | {"taken_back": frame.get("taken_back", "")}
    title = f"{frame['title']}: {frame['period']}"
    return make_pdf("newsletter", content, lang=lang, title=title, author=frame["body_name"], on=on, colour=readable)
