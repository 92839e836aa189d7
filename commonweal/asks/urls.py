"""Addresses of the asks room, under /<body>/work/."""

from django.urls import path

from commonweal.asks.views import clauses, lines, opportunities

app_name = "asks"
urlpatterns = [
    path("asks/", opportunities.opportunities, name="opportunities"),
    path("asks/export/<str:form>/", opportunities.opportunities_export, name="opportunities_export"),
    path("asks/gaps/", opportunities.gaps, name="gaps"),
    path("asks/add/", opportunities.opportunity_add, name="opportunity_add"),
    path("asks/lines/<str:public_id>/change/", lines.line_change, name="line_change"),
    path("asks/lines/<str:public_id>/remove/", lines.line_remove, name="line_remove"),
    path("asks/<str:public_id>/", opportunities.opportunity, name="opportunity"),
    path("asks/<str:public_id>/change/", opportunities.opportunity_change, name="opportunity_change"),
    path("asks/<str:public_id>/state/", opportunities.opportunity_state, name="opportunity_state"),
    path("asks/<str:public_id>/withdraw/", opportunities.opportunity_withdraw, name="opportunity_withdraw"),
    path("asks/<str:public_id>/clause/", clauses.clause, name="clause"),
    path("asks/<str:public_id>/lines/add/", lines.line_add, name="line_add"),
]
