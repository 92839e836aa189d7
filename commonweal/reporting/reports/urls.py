"""Addresses of the room of reports, under /<body>/work/."""

from django.urls import path

from commonweal.reporting.reports.views import calendar, newsletters, papers, readers

app_name = "reports"
urlpatterns = [
    path("newsletters/", newsletters.newsletters, name="newsletters"),
    path("newsletters/add/", newsletters.add, name="newsletter_add"),
    path("newsletters/readers/", readers.readers, name="readers"),
    path("newsletters/readers/export/<str:form>/", readers.export, name="readers_export"),
    path("newsletters/readers/add/", readers.add, name="reader_add"),
    path("newsletters/readers/add-contractors/", readers.add_contractors, name="readers_add_contractors"),
    path("newsletters/readers/<str:public_id>/leave/", readers.leave, name="reader_leave"),
    path("newsletters/<str:public_id>/", newsletters.newsletter, name="newsletter"),
    path("newsletters/<str:public_id>/change/", newsletters.change, name="newsletter_change"),
    path("newsletters/<str:public_id>/drop/", newsletters.drop, name="newsletter_drop"),
    path("newsletters/<str:public_id>/publish/", newsletters.publish, name="newsletter_publish"),
    path("newsletters/<str:public_id>/send/", newsletters.send, name="newsletter_send"),
    path("newsletters/<str:public_id>/<str:lang>.txt", newsletters.text, name="newsletter_text"),
    path("newsletters/<str:public_id>/<str:lang>.pdf", newsletters.pdf, name="newsletter_pdf"),
    path("reports/", papers.reports, name="reports"),
    path("reports/add/", papers.add, name="report_add"),
    path("reports/<str:public_id>/", papers.report, name="report"),
    path("reports/<str:public_id>/words/<slug:section>/", papers.words, name="report_words"),
    path("reports/<str:public_id>/stories/", papers.stories, name="report_stories"),
    path("reports/<str:public_id>/drop/", papers.drop, name="report_drop"),
    path("reports/<str:public_id>/publish/", papers.publish, name="report_publish"),
    path("reports/<str:public_id>/<str:lang>.pdf", papers.pdf, name="report_pdf"),
    path("reports/<str:public_id>/<str:lang>.docx", papers.word, name="report_docx"),
    path("pre-election/", calendar.calendar, name="calendar"),
    path("pre-election/add/", calendar.add, name="period_add"),
    path("pre-election/<str:public_id>/end/", calendar.end, name="period_end"),
    path("pre-election/let-through/<str:activity>/<str:public_id>/", calendar.let_through, name="let_through"),
]
