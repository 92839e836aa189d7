"""Addresses of a provider's own stories, under /provider/<party>/."""

from django.urls import path

from commonweal.reporting.stories.views import provider

app_name = "stories_provider"
urlpatterns = [
    path("stories/", provider.stories, name="stories"),
    path("stories/add/", provider.add, name="add"),
]
