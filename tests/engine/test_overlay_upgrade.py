"""A base is upgraded under an overlay: what is carried over, what is a conflict, and what each settlement makes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from made_editions import SOURCE, edition, measure, rate, unit_value

from commonweal.engine.model import Edition, Measure, Outcome, Theme
from commonweal.engine.overlay import (
    Added,
    Change,
    Hidden,
    Overlay,
    OverlayRefused,
    Renamed,
    Retargeted,
    Revalued,
    Target,
    apply_overlay,
)
from commonweal.engine.upgrade import Conflict, ConflictsUnsettled, Settlement, conflicts, rebase_overlay

BASE = edition(measure("hours", unit_value("10")), measure("jobs"), measure("talks"))
SECOND = Outcome("outcome-2", "Second", "", (), ())
TARGET = Target(Decimal(5), date(2027, 3, 31))
SAID = {"reason": "we decided", "reference": SOURCE}


def of(id: str) -> dict[str, object]:
    return {**SAID, "was": BASE.measures[id], "was_in": "outcome-1"}


def overlay(*changes: Change) -> Overlay:
    made = Overlay(
        framework_id="ours",
        version="1",
        title="Ours",
        publisher="Council",
        base=BASE.reference,
        base_hash=BASE.content_hash,
        source=SOURCE,
        author="Policy team",
        changes=changes,
    )
    apply_overlay(BASE, made)
    return made


def later(*measures: Measure, outcomes: tuple[Outcome, ...] = (), themes: tuple[Theme, ...] = ()) -> Edition:
    made = replace(edition(*measures), version="2.0")
    (theme,) = made.themes
    return replace(made, themes=(replace(theme, outcomes=(*theme.outcomes, *outcomes)), *themes))


def the_same(**changed: object) -> tuple[Measure, ...]:
    return tuple(changed.get(each.id, each) for each in BASE.measures.values() if changed.get(each.id, each))


HIDE = Hidden(**of("talks"))
RENAME = Renamed(title="Time given", **of("hours"))
REVALUE = Revalued(value=unit_value("12"), **of("hours"))
RATES = Revalued(rates={"deadweight": rate("0.3")}, **of("hours"))
AIM = Retargeted(target=TARGET, **of("jobs"))
OWN = Added(part=measure("beach"), to="outcome-1", target=TARGET, **SAID)


def only(made: Overlay, base: Edition) -> Conflict:
    (conflict,) = conflicts(made, base)
    return conflict


def settled(made: Overlay, base: Edition, **settlement: str) -> Edition:
    rebased = rebase_overlay(made, base, {only(made, base).id: Settlement(**settlement)}, version="2")
    assert (rebased.version, rebased.base) == ("2", "made@2.0")
    return apply_overlay(base, rebased)


def test_what_the_base_left_alone_is_carried_over() -> None:
    made = overlay(HIDE, RENAME, REVALUE, AIM, OWN)
    hours = replace(BASE.measures["hours"], definition="clearer", evidence=("a list",))
    base = later(*the_same(hours=hours), measure("visits"))
    assert conflicts(made, base) == ()
    rebased = rebase_overlay(made, base, {}, version="2")
    ours = apply_overlay(base, rebased)
    assert set(ours.measures) == {"hours", "jobs", "visits", "beach"}
    assert (ours.measures["hours"].title, ours.measures["hours"].definition) == ("Time given", "clearer")
    assert ours.measures["hours"].value.amount == 12
    assert rebased.changes[1].was == hours


@pytest.mark.parametrize(
    ("change", "now"),
    [
        (RENAME, {"title": "Hours of help"}),
        (REVALUE, {"value": unit_value("11")}),
        (RATES, {"rates": {"deadweight": rate("0.1")}}),
        (Revalued(duration=2, **of("hours")), {"duration": 3}),
        (Revalued(dropoff=Decimal("0.5"), **of("hours")), {"dropoff": Decimal("0.1")}),
    ],
    ids=["title", "value", "rates", "duration", "dropoff"],
)
def test_the_base_changed_what_we_changed(change: Change, now: dict[str, object]) -> None:
    made = overlay(change)
    base = later(*the_same(hours=replace(BASE.measures["hours"], **now)))
    conflict = only(made, base)
    (name,) = now
    assert (conflict.kind, conflict.choices) == ("base-changed", ("keep-ours", "take-base"))
    assert (conflict.was, conflict.now) == (BASE.measures["hours"], base.measures["hours"])
    assert name in conflict.why or "deadweight" in conflict.why
    kept = settled(made, base, choice="keep-ours").measures["hours"]
    mine = apply_overlay(BASE, made).measures["hours"]
    assert getattr(kept, name) == getattr(mine, name)
    assert settled(made, base, choice="take-base").measures["hours"] == base.measures["hours"]


def test_a_change_elsewhere_in_the_measure_is_no_conflict() -> None:
    base = later(*the_same(hours=replace(BASE.measures["hours"], title="Hours of help")))
    ours = apply_overlay(base, rebase_overlay(overlay(REVALUE), base, {}, version="2"))
    assert (ours.measures["hours"].title, ours.measures["hours"].value.amount) == ("Hours of help", 12)


def test_the_base_now_says_what_we_say() -> None:
    made = overlay(RENAME)
    base = later(*the_same(hours=replace(BASE.measures["hours"], title="Time given")))
    assert "to what we say" in only(made, base).why
    assert settled(made, base, choice="take-base").measures == base.measures
    with pytest.raises(OverlayRefused, match="already has this title"):
        settled(made, base, choice="keep-ours")


def test_the_base_removed_what_we_changed() -> None:
    aim = Retargeted(target=TARGET, **of("hours"))
    made = overlay(RENAME, REVALUE, aim)
    base = later(*the_same(hours=None))
    conflict = only(made, base)
    assert (conflict.kind, conflict.choices, len(conflict.changes)) == ("base-removed", ("keep-ours", "drop"), 3)
    rebased = rebase_overlay(made, base, {conflict.id: Settlement("keep-ours")}, version="2")
    (kept,) = rebased.changes
    assert isinstance(kept, Added)
    assert (kept.target, kept.to, kept.reason) == (TARGET, "outcome-1", "we decided")
    ours = apply_overlay(base, rebased).measures["hours"]
    assert ours == apply_overlay(BASE, made).measures["hours"]
    assert "hours" not in settled(made, base, choice="drop").measures


def test_the_base_removed_what_we_hid() -> None:
    base = later(*the_same(talks=None))
    assert only(overlay(HIDE), base).choices == ("drop",)
    assert settled(overlay(HIDE), base, choice="drop").measures == base.measures


def test_the_base_now_has_the_id_we_added() -> None:
    made = overlay(OWN)
    base = later(*the_same(), measure("beach", code="OTHER", unit="miles"))
    conflict = only(made, base)
    assert (conflict.kind, conflict.choices) == ("id-taken", ("keep-ours", "take-base"))
    assert settled(made, base, choice="take-base").measures["beach"].unit == "miles"
    both = settled(made, base, choice="keep-ours", id="our-beach").measures
    assert (both["beach"].unit, both["our-beach"].unit) == ("miles", "people")
    with pytest.raises(OverlayRefused, match="measure 'beach' is already in the base"):
        settled(made, base, choice="keep-ours")


def test_the_base_now_has_the_code_we_added() -> None:
    made = overlay(OWN)
    base = later(*the_same(), measure("sand", code="BEACH"))
    assert (only(made, base).kind, only(made, base).choices) == ("code-taken", ("keep-ours", "drop"))
    assert settled(made, base, choice="keep-ours", code="X1").measures["beach"].code == "X1"
    assert "beach" not in settled(made, base, choice="drop").measures


@pytest.mark.parametrize("change", [REVALUE, Retargeted(target=TARGET, **of("hours"))], ids=["value", "target"])
def test_a_figure_of_ours_does_not_survive_a_change_of_unit(change: Change) -> None:
    base = later(*the_same(hours=replace(BASE.measures["hours"], unit="days")))
    assert (only(overlay(change), base).kind, only(overlay(change), base).choices) == ("unit-changed", ("take-base",))
    assert settled(overlay(change), base, choice="take-base").measures == base.measures


def test_a_share_of_ours_survives_a_change_of_unit() -> None:
    base = later(*the_same(hours=replace(BASE.measures["hours"], unit="days")))
    assert conflicts(overlay(RATES, RENAME), base) == ()


def test_the_place_where_we_put_it_is_gone() -> None:
    old = replace(BASE, themes=(replace(BASE.themes[0], outcomes=(*BASE.themes[0].outcomes, SECOND)),))
    moved = Retargeted(outcome="outcome-2", **of("jobs"))
    made = replace(overlay(), base_hash=old.content_hash, changes=(moved, replace(OWN, to="outcome-2")))
    apply_overlay(old, made)
    found = conflicts(made, later(*the_same(), outcomes=(replace(SECOND, id="outcome-3"),)))
    assert [(each.kind, each.choices) for each in found] == [("place-removed", ("keep-ours", "drop"))] * 2
    base = later(*the_same(), outcomes=(replace(SECOND, id="outcome-3"),))
    elsewhere = {each.id: Settlement("keep-ours", to="outcome-3") for each in found}
    ours = apply_overlay(base, rebase_overlay(made, base, elsewhere, version="2"))
    assert {each.id for each in ours.outcomes[1].measures} == {"jobs", "beach"}
    dropped = apply_overlay(base, rebase_overlay(made, base, {e.id: Settlement("drop") for e in found}, version="2"))
    assert dropped.measures == base.measures


def test_the_base_moved_what_we_moved() -> None:
    second = Added(part=SECOND, to="theme-1", **SAID)
    made = overlay(second, Retargeted(outcome="outcome-2", target=TARGET, **of("jobs")))
    base = later(*the_same(jobs=None), outcomes=(Outcome("outcome-9", "Ninth", "", (), (BASE.measures["jobs"],)),))
    assert only(made, base).kind == "base-changed"
    assert settled(made, base, choice="keep-ours").outcomes[-1].measures == (BASE.measures["jobs"],)
    assert settled(made, base, choice="take-base").outcomes[1].measures == (BASE.measures["jobs"],)


def test_an_outcome_kept_under_another_id_takes_its_measures_along() -> None:
    second = Added(part=SECOND, to="theme-1", **SAID)
    made = overlay(second, Retargeted(outcome="outcome-2", **of("jobs")), replace(OWN, to="outcome-2"))
    base = later(*the_same(), outcomes=(replace(SECOND, title="Theirs"),))
    ours = settled(made, base, choice="keep-ours", id="our-second")
    assert {each.id: [m.id for m in each.measures] for each in ours.outcomes} == {
        "outcome-1": ["hours", "talks"],
        "outcome-2": [],
        "our-second": ["jobs", "beach"],
    }


def words(part: Theme | Outcome, **said: str) -> Renamed:
    """This will give a theme or the outcome of the base other words."""
    if isinstance(part, Theme):
        return Renamed(was=replace(part, outcomes=()), was_in="", **SAID, **said)
    return Renamed(was=replace(part, measures=()), was_in="theme-1", **SAID, **said)


(THEME,) = BASE.themes
(OUTCOME,) = THEME.outcomes
NAMED = [words(THEME, title="Ours"), words(OUTCOME, title="Ours", title_cy="Ein un ni")]


@pytest.mark.parametrize("change", NAMED, ids=["theme", "outcome"])
def test_words_of_an_outcome_or_a_theme_that_the_base_left_alone_are_carried_over(change: Renamed) -> None:
    (theme,) = later(*the_same(talks=None), measure("visits"), outcomes=(SECOND,)).themes
    base = replace(BASE, version="2.0", themes=(theme,))
    made = overlay(change)
    assert conflicts(made, base) == ()
    rebased = rebase_overlay(made, base, {}, version="2")
    ours = apply_overlay(base, rebased)
    assert "Ours" in (ours.themes[0].title, ours.outcomes[0].title)
    assert ours.measures == base.measures
    assert rebased.changes == made.changes


def test_words_follow_an_outcome_that_the_base_moved_to_another_theme() -> None:
    base = replace(BASE, version="2.0", themes=(replace(THEME, id="theme-2"),))
    (kept,) = rebase_overlay(overlay(NAMED[1]), base, {}, version="2").changes
    assert (kept.was_in, kept.title) == ("theme-2", "Ours")


@pytest.mark.parametrize("change", NAMED, ids=["theme", "outcome"])
@pytest.mark.parametrize(("choice", "title"), [("keep-ours", "Ours"), ("take-base", "Theirs")])
def test_the_base_changed_the_words_of_an_outcome_or_a_theme_too(change: Renamed, choice: str, title: str) -> None:
    made = overlay(change)
    themes = {
        "theme": (replace(THEME, title="Theirs"),),
        "outcome": (replace(THEME, outcomes=(replace(OUTCOME, title="Theirs"),)),),
    }
    base = replace(BASE, version="2.0", themes=themes[change.level])
    conflict = only(made, base)
    assert (conflict.kind, conflict.choices) == ("base-changed", ("keep-ours", "take-base"))
    assert (conflict.was, conflict.now.title) == (change.was, "Theirs")
    assert conflict.why == f"the base changed the words of the {change.level} “{change.was.title}”"
    ours = settled(made, base, choice=choice)
    assert {"theme": ours.themes[0], "outcome": ours.outcomes[0]}[change.level].title == title


def test_welsh_that_we_left_alone_is_the_bases_to_change() -> None:
    base = replace(BASE, version="2.0", themes=(replace(THEME, title_cy="Thema"),))
    made = overlay(NAMED[0])
    ours = apply_overlay(base, rebase_overlay(made, base, {}, version="2"))
    assert (ours.themes[0].title, ours.themes[0].title_cy) == ("Ours", "Thema")


@pytest.mark.parametrize("change", NAMED, ids=["theme", "outcome"])
def test_words_of_what_the_base_no_longer_has_can_only_be_dropped(change: Renamed) -> None:
    made = overlay(change)
    base = replace(
        BASE, version="2.0", themes=(replace(THEME, id="theme-2", outcomes=(replace(OUTCOME, id="outcome-2"),)),)
    )
    conflict = only(made, base)
    assert (conflict.kind, conflict.choices, conflict.now) == ("base-removed", ("drop",), None)
    assert settled(made, base, choice="drop").themes == base.themes
    with pytest.raises(ConflictsUnsettled):
        settled(made, base, choice="keep-ours")


def test_a_theme_and_an_outcome_added_under_one_id_are_two_conflicts() -> None:
    sea = Theme("sea", "Sea", "", ())
    made = overlay(Added(part=sea, **SAID), Added(part=replace(SECOND, id="sea"), to="sea", **SAID))
    base = later(*the_same(), outcomes=(replace(SECOND, id="sea"),), themes=(sea,))
    found = conflicts(made, base)
    assert [each.id for each in found] == ["id-taken theme sea", "id-taken outcome sea"]
    assert [each.now.title for each in found] == ["Sea", "Second"]
    ours = {
        "id-taken theme sea": Settlement("keep-ours", id="our-sea"),
        "id-taken outcome sea": Settlement("take-base"),
    }
    assert [each.id for each in apply_overlay(base, rebase_overlay(made, base, ours, version="2")).themes] == [
        "theme-1", "sea", "our-sea",
    ]  # fmt: skip


def test_nothing_is_rebased_while_a_conflict_is_open() -> None:
    made = overlay(HIDE, RENAME)
    base = later(*the_same(talks=None, hours=replace(BASE.measures["hours"], title="Hours of help")))
    with pytest.raises(ConflictsUnsettled) as refused:
        rebase_overlay(made, base, {"base-removed talks": Settlement("drop")}, version="2")
    assert [each.id for each in refused.value.conflicts] == ["base-changed rename hours"]
    assert "keep-ours or take-base" in str(refused.value)
    with pytest.raises(ConflictsUnsettled, match="base-removed talks"):
        wrong = {"base-removed talks": Settlement("keep-ours"), "base-changed rename hours": Settlement("keep-ours")}
        rebase_overlay(made, base, wrong, version="2")
    with pytest.raises(ConflictsUnsettled, match="there is no conflict of old"):
        rebase_overlay(made, base, {"of old": Settlement("drop")}, version="2")


def test_a_published_version_is_followed_and_never_replaced() -> None:
    with pytest.raises(OverlayRefused, match="version 1"):
        rebase_overlay(overlay(HIDE), later(*the_same()), {}, version="1")


def test_another_framework_is_no_upgrade() -> None:
    with pytest.raises(OverlayRefused, match="other@1.0 is another framework"):
        conflicts(overlay(HIDE), replace(BASE, framework_id="other"))
