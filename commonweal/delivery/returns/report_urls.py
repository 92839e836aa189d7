"""The pages of one return, the same for people who sign in and for those who hold a link."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from commonweal.delivery.returns.views import calendar, report, workbook

View = Callable[..., Any]


def pages(entered: Callable[[View], View]) -> list[URLPattern]:
    """This will give the addresses of one return, each page entered the way that `entered` says."""
    return [
        path("", entered(report.report), name="report"),
        path("lines/<str:line>/", entered(report.line), name="line"),
        path("nothing/", entered(report.nothing), name="nothing"),
        path("send/", entered(report.send), name="send"),
        path("done/", entered(report.finish), name="finish"),
        path("receipt/", entered(report.receipt), name="receipt"),
        path("pass-on/", entered(report.pass_on), name="pass_on"),
        path("parts/<str:part>/take-back/", entered(report.take_back), name="take_back"),
        path("due.ics", entered(calendar.calendar), name="calendar"),
        path("workbook/", entered(workbook.workbook), name="workbook"),
        path("upload/", entered(workbook.upload), name="upload"),
        path("keep/", entered(workbook.keep), name="keep"),
    ]
