"""Addresses of the room of accounts, under /<body>/work/."""

from django.urls import path

from commonweal.reporting.accounts.views import accounts, preparing

app_name = "accounts"
urlpatterns = [
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/checks/<str:year>/", preparing.checks, name="checks"),
    path("accounts/prepare/<str:year>/", preparing.prepare, name="prepare"),
    path("accounts/prepared/<str:public_id>/", preparing.preparation, name="preparation"),
    path("accounts/prepared/<str:public_id>/publish/", preparing.publish, name="publish"),
    path("accounts/prepared/<str:public_id>/withdraw/", preparing.withdraw, name="withdraw"),
    path("accounts/<int:number>/", accounts.account, name="account"),
    path("accounts/<int:number>/restate/", preparing.restate, name="restate"),
    path("accounts/<int:number>/export/<str:form>/", accounts.export, name="export"),
    path("accounts/<int:number>/lines/", accounts.lines, name="lines"),
    path("accounts/<int:number>/lines/export/<str:form>/", accounts.lines_export, name="lines_export"),
    path("accounts/<int:number>/lines/<str:record>/<str:line>/", accounts.line, name="line"),
]
