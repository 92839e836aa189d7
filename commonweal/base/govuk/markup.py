"""HTML built from values, so that escaping happens in one place and cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

#: Elements that have no content and no end tag.
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def text(value: object) -> SafeString:
    """This will turn a value into escaped text: None is empty, True and False are `true` and `false`.

    A SafeString passes as it is, so markup gets in only when some code has vouched for it; lazy translations are
    resolved.
    """
    if value is None:
        return mark_safe("")
    if isinstance(value, bool):
        return mark_safe("true" if value else "false")  # noqa: S308 - a constant
    return conditional_escape(value)  # type: ignore[arg-type]  # it takes anything that str() takes


def join(parts: Iterable[object], separator: str = "") -> SafeString:
    """This will join values into markup, each escaped as `text` does."""
    return mark_safe(text(separator).join(text(part) for part in parts))  # noqa: S308 - every part went through text()


def classes(*names: object) -> str:
    """This will join class names with spaces, leaving out those that are empty."""
    return " ".join(str(name) for name in names if name)


def element(name: str, attributes: Mapping[str, object], *children: object) -> SafeString:
    """This will build one element. Attributes that are None or False are left out and True gives the bare name;
    every other value and every child is escaped."""
    written = "".join(
        f" {text(key)}" if value is True else f' {text(key)}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    start = f"<{name}{written}>"
    if name in VOID:
        return mark_safe(start)  # noqa: S308 - name is ours, attributes are escaped above
    return mark_safe(f"{start}{join(children)}</{name}>")  # noqa: S308 - as above, children by join()
