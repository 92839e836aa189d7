"""The Django app of the base room."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "commonweal.base"
    label = "base"
    verbose_name = "Base"
