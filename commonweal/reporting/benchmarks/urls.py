"""Addresses of the room of benchmarks, under /<body>/work/."""

from django.urls import path

from commonweal.reporting.benchmarks.views import assessment, rates

app_name = "benchmarks"
urlpatterns = [
    path("benchmarks/", rates.benchmarks, name="benchmarks"),
    path("benchmarks/export/<str:form>/", rates.benchmarks_export, name="benchmarks_export"),
    path("benchmarks/agree/", rates.agree, name="agree"),
    path("benchmarks/take-back/", rates.take_back, name="take_back"),
    path("benchmarks/give-out/", rates.give_out, name="give_out"),
    path("benchmarks/self-assessment/", assessment.self_assessment, name="self_assessment"),
    path("benchmarks/self-assessment/<str:question>/", assessment.question, name="question"),
    path("benchmarks/peer-challenge-pack.zip", assessment.pack, name="pack"),
]
