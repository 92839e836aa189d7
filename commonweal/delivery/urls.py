"""Addresses of the delivery room, under /<body>/work/."""

from django.urls import path

from commonweal.delivery.views import agreements, entries, imports, leavers, needs, owners, paid_jobs, waiting_files

app_name = "delivery"
urlpatterns = [
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/export/<str:form>/", agreements.agreements_export, name="agreements_export"),
    path("agreements/add/", agreements.agreement_add, name="agreement_add"),
    path("agreements/owners/", owners.agreements_owners, name="agreements_owners"),
    path("agreements/<str:public_id>/", agreements.agreement, name="agreement"),
    path("agreements/<str:public_id>/promises.pdf", agreements.promises_pdf, name="promises_pdf"),
    path("agreements/<str:public_id>/export/<str:form>/", agreements.promises_export, name="promises_export"),
    path("agreements/<str:public_id>/owner/", agreements.agreement_owner, name="agreement_owner"),
    path("agreements/<str:public_id>/terms/", owners.agreement_terms, name="agreement_terms"),
    path("agreements/<str:public_id>/end/", agreements.agreement_end, name="agreement_end"),
    path("agreements/<str:public_id>/promises/add/", agreements.commitment_add, name="commitment_add"),
    path("promises/<str:public_id>/", agreements.commitment, name="commitment"),
    path("promises/<str:public_id>/needs/", needs.commitment_needs, name="commitment_needs"),
    path("promises/<str:public_id>/needs/<str:need>/", needs.commitment_match, name="commitment_match"),
    path("needs/<str:public_id>/promises/", needs.need_promises, name="need_promises"),
    path("promises/<str:public_id>/owner/", agreements.commitment_owner, name="commitment_owner"),
    path("promises/<str:public_id>/entries/add/", entries.entry_add, name="entry_add"),
    path("entries/", entries.entries, name="entries"),
    path("entries/export/<str:form>/", entries.entries_export, name="entries_export"),
    path("entries/<str:public_id>/", entries.entry, name="entry"),
    path("entries/<str:public_id>/reverse/", entries.entry_reverse, name="entry_reverse"),
    path("entries/<str:spend>/jobs/<str:jobs>/", paid_jobs.paid_jobs, name="paid_jobs"),
    path("entries/<str:public_id>/evidence/add/", entries.evidence_add, name="evidence_add"),
    path("entries/<str:public_id>/confirm/", entries.entry_confirm, name="entry_confirm"),
    path("entries/<str:public_id>/assure/", entries.entry_assure, name="entry_assure"),
    path("evidence/<str:public_id>/file/", entries.evidence_file, name="evidence_file"),
    path("imports/", imports.imports, name="imports"),
    path("files-waiting/", waiting_files.waiting_files, name="waiting_files"),
    path("imports/add/", imports.import_add, name="import_add"),
    path("imports/<str:public_id>/", imports.import_page, name="import_page"),
    path("imports/<str:public_id>/export/<str:form>/", imports.import_rows_export, name="import_rows_export"),
    path("imports/<str:public_id>/columns/", imports.import_mapping, name="import_mapping"),
    path("imports/<str:public_id>/accept/", imports.import_accept, name="import_accept"),
    path("imports/<str:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("leavers/", leavers.leavers, name="leavers"),
    path("leavers/<str:public_id>/", leavers.leaver, name="leaver"),
    path("leavers/<str:public_id>/note/", leavers.leaver_note, name="leaver_note"),
]
