"""Addresses of the year, under /<body>/work/."""

from django.urls import path

from commonweal.reporting.budget.views import charts, closing, lines, twice, year

app_name = "budget"
urlpatterns = [
    path("budget/", year.years, name="years"),
    path("budget/<slug:year>/", year.year, name="year"),
    path("budget/<slug:year>/export/<str:form>/", year.year_export, name="year_export"),
    path("budget/<slug:year>/chart/<str:form>/", charts.chart, name="chart"),
    path("budget/<slug:year>/forecast/", year.forecast, name="forecast"),
    path("budget/<slug:year>/forecast/export/<str:form>/", year.forecast_export, name="forecast_export"),
    path("budget/<slug:year>/opening/", year.opening, name="opening"),
    path("budget/<slug:year>/lines/<str:kind>/", lines.lines, name="lines"),
    path("budget/<slug:year>/lines/<str:kind>/export/<str:form>/", lines.lines_export, name="lines_export"),
    path("budget/<slug:year>/lines/<str:kind>/add/", lines.line_add, name="line_add"),
    path("budget/<slug:year>/lines/<str:kind>/fill/", lines.lines_fill, name="lines_fill"),
    path("budget/lines/<str:public_id>/take-out/", lines.line_remove, name="line_remove"),
    path("budget/<slug:year>/reason/", year.reason, name="reason"),
    path("budget/<slug:year>/counted-twice/", twice.twice, name="twice"),
    path("budget/<slug:year>/counted-twice/<str:one>/<str:other>/", twice.count_once, name="count_once"),
    path("budget/counted-twice/<str:public_id>/back/", twice.count_again, name="count_again"),
    path("budget/<slug:year>/closing/", closing.closing, name="closing"),
    path("budget/<slug:year>/closing/rules/", closing.rules, name="rules"),
    path("budget/<slug:year>/closing/open-again/", closing.open_again, name="open_again"),
    path("budget/<slug:year>/closing/<str:kind>/", closing.close, name="close"),
]
