"""Addresses of the asks room, under /<body>/work/."""

from django.urls import path

from commonweal.asks import views

app_name = "asks"
urlpatterns = [
    path("asks/", views.opportunities, name="opportunities"),
    path("asks/export/<str:form>/", views.opportunities_export, name="opportunities_export"),
    path("asks/gaps/", views.gaps, name="gaps"),
    path("asks/add/", views.opportunity_add, name="opportunity_add"),
    path("asks/lines/<str:public_id>/change/", views.line_change, name="line_change"),
    path("asks/lines/<str:public_id>/remove/", views.line_remove, name="line_remove"),
    path("asks/<str:public_id>/", views.opportunity, name="opportunity"),
    path("asks/<str:public_id>/change/", views.opportunity_change, name="opportunity_change"),
    path("asks/<str:public_id>/state/", views.opportunity_state, name="opportunity_state"),
    path("asks/<str:public_id>/withdraw/", views.opportunity_withdraw, name="opportunity_withdraw"),
    path("asks/<str:public_id>/lines/add/", views.line_add, name="line_add"),
]
