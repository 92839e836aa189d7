"""What may be done in the directory, when it may not, and the one event each act leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest

from commonweal.base.errors import NotPossible
from commonweal.base.models import Membership
from commonweal.base.queries import events_of, people_by_name
from commonweal.base.scope import open_scope
from commonweal.directory import actions, queries

DAY = date(2026, 11, 21)


@pytest.fixture
def house(body, make_person) -> Iterator[SimpleNamespace]:
    """A body with an administrator, its scope open, and the events that each act adds."""
    admin = make_person("body-admin", body=body, name="Ann Admin")
    with open_scope(body=body.pk):
        seen = {event.seq for event in events_of(body)}

        def happened() -> list[str]:
            added = [event for event in events_of(body) if event.seq not in seen]
            seen.update(event.seq for event in added)
            return [event.action for event in added]

        yield SimpleNamespace(body=body, admin=admin, told={"body": body, "by": admin}, happened=happened)


# --- departments ----------------------------------------------------------------------------------------------------


def test_department_created_renamed_and_ended_leaves_one_event_each(house):
    adults = actions.create_department(name="  Adult   services ", **house.told)
    assert adults.name == "Adult services"
    assert house.happened() == ["directory.department.created"]
    actions.update_department(department=adults, name="Adults", name_cy="Oedolion", parent=None, **house.told)
    assert house.happened() == ["directory.department.updated"]
    actions.end_department(department=adults, ended_on=DAY, **house.told)
    assert house.happened() == ["directory.department.ended"]
    held = queries.get_department(adults.public_id)
    assert (held.name, held.name_cy, held.ended_on) == ("Adults", "Oedolion", DAY)
    assert list(queries.departments(house.body)) == []
    assert list(queries.departments(house.body, ended=True)) == [held]


def test_department_name_is_used_once_whatever_its_case(house):
    actions.create_department(name="Housing", **house.told)
    with pytest.raises(NotPossible, match="called HOUSING already"):
        actions.create_department(name="HOUSING", **house.told)


def test_department_cannot_be_part_of_itself(house):
    top = actions.create_department(name="Place", **house.told)
    under = actions.create_department(name="Parks", parent=top, **house.told)
    with pytest.raises(NotPossible, match="Parks is Place or part of it"):
        actions.update_department(department=top, name="Place", name_cy="", parent=under, **house.told)


def test_department_with_others_in_it_does_not_end(house):
    top = actions.create_department(name="Place", **house.told)
    actions.create_department(name="Parks", parent=top, **house.told)
    with pytest.raises(NotPossible, match="Parks is part of Place"):
        actions.end_department(department=top, ended_on=DAY, **house.told)


# --- organisations --------------------------------------------------------------------------------------------------


def test_organisation_recorded_with_its_numbers(house):
    held = actions.record_organisation(
        name="Bright  Water CIC", company_number="9506232", charity_number="", form="cic", size="small", **house.told
    )
    assert (held.name, held.company_number, held.party.org_id) == ("Bright Water CIC", "09506232", "GB-COH-09506232")
    assert house.happened() == ["directory.organisation.recorded"]


def test_organisation_another_body_knows_is_the_same_party(house, make_body, make_person):
    ours = actions.record_organisation(name="Farrans", company_number="NI003243", **house.told)
    other = make_body()
    with open_scope(body=other.pk):
        theirs = actions.record_organisation(
            name="Farrans Ltd", org_id="GB-COH-NI003243", body=other, by=make_person("lead", body=other)
        )
    assert theirs.party_id == ours.party_id
    assert theirs.name == "Farrans Ltd"
    assert theirs.company_number == "NI003243"


def test_organisation_without_numbers_is_a_party_of_its_own(house):
    first = actions.record_organisation(name="Allotment group", **house.told)
    second = actions.record_organisation(name="Allotment group", **house.told)
    assert first.party_id != second.party_id


def test_organisation_recorded_twice_by_one_body_is_refused(house):
    actions.record_organisation(name="Farrans", company_number="NI003243", **house.told)
    with pytest.raises(NotPossible, match="Farrans is recorded already"):
        actions.record_organisation(name="Other", company_number="ni3243", **house.told)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"company_number": "12AB"}, "not a company number"),
        ({"charity_number": "12"}, "not a charity number"),
        ({"org_id": "QQ-1"}, "register we know"),
        ({"company_number": "09506232", "org_id": "GB-COH-00000001"}, "one or the other"),
        ({"place_code": "E99999999"}, "No place has the code E99999999"),
    ],
)
def test_organisation_with_a_wrong_number_or_place_is_refused_whole(house, given, said):
    with pytest.raises(NotPossible, match=said):
        actions.record_organisation(name="Somebody", **given, **house.told)
    assert house.happened() == []
    assert not queries.organisations(house.body).exists()


def test_organisation_updated_keeps_its_identity(house):
    held = actions.record_organisation(name="Farrans", company_number="NI003243", **house.told)
    house.happened()
    given = {"name": "Farrans Construction", "size": "large", "form": "company", "charity_number": "", "place_code": ""}
    actions.update_organisation(organisation=held, company_number="NI003243", **given, **house.told)
    assert house.happened() == ["directory.organisation.updated"]
    assert queries.get_organisation(held.public_id).size == "large"
    with pytest.raises(NotPossible, match="known as GB-COH-NI003243"):
        actions.update_organisation(organisation=held, company_number="00000001", **given, **house.told)


def test_accreditation_is_added_once_for_each_date(house):
    held = actions.record_organisation(name="Farrans", **house.told)
    house.happened()
    actions.add_accreditation(organisation=held, name="Living Wage", expires_on=DAY, **house.told)
    assert house.happened() == ["directory.accreditation.added"]
    with pytest.raises(NotPossible, match="recorded already"):
        actions.add_accreditation(organisation=held, name="living wage", expires_on=DAY, **house.told)
    actions.add_accreditation(organisation=held, name="Living Wage", expires_on=date(2027, 11, 21), **house.told)
    assert [one.expires_on.year for one in queries.accreditations_of(held)] == [2027, 2026]


def test_organisations_found_by_words_number_size_and_form(house):
    actions.record_organisation(name="Farrans", company_number="NI003243", size="large", form="company", **house.told)
    actions.record_organisation(
        name="Bright Water", charity_number="279417", size="small", form="charity", **house.told
    )

    def names(**asked):
        return [one.name for one in queries.organisations(house.body, **asked).order_by("name")]

    assert names(text="wat") == ["Bright Water"]
    assert names(text="ni003243") == names(text="GB-COH-NI003243") == names(size="large") == ["Farrans"]
    assert names(text="279417") == names(form="charity") == ["Bright Water"]
    assert names(text="nobody") == []


# --- people ---------------------------------------------------------------------------------------------------------


def test_role_given_and_ended_leaves_one_event_each(house, make_person):
    person = make_person("lead", body=house.body)
    house.happened()
    actions.add_role(person=person, role="assurer", **house.told)
    assert house.happened() == ["base.role.given"]
    with pytest.raises(NotPossible, match="has the role Assurer already"):
        actions.add_role(person=person, role="assurer", **house.told)
    actions.end_role(person=person, role="assurer", **house.told)
    assert house.happened() == ["base.role.ended"]
    assert {role.role: role.ended_at is None for role in queries.roles_held(house.body, person)} == {
        "lead": True, "assurer": False,
    }  # fmt: skip
    with pytest.raises(Membership.DoesNotExist):
        actions.end_role(person=person, role="assurer", **house.told)


def test_last_administrator_stays(house, make_person):
    with pytest.raises(NotPossible, match="only administrator"):
        actions.end_role(person=house.admin, role="body-admin", **house.told)
    make_person("body-admin", body=house.body)
    actions.end_role(person=house.admin, role="body-admin", **house.told)


def test_named_member_is_one_at_a_time(house, make_person):
    first, second = make_person("member", body=house.body, name="Cllr One"), make_person("member", body=house.body)
    held = actions.appoint(person=first, kind="named-member", starts_on=date(2025, 5, 1), **house.told)
    assert house.happened()[-1] == "directory.appointment.made"
    with pytest.raises(NotPossible, match="Cllr One is the named member then"):
        actions.appoint(person=second, kind="named-member", starts_on=DAY, **house.told)
    actions.end_appointment(appointment=held, ends_on=date(2026, 11, 20), **house.told)
    assert house.happened() == ["directory.appointment.ended"]
    actions.appoint(person=second, kind="named-member", starts_on=DAY, **house.told)

    def on(day):
        return [one.person.pk for one in queries.appointments_on(house.body, day)]

    assert on(date(2025, 4, 30)) == []
    assert on(date(2026, 11, 20)) == [first.pk]
    assert on(DAY) == [second.pk]


def test_appointment_cannot_end_before_it_starts_nor_twice(house):
    held = actions.appoint(person=house.admin, kind="champion", starts_on=DAY, **house.told)
    with pytest.raises(NotPossible, match="cannot end before it starts"):
        actions.end_appointment(appointment=held, ends_on=date(2026, 11, 20), **house.told)
    actions.end_appointment(appointment=held, ends_on=DAY, **house.told)
    with pytest.raises(NotPossible, match="has an end already"):
        actions.end_appointment(appointment=held, ends_on=DAY, **house.told)


def test_contact_is_for_something_and_works_here(house, make_person, make_body):
    with pytest.raises(NotPossible, match="Say what to contact"):
        actions.appoint(person=house.admin, kind="contact", starts_on=DAY, topic=" ", **house.told)
    stranger = make_person("lead", body=make_body())
    with pytest.raises(NotPossible, match="no role here"):
        actions.appoint(person=stranger, kind="contact", starts_on=DAY, topic="Wages", **house.told)


def test_everybody_is_found_by_name_with_one_query_however_many_they_are(house, make_person, django_assert_num_queries):
    people = {f"person of role {number}": make_person("buyer", "lead", body=house.body, name=f"Person of ROLE {number}")
              for number in range(12)}  # fmt: skip
    actions.end_role(person=people["person of role 3"], role="lead", **house.told)
    actions.end_role(person=people["person of role 3"], role="buyer", **house.told)
    with django_assert_num_queries(1):
        found = people_by_name(house.body)
    assert found == people | {"ann admin": house.admin}


def test_events_carry_no_name_and_no_address(house, make_person):
    invitation = actions.invite(email="zq@example.org", roles=["lead"], **house.told)
    actions.accept_invitation(invitation=invitation, name="Zebedee Quill", password="a long enough word")
    written = " ".join(f"{event.actor} {event.subject} {event.details}" for event in events_of(house.body))
    assert "Zebedee" not in written
    assert "zq@" not in written
