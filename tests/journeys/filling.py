"""Forms filled in without a browser: the page is read, its form completed as a person would, and sent the way it asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import lxml.html
from playwright.sync_api import APIRequestContext

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Shown:
    """One page as it came."""

    url: str
    status: int
    page: Any

    @property
    def main(self) -> str:
        """The words of its main part, on one line."""
        found = self.page.find(".//main")
        return " ".join((found if found is not None else self.page).text_content().split())

    def links(self, words: str = "", part: str = "") -> list[str]:
        """The addresses of links of the main part with these words, or this part in their address."""
        found = self.page.find(".//main")
        return [
            urljoin(self.url, each.get("href"))
            for each in (found if found is not None else self.page).iter("a")
            if each.get("href") and words in " ".join(each.text_content().split()) and part in each.get("href")
        ]

    def form(self, to: str = "", button: str = "") -> Any:
        """The last form that is sent to an address with this part in it, and that has this button."""
        sent = [each for each in self.page.forms if (each.method or "").upper() == "POST" and self._is_own(each)]
        if to:
            sent = [each for each in sent if to in urljoin(self.url, each.get("action") or self.url)]
        if button:
            sent = [each for each in sent if any(one.get("value") == button for one in each.iter("button"))]
        assert sent, f"no form to {to!r} at {self.url} ({self.status}): {self.main[:600]}"
        return sent[-1]

    @staticmethod
    def _is_own(form: Any) -> bool:
        return any(each.tag == "main" for each in form.iterancestors())


class Visitor:
    """Somebody who opens pages and sends forms; cookies are kept."""

    def __init__(self, request: APIRequestContext, address: str) -> None:
        self.request, self.address = request, address

    def open(self, path: str, status: int = 200) -> Shown:
        """Open a page, which answers as is expected."""
        answer = self.request.get(urljoin(self.address, path))
        return self._shown(answer, status)

    def fetch(self, path: str) -> bytes:
        """Open a file."""
        answer = self.request.get(urljoin(self.address, path))
        assert answer.status == 200, (path, answer.status)
        return answer.body()

    def send(
        self, shown: Shown | str, to: str = "", button: str = "", status: int = 200, file: Path | None = None, **given: Any
    ) -> Shown:  # fmt: skip
        """Complete a page's form and send it: what is not given stays as the page has it.

        `button` is a value of a button with a name; a date is given as a date, several values as a list.
        """
        page = self.open(shown) if isinstance(shown, str) else shown
        form = page.form(to, button)
        values = form.form_values()
        for name, value in _typed(form, given):
            values = [each for each in values if each[0] != name]
            values += [(name, each) for each in (value if isinstance(value, list) else [value])]
        beside = page.page.xpath("//input[@form=$id]", id=form.get("id") or "")  # boxes that stand outside their form
        known = {each.name for each in [*form.inputs, *beside] if each.name}
        unknown = {name for name, _ in values} - known
        assert not unknown, f"no such field at {page.url}: {unknown}; there are {sorted(known)}"
        for each in form.iter("button"):
            if button and each.get("value") == button:
                values.append((each.get("name"), button))
        target = urljoin(page.url, form.get("action") or page.url)
        if file is not None:
            name = next(each.name for each in form.inputs if each.get("type") == "file")
            body: dict[str, Any] = {key: value for key, value in values if key != name}
            body[name] = {"name": file.name, "mimeType": "application/octet-stream", "buffer": file.read_bytes()}
            answer = self.request.post(target, multipart=body)
        else:
            answer = self.request.post(target, data=urlencode(values), headers=FORM)
        return self._shown(answer, status)

    def sign_in(self, email: str, password: str) -> Visitor:
        """Sign in the way that everybody does."""
        shown = self.open("/account/login/")
        done = self.send(shown, login=email, password=password)
        assert "/account/" not in done.url, done.main
        return self

    @staticmethod
    def _shown(answer: Any, status: int) -> Shown:
        text = answer.text()
        shown = Shown(answer.url, answer.status, lxml.html.fromstring(text or "<html><main></main></html>"))
        errors = shown.page.find_class("govuk-error-summary")
        told = " ".join(errors[0].text_content().split()) if errors else shown.main[:500]
        assert answer.status == status, f"{answer.url} answered {answer.status}: {told}"
        return shown


def _typed(form: Any, given: dict[str, Any]) -> list[tuple[str, Any]]:
    """What was given, as the form's boxes take it: a date in its three boxes, a choice by its words."""
    found: list[tuple[str, Any]] = []
    for name, value in given.items():
        if hasattr(value, "year"):
            found += [(f"{name}-{part}", str(getattr(value, part))) for part in ("day", "month", "year")]
        elif isinstance(value, re.Pattern):
            choices = [each for each in form.inputs[name].iter("option") if each.get("value")]
            options = [each for each in choices if value.search(each.text_content())]
            assert options, f"nothing like {value.pattern} among the choices of {name}"
            found.append((name, options[0].get("value")))
        elif isinstance(value, list):
            found.append((name, [str(each) for each in value]))
        else:
            found.append((name, str(value)))
    return found
