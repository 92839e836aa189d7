"""Gathers every text marked for translation into the Welsh catalogue, and compiles it; needs no program but Python.

    .venv/bin/python tools/make_messages.py           update django.po (translations are kept) and django.mo
    .venv/bin/python tools/make_messages.py --check   say what has no Welsh yet or is out of date; exit 1 if anything

Plural forms are those of the Unicode CLDR for Welsh: none, one, two, three, six, and any other number.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "commonweal"
CATALOGUE = PACKAGE / "web" / "locale" / "cy" / "LC_MESSAGES"
PLURALS = 6
HEADER = (
    "Project-Id-Version: Commonweal\n"
    "Language: cy\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=6; plural=(n==0) ? 0 : (n==1) ? 1 : (n==2) ? 2 : (n==3) ? 3 : (n==6) ? 4 : 5;\n"
)
#: How many texts each function takes, and whether a context stands before them.
FUNCTIONS = {
    "gettext": (1, False), "gettext_lazy": (1, False), "_": (1, False), "gettext_noop": (1, False),
    "ngettext": (2, False), "ngettext_lazy": (2, False), "pgettext": (1, True), "pgettext_lazy": (1, True),
    "npgettext": (2, True), "npgettext_lazy": (2, True),
}  # fmt: skip
_TEXT = r"""u?('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*{_TEXT}(?:\s*,\s*{_TEXT})?(?:\s*,\s*{_TEXT})?")
_FILLED = re.compile(r"%\((\w+)\)[sd]")


@dataclass(frozen=True, order=True)
class Message:
    """One text: its context ("" for none), the text, and its plural ("" for none)."""

    context: str
    text: str
    plural: str

    @property
    def key(self) -> str:
        """The text as a compiled catalogue looks it up."""
        text = f"{self.text}\0{self.plural}" if self.plural else self.text
        return f"{self.context}\4{text}" if self.context else text


def marked_texts() -> dict[Message, str]:
    """This will find every marked text of the package and the first file it stands in, by file and then by order."""
    found: dict[Message, str] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or "locale" in path.parts:
            continue
        for message in texts_in(path):
            found.setdefault(message, str(path.relative_to(ROOT)))
    return found


def texts_in(path: Path) -> Iterator[Message]:
    """This will find the marked texts of one Python file or template."""
    if path.suffix == ".py":
        yield from _in_python(ast.parse(path.read_text()))
        return
    from django.utils.translation.template import templatize

    for name, *texts in _CALL.findall(templatize(path.read_text(), origin=str(path))):
        count, has_context = FUNCTIONS[name]
        yield _message([ast.literal_eval(text) for text in texts if text][: count + has_context], has_context)


def _in_python(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            continue
        count, has_context = FUNCTIONS[node.func.id]
        given = node.args[: count + has_context]
        texts = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if texts and len(texts) == len(given):
            yield _message(texts, has_context)


def _message(texts: list[str], has_context: bool) -> Message:
    context, rest = (texts[0], texts[1:]) if has_context else ("", texts)
    return Message(context, rest[0], rest[1] if len(rest) > 1 else "")


# --- the catalogue ----------------------------------------------------------------------------------------------------


def read_catalogue(path: Path) -> dict[Message, tuple[str, ...]]:
    """This will read a catalogue: each message and its translations (one, or one for each plural form)."""
    found: dict[Message, tuple[str, ...]] = {}
    if not path.exists():
        return found
    for block in path.read_text().split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if not line.startswith('"'):
                name, _space, line = line.partition(" ")
                fields[name] = ""
            fields[name] += ast.literal_eval(line)
        if fields.get("msgid"):
            message = Message(fields.get("msgctxt", ""), fields["msgid"], fields.get("msgid_plural", ""))
            if message.plural:
                found[message] = tuple(fields.get(f"msgstr[{n}]", "") for n in range(PLURALS))
            else:
                found[message] = (fields.get("msgstr", ""),)
    return found


def write_catalogue(messages: dict[Message, str], welsh: dict[Message, tuple[str, ...]]) -> str:
    """This will write the catalogue of the marked texts with the translations there are."""
    blocks = ['msgid ""\nmsgstr ""\n' + "\n".join(_quoted(line + "\n") for line in HEADER.splitlines())]
    for message, place in messages.items():
        lines = [f"#: {place}"]
        if message.context:
            lines.append(f"msgctxt {_quoted(message.context)}")
        lines.append(f"msgid {_quoted(message.text)}")
        if message.plural:
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            forms = welsh.get(message, ("",) * PLURALS)
            lines += [f"msgstr[{n}] {_quoted(form)}" for n, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quoted(welsh.get(message, ('',))[0])}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def compiled(welsh: dict[Message, tuple[str, ...]]) -> bytes:
    """This will compile a catalogue to the form Python's gettext reads; what has no Welsh is left out."""
    entries = {"": HEADER} | {m.key: "\0".join(forms) for m, forms in welsh.items() if all(forms)}
    pairs = sorted((key.encode(), text.encode()) for key, text in entries.items())
    start = 28
    keys_at, texts_at = start, start + 8 * len(pairs)
    place = texts_at + 8 * len(pairs)
    tables, strings = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), place + len(strings))
            strings += pair[column] + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, len(pairs), keys_at, texts_at, 0, place) + tables[0] + tables[1] + strings


def faults(messages: Iterable[Message], welsh: dict[Message, tuple[str, ...]]) -> Iterator[str]:
    """This will say, a sentence each, what has no Welsh and whose Welsh has other places to fill than its English."""
    for message in messages:
        forms = welsh.get(message, ())
        if not forms or not all(forms):
            yield f"no Welsh: {message.text!r}"
            continue
        english = set(_FILLED.findall(message.text + message.plural))
        for form in forms:
            if not set(_FILLED.findall(form)) <= english:
                yield f"fills what is not there: {form!r}"
        if english - set().union(*(_FILLED.findall(form) for form in forms)):
            yield f"leaves something out: {message.text!r}"


def main(arguments: list[str]) -> int:
    """This will update or check the catalogue; answers the exit code."""
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    messages = marked_texts()
    held = read_catalogue(CATALOGUE / "django.po")
    welsh = {message: held[message] for message in messages if message in held}
    text, binary = write_catalogue(messages, welsh), compiled(welsh)
    wrong = list(faults(messages, welsh))
    if "--check" in arguments:
        current = (CATALOGUE / "django.po").read_text() == text and (CATALOGUE / "django.mo").read_bytes() == binary
        wrong += [] if current else ["the catalogue is out of date: run tools/make_messages.py"]
    else:
        CATALOGUE.mkdir(parents=True, exist_ok=True)
        (CATALOGUE / "django.po").write_text(text)
        (CATALOGUE / "django.mo").write_bytes(binary)
    for sentence in wrong:
        print(sentence)
    print(f"{len(messages)} texts, {len(wrong)} without Welsh or with a fault")
    return 1 if wrong and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
