"""Addresses of mobilisation, under /<body>/work/."""

from django.urls import path

from commonweal.delivery.mobilisation.views import completeness, due, expected, mails, profiles

app_name = "mobilisation"
urlpatterns = [
    path("agreements/<str:public_id>/expected/", expected.agreement, name="agreement"),
    path("agreements/<str:public_id>/expected/accept/", expected.accept, name="accept"),
    path("agreements/<str:public_id>/quarters/", profiles.profile, name="profile"),
    path("agreements/<str:public_id>/quarters/export/<str:form>/", profiles.profile_export, name="profile_export"),
    path("promises/<str:public_id>/query/", expected.query, name="query"),
    path("promises/<str:public_id>/answer/", expected.answer, name="answer"),
    path("calendar/", due.calendar, name="calendar"),
    path("calendar/export/<str:form>/", due.calendar_export, name="calendar_export"),
    path("calendar/link/", due.calendar_link, name="calendar_link"),
    path("reported/", completeness.completeness, name="completeness"),
    path("reported/export/<str:form>/", completeness.completeness_export, name="completeness_export"),
    path("mails/", mails.mails, name="mails"),
    path("mails/export/<str:form>/", mails.mails_export, name="mails_export"),
    path("mails/<str:public_id>/again/", mails.mail_again, name="mail_again"),
]
