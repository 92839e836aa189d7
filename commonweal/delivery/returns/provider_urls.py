"""Addresses of returns for people who sign in for a provider, under /provider/<party>/."""

from django.urls import include, path

from commonweal.delivery.returns.report_urls import pages
from commonweal.delivery.returns.views import due, workbook
from commonweal.delivery.returns.views.desk import signed_in

app_name = "returns_provider"
urlpatterns = [
    path("due/", due.due, name="due"),
    path("due/workbook/", workbook.workbook_of_all, name="workbook_of_all"),
    path("due/upload/", workbook.upload_of_all, name="upload_of_all"),
    path("due/keep/", workbook.keep_of_all, name="keep_of_all"),
    path("returns/<str:public_id>/", include(pages(signed_in))),
]
