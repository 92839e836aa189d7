"""The figures of a wish list as pages show them: a chart with its finding, rows that open onto their needs, sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.charts import Bar, BarChart
from commonweal.community.figures import Figures, Life, by, figures
from commonweal.community.vocabulary import KINDS
from commonweal.community.words import days_words

KIND_WORDS = dict(KINDS)


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one kind or place, and how its needs are found in a list."""

    words: str
    query: str
    figures: Figures
    median: str


def breakdown(parts: Mapping[str, Figures], name: str, names: Mapping[str, str] | None = None) -> list[Part]:
    """This will give the figures of each kind or place as rows, those with most needs first."""
    found = []
    for key, held in parts.items():
        words = str(KIND_WORDS.get(key, "")) if names is None else names.get(key, _("The whole area, or not one place"))
        found.append(Part(words, f"{name}={key}" if key else "", held, median_words(held)))
    return sorted(found, key=lambda each: (-each.figures.published, each.words))


def median_words(held: Figures) -> str:
    """This will say the median wait, or that it cannot be known yet."""
    return days_words(held.median) if held.median is not None else _("not known yet")


def chart_of(lives: Sequence[Life], on: date, source: str) -> BarChart | None:
    """This will draw how many needs of each kind were met, against how many were published; None without any."""
    if not lives:
        return None
    whole = figures(lives, on)
    parts = sorted(by(lives, lambda each: each.kind, on).items(), key=lambda each: -each[1].published)
    return BarChart(
        title=rate_sentence(whole), unit=_("needs met"), source=_("the needs %(body)s has published") % {"body": source},
        as_of=on,
        bars=tuple(
            Bar(
                _("%(kind)s (%(number)s published)") % {"kind": KIND_WORDS.get(kind, kind), "number": held.published},
                Decimal(held.fulfilled),
            )
            for kind, held in parts
        ),
        left_out=_("needs that were never published"),
    )  # fmt: skip


def rate_sentence(held: Figures) -> str:
    """This will say the fulfil rate with its base."""
    if not held.over:
        return _("No need is due or closed yet")
    return ngettext(
        "%(met)s of %(over)s need that is due or closed was met",
        "%(met)s of %(over)s needs that are due or closed were met",
        held.over,
    ) % {"met": held.fulfilled, "over": held.over}


def wait_sentence(held: Figures) -> str:
    """This will say how long needs wait, those that still wait counted as having waited at least so long."""
    if held.median is None:
        known = _("Fewer than half have been met so far, so we cannot say how long it usually takes.")
    else:
        known = _("Half were met within %(time)s of being published.") % {"time": days_words(held.median)}
    if held.longest_open is None:
        return known
    longest = _("The one that has waited longest has waited %(time)s.") % {"time": days_words(held.longest_open)}
    return f"{known} {longest}"
