"""Every address of the product. English has nothing before it; Welsh has /cy/."""

import importlib

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from commonweal.web import views


def _rooms(prefix: str, *modules: str) -> list[URLResolver]:
    found = []
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            print("left out", module, error)  # noqa: T201
            continue
        found.append(path(prefix, include(module)))
    return found


app_patterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("account/", include("allauth.urls")),
    path("<slug:body>/colour.css", views.colour, name="colour"),
    path("<slug:body>/jobs/<str:public_id>/", views.job, name="job"),
    path("<slug:body>/jobs/<str:public_id>/progress.json", views.job_progress, name="job_progress"),
    *_rooms(
        "<slug:body>/work/",
        "commonweal.reporting.urls",
        "commonweal.frameworks.urls",
        "commonweal.asks.urls",
        "commonweal.delivery.urls",
        "commonweal.directory.urls",
    ),
    *_rooms("provider/<str:party>/", "commonweal.delivery.provider_urls"),
    *_rooms("<slug:body>/", "commonweal.publishing.urls"),
]
urlpatterns: list[URLPattern | URLResolver] = [*i18n_patterns(*app_patterns, prefix_default_language=False)]

handler400 = "commonweal.web.views.not_understood"
handler403 = "commonweal.web.views.refused"
handler404 = "commonweal.base.middleware.not_found"
handler500 = "commonweal.web.views.failed"
