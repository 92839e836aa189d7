"""The Django app of the assurance room."""

from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    name = "commonweal.delivery.assurance"
    label = "assurance"
