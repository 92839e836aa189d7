"""The contract of the components: GOV.UK Frontend's own examples, all of them, and escaping everywhere."""

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils.safestring import mark_safe

import commonweal.base.govuk
from commonweal.base.govuk.components import COMPONENTS, UnknownComponent, render

FIXTURES = json.loads(
    gzip.decompress((Path(commonweal.base.govuk.__file__).parent / "fixtures/fixtures.json.gz").read_bytes())
)
INLINE = {"a", "abbr", "code", "em", "span", "strong"}
PRESERVED = {"textarea"}


class Tokens(HTMLParser):
    """This will read HTML as a browser would show it: white space collapsed, none of it at the edge of a block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[object] = []
        self.space = False
        self.edge = True
        self.open: list[str] = []

    def boundary(self, tag: str) -> None:
        if tag not in INLINE:
            self.space, self.edge = False, True

    def handle_starttag(self, tag, attrs):
        self.boundary(tag)
        self.found.append((tag, tuple(sorted(attrs, key=str))))  # their order has no meaning
        self.open.append(tag)

    def handle_endtag(self, tag):
        self.boundary(tag)
        self.found.append(f"</{tag}>")
        self.open.append("")

    def handle_data(self, data):
        if self.open and self.open[-1] in PRESERVED:
            self.found.append(data)
            return
        words = re.sub(r"\s+", " ", data)
        if words.startswith(" "):
            self.space = not self.edge
        if words.strip():
            lead = " " if self.space else ""
            self.found.append(lead + words.strip())
            self.edge, self.space = False, words.endswith(" ")


def tokens(html: str) -> list[object]:
    parser = Tokens()
    parser.feed(html)
    parser.close()
    return parser.found


def vouched(value: object, key: str = "", parent: str = "") -> object:
    """This will mark as safe what the examples give as markup, as our callers must for their own."""
    if isinstance(value, dict):
        return {name: vouched(item, name, key) for name, item in value.items()}
    if isinstance(value, list):
        return [vouched(item, key, parent) for item in value]
    if isinstance(value, str) and (key.lower().endswith("html") or parent == "slots"):
        return mark_safe(value)
    return value


EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{example['name'].replace(' ', '-')}")
    for name, examples in FIXTURES.items()
    for example in examples
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_component_matches_the_official_example(name, example):
    assert tokens(render(name, vouched(example["options"]))) == tokens(example["html"])


def test_every_shipped_component_has_examples_and_the_other_way_round():
    assert set(COMPONENTS) == set(FIXTURES)
    assert len(EXAMPLES) > 600


def test_the_comparison_sees_a_missing_space_and_a_changed_attribute():
    assert tokens("<p>a <span>b</span></p>") != tokens("<p>a<span>b</span></p>")
    assert tokens('<p class="x">a</p>') != tokens('<p class="y">a</p>')
    assert tokens("<div>\n  <p>a</p> </div>") == tokens("<div><p>\n a\n</p></div>")


ATTACK = "<script>alert(1)</script>\"'"


def attacked(value: object) -> object:
    """This will put hostile words into every text of the options, markup options included."""
    if isinstance(value, dict):
        return {name: attacked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [attacked(item) for item in value]
    return value + ATTACK if value and isinstance(value, str) else value


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_nothing_unvouched_for_reaches_the_page_as_markup(name, example):
    html = render(name, attacked(example["options"]))
    parser = Tokens()
    parser.feed(html)
    assert not any(isinstance(token, tuple) and token[0] == "script" for token in parser.found)
    assert "<script" not in html
    for token in parser.found:
        if isinstance(token, tuple):
            assert not any(attribute.startswith("'") for attribute, _ in token[1]), token


def test_an_unknown_component_is_an_error_that_names_the_known_ones():
    with pytest.raises(UnknownComponent, match=r"buton.*button"):
        render("buton", {})
