"""Crosswalks: what carries a quantity and what does not, one record counted once, and what a file is refused for."""

import textwrap
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from made_editions import SOURCE, edition, line, measure, unit_value

from commonweal.engine.catalogue import load_edition
from commonweal.engine.check import check_crosswalk
from commonweal.engine.crosswalk import (
    Conversion,
    Crosswalk,
    CrosswalkRefused,
    End,
    Match,
    Reported,
    compose,
    ends,
    inverse,
    report_under,
)
from commonweal.engine.crosswalk_file import (
    CrosswalkUnknown,
    crosswalk_between,
    crosswalk_files,
    crosswalk_of,
    crosswalks,
)
from commonweal.engine.document import parse_document
from commonweal.engine.model import InvalidRule
from commonweal.engine.value import value

UNITS = {"hours": "hours", "days": "days", "people": "people", "places": "people"}


def framework(id: str, *more):
    made = edition(*(measure(name, unit_value("10"), unit=unit) for name, unit in UNITS.items()), *more)
    return replace(made, framework_id=id)


A, B, C = framework("a"), framework("b", measure("bad", direction="harm")), framework("c")
DAY = Conversion(Decimal(1), Decimal("7.4"), "a working day", SOURCE)


def match(of, term, to, share=None, back=None, conversion=None, **ends):
    one, other = End(ends.get("of_level", "measure"), of), End(ends.get("to_level", "measure"), to)
    parts = [None if part is None else Decimal(part) for part in (share, back)]
    return Match(one, f"{term}Match", other, "we judged so", SOURCE, *parts, conversion)


def crosswalk(*matches, of=A, to=B):
    return Crosswalk(of, to, matches, "Made for tests", SOURCE)


def quantities(reported: Reported):
    return {(str(figure.to), figure.measure): figure.quantity for figure in reported.figures}


def left(reported: Reported):
    return {(each.measure, each.why): each.quantity for each in reported.unmapped}


# What carries


def test_an_exact_match_carries_all_and_both_ways():
    walk = crosswalk(match("hours", "exact", "hours"))
    there = report_under([line("hours", "8")], walk, B)
    assert (quantities(there), there.unmapped) == ({("measure hours", "hours"): Decimal(8)}, ())
    assert quantities(report_under([line("hours", "3")], walk, A)) == {("measure hours", "hours"): Decimal(3)}


def test_shares_split_a_quantity_and_the_rest_is_shown():
    walk = crosswalk(match("people", "close", "people", "0.5"), match("people", "narrow", "places", "0.3"))
    told = report_under([line("people", "10"), line("people", "4")], walk, B)
    assert quantities(told) == {("measure people", "people"): 7, ("measure places", "places"): Decimal("4.2")}
    assert left(told) == {("people", "the shares of its matches leave this part over"): Decimal("2.8")}
    assert told.figures[0].lines == 2


@pytest.mark.parametrize(
    ("matches", "why"),
    [
        ((), "the crosswalk has no match for it"),
        ((match("people", "related", "people"),), "only a related match, which carries nothing"),
        ((match("people", "close", "people"),), "the close match to “people” has no share, so it carries nothing"),
        (
            (match("people", "broad", "people", back="0.5"),),
            "the broad match to “people” has no share, so it carries nothing",
        ),
    ],
)
def test_what_is_not_carried_is_told_with_the_reason(matches, why):
    told = report_under([line("people", "10")], crosswalk(*matches), B)
    assert told.figures == ()
    assert left(told) == {("people", why): Decimal(10)}


def test_units_that_differ_are_converted_with_a_reason():
    told = report_under([line("hours", "37")], crosswalk(match("hours", "close", "days", "1", "1", DAY)), B)
    assert quantities(told) == {("measure days", "days"): Decimal(5)}
    assert (told.figures[0].unit, told.carried[0].taken) == ("days", Decimal(37))
    back = report_under([line("days", "5")], crosswalk(match("hours", "close", "days", "1", "1", DAY)), A)
    assert quantities(back) == {("measure hours", "hours"): Decimal(37)}


def test_only_the_share_that_this_body_counts_is_told():
    told = report_under([line("hours", "8", share=Decimal("0.25"))], crosswalk(match("hours", "exact", "hours")), B)
    assert quantities(told) == {("measure hours", "hours"): Decimal(2)}
    assert [(each.quantity, each.share) for each in told.lines] == [(Decimal(2), Decimal(1))]


def test_reported_lines_can_be_valued_under_the_other_framework():
    walk = crosswalk(match("hours", "exact", "days", conversion=DAY), of=A, to=B)
    told = report_under([line("hours", "37", deadweight=Decimal("0.2"), reason="r")], walk, B)
    (total,) = value(told.lines, B, as_of=date(2026, 6, 1)).totals
    assert total.amount.central == 50
    assert told.lines[0].deadweight == Decimal("0.2")


def test_under_a_heading_each_measure_stays_in_its_unit():
    walk = crosswalk(
        match("outcome-1", "broad", "outcome-1", "0.5", of_level="outcome", to_level="outcome"),
        match("people", "broad", "theme-1", "1", to_level="theme"),
    )
    told = report_under([line("hours", "8"), line("days", "2"), line("people", "3")], walk, B)
    assert quantities(told) == {
        ("theme theme-1", "people"): Decimal(3),
        ("outcome outcome-1", "days"): Decimal(1),
        ("outcome outcome-1", "hours"): Decimal(4),
    }
    assert {figure.measure: figure.unit for figure in told.figures} == {
        name: UNITS[name] for name in ("people", "days", "hours")
    }
    assert told.lines == ()


def test_one_effect_priced_twice_counts_once_in_one_measure():
    both = [measure(id, unit_value("1"), unit="GBP", exclusive_group="money") for id in ("local", "small")]
    of, to = framework("a", *both), framework("b", measure("spend", unit="GBP"), measure("firms", unit="GBP"))
    paid = [line("local", "100", agreement="X"), line("small", "40", agreement="X"), line("small", "9", agreement="Y")]
    together = crosswalk(match("local", "close", "spend", "1"), match("small", "close", "spend", "1"), of=of, to=to)
    told = report_under(paid, together, to)
    assert quantities(told) == {("measure spend", "spend"): Decimal(109)}
    assert left(told) == {("small", "another line already counts the same effect under “spend”"): Decimal(40)}
    apart = crosswalk(match("local", "close", "spend", "1"), match("small", "close", "firms", "1"), of=of, to=to)
    assert quantities(report_under(paid, apart, to)) == {
        ("measure spend", "spend"): Decimal(100),
        ("measure firms", "firms"): Decimal(49),
    }


def test_lines_must_be_of_the_other_edition():
    walk = crosswalk(match("hours", "exact", "hours"))
    with pytest.raises(CrosswalkRefused, match="has no measure 'bad'"):
        report_under([line("bad", "1")], walk, B)
    with pytest.raises(CrosswalkRefused, match="c@1.0 is not an end"):
        report_under([line("hours", "1")], walk, C)


# What is wrong

HOURS = match("hours", "exact", "hours")
REFUSED = {
    "unknown": ((match("nothing", "exact", "hours"),), "a@1.0 has no measure nothing"),
    "unknown-there": ((match("hours", "exact", "nothing"),), "b@1.0 has no measure nothing"),
    "contradictory": ((HOURS, match("hours", "related", "hours")), "are said to be exactMatch and relatedMatch"),
    "both-broader": (
        (match("hours", "broad", "hours"), match("hours", "narrow", "hours")),
        "are said to be broadMatch and narrowMatch",
    ),
    "twice": ((HOURS, HOURS), "are said to be exactMatch and exactMatch"),
    "two-exact": ((match("people", "exact", "people"), match("people", "exact", "places")), "two exact matches"),
    "two-exact-back": ((match("people", "exact", "people"), match("places", "exact", "people")), "two exact matches"),
    "shares": (
        (match("people", "close", "people", "0.6"), match("people", "close", "places", "0.5")),
        "what measure people shares out comes to 1.1",
    ),
    "shares-back": (
        (match("people", "close", "people", back="0.6"), match("places", "close", "people", back="0.5")),
        "what measure people shares out comes to 1.1",
    ),
    "units": ((match("hours", "close", "days", "1"),), "measure hours is in hours and measure days in days"),
    "needless-conversion": ((match("hours", "close", "hours", "1", conversion=DAY),), "so nothing is converted"),
    "heading-conversion": (
        (match("hours", "broad", "outcome-1", "1", conversion=DAY, to_level="outcome"),),
        "only a measure has a unit to convert",
    ),
    "direction": ((match("people", "close", "bad", "1"),), "counts a benefit and measure bad a harm"),
    "heading-into-measure": (
        (match("outcome-1", "close", "hours", "1", of_level="outcome"),),
        "has many units and cannot be counted as measure hours",
    ),
    "circle": (
        (
            match("hours", "broad", "hours"),
            match("days", "narrow", "hours"),
            match("days", "broad", "days"),
            match("hours", "narrow", "days"),
        ),
        "circle of broader and narrower",
    ),
    "circle-through-exact": (
        (match("hours", "exact", "hours"), match("days", "broad", "hours"), match("days", "exact", "days"),
         match("hours", "broad", "days")),
        "circle of broader and narrower",
    ),
    "circle-through-the-tree": (
        (match("theme-1", "broad", "outcome-1", of_level="theme", to_level="outcome"),
         match("outcome-1", "narrow", "theme-1", of_level="outcome", to_level="theme")),
        "circle of broader and narrower",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("matches", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_crosswalk_that_cannot_stand_is_refused(matches, reason):
    with pytest.raises(CrosswalkRefused, match=reason) as refused:
        crosswalk(*matches)
    assert refused.value.fix


@pytest.mark.parametrize(
    ("term", "share", "reason"),
    [
        ("related", "0.5", "a related match carries nothing"),
        ("exact", "0.5", "an exact match carries all"),
        ("close", "1.1", "is not a share"),
        ("close", "0", "is not a share"),
    ],
)
def test_a_share_that_contradicts_its_match_cannot_be_made(term, share, reason):
    with pytest.raises(InvalidRule, match=reason):
        match("hours", term, "hours", share)


# Turning round, and going on


def test_the_inverse_turns_every_match_and_twice_is_the_same():
    walk = crosswalk(
        match("hours", "exact", "days", conversion=DAY),
        match("days", "broad", "hours", "0.5", "0.25", replace(DAY, times=Decimal("7.4"), over=Decimal(1))),
        match("people", "related", "people"),
    )  # fmt: skip
    turned = inverse(walk)
    assert [each.term for each in turned.matches] == ["exactMatch", "narrowMatch", "relatedMatch"]
    assert [(each.share, each.back) for each in turned.matches[:2]] == [(1, 1), (Decimal("0.25"), Decimal("0.5"))]
    assert (turned.of, turned.to) == (B, A)
    assert inverse(turned) == walk


def test_composition_multiplies_shares_and_adds_the_ways():
    first = crosswalk(match("people", "close", "people", "0.5"), match("people", "close", "places", "0.25"))
    second = crosswalk(
        match("people", "exact", "people"), match("places", "close", "places", "0.4"), of=B, to=C
    )  # fmt: skip
    walk = compose(first, second)
    assert {(m.to.id, m.term, m.share) for m in walk.matches} == {
        ("people", "closeMatch", Decimal("0.5")),
        ("places", "closeMatch", Decimal("0.1")),
    }
    assert {m.reference.confidence for m in walk.matches} == {"judgement"}
    assert "By way of b@1.0 measure people: we judged so" in walk.matches[0].reason
    into_one = crosswalk(match("people", "close", "people", "1"), match("places", "close", "people", "1"), of=B, to=C)
    (merged,) = compose(first, into_one).matches
    assert merged.share == Decimal("0.75")


def test_composition_keeps_exact_exact_and_drops_what_is_not_close():
    chain = [
        match("hours", "exact", "hours"),
        match("days", "broad", "days", "1"),
        match("people", "related", "people"),
    ]
    walk = compose(crosswalk(*chain), crosswalk(*chain, of=B, to=C))
    assert [(str(m.of), m.term, m.share, m.back) for m in walk.matches] == [("measure hours", "exactMatch", 1, 1)]


def test_composition_multiplies_conversions_and_refuses_those_that_disagree():
    week = Conversion(Decimal(1), Decimal(5), "five days", SOURCE)
    weeks = replace(edition(measure("weeks", unit="weeks")), framework_id="c")
    to_days = crosswalk(match("hours", "exact", "days", conversion=DAY))
    walk = compose(to_days, crosswalk(match("days", "close", "weeks", "1", conversion=week), of=B, to=weeks))
    assert walk.matches[0].conversion.convert(Decimal(37)) == 1
    wrong = replace(DAY, times=Decimal(8), over=Decimal(1))
    with pytest.raises(CrosswalkRefused, match="though both are in hours"):
        compose(to_days, crosswalk(match("days", "close", "hours", "1", conversion=wrong), of=B, to=C))


def test_composition_needs_the_same_edition_in_the_middle():
    with pytest.raises(CrosswalkRefused, match="not the same edition"):
        compose(crosswalk(HOURS), crosswalk(HOURS, of=A, to=C))


# One record counts once, whatever the shares

SHARES = st.lists(st.integers(0, 1000), min_size=2, max_size=2).filter(lambda parts: sum(parts) <= 1000)
AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=6, allow_nan=False, allow_infinity=False)


@given(SHARES, st.lists(st.tuples(st.sampled_from(["people", "places", "hours"]), AMOUNTS), max_size=12))
@settings(max_examples=80, deadline=None)
def test_what_is_carried_and_what_is_left_add_up_to_what_was_counted(parts, recorded):
    given_shares = [Decimal(part) / 1000 if part else None for part in parts]
    walk = crosswalk(
        match("people", "close", "people", given_shares[0]),
        match("people", "close", "places", given_shares[1]),
        match("hours", "close", "days", "0.7", conversion=DAY),
        match("outcome-1", "broad", "outcome-1", "0.25", of_level="outcome", to_level="outcome"),
    )
    told = report_under([line(id, quantity) for id, quantity in recorded], walk, B)
    sums = defaultdict(Decimal)
    for each in told.carried:
        sums[each.line.measure] += each.taken
    for each in told.unmapped:
        sums[each.measure] += each.quantity
    recorded_sums = defaultdict(Decimal)
    for id, quantity in recorded:
        recorded_sums[id] += quantity
    assert {id: total for id, total in sums.items() if total} == {id: t for id, t in recorded_sums.items() if t}
    for each in told.carried:
        assert each.taken <= each.line.counted


# The crosswalks that ship


def test_the_crosswalks_that_ship():
    names = {tuple(each.partition("@")[0] for each in pair) for pair in crosswalks()}
    four = ("open-measures", "ppn-06-20", "ppn-002", "ppn-026")
    assert {frozenset(pair) for pair in names} == {frozenset(pair) for pair in permutations(four, 2)}
    assert len(crosswalk_files()) == len(names) == 6


@pytest.mark.parametrize("pair", crosswalks(), ids=" to ".join)
def test_a_crosswalk_that_ships_says_that_it_is_judgement(pair):
    walk = crosswalks()[pair]
    assert {match.reference.confidence for match in walk.matches} == {"judgement"}
    assert all(match.reason.endswith(".") for match in walk.matches)
    assert all(gap.endswith(".") for gap in walk.gaps)
    assert walk.gaps
    assert inverse(inverse(walk)) == walk
    # No measure of a Social Value Model is said to be the same as another: their definitions were not read.
    assert not any(match.term == "exactMatch" for match in walk.matches)


def test_every_outcome_of_the_model_of_2020_is_matched_or_a_gap():
    walk = crosswalk_between("ppn-06-20", "ppn-002")
    spoken = {match.of for match in walk.matches}
    silent = set()
    for outcome in walk.of.outcomes:
        inside = {End("outcome", outcome.id), *(End("criterion", each.code) for each in outcome.criteria)}
        if not spoken & inside:
            silent.add(outcome.id.upper())
    assert silent == {"PO1", "PO8"}
    assert all(any(id in gap for gap in walk.gaps) for id in silent)


def test_a_crosswalk_is_found_from_either_end():
    there, back = crosswalk_between("open-measures", "ppn-002"), crosswalk_between("ppn-002@2025", "open-measures@1.0")
    assert back == inverse(there)
    with pytest.raises(CrosswalkUnknown, match="no crosswalk between open-measures@1.0 and wales"):
        crosswalk_between("open-measures", "wales-wellbeing-goals")


def test_one_record_is_told_under_three_models():
    recorded = [
        line("skills.apprentice-starts", "6"),
        line("environment.green-space-improved", "500"),
        line("community.money-given", "1000"),
    ]
    told = {id: report_under(recorded, crosswalk_between("open-measures", id), load_edition(id)) for id in
            ("ppn-06-20", "ppn-002", "ppn-026")}  # fmt: skip
    assert quantities(told["ppn-06-20"]) == {("measure po2-app", "po2-app"): Decimal(6)}
    assert quantities(told["ppn-002"]) == {
        ("outcome o2", "skills.apprentice-starts"): Decimal(6),
        ("measure o4-green-space", "o4-green-space"): Decimal(500),
    }
    assert quantities(told["ppn-026"]) == {("criterion SK-1", "skills.apprentice-starts"): Decimal(6)}
    for each in told.values():
        assert ("community.money-given", "the crosswalk has no match for it") in left(each)
        assert {confidence for figure in each.figures for confidence in figure.confidence} == {"judgement"}


# Files

HEAD = """
from: ppn-06-20@1.1
to: ppn-002@2025
title: A crosswalk
source: {id: OURS, title: Our judgement, locator: page 1, licence: OGL-3.0, confidence: seen}
author: Policy team
matches:
"""
FILES = [
    ("  - {from: {criterion: MAC 9}, match: closeMatch, to: {outcome: o1}, reason: r}", "matches[0]", "no criterion MAC 9"),
    ("  - {from: {measure: po2-fte}, match: closeMatch, to: {outcome: o1}}", "matches[0]", "reason is missing"),
    ("  - {from: {measure: po2-fte}, match: sameAs, to: {outcome: o1}, reason: r}", "matches[0].match", "not a known match"),
    ("  - {from: {measure: po2-fte}, match: broadMatch, share: 1, to: {outcome: o1}, reason: r}", "matches[0].share", "bare"),
    ('  - {from: {measure: po2-fte}, match: broadMatch, share: "0", to: {outcome: o1}, reason: r}', "matches[0]", "is not a share"),
    ("  - {from: {measure: po2-fte, outcome: po2}, match: broadMatch, to: {outcome: o1}, reason: r}", "matches[0].from", ""),
    (
        '  - {from: {measure: po4-grn}, match: closeMatch, share: "1", to: {measure: o4-green-space}, reason: r}',
        "matches[0]",
        "measure po4-grn is in number and measure o4-green-space in m2",
    ),
    (
        '  - {from: {measure: po4-grn}, match: closeMatch, share: "1", to: {measure: o4-green-space}, reason: r, '
        'convert: {factor: "0", reason: r}}',
        "matches[0]",
        "a conversion is a number above 0",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("written", "where", "reason"), FILES, ids=[each[2] for each in FILES])
def test_a_wrong_file_is_refused_for_its_one_reason(written, where, reason, tmp_path):
    path = tmp_path / "walk.yaml"
    path.write_text(HEAD + written + "\n", "utf-8")
    (finding,) = check_crosswalk(path)
    assert finding.where.startswith(f"{where} (line ")
    assert reason in finding.reason
    assert finding.fix


def read(text, *given):
    return crosswalk_of(parse_document(textwrap.dedent(text).encode(), "walk.yaml"), *given)


def test_a_crosswalk_of_ones_own_framework_is_given_its_editions():
    text = HEAD.replace("ppn-06-20@1.1", "a@1.0").replace("ppn-002@2025", "b@1.0")
    text += "  - {from: {measure: hours}, match: exactMatch, to: {measure: hours}, reason: r, confidence: judgement}\n"
    walk, findings = read(text, A, B)
    assert (findings, walk.matches[0].share, walk.matches[0].reference.confidence) == ([], 1, "judgement")
    assert "there is no framework 'a'" in read(text)[1][0].reason


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "from": st.dictionaries(
                    st.sampled_from(["measure", "outcome", "theme"]),
                    st.sampled_from(["po2", "t1", "po2-fte"]),
                    max_size=2,
                ),
                "match": st.sampled_from(["exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"]),
                "to": st.dictionaries(
                    st.sampled_from(["measure", "outcome", "criterion"]),
                    st.sampled_from(["o1", "1a", "m1"]),
                    max_size=2,
                ),
                "reason": st.text(max_size=3),
            },
            optional={"share": st.sampled_from(["1", "0.5", "0", "2", 1]), "back": st.sampled_from(["1", "0.3"])},
        ),
        max_size=6,
    )
)
@settings(max_examples=100, deadline=None)
def test_any_matches_give_findings_or_a_crosswalk(matches):
    walk, findings = read(yaml.safe_dump({**yaml.safe_load(HEAD), "matches": matches}, allow_unicode=True))
    assert (walk is None) == bool(findings)
    if walk:
        assert inverse(inverse(walk)) == walk


def test_a_hostile_file_is_bounded():
    text = HEAD + "  - {from: {measure: x}, match: exactMatch, to: {measure: y}, reason: r}\n" * 5_000
    walk, findings = read(text)
    assert walk is None
    assert 0 < len(findings) <= 500


def test_a_long_chain_of_broader_and_narrower_is_judged():
    many = [measure(f"m{number}", unit="people") for number in range(1500)]
    of, to = (replace(edition(*many), framework_id=id) for id in ("a", "b"))
    chain = [match(f"m{n}", "broad", f"m{n}") for n in range(1500)]
    chain += [match(f"m{n + 1}", "narrow", f"m{n}") for n in range(1499)]
    assert len(crosswalk(*chain, of=of, to=to).matches) == 2999
    with pytest.raises(CrosswalkRefused, match="circle"):
        crosswalk(*chain, match("m0", "narrow", "m1499"), of=of, to=to)


def test_every_end_is_named_once():
    named = ends(load_edition("ppn-06-20"))
    assert named[End("criterion", "MAC 2.1")][0].startswith("Entrepreneurship")
    assert named[End("theme", "t2")] == ("Tackling economic inequality", None)
    assert named[End("measure", "po2-fte")][1].unit == "FTE"


def test_the_worked_example_of_the_manual_is_right():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "crosswalk-file.md").read_text("utf-8")
    walk, findings = read(page.split("```yaml\n")[1].split("```")[0])
    assert findings == []
    told = report_under([line("skills.apprentice-starts", "6")], walk, load_edition("ppn-06-20"))
    assert quantities(told) == {("measure po2-app", "po2-app"): Decimal(6)}
