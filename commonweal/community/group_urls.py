"""Addresses of a community group that is signed in, under /community/<party>/."""

from django.urls import path

from commonweal.community.views import group

app_name = "community_group"
urlpatterns = [
    path("", group.signed_in(group.home), name="home"),
    path("needs/add/<slug:at>/", group.signed_in(group.need_add), name="need_add"),
    path("needs/<str:need>/change/", group.signed_in(group.need_change), name="need_change"),
    path("needs/<str:need>/withdraw/", group.signed_in(group.need_withdraw), name="need_withdraw"),
    path("matches/<str:match>/answer/", group.signed_in(group.answer), name="answer"),
    path("matches/<str:match>/receive/", group.signed_in(group.receive), name="receive"),
    path("matches/<str:match>/thank/", group.signed_in(group.thank), name="thank"),
]
