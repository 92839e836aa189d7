"""Crosswalks on the pages: everybody's shown, changed into the body's own, contradictions refused beside the field."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from own import licensed_edition

from commonweal.base.queries import events_of
from commonweal.engine import catalogue
from commonweal.engine.crosswalk import report_under
from commonweal.engine.crosswalk_file import crosswalk_of, crosswalks
from commonweal.engine.document import parse_document
from commonweal.engine.lines import Line
from commonweal.frameworks import actions, queries
from commonweal.frameworks import crosswalks as crosswalks_of_page

pytestmark = pytest.mark.django_db

OF, TO = "open-measures@1.0", "ppn-06-20@1.1"
WHY = {"reason": "We looked at both", "reference_title": "Officers’ note"}
STARTS, CREATED = "“Apprentices who start”", "“Apprenticeship opportunities created under the contract”"
APPRENTICES, TARGET = "measure/skills.apprentice-starts", "measure/po2-app"


@pytest.fixture
def at(body):
    return lambda name, of=OF, to=TO: reverse(f"frameworks:{name}", args=[body.slug, of, to])


@pytest.fixture
def client(editions, lead, sign_in):
    return sign_in(lead)


@pytest.fixture
def pair(body, in_scope):
    def read(of=OF, to=TO):
        with in_scope(body):
            return queries.crosswalk_pair(body, of, to)

    return read


@pytest.fixture
def save(client, at, pair):
    """`save("?of=…&to=…", address=…, term=…)`: post a match as the page does."""

    def post(query="", address=(OF, TO), **fields):
        posted = {"saves": pair(*address).saves} | WHY | fields
        return client.post(at("crosswalk_match", *address) + query, posted)

    return post


def ends(of=APPRENTICES, to=TARGET):
    return {"of": of, "to": to}


def line(measure, quantity="10"):
    return Line(measure=measure, quantity=Decimal(quantity), start=date(2026, 4, 1), end=date(2027, 3, 31))


def test_everybodys_crosswalk_is_shown_with_what_it_leaves_over(client, at, pair):
    page = client.get(at("crosswalk")).content.decode()
    for words in ("Everybody’s", "Broad: the second is broader", "What is not carried", "The crosswalk has no match"):
        assert words in page
    assert len(pair().crosswalk.matches) == len(crosswalks()[OF, TO].matches)
    turned = client.get(at("crosswalk", TO, OF))
    assert turned["Location"] == at("crosswalk")


def test_what_is_left_over_is_told_reason_by_reason(client, at, pair):
    page = client.get(at("crosswalk")).content.decode()
    assert page.count("The crosswalk has no match for it") == 1
    walk = pair().crosswalk
    told = [title for each in crosswalks_of_page.left_over(walk) for title in each.titles]
    assert len(told) == len(set(told)) > 50
    assert "Apprentices who start" not in told
    assert page.count("; ") >= len(told) - len(crosswalks_of_page.left_over(walk))


def test_a_source_is_named_once_and_numbered_where_there_are_several(client, at, pair, save):
    title = pair().crosswalk.matches[0].reference.title
    page = client.get(at("crosswalk")).content.decode()
    assert (page.count(title), page.count("#source-1")) == (1, 0)
    assert f"These matches are written down in {title}" in page
    save(f"?of={APPRENTICES}&to={TARGET}", term="broadMatch", share="0.5", factor="1", **ends())
    page = client.get(at("crosswalk")).content.decode()
    assert (page.count(title), page.count(">Officers’ note")) == (1, 1)
    assert page.count('href="#source-1"') + page.count('href="#source-2"') == len(pair().crosswalk.matches)


def test_matches_are_put_in_order_and_narrowed(client, at):
    by_share = client.get(at("crosswalk") + "?sort=-share").content.decode()
    assert 'aria-sort="descending"' in by_share
    assert by_share.index("Apprentices who start") < by_share.index("Local people employed")
    narrowed = client.get(at("crosswalk") + "?text=apprentices+start").content.decode()
    assert "1 match of" in narrowed
    odd = client.get(at("crosswalk") + "?sort=__class__&text=nothing+so+named").content.decode()
    assert "Nothing matches these filters" in odd


def test_matches_stand_by_theme_until_they_are_narrowed_or_put_in_order(client, at, pair):
    def folds(query=""):
        page = client.get(at("crosswalk") + query).content.decode()
        return re.findall(r"<summary>([^<]+): (\d+) match(?:es)?, (\w+) with a share</summary>", page)

    walk = pair().crosswalk
    held = folds()
    assert [title for title, *_counts in held] == [
        theme.title for theme in walk.of.themes if theme.title in {title for title, *_counts in held}
    ]
    assert sum(int(number) for _title, number, _carrying in held) == len(walk.matches)
    carrying = sum(int(each) for *_others, each in held if each != "none")
    assert carrying == sum(match.carries for match in walk.matches) > 0
    for query in ("?sort=to", "?text=the", "?theme=skills"):
        assert folds(query) == []


def test_a_theme_narrows_the_matches_what_is_left_over_and_the_file_alike(client, at, pair):
    page = client.get(at("crosswalk") + "?theme=skills").content.decode()
    walk = pair().crosswalk
    themes = crosswalks_of_page.themes_of(walk.of)
    skills = [match for match in walk.matches if themes[match.of] == "skills"]
    assert 1 < len(skills) < len(walk.matches)
    assert f"{len(skills)} matches of {len(walk.matches)}" in page
    assert "Download these matches as a file" in page
    assert "Greenhouse gas emissions saved" not in page
    left = crosswalks_of_page.left_over(walk, "skills")
    (skills_theme,) = [theme for theme in walk.of.themes if theme.id == "skills"]
    titles = {measure.title for outcome in skills_theme.outcomes for measure in outcome.measures}
    assert {title for each in left for title in each.titles} <= titles
    file = client.get(at("crosswalk_file") + "?theme=skills").content
    read, findings = crosswalk_of(parse_document(file, "x.yaml"))
    assert findings == []
    assert list(read.matches) == skills
    assert read.title.endswith("(in part)")
    assert client.get(at("crosswalk_file") + "?text=nothing+so+named").status_code == 404
    assert "27 matches<" in client.get(at("crosswalk") + "?theme=no-such").content.decode()


def test_a_share_is_changed_kept_as_our_own_and_reported_by(client, at, pair, save, body, in_scope):
    key = f"?of={APPRENTICES}&to={TARGET}"
    form = client.get(at("crosswalk_match") + key).content.decode()
    assert "What you change is kept as your own" in form
    assert save(key, term="broadMatch", share="0.5", factor="1", **ends()).status_code == 302
    held = pair()
    assert held.is_own
    (match,) = [each for each in held.crosswalk.matches if each.of.id == "skills.apprentice-starts"]
    assert match.share == Decimal("0.5")
    assert "Your own" in client.get(at("crosswalk")).content.decode()
    of, to = catalogue.load_edition(OF), catalogue.load_edition(TO)
    with in_scope(body):
        walk = queries.crosswalk_for(of, to)
        back = queries.crosswalk_for(to, of)
        (event,) = [e for e in events_of(body) if e.action == "frameworks.crosswalk.changed"]
    told = report_under([line("skills.apprentice-starts")], walk, to)
    assert [(each.to.id, each.quantity) for each in told.figures] == [("po2-app", Decimal(5))]
    assert [each.quantity for each in told.unmapped] == [Decimal(5)]
    assert (back.of.reference, back.to.reference) == (TO, OF)
    assert "changed measure skills.apprentice-starts" in event.details
    assert crosswalks()[OF, TO].matches != held.crosswalk.matches


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"term": "closeMatch", "share": "1.2"}, "A share is at most 1"),
        ({"term": "closeMatch", "share": "0"}, "A share is above 0"),
        ({"term": "relatedMatch", "share": "0.5"}, "A related match carries nothing"),
        ({"term": "exactMatch", "share": "0.5"}, "An exact match carries all"),
        ({"term": "closeMatch", "reason": ""}, "Fill in “Why”"),
        ({"term": "closeMatch", "of": "measure/nothing"}, "nothing"),
        ({"term": "closeMatch"}, f"{STARTS} and {CREATED} are matched already"),
        (
            {"term": "closeMatch", "to": "measure/po2-fte", "share": "0.5", "factor": "1"},
            f"The shares of {STARTS} come to 1.5 in all",
        ),
        (
            {"term": "closeMatch", "to": "measure/po2-fte", "share": "0.5"},
            "Say how many of the second (FTE) make one of the first (people)",
        ),
        (
            {"term": "closeMatch", "of": "measure/employment.transferred-fte", "to": "measure/po2-fte", "factor": "2"},
            "Both are counted in FTE, so nothing is converted. Leave this empty.",
        ),
        (
            {"term": "closeMatch", "of": "theme/jobs", "to": "measure/po2-fte", "share": "0.5"},
            "What stands under “Jobs” is in many units, and cannot be counted as “",
        ),
        (
            {"term": "broadMatch", "of": "theme/skills", "to": "theme/t2", "factor": "2"},
            "Only measures have a unit, and one of these is none. Leave this empty.",
        ),
    ],
)
def test_a_match_that_contradicts_is_refused_beside_the_field(pair, save, fields, words):
    before = pair().crosswalk.matches
    answer = save(**{**ends(), **fields})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert words in said
    assert "govuk-error-message" in said
    for file_words in ("`", "convert:", "measure skills.", "measure po2"):
        assert file_words not in said.replace('"measure/', ""), file_words
    assert pair().crosswalk.matches == before


def test_what_goes_round_in_a_circle_is_refused(client, at, body, lead, in_scope, pair, save):
    with in_scope(body):
        actions.publish_own_edition(body=body, by=lead, edition=licensed_edition())
        actions.publish_own_edition(body=body, by=lead, edition=licensed_edition("2026", "other-set"))
    address = ("licensed-set@2026", "other-set@2026")
    first = save(address=address, term="broadMatch", of="theme/zqt", to="outcome/zqo")
    assert first.status_code == 302, first.content.decode()
    circle = save(address=address, term="narrowMatch", of="outcome/zqo", to="theme/zqt")
    assert circle.status_code == 422
    assert "go round in a circle" in circle.content.decode()


def test_a_match_is_removed_and_two_editions_without_one_begin_empty(client, at, body, lead, in_scope, pair, save):
    with in_scope(body):
        actions.publish_own_edition(body=body, by=lead, edition=licensed_edition())
    address = ("licensed-set@2026", OF)
    page = client.get(at("crosswalk", *address)).content.decode()
    assert "Nothing is matched yet" in page
    assert "Licensed to you: not for publication" in page
    assert client.get(at("crosswalk_file", *address)).status_code == 404
    made = save(address=address, term="exactMatch", of="measure/zq77x", to="measure/community.volunteering-hours")
    assert made.status_code == 302, made.content.decode()
    assert "Every measure is carried whole" in client.get(at("crosswalk", *address)).content.decode()
    gone = client.post(
        at("crosswalk_remove", *address),
        {"of": "measure/zq77x", "to": "measure/community.volunteering-hours"},
        follow=True,
    )
    assert "taken out of your crosswalk" in gone.content.decode()
    assert pair(*address).crosswalk.matches == ()
    assert pair(*address).is_own
    twice = client.post(at("crosswalk_remove", *address), {"of": "measure/zq77x", "to": "x/y"}, follow=True)
    assert "not here any more" in twice.content.decode()


def test_the_file_reads_back_as_the_same_crosswalk(client, at, pair, save):
    save(f"?of={APPRENTICES}&to={TARGET}", term="broadMatch", share="0.5", factor="1", **ends())
    file = client.get(at("crosswalk_file"))
    assert "open-measures-1.0-to-ppn-06-20-1.1.yaml" in file["Content-Disposition"]
    read, findings = crosswalk_of(parse_document(file.content, "x.yaml"))
    assert findings == []
    assert read.matches == pair().crosswalk.matches


def test_the_second_of_two_editors_is_told(client, at, save):
    save(f"?of={APPRENTICES}&to={TARGET}", term="broadMatch", share="0.5", factor="1", **ends())
    late = client.post(
        at("crosswalk_match") + f"?of={APPRENTICES}&to={TARGET}",
        {"saves": 0, "term": "broadMatch", "share": "0.25", "factor": "1"} | WHY | ends(),
    )
    assert late.status_code == 422
    assert "Someone else changed this crosswalk" in late.content.decode()
    assert "0.25" in late.content.decode()


def test_the_list_opens_any_two_editions(client, body):
    address = reverse("frameworks:crosswalks", args=[body.slug])
    page = client.get(address).content.decode()
    assert "Everybody’s" in page
    assert client.get(address, {"of": OF, "to": TO})["Location"].endswith(f"/{OF}/{TO}/")
    same = client.get(address, {"of": OF, "to": OF})
    assert same.status_code == 422
    assert "Choose another edition than the first" in same.content.decode()


def test_another_bodys_crosswalk_and_editions_look_like_nothing(
    client, body, lead, make_body, make_person, sign_in, in_scope, save
):
    with in_scope(body):
        actions.publish_own_edition(body=body, by=lead, edition=licensed_edition())
    save(f"?of={APPRENTICES}&to={TARGET}", term="broadMatch", share="0.5", factor="1", **ends())
    other = make_body()
    stranger = sign_in(make_person("lead", body=other))
    with in_scope(other):
        assert not queries.crosswalk_pair(other, OF, TO).is_own
    page = stranger.get(reverse("frameworks:crosswalk", args=[other.slug, OF, TO])).content.decode()
    assert "Everybody’s" in page
    hidden = reverse("frameworks:crosswalk", args=[other.slug, "licensed-set@2026", OF])
    assert stranger.get(hidden).status_code == 404


# --- as a file --------------------------------------------------------------------------------------------------------


def upload(client, body, content, name="ours.yaml", reason="Agreed with our neighbours"):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("frameworks:crosswalk_upload", args=[body.slug]), {"file": file, "reason": reason})


def test_the_file_goes_out_and_comes_in_as_the_same_crosswalk_and_can_be_given_up(
    client, at, body, pair, save, in_scope
):
    everybodys = pair().crosswalk
    save(f"?of={APPRENTICES}&to={TARGET}", **ends(), term="broadMatch", share="0.25", factor="1")
    changed = pair().crosswalk
    assert changed.matches != everybodys.matches
    content = client.get(at("crosswalk_file")).content
    assert client.post(at("crosswalk_give_up")).status_code == 302
    assert pair().crosswalk.matches == everybodys.matches
    assert upload(client, body, content)["Location"] == at("crosswalk")
    assert pair().crosswalk.matches == changed.matches
    with in_scope(body):
        told = [event.details for event in events_of(body) if event.action == "frameworks.crosswalk.changed"]
    assert len(told) == 3
    assert any("took the file ours.yaml" in each and "Agreed with our neighbours" in each for each in told)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\x01", "put right"),
        (b"matches: []", "t does not say between which editions it is"),
        (f"from: {OF}\nto: {OF}\n".encode(), "one edition twice"),
        (f"from: {OF}\nto: no-such@1\n".encode(), "an edition that is not here"),
        (f"from: {OF}\nto: {TO}\nmatches: 7\n".encode(), "put right"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(client, body, pair, content, words):
    answer = upload(client, body, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not pair().is_own


def test_only_an_own_crosswalk_is_given_up(client, at, pair):
    assert "nothing to go back to" in client.post(at("crosswalk_give_up"), follow=True).content.decode()
    assert not pair().is_own
