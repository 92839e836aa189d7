"""The Django app of the year."""

from django.apps import AppConfig


class BudgetConfig(AppConfig):
    name = "commonweal.reporting.budget"
    label = "budget"
