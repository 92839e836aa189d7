"""The public site of a body, and what its staff decide about it."""

from django.urls import path

from commonweal.publishing import views

app_name = "publishing"
urlpatterns = [
    path("work/published/", views.pages, name="pages"),
    path("work/published/publish/", views.publish, name="publish"),
    path("work/published/<str:key>/withdraw/", views.withdraw, name="withdraw"),
    path("work/published/<str:key>/put-back/", views.put_back, name="put_back"),
    path("", views.body, name="body"),
    path("plan/", views.plan, name="plan"),
    path("plan/<str:lang>.pdf", views.plan_pdf, name="plan_pdf"),
    path("agreements/", views.agreements, name="agreements"),
    path("agreements/<str:key>/", views.agreement, name="agreement"),
    path("promises/", views.lines, name="lines"),
    path("promises/<str:key>/", views.line, name="line"),
    path("wards/", views.wards, name="wards"),
    path("wards/<str:key>/", views.ward, name="ward"),
    path("figures/", views.figures, name="figures"),
    path("surveys/", views.surveys, name="surveys"),
    path("surveys/download/<str:form>/", views.surveys_download, name="surveys_download"),
    path("download/<str:form>/", views.download, name="download"),
]
