"""Addresses of the frameworks room, under /<body>/work/."""

from django.urls import path

from commonweal.frameworks import views

app_name = "frameworks"
urlpatterns = [
    path("strategy/", views.strategy, name="strategy"),
    path("strategy/gaps/", views.gaps, name="gaps"),
    path("strategy/add/", views.node_add, name="node_add"),
    path("strategy/<str:public_id>/", views.node, name="node"),
    path("strategy/<str:public_id>/edit/", views.node_edit, name="node_edit"),
    path("strategy/<str:public_id>/move/", views.node_move, name="node_move"),
    path("strategy/<str:public_id>/end/", views.node_end, name="node_end"),
    path("strategy/<str:public_id>/outcomes/", views.node_outcomes, name="node_outcomes"),
    path("strategy/<str:public_id>/review/", views.node_review, name="node_review"),
    path("plan/", views.plan, name="plan"),
    path("plan/publish/", views.plan_publish, name="plan_publish"),
    path("plan/draft/<str:lang>.pdf", views.plan_draft_pdf, name="plan_draft_pdf"),
    path("plan/<int:version>/", views.plan_version, name="plan_version"),
    path("plan/<int:version>/<str:lang>.pdf", views.plan_pdf, name="plan_pdf"),
    path("frameworks/", views.frameworks, name="frameworks"),
    path("frameworks/measures/<str:public_id>/", views.measure, name="measure"),
    path("frameworks/choices/<str:public_id>/end/", views.choice_end, name="choice_end"),
    path("frameworks/<str:reference>/", views.edition, name="edition"),
    path("frameworks/<str:reference>/export/<str:form>/", views.edition_export, name="edition_export"),
    path("frameworks/<str:reference>/choose/", views.choose, name="choose"),
]
