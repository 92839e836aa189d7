"""Addresses of the directory, under /<body>/work/."""

from django.urls import path

from commonweal.directory.views import departments, invitations, organisations, people, places

app_name = "directory"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/people.<str:form>", people.export_people, name="export_people"),
    path("people/invite/", invitations.invite_person, name="invite_person"),
    path("people/invitations/", invitations.invitations, name="invitations"),
    path("people/invitations/<str:invitation>/", invitations.invitation, name="invitation"),
    path("people/invitations/<str:invitation>/withdraw/", invitations.withdraw, name="withdraw_invitation"),
    path("people/appoint/", people.appoint, name="appoint"),
    path("people/appointments/<str:appointment>/end/", people.end_appointment, name="end_appointment"),
    path("people/<str:person>/", people.person, name="person"),
    path("people/<str:person>/roles/", people.give_role, name="give_role"),
    path("people/<str:person>/roles/<slug:role>/end/", people.end_role, name="end_role"),
    path("departments/", departments.departments, name="departments"),
    path("departments/departments.<str:form>", departments.export_departments, name="export_departments"),
    path("departments/add/", departments.add_department, name="add_department"),
    path("departments/<str:department>/", departments.change_department, name="change_department"),
    path("departments/<str:department>/end/", departments.end_department, name="end_department"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/organisations.<str:form>", organisations.export_organisations, name="export_organisations"),
    path("organisations/record/", organisations.record_organisation, name="record_organisation"),
    path("organisations/<str:organisation>/", organisations.organisation, name="organisation"),
    path("organisations/<str:organisation>/change/", organisations.change_organisation, name="change_organisation"),
    path("organisations/<str:organisation>/accreditations/", organisations.add_accreditation, name="add_accreditation"),
    path("organisations/<str:organisation>/invite/", invitations.invite_for_provider, name="invite_for_provider"),
    path(
        "organisations/<str:organisation>/invitations/<str:invitation>/", invitations.provider_invitation,
        name="provider_invitation",
    ),
    path(
        "organisations/<str:organisation>/invitations/<str:invitation>/withdraw/", invitations.withdraw_for_provider,
        name="withdraw_provider_invitation",
    ),
    path("places/", places.places, name="places"),
    path("places/<slug:code>/", places.place, name="place"),
    path("places/<slug:code>/wards.<str:form>", places.export_wards, name="export_wards"),
]  # fmt: skip
