"""A body's own crosswalk between two editions: its matches as they are kept, changed one by one, and what they leave over.

It is kept as the content of a crosswalk file (`engine.crosswalk_file`), in one direction; the other is its inverse. One
without a match is kept too, though a file needs one. Nothing here touches a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import yaml

from commonweal.base.errors import NotPossible
from commonweal.engine.catalogue import sources
from commonweal.engine.crosswalk import report_under
from commonweal.engine.crosswalk_file import crosswalk_of, crosswalks
from commonweal.engine.crosswalk_model import Crosswalk, End, FaultKind, Match, ends, faults
from commonweal.engine.document import Document, FileRefused, Finding, parse_document
from commonweal.engine.lines import Line
from commonweal.engine.model import Edition, Source
from commonweal.frameworks.overlays import FileNotUsable, sentence

#: The terms of SKOS, in words: how the first stands to the second.
TERMS: Final[dict[str, str]] = {
    "exactMatch": "Exact: they are the same",
    "closeMatch": "Close: nearly the same",
    "broadMatch": "Broad: the second is broader",
    "narrowMatch": "Narrow: the second is narrower",
    "relatedMatch": "Related: it carries nothing",
}
#: A fault in the words of the form: beside which field, why, and what to do. The file's words are the engine's.
_ON_SCREEN: Final[dict[FaultKind, tuple[str, str, str]]] = {
    "unknown": ("term", "{edition} no longer has {end}", "Choose another, or take this match out"),
    "matched twice": ("term", "{of} and {to} are matched already", "Change that match, or take it out first"),
    "exact twice": (
        "term", "{end} has an exact match already",
        "Two in one framework cannot be the same thing: call one of them close",
    ),
    "shared out": (
        "{part}", "the shares of {end} come to {sum} in all, over its matches", "Together they may come to at most 1",
    ),
    "one unit": ("factor", "both are counted in {of_unit}, so nothing is converted", "Leave this empty"),
    "two units": (
        "factor", "{of} is counted in {of_unit} and {to} in {to_unit}",
        "Say how many of the second ({to_unit}) make one of the first ({of_unit}), or leave the shares empty",
    ),
    "two directions": (
        "share", "{of} counts a {of_direction} and {to} a {to_direction}", "Leave the shares empty: it carries nothing",
    ),
    "no unit": ("factor", "only measures have a unit, and one of these is none", "Leave this empty"),
    "no count": ("{part}", "nothing is counted under {start}, so it has nothing to share", "Leave this empty"),
    "many units": (
        "{part}", "what stands under {start} is in many units, and cannot be counted as {end}", "Leave this empty",
    ),
    "circle": (
        "term", "these go round in a circle of broader and narrower: {ends}", "Match one of them in another way",
    ),
}  # fmt: skip
LEVELS: Final[dict[str, str]] = {"theme": "Theme", "outcome": "Outcome", "criterion": "Criterion", "measure": "Measure"}
_DAY = date(2000, 1, 1)


class MatchRefused(NotPossible):
    """A match cannot stand beside the others; `field` names what in it is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def pair_named(content: bytes, name: str) -> tuple[str, str]:
    """This will read which two editions a crosswalk's file is between; raises FileNotUsable."""
    named = [_document(content, name).content.get(side) for side in ("from", "to")]
    for side, reference in zip(("from", "to"), named, strict=True):
        if not isinstance(reference, str):
            fix = f"Name one edition, such as `{side}: open-measures@1.0`"
            raise FileNotUsable([Finding(name, side, "it does not say between which editions it is", fix)])
    return str(named[0]), str(named[1])


def read_file(content: bytes, name: str, of: Edition, to: Edition) -> Crosswalk:
    """This will read a crosswalk's file between two editions; raises FileNotUsable with all that is wrong."""
    crosswalk, findings = crosswalk_of(_document(content, name), of, to)
    if crosswalk is None:
        raise FileNotUsable(findings)
    return crosswalk


def _document(content: bytes, name: str) -> Document:
    try:
        return parse_document(content, name)
    except FileRefused as refused:
        raise FileNotUsable(refused.findings) from None


def key_of(end: End) -> str:
    """This will name an end in a form: `measure/skills.apprentice-starts`."""
    return f"{end.level}/{end.id}"


def end_named(key: str) -> End:
    """This will read an end back from its name."""
    level, _slash, id = key.partition("/")
    return End(level, id)  # type: ignore[arg-type]


def end_choices(edition: Edition) -> list[tuple[str, str]]:
    """This will list every end of an edition as (name, "Measure: title (unit)")."""
    return [
        (key_of(end), f"{LEVELS[end.level]}: {title}{f' ({measure.unit})' if measure else ''}")
        for end, (title, measure) in ends(edition).items()
    ]


def title_of(edition: Edition, end: End) -> str:
    """This will give the title of an end, with its unit where it is a measure."""
    title, measure = ends(edition)[end]
    return f"{title} ({measure.unit})" if measure else title


def shipped(of: Edition, to: Edition) -> Crosswalk | None:
    """This will give the catalogue's crosswalk of two editions, in the direction it is written, or nothing."""
    known = crosswalks()
    return known.get((of.reference, to.reference)) or known.get((to.reference, of.reference))


def empty(of: Edition, to: Edition, *, author: str) -> Crosswalk:
    """This will begin a crosswalk that matches nothing yet."""
    title = f"{of.title} {of.version} and {to.title} {to.version}"[:200]
    return Crosswalk(
        of, to, (), title, Source("OWN-CROSSWALK", title, "", "the body's own record", "judgement"), author
    )


def read(content: Mapping[str, Any], of: Edition, to: Edition) -> Crosswalk:
    """This will read a crosswalk as it is kept; raises NotPossible where its editions no longer bear it."""
    if not content["matches"]:
        return replace(empty(of, to, author=content["author"]), title=content["title"])
    found, findings = crosswalk_of(Document("crosswalk.yaml", dict(content)), of, to)
    if found is None:
        raise NotPossible(sentence(findings[0].reason, findings[0].fix))
    return found


def written(crosswalk: Crosswalk) -> dict[str, Any]:
    """This will write a crosswalk as the content of its file. A conversion that is no whole number of decimals is kept
    by its twelve first."""
    return {
        "from": crosswalk.of.reference, "to": crosswalk.to.reference, "title": crosswalk.title,
        "source": _source(crosswalk.source), "author": crosswalk.author,
        **({"gaps": list(crosswalk.gaps)} if crosswalk.gaps else {}),
        "matches": [_match(each) for each in crosswalk.matches],
    }  # fmt: skip


def _match(match: Match) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "from": {match.of.level: match.of.id},
        "match": match.term,
        "to": {match.to.level: match.to.id},
    }
    if match.term != "exactMatch":
        entry |= {name: f"{part:f}" for name in ("share", "back") if (part := getattr(match, name)) is not None}
    if match.conversion:
        factor = (match.conversion.times / match.conversion.over).quantize(Decimal("1.000000000000")).normalize()
        entry["convert"] = {"factor": f"{factor:f}", "reason": match.conversion.reason,
                            "source": _source(match.conversion.reference)}  # fmt: skip
    return entry | {"reason": match.reason, "source": _source(match.reference)}


def _source(source: Source) -> str | dict[str, str]:
    if sources().get(source.id) == source:
        return source.id
    return {name: getattr(source, name) for name in ("id", "title", "locator", "licence", "confidence")}


def file_text(crosswalk: Crosswalk) -> str:
    """This will write a crosswalk as its file."""
    return yaml.dump(written(crosswalk), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


class _Dumper(yaml.SafeDumper):
    """This will write each part out in full where it recurs, and quote what begins like a number."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar(
            "tag:yaml.org,2002:str", data, '"' if data[:1] in "0123456789+-." and data else None
        )


_Dumper.add_representer(str, _Dumper.represent_str)


def find(crosswalk: Crosswalk, of: str, to: str) -> Match | None:
    """This will find a match by the names of its two ends, or nothing."""
    return next((each for each in crosswalk.matches if (key_of(each.of), key_of(each.to)) == (of, to)), None)


def with_match(crosswalk: Crosswalk, match: Match, instead_of: Match | None = None) -> Crosswalk:
    """This will put a match among the others, in the place of one; raises MatchRefused where they contradict."""
    if instead_of is None:
        matches: tuple[Match, ...] = (*crosswalk.matches, match)
    else:
        at = crosswalk.matches.index(instead_of)
        matches = (*crosswalk.matches[:at], match, *crosswalk.matches[at + 1 :])
    if fault := next(faults(crosswalk.of, crosswalk.to, matches), None):
        field, *words = _ON_SCREEN[fault.kind]
        known = {"of": ends(crosswalk.of), "to": ends(crosswalk.to)}
        said = fault.worded((words[0], words[1]), lambda side, end: f"“{known[side].get(end, (end.id,))[0]}”")
        raise MatchRefused(field.format(**fault.parts), sentence(*said))
    return replace(crosswalk, matches=matches)


def without_match(crosswalk: Crosswalk, match: Match) -> Crosswalk:
    """This will take a match out."""
    return replace(crosswalk, matches=tuple(each for each in crosswalk.matches if each != match))


@dataclass(frozen=True, slots=True)
class Left:
    """Measures of which the same part of one unit is not carried, for the same reason, by their titles."""

    why: str
    part: Decimal
    titles: tuple[str, ...]


def left_over(crosswalk: Crosswalk, theme: str = "") -> list[Left]:
    """This will say which part of one unit of each measure of the first edition is not told under the second, and why.

    With the id of a theme, only its measures are looked at.
    """
    themes = themes_of(crosswalk.of)
    asked = [id for id in crosswalk.of.measures if theme in ("", themes[End("measure", id)])]
    lines = [Line(measure=id, quantity=Decimal(1), start=_DAY, end=_DAY, agreement=id) for id in asked]
    reported = report_under(lines, crosswalk, crosswalk.to)
    alike: dict[tuple[str, Decimal], list[str]] = {}
    for each in reported.unmapped:
        alike.setdefault((each.why, each.quantity), []).append(each.title)
    return [Left(why, part, tuple(titles)) for (why, part), titles in alike.items()]


def _above(end: End) -> str:
    """This will name the level of an end that is no measure: most are, and a page need not say so of each."""
    return "" if end.level == "measure" else LEVELS[end.level]


def sources_of(rows: Iterable[Mapping[str, Any]]) -> list[Source]:
    """This will list once each source that rows rest on, in the order of their numbers."""
    return list(dict.fromkeys(row["match"].reference for row in rows))


def themes_of(edition: Edition) -> dict[End, str]:
    """This will give the id of the theme that each end of an edition stands under; a theme stands under itself."""
    found: dict[End, str] = {}
    for theme in edition.themes:
        found[End("theme", theme.id)] = theme.id
        for outcome in theme.outcomes:
            found[End("outcome", outcome.id)] = theme.id
            found |= {End("criterion", criterion.code): theme.id for criterion in outcome.criteria}
            found |= {End("measure", measure.id): theme.id for measure in outcome.measures}
    return found


def in_part(crosswalk: Crosswalk, matches: Sequence[Match]) -> Crosswalk:
    """This will give a crosswalk of some of its matches, in its own order, which says in its title that it is a part."""
    if len(matches) == len(crosswalk.matches):
        return crosswalk
    kept = tuple(each for each in crosswalk.matches if each in matches)
    return replace(crosswalk, matches=kept, title=f"{crosswalk.title[:190]} (in part)", gaps=())


def rows_of(crosswalk: Crosswalk) -> Iterator[dict[str, Any]]:
    """This will give the matches as a page shows them, in the order of the first edition and then of the second."""
    left, right = ends(crosswalk.of), ends(crosswalk.to)
    themes, numbered = themes_of(crosswalk.of), dict[Source, int]()
    order = {end: number for number, end in enumerate(left)}, {end: number for number, end in enumerate(right)}
    for match in sorted(crosswalk.matches, key=lambda each: (order[0][each.of], order[1][each.to])):
        yield {
            "match": match, "of": title_of(crosswalk.of, match.of), "to": title_of(crosswalk.to, match.to),
            "theme": themes[match.of], "of_level": _above(match.of), "to_level": _above(match.to), "term": TERMS[match.term],
            "short_term": TERMS[match.term].partition(":")[0],
            "source": numbered.setdefault(match.reference, len(numbered) + 1),
            "of_key": key_of(match.of), "to_key": key_of(match.to),
        }  # fmt: skip
