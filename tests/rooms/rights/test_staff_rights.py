"""Who of a provider sees and does what: the wall narrows to named agreements, everywhere (promise 4)."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from django.db import Error, connection
from django.urls import reverse

from commonweal.base.access import PROVIDER, rules
from commonweal.base.actions import record_event
from commonweal.base.errors import NotPossible, Refused
from commonweal.base.models import Event
from commonweal.base.scope import open_scope
from commonweal.base.walls import Wall, leads_to_limited, narrowing, own_models
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Agreement, CountingShare, Entry, StaffLimit, StaffRight
from commonweal.delivery.queries import agreements_of_party, has_right, limited_to, shared_with
from commonweal.delivery.returns import actions as returns
from commonweal.delivery.returns import queries as returns_queries
from commonweal.delivery.rights import actions, queries

pytestmark = pytest.mark.django_db
RIGHTS = ("see", "report", "answer")


def words_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def address(firm, route, *parts):
    return reverse(route, args=[firm.party.public_id, *parts])


def titles(firm, person):
    with firm.act(person):
        return [each.title for each in agreements_of_party(firm.party)]


# --- the wall ---------------------------------------------------------------------------------------------------------


def test_person_nobody_limits_sees_everything(firm):
    assert sorted(titles(firm, firm.olu)) == ["Gardens", "Meals"]


def test_limited_person_sees_what_is_named_alone(firm):
    firm.limit(Meals="see")
    assert titles(firm, firm.olu) == ["Meals"]
    assert sorted(titles(firm, firm.lead)) == ["Gardens", "Meals"]


def test_limit_holds_in_raw_sql_on_every_table_beneath(firm):
    firm.limit(Meals="see")
    tables = {
        "delivery_agreement": 1, "delivery_commitment": 2, "returns_schedule": 1, "returns_return": 1,
        "returns_returnline": 2,
    }  # fmt: skip
    with firm.act(firm.olu), connection.cursor() as cursor:
        for table, rows in tables.items():
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (rows,), table


def test_every_table_that_hangs_on_an_agreement_is_narrowed(db):
    """A new table of a room is narrowed by itself: every two-sided one leads to its agreement, or is named here."""
    apart = {"StoredFile", "Link", "Agreement"}
    for model in own_models():
        if model.wall is Wall.TWO_SIDED and model._meta.app_label in (
            "delivery", "returns", "assurance", "reviews", "changes", "orders", "mobilisation", "base",
        ):  # fmt: skip
            assert leads_to_limited(model) is not None or model.__name__ in apart or hasattr(model, "limited_rule"), (
                model
            )
    assert all(narrowing(Agreement))


def test_body_sees_all_whatever_a_provider_limits(firm):
    firm.limit(Meals="see")
    with open_scope(body=firm.agreements["Gardens"].body_id, person=firm.olu.pk):
        assert Agreement.objects.count() == 1


def test_no_body_sees_what_a_providers_people_may_do(firm):
    firm.limit(Meals="see")
    with open_scope(body=firm.agreements["Meals"].body_id):
        assert not StaffLimit.objects.exists()
        assert not StaffRight.objects.exists()


def test_another_providers_people_see_no_limits(firm, make_party, make_person):
    firm.limit(Meals="see")
    other = make_party()
    with open_scope(party=other.pk, person=make_person("provider-admin", party=other).pk):
        assert not StaffLimit.objects.exists()
    with pytest.raises(Error, match="row-level security"), open_scope(party=other.pk, person=firm.lead.pk):
        StaffLimit.objects.create(party=firm.party, person=firm.lead, made_by=firm.lead)


def test_right_on_another_providers_agreement_is_refused(firm, make_agreement, make_body):
    foreign, *_rest = make_agreement(make_body(), "Not theirs", "Beech Joinery", "01234567")
    with pytest.raises(Error, match="foreign key"), firm.act(firm.lead):
        limit = StaffLimit.objects.create(party=firm.party, person=firm.olu, made_by=firm.lead)
        StaffRight.objects.create(
            party=firm.party, held_under=limit, agreement=foreign, may="see", given_by=firm.lead
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_who_may_only_see_cannot_write_in_the_database_either(firm):
    firm.limit(Meals="see")
    promise = firm.promises["Meals"]
    with pytest.raises(Error, match="row-level security"), firm.act(firm.olu):
        Entry.objects.create(body=promise.body, party=promise.party, commitment=promise, quantity=Decimal(1))


def test_what_is_beneath_an_agreement_comes_with_it(firm):
    meals = firm.agreements["Meals"]
    with open_scope(body=meals.body_id):
        delivery.record_agreement(
            by=None, body=meals.body, title="Called off", channel="procurement", provider=meals.provider, parent=meals,
            level="call-off",
        )  # fmt: skip
    firm.limit(Meals="report")
    assert sorted(titles(firm, firm.olu)) == ["Called off", "Meals"]


def test_scope_within_a_scope_gives_the_limit_back(firm):
    firm.limit(Meals="see")
    with firm.act(firm.olu):
        with open_scope(party=firm.party.pk):
            assert Agreement.objects.count() == 2
        assert Agreement.objects.count() == 1


# --- what may be done -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ("", {"see": False, "report": False, "answer": False}),
        ("see", {"see": True, "report": False, "answer": False}),
        ("report", {"see": True, "report": True, "answer": False}),
        ("answer", {"see": True, "report": True, "answer": True}),
    ],
)
def test_each_right_has_what_stands_before_it(firm, given, allowed):
    firm.limit(Gardens="see", **({"Meals": given} if given else {}))
    with firm.act(firm.olu):
        assert {right: has_right(firm.agreements["Meals"], right) for right in RIGHTS} == allowed


def test_nobody_is_limited_but_whoever_acts_for_the_provider(firm):
    firm.limit(Meals="see")
    for scope in ({"party": firm.party.pk}, {"body": firm.agreements["Meals"].body_id, "person": firm.olu.pk}):
        with open_scope(**scope):
            assert limited_to("answer") is None


def test_report_is_refused_to_who_may_only_see(firm):
    firm.limit(Meals="see")
    with firm.act(firm.olu), pytest.raises(Refused, match="may see this agreement, but not report"):
        delivery.report_delivery(
            by=firm.olu, commitments=[firm.promises["Meals"]], quantity=Decimal(1), starts_on=None, ends_on=None
        )


def test_return_is_filled_by_who_may_report(firm):
    firm.limit(Meals="report")
    with firm.act(firm.olu):
        found = returns_queries.get_return_of_party(firm.party, firm.returns["Meals"].public_id)
        assert returns.say_nothing_more(by=firm.olu, found=found) == 2
        assert returns.send_return(by=firm.olu, found=found).state == "sent"


def test_return_is_refused_line_by_line_to_who_may_only_see(firm):
    firm.limit(Meals="see")
    with firm.act(firm.olu):
        found = returns_queries.get_return_of_party(firm.party, firm.returns["Meals"].public_id)
        line = returns_queries.lines_of(found)[0]
        with pytest.raises(Refused):
            returns.say_nothing(by=firm.olu, line=line, written_against=None)
        with pytest.raises(Refused):
            returns.send_return(by=firm.olu, found=found)


def test_shared_promise_is_reported_to_every_body_by_a_limited_person(firm):
    meals, gardens = firm.agreements["Meals"], firm.agreements["Gardens"]
    twins = []
    for agreement in (meals, gardens):
        with open_scope(body=agreement.body_id):
            shared = delivery.record_agreement(
                by=None, body=agreement.body, title=f"Shared {agreement.title}", channel="procurement",
                reference="HUB-1", provider=agreement.provider,
            )  # fmt: skip
            twin = delivery.record_commitment(
                by=None, agreement=shared, wording="Trees", unit="trees", quantity=Decimal(10)
            )  # fmt: skip
            for counted in (meals.body, gardens.body):
                CountingShare.objects.create(
                    body=twin.body, party=twin.party, commitment=twin, counted_by=counted, share=Decimal("0.5")
                )
            twins.append(twin)
            firm.agreements[shared.title] = shared
    firm.limit(**{"Shared Meals": "report"})
    with firm.act(firm.olu):
        others = shared_with(twins[0])
        assert [each.pk for each in others] == [twins[1].pk]
        made = delivery.report_delivery(
            by=firm.olu, commitments=[twins[0], *others], quantity=Decimal(3), starts_on=None, ends_on=None
        )
    assert [each.body_id for each in made] == [meals.body_id, gardens.body_id]


# --- saying who may do what -------------------------------------------------------------------------------------------


def test_administrator_is_never_limited(firm):
    with firm.act(firm.lead), pytest.raises(NotPossible, match="is an administrator"):
        actions.limit_person(
            by=firm.lead, party=firm.party, person=firm.lead, rights={firm.agreements["Meals"]: "see"},
            written_against=queries.version_of(firm.party, firm.lead),
        )  # fmt: skip


def test_limit_to_nothing_is_refused(firm):
    with pytest.raises(NotPossible, match="Name at least one"):
        firm.limit()


def test_second_of_two_who_change_rights_is_told(firm):
    with firm.act(firm.lead):
        version = queries.version_of(firm.party, firm.olu)
    firm.limit(Meals="see")
    with firm.act(firm.lead), pytest.raises(NotPossible, match="A colleague changed"):
        actions.limit_person(
            by=firm.lead, party=firm.party, person=firm.olu, rights={firm.agreements["Gardens"]: "see"},
            written_against=version,
        )  # fmt: skip


def test_lifted_limit_lets_everything_be_seen_and_remembers(firm):
    firm.limit(Meals="report")
    firm.lift()
    assert len(titles(firm, firm.olu)) == 2
    with firm.act(firm.lead):
        assert queries.last_rights(firm.party, firm.olu) == {firm.agreements["Meals"].pk: "report"}
        with pytest.raises(NotPossible, match="not limited"):
            actions.lift_limit(by=firm.lead, party=firm.party, person=firm.olu)


def test_each_change_of_rights_is_an_event_of_no_bodys_record(firm, monkeypatch):
    recorded = []

    def heard(**event):
        recorded.append(event)
        record_event(**event)

    monkeypatch.setattr("commonweal.delivery.rights.actions.record_event", heard)
    firm.limit(Meals="see")
    firm.limit(Meals="report")
    firm.lift()
    names = [event["action"].removeprefix("rights.") for event in recorded]
    assert names == ["person.limited", "right.given", "right.ended", "right.given", "person.unlimited"]
    assert {event["body"] for event in recorded} == {None}
    for agreement in firm.agreements.values():
        with open_scope(body=agreement.body_id):
            assert not Event.objects.filter(action__startswith="rights.").exists()


def test_leaver_who_comes_back_begins_anew(firm, make_person):
    from commonweal.directory.actions import end_party_roles

    firm.limit(Meals="see")
    with firm.act(firm.lead):
        end_party_roles(person=firm.olu, party=firm.party, by=firm.lead)
        assert not StaffLimit.objects.filter(ended_at__isnull=True).exists()


# --- pages ------------------------------------------------------------------------------------------------------------


def test_every_list_of_a_limited_person_leaves_the_rest_out(firm, sign_in):
    firm.limit(Meals="answer")
    browser = sign_in(firm.olu)
    for route in ("delivery_provider:promises", "mobilisation_provider:expected", "mobilisation_provider:calendar",
                  "returns_provider:due", "reviews_provider:reviews", "reporting_provider:delivered",
                  "changes_provider:changes", "orders_provider:orders", "assurance_provider:claims"):  # fmt: skip
        page = browser.get(address(firm, route))
        assert page.status_code == 200
        assert "Gardens" not in words_of(page), route
    assert "Meals" in words_of(browser.get(address(firm, "returns_provider:due")))


def test_pages_of_an_agreement_that_is_not_theirs_are_not_found(firm, sign_in):
    firm.limit(Meals="answer")
    browser, there = sign_in(firm.olu), firm.returns["Gardens"].public_id
    promise = firm.promises["Gardens"].public_id
    for route, key in (("returns_provider:report", there), ("returns_provider:send", there),
                       ("returns_provider:workbook", there), ("returns_provider:calendar", there),
                       ("delivery_provider:entry_add", promise), ("mobilisation_provider:query", promise),
                       ("reviews_provider:warning_add", firm.agreements["Gardens"].public_id)):  # fmt: skip
        assert browser.get(address(firm, route, key)).status_code == 404, route


def test_workbook_of_all_holds_what_they_report_on_alone(firm, sign_in):
    import io

    from python_calamine import CalamineWorkbook

    firm.limit(Meals="report", Gardens="see")
    page = sign_in(firm.olu).get(address(firm, "returns_provider:workbook_of_all"))
    book = CalamineWorkbook.from_filelike(io.BytesIO(page.content))
    cells = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    assert "Jobs of Meals" in cells
    assert "Jobs of Gardens" not in cells


@pytest.mark.parametrize(
    ("route", "key", "data"),
    [
        ("delivery_provider:entry_add", "promise", {}),
        ("returns_provider:nothing", "return", {}),
        ("returns_provider:send", "return", {}),
        ("returns_provider:pass_on", "return", {}),
        ("returns_provider:upload", "return", {}),
        ("returns_provider:keep", "return", {}),
        ("mobilisation_provider:query", "promise", {"words": "Which schools?"}),
        ("reviews_provider:warning_add", "agreement", {"what": "Late", "how_much": "2", "proposed": "More staff"}),
    ],
)
def test_what_they_may_see_but_not_do_says_so(firm, sign_in, route, key, data):
    firm.limit(Meals="see")
    keys = {"promise": firm.promises["Meals"], "return": firm.returns["Meals"], "agreement": firm.agreements["Meals"]}
    page = sign_in(firm.olu).post(address(firm, route, keys[key].public_id), data)
    assert page.status_code == 403
    assert "You may see this agreement, but not" in words_of(page)


def test_report_they_may_only_see_offers_nothing_to_fill_in(firm, sign_in):
    firm.limit(Meals="see")
    page = sign_in(firm.olu).get(address(firm, "returns_provider:report", firm.returns["Meals"].public_id))
    assert page.status_code == 200
    assert "You may see this report, not fill it in" in words_of(page)
    assert "Nothing to report" not in words_of(page)


def test_administrator_limits_somebody_on_screen_and_lifts_it(firm, sign_in):
    browser = sign_in(firm.lead)
    assert "Everybody sees and does everything" in words_of(browser.get(address(firm, "rights_provider:rights")))
    form = address(firm, "rights_provider:person", firm.olu.public_id)
    with firm.act(firm.lead):
        version = queries.version_of(firm.party, firm.olu)
    data = {
        "version": version,
        firm.agreements["Meals"].public_id: "report",
        firm.agreements["Gardens"].public_id: "none",
    }
    page = browser.post(form, data, follow=True)
    assert "Olu Only now sees and does only what you named" in words_of(page)
    assert titles(firm, firm.olu) == ["Meals"]
    page = browser.post(address(firm, "rights_provider:lift", firm.olu.public_id), follow=True)
    assert "may see and do everything again" in words_of(page)
    assert len(titles(firm, firm.olu)) == 2


def test_second_administrator_on_screen_loses_nothing(firm, sign_in):
    browser, form = sign_in(firm.lead), address(firm, "rights_provider:person", firm.olu.public_id)
    data = {"version": "0-0-0", firm.agreements["Gardens"].public_id: "see", firm.agreements["Meals"].public_id: "none"}
    firm.limit(Meals="see")
    page = browser.post(form, data)
    assert page.status_code == 409
    assert "A colleague changed" in words_of(page)
    again = re.search(r'name="version" value="([^"]+)"', page.content.decode())
    assert again is not None
    assert browser.post(form, data | {"version": again.group(1)}).status_code == 302
    assert titles(firm, firm.olu) == ["Gardens"]


def test_who_is_no_administrator_or_of_another_provider_says_nothing(firm, sign_in, make_party, make_person):
    other = make_party()
    stranger = make_person("provider-admin", party=other)
    for rule in set(rules().values()):
        if rule.route.startswith("rights_provider:") and rule.audience == PROVIDER:
            parts = {"rights": [], "rights_export": ["csv"]}.get(rule.route.partition(":")[2], [firm.olu.public_id])
            assert sign_in(firm.olu).get(address(firm, rule.route, *parts)).status_code == 403
            assert sign_in(stranger).get(address(firm, rule.route, *parts)).status_code == 404


def test_person_of_another_provider_is_not_found(firm, sign_in, make_party, make_person):
    stranger = make_person("provider-contributor", party=make_party())
    for route in ("rights_provider:person", "rights_provider:lift"):
        assert sign_in(firm.lead).get(address(firm, route, stranger.public_id)).status_code == 404


def test_rights_are_exported(firm, sign_in):
    firm.limit(Meals="report")
    text = sign_in(firm.lead).get(address(firm, "rights_provider:rights_export", "csv")).content.decode()
    assert "Olu Only" in text
    assert "Meals" in text
    assert "Gardens" not in text
