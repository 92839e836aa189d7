"""The Django app of the publishing room."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "commonweal.publishing"
    label = "publishing"
