"""Addresses of those who deliver, under /provider/<party>/: the changes proposed to them."""

from django.urls import path

from commonweal.delivery.changes.views import provider

app_name = "changes_provider"
urlpatterns = [
    path("changes/", provider.changes, name="changes"),
    path("changes/<str:public_id>/", provider.change, name="change"),
    path("changes/<str:public_id>/answer/", provider.answer, name="answer"),
]
