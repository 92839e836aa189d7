"""Addresses of returns for those who hold a signed link, under /report/<token>/."""

from commonweal.delivery.returns.report_urls import pages
from commonweal.delivery.returns.views.desk import by_link

app_name = "returns_link"
urlpatterns = pages(by_link)
