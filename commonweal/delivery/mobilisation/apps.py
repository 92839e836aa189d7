"""The Django app of the mobilisation room."""

from django.apps import AppConfig


class MobilisationConfig(AppConfig):
    name = "commonweal.delivery.mobilisation"
    label = "mobilisation"
