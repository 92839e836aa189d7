"""The Django app of the room of published accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "commonweal.reporting.accounts"
    label = "accounts"
