"""Addresses of the assurance room, under /<body>/work/."""

from django.urls import path

from commonweal.delivery.assurance.views import answering, asking, claims, flags, samples

app_name = "assurance"
urlpatterns = [
    path("agreements/<str:public_id>/assurance/", claims.agreement, name="agreement"),
    path("agreements/<str:public_id>/assessment/", asking.assessment_add, name="assessment_add"),
    path("claims/", claims.claims, name="claims"),
    path("claims/export/<str:form>/", claims.claims_export, name="claims_export"),
    path("claims/accept/", claims.accept_together, name="accept_together"),
    path("claims/<str:public_id>/", claims.claim, name="claim"),
    path("claims/<str:public_id>/decide/", claims.decide, name="decide"),
    path("claims/<str:public_id>/answer/", answering.answer, name="answer"),
    path("claims/<str:public_id>/evidence/", claims.evidence_share, name="evidence_share"),
    path("claims/<str:public_id>/asset/", flags.asset_name, name="asset_name"),
    path("claims/<str:public_id>/keys/", flags.keys_give, name="keys_give"),
    path("claims/<str:public_id>/ask/", asking.ask, name="ask"),
    path("flags/", flags.flags, name="flags"),
    path("flags/<str:public_id>/", flags.flag, name="flag"),
    path("acceptance/", flags.rule, name="rule"),
    path("keys-of-people/", flags.key_periods, name="key_periods"),
    path("samples/", samples.samples, name="samples"),
    path("samples/add/", samples.sample_add, name="sample_add"),
    path("samples/<str:public_id>/", samples.sample, name="sample"),
    path("samples/<str:public_id>/export/<str:form>/", samples.sample_export, name="sample_export"),
    path("samples/<str:public_id>/<int:position>/", samples.finding, name="finding"),
]
