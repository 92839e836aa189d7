"""Addresses of the room of money and registers, under /<body>/work/."""

from django.urls import path

from commonweal.reporting.register.views import files, matches

app_name = "register"
urlpatterns = [
    path("money/files/", files.files, name="files"),
    path("money/files/add/", files.file_add, name="file_add"),
    path("money/files/<str:public_id>/", files.file, name="file"),
    path("money/files/<str:public_id>/export/<str:form>/", files.file_export, name="file_export"),
    path("money/files/<str:public_id>/columns/", files.file_columns, name="file_columns"),
    path("money/files/<str:public_id>/accept/", files.file_accept, name="file_accept"),
    path("money/files/<str:public_id>/undo/", files.file_undo, name="file_undo"),
    path("money/departments/", files.services, name="services"),
    path("money/reconciliation/", matches.reconciliation, name="reconciliation"),
    path("money/reconciliation/export/<str:form>/", matches.reconciliation_export, name="reconciliation_export"),
    path("money/reconciliation/decide/", matches.decide, name="decide"),
    path("money/reconciliation/of/<str:item>/", matches.contract, name="contract"),
]
