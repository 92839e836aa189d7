"""The signature parts and drawings as template tags, in the language of the page.

{% load parts %}
{% thread thread %} {% figure figure %} {% assurance_bar bar %} {% promise_table table "Promised against achieved" %}
{% chart chart %} {% ward_map map %}
"""

from __future__ import annotations

import hashlib
import json

from django import template
from django.utils.safestring import SafeString, mark_safe

from commonweal.base.charts import Chart, Table
from commonweal.base.maps import WardMap
from commonweal.base.parts import AssuranceBar, Figure, PromiseTable, Thread
from commonweal.base.templatetags.figures import page_language
from commonweal.base.welsh import say

register = template.Library()


@register.inclusion_tag("parts/thread.html")
def thread(thread: Thread) -> dict[str, object]:
    """This will draw the thread at the head of a page."""
    return {"thread": thread.content(page_language())}


@register.inclusion_tag("parts/figure.html")
def figure(figure: Figure) -> dict[str, object]:
    """This will draw one figure with its qualifiers and its way to the evidence."""
    return {"figure": figure.content(page_language())}


@register.inclusion_tag("parts/assurance_bar.html")
def assurance_bar(bar: AssuranceBar) -> dict[str, object]:
    """This will draw the assurance bar. Its pattern ids come from its words, so the same bar is always the same."""
    content = bar.content(page_language())
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {"bar": content, "uid": f"bar-{digest[:10]}"}


@register.inclusion_tag("parts/promise_table.html")
def promise_table(table: PromiseTable, caption: str = "") -> dict[str, object]:
    """This will draw rows of promised / expected by now / delivered."""
    return {"table": table.content(page_language()), "caption": caption}


@register.inclusion_tag("parts/chart.html")
def chart(chart: Chart) -> dict[str, object]:
    """This will draw a chart: its finding, its wide and its narrow picture, where it comes from, and its table."""
    lang = page_language()
    return {
        "chart": chart,
        "wide": _safe(chart.svg(lang=lang)),
        "narrow": _safe(chart.svg_narrow(lang=lang)),
        "beneath": chart.beneath(lang),
        "table": chart.table(lang),
        "table_label": say("The figures as a table", lang),
    }


@register.inclusion_tag("parts/ward_map.html")
def ward_map(ward_map: WardMap) -> dict[str, object]:
    """This will draw a ward map with its five steps and its table."""
    lang = page_language()
    table = ward_map.table(lang)
    return {
        "map": ward_map,
        "picture": _safe(ward_map.svg_narrow(lang=lang)),
        "key": ward_map.key(lang),
        "note": ward_map.note(lang),
        "beneath": ward_map.beneath(lang),
        "table": table,
        "rows": [{"cells": row, "href": href} for row, href in zip(table.rows, ward_map.links(), strict=True)],
    }


@register.inclusion_tag("parts/table.html")
def figures_table(table: Table) -> dict[str, object]:
    """This will write a chart's own figures as a table."""
    return {"table": table}


def _safe(svg: str) -> SafeString:
    # charts.py and maps.py escape every text they write; this is the one place that vouches for them.
    return mark_safe(svg)  # noqa: S308
