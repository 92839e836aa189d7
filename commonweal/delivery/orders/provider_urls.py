"""Addresses of those who deliver, under /provider/<party>/: the orders that bodies placed with them."""

from django.urls import path

from commonweal.delivery.orders.views import provider

app_name = "orders_provider"
urlpatterns = [
    path("orders/", provider.orders, name="orders"),
    path("orders/<str:public_id>/add/", provider.order_add, name="order_add"),
]
