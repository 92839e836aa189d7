"""Addresses of the reporting room, under /<body>/work/."""

from django.urls import path

from commonweal.reporting import views

app_name = "reporting"
urlpatterns = [
    path("", views.today, name="today"),
    path("worth/", views.worth, name="worth"),
    path("worth/export/<str:form>/", views.worth_export, name="worth_export"),
    path("worth/lines/", views.worth_lines, name="worth_lines"),
    path("worth/lines/export/<str:form>/", views.worth_lines_export, name="worth_lines_export"),
    path("agreements/<str:public_id>/worth/", views.agreement_worth, name="agreement_worth"),
    path("agreements/<str:public_id>/review-pack/", views.review_pack_page, name="review_pack_page"),
    path("agreements/<str:public_id>/review-pack.pdf", views.review_pack, name="review_pack"),
    path("lines/<str:public_id>/worth/", views.line_worth, name="line_worth"),
]
