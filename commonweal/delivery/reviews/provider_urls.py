"""Addresses of the people who deliver, under /provider/<party>/: the reviews and ratings of their own agreements."""

from django.urls import path

from commonweal.delivery.reviews.views import provider

app_name = "reviews_provider"
urlpatterns = [
    path("reviews/", provider.reviews, name="reviews"),
    path("reviews/<str:public_id>/", provider.review, name="review"),
    path("agreements/<str:public_id>/warnings/add/", provider.warning_add, name="warning_add"),
    path("ratings/<str:public_id>/", provider.rating, name="rating"),
]
