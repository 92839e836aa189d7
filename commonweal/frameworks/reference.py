"""The reference pages of the shipped frameworks, written from the catalogue: docs/reference/measures/<framework>.md."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from commonweal.base.templatetags.figures import long_date, money
from commonweal.engine import catalogue
from commonweal.engine.model import Edition, Measure, Source, UnitValue
from commonweal.frameworks.vocabulary import CONFIDENCE, CONFIRMERS, NATIONS, PRICE_YEARS

WRITTEN = "Written from the catalogue by `python -m commonweal reference`; change the catalogue, not this page."


def pages() -> dict[str, str]:
    """This will write every page as Markdown, by file name: one for each framework, and `README.md` that lists them."""
    written = {"README.md": _index()}
    for framework_id in catalogue.framework_ids():
        editions = [catalogue.load_edition(f"{framework_id}@{each}") for each in catalogue.editions(framework_id)]
        written[f"{framework_id}.md"] = framework_page(list(reversed(editions)))
    return written


def write_pages(folder: Path) -> list[Path]:
    """This will write the pages into a folder and remove those of frameworks that no longer ship.

    Answers the files it wrote or removed, none when all were current.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted, changed = pages(), []
    for path in sorted(folder.glob("*.md")):
        if path.name not in wanted:
            path.unlink()
            changed.append(path)
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def framework_page(editions: list[Edition]) -> str:
    """This will write the page of one framework from its editions, the newest first."""
    blocks = [f"# {_plain(editions[0].title)}", WRITTEN]
    for edition in editions:
        blocks += _edition(edition, heading=len(editions) > 1)
    return "\n\n".join(blocks) + "\n"


def _index() -> str:
    rows = []
    for framework_id in catalogue.framework_ids():
        edition = catalogue.load_edition(framework_id)
        measures = list(edition.measures.values())
        rows.append(
            (
                f"[{_cell(edition.title)}]({framework_id}.md)",
                edition.version,
                _cell(edition.publisher),
                str(len(edition.themes)),
                str(len(edition.outcomes)),
                str(len(measures)),
                str(sum(each.figure == "valued" for each in measures)),
            )
        )
    headings = ("Framework", "Latest version", "Publisher", "Themes", "Outcomes", "Measures", "With a value in £")
    return "\n\n".join(["# Frameworks and measures", WRITTEN, _table(headings, rows)]) + "\n"


def _edition(edition: Edition, *, heading: bool) -> list[str]:
    blocks = [f"## Version {edition.version}"] if heading else []
    facts = [
        ("Reference", f"`{edition.reference}`"),
        ("Publisher", _cell(edition.publisher)),
        ("Nation", NATIONS[edition.nation]),
        ("Applies", _applies(edition)),
        ("Published", long_date(edition.published_on) if edition.published_on else "not known"),
        ("Prices", f"{edition.price_year}, {PRICE_YEARS[edition.price_year_type]}"),
        ("Source", _cell(_source(edition.source))),
        ("Licence", edition.licence),
        ("Review due", long_date(edition.review_on) if edition.review_on else "not set"),
        ("SHA-256 of its content", f"`{edition.content_hash}`"),
    ]
    if edition.title_cy:
        facts.insert(0, ("In Welsh", _cell(edition.title_cy)))
    blocks.append(_table(("Fact", "This edition"), facts))
    if edition.notes:
        blocks.append(_plain(edition.notes))
    if edition.gaps:
        blocks.append("What it is known to lack:\n\n" + "\n".join(f"- {_plain(gap)}" for gap in edition.gaps))
    level = "###" if heading else "##"
    for theme in edition.themes:
        blocks.append(f"{level} {_both(theme.title, theme.title_cy)}")
        if not theme.outcomes:
            blocks.append("No outcomes are held.")
        for outcome in theme.outcomes:
            blocks.append(f"{level}# {_both(outcome.title, outcome.title_cy)}")
            if outcome.criteria:
                blocks.append("\n".join(f"- {each.code}: {_plain(each.title)}" for each in outcome.criteria))
            blocks += [_measure(each, f"{level}##") for each in outcome.measures]
    return blocks


def _measure(measure: Measure, level: str) -> str:
    confirm = (
        ", ".join(CONFIRMERS[each] for each in measure.confirmable_by)
        if measure.confirmable_by
        else f"nobody who received it. {measure.confirm_reason}"
    )
    facts = [
        ("Id", f"`{measure.id}`"),
        ("Unit", _cell(measure.unit) + (" (a harm)" if measure.direction == "harm" else "")),
        ("Definition", _cell(measure.definition)),
        ("Counting rule", _cell(measure.counting_rule)),
        ("Evidence wanted", _cell("; ".join(measure.evidence))),
        ("Question to bidders", _cell(measure.question)),
        ("Who can confirm it", _cell(confirm)),
        ("Value of one unit", _value(measure)),
        ("Reference", _cell(_source(measure.reference))),
    ]
    if measure.value:
        facts[-1:-1] = [
            ("Prices of", f"{measure.value.price_year}, {PRICE_YEARS[measure.value.price_year_type]}"),
            ("Kind of value", _cell(f"{measure.value.kind}, for {measure.value.beneficiary}")),
            ("Source of the value", _cell(f"{_source(measure.value.source)} Licence {measure.value.source.licence}.")),
        ]
    if measure.exclusive_group:
        facts.append(("Never valued together with the others of", f"`{measure.exclusive_group}`"))
    heading = f"{level} {measure.code} {_both(measure.title, measure.title_cy)}"
    return heading + "\n\n" + _table(("Fact", "This measure"), [(name, text or "not given") for name, text in facts])


def _value(measure: Measure) -> str:
    value = measure.value
    if value is None:
        return "none: it is told as a story" if measure.figure == "story" else "none: it is counted in its unit"
    return f"{_amount(value)} ({_cell(value.name)})"


def _amount(value: UnitValue) -> str:
    if value.by_year:
        first, last = min(value.by_year), max(value.by_year)
        return (
            f"by year: central {money(value.by_year[first][1])} in {first} to {money(value.by_year[last][1])} in {last}"
        )
    if value.amount is None:
        assert value.low is not None
        assert value.high is not None
        return f"{money(value.low)} to {money(value.high)}, with no middle"
    return money(value.amount) + _range(value.low, value.high)


def _range(low: Decimal | None, high: Decimal | None) -> str:
    return f", between {money(low)} and {money(high)}" if low is not None and high is not None else ""


def _applies(edition: Edition) -> str:
    first = f"from {long_date(edition.applies_from)}" if edition.applies_from else ""
    last = f"before {long_date(edition.applies_to)}" if edition.applies_to else ""
    return " and ".join(each for each in (first, last) if each) or "no dates are known"


def _source(source: Source) -> str:
    locator = f", {source.locator}" if source.locator else ""
    return f"{source.title}{locator} (`{source.id}`). {CONFIDENCE[source.confidence]}"


def _both(english: str, welsh: str) -> str:
    return f"{_plain(english)} / {_plain(welsh)}" if welsh else _plain(english)


def _plain(text: str) -> str:
    """This will write text on one line so that Markdown reads it as text; what stands in backticks stays code."""
    text = " ".join(text.split())
    for mark in ("\\", "*", "[", "]", "<", ">"):
        text = text.replace(mark, f"\\{mark}")
    return text


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(headings)
    lines = [head, ["---"] * len(head), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
