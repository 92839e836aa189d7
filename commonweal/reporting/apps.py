"""The Django app of the reporting room."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "commonweal.reporting"
    label = "reporting"
