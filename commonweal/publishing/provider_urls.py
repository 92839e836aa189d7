"""Addresses of what a provider sees before the public does, under /provider/<party>/."""

from django.urls import path

from commonweal.publishing.views import previews

app_name = "publishing_provider"
urlpatterns = [
    path("before-it-is-public/", previews.provider_previews, name="previews"),
    path("before-it-is-public/<str:public_id>/", previews.provider_preview, name="preview"),
]
