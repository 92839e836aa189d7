"""Addresses of the reporting room, under /<body>/work/."""

from django.urls import path

from commonweal.reporting.views import achieved, beside, changes, lines, packs, ranges, steps, today, worth

app_name = "reporting"
urlpatterns = [
    path("", today.today, name="today"),
    path("worth/", worth.worth, name="worth"),
    path("worth/export/<str:form>/", worth.worth_export, name="worth_export"),
    path("worth/lines/", worth.worth_lines, name="worth_lines"),
    path("worth/lines/export/<str:form>/", worth.worth_lines_export, name="worth_lines_export"),
    path("worth/ranges/", ranges.worth_ranges, name="worth_ranges"),
    path("worth/ranges/export/<str:form>/", ranges.worth_ranges_export, name="worth_ranges_export"),
    path("worth/frameworks/", beside.worth_frameworks, name="worth_frameworks"),
    path("worth/frameworks/export/<str:form>/", beside.worth_frameworks_export, name="worth_frameworks_export"),
    path("worth/changes/", changes.worth_changes, name="worth_changes"),
    path("worth/changes/export/<str:form>/", changes.worth_changes_export, name="worth_changes_export"),
    path("achieved/<str:by>/", achieved.achieved_page, name="achieved"),
    path("achieved/<str:by>/export/<str:form>/", achieved.achieved_export, name="achieved_export"),
    path("achieved/provider/<str:key>/report.pdf", achieved.provider_report, name="provider_report"),
    path("achieved/<str:by>/of/<str:key>/", achieved.achieved_group, name="achieved_group"),
    path("agreements/<str:public_id>/worth/", lines.agreement_worth, name="agreement_worth"),
    path("agreements/<str:public_id>/worth/ranges/", ranges.worth_ranges, name="agreement_worth_ranges"),
    path(
        "agreements/<str:public_id>/worth/ranges/export/<str:form>/",
        ranges.worth_ranges_export,
        name="agreement_worth_ranges_export",
    ),
    path(
        "agreements/<str:public_id>/worth/frameworks/",
        beside.worth_frameworks,
        name="agreement_worth_frameworks",
    ),
    path(
        "agreements/<str:public_id>/worth/frameworks/export/<str:form>/",
        beside.worth_frameworks_export,
        name="agreement_worth_frameworks_export",
    ),
    path("agreements/<str:public_id>/worth/changes/", changes.worth_changes, name="agreement_worth_changes"),
    path(
        "agreements/<str:public_id>/worth/changes/export/<str:form>/",
        changes.worth_changes_export,
        name="agreement_worth_changes_export",
    ),
    path("agreements/<str:public_id>/review-pack/", packs.review_pack_page, name="review_pack_page"),
    path("agreements/<str:public_id>/review-pack.docx", packs.review_pack_docx, name="review_pack_docx"),
    path("agreements/<str:public_id>/review-pack.pdf", packs.review_pack, name="review_pack"),
    path("agreements/<str:public_id>/worth/steps/<str:form>/", steps.agreement_steps, name="agreement_steps"),
    path("lines/<str:public_id>/worth/steps/<str:form>/", steps.line_steps, name="line_steps"),
    path("lines/<str:public_id>/worth/", lines.line_worth, name="line_worth"),
]
