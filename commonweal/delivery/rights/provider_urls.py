"""Addresses of the rights of a provider's people, under /provider/<party>/."""

from django.urls import path

from commonweal.delivery.rights.views import rights

app_name = "rights_provider"
urlpatterns = [
    path("people/rights/", rights.rights, name="rights"),
    path("people/rights/export/<str:form>/", rights.rights_export, name="rights_export"),
    path("people/<str:person>/rights/", rights.person, name="person"),
    path("people/<str:person>/rights/lift/", rights.lift, name="lift"),
]
