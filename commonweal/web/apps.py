"""The Django app of the web room: the frame of every page, its words and its addresses."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "commonweal.web"
    label = "web"
