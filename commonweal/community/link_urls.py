"""Addresses that a link opens, for groups without an account, under /community/by-link/."""

from django.urls import path

from commonweal.community.views import group, links

app_name = "community_link"
urlpatterns = [
    path("received/<str:token>/", links.receipt, name="receipt"),
    path("still/<str:token>/", links.still, name="still"),
    path("<str:token>/", group.by_link(group.home), name="home"),
    path("<str:token>/needs/add/<slug:at>/", group.by_link(group.need_add), name="need_add"),
    path("<str:token>/needs/<str:need>/change/", group.by_link(group.need_change), name="need_change"),
    path("<str:token>/needs/<str:need>/withdraw/", group.by_link(group.need_withdraw), name="need_withdraw"),
    path("<str:token>/matches/<str:match>/answer/", group.by_link(group.answer), name="answer"),
    path("<str:token>/matches/<str:match>/receive/", group.by_link(group.receive), name="receive"),
    path("<str:token>/matches/<str:match>/thank/", group.by_link(group.thank), name="thank"),
]
