"""The Django app of the room of reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "commonweal.reporting.reports"
    label = "reports"
