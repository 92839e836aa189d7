"""The Django app of the room of money and registers."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "commonweal.reporting.register"
    label = "register"
