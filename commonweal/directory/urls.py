"""Addresses of the directory, under /<body>/work/."""

from django.urls import path

from commonweal.directory import views


app_name = "directory"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/add/", views.add_person, name="add_person"),
    path("people/appoint/", views.appoint, name="appoint"),
    path("people/appointments/<str:appointment>/end/", views.end_appointment, name="end_appointment"),
    path("people/<str:person>/", views.person, name="person"),
    path("people/<str:person>/roles/", views.give_role, name="give_role"),
    path("people/<str:person>/roles/<slug:role>/end/", views.end_role, name="end_role"),
    path("people/<str:person>/sign-in-link/", views.sign_in_link, name="sign_in_link"),
    path("departments/", views.departments, name="departments"),
    path("departments/add/", views.add_department, name="add_department"),
    path("departments/<str:department>/", views.change_department, name="change_department"),
    path("departments/<str:department>/end/", views.end_department, name="end_department"),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/record/", views.record_organisation, name="record_organisation"),
    path("organisations/<str:organisation>/", views.organisation, name="organisation"),
    path("organisations/<str:organisation>/change/", views.change_organisation, name="change_organisation"),
    path("organisations/<str:organisation>/accreditations/", views.add_accreditation, name="add_accreditation"),
    path("places/", views.places, name="places"),
    path("places/<slug:code>/", views.place, name="place"),
]
