"""Addresses of the room of orders, under /<body>/work/."""

from django.urls import path

from commonweal.delivery.orders.views import files, orders

app_name = "orders"
urlpatterns = [
    path("agreements/<str:public_id>/orders/", orders.agreement, name="agreement"),
    path("agreements/<str:public_id>/orders/export/<str:form>/", orders.orders_export, name="orders_export"),
    path("agreements/<str:public_id>/orders/add/", orders.order_add, name="order_add"),
    path("agreements/<str:public_id>/orders/count/", orders.count_add, name="count_add"),
    path("agreements/<str:public_id>/orders/file/", files.file_add, name="file_add"),
    path("orders/<str:public_id>/take-back/", orders.order_take_back, name="order_take_back"),
    path("orders/files/<str:public_id>/", files.file, name="file"),
    path("orders/files/<str:public_id>/export/<str:form>/", files.file_export, name="file_export"),
    path("orders/files/<str:public_id>/accept/", files.file_accept, name="file_accept"),
    path("orders/files/<str:public_id>/undo/", files.file_undo, name="file_undo"),
]
