"""Addresses of the room of stories, under /<body>/work/."""

from django.urls import path

from commonweal.reporting.stories.views import staff

app_name = "stories"
urlpatterns = [
    path("stories/", staff.stories, name="stories"),
    path("stories/export/<str:form>/", staff.export, name="export"),
    path("stories/add/", staff.add, name="add"),
    path("stories/<str:public_id>/", staff.story, name="story"),
    path("stories/<str:public_id>/picture/", staff.picture, name="picture"),
    path("stories/<str:public_id>/change/", staff.change, name="change"),
    path("stories/<str:public_id>/take-on/", staff.take_on, name="take_on"),
    path("stories/<str:public_id>/decline/", staff.decline, name="decline"),
    path("stories/<str:public_id>/withdraw/", staff.withdraw, name="withdraw"),
    path("stories/<str:public_id>/consent/", staff.consent_add, name="consent_add"),
    path("story-consents/<str:public_id>/withdraw/", staff.consent_withdraw, name="consent_withdraw"),
    path("stories/<str:public_id>/rate/", staff.rate, name="rate"),
    path("stories/<str:public_id>/settle/", staff.settle, name="settle"),
    path("stories/<str:public_id>/verify/", staff.verify, name="verify"),
]
