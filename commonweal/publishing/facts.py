"""Published facts: amounts as exact text, totals of a scope, and counts of promises by how far they are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, Final

from django.utils.timezone import localtime

from commonweal.delivery.reviews.queries import PublishedRating
from commonweal.engine.factors import EXACT, Span
from commonweal.engine.value import Level
from commonweal.reporting.figures import STAGES, TotalKey, What

#: How far a promise is kept, by what the provider says was delivered.
KEPT, PARTLY, NOTHING, NO_PROMISE = "kept", "partly", "nothing", "no-promise"
#: A promise to let no more than so much harm happen is a limit, kept by staying within it.
WITHIN, ABOVE = "within", "above"
LEVELS: Final[tuple[Level, ...]] = ("gross", "net")
#: The state of an agreement that nobody closed and whose record has no dates: whether it runs now is not known.
CURRENT, UNDATED = "current", "undated"
#: The theme of promises that are tied to no measure: the words of their contract.
NO_THEME: Final = "none"

Facts = dict[str, Any]


def figure_id(stage: str, key: TotalKey) -> str:
    """This will name a figure: the stage it is about and all that its amounts have in common."""
    ranged = "range" if key.ranged else "central"
    return ".".join(
        (stage, key.edition, key.direction, key.kind, key.level, key.price_year, key.price_year_type, ranged)
    )


def span_facts(span: Span) -> Facts:
    """This will write three amounts as exact text; no central one where only a range was published."""
    central = None if span.central is None else plain(span.central)
    return {"low": plain(span.low), "central": central, "high": plain(span.high)}


def plain(number: Decimal) -> str:
    """This will write a number exactly, with neither an exponent nor trailing zeros."""
    with localcontext(prec=EXACT):
        text = format(number.normalize(), "f")
    return "0" if text in ("-0", "") else text


def maybe(number: Decimal | None) -> str | None:
    """This will write a number exactly; None stays None."""
    return None if number is None else plain(number)


def written_day(day: date | None) -> str | None:
    """This will write a date as ISO 8601; None stays None."""
    return day.isoformat() if day else None


@dataclass(slots=True)
class Sum:
    """A total while its lines are being added."""

    span: Span
    lines: int = 1

    def add(self, span: Span, lines: int = 1) -> None:
        """This will add what one line, or several together, come to."""
        self.span, self.lines = self.span.plus(span), self.lines + lines


@dataclass(slots=True)
class Totals:
    """Totals of one scope (the body, an agreement, a ward) by stage and key, and how many of its lines have a value."""

    sums: dict[What, dict[TotalKey, Sum]] = field(default_factory=dict)
    lines: dict[What, int] = field(default_factory=dict)
    valued: dict[What, int] = field(default_factory=dict)

    def count(self, what: What, lines: int, valued: int) -> None:
        """This will count lines, and how many of them have a value."""
        self.lines[what] = self.lines.get(what, 0) + lines
        self.valued[what] = self.valued.get(what, 0) + valued

    def add(self, what: What, key: TotalKey, span: Span, lines: int = 1) -> None:
        """This will add the amount of a line, or of several together, to the total it belongs to."""
        held = self.sums.setdefault(what, {})
        if key in held:
            held[key].add(span, lines)
        else:
            held[key] = Sum(span, lines)

    def facts(self, editions: Mapping[str, Facts]) -> Facts:
        """This will write the totals of each stage, benefits before harms, with what each figure needs beside it."""
        return {
            what: {
                "lines": self.lines.get(what, 0),
                "valued": self.valued.get(what, 0),
                "totals": [
                    {
                        "figure": figure_id(what, key), "kind": key.kind, "level": key.level,
                        "direction": key.direction, "price_year": key.price_year, "edition": editions[key.edition],
                        "lines": held.lines, **span_facts(held.span),
                    }
                    for key, held in sorted(self.sums.get(what, {}).items(), key=lambda each: order_of(each[0]))
                ],
            }
            for what in STAGES
        }  # fmt: skip


def order_of(key: TotalKey) -> tuple[bool, str, str, str, str, bool]:
    return key.direction == "harm", key.edition, key.kind, key.level, key.price_year, key.ranged


@dataclass(slots=True)
class Amount:
    """What one promise is worth at a stage, and how much of that lies in each place, of how many lines."""

    places: dict[str, Sum] = field(default_factory=dict)

    def add(self, place: str, span: Span) -> None:
        """This will add what one line is worth in a place."""
        if place in self.places:
            self.places[place].add(span)
        else:
            self.places[place] = Sum(span)

    def facts(self) -> Facts:
        """This will write the whole, and the part of each place."""
        whole, *others = (each.span for each in self.places.values())
        for span in others:
            whole = whole.plus(span)
        return span_facts(whole) | {
            "places": {place: span_facts(each.span) for place, each in self.places.items()},
            "lines": {place: each.lines for place, each in self.places.items()},
        }


def key_in(figure: str) -> TotalKey:
    """This will read what a figure's id says its amounts have in common; see `figure_id`."""
    rest = figure.partition(".")[2]
    edition, direction, kind, level, price_year, price_year_type, ranged = rest.rsplit(".", 6)
    return TotalKey(edition, direction, kind, level, price_year, price_year_type, ranged == "range")  # type: ignore[arg-type]


def span_in(held: Mapping[str, Any]) -> Span:
    """This will read three amounts back; see `span_facts`."""
    central = None if held["central"] is None else Decimal(held["central"])
    return Span(Decimal(held["low"]), central, Decimal(held["high"]))


def deprivation_facts(found: Any) -> Facts | None:
    """This will write how many small areas of a ward are in the most deprived fifth; None where that is not known."""
    if found is None:
        return None
    return {"index": found.index, "areas": found.lsoas, "most_deprived": found.most_deprived}


def status_counts(lines: Collection[Facts]) -> Facts:
    """This will count promises by how far they are kept, and apart from them the limits on harms and those passed."""
    limits = [each["status"] for each in lines if each["direction"] == "harm" and each["status"] != NO_PROMISE]
    statuses = [each["status"] for each in lines if each["direction"] != "harm" or each["status"] == NO_PROMISE]
    return {
        "lines": len(lines),
        **{status: statuses.count(status) for status in (KEPT, PARTLY, NOTHING, NO_PROMISE)},
        "limits": len(limits),
        ABOVE: limits.count(ABOVE),
    }


def sum_as_contracted(amounts: Iterable[Decimal | None]) -> Facts | None:
    """This will sum the £ that contracts themselves put on promises; None where no contract did."""
    known = [amount for amount in amounts if amount is not None]
    if not known:
        return None
    with localcontext(prec=EXACT):
        return {"amount": plain(sum(known, Decimal(0))), "promises": len(known)}


def assured_counts(lines: Iterable[Facts]) -> Facts:
    """This will count how sure we are in lines, which have one unit whatever they count.

    Those with any claim, any of it evidenced, confirmed, assured, those that could be confirmed, and those with
    something brought forward.
    """
    names = ("claimed", "evidenced", "confirmed", "assured", "confirmable", "brought_forward")
    found = dict.fromkeys(names, 0)
    for line in lines:
        if line["claimed"] is None or Decimal(line["claimed"]) == 0:
            continue
        for name in found:
            found[name] += line[name] is not None and Decimal(line[name]) > 0
    return {name: str(number) for name, number in found.items()}


def themes_of(lines: Iterable[Facts]) -> list[Facts]:
    """This will sum up lines theme by theme, those with most lines first and the words of contracts last."""
    found: dict[str, list[Facts]] = {}
    for line in lines:
        found.setdefault(line["theme"], []).append(line)
    rows = [
        {"id": theme, "title": held[0]["theme_title"], "title_cy": held[0]["theme_title_cy"],
         "counts": status_counts(held), "assurance": assured_counts(held)}
        for theme, held in found.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["id"] == NO_THEME, -row["counts"]["lines"], row["title"]))


def rating_facts(each: PublishedRating, title: str, title_cy: str) -> Facts:
    """This will write one published rating: the indicator, its target, the period, the figure and the rating."""
    return {
        "kpi": each.kpi, "title": title, "title_cy": title_cy, "unit": each.unit, "sense": each.sense,
        "target": plain(each.target), "starts_on": each.starts_on.isoformat(), "ends_on": each.ends_on.isoformat(),
        "figure": maybe(each.figure), "rating": each.rating,
        "published_on": localtime(each.published_at).date().isoformat(),
    }  # fmt: skip
