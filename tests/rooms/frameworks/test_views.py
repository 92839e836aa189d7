"""The pages of the room by request: who may, what is shown, what is refused in words."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from commonweal.base.access import ANY_STAFF, rules
from commonweal.base.queries import events_of
from commonweal.engine.overlay_model import Overlay
from commonweal.frameworks import actions, queries
from commonweal.frameworks.actions import NodeWords
from commonweal.frameworks.permissions import WRITERS
from commonweal.frameworks.workbooks import Reading
from commonweal.sources.workbooks_mapping import ColumnUse, Mapping, SheetUse

pytestmark = pytest.mark.django_db


def address(name, body, *rest):
    return reverse(f"frameworks:{name}", args=[body.slug, *rest])


@pytest.fixture
def places(tree, in_scope, settings, tmp_path):
    """Every address of the room, on things that exist."""
    settings.COMMONWEAL_FILES = tmp_path / "files"
    body = tree.body
    with in_scope(body):
        choice = queries.choices_of(body)[0].public_id
        open_measures = queries.find_edition("open-measures@1.0")
        measure = queries.measures(open_measures)[0].public_id
        base = queries.get_edition("open-measures@1.0")
        layer = Overlay(
            framework_id="our-place", version="1", title="Ours", publisher="We", base=base.reference,
            base_hash=base.content_hash, source=base.source, author="We", changes=(),
        )  # fmt: skip
        overlay = actions.begin_overlay(body=body, by=tree.lead, base=open_measures, overlay=layer).public_id
        held = actions.open_workbook(body=body, by=tree.lead, name="set.csv", content=b"Ref,Measure\nA1,Hours\n")
        mapping = Mapping("own", (SheetUse("", 1),), (ColumnUse("Ref", "measure.code"),), "0" * 64).as_json()
        column = {"column": "Ref", "field": "measure.code", "variant": "", "carried_down": False, "written_as": "",
                  "confidence": 95, "reasons": [], "samples": []}  # fmt: skip
        reading = Reading(mapping, [column], [""], [])
        actions.note_workbook(body=body, by=tree.lead, workbook=held, reading=reading)
    base_measure = "community.safety-talks"
    own = {name: [tree.first.public_id] for name in (
        "node", "node_edit", "node_move", "node_end", "node_outcomes", "node_review")}  # fmt: skip
    rest = own | {
        "edition": ["open-measures@1.0"], "edition_export": ["open-measures@1.0", "csv"], "measure": [measure],
        "choose": ["ppn-026@2026"], "choice_end": [choice], "plan_draft_pdf": ["en"], "plan_version": [1],
        "plan_pdf": [1, "cy"], "edition_withdraw": ["open-measures@1.0"], "overlay_start": ["open-measures@1.0"],
        "overlay_measure": [overlay, base_measure], "overlay_change": [overlay, base_measure, "hide"],
        "overlay_add": [overlay, "theme"], "overlay_words": [overlay, "theme", "jobs"],
    } | {
        f"overlay{name}": [overlay]
        for name in ("", "_details", "_preview", "_publish", "_discard", "_file", "_next", "_undo", "_upgrade")
    }  # fmt: skip
    rest |= {f"workbook{name}": [held.public_id] for name in ("", "_columns", "_about", "_publish", "_undo")}
    both = ["open-measures@1.0", "ppn-06-20@1.1"]
    rest |= {f"crosswalk{name}": both for name in ("", "_match", "_remove", "_file", "_give_up")}
    rest["workbook_rows"] = [held.public_id, "csv"]
    from commonweal.frameworks.urls import urlpatterns

    return {pattern.name: address(pattern.name, body, *rest.get(pattern.name, [])) for pattern in urlpatterns}


#: Pages with a form, which only those who may write open.
WRITING = {
    "node_add", "node_edit", "node_move", "node_end", "node_outcomes", "choose", "choice_end", "overlay_start",
    "overlay_upload", "overlay_details", "overlay_change", "overlay_words", "overlay_add", "overlay_next", "overlay_upgrade",
    "workbook_add",
    "workbook_columns", "workbook_about", "crosswalk_match", "crosswalk_upload",
}  # fmt: skip
#: What is posted without a form: whatever becomes of it, a page says so.
BACK_TO_PAGE = {
    "node_review",
    "edition_withdraw",
    "overlay_undo",
    "overlay_discard",
    "workbook_undo",
    "crosswalk_remove",
    "crosswalk_give_up",
}
#: There is no later edition of the base to bring a layer to.
NOTHING_LATER = {"overlay_upgrade": 404}
TABLE = [(route.partition(":")[2], method) for route, method in rules() if route.startswith("frameworks:")]


def test_every_address_has_a_row(places):
    assert {name for name, _method in TABLE} == set(places)


@pytest.mark.parametrize("role", ANY_STAFF)
def test_permission_truth_table(role, tree, places, make_person, sign_in, in_scope):
    with in_scope(tree.body):
        actions.publish_plan(body=tree.body, by=tree.lead)
    client = sign_in(make_person(role, body=tree.body))
    for name, method in TABLE:
        response = client.get(places[name]) if method == "GET" else client.post(places[name], {})
        reads = method == "GET" and name not in WRITING
        if reads or role in WRITERS:
            expected = NOTHING_LATER.get(name) or (200 if method == "GET" else 302 if name in BACK_TO_PAGE else 422)
            assert response.status_code == expected, (name, method, response.status_code)
        else:
            assert response.status_code == 403, (name, method)
            assert "social value lead and administrators of the body shape" in response.content.decode()


def test_nobody_signed_in_is_sent_to_sign_in(places, client):
    for name, method in TABLE:
        response = client.get(places[name]) if method == "GET" else client.post(places[name])
        assert response.status_code == 302, name
        assert "/account/login/" in response["Location"]


def test_another_bodys_people_and_things_are_not_found(tree, places, make_body, make_person, sign_in):
    other = make_body()
    stranger = sign_in(make_person("lead", "body-admin", body=other))
    for name, method in TABLE:
        theirs = places[name]
        assert stranger.generic(method, theirs).status_code == 404, name
    for name in ("node", "node_edit", "node_move", "node_end", "node_outcomes"):
        assert stranger.get(address(name, other, tree.first.public_id)).status_code == 404, name
    assert stranger.post(address("node_review", other, tree.first.public_id)).status_code == 404


@pytest.fixture
def as_lead(tree, sign_in):
    return sign_in(tree.lead)


def test_strategy_page_shows_tree_owner_dates_and_gaps(tree, as_lead):
    page = as_lead.get(address("strategy", tree.body)).content.decode()
    for words in ("A fair town", "Local jobs", "Mair Lead", "1 April 2026 to 31 March 2030.", "No owner", "No outcome"):
        assert words in page, words


def test_strategy_page_when_empty_says_what_to_do(editions, body, lead, sign_in):
    page = sign_in(lead).get(address("strategy", body)).content.decode()
    assert "No strategy is recorded here yet" in page
    assert "Add the first part" in page


def test_adding_by_form(tree, as_lead, in_scope):
    form = {"kind": "objective", "parent": tree.theme.public_id, "title": "Warm homes", "owner": tree.lead.public_id,
            "starts_on-day": "1", "starts_on-month": "4", "starts_on-year": "2027"}  # fmt: skip
    response = as_lead.post(address("node_add", tree.body), form)
    assert response.status_code == 302
    with in_scope(tree.body):
        made = queries.siblings_of(tree.body, tree.theme)[-1]
        assert (made.title, made.owner, made.starts_on) == ("Warm homes", tree.lead, date(2027, 4, 1))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Fill in “Title”"),
        ({"kind": "plan"}, "cannot stand under the kind"),
        ({"owner": "nobody00000000"}, "Select a valid choice."),
        ({"starts_on": "2027-04-01", "ends_on": "2027-03-01"}, "The last day, 1 March 2027, is before the first"),
    ],
)
def test_adding_what_cannot_be_is_refused_in_words_and_keeps_what_was_typed(tree, as_lead, changes, sentence):
    form = {"kind": "objective", "parent": tree.theme.public_id, "title": "Warm homes", "words": "Typed with care"}
    response = as_lead.post(address("node_add", tree.body), form | changes)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "Typed with care" in response.content.decode()


def test_the_second_editor_is_shown_both(tree, as_lead, in_scope):
    edit = address("node_edit", tree.body, tree.second.public_id)
    version = as_lead.get(edit).context["form"]["version"].value()
    with in_scope(tree.body):
        words = NodeWords(title="Cleaner air")
        actions.edit_node(body=tree.body, by=tree.lead, node=tree.second, version=1, words=words)
    refused = as_lead.post(edit, {"version": version, "title": "Fresh air"})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Someone else changed this while you were writing" in page
    assert "Cleaner air" in page
    assert 'value="Fresh air"' in page
    again = as_lead.post(edit, {"version": refused.context["form"]["version"].value(), "title": "Fresh, cleaner air"})
    assert again.status_code == 302
    with in_scope(tree.body):
        assert queries.get_node(tree.second.public_id).title == "Fresh, cleaner air"


def test_an_owner_who_left_is_kept_when_something_else_changes(tree, as_lead, make_person, in_scope):
    from commonweal.base.actions import end_roles

    leaver = make_person("finance", body=tree.body, name="Lee Vernon")
    edit = address("node_edit", tree.body, tree.second.public_id)
    assert as_lead.post(edit, {"version": 1, "title": "Clean air", "owner": leaver.public_id}).status_code == 302
    with in_scope(tree.body):
        end_roles(person=leaver, body=tree.body, by=tree.lead)
    assert "Lee Vernon (no longer has a role here)" in as_lead.get(edit).content.decode()
    assert as_lead.post(edit, {"version": 2, "title": "Clear air", "owner": leaver.public_id}).status_code == 302


def test_words_people_type_are_never_markup(tree, as_lead, in_scope):
    nasty = "<script>alert(1)</script>"
    with in_scope(tree.body):
        held = queries.get_node(tree.first.public_id)
        words = NodeWords(title=nasty, words=nasty, words_cy=nasty, title_cy=nasty)
        actions.edit_node(body=tree.body, by=tree.lead, node=held, version=held.version, words=words)
    for name, *rest in (
        ("strategy",), ("gaps",), ("node", tree.first.public_id), ("node_edit", tree.first.public_id),
        ("node_outcomes", tree.first.public_id), ("plan",),
    ):  # fmt: skip
        for query in ("", "?lang=cy"):
            page = as_lead.get(address(name, tree.body, *rest) + query).content.decode()
            assert nasty not in page, name


def test_choosing_outcomes_by_boxes(tree, as_lead, in_scope):
    page = address("node_outcomes", tree.body, tree.second.public_id)
    form = as_lead.get(page).context["form"]
    name = next(each for each, field in form.fields.items() if field.label == "Commonweal Open Measures: Jobs")
    assert as_lead.post(page, {"version": 1, name: ["open-measures/fair-chance"]}).status_code == 302
    with in_scope(tree.body):
        branch = queries.find_branch(tree.body, tree.second, date(2027, 1, 1))
        assert [each.outcome_id for each in branch.outcomes] == ["fair-chance"]


def test_choosing_a_framework_by_form(tree, as_lead, in_scope):
    page = address("choose", tree.body, "ppn-026@2026")
    assert as_lead.post(page, {"starts_on": "2027-01-01", "reason": ""}).status_code == 422
    assert as_lead.post(page, {"starts_on": "2027-01-01", "reason": "Grant conditions"}).status_code == 302
    with in_scope(tree.body):
        assert "ppn-026" in {each.framework_id for each in queries.editions_in_force(tree.body, date(2027, 1, 1))}
    listed = as_lead.get(address("frameworks", tree.body)).content.decode()
    assert "Grant conditions" in listed


def test_edition_page_says_its_gaps_and_filters(tree, as_lead):
    page = as_lead.get(address("edition", tree.body, "ppn-026@2026")).content.decode()
    assert "Read through public copies, not the official page" in page
    page = as_lead.get(address("edition", tree.body, "open-measures@1.0") + "?theme=jobs&figure=valued")
    themes = page.context["themes"]
    shown = [m.rule for theme in themes for outcome in theme.outcomes for m in outcome.measures]
    assert shown
    assert all(each.figure == "valued" for each in shown)
    assert f"{len(shown)} measure" in page.content.decode()


def test_edition_page_with_an_impossible_filter_says_so(tree, as_lead):
    page = as_lead.get(address("edition", tree.body, "open-measures@1.0") + "?text=zzzz").content.decode()
    assert "Nothing matches these filters." in page


def test_export_is_exactly_what_is_shown(tree, as_lead):
    query = "?theme=jobs"
    shown = as_lead.get(address("edition", tree.body, "open-measures@1.0") + query).context["themes"]
    ids = [m.rule.id for theme in shown for outcome in theme.outcomes for m in outcome.measures]
    response = as_lead.get(address("edition_export", tree.body, "open-measures@1.0", "csv") + query)
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["Id"] for row in rows] == ids


def test_export_as_a_workbook_says_what_it_is(tree, as_lead):
    response = as_lead.get(address("edition_export", tree.body, "ppn-026@2026", "xlsx"))
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    about = dict(book.get_sheet_by_name("About this file").to_python())
    assert about["Framework"] == "Social Value Model (PPN 026), version 2026"
    assert about["Licence"] == "OGL-3.0"


@pytest.mark.parametrize("form", ["pdf", "exe"])
def test_an_export_of_another_form_is_not_found(tree, as_lead, form):
    assert as_lead.get(address("edition_export", tree.body, "open-measures@1.0", form)).status_code == 404


def test_measure_page_shows_value_range_year_and_source(tree, as_lead):
    measure = next(
        each for each in queries.measures(queries.find_edition("open-measures@1.0")) if each.figure == "valued"
    )
    page = as_lead.get(address("measure", tree.body, measure.public_id)).content.decode()
    value = queries.rule_of(measure).value
    for words in (value.price_year, value.source.title, value.source.licence, value.source.locator):
        assert words in page


def test_every_measure_page_opens(tree, as_lead):
    for edition in queries.editions():
        for measure in queries.measures(edition):
            assert as_lead.get(address("measure", tree.body, measure.public_id)).status_code == 200, measure.measure_id


def test_each_change_by_a_page_leaves_an_event(tree, as_lead, in_scope):
    def events():
        with in_scope(tree.body):
            return [each.action for each in events_of(tree.body)]

    first, before = tree.first.public_id, len(events())
    posts = [
        ("node_review", [first], {}, "frameworks.node.reviewed"),
        ("node_edit", [first], {"version": 2, "title": "Jobs"}, "frameworks.node.edited"),
        ("node_move", [first], {"version": 3, "parent": tree.theme.public_id, "place": 2}, "frameworks.node.moved"),
        ("node_end", [first], {"version": 4, "ends_on": "2029-01-01"}, "frameworks.node.ended"),
        ("node_outcomes", [first], {"version": 5}, "frameworks.outcomes.tied"),
        ("plan_publish", [], {}, "frameworks.plan.published"),
    ]
    for name, rest, form, _action in posts:
        assert as_lead.post(address(name, tree.body, *rest), form).status_code == 302, name
    assert [each for each in events()[before:] if each.startswith("frameworks.")] == [action for *_, action in posts]
