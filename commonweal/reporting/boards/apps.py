"""The Django app of the boards."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "commonweal.reporting.boards"
    label = "boards"
