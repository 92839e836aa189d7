"""Addresses of returns for staff, under /<body>/work/."""

from django.urls import path

from commonweal.delivery.returns.views import agreement, staff

app_name = "returns"
urlpatterns = [
    path("returns/", staff.returns, name="returns"),
    path("returns/export/<str:form>/", staff.returns_export, name="returns_export"),
    path("returns/<str:public_id>/", staff.return_page, name="return_page"),
    path("returns/<str:public_id>/remind/", staff.remind, name="remind"),
    path("returns/<str:public_id>/sign-off/", staff.sign_off, name="sign_off"),
    path("returns/<str:public_id>/changes/", staff.changes, name="changes"),
    path("returns/<str:public_id>/links/<str:link>/end/", staff.link_end, name="link_end"),
    path("agreements/<str:public_id>/returns/", agreement.agreement, name="agreement"),
    path("agreements/<str:public_id>/returns/schedule/", agreement.schedule, name="schedule"),
    path("agreements/<str:public_id>/returns/stop/", agreement.schedule_stop, name="schedule_stop"),
    path("agreements/<str:public_id>/returns/ask/", agreement.ask, name="ask"),
    path("agreements/<str:public_id>/returns/reporters/add/", agreement.reporter_add, name="reporter_add"),
    path(
        "agreements/<str:public_id>/returns/reporters/<str:reporter>/end/", agreement.reporter_end, name="reporter_end"
    ),
]
