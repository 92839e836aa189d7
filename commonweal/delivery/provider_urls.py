"""Addresses of the people who deliver, under /provider/<party>/: their own promises, across every body."""

from django.urls import path

from commonweal.delivery.views import provider

app_name = "delivery_provider"
urlpatterns = [
    path("", provider.promises, name="promises"),
    path("promises/<str:public_id>/report/", provider.entry_add, name="entry_add"),
    path("receipts/<str:public_id>/", provider.receipt, name="receipt"),
]
