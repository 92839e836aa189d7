"""A framework of one's own: laid over an edition change by change, published, and brought to a later base."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from own import licensed_edition

from commonweal.base.errors import NotPossible
from commonweal.base.queries import events_about
from commonweal.engine import catalogue
from commonweal.engine.overlay import apply_overlay
from commonweal.frameworks import actions, queries
from commonweal.frameworks.vocabulary import RATES

pytestmark = pytest.mark.django_db

HOURS, TREES, TALKS = "community.volunteering-hours", "environment.trees-established", "community.safety-talks"
WHY = {"reason": "The plan says so", "reference_title": "Corporate plan", "reference_locator": "page 12"}
BEGIN = {"title": "Our place", "title_cy": "", "framework_id": "our-place", "version": "2026",
         "source_title": "Cabinet, item 7", "source_locator": ""}  # fmt: skip
VALUE = {
    "worth": "value", "amount": "21.5", "price_year": "2025", "price_year_type": "calendar", "kind": "economic",
    "beneficiary": "society", "source_title": "Our survey", "source_licence": "OGL-3.0",
}  # fmt: skip


@pytest.fixture
def at(body):
    return lambda name, *rest: reverse(f"frameworks:{name}", args=[body.slug, *rest])


@pytest.fixture
def client(editions, lead, sign_in):
    return sign_in(lead)


@pytest.fixture
def draft(client, body, at, in_scope):
    """A draft over the Open Measures, begun on the page."""
    answer = client.post(at("overlay_start", "open-measures@1.0"), BEGIN)
    assert answer.status_code == 302, answer.content.decode()
    with in_scope(body):
        return queries.draft_of(body, "our-place")


@pytest.fixture
def layer(body, in_scope):
    """`layer(draft)`: the edition beneath and the layer as they are saved now."""

    def read(held):
        with in_scope(body):
            return queries.layer_of(queries.get_overlay(held.public_id))

    return read


@pytest.fixture
def change(client, at, body, in_scope, draft):
    """`change(measure, kind, …)`: post one change as the page does; gives the answer."""

    def post(measure, kind, /, **fields):
        with in_scope(body):
            saves = queries.get_overlay(draft.public_id).saves
        return client.post(at("overlay_change", draft.public_id, measure, kind), {"saves": saves} | WHY | fields)

    return post


@pytest.fixture
def add(client, at, body, in_scope, draft):
    """`add(part, …)`: post an addition; gives the answer."""

    def post(part, query="", /, **fields):
        with in_scope(body):
            saves = queries.get_overlay(draft.public_id).saves
        return client.post(at("overlay_add", draft.public_id, part) + query, {"saves": saves} | WHY | fields)

    return post


@pytest.fixture
def word(client, at, body, in_scope, draft):
    """`word(level, id, …)`: post other words for an outcome or a theme; gives the answer."""

    def post(level, id, /, **fields):
        with in_scope(body):
            saves = queries.get_overlay(draft.public_id).saves
        return client.post(at("overlay_words", draft.public_id, level, id), {"saves": saves} | WHY | fields)

    return post


def text_of(answer):
    """The words of a page, without its markup."""
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())


LAND = "nature-and-resources"
MEASURE = {"to": "a-clean-shore", "code": "X01", "title": "Beach cleaned", "unit": "m", "direction": "benefit",
           "counting_rule": "Each metre once a year", "evidence": "Photographs\nA map"}  # fmt: skip


def test_every_kind_of_change_is_laid_shown_and_published(client, at, body, in_scope, draft, change, add, layer):
    assert change(TALKS, "hide").status_code == 302
    assert change("community.goods-given", "rename", title="Things given").status_code == 302
    assert change(HOURS, "value", **VALUE).status_code == 302
    assert change(HOURS, "rate", name="deadweight", central="0.25").status_code == 302
    assert add("outcome", to="environment", title="A clean shore").status_code == 302
    targeted = {"target_quantity": "4000", "target_by-day": "31", "target_by-month": "3", "target_by-year": "2027",
                "target_per": "year"}  # fmt: skip
    assert add("measure", **MEASURE, **targeted).status_code == 302
    moved = change(TREES, "place", outcome="a-clean-shore")
    assert moved.status_code == 302
    base, made = layer(draft)
    assert {each.kind for each in made.changes} == {"add", "hide", "rename", "retarget", "revalue"}
    edition = apply_overlay(base, made)
    assert TALKS not in edition.measures
    hours = edition.measures[HOURS]
    assert hours.value.amount == Decimal("21.5")
    assert hours.rates["deadweight"].central == Decimal("0.25")
    shown = client.get(at("overlay", draft.public_id)).content.decode()
    for words in ("Things given", "Base: Goods", "£21.50", "Hidden", "A clean shore", "Why: The plan says so"):
        assert words in shown
    page = client.get(at("overlay_measure", draft.public_id, HOURS)).content.decode()
    assert "The base says" in page
    assert "Our survey" in page

    preview = client.get(at("overlay_preview", draft.public_id)).content.decode()
    assert "Beach cleaned" in preview
    with in_scope(body):
        saves = queries.get_overlay(draft.public_id).saves
    published = client.post(at("overlay_publish", draft.public_id), {"saves": saves})
    assert published["Location"] == at("edition", "our-place@2026")
    with in_scope(body):
        rule = queries.get_edition("our-place@2026")
        assert replace(rule, published_on=None) == edition
        actions.choose_framework(
            body=body, by=None or queries.get_overlay(draft.public_id).started_by,
            edition=queries.find_edition("our-place@2026"), starts_on=date(2026, 4, 1), reason="Ours",
        )  # fmt: skip
        assert queries.edition_for(body, date(2026, 5, 1)).reference == "our-place@2026"
        names = [each.action for each in events_about(body, f"frameworks.overlay:{draft.public_id}")]
    assert names[0] == "frameworks.overlay.published"
    assert names.count("frameworks.overlay.changed") == 7


def told(made, measure=HOURS):
    """Every reason of a measure's changes, by what it is of."""
    reasons = [each for change in made.of(measure) for each in change.reasons]
    return {each.of: (each.reason, each.reference.title) for each in reasons}


def test_the_value_and_each_rate_keep_their_own_reason(client, at, body, in_scope, draft, change, layer):
    change(HOURS, "value", **VALUE | {"reason": "R1 of the value", "reference_title": "S1"})
    change(HOURS, "rate", name="deadweight", central="0.25", reason="R2 of deadweight", reference_title="S2")
    change(HOURS, "rate", name="dropoff", central="0.1", reason="R3 of drop-off", reference_title="S3")
    expected = {"value": ("R1 of the value", "S1"), "deadweight": ("R2 of deadweight", "S2"),
                "dropoff": ("R3 of drop-off", "S3")}  # fmt: skip
    assert told(layer(draft)[1]) == expected
    file = client.get(at("overlay_file", draft.public_id)).content.decode()
    shown = client.get(at("overlay_measure", draft.public_id, HOURS)).content.decode()
    listed = client.get(at("overlay", draft.public_id)).content.decode()
    for reason, reference in expected.values():
        assert reason in file
        assert reason in shown
        assert f"Written down in {reference}" in shown
        assert reason in listed
    with in_scope(body):
        details = [json.loads(each.details) for each in events_about(body, f"frameworks.overlay:{draft.public_id}")]
    assert f"rate {HOURS} deadweight" in [each.get("changed") for each in details]
    assert f"Changed (rate {HOURS} deadweight) by Mair Lead" in listed

    change(HOURS, "value", **VALUE | {"amount": "30", "reason": "R4 of the value", "reference_title": "S4"})
    assert told(layer(draft)[1]) == expected | {"value": ("R4 of the value", "S4")}
    change(HOURS, "value", worth="base", reason="Not ours after all")
    assert told(layer(draft)[1]) == {name: each for name, each in expected.items() if name != "value"}


def test_the_reason_of_a_first_rate_is_not_that_of_the_second_nor_of_a_value(change, draft, layer):
    change(HOURS, "rate", name="deadweight", central="0.25", reason="R1", reference_title="S1")
    change(HOURS, "rate", name="attribution", central="0.1", reason="R2", reference_title="S2")
    change(HOURS, "rate", name="deadweight", central="0.3", reason="R3", reference_title="S3")
    rates = {"deadweight": ("R3", "S3"), "attribution": ("R2", "S2")}
    assert told(layer(draft)[1]) == rates
    change(HOURS, "value", **VALUE | {"reason": "R4", "reference_title": "S4"})
    assert told(layer(draft)[1]) == rates | {"value": ("R4", "S4")}


def test_the_value_and_rates_of_a_measure_of_ours_keep_their_own_reasons(add, change, draft, layer):
    add("outcome", to="environment", title="A clean shore")
    add("measure", **MEASURE | {"reason": "R0"})
    change("own.beach-cleaned", "value", **VALUE | {"reason": "R1", "reference_title": "S1"})
    change("own.beach-cleaned", "rate", name="deadweight", central="0.1", reason="R2", reference_title="S2")
    assert told(layer(draft)[1], "own.beach-cleaned") == {
        "": ("R0", "Corporate plan"), "value": ("R1 (S1, page 12)", "Our survey"), "deadweight": ("R2", "S2"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "name", "uprate"),
    [
        ({}, None, "gdp_deflator"),
        ({"value_name": "An hour of help"}, "An hour of help", "gdp_deflator"),
        ({"price_year": "2025-26", "price_year_type": "rate-year"}, None, "none"),
    ],
)
def test_a_value_of_ours_has_a_name_of_its_own_and_goes_with_prices(change, draft, layer, fields, name, uprate):
    base = layer(draft)[0].measures[HOURS]
    change(HOURS, "value", **VALUE | fields)
    (made,) = layer(draft)[1].of(HOURS)
    assert made.value.name == (name or f"Our value of “{base.title}”")
    assert base.value.name != made.value.name
    assert made.value.uprate == uprate


@pytest.mark.parametrize(
    ("typed", "amount"), [("£25.50", "25.50"), ("£ 1,234,567.5", "1234567.5"), ("0.000000000001", "0.000000000001")]
)
def test_an_amount_is_typed_as_people_write_it(change, draft, layer, typed, amount):
    assert change(HOURS, "value", **VALUE | {"amount": typed}).status_code == 302
    assert layer(draft)[1].of(HOURS)[0].value.amount == Decimal(amount)


@pytest.mark.parametrize(("part", "title"), [("measure", "Beach cleaned"), ("outcome", "A clean shore")])
def test_where_an_addition_goes_is_chosen_and_never_guessed(client, at, add, draft, layer, part, title):
    form = client.get(at("overlay_add", draft.public_id, part)).content.decode()
    assert '<option value="" selected>Choose one</option>' in form
    refused = add(part, **MEASURE | {"to": "", "title": title})
    assert refused.status_code == 422
    assert "There is a problem" in refused.content.decode()
    assert layer(draft)[1].changes == ()


def test_a_value_for_people_is_for_one_person_and_the_form_says_so(client, at, change, draft, layer):
    starts = "skills.apprentice-starts"
    form = client.get(at("overlay_change", draft.public_id, starts, "value")).content.decode()
    assert "In pounds, for each of: people" in form
    assert "GBP per people" not in form
    assert "Tick none" not in form
    assert "Leave all unticked if it is net of nothing" in form
    assert change(starts, "value", **VALUE).status_code == 302
    (made,) = layer(draft)[1].of(starts)
    assert made.value.unit == "GBP per person"


def test_a_rate_of_its_year_is_offered_only_where_we_said_so(client, at, draft, change):
    page = at("overlay_change", draft.public_id, HOURS, "value")
    assert '<option value="calendar" selected>' in client.get(page).content.decode()
    change(HOURS, "value", **VALUE | {"price_year_type": "rate-year"})
    assert '<option value="rate-year" selected>' in client.get(page).content.decode()


def test_wellbeing_keeps_its_income_where_the_base_has_it(change, draft, layer):
    base = layer(draft)[0]
    id = next(each.id for each in base.measures.values() if each.value and each.value.uprate == "wellby")
    change(id, "value", **VALUE | {"kind": "welfare"})
    assert layer(draft)[1].of(id)[0].value.uprate == "wellby"
    change(id, "value", **VALUE | {"kind": "fiscal"})
    assert layer(draft)[1].of(id)[0].value.uprate == "gdp_deflator"


def test_what_will_be_published_leads_with_each_change_and_why(client, at, draft, change, add):
    change(TALKS, "hide", reason="The fire service gives them")
    change(HOURS, "value", **VALUE | {"amount": "25", "low": "20", "high": "30", "reason": "We asked volunteers"})
    change(HOURS, "rate", name="deadweight", central="0.25", reason="Half would have come anyway")
    change("community.goods-given", "rename", title="Things given")
    add("outcome", to="environment", title="A clean shore")
    change(TREES, "place", outcome="a-clean-shore", target_quantity="250", **{
        "target_by-day": "31", "target_by-month": "3", "target_by-year": "2028", "target_per": "year"})  # fmt: skip
    add("measure", **MEASURE)
    page = client.get(at("overlay_preview", draft.public_id)).content.decode()
    changes, everything = page.split("Everything it will hold")
    text = " ".join(re.sub("<[^>]+>", " ", changes).split())
    for words in (
        "Left out (1)", "The fire service gives them", "Worth or rates changed (1)",
        "£25.00, between £20.00 and £30.00, prices of 2025 The base says: £17.96, prices of 2025",
        "Worth: We asked volunteers", "Deadweight 0.25", "Deadweight: Half would have come anyway",
        "Things given The base says: ", "Outcome Environment: A clean shore The base says: ",
        "Target 250 trees for each year by 31 March 2028", "Added (2)", "X01 Beach cleaned", "Goes to Environment",
        "Written down in Corporate plan",
    ):  # fmt: skip
        assert words in text
    assert text.index("Left out (1)") < text.index("Publish this version")
    assert "between £20.00 and £30.00" in everything
    assert everything.count(">Changed<") == everything.count("fw-differs") - 1 == 3
    assert "Target: 250 trees" in everything


def test_a_change_is_undone_and_the_base_holds_again(client, at, draft, change, layer):
    change(TALKS, "hide")
    answer = client.post(at("overlay_undo", draft.public_id), {"change": f"hide:{TALKS}"}, follow=True)
    assert "taken back" in answer.content.decode()
    base, made = layer(draft)
    assert made.changes == ()
    again = client.post(at("overlay_undo", draft.public_id), {"change": f"hide:{TALKS}"}, follow=True)
    assert "not here any more" in again.content.decode()


def test_an_outcome_is_not_taken_out_while_something_stands_in_it(client, at, draft, add, layer):
    add("outcome", to="environment", title="A clean shore")
    add("measure", **MEASURE)
    answer = client.post(at("overlay_undo", draft.public_id), {"change": "add-outcome:a-clean-shore"}, follow=True)
    assert "There is no outcome" in answer.content.decode()
    assert len(layer(draft)[1].changes) == 2


def test_an_added_measure_is_changed_and_valued_where_it_was_added(client, add, change, draft, layer):
    add("outcome", to="environment", title="A clean shore")
    add("measure", **MEASURE)
    id = "own.beach-cleaned"
    assert change(id, "value", **VALUE).status_code == 302
    assert change(id, "rate", name="deadweight", central="0.1").status_code == 302
    assert change(id, "rate", name="dropoff", central="0.2").status_code == 302
    assert add("measure", f"?id={id}", **MEASURE | {"title": "Shore cleaned"}).status_code == 302
    (measure,) = [each.part for each in layer(draft)[1].changes if each.subject == id]
    assert (measure.title, measure.figure, measure.value.unit) == ("Shore cleaned", "valued", "GBP per m")
    assert measure.rates["deadweight"].central == Decimal("0.1")
    assert measure.dropoff.central == Decimal("0.2")
    refused = add("measure", f"?id={id}", **MEASURE | {"unit": "km"})
    assert "Take the value away first" in refused.content.decode()


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("value", VALUE | {"source_title": ""}, "A value without a source cannot be used"),
        ("value", VALUE | {"source_licence": ""}, "Enter the licence"),
        ("value", VALUE | {"price_year": ""}, "Without it the amount cannot be compared"),
        ("value", VALUE | {"price_year": "2024/25"}, "is not a calendar year"),
        ("value", VALUE | {"low": "30", "high": "40"}, "out of order"),
        ("value", VALUE | {"low": "10"}, "Low and high are given together"),
        ("value", VALUE | {"amount": ""}, "Enter the amount, or a low and a high"),
        ("value", VALUE | {"amount": "-4"}, "cannot be less than zero"),
        ("value", VALUE | {"amount": "1" * 28}, "The amount is too large"),
        ("value", VALUE | {"amount": "0." + "1" * 13}, "at most twelve decimal places"),
        ("value", VALUE | {"amount": "1,50"}, "Enter an amount in pounds"),
        ("value", VALUE | {"amount": "1e3"}, "in the digits 0 to 9"),
        ("value", VALUE | {"duration": "0"}, "A benefit lasts at least 1 year"),
        ("value", VALUE | {"price_year": "1500"}, "lies outside 1990 to"),
        ("value", {"worth": "base"}, "re-valued with nothing"),
        ("rate", {"name": "deadweight", "central": "0.1234567891"}, "at most nine decimal places"),
        ("rate", {"name": "deadweight", "central": "25%"}, "0.25 for 25 %"),
        ("rate", {"name": "deadweight", "central": "1.2"}, "Write 25 % as 0.25"),
        ("rate", {"name": "deadweight", "central": "0.2", "low": "0.3", "high": "0.4"}, "out of order"),
        ("rate", {"name": "deadweight", "central": "0.2", "low": "0.1"}, "given together, or neither"),
        ("rename", {"title": "Volunteering", "reason": ""}, "Fill in “Why”"),
        ("rename", {"title": "Volunteering", "reference_title": ""}, "Fill in “Where is that written down?”"),
        ("place", {"outcome": "nowhere"}, "nowhere"),
        ("place", {"outcome": "same", "target_quantity": "4"}, "needs its quantity and its day"),
    ],
)
def test_a_change_that_cannot_stand_is_refused_in_words_and_nothing_is_lost(change, draft, layer, kind, fields, words):
    base, _made = layer(draft)
    if fields.get("outcome") == "same":
        fields = fields | {"outcome": next(o.id for o in base.outcomes if any(m.id == HOURS for m in o.measures))}
    answer = change(HOURS, kind, **fields)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert words in said
    assert "There is a problem" in said
    assert layer(draft)[1].changes == ()


def test_what_is_hidden_cannot_be_changed_too(change, draft, layer):
    change(TALKS, "rename", title="Talks")
    answer = change(TALKS, "hide")
    assert answer.status_code == 422
    assert "is hidden and also changed" in answer.content.decode()


def test_the_second_of_two_editors_is_told_and_keeps_what_was_typed(client, at, draft, change):
    change(TALKS, "hide")
    late = client.post(
        at("overlay_change", draft.public_id, HOURS, "rename"), WHY | {"saves": draft.saves, "title": "Time given"}
    )
    assert late.status_code == 409
    assert "Time given" in late.content.decode()
    assert "Someone else changed this framework" in late.content.decode()


def test_an_empty_layer_is_not_published_and_a_stale_preview_neither(client, at, draft, change):
    empty = client.post(at("overlay_publish", draft.public_id), {"saves": draft.saves})
    assert "Nothing is changed yet" in empty.content.decode()
    change(TALKS, "hide")
    stale = client.post(at("overlay_publish", draft.public_id), {"saves": draft.saves})
    assert stale.status_code == 422
    assert "Someone else changed this framework" in stale.content.decode()


def test_a_published_layer_is_never_changed_and_has_a_next_version(client, at, body, in_scope, draft, change, layer):
    change(TALKS, "hide")
    with in_scope(body):
        saves = queries.get_overlay(draft.public_id).saves
    client.post(at("overlay_publish", draft.public_id), {"saves": saves})
    refused = change(HOURS, "hide")
    assert "what is published is never changed" in refused.content.decode()
    taken = client.post(at("overlay_next", draft.public_id), {"version": "2026"})
    assert "is published already" in taken.content.decode()
    begun = client.post(at("overlay_next", draft.public_id), {"version": "2027"})
    assert begun.status_code == 302
    with in_scope(body):
        assert queries.layer_of(queries.draft_of(body, "our-place"))[1].changes == layer(draft)[1].changes
    twice = client.post(at("overlay_next", draft.public_id), {"version": "2028"})
    assert "is being written already" in twice.content.decode()


def test_the_database_keeps_a_published_layer_as_it_was(body, make_body, owner_connection):
    edition = owner_connection.execute(
        "INSERT INTO frameworks_edition (public_id, body_id, framework_id, version, title, title_cy, content, "
        "content_hash, is_private) VALUES ('zqe', %s, 'o', '1', 'O', '', '{}', '', false) RETURNING id", [body.pk],
    ).fetchone()[0]  # fmt: skip
    owner_connection.execute(
        "INSERT INTO frameworks_overlay (public_id, body_id, base_id, edition_id, framework_id, version, title, text, "
        "saves) VALUES ('zqo', %s, %s, %s, 'o', '1', 'O', 'x', 1)", [body.pk, edition, edition],
    )  # fmt: skip
    with pytest.raises(psycopg.errors.RestrictViolation, match="begin its next version"):
        owner_connection.execute("UPDATE frameworks_overlay SET text = 'y' WHERE public_id = 'zqo'")


def test_the_file_goes_out_and_comes_in_as_the_same_layer(client, at, body, in_scope, draft, change, add, layer):
    change(HOURS, "value", **VALUE)
    add("outcome", to="environment", title="A clean shore")
    add("measure", **MEASURE)
    made = layer(draft)[1]
    file = client.get(at("overlay_file", draft.public_id))
    assert 'filename="our-place-2026.yaml"' in file["Content-Disposition"]
    client.post(at("overlay_discard", draft.public_id))
    upload = SimpleUploadedFile("ours.yaml", file.content)
    answer = client.post(at("overlay_upload"), {"file": upload})
    assert answer.status_code == 302, answer.content.decode()
    with in_scope(body):
        again = queries.draft_of(body, "our-place")
        assert again.pk != draft.pk
        assert queries.layer_of(again)[1] == made


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"id: a\nbase: nothing@1\n", "is not here"),
        (b"id: a\n", "which edition it lies on"),
        (b"id: a\nbase: open-measures@1.0\n", "Version is missing"),
        (
            b'id: ours\nversion: "1"\ntitle: Ours\npublisher: We\nbase: open-measures@1.0\nsource: COMMONWEAL\nauthor: We\n'
            b"hide: [{measure: no.such, reason: Why}]\n",
            "Open-measures@1.0 has no measure",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(client, at, content, words):
    answer = client.post(at("overlay_upload"), {"file": SimpleUploadedFile("x.yaml", content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"framework_id": "open-measures"}, "short name of a framework that everybody has"),
        ({"framework_id": "Our Place"}, "Use small letters, digits and hyphens"),
        ({"title": ""}, "Fill in"),
        ({"version": "a b"}, "Use letters, digits, points and hyphens"),
    ],
)
def test_beginning_is_refused_in_words(client, at, changes, words):
    answer = client.post(at("overlay_start", "open-measures@1.0"), BEGIN | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_outcome_and_a_theme_have_words_of_our_own_from_the_draft_to_the_plan(
    client, at, body, in_scope, draft, word, change, layer, lead
):
    page = text_of(client.get(at("overlay", draft.public_id)))
    base = layer(draft)[0]
    was = {each.id: each.title for each in (*base.themes, *base.outcomes)}
    assert f"Change its words : {was[LAND]}" in page
    assert word("outcome", LAND, title="Land and sea", title_cy="Tir a môr").status_code == 302
    assert word("theme", "environment", title="Our island", reason="We are one").status_code == 302
    assert change(HOURS, "place", outcome=LAND).status_code == 302
    for address in (at("overlay", draft.public_id), at("overlay", draft.public_id) + "?show=changed"):
        page = text_of(client.get(address))
        assert f"Land and sea Changed Tir a môr Base: {was[LAND]}" in page
        assert f"Our island Changed Yr amgylchedd Base: {was['environment']}" in page
        assert "Why: We are one" in page
    assert "Changed (rename outcome nature-and-resources) by Mair Lead" in page
    measure = text_of(client.get(at("overlay_measure", draft.public_id, TREES)))
    assert f"Outcome Environment: {was[LAND]} Our island: Land and sea" in measure

    told = text_of(client.get(at("overlay_preview", draft.public_id)))
    assert f"Outcome: {was[LAND]} Words Land and sea The base says: {was[LAND]} In Welsh Tir a môr" in told
    assert "Theme: Environment Words Our island The base says: Environment" in told
    assert "Outcome Our island: Land and sea The base says: Community: " in told
    with in_scope(body):
        saves = queries.get_overlay(draft.public_id).saves
    assert client.post(at("overlay_publish", draft.public_id), {"saves": saves}).status_code == 302

    page = text_of(client.get(at("edition", "our-place@2026")))
    assert f"Land and sea Tir a môr Base: {was[LAND]}" in page
    assert "Our island Yr amgylchedd Base: Environment" in page
    export = client.get(at("edition_export", "our-place@2026", "csv")).content.decode()
    assert "Our island,Land and sea" in export
    assert was[LAND] not in export
    # What the strategy can be tied to, and what its plan prints, is in the words of the edition in force.
    with in_scope(body):
        edition = queries.find_edition("our-place@2026")
        actions.choose_framework(body=body, by=lead, edition=edition, starts_on=date(2026, 4, 1), reason="Ours")
        known = queries.outcomes_known(body, date(2026, 5, 1))
    assert (known["our-place", LAND].title, known["our-place", LAND].title_cy) == ("Land and sea", "Tir a môr")
    assert known["open-measures", LAND].title == was[LAND]


def test_words_of_an_outcome_are_undone_and_the_base_holds_again(client, at, draft, word, layer):
    word("outcome", LAND, title="Land and sea")
    form = client.get(at("overlay_words", draft.public_id, "outcome", LAND)).content.decode()
    assert 'value="Land and sea"' in form
    assert "Corporate plan" in form
    key = {"change": f"rename-outcome:{LAND}"}
    answer = client.post(at("overlay_undo", draft.public_id), key, follow=True)
    assert "The change is taken back" in answer.content.decode()
    assert "Land and sea" not in answer.content.decode()
    base, made = layer(draft)
    assert apply_overlay(base, made).themes == base.themes


def test_an_outcome_and_a_measure_of_one_id_are_told_apart(client, at, body, in_scope, lead):
    edition = licensed_edition()
    theme, outcome = edition.themes[0], edition.themes[0].outcomes[0]
    alike = replace(outcome, id="zq77x")
    with in_scope(body):
        themes = (replace(theme, outcomes=(alike,)),)
        actions.publish_own_edition(body=body, by=lead, edition=replace(edition, themes=themes))
    client.post(at("overlay_start", "licensed-set@2026"), BEGIN)
    with in_scope(body):
        draft = queries.draft_of(body, "our-place")
    words = at("overlay_words", draft.public_id, "outcome", "zq77x")
    client.post(words, WHY | {"saves": 1, "title": "An outcome"})
    client.post(at("overlay_change", draft.public_id, "zq77x", "rename"), WHY | {"saves": 2, "title": "A measure"})
    file = client.get(at("overlay_file", draft.public_id)).content
    client.post(at("overlay_discard", draft.public_id))
    client.post(at("overlay_upload"), {"file": SimpleUploadedFile("ours.yaml", file)})
    with in_scope(body):
        again = queries.draft_of(body, "our-place")
    client.post(at("overlay_undo", again.public_id), {"change": "rename:zq77x"})
    with in_scope(body):
        made = apply_overlay(*queries.layer_of(queries.get_overlay(again.public_id)))
    assert made.outcomes[0].title == "An outcome"
    assert made.measures["zq77x"].title == edition.measures["zq77x"].title


def test_welsh_that_was_only_shown_stays_the_bases_to_change(word, draft, layer):
    word("theme", "environment", title="Our island", title_cy="Yr amgylchedd")
    (change,) = layer(draft)[1].changes
    assert change.title_cy == ""


@pytest.mark.parametrize(
    ("level", "id", "fields", "words"),
    [
        ("theme", "environment", {"title": "Environment"}, "already has this title"),
        ("theme", "environment", {"title": ""}, "Fill in “What you call it”"),
        ("outcome", LAND, {"title": "T", "reason": ""}, "Fill in “Why”"),
    ],
)
def test_words_that_cannot_stand_are_refused(word, draft, layer, level, id, fields, words):
    answer = word(level, id, **fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert layer(draft)[1].changes == ()


@pytest.mark.parametrize(
    ("level", "id"), [("theme", "nothing"), ("measure", HOURS), ("criterion", "x"), ("outcome", "sea")]
)
def test_words_are_for_an_outcome_or_a_theme_of_the_base(client, at, draft, add, level, id):
    add("outcome", to="environment", title="Sea")
    assert client.get(at("overlay_words", draft.public_id, level, id)).status_code == 404


def test_the_second_of_two_who_word_an_outcome_is_told(client, at, draft, change):
    change(TALKS, "hide")
    late = WHY | {"saves": draft.saves, "title": "Land and sea"}
    answer = client.post(at("overlay_words", draft.public_id, "outcome", LAND), late)
    assert answer.status_code == 409
    assert "Land and sea" in answer.content.decode()
    assert "Someone else changed this framework" in answer.content.decode()


@pytest.mark.parametrize(
    ("of", "left"),
    [
        ("value", {"deadweight": ("R2", "S2"), "dropoff": ("R3", "S3")}),
        ("deadweight", {"value": ("R1", "S1"), "dropoff": ("R3", "S3")}),
        ("dropoff", {"value": ("R1", "S1"), "deadweight": ("R2", "S2")}),
    ],
)
def test_a_value_and_each_rate_are_taken_back_one_by_one(client, at, draft, change, layer, of, left):
    change(HOURS, "value", **VALUE | {"reason": "R1", "reference_title": "S1"})
    change(HOURS, "rate", name="deadweight", central="0.25", reason="R2", reference_title="S2")
    change(HOURS, "rate", name="dropoff", central="0.1", reason="R3", reference_title="S3")
    undo, key = at("overlay_undo", draft.public_id), {"change": f"revalue:{HOURS}"}
    page = text_of(client.get(at("overlay_measure", draft.public_id, HOURS)))
    for words in ("Undo worth", "Undo deadweight", "Undo drop-off", "Undo all of it"):
        assert words in page
    assert client.post(undo, key | {"of": of})["Location"] == at("overlay_measure", draft.public_id, HOURS)
    base, made = layer(draft)
    assert told(made) == left
    hours, theirs = apply_overlay(base, made).measures[HOURS], base.measures[HOURS]
    assert (hours.value == theirs.value) is (of == "value")
    assert ("deadweight" in hours.rates) is (of != "deadweight")
    assert (hours.dropoff == theirs.dropoff) is (of == "dropoff")
    again = client.post(undo, key | {"of": of}, follow=True)
    assert "not here any more" in again.content.decode()
    for rest in left:
        client.post(undo, key | {"of": rest})
    assert layer(draft)[1].changes == ()


def test_the_reason_of_all_rates_stays_when_one_is_taken_back(client, at, draft):
    client.post(at("overlay_discard", draft.public_id))
    file = (
        'id: ours\nversion: "1"\ntitle: Ours\npublisher: We\nbase: open-measures@1.0\nsource: COMMONWEAL\nauthor: We\n'
        f"revalue: [{{measure: {HOURS}, reason: We asked, rates: {{deadweight: {{central: '0.2', reason: R1}}, "
        "attribution: {central: '0.1', reason: R2}}}]\n"
    )
    answer = client.post(at("overlay_upload"), {"file": SimpleUploadedFile("x.yaml", file.encode())})
    held = answer["Location"].rstrip("/").split("/")[-1]
    client.post(at("overlay_undo", held), {"change": f"revalue:{HOURS}", "of": "deadweight"})
    page = text_of(client.get(at("overlay_measure", held, HOURS)))
    assert "We asked" in page
    assert "Attribution: R2" in page
    assert "R1" not in page


def test_the_value_and_the_rates_of_a_measure_of_ours_are_taken_back_by_themselves(
    client, at, add, change, draft, layer
):
    add("outcome", to="environment", title="A clean shore")
    add("measure", **MEASURE)
    id = "own.beach-cleaned"
    change(id, "value", **VALUE)
    change(id, "rate", name="deadweight", central="0.1")
    change(id, "rate", name="dropoff", central="0.2")
    for of in ("value", "deadweight", "dropoff"):
        client.post(at("overlay_undo", draft.public_id), {"change": f"add-measure:{id}", "of": of})
    measure = apply_overlay(*layer(draft)).measures[id]
    assert (measure.value, measure.figure, dict(measure.rates), measure.dropoff) == (None, "count", {}, 0)
    whole = client.post(
        at("overlay_undo", draft.public_id), {"change": "add-outcome:a-clean-shore", "of": "value"}, follow=True
    )
    assert "not here any more" in whole.content.decode()


def test_a_title_is_compared_where_nobody_else_can_take_it_meanwhile(body, lead, in_scope, draft, layer):
    base, made = layer(draft)
    with in_scope(body), pytest.raises(NotPossible, match="is the name of another framework"):
        actions.begin_overlay(
            body=body, by=lead, base=queries.find_edition(base.reference), overlay=replace(made, framework_id="other")
        )


def test_no_two_frameworks_have_one_title_and_version(client, at, body, in_scope, draft):
    base = catalogue.load_edition("open-measures@1.0")
    start = at("overlay_start", "open-measures@1.0")
    for alike in ({"title": " our  PLACE"}, {"title": base.title, "version": "1.0"}):
        refused = client.post(start, BEGIN | {"framework_id": "our-own-place"} | alike)
        assert refused.status_code == 422
        assert "is the name of another framework" in refused.content.decode()
    other = BEGIN | {"framework_id": "our-own-place", "title": "Our own place"}
    assert client.post(start, other).status_code == 302
    with in_scope(body):
        held = queries.draft_of(body, "our-own-place")
    renamed = client.post(at("overlay_details", held.public_id), BEGIN | {"saves": 1})
    assert "is the name of another framework (our-place)" in renamed.content.decode()
    file = client.get(at("overlay_file", held.public_id)).content.replace(b"Our own place", b"Our place")
    client.post(at("overlay_discard", held.public_id))
    refused = client.post(at("overlay_upload"), {"file": SimpleUploadedFile("ours.yaml", file)})
    assert "is the name of another framework (our-place)" in refused.content.decode()
    client.post(at("overlay_discard", draft.public_id))
    assert client.post(start, BEGIN | {"framework_id": "our-own-place"}).status_code == 302


# --- a later base ------------------------------------------------------------------------------------------------------


def later_base():
    """The next edition of the licensed set: its measure has other words and another value."""
    edition = licensed_edition("2027")
    theme, outcome = edition.themes[0], edition.themes[0].outcomes[0]
    measure = replace(outcome.measures[0], title="Zqmeasure reworded")
    more = replace(measure, id="zq78", code="ZQ78", title="Zqmeasure two")
    return replace(edition, themes=(replace(theme, outcomes=(replace(outcome, measures=(measure, more)),)),))


@pytest.mark.parametrize("gone", [True, False])
def test_words_of_an_outcome_meet_a_later_base(client, at, body, lead, in_scope, gone):
    first = licensed_edition()
    theme, outcome = first.themes[0], first.themes[0].outcomes[0]
    with in_scope(body):
        actions.publish_own_edition(body=body, by=lead, edition=first)
    client.post(at("overlay_start", "licensed-set@2026"), BEGIN)
    with in_scope(body):
        draft = queries.draft_of(body, "our-place")
    words = at("overlay_words", draft.public_id, "outcome", outcome.id)
    client.post(words, WHY | {"saves": 1, "title": "Our words"})
    later = replace(outcome, title="Theirs", title_cy="Eu rhai nhw", id="another" if gone else outcome.id)
    with in_scope(body):
        themes = (replace(theme, outcomes=(later,)),)
        actions.publish_own_edition(body=body, by=lead, edition=replace(licensed_edition("2027"), themes=themes))
    upgrade = at("overlay_upgrade", draft.public_id)
    page = text_of(client.get(upgrade))
    if gone:
        assert f"The base no longer has the outcome “{outcome.title}”" in page
        assert "Nothing is left to decide" in page
    else:
        assert f"The base said {outcome.title} It says now Theirs / Eu rhai nhw We changed it because" in page
    settled = {"saves": 2, "version": "2026"} | ({} if gone else {"choice_0": "keep-ours"})
    done = client.post(upgrade, settled, follow=True)
    assert "lies on Licensed set, version 2027, now" in done.content.decode()
    with in_scope(body):
        edition = apply_overlay(*queries.layer_of(queries.draft_of(body, "our-place")))
    assert edition.outcomes[0].title == ("Theirs" if gone else "Our words")
    assert edition.outcomes[0].title_cy == "Eu rhai nhw"


@pytest.mark.parametrize(("choice", "title"), [("keep-ours", "Our words"), ("take-base", "Zqmeasure reworded")])
def test_a_layer_is_brought_to_a_later_base_and_each_conflict_is_settled(
    client, at, body, lead, in_scope, choice, title
):
    with in_scope(body):
        actions.publish_own_edition(body=body, by=lead, edition=licensed_edition())
    client.post(at("overlay_start", "licensed-set@2026"), BEGIN)
    with in_scope(body):
        draft = queries.draft_of(body, "our-place")
    client.post(
        at("overlay_change", draft.public_id, "zq77x", "rename"), WHY | {"saves": draft.saves, "title": "Our words"}
    )
    assert client.get(at("overlay_upgrade", draft.public_id)).status_code == 404
    with in_scope(body):
        actions.publish_own_edition(body=body, by=lead, edition=later_base())
    page = client.get(at("overlay_upgrade", draft.public_id)).content.decode()
    assert "the base changed title" in page.casefold()
    unsettled = client.post(at("overlay_upgrade", draft.public_id), {"saves": 2, "version": "2026"})
    assert unsettled.status_code == 422
    done = client.post(
        at("overlay_upgrade", draft.public_id), {"saves": 2, "version": "2026", "choice_0": choice}, follow=True
    )
    assert "lies on Licensed set, version 2027, now" in done.content.decode()
    with in_scope(body):
        base, made = queries.layer_of(queries.draft_of(body, "our-place"))
        edition = apply_overlay(base, made)
    assert edition.measures["zq77x"].title == title
    assert edition.measures["zq78"].title == "Zqmeasure two"
    assert edition.licence == "private"


@pytest.mark.parametrize(("code", "answer"), [("ZQ79", {}), ("ZQ77x", {"code_1": "OURS1"})])
def test_what_has_one_answer_is_told_and_a_code_is_asked_where_ours_is_taken(
    client, at, body, lead, in_scope, code, answer
):
    with in_scope(body):
        actions.publish_own_edition(body=body, by=lead, edition=later_base())
    client.post(at("overlay_start", "licensed-set@2027"), BEGIN)
    with in_scope(body):
        draft = queries.draft_of(body, "our-place")
    client.post(at("overlay_change", draft.public_id, "zq78", "hide"), WHY | {"saves": 1})
    renamed = WHY | {"saves": 2, "title": "Our words"}
    client.post(at("overlay_change", draft.public_id, "zq77x", "rename"), renamed)
    later = replace(licensed_edition("2028"), themes=later_base().themes)
    theme, outcome = later.themes[0], later.themes[0].outcomes[0]
    other = replace(outcome.measures[0], id="zq79", code=code, title="Zqmeasure three")
    with in_scope(body):
        themes = (replace(theme, outcomes=(replace(outcome, measures=(other,)),)),)
        actions.publish_own_edition(body=body, by=lead, edition=replace(later, themes=themes))
    page = client.get(at("overlay_upgrade", draft.public_id)).content.decode()
    assert "The base no longer has ZQ78." in page
    assert "Nothing is left to decide" in page
    assert page.count("What should hold?") == 1
    assert page.count("Where it goes, if ours is kept") == 1
    assert ("Our code, if ours is kept: the base uses ZQ77x now" in page) is bool(answer)
    settled = {"saves": 3, "version": "2026", "choice_1": "keep-ours"} | answer
    done = client.post(at("overlay_upgrade", draft.public_id), settled, follow=True)
    assert "lies on Licensed set, version 2028, now" in done.content.decode()
    with in_scope(body):
        edition = apply_overlay(*queries.layer_of(queries.draft_of(body, "our-place")))
    assert {each.title for each in edition.measures.values()} == {"Zqmeasure three", "Our words"}


def test_another_bodys_layer_looks_like_nothing(draft, body, make_body, make_person, sign_in, in_scope):
    other = make_body()
    stranger = sign_in(make_person("lead", body=other))
    for name, rest in (
        ("overlay", []), ("overlay_measure", [HOURS]), ("overlay_change", [HOURS, "hide"]), ("overlay_file", []),
        ("overlay_preview", []), ("overlay_add", ["theme"]), ("overlay_words", ["theme", "jobs"]),
        ("overlay_details", []), ("overlay_upgrade", []),
    ):  # fmt: skip
        theirs = reverse(f"frameworks:{name}", args=[other.slug, draft.public_id, *rest])
        assert stranger.get(theirs).status_code == 404, name
    for name in ("overlay_undo", "overlay_publish", "overlay_discard", "overlay_next"):
        theirs = reverse(f"frameworks:{name}", args=[other.slug, draft.public_id])
        assert stranger.post(theirs, {"version": "1"}).status_code == 404, name
    with in_scope(other):
        assert queries.overlays_of(other) == []


def test_every_rate_of_the_engine_can_be_set():
    from commonweal.engine.model import RATE_NAMES

    assert set(RATES) == {*RATE_NAMES, "dropoff"}
    assert catalogue.load_edition("open-measures@1.0").measures[HOURS].value.kind in ("economic", "mixed", "welfare")
