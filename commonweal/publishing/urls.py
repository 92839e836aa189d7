"""The public site of a body, and what its staff decide about it."""

from django.urls import path

from commonweal.publishing.views import accounts, needs, previews, site, staff, told

app_name = "publishing"
urlpatterns = [
    path("work/published/", staff.pages, name="pages"),
    path("work/published/publish/", staff.publish, name="publish"),
    path("work/published/before/", previews.previews, name="previews"),
    path("work/published/before/set/", previews.previews_set, name="previews_set"),
    path("work/published/before/<str:public_id>/", previews.preview, name="preview"),
    path("work/published/<str:key>/withdraw/", staff.withdraw, name="withdraw"),
    path("work/published/<str:key>/put-back/", staff.put_back, name="put_back"),
    path("", site.body, name="body"),
    path("plan/", site.plan, name="plan"),
    path("plan/<str:lang>.pdf", site.plan_pdf, name="plan_pdf"),
    path("agreements/", site.agreements, name="agreements"),
    path("agreements/<str:key>/", site.agreement, name="agreement"),
    path("promises/", site.lines, name="lines"),
    path("promises/<str:key>/", site.line, name="line"),
    path("wards/", site.wards, name="wards"),
    path("wards/<str:key>/", site.ward, name="ward"),
    path("needs/", needs.needs, name="needs"),
    path("needs/feed.atom", needs.feed, name="needs_feed"),
    path("needs/open.json", needs.as_json, name="needs_json"),
    path("needs/download/<str:form>/", needs.download, name="needs_download"),
    path("needs/<str:key>/", needs.need, name="need"),
    path("needs/<str:key>/help/", needs.offer_help, name="need_help"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/checkpoint.txt", accounts.checkpoint, name="accounts_checkpoint"),
    path("accounts/public.key", accounts.key, name="accounts_key"),
    path("accounts/<int:number>/", accounts.account, name="account"),
    path("accounts/<int:number>/account.zip", accounts.bundle, name="account_bundle"),
    path("accounts/<int:number>/download/<str:form>/", accounts.download, name="account_download"),
    path("stories/", told.stories, name="stories"),
    path("stories/<str:key>/", told.story, name="story"),
    path("stories/<str:key>/picture/", told.story_picture, name="story_picture"),
    path("newsletters/", told.newsletters, name="newsletters"),
    path("newsletters/<str:key>/", told.newsletter, name="newsletter"),
    path("newsletters/<str:key>/<str:lang>.pdf", told.newsletter_pdf, name="newsletter_pdf"),
    path("newsletters/<str:key>/<str:lang>.txt", told.newsletter_text, name="newsletter_text"),
    path("figures/", site.figures, name="figures"),
    path("surveys/", site.surveys, name="surveys"),
    path("surveys/download/<str:form>/", site.surveys_download, name="surveys_download"),
    path("download/<str:form>/", site.download, name="download"),
]
