"""Addresses of mobilisation for the people who deliver, under /provider/<party>/."""

from django.urls import path

from commonweal.delivery.mobilisation.views import provider

app_name = "mobilisation_provider"
urlpatterns = [
    path("expected/", provider.expected, name="expected"),
    path("expected/<str:public_id>/query/", provider.query, name="query"),
    path("calendar/", provider.calendar, name="calendar"),
    path("calendar/link/", provider.calendar_link, name="calendar_link"),
]
