"""Addresses of a provider's own people, under /provider/<party>/."""

from django.urls import path

from commonweal.directory.views import provider

app_name = "directory_provider"
urlpatterns = [
    path("people/", provider.people, name="people"),
    path("people/invite/", provider.invite, name="invite"),
    path("people/invitations/<str:invitation>/", provider.invitation, name="invitation"),
    path("people/invitations/<str:invitation>/withdraw/", provider.withdraw, name="withdraw_invitation"),
    path("people/<str:person>/end/", provider.end_access, name="end_access"),
]
