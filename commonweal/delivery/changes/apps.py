"""The Django app of the room of changes."""

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "commonweal.delivery.changes"
    label = "changes"
