"""Every address of the product. English has nothing before it; Welsh has /cy/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from commonweal.web import views

app_patterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("account/", include("allauth.urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [*i18n_patterns(*app_patterns, prefix_default_language=False)]

handler400 = "commonweal.web.views.not_understood"
handler403 = "commonweal.web.views.refused"
handler404 = "commonweal.web.views.not_found"
handler500 = "commonweal.web.views.failed"
