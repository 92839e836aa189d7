"""The Django app of the room of reviews."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "commonweal.delivery.reviews"
    label = "reviews"
