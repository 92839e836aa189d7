"""The Django app of the asks room."""

from django.apps import AppConfig


class AsksConfig(AppConfig):
    name = "commonweal.asks"
    label = "asks"
