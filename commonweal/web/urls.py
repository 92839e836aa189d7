"""Every address of the product. English has nothing before it; Welsh has /cy/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from commonweal.delivery.assurance.views import asking, provider
from commonweal.delivery.mobilisation.views.due import feed as calendar_feed
from commonweal.delivery.mobilisation.views.provider import feed as calendar_of_provider
from commonweal.directory.views import invited
from commonweal.reporting.reports.views.readers import leave_by_link
from commonweal.reporting.stories.views.consent import consent as story_consent
from commonweal.web import sign_in_elsewhere, views

app_patterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    # Before the library's own: our way back from an organisation checks what it is told.
    path("account/oidc/<slug:provider_id>/login/callback/", sign_in_elsewhere.callback, name="openid_connect_callback"),
    path("account/invitations/<str:token>/", invited.invited, name="account_invitation"),
    path("account/", include("allauth.urls")),
    path("confirm/<str:token>/", asking.confirmation, name="confirmation"),
    path("answer/<str:token>/", provider.claim_by_link, name="claim_by_link"),
    path("stories/consent/<str:token>/", story_consent, name="story_consent"),
    path("newsletters/no-more/<str:token>/", leave_by_link, name="newsletter_leave"),
    path("files/<str:token>/", views.file, name="file"),
    path("community/by-link/", include("commonweal.community.link_urls")),
    path("community/<str:party>/", include("commonweal.community.group_urls")),
    path("calendar/provider/<str:token>.ics", calendar_of_provider, name="mobilisation_provider_feed"),
    path("calendar/<str:token>.ics", calendar_feed, name="mobilisation_feed"),
    path("<slug:body>/colour.css", views.colour, name="colour"),
    path("<slug:body>/jobs/<str:public_id>/", views.job, name="job"),
    path("<slug:body>/jobs/<str:public_id>/progress.json", views.job_progress, name="job_progress"),
    path("<slug:body>/work/", include("commonweal.reporting.urls")),
    path("<slug:body>/work/", include("commonweal.reporting.stories.urls")),
    path("<slug:body>/work/", include("commonweal.reporting.reports.urls")),
    path("<slug:body>/work/", include("commonweal.reporting.register.urls")),
    path("<slug:body>/work/", include("commonweal.reporting.benchmarks.urls")),
    path("<slug:body>/work/", include("commonweal.reporting.accounts.urls")),
    path("<slug:body>/work/", include("commonweal.reporting.budget.urls")),
    path("<slug:body>/work/", include("commonweal.reporting.boards.urls")),
    path("<slug:body>/work/", include("commonweal.frameworks.urls")),
    path("<slug:body>/work/", include("commonweal.community.urls")),
    path("<slug:body>/work/", include("commonweal.asks.urls")),
    path("<slug:body>/work/", include("commonweal.delivery.changes.urls")),
    path("<slug:body>/work/", include("commonweal.delivery.orders.urls")),
    path("<slug:body>/work/", include("commonweal.delivery.assurance.urls")),
    path("<slug:body>/work/", include("commonweal.delivery.returns.urls")),
    path("<slug:body>/work/", include("commonweal.delivery.urls")),
    path("<slug:body>/work/", include("commonweal.delivery.mobilisation.urls")),
    path("<slug:body>/work/", include("commonweal.directory.urls")),
    path("report/<str:token>/", include("commonweal.delivery.returns.link_urls")),
    path("provider/<str:party>/parts/<str:public_id>/", include("commonweal.delivery.returns.part_urls")),
    path("provider/<str:party>/", include("commonweal.delivery.returns.provider_urls")),
    path("provider/<str:party>/", include("commonweal.delivery.provider_urls")),
    path("provider/<str:party>/", include("commonweal.delivery.mobilisation.provider_urls")),
    path("provider/<str:party>/", include("commonweal.delivery.changes.provider_urls")),
    path("provider/<str:party>/", include("commonweal.delivery.orders.provider_urls")),
    path("<slug:body>/work/", include("commonweal.delivery.reviews.urls")),
    path("provider/<str:party>/", include("commonweal.delivery.reviews.provider_urls")),
    path("provider/<str:party>/", include("commonweal.delivery.assurance.provider_urls")),
    path("provider/<str:party>/", include("commonweal.reporting.provider_urls")),
    path("provider/<str:party>/", include("commonweal.reporting.stories.provider_urls")),
    path("provider/<str:party>/", include("commonweal.delivery.rights.provider_urls")),
    path("provider/<str:party>/", include("commonweal.directory.provider_urls")),
    path("provider/<str:party>/", include("commonweal.publishing.provider_urls")),
    path("<slug:body>/", include("commonweal.publishing.urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [*i18n_patterns(*app_patterns, prefix_default_language=False)]

handler400 = "commonweal.web.views.not_understood"
handler403 = "commonweal.web.views.refused"
handler404 = "commonweal.base.middleware.not_found"
handler500 = "commonweal.web.views.failed"
