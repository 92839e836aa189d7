"""Addresses of the community room, under /<body>/work/."""

from django.urls import path

from commonweal.community.views import acts, staff

app_name = "community"
urlpatterns = [
    path("needs/", staff.needs, name="needs"),
    path("needs/export/<str:form>/", staff.needs_export, name="needs_export"),
    path("needs/add/", acts.need_add, name="need_add"),
    path("needs/link/", acts.link, name="link"),
    path("needs/rules/", acts.rules, name="rules"),
    path("needs/figures/", acts.needs_figures, name="figures"),
    path("needs/help/<str:public_id>/", acts.help_answer, name="help_answer"),
    path("needs/matches/<str:public_id>/withdraw/", acts.match_withdraw, name="match_withdraw"),
    path("needs/matches/<str:public_id>/<slug:step>/", acts.match_step, name="match_step"),
    path("needs/<str:public_id>/", staff.need, name="need"),
    path("needs/<str:public_id>/publish/", staff.need_publish, name="need_publish"),
    path("needs/<str:public_id>/send-back/", staff.need_send_back, name="need_send_back"),
    path("needs/<str:public_id>/undo/", staff.need_undo, name="need_undo"),
    path("needs/<str:public_id>/change/", staff.need_change, name="need_change"),
    path("needs/<str:public_id>/withdraw/", staff.need_withdraw, name="need_withdraw"),
    path("needs/<str:public_id>/match/", acts.match_add, name="match_add"),
]
