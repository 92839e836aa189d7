"""The gallery: frames and components with the kind of content they will hold, for looking at and for axe.

Everything in it is invented, and says so on the page.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from commonweal.base.charts import Bar, BarChart
from commonweal.base.govuk.components import render
from commonweal.base.govuk.forms import DateField, GovukRenderer, MaxWordsValidator
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.parts import AssuranceBar, Figure, PromiseMarks, PromiseTable, Thread

AS_OF = datetime.date(2026, 9, 30)


class FilterForm(forms.Form):
    """The filters of the gallery's list."""

    mark_optional = False
    default_renderer = GovukRenderer
    ward = forms.ChoiceField(
        label="Ward", required=False, choices=[("", "All wards"), ("harbour", "Harbour"), ("mill", "Mill Bank")]
    )
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any state"), ("due", "Due"), ("late", "Late")]
    )
    words = forms.CharField(label="Words in the promise", required=False)


class ReturnForm(forms.Form):
    """The one thing of the gallery's provider page: what was done this quarter."""

    default_renderer = GovukRenderer
    hours = forms.DecimalField(
        label="How many hours did people volunteer?", help_text="From 1 July to 30 September 2026. Whole or part hours."
    )
    ended = DateField(label="When did the last session end?", help_text="For example, 27 9 2026")
    place = forms.ChoiceField(
        label="Where did it happen?",
        choices=[("harbour", "Harbour ward"), ("mill", "Mill Bank ward"), ("both", "Both")],
        widget=forms.RadioSelect,
    )
    helped = forms.MultipleChoiceField(
        label="Who was helped?",
        required=False,
        choices=[("young", "Young people"), ("older", "Older people"), ("new", "People new to the area")],
        widget=forms.CheckboxSelectMultiple,
    )
    told = forms.CharField(
        label="What difference did it make?", widget=forms.Textarea, required=False, validators=[MaxWordsValidator(150)]
    )
    proof = forms.FileField(label="Add a sign-in sheet or photograph", required=False, help_text="PDF, JPG or PNG")
    govuk = {"hours": {"suffix": {"text": "hours"}, "classes": "govuk-input--width-5"}}


def frame() -> dict[str, Any]:
    """This will give what every gallery page's frame reads."""
    return {
        "page_body_name": "Tidewell Council",
        "body_css_url": "",
        "is_invented": True,
        "language_urls": {"en": "/", "cy": "/cy/"},
        "footer_links": [
            {"text": "Accessibility", "href": "/accessibility/"},
            {"text": "Privacy", "href": "/privacy/"},
            {"text": "Open data", "href": "/data/"},
        ],
    }


def staff_page() -> dict[str, Any]:
    """This will give the context of base/gallery.html: a staff page with thread, figures, a list and components."""
    rail = ["Today", "Plan", "Asks", "Promises", "Delivered", "Worth", "Published", "People and places"]
    return frame() | {
        "rail": [{"text": words, "href": "#", "current": words == "Promises"} for words in rail],
        "breadcrumbs": {"items": [{"text": "Promises", "href": "#"}, {"text": "Harbour Wall repairs"}]},
        "page_caption": "Agreement TC-0142",
        "page_heading": "Harbour Wall repairs",
        "thread": Thread.at(
            "delivered",
            plan=("#", "2 objectives"),
            ask=("#", "9 lines"),
            offer=("#", "9 lines"),
            promise=("#", "9 promises"),
            delivered=("#", "68 % delivered"),
            worth=("#", "Valued to September"),
        ),
        "worth": Figure(
            label="Worth of what was delivered",
            unit="£",
            value=Decimal("184200.40"),
            low=Decimal("151000"),
            high=Decimal("212400"),
            audience="staff",
            level="net",
            kind="welfare",
            price_year="2025-26",
            edition="Open Measures 2026.1",
            coverage="7 of 9 promises valued",
            as_of=AS_OF,
            how_we_know_url="#",
        ),
        "hours": Figure(
            label="Volunteering",
            unit="hours",
            value=Decimal("1240"),
            audience="staff",
            as_of=AS_OF,
            how_we_know_url="#",
        ),
        "bar": AssuranceBar(
            label="volunteering",
            unit="hours",
            claimed=Decimal("1240"),
            evidenced=Decimal("980"),
            confirmed=Decimal("410"),
            assured=Decimal("120"),
            confirmable=Decimal("600"),
        ),
        "promises": PromiseTable(
            (
                PromiseMarks(
                    label="Local people in work",
                    unit="full-time years",
                    promised=Decimal(12),
                    expected=Decimal(8),
                    delivered=Decimal("9.5"),
                ),
                PromiseMarks(
                    label="Apprentice weeks",
                    unit="weeks",
                    promised=Decimal(208),
                    expected=Decimal(139),
                    delivered=Decimal(88),
                ),
                PromiseMarks(
                    label="School visits", unit="visits", promised=Decimal(24), expected=Decimal(16), delivered=None
                ),
            )
        ),
        "listing": listing(),
        "empty_listing": Listing(
            caption="Changes agreed",
            columns=(),
            rows=(),
            query=QueryDict(),
            empty="No change has been asked for. When the work or its dates move, record what moves with them.",
            empty_action=Link("Record a change", "#"),
        ),
        "summary": {
            "rows": [
                row("Provider", "Brightwater Civils Ltd, medium"),
                row("Delivery lead", "Ayesha Khan"),
                row("Dates", "1 April 2026 to 31 March 2028, with one extension of a year"),
            ]
        },
        "tasks": {
            "items": [
                {
                    "title": {"text": "Accept the third return"},
                    "href": "#",
                    "status": {"tag": {"text": "Due 14 October 2026", "classes": "govuk-tag--yellow"}},
                },
                {
                    "title": {"text": "Agree the profile for year two"},
                    "hint": {"text": "The provider has answered"},
                    "href": "#",
                    "status": {"text": "Not started"},
                },
            ]
        },
    }


def row(key: str, value: str) -> dict[str, Any]:
    action = {"href": "#", "text": "Change", "visuallyHiddenText": key.lower()}
    return {"key": {"text": key}, "value": {"text": value}, "actions": {"items": [action]}}


def tag(words: str, colour: str) -> SafeString:
    return render("tag", {"text": words, "classes": f"govuk-tag--{colour}"})


def listing() -> Listing:
    """This will give a list of promises, filtered by ward and sorted by due date."""
    columns = (
        Column("promise", "Promise", sortable=True),
        Column("ward", "Ward"),
        Column("due", "Due", sortable=True),
        Column("promised", "Promised", numeric=True, sortable=True),
        Column("delivered", "Delivered", numeric=True),
        Column("state", "State"),
    )
    rows = [
        ("Local people in work", "Harbour", "31 December 2026", "12.0", "9.5", tag("On track", "green")),
        ("Apprentice weeks", "Harbour", "31 December 2026", "208", "88", tag("Behind", "orange")),
        ("School visits", "Mill Bank", "31 March 2027", "24", "Nothing recorded here yet", tag("Late", "red")),
        (
            "Local spend with small firms",
            "All wards",
            "31 March 2027",
            "£410,000",
            "£288,450",
            tag("On track", "green"),
        ),
        ("Volunteering for the sea cadets", "Harbour", "30 June 2027", "1,800", "1,240", tag("On track", "green")),
    ]
    query = QueryDict("ward=harbour&sort=due")
    return Listing(
        caption="Promises",
        columns=columns,
        rows=[(Link(words, "#"), *rest) for words, *rest in rows],
        query=query,
        count="128 promises",
        sort="due",
        after="abc",
        filters=FilterForm(query),
        exports={"CSV": "export.csv", "Excel": "export.xlsx"},
    )


def public_page() -> dict[str, Any]:
    """This will give the context of base/gallery_public.html: a headline, a picture, the words, the figure."""
    bars = (("Harbour", 61), ("Mill Bank", 48), ("Old Quay", 39), ("Castle", 22), ("Northfield", 9))
    return frame() | {
        "service_navigation": {
            "navigation": [
                {"text": "What was promised", "href": "#", "current": True},
                {"text": "Your ward", "href": "#"},
                {"text": "Have your say", "href": "#"},
                {"text": "Open data", "href": "#"},
            ],
            "menuButtonText": "Menu",
        },
        "page_headline": "Firms have kept two thirds of what they promised Tidewell",
        "chart": BarChart(
            title="Harbour ward has received most; Northfield, the poorest, least",
            unit="promises kept",
            source="Returns accepted by Tidewell Council",
            as_of=AS_OF,
            left_out="Promises not yet due are left out.",
            bars=tuple(Bar(ward, Decimal(kept)) for ward, kept in bars),
        ),
        "worth": Figure(
            label="Worth of what was delivered this year",
            unit="£",
            value=Decimal("1284200.40"),
            audience="public",
            low=Decimal("1040000"),
            high=Decimal("1502000"),
            level="net",
            kind="welfare",
            price_year="2025-26",
            edition="Open Measures 2026.1",
            coverage="41 of 60 agreements",
            as_of=AS_OF,
            how_we_know_url="#",
        ),
    }


def provider_page(sent: dict[str, str] | None = None) -> dict[str, Any]:
    """This will give the context of base/one_thing.html: one part of a return, refused when `sent` is not enough."""
    return frame() | {
        "back_url": "#",
        "page_caption": "Harbour Wall repairs, July to September 2026",
        "page_heading": "Volunteering",
        "form": ReturnForm(sent),
        "submit_text": "Save and continue",
        "csrf_token": "gallery",
    }
