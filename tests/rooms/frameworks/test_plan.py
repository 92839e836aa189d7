"""The plan on a page: from the tree, in two languages, on one tagged A4 sheet, published once and for ever."""

import io
from datetime import date

import pikepdf
import psycopg
import pytest
from django.template.loader import render_to_string

from commonweal.base.errors import NotPossible
from commonweal.base.models import JobRun, PersonKey
from commonweal.base.queries import events_of
from commonweal.directory.models import Appointment
from commonweal.frameworks import actions, plan, queries
from commonweal.frameworks.actions import NodeWords
from commonweal.frameworks.pdf import plan_pdf
from commonweal.frameworks.policies import PlanTooLong

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def opened(tree, in_scope):
    with in_scope(tree.body):
        yield tree


def publish(tree):
    return actions.publish_plan(body=tree.body, by=tree.lead)


def add(tree, kind, title, parent=None, **words):
    said = NodeWords(title=title, **words)
    return actions.add_node(body=tree.body, by=tree.lead, kind=kind, parent=parent, words=said)


def titles(content):
    return [(each["title"]["en"], [one["title"]["en"] for one in each["objectives"]]) for each in content["themes"]]


def test_the_plan_is_made_from_the_tree(opened):
    content = queries.draft_content(opened.body, DAY)
    assert content["title"] == {"en": "A fair town", "cy": "Tref deg"}
    assert (content["starts_on"], content["ends_on"]) == ("2026-04-01", "2030-03-31")
    assert titles(content) == [("Work", ["Local jobs", "Clean air"])]
    assert [each["key"] for each in content["themes"][0]["objectives"][0]["outcomes"]] == ["open-measures/local-work"]
    assert [each["reference"] for each in content["frameworks"]] == ["open-measures@1.0"]


def test_objectives_beneath_no_theme_come_last(opened):
    add(opened, "objective", "On its own")
    add(opened, "objective", "Beneath an objective", opened.first)
    assert titles(queries.draft_content(opened.body, DAY)) == [
        ("Work", ["Local jobs", "Beneath an objective", "Clean air"]), ("", ["On its own"]),
    ]  # fmt: skip


def test_an_objective_of_a_theme_within_a_theme_stands_once(opened):
    inner = add(opened, "theme", "Inner", opened.theme)
    add(opened, "objective", "Deep", inner)
    every = [title for _theme, each in titles(queries.draft_content(opened.body, DAY)) for title in each]
    assert sorted(every) == ["Clean air", "Deep", "Local jobs"]


def test_what_has_ended_is_left_out(opened):
    held = queries.get_node(opened.second.public_id)
    actions.end_node(body=opened.body, by=opened.lead, node=held, version=1, ends_on=date(2026, 11, 21))
    assert titles(queries.draft_content(opened.body, DAY)) == [("Work", ["Local jobs"])]


def test_welsh_stands_where_there_is_some_and_the_rest_says_it_is_english(opened):
    page = queries.read_plan(queries.draft_content(opened.body, DAY), "cy", on=DAY)
    first, second = page.themes[0].objectives
    assert (first.title.text, first.title.lang) == ("Swyddi lleol", "")
    assert (second.title.text, second.title.lang) == ("Clean air", "en")
    assert page.dates == "O 1 Ebrill 2026 tan 31 Mawrth 2030"
    drawn = render_to_string("frameworks/_plan.html", {"plan": page, "language": "en"})
    assert '<article class="plan" lang="cy"' in drawn
    assert '<span lang="en">Clean air</span>' in drawn
    assert "Swyddi lleol" in drawn
    assert "Yn cyfrif tuag at:" in drawn


def test_untranslated_lists_what_has_no_welsh(opened):
    missing = plan.untranslated(queries.draft_content(opened.body, DAY))
    assert "Clean air" in missing
    assert "Work near home." in missing
    assert "Local jobs" not in missing


def appoint(tree, kind, person, **words):
    return Appointment.objects.create(body=tree.body, kind=kind, person=person, starts_on=date(2026, 1, 1), **words)


def test_named_member_and_senior_lead_stand_on_the_plan(opened, make_person):
    appoint(opened, "senior-lead", make_person("finance", body=opened.body, name="Sam Senior"))
    member = make_person("member", body=opened.body, name="Cllr Nia Named")
    appoint(opened, "named-member", member, topic="Social value", topic_cy="Gwerth cymdeithasol")
    appoint(opened, "champion", make_person("buyer", body=opened.body, name="Chris Champion"))
    page = queries.read_plan(queries.draft_content(opened.body, DAY), "cy", on=DAY)
    assert [(each.role, each.name, each.topic.text) for each in page.people] == [
        ("Aelod a enwir", "Cllr Nia Named", "Gwerth cymdeithasol"), ("Uwch arweinydd", "Sam Senior", ""),
    ]  # fmt: skip


def test_an_erased_name_leaves_every_published_version(opened, make_person):
    member = make_person("member", body=opened.body, name="Cllr Nia Named")
    appoint(opened, "named-member", member)
    held = publish(opened)
    assert "Nia" not in str(held.content)
    assert [each.name for each in queries.read_version(held, "en").people] == ["Cllr Nia Named"]
    PersonKey.objects.filter(person=member).delete()
    assert queries.read_version(held, "en").people == ()


def test_publishing_numbers_records_and_asks_for_the_public_pages(opened):
    held = publish(opened)
    assert held.version == 1
    assert [each.action for each in events_of(opened.body)][-1] == "frameworks.plan.published"
    assert JobRun.objects.get(body=opened.body).name == "publishing.refresh"
    words = NodeWords(title="Clear air")
    actions.edit_node(body=opened.body, by=opened.lead, node=opened.second, version=1, words=words)
    assert publish(opened).version == 2
    assert queries.get_plan_version(opened.body, 1).content == held.content


def test_publishing_the_same_plan_twice_is_refused(opened):
    publish(opened)
    with pytest.raises(NotPossible, match="Nothing has changed since the last published version"):
        publish(opened)


def test_publishing_an_empty_plan_is_refused(editions, body, lead, in_scope):
    with in_scope(body), pytest.raises(NotPossible, match="has no objective in force"):
        actions.publish_plan(body=body, by=lead)


def test_a_plan_that_takes_more_than_one_page_is_refused(opened):
    for number in range(9):
        theme = add(opened, "theme", f"Theme {number}")
        for each in range(3):
            add(opened, "objective", f"Objective {number}.{each}", theme, words="Many words about this one. " * 15)
    with pytest.raises(PlanTooLong, match=r"The English plan takes \d pages, and a plan on a page has one. Shorten"):
        publish(opened)
    assert queries.plan_versions(opened.body) == []


def test_a_plan_too_long_only_in_welsh_names_the_welsh(opened):
    for number in range(9):
        theme = add(opened, "theme", f"Theme {number}")
        for each in range(3):
            welsh = "Llawer o eiriau am hyn. " * 15
            add(opened, "objective", f"O {number}.{each}", theme, words="Short.", words_cy=welsh)
    with pytest.raises(PlanTooLong, match="The Welsh plan takes"):
        publish(opened)


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_the_pdf_is_one_tagged_page_in_its_language(opened, lang):
    held = publish(opened)
    with pikepdf.open(io.BytesIO(plan_pdf(queries.read_version(held, lang)))) as pdf:
        assert len(pdf.pages) == 1
        width, height = (float(pdf.pages[0].MediaBox[each]) for each in (2, 3))
        assert (round(width), round(height)) == (595, 842)  # A4 in points
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang).lower().startswith(lang)
        assert pdf.open_metadata()["dc:title"] == {"en": "A fair town", "cy": "Tref deg"}[lang]


def test_the_same_version_is_the_same_pdf_for_ever(opened):
    page = queries.read_version(publish(opened), "cy")
    assert plan_pdf(page) == plan_pdf(page)


def test_typst_marks_in_a_title_are_only_letters(opened):
    words = NodeWords(title='#panic("no") $x$ *bold* ]{')
    actions.edit_node(body=opened.body, by=opened.lead, node=opened.second, version=1, words=words)
    assert publish(opened).version == 1


@pytest.mark.parametrize("statement", ["UPDATE {} SET version = 9", "DELETE FROM {}"])
def test_a_published_plan_is_never_changed_even_by_the_owner(body, owner_connection, statement):
    table = "frameworks_planversion"
    owner_connection.execute(
        f"INSERT INTO {table} (public_id, body_id, version, content) VALUES ('testtesttest01', %s, 1, '{{}}')",
        [body.pk],
    )
    with pytest.raises(psycopg.errors.RestrictViolation, match="a published plan is never changed or removed"):
        owner_connection.execute(statement.format(table))


def test_another_bodys_plan_is_not_there(tree, make_body, in_scope):
    with in_scope(tree.body):
        publish(tree)
    other = make_body()
    with in_scope(other):
        assert queries.plan_versions(tree.body) == []
        assert queries.latest_plan(tree.body) is None
