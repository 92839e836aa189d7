"""Files that must be refused: each says in its first two lines where the fault is and what the reason must read."""

import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.engine.catalogue import edition_of, load_edition
from commonweal.engine.check import check_framework
from commonweal.engine.document import CATALOGUE, LARGEST_FILE, FileRefused, Finding, parse_document

REFUSED = sorted((Path(__file__).parent / "refused_frameworks").glob("*.yaml"))
RIGHT = (CATALOGUE / "frameworks" / "open-measures" / "1.0.yaml").read_bytes()


def judged(raw: bytes) -> list[Finding]:
    try:
        edition, findings = edition_of(parse_document(raw, "example.yaml"))
    except FileRefused as refused:
        return list(refused.findings)
    assert (edition is None) == bool(findings)
    return findings


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_a_wrong_file_is_refused_for_its_one_reason(path: Path) -> None:
    where, reason = (line.split(": ", 1)[1] for line in path.read_text("utf-8").splitlines()[:2])
    (finding,) = check_framework(path)
    assert finding.file == str(path)
    assert finding.where.removesuffix(where) == "" or finding.where.startswith(f"{where} (line ")
    assert finding.reason == reason
    assert finding.fix
    with pytest.raises(FileRefused) as refused:
        load_edition(path)
    assert refused.value.findings == (finding,)


def test_several_faults_of_form_are_all_given() -> None:
    raw = b"id: example\nversion: 1.0\nnation: france\nthemes: [{id: a, title: A, outcomes: none}]\n"
    reasons = {finding.reason for finding in judged(raw)}
    assert {
        "1.0 is a bare number",
        "'france' is not a known nation",
        "'none' is not a list",
        "licence is missing",
        "source is missing",
    } <= reasons


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"id: \xff\xfe", "byte 5 is not UTF-8 text"),
        (b"id: a\x00b", "this is not YAML: it has characters that text files may not have"),
        (b"x" * (LARGEST_FILE + 1), "the file is larger than 5 MB"),
        (b"a: [" + b"[" * 100_000, "parts lie more than 24 deep in one another"),
        (b"a: " + b"[" + b"1," * 300_000 + b"]", "the file has more than 100,000 entries"),
        (b"? {a: b}\n: c", "the name of an entry is not plain text"),
        (b"id: " + b"9" * 100_000, "version is missing"),
        (b"".join(b"k%d: x\n" % number for number in range(40_000)), "there are more than 500 faults"),
        (b"id: .inf\nversion: .nan", "inf is a bare number"),
    ],
    ids=[
        "not-utf-8",
        "nul",
        "too-large",
        "too-deep",
        "too-many",
        "mapping-as-key",
        "endless-number",
        "endless-faults",
        "not-a-number",
    ],
)
def test_hostile_bytes_are_refused(raw: bytes, reason: str) -> None:
    assert reason in {finding.reason for finding in judged(raw)}


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (missing,) = check_framework(tmp_path / "none.yaml")
    assert missing.reason == "the file cannot be read: No such file or directory"
    (folder,) = check_framework(tmp_path)
    assert folder.reason == "the file cannot be read: Is a directory"
    (nul,) = check_framework("a\0b.yaml")
    assert nul.reason.startswith("the file cannot be read")


def test_a_large_file_is_never_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with open(path, "wb") as opened:
        opened.truncate(10**12)
    (finding,) = check_framework(path)
    assert finding.reason == "the file is larger than 5 MB"


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_findings(raw: bytes) -> None:
    assert judged(raw)


yaml_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["1.0", "uk", "2024"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "version", "title", "source", "themes", "outcomes", "measures", "value", "kind"]),
            inner,
        )
    ),
    max_leaves=20,
)


@given(yaml_values)
@settings(max_examples=300, deadline=None)
def test_any_shape_gives_findings(content: object) -> None:
    assert judged(yaml.safe_dump(content, allow_unicode=True).encode())


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_edition_never_raises(seed: int) -> None:
    chance = random.Random(seed)
    lines = RIGHT.splitlines(keepends=True)
    for _ in range(chance.randint(1, 6)):
        number = chance.randrange(len(lines))
        damage = chance.choice(["drop", "repeat", "swap", "cut", "number"])
        if damage == "drop":
            del lines[number]
        elif damage == "repeat":
            lines.insert(number, lines[number])
        elif damage == "swap":
            other = chance.randrange(len(lines))
            lines[number], lines[other] = lines[other], lines[number]
        elif damage == "cut":
            lines[number] = lines[number][: chance.randrange(len(lines[number]))] + b"\n"
        else:
            lines[number] = lines[number].replace(b'"', b"")
    for finding in judged(b"".join(lines)):
        assert finding.where
        assert finding.reason
        assert finding.fix
