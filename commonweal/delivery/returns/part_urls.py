"""Addresses of the parts that a sub-contractor holds, under /provider/<party>/parts/<id>/."""

from commonweal.delivery.returns.report_urls import pages
from commonweal.delivery.returns.views.desk import as_subcontractor

app_name = "returns_part"
urlpatterns = pages(as_subcontractor)
