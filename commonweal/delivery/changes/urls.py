"""Addresses of the room of changes, under /<body>/work/."""

from django.urls import path

from commonweal.delivery.changes.views import changes, clause, closing, scores, steps

app_name = "changes"
urlpatterns = [
    path("agreements/<str:public_id>/changes/", changes.agreement, name="agreement"),
    path("agreements/<str:public_id>/changes/export/<str:form>/", changes.changes_export, name="changes_export"),
    path("agreements/<str:public_id>/changes/add/", changes.change_add, name="change_add"),
    path("agreements/<str:public_id>/credits/export/<str:form>/", closing.ledger_export, name="ledger_export"),
    path("agreements/<str:public_id>/credits/add/", closing.credit_add, name="credit_add"),
    path("agreements/<str:public_id>/clause/", clause.clause, name="clause"),
    path("agreements/<str:public_id>/scores/", scores.scores, name="scores"),
    path("agreements/<str:public_id>/outturn/", closing.close, name="close"),
    path("changes/<str:public_id>/", changes.change, name="change"),
    path("changes/<str:public_id>/lines/add/", steps.line_add, name="line_add"),
    path("changes/lines/<str:public_id>/take-out/", steps.line_take_out, name="line_take_out"),
    path("changes/<str:public_id>/propose/", steps.propose, name="propose"),
    path("changes/<str:public_id>/drop/", steps.drop, name="drop"),
    path("changes/<str:public_id>/sign/", steps.sign, name="sign"),
    path("changes/<str:public_id>/points/", scores.rescore, name="rescore"),
    path("changes/<str:public_id>/decide/", steps.decide, name="decide"),
    path("changes/<str:public_id>/make/", steps.make, name="make"),
]
