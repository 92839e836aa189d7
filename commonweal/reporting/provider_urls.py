"""Addresses of the people who deliver, under /provider/<party>/: what they delivered, for their own board."""

from django.urls import path

from commonweal.reporting.views import achieved

app_name = "reporting_provider"
urlpatterns = [
    path("delivered/", achieved.own_report, name="delivered"),
    path("delivered.pdf", achieved.own_report_pdf, name="delivered_pdf"),
]
