"""Frames, lists, colours and what was brought in from outside."""

import json
import re
from pathlib import Path

import pytest
from django.http import QueryDict
from django.template.loader import get_template, render_to_string
from django.test import override_settings
from django.utils import translation
from django.utils.safestring import mark_safe

import commonweal.base
from commonweal.base.govuk import gallery
from commonweal.base.govuk.colour import LEAST_CONTRAST, NotAColour, body_css, contrast, read_colour
from commonweal.base.govuk.listing import Column, Link, Listing, WrongRow

BASE = Path(commonweal.base.__file__).parent
STATIC = BASE / "static/base"
PLAIN_STATIC = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PAGES = {
    "base/gallery.html": gallery.staff_page,
    "base/gallery_public.html": gallery.public_page,
    "base/one_thing.html": gallery.provider_page,
    "base/errors/400.html": gallery.frame,
    "base/errors/403.html": gallery.frame,
    "base/errors/404.html": gallery.frame,
    "base/errors/500.html": dict,
}


@pytest.fixture(autouse=True)
def _plain_static():
    with override_settings(STORAGES=PLAIN_STATIC):
        yield


def page(name, **more):
    return get_template(name).template.render(template_context(PAGES[name]() | more))


def template_context(content):
    from django.template import Context

    return Context(content)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_no_style_or_script_of_its_own_and_one_heading(name):
    html = page(name)
    assert not re.search(r"\sstyle=|\son[a-z]+=", html)
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert "<style" not in html
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    title = re.search(r"<title>(.*?)</title>", html)[1]
    assert title.strip(" –")
    assert '<html lang="en"' in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert html.index("govuk-skip-link") < html.index("<header")


def test_a_refused_form_says_so_in_the_title():
    title = re.compile(r"<title>(.*?)</title>")
    assert title.search(page("base/one_thing.html"))[1] == "Volunteering – Tidewell Council"
    refused = gallery.provider_page({"hours": "many"})
    assert title.search(page("base/one_thing.html", **refused))[1] == "Error: Volunteering – Tidewell Council"


def test_an_error_page_needs_nothing_from_the_request_and_shows_its_reference():
    assert "Something went wrong here" in page("base/errors/500.html")
    assert "<strong>K7Q2-91MD</strong>" in page("base/errors/404.html", reference="K7Q2-91MD")
    html = page("base/errors/403.html", sentence="Only <leads> publish")
    assert "Only &lt;leads&gt; publish" in html


def test_the_frame_escapes_what_a_body_calls_itself():
    html = page("base/gallery_public.html", page_body_name="<script>x</script>")
    assert "<script>x" not in html


def test_the_other_language_is_named_in_itself_and_the_page_carries_its_own():
    with translation.override("cy"):
        html = page("base/gallery_public.html")
    assert '<html lang="cy"' in html
    assert re.search(r'<a [^>]*href="/"[^>]*lang="en"[^>]*>English', html)
    assert re.search(r'<span [^>]*lang="cy"[^>]*>Cymraeg', html)


# --- lists ---


def listed(asked="", **more):
    given = {
        "caption": "Promises",
        "columns": (Column("name", "Name", sortable=True), Column("due", "Due", sortable=True), Column("n", "N", True)),
        "rows": [(Link("<b>Work</b>", "/p/1"), mark_safe("<i>1 May</i>"), "12")],
        "query": QueryDict(asked),
    }
    return Listing(**(given | more))


def drawn(listing):
    return render_to_string("base/listing.html", {"listing": listing})


def test_headings_lead_to_the_other_order_and_keep_the_filters_but_not_the_page():
    name, due, number = listed("ward=mill&after=x&sort=name", sort="name").headings
    assert (name.aria_sort, name.href) == ("ascending", "?ward=mill&sort=-name")
    assert (due.aria_sort, due.href) == ("none", "?ward=mill&sort=due")
    assert (number.aria_sort, number.href) == ("", "")
    assert listed(sort="-name").headings[0].href == "?sort=name"


def test_an_export_is_of_exactly_what_is_seen():
    listing = listed("ward=mill&after=x&sort=due", exports={"CSV": "/promises.csv"})
    assert listing.export_links == [Link("CSV", "/promises.csv?ward=mill&sort=due")]


def test_a_list_escapes_its_cells_unless_vouched_for_and_names_its_rows():
    html = drawn(listed(asked="after=now", count="1 promise", after="next"))
    head = '<th scope="row" role="rowheader" class="govuk-table__header">'
    assert f'{head}<a class="govuk-link" href="/p/1">&lt;b&gt;Work' in html
    assert 'data-label="' in html, "on a phone each cell stands beside its heading"
    assert "<i>1 May</i>" in html
    assert 'role="region" aria-label="Promises" tabindex="0"' in html
    assert 'href="?after=next"' in html
    assert "First page" in html


def test_an_empty_list_says_what_to_do_and_a_filtered_one_that_filters_hide_it():
    action = Link("Record a promise", "/new")
    html = drawn(listed(rows=[], empty="Nothing promised yet.", empty_action=action))
    assert "Nothing promised yet." in html
    assert 'href="/new"' in html
    query = QueryDict("ward=mill&sort=due")
    html = drawn(
        listed(rows=[], query=query, sort="due", filters=gallery.FilterForm(query), empty="Nothing promised yet.")
    )
    assert "Nothing matches these filters." in html
    assert 'href="?sort=due"' in html
    assert "Nothing promised yet." not in html


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(WrongRow, match="3 columns and a row of 1"):
        listed(rows=[("alone",)])


# --- the body's colour ---


@pytest.mark.parametrize(
    "chosen", ["#1d3d5c", "#ffffff", "#000000", "#7ac143", "#ffdd00", "#777777", "#e4003b", "#00ffff"]
)
def test_any_colour_gives_words_and_links_that_can_be_read(chosen):
    css = body_css(chosen)
    fill, on, link = (read_colour(found) for found in re.findall(r"#[0-9a-f]{6}", css))
    assert fill == read_colour(chosen)
    assert contrast(fill, on) >= LEAST_CONTRAST
    assert contrast(link, (243, 245, 247)) >= LEAST_CONTRAST


def test_contrast_is_that_of_the_guidelines():
    assert contrast((0, 0, 0), (255, 255, 255)) == 21
    assert round(contrast((119, 119, 119), (255, 255, 255)), 2) == 4.48


@pytest.mark.parametrize("wrong", ["red", "#fff", "#1d3d5c;}body{display:none", "#1d3d5c\n", ""])
def test_what_is_not_a_colour_never_reaches_a_stylesheet(wrong):
    with pytest.raises(NotAColour):
        body_css(wrong)


# --- what was brought in ---


def test_nothing_that_belongs_to_gov_uk_alone_is_left():
    forbidden = re.compile(r"crest|footer__crown|GDS ?Transport|copyright-logo", re.IGNORECASE)
    files = [path for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg"}]
    assert len(files) >= 6
    for path in files:
        assert not forbidden.search(path.read_text()), path
    names = {path.name for path in STATIC.rglob("*") if path.is_file()}
    assert not [name for name in names if "crown" in name or "crest" in name or name.endswith(".woff")]


def test_every_file_a_stylesheet_names_is_there_and_is_our_own():
    for path in STATIC.rglob("*.css"):
        for address in re.findall(r"url\(\"?([^)\"]+)\"?\)", path.read_text()):
            assert (path.parent / address).is_file(), (path.name, address)


def test_fonts_and_library_keep_their_licences():
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts/OFL.txt").read_text()
    assert "The MIT License" in (STATIC / "govuk/LICENCE.txt").read_text()


def test_every_script_is_one_file_without_imports():
    for path in STATIC.rglob("*.js"):
        assert not re.search(r"^\s*(import|export)\b", path.read_text(), re.MULTILINE), path.name


def test_the_progress_of_a_job_can_be_followed_without_script():
    html = render_to_string(
        "base/progress.html", {"poll_url": "/jobs/a.json", "job_message": "Reading", "job_total": 9, "job_done": 2}
    )
    assert 'data-poll-url="/jobs/a.json"' in html
    assert re.search(r'<a class="govuk-link" data-poll-link href="">Check again</a>', html)
    assert 'max="9" value="2"' in html
    assert json.dumps("Reading").strip('"') in html
