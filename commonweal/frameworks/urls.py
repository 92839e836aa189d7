"""Addresses of the frameworks room, under /<body>/work/."""

from django.urls import path

from commonweal.frameworks.views import crosswalks, editions, overlay_changes, overlays, plans, strategy, workbooks

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
    path("frameworks/crosswalks/", crosswalks.crosswalks_list, name="crosswalks"),
    path("frameworks/crosswalks/<str:of>/<str:to>/", crosswalks.crosswalk, name="crosswalk"),
    path("frameworks/crosswalks/<str:of>/<str:to>/match/", crosswalks.match, name="crosswalk_match"),
    path("frameworks/crosswalks/<str:of>/<str:to>/remove/", crosswalks.match_remove, name="crosswalk_remove"),
    path("frameworks/crosswalks/<str:of>/<str:to>/file/", crosswalks.crosswalk_file, name="crosswalk_file"),
    path("frameworks/workbooks/", workbooks.workbooks_list, name="workbooks"),
    path("frameworks/workbooks/add/", workbooks.workbook_add, name="workbook_add"),
    path("frameworks/workbooks/<str:public_id>/", workbooks.workbook, name="workbook"),
    path("frameworks/workbooks/<str:public_id>/columns/", workbooks.workbook_columns, name="workbook_columns"),
    path("frameworks/workbooks/<str:public_id>/about/", workbooks.workbook_about, name="workbook_about"),
    path("frameworks/workbooks/<str:public_id>/publish/", workbooks.workbook_publish, name="workbook_publish"),
    path("frameworks/workbooks/<str:public_id>/undo/", workbooks.workbook_undo, name="workbook_undo"),
    path("frameworks/workbooks/<str:public_id>/rows/<str:form>/", workbooks.workbook_rows, name="workbook_rows"),
    path("frameworks/overlays/upload/", overlays.overlay_upload, name="overlay_upload"),
    path("frameworks/overlays/<str:public_id>/", overlays.overlay, name="overlay"),
    path("frameworks/overlays/<str:public_id>/details/", overlays.overlay_details, name="overlay_details"),
    path("frameworks/overlays/<str:public_id>/preview/", overlays.overlay_preview, name="overlay_preview"),
    path("frameworks/overlays/<str:public_id>/publish/", overlays.overlay_publish, name="overlay_publish"),
    path("frameworks/overlays/<str:public_id>/discard/", overlays.overlay_discard, name="overlay_discard"),
    path("frameworks/overlays/<str:public_id>/file/", overlays.overlay_file, name="overlay_file"),
    path("frameworks/overlays/<str:public_id>/next/", overlays.overlay_next, name="overlay_next"),
    path("frameworks/overlays/<str:public_id>/upgrade/", overlays.overlay_upgrade, name="overlay_upgrade"),
    path("frameworks/overlays/<str:public_id>/undo/", overlay_changes.overlay_undo, name="overlay_undo"),
    path("frameworks/overlays/<str:public_id>/add/<str:part>/", overlay_changes.overlay_add, name="overlay_add"),
    path(
        "frameworks/overlays/<str:public_id>/measures/<str:measure>/", overlays.overlay_measure, name="overlay_measure"
    ),
    path(
        "frameworks/overlays/<str:public_id>/measures/<str:measure>/<str:kind>/",
        overlay_changes.overlay_change,
        name="overlay_change",
    ),
    path("frameworks/<str:reference>/ours/", overlays.overlay_start, name="overlay_start"),
    path("frameworks/<str:reference>/withdraw/", editions.edition_withdraw, name="edition_withdraw"),
    path("frameworks/<str:reference>/", editions.edition, name="edition"),
    path("frameworks/<str:reference>/export/<str:form>/", editions.edition_export, name="edition_export"),
    path("frameworks/<str:reference>/choose/", editions.choose, name="choose"),
]
