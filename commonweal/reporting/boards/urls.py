"""Addresses of boards, under /<body>/work/."""

from django.urls import path

from commonweal.reporting.boards.views import board

app_name = "boards"
urlpatterns = [
    path("overview/", board.board, name="board"),
    path("overview/export/<str:form>/", board.board_export, name="board_export"),
    path("overview/choose/", board.choose, name="choose"),
]
