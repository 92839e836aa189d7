"""Addresses of the room of reviews, under /<body>/work/."""

from django.urls import path

from commonweal.delivery.reviews.views import kpis, notices, ratings, reviews

app_name = "reviews"
urlpatterns = [
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/export/<str:form>/", reviews.reviews_export, name="reviews_export"),
    path("agreements/<str:public_id>/reviews/", reviews.agreement, name="agreement"),
    path("agreements/<str:public_id>/reviews/export/<str:form>/", reviews.actions_export, name="actions_export"),
    path("agreements/<str:public_id>/reviews/add/", reviews.review_add, name="review_add"),
    path("agreements/<str:public_id>/warnings/add/", reviews.warning_add, name="warning_add"),
    path("reviews/<str:public_id>/", reviews.review, name="review"),
    path("reviews/<str:public_id>/hold/", reviews.review_hold, name="review_hold"),
    path("reviews/<str:public_id>/cancel/", reviews.review_cancel, name="review_cancel"),
    path("reviews/<str:public_id>/sign/", reviews.review_sign, name="review_sign"),
    path("reviews/<str:public_id>/actions/add/", reviews.action_add, name="action_add"),
    path("review-actions/<str:public_id>/close/", reviews.action_close, name="action_close"),
    path("warnings/<str:public_id>/settle/", reviews.warning_settle, name="warning_settle"),
    path("agreements/<str:public_id>/kpis/", kpis.kpis, name="kpis"),
    path("agreements/<str:public_id>/kpis/export/<str:form>/", kpis.ratings_export, name="ratings_export"),
    path("agreements/<str:public_id>/kpis/add/", kpis.kpi_add, name="kpi_add"),
    path("agreements/<str:public_id>/kpis/exemption/", kpis.kpi_exemption, name="kpi_exemption"),
    path("kpis/<str:public_id>/end/", kpis.kpi_end, name="kpi_end"),
    path("kpis/<str:public_id>/rate/", ratings.rating_add, name="rating_add"),
    path("ratings/<str:public_id>/", ratings.rating, name="rating"),
    path("ratings/<str:public_id>/plan/", ratings.plan_file, name="plan_file"),
    path("ratings/<str:public_id>/change/", ratings.rating_change, name="rating_change"),
    path("ratings/<str:public_id>/send/", ratings.rating_send, name="rating_send"),
    path("ratings/<str:public_id>/withdraw/", ratings.rating_withdraw, name="rating_withdraw"),
    path("ratings/<str:public_id>/decide/", ratings.rating_decide, name="rating_decide"),
    path("ratings/<str:public_id>/plan/give/", ratings.rating_plan, name="rating_plan"),
    path("ratings/<str:public_id>/lock/", ratings.rating_lock, name="rating_lock"),
    path("ratings/<str:public_id>/publish/", ratings.rating_publish, name="rating_publish"),
    path("agreements/<str:public_id>/performance-notice/", notices.notice, name="notice"),
    path("agreements/<str:public_id>/performance-notice.json", notices.notice_json, name="notice_json"),
]
