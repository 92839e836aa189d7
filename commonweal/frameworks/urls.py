"""Addresses of the frameworks room, under /<body>/work/."""

from django.urls import path

from commonweal.frameworks.views import editions, plans, strategy

app_name = "frameworks"
urlpatterns = [
    path("strategy/", strategy.strategy, name="strategy"),
    path("strategy/gaps/", strategy.gaps, name="gaps"),
    path("strategy/add/", strategy.node_add, name="node_add"),
    path("strategy/<str:public_id>/", strategy.node, name="node"),
    path("strategy/<str:public_id>/edit/", strategy.node_edit, name="node_edit"),
    path("strategy/<str:public_id>/move/", strategy.node_move, name="node_move"),
    path("strategy/<str:public_id>/end/", strategy.node_end, name="node_end"),
    path("strategy/<str:public_id>/outcomes/", strategy.node_outcomes, name="node_outcomes"),
    path("strategy/<str:public_id>/review/", strategy.node_review, name="node_review"),
    path("plan/", plans.plan, name="plan"),
    path("plan/publish/", plans.plan_publish, name="plan_publish"),
    path("plan/draft/<str:lang>.pdf", plans.plan_draft_pdf, name="plan_draft_pdf"),
    path("plan/<int:version>/", plans.plan_version, name="plan_version"),
    path("plan/<int:version>/<str:lang>.pdf", plans.plan_pdf, name="plan_pdf"),
    path("frameworks/", editions.frameworks, name="frameworks"),
    path("frameworks/measures/<str:public_id>/", editions.measure, name="measure"),
    path("frameworks/choices/<str:public_id>/end/", editions.choice_end, name="choice_end"),
    path("frameworks/<str:reference>/", editions.edition, name="edition"),
    path("frameworks/<str:reference>/export/<str:form>/", editions.edition_export, name="edition_export"),
    path("frameworks/<str:reference>/choose/", editions.choose, name="choose"),
]
