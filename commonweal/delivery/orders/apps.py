"""The Django app of the room of orders."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "commonweal.delivery.orders"
    label = "orders"
