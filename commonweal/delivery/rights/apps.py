"""The Django app of the rights room, within delivery."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "commonweal.delivery.rights"
    label = "rights"
