"""Addresses of the room of money and registers, under /<body>/work/."""

from django.urls import path

from commonweal.reporting.register.views import beside, files, matches, records

app_name = "register"
urlpatterns = [
    path("money/", beside.money_page, name="money"),
    path("money/export/<str:form>/", beside.money_export, name="money_export"),
    path("money/gains/", beside.gains, name="gains"),
    path("money/gains/export/<str:form>/", beside.gains_export, name="gains_export"),
    path("money/gains/name/", records.gainer_name, name="gainer_name"),
    path("money/leverage/add/", records.levered_add, name="levered_add"),
    path("money/leverage/<str:public_id>/withdraw/", records.levered_withdraw, name="levered_withdraw"),
    path("money/whole-life/add/", records.whole_life_add, name="whole_life_add"),
    path("money/reports/add/", records.report_add, name="report_add"),
    path("money/reports/<str:public_id>/file/", records.report_file, name="report_file"),
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
