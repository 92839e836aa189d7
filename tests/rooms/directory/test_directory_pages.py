"""Pages of the directory as requests: who may, what they show, and what they refuse."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse
from place_files import SUNDERLAND

from commonweal.base.access import ROLES
from commonweal.base.scope import open_scope
from commonweal.directory import actions, queries

DAY = date(2026, 11, 21)
STAFF_ROLES = sorted(set(ROLES) - {"operator", "provider-admin", "provider-contributor", "community-member"})
EVERYONE = frozenset(STAFF_ROLES)
ADMIN = frozenset({"body-admin"})
KEEPERS = frozenset({"lead", "body-admin"})
MANAGERS = frozenset({"lead", "contract-manager", "body-admin"})
RECORDERS = frozenset({"lead", "buyer", "contract-manager", "body-admin"})
#: Who may open each address, written out apart from the permission table.
MAY = {
    "people": EVERYONE, "export_people": EVERYONE, "person": EVERYONE, "give_role": ADMIN, "end_role": ADMIN,
    "invite_person": ADMIN, "invitations": ADMIN, "invitation": ADMIN, "withdraw_invitation": ADMIN,
    "appoint": KEEPERS, "end_appointment": KEEPERS,
    "departments": EVERYONE, "export_departments": EVERYONE, "add_department": KEEPERS, "change_department": KEEPERS,
    "end_department": KEEPERS,
    "organisations": EVERYONE, "export_organisations": EVERYONE, "organisation": EVERYONE,
    "record_organisation": RECORDERS, "change_organisation": RECORDERS, "add_accreditation": RECORDERS,
    "invite_for_provider": MANAGERS, "provider_invitation": MANAGERS, "withdraw_provider_invitation": MANAGERS,
    "places": EVERYONE, "place": EVERYONE, "export_wards": EVERYONE,
}  # fmt: skip
READ = {"invitations", "invitation", "provider_invitation"}
FORMS = [route for route, may in MAY.items() if may != EVERYONE and route not in READ]

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(body, make_person, loaded):
    """A body with a person, a department, an organisation and an appointment, and their addresses."""
    admin = make_person("body-admin", "lead", body=body, name="Ann Admin")
    told = {"body": body, "by": admin}
    with open_scope(body=body.pk):
        department = actions.create_department(name="Adult services", **told)
        organisation = actions.record_organisation(name="Bright Water", company_number="09506232", **told)
        invitation = actions.invite(email="new@example.org", roles=["buyer"], **told)
        theirs = actions.invite(
            email="new@brightwater.example", roles=["provider-admin"], party=organisation.party, **told
        )
        appointment = actions.appoint(person=admin, kind="contact", topic="Apprenticeships", starts_on=DAY, **told)
    parts = {
        "person": [admin.public_id], "give_role": [admin.public_id], "end_role": [admin.public_id, "lead"],
        "invitation": [invitation.public_id], "withdraw_invitation": [invitation.public_id],
        "invite_for_provider": [organisation.public_id],
        "provider_invitation": [organisation.public_id, theirs.public_id],
        "withdraw_provider_invitation": [organisation.public_id, theirs.public_id], "end_appointment": [appointment.public_id],
        "change_department": [department.public_id], "end_department": [department.public_id],
        "organisation": [organisation.public_id], "change_organisation": [organisation.public_id],
        "add_accreditation": [organisation.public_id], "place": [SUNDERLAND],
    }  # fmt: skip

    def address(route: str, slug: str = "") -> str:
        return reverse(f"directory:{route}", args=[slug or body.slug, *parts.get(route, [])])

    parts |= {f"export_{what}": ["csv"] for what in ("people", "departments", "organisations")}
    parts["export_wards"] = [SUNDERLAND, "csv"]
    return SimpleNamespace(
        body=body, admin=admin, told=told, address=address, department=department, organisation=organisation
    )


def test_every_address_is_in_the_table_of_this_test():
    from commonweal.directory.urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == set(MAY)


def test_each_role_opens_what_it_may_and_nothing_else(house, make_person, sign_in):
    for role in STAFF_ROLES:
        client = sign_in(make_person(role, body=house.body))
        for route, method in itertools.product(MAY, ("get", "post")):
            answer = getattr(client, method)(house.address(route))
            if method == "post" and route not in FORMS:
                expected = {405}
            elif role in MAY[route]:
                # What asks for words is shown again when sent empty; what only asks for a yes is done, once.
                expected = {200} if method == "get" else {422, 302}
            else:
                expected = {403}
            assert answer.status_code in expected, (role, method, route, answer.status_code)


def test_refused_person_reads_the_sentence_of_the_rule(house, make_person, sign_in):
    answer = sign_in(make_person("buyer", body=house.body)).get(house.address("invite_person"))
    assert "Only an administrator of the body invites people" in answer.content.decode()


@pytest.mark.parametrize("route", sorted(MAY))
def test_nobody_signed_in_is_sent_to_sign_in(house, client, route):
    answer = client.get(house.address(route))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("route", sorted(MAY))
def test_another_bodys_page_is_not_there(house, make_body, make_person, sign_in, route):
    stranger = sign_in(make_person("body-admin", "lead", body=make_body()))
    assert stranger.get(house.address(route)).status_code == 404


@pytest.mark.parametrize(
    "route",
    [
        "person",
        "give_role",
        "invitation",
        "withdraw_invitation",
        "invite_for_provider",
        "provider_invitation",
        "end_appointment",
        "change_department",
        "organisation",
        "add_accreditation",
    ],
)
def test_another_bodys_record_is_not_there_under_ones_own_body(house, make_body, make_person, sign_in, route):
    own = make_body()
    stranger = sign_in(make_person("body-admin", "lead", body=own))
    assert stranger.get(house.address(route, own.slug)).status_code == 404


# --- people ---------------------------------------------------------------------------------------------------------


def test_people_page_shows_who_answers_and_whom_to_contact(house, sign_in):
    page = sign_in(house.admin).get(house.address("people")).content.decode()
    assert "Nobody named yet" in page
    assert "Apprenticeships" in page
    assert f"mailto:{house.admin.email}" in page
    assert "1 person<" in page


def test_people_page_filters_by_role_and_words(house, make_person, sign_in):
    make_person("finance", body=house.body, name="Fay Finance")
    client = sign_in(house.admin)

    def staff(query: str) -> str:
        return client.get(house.address("people") + query).content.decode().split(">Staff</h2>")[1]

    assert "Fay Finance" in staff("?role=finance")
    assert "Ann Admin" not in staff("?role=finance")
    assert "Fay Finance" not in staff("?words=ANN")
    assert "Nothing matches these filters" in staff("?words=nobody")
    descending = staff("?sort=-name")
    assert descending.index("Fay Finance") < descending.index("Ann Admin")


def test_names_that_look_like_markup_are_shown_as_typed(house, make_person, sign_in):
    trick = "<script>alert(1)</script>"
    person = make_person("lead", body=house.body, name=trick)
    with open_scope(body=house.body.pk):
        actions.create_department(name=trick, **house.told)
        held = actions.record_organisation(name=trick, **house.told)
        actions.add_accreditation(organisation=held, name=trick, expires_on=DAY, **house.told)
        actions.appoint(person=person, kind="contact", topic=trick, starts_on=DAY, **house.told)
        actions.appoint(person=person, kind="champion", topic=trick, starts_on=DAY, **house.told)
    client = sign_in(house.admin)
    slug = house.body.slug
    for address in (
        house.address("people"), house.address("departments"), house.address("organisations"), house.address("appoint"),
        reverse("directory:person", args=[slug, person.public_id]),
        reverse("directory:organisation", args=[slug, held.public_id]),
        reverse("directory:change_organisation", args=[slug, held.public_id]),
        house.address("places") + "?words=%3Cscript%3Ealert(1)%3C/script%3E",
    ):  # fmt: skip
        page = client.get(address).content.decode()
        assert trick not in page, address
        assert "&lt;script&gt;alert(1)" in page, address


def test_role_ended_on_screen_ends_the_right_at_once(house, make_person, sign_in):
    lead = make_person("lead", body=house.body)
    theirs = sign_in(lead)
    assert theirs.get(house.address("departments")).status_code == 200
    end = reverse("directory:end_role", args=[house.body.slug, lead.public_id, "lead"])
    admins = sign_in(house.admin)
    assert "their only role here" in admins.get(end).content.decode()
    assert admins.post(end).status_code == 302
    assert theirs.get(house.address("departments")).status_code == 404
    assert admins.post(end).status_code == 404


def test_appointment_made_and_ended_on_screen(house, sign_in):
    client = sign_in(house.admin)
    sent = {
        "person": house.admin.public_id, "kind": "senior-lead", "starts_on-day": "1", "starts_on-month": "4",
        "starts_on-year": "2026",
    }  # fmt: skip
    assert client.post(house.address("appoint"), sent).status_code == 302
    assert "since 1 April 2026" in client.get(house.address("people")).content.decode()
    assert client.post(house.address("appoint"), sent).status_code == 422
    with open_scope(body=house.body.pk):
        held = queries.appointments_on(house.body, DAY)[0]
    end = reverse("directory:end_appointment", args=[house.body.slug, held.public_id])
    assert client.post(end, {"ends_on": "2026-03-01"}).status_code == 422
    assert client.post(end, {"ends_on": "2026-09-30"}).status_code == 302


# --- departments and organisations ----------------------------------------------------------------------------------


def test_department_added_changed_and_ended_on_screen(house, sign_in):
    client = sign_in(house.admin)
    assert client.post(house.address("add_department"), {"name": "Parks", "parent": house.department.public_id})
    assert "Parks" in client.get(house.address("departments")).content.decode()
    refused = client.post(house.address("end_department"), {"ended_on": "2026-11-21"})
    assert refused.status_code == 422
    assert "Parks is part of Adult services" in refused.content.decode()
    changed = client.post(house.address("change_department"), {"name": "Adults", "parent": ""})
    assert changed.status_code == 302
    assert "Adults" in client.get(house.address("departments")).content.decode()


def test_body_without_departments_is_told_what_to_do(make_body, make_person, sign_in):
    own = make_body()
    client = sign_in(make_person("body-admin", body=own))
    page = client.get(reverse("directory:departments", args=[own.slug])).content.decode()
    assert "No department has been recorded yet" in page
    assert reverse("directory:add_department", args=[own.slug]) in page


def test_organisation_recorded_and_changed_on_screen(house, sign_in):
    client = sign_in(house.admin)
    sent = {"name": "Farrans", "form": "company", "size": "large", "company_number": "ni3243", "place_code": SUNDERLAND}
    answer = client.post(house.address("record_organisation"), sent, follow=True)
    page = answer.content.decode()
    assert "GB-COH-NI003243" in page
    assert "Sunderland" in page
    refused = client.post(house.address("record_organisation"), sent)
    assert refused.status_code == 422
    assert "recorded already" in refused.content.decode()
    assert client.post(house.address("record_organisation"), {**sent, "company_number": "x"}).status_code == 422


def test_accreditation_that_ended_is_said_so(house, sign_in):
    client = sign_in(house.admin)
    sent = {"name": "Living Wage", "expires_on-day": "1", "expires_on-month": "1", "expires_on-year": "2020"}
    page = client.post(house.address("add_accreditation"), sent, follow=True).content.decode()
    assert "Until 1 January 2020" in page
    assert "Expired" in page


def test_organisations_are_cut_into_pages_in_order(house, sign_in):
    with open_scope(body=house.body.pk):
        for number in range(60):
            actions.record_organisation(name=f"Organisation {number:02}", size="small", **house.told)
    client = sign_in(house.admin)
    first = client.get(house.address("organisations") + "?size=small")
    listing = first.context["listing"]
    assert listing.count == "60 organisations"
    names = [row[0].text for row in listing.rows]
    rest = client.get(house.address("organisations") + listing.next_address).context["listing"]
    names += [row[0].text for row in rest.rows]
    assert names == [f"Organisation {number:02}" for number in range(60)]
    assert not rest.next_address


def test_pages_ask_the_database_as_often_for_many_as_for_few(house, sign_in, django_assert_max_num_queries):
    with open_scope(body=house.body.pk):
        for number in range(40):
            actions.record_organisation(name=f"Organisation {number:02}", place_code=SUNDERLAND, **house.told)
    client = sign_in(house.admin)
    with django_assert_max_num_queries(30):
        assert client.get(house.address("organisations")).status_code == 200


# --- places ---------------------------------------------------------------------------------------------------------


def test_council_page_maps_the_wards_that_have_outlines(house, sign_in):
    client = sign_in(house.admin)
    today = client.get(house.address("place")).content.decode()
    assert "as listed in 2026" in today
    assert "See the map of the wards of 2025" in today
    page = client.get(house.address("place") + "?list=2025").content.decode()
    assert "<svg" in page
    assert "Hendon" in page
    assert "IMD 2025" in page


def test_ward_page_says_how_deprived_it_is(house, sign_in):
    client = sign_in(house.admin)

    def said(code: str) -> str:
        return client.get(reverse("directory:place", args=[house.body.slug, code])).content.decode()

    assert "All 8 of its small areas are in the most deprived fifth (IMD 2025)" in said("E05001158")
    assert "3 of its 8 small areas (38%) are in" in said("E05001155")
    assert "None of its 7 small areas is in" in said("E05001157")
    assert "in the most deprived fifth" not in said("E05016374")


def test_place_on_a_day_it_did_not_exist_is_said_so(house, sign_in):
    client = sign_in(house.admin)
    cumbria = reverse("directory:place", args=[house.body.slug, "E10000006"])
    today = client.get(cumbria).content.decode()
    assert "did not exist" in today
    assert ">31 March 2023</dd>" in today
    assert "did not exist" not in client.get(cumbria + "?on=2020-01-01").content.decode()
    assert client.get(cumbria + "?on-day=40&on-month=1&on-year=2020").status_code == 422


def test_place_nobody_knows_is_not_there(house, sign_in):
    client = sign_in(house.admin)
    assert client.get(reverse("directory:place", args=[house.body.slug, "E99999999"])).status_code == 404


def test_postcode_is_found_or_refused_in_words(house, sign_in, loaded):
    from place_files import rows_of

    postcode = rows_of(loaded, "postcodes.csv")[0]["postcode"]
    client = sign_in(house.admin)
    found = client.get(house.address("places"), {"postcode": postcode.lower()})
    assert found.status_code == 200
    assert "Ward that fits best" in found.content.decode()
    refused = client.get(house.address("places"), {"postcode": "nowhere"})
    assert refused.status_code == 422
    assert "Enter a full postcode" in refused.content.decode()


@pytest.mark.parametrize(
    "query", ["?words=%00", "?kind=castle", "?words=" + "x" * 200, "?list=99999999999", "?after=zzz"]
)
def test_odd_addresses_are_answered_calmly(house, sign_in, query):
    client = sign_in(house.admin)
    for route in ("places", "people", "organisations", "departments", "place"):
        assert client.get(house.address(route) + query).status_code in (200, 422)


# --- exports --------------------------------------------------------------------------------------------------------


def _rows(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_export_holds_what_the_list_shows(house, make_person, sign_in):
    fay = make_person("finance", body=house.body, name="Fay Finance")
    with open_scope(body=house.body.pk):
        actions.record_organisation(name="=1+1", form="charity", charity_number="279417", **house.told)
    client = sign_in(house.admin)
    assert _rows(client.get(house.address("export_people") + "?role=finance"))[1:] == [
        ["Fay Finance", "Finance officer", fay.email]
    ]
    assert _rows(client.get(house.address("export_organisations") + "?form=charity"))[1:] == [
        ["'=1+1", "Charity", "Not known", "GB-CHC-279417", "", "279417", ""]
    ]
    assert _rows(client.get(house.address("export_departments")))[1:] == [["Adult services", "", ""]]


def test_export_of_wards_gives_each_share(house, sign_in):
    client = sign_in(house.admin)
    rows = _rows(client.get(house.address("export_wards") + "?list=2025"))
    with open_scope(body=house.body.pk):
        hendon = queries.ward_deprivation("E05001158")
    assert len(rows) == 26
    counts = [str(hendon.lsoas), str(hendon.most_deprived)]
    assert ["E05001158", "Hendon", "IMD 2025", *counts] in [row[:5] for row in rows]


def test_export_as_a_workbook_and_as_nothing_known(house, sign_in):
    client = sign_in(house.admin)
    address = house.address("export_people")
    assert client.get(address.replace(".csv", ".xlsx")).content.startswith(b"PK")
    assert client.get(address.replace(".csv", ".exe")).status_code == 404
