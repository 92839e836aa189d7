"""The community room."""

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "commonweal.community"
    label = "community"
