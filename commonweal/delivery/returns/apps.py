"""The Django app of the returns room, within delivery."""

from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "commonweal.delivery.returns"
    label = "returns"
