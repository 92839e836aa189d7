"""Addresses of the people who deliver, under /provider/<party>/: what officers decided on their reports."""

from django.urls import path

from commonweal.delivery.assurance.views import provider

app_name = "assurance_provider"
urlpatterns = [
    path("claims/", provider.claims, name="claims"),
    path("keys/", provider.keys, name="keys"),
    path("keys/<str:public_id>/", provider.keys_give, name="keys_give"),
    path("claims/<str:public_id>/", provider.claim, name="claim"),
]
