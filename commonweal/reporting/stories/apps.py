"""The Django app of the room of stories."""

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    name = "commonweal.reporting.stories"
    label = "stories"
