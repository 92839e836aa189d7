"""Reads YAML that strangers may have written, and says what is wrong with it in words, with the line.

Every scalar stays text except `true`, `false`, `null` and plain numbers: a whole number is an int, and a number with a
decimal point a float, which no schema of the catalogue accepts. So an amount reaches Decimal only from quoted text.
Anchors, aliases and tags are refused: nothing in the catalogue needs them, and they are how a small file becomes big.
"""

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from referencing import Registry, Resource

CATALOGUE = Path(__file__).parent.parent / "catalogue"
LARGEST_FILE = 5 * 1024 * 1024
DEEPEST = 24
MOST_NODES = 100_000
MOST_FINDINGS = 500

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """This will say what is wrong in a file: which file, where in it, the reason, and what to do."""

    file: str
    where: str
    reason: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.reason}. {self.fix}"


class FileRefused(ValueError):
    """This will carry the findings for which a file was refused."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, findings)))


@dataclass(slots=True)
class Document:
    """This will hold what a YAML file says and the line (from 1) of each part of it."""

    file: str
    content: dict[str, Any]
    lines: dict[Place, int] = field(default_factory=dict)

    def finding(self, place: Place, reason: str, fix: str) -> Finding:
        """This will make a finding about the part at `place`, or about the nearest part that exists."""
        where = _path(place) or "the whole file"
        line = self.line(place)
        return Finding(self.file, f"{where} (line {line})" if line else where, reason, fix)

    def line(self, place: Place) -> int:
        """This will give the line of the part at `place`, or of the nearest part around it; 0 for the whole file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 0)


def read_document(path: str | Path, name: str | None = None) -> Document:
    """This will read one YAML file of at most 5 MB; raises `FileRefused` with one finding on anything it cannot read.

    `name` is what findings call the file; without it, the path as given.
    """
    file = name or str(path)
    try:
        with open(path, "rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _refusal(file, f"the file cannot be read: {reason}", "Check the name and that you may read it") from None
    return parse_document(raw, file)


def parse_document(raw: bytes, file: str) -> Document:
    """This will parse the bytes of one YAML file; raises `FileRefused` with one finding on anything it cannot read."""
    if len(raw) > LARGEST_FILE:
        raise _refusal(file, "the file is larger than 5 MB", "Split it, or remove what is not part of the framework")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fix = "Save the file as UTF-8"
        raise _refusal(file, f"byte {error.start + 1} is not UTF-8 text", fix) from None
    try:
        return _Builder(file).build(text)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else "the whole file"
        reason = f"this is not YAML: {error.problem or error.context}"
        raise FileRefused([Finding(file, line, reason, "Correct the indentation, quotes or brackets there")]) from None
    except yaml.YAMLError:
        fix = "Remove control characters; plain text and line ends only"
        raise _refusal(file, "this is not YAML: it has characters that text files may not have", fix) from None


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """This will build a mapping of JSON, where a reader would else silently keep the last of two; raises ValueError."""
    for name, count in Counter(name for name, _ in pairs).items():
        if count > 1:
            raise ValueError(f"{name[:60]!r} is given {count} times in one place")
    return dict(pairs)


def schema_findings(document: Document, schema: str) -> list[Finding]:
    """This will hold a document to a schema of the catalogue (`framework` or `values`) and say where it departs.

    In the order of the file; after the first 500 it says only that there are more.
    """
    errors = itertools.islice(_validator(schema).iter_errors(document.content), MOST_FINDINGS + 1)
    ordered = sorted(errors, key=lambda error: document.line(tuple(error.absolute_path)))
    found = [finding for error in ordered for finding in _in_words(document, error)]
    if len(found) > MOST_FINDINGS:
        more = document.finding((), f"there are more than {MOST_FINDINGS} faults", "Mend these first, then check again")
        found = [*found[:MOST_FINDINGS], more]
    return found


@functools.cache
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    contents = [read_document(path).content for path in sorted((CATALOGUE / "schema").glob("*.schema.yaml"))]
    registry: Registry[Any] = Registry().with_resources(
        [(content["$id"], Resource.from_contents(content)) for content in contents]
    )
    wanted = registry.contents(f"{schema}.schema.yaml")
    return jsonschema.Draft202012Validator(wanted, registry=registry)


def _refusal(file: str, reason: str, fix: str) -> FileRefused:
    return FileRefused([Finding(file, "the whole file", reason, fix)])


class _Builder:
    """This will build a document from parser events with a stack of its own, so that depth cannot exhaust Python's."""

    def __init__(self, file: str) -> None:
        self.document = Document(file, {})
        self.stack: list[_Open] = []
        self.nodes = 0
        self.documents = 0
        self.root: Any = None

    def build(self, text: str) -> Document:
        for event in yaml.parse(text, Loader=_LOADER):
            self._take(event)
        if not isinstance(self.root, dict):
            self._refuse(1, "the file is not a mapping", "Begin with lines such as `id: my-framework`")
        self.document.content = self.root
        return self.document

    def _take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._refuse(line, "the file holds more than one document", "Keep one document; remove the `---`")
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event, line)

    def _take_node(self, event: Any, line: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._refuse(line, f"the file has more than {MOST_NODES:,} entries", "Split it into several frameworks")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._refuse(line, "anchors and aliases (`&` and `*`) are not allowed", "Write the part out in full")
        if event.tag is not None and event.tag != "!":
            self._refuse(line, f"the tag {event.tag[:60]!r} is not allowed", "Remove it")
        if isinstance(event, yaml.ScalarEvent):
            self._place(_scalar(event), line)
        else:
            if len(self.stack) >= DEEPEST:
                self._refuse(line, f"parts lie more than {DEEPEST} deep in one another", "Flatten the file")
            collection: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            place = self._place(collection, line)
            self.stack.append(_Open(collection, place))

    def _place(self, value: Any, line: int) -> Place:
        if not self.stack:
            self.root = value
            return ()
        top = self.stack[-1]
        if isinstance(top.collection, list):
            place = (*top.place, len(top.collection))
            top.collection.append(value)
        elif top.key is None:
            if not isinstance(value, str | int) or isinstance(value, bool):
                self._refuse(line, "the name of an entry is not plain text", "Give the entry a short name")
            key = str(value)
            if key in top.collection:
                self._refuse(line, f"{key[:60]!r} is given twice", "Keep one of the two")
            top.key = key
            return top.place
        else:
            place = (*top.place, top.key)
            top.collection[top.key] = value
            top.key = None
        self.document.lines[place] = line
        return place

    def _refuse(self, line: int, reason: str, fix: str) -> None:
        places = [each.place + (() if each.key is None else (each.key,)) for each in self.stack[-1:]]
        where = _path(places[0]) if places else ""
        raise FileRefused([Finding(self.document.file, f"{where} (line {line})".strip(), reason, fix)])


@dataclass(slots=True)
class _Open:
    collection: Any
    place: Place
    key: str | None = None


def _scalar(event: Any) -> str | int | float | bool | None:
    text: str = event.value
    if event.style:
        return text
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def _path(place: Place) -> str:
    written = ""
    for step in place:
        written += f"[{step}]" if isinstance(step, int) else f".{step[:60]}"
    return written.lstrip(".")


_TYPES = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "empty",
}


def _in_words(document: Document, error: jsonschema.ValidationError) -> Iterator[Finding]:
    place: Place = tuple(error.absolute_path)
    wanted: Any = error.validator_value
    found: Any = error.instance
    schema: Any = error.schema
    advice = schema.get("x-fix", "") if isinstance(schema, dict) else ""
    shown = repr(found) if len(repr(found)) <= 60 else f"{repr(found)[:57]}..."
    match error.validator:
        case "required":
            properties = schema.get("properties", {})
            name = next(each for each in wanted if each not in found and f"{each!r} is a required" in error.message)
            fix = properties.get(name, {}).get("x-fix", f"Add `{name}:`")
            yield document.finding(place, f"{name} is missing", fix)
        case "oneOf" if isinstance(found, dict) and all(set(each) == {"required"} for each in wanted):
            known = [name for each in wanted for name in each["required"]]
            named = " and ".join(name for name in known if name in found)
            reason = f"it names {named} at once" if named else f"it names none of {', '.join(known)}"
            yield document.finding(place, reason, f"Name one of: {', '.join(known)}")
        case "oneOf" if not isinstance(found, dict) and schema.get("type") == "object":
            pass  # said already: it is not a mapping
        case "additionalProperties":
            for name in sorted(set(found) - set(schema.get("properties", {}))):
                fix = f"Remove it; known here: {', '.join(schema.get('properties', {}))}"
                yield document.finding((*place, name), f"{name[:60]} is not known here", fix)
        case "type" if isinstance(found, int | float) and not isinstance(found, bool) and "string" in wanted:
            yield document.finding(place, f"{shown} is a bare number", "Put it in quotes, so that it is kept exactly")
        case "type":
            types = [wanted] if isinstance(wanted, str) else wanted
            names = " or ".join(_TYPES[each] for each in types)
            yield document.finding(place, f"{shown} is not {names}", advice or f"Write {names} here")
        case "enum":
            fix = f"Use one of: {', '.join(each or 'empty' for each in wanted)}"
            named = next((each for each in reversed(place) if isinstance(each, str)), "value")
            yield document.finding(place, f"{shown} is not a known {named}", fix)
        case "pattern" | "format" | "minimum" | "maximum" | "minLength":
            yield document.finding(place, f"{shown} is not written as it should be", advice or f"It must fit {wanted}")
        case "minItems" | "minProperties" | "maxItems" | "maxProperties":
            yield document.finding(place, _count(len(found), wanted, error.validator), advice or "Correct their number")
        case "maxLength":
            reason = f"the text has {len(found):,} characters, and may have {wanted:,}"
            yield document.finding(place, reason, "Shorten it")
        case _:
            yield document.finding(place, error.message[:200], advice or "Correct it to fit the schema")


def _count(found: int, wanted: int, rule: str) -> str:
    """This will say in words that there are too few or too many of something."""
    there = "there are none" if not found else "there is 1" if found == 1 else f"there are {found:,}"
    if rule.startswith("min"):
        return f"{there}, and at least {wanted:,} {'is' if wanted == 1 else 'are'} needed"
    return f"{there}, and at most {wanted:,} may be"
