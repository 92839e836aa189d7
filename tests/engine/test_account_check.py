"""A published account is checked offline: nothing of it can be changed without the place being named."""

import random
import struct
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path

import made_accounts as made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_accounts import AT, KEY, OTHER_KEY

from commonweal.engine import account_bundle as bundle
from commonweal.engine import account_file
from commonweal.engine.account_bulk import gathered_in_bulk
from commonweal.engine.account_bundle import BundleRefused, Published, cells_of, checkpoint_text, make_bundle
from commonweal.engine.account_check import CheckRefused, check_account, read_checkpoint
from commonweal.engine.account_figures import Works, gathered, worked_out
from commonweal.engine.lines import Line
from commonweal.engine.model import PRIVATE
from commonweal.engine.signing import public_text
from commonweal.engine.value import value

FIRST, SECOND, THIRD = made.chain()
KEY_TEXT = public_text(KEY)
NOTED = checkpoint_text(
    made.BODY,
    [
        made.published(FIRST),
        Published(2, "2026-27", bundle.sha256_of(SECOND)),
        Published(3, "2025-26", bundle.sha256_of(THIRD)),
    ],
    KEY,
)


def parts_of(raw):
    return {each.name: bytes(each.view) for each in account_file.members_of(memoryview(raw))}


def signed_again(parts, key):
    """What somebody does who has changed an account and knows how it is written: digests, signature, all anew."""
    manifest = bundle.read_json(parts[bundle.MANIFEST])
    manifest["members"] = {
        name: {"sha256": bundle.sha256_of(content), "bytes": len(content)}
        for name, content in parts.items()
        if name not in (bundle.MANIFEST, bundle.SIGNATURE)
    }
    said = bundle.json_bytes(manifest)
    signature = bundle.json_bytes({
        "algorithm": "Ed25519", "public_key": public_text(key),
        "signature": bundle.signature_text(key, bundle.SIGNED_ACCOUNT, said),
    })  # fmt: skip
    return account_file.written({**parts, bundle.MANIFEST: said, bundle.SIGNATURE: signature})


def words(report):
    return "\n".join(map(str, report.faults))


def test_account_as_published_is_well():
    report = check_account(FIRST)
    assert words(report) == ""
    assert (report.lines, report.trust) == (16, "")
    assert "Nothing here shows that it is" in report.notes[0]


def test_key_from_elsewhere_says_whose_it_is():
    report = check_account(FIRST, key=KEY_TEXT)
    assert (report.is_well, report.trust, report.notes) == (True, "key", ())


def test_same_account_is_the_same_bytes():
    rows = made.portfolio(1, 16, made.SMALL)
    assert make_bundle(made.account(rows[::-1], made=made.SMALL), KEY) == FIRST


def test_chain_is_followed_with_the_accounts_before():
    report = check_account(THIRD, previous=[FIRST, SECOND], key=KEY_TEXT, checkpoint=NOTED)
    assert (words(report), report.notes) == ("", ())


@given(st.integers(0, 10**6), st.integers(1, 12))
@settings(max_examples=30, deadline=None)
def test_figures_are_those_of_the_engine(seed, lines):
    """The one walk over the lines comes to what `engine.value` says of the same lines, stage by stage."""
    rows = made.portfolio(seed, lines)
    parts = parts_of(make_bundle(made.account(rows), KEY))
    figures = [cells_of(text) for text in parts[bundle.FIGURES].decode().splitlines()[1:]]
    for stage in ("promised", "claimed"):
        wanted = [
            Line(cells[AT["measure"]], Decimal(cells[AT[stage]]), date.fromisoformat(cells[AT["start"]]),
                 date.fromisoformat(cells[AT["end"]]), cells[AT["place"]], cells[AT["agreement"]],
                 share=Decimal(cells[AT["share"]]), groups={"department": cells[AT["department"]]})
            for cells in rows if cells[AT["given"]] == "yes" and cells[AT[stage]]
        ]  # fmt: skip
        if not wanted:
            continue
        answer = value(wanted, made.EDITION, as_of=made.YEAR.ends_on, by=("department",))
        expected = {
            (total.direction, total.kind, total.level, total.price_year, central(total)): total.lines
            for total in (*answer.totals, *answer.harms)
        }
        told = {
            (cells[4], cells[5], cells[6], cells[7], (cells[9], cells[11], cells[10])): int(cells[15])
            for cells in figures if cells[0] == stage and not cells[1]
        }  # fmt: skip
        assert {(*key[:4], (key[4][0], key[4][2], key[4][1])): n for key, n in told.items()} == expected
        groups = {
            (group.by[0][1], total.direction, total.kind, total.level, total.price_year, central(total))
            for group in answer.groups
            for total in (*group.totals, *group.harms)
        }
        assert groups == {
            (cells[2], *cells[4:8], (cells[9], cells[10], cells[11]))
            for cells in figures if cells[0] == stage and cells[1] == "department"
        }  # fmt: skip


def central(total):
    span = total.amount
    return bundle.plain(span.low), "" if span.central is None else bundle.plain(span.central), bundle.plain(span.high)


# --- what is changed is found, and where -----------------------------------------------------------------------------


def test_changed_quantity_names_its_row_and_the_figures_that_differ():
    parts = parts_of(FIRST)
    text = parts[bundle.LINES].decode()
    line = next(each for each in text.splitlines() if each.startswith("delivery") and ",yes,yes,," in each)
    cells = cells_of(line)
    number = text.splitlines().index(line) + 1
    cells[AT["claimed"]] = "9" + cells[AT["claimed"]]
    parts[bundle.LINES] = text.replace(line, bundle.row_text(cells)).encode()
    report = check_account(account_file.written(parts))
    assert f"lines.csv: row {number}: line {cells[1]} was changed after the account was made" in words(report)
    assert "lines.csv: it has" in words(report)
    assert "figures.csv: row" in words(report)
    assert "and the lines come to" in words(report)


def test_changed_figure_names_its_row_and_column():
    parts = parts_of(FIRST)
    texts = parts[bundle.FIGURES].decode().splitlines()
    at = next(number for number, text in enumerate(texts) if ",welfare,gross," in text)
    cells = cells_of(texts[at])
    was, cells[10] = cells[10], "1"
    texts[at] = bundle.row_text(cells)
    parts[bundle.FIGURES] = ("\n".join(texts) + "\n").encode()
    report = check_account(signed_again(parts, KEY))
    assert f"figures.csv: row {at + 1}, column central: {cells[0]} welfare" in words(report)
    assert f"says 1, and the lines come to {was}" in words(report)


def test_every_digest_made_anew_without_the_key_is_found():
    parts = parts_of(FIRST)
    parts[bundle.STATEMENTS] = parts[bundle.STATEMENTS].replace(b'"1000"', b'"9000"')
    report = check_account(with_manifest_of(parts))
    assert "signature.json: the manifest was changed after it was signed" in words(report)


def with_manifest_of(parts):
    """Digests made anew, the signature left as it was."""
    again = parts_of(signed_again(parts, OTHER_KEY))
    again[bundle.SIGNATURE] = parts[bundle.SIGNATURE]
    return account_file.written(again)


def forged():
    """An account that is wrong throughout and agrees with itself, signed by another key."""
    return make_bundle(made.account(made.portfolio(77)), OTHER_KEY)


def test_forged_account_that_agrees_with_itself_is_found_by_the_key():
    assert "signed by another key" in words(check_account(forged(), key=KEY_TEXT))


def test_forged_account_that_agrees_with_itself_is_found_by_the_checkpoint():
    report = check_account(forged(), checkpoint=NOTED)
    assert "signed by another key" in words(report)
    assert "this is not the account that was noted" in words(report)


def test_forged_account_without_a_key_is_said_to_be_nobodys():
    report = check_account(forged())
    assert report.is_well
    assert report.trust == ""
    assert public_text(OTHER_KEY) in report.notes[0]


def test_account_that_was_restated_is_not_the_one_in_force():
    report = check_account(FIRST, checkpoint=NOTED)
    assert "the year was restated: account 1 is not the one in force" in words(report)


def test_account_that_does_not_follow_on_what_was_noted():
    other = make_bundle(made.account(made.portfolio(9)), KEY)
    second = make_bundle(made.account(made.portfolio(8), 2, previous=made.published(other)), KEY)
    noted = checkpoint_text(made.BODY, [made.published(FIRST)], KEY)
    assert "account 2 does not follow on account 1 as it was noted" in words(check_account(second, checkpoint=noted))


def test_account_before_must_be_the_one_it_follows_on():
    other = make_bundle(made.account(made.portfolio(9)), KEY)
    assert "another account 1 than the one given" in words(check_account(SECOND, previous=[other]))


@pytest.mark.parametrize("column", ["volume", "before", "price"])
def test_restatement_whose_parts_do_not_add_up_is_found(column):
    parts = parts_of(THIRD)
    texts = parts[bundle.RESTATEMENT].decode().splitlines()
    cells = cells_of(texts[1])
    cells[bundle.RESTATEMENT_COLUMNS.index(column)] = "1234567.891"
    texts[1] = bundle.row_text(cells)
    parts[bundle.RESTATEMENT] = ("\n".join(texts) + "\n").encode()
    assert "restatement.csv: row 2: before, volume, edition, method, price do not add up to after" in words(
        check_account(signed_again(parts, KEY))
    )


def test_restatement_that_adds_up_and_is_wrong_is_found_with_the_account_it_restates():
    parts = parts_of(THIRD)
    texts = parts[bundle.RESTATEMENT].decode().splitlines()
    cells = cells_of(texts[1])
    at = bundle.RESTATEMENT_COLUMNS.index
    with localcontext(prec=100):
        cells[at("volume")] = bundle.plain(Decimal(cells[at("volume")]) - 5)
        cells[at("price")] = bundle.plain(Decimal(cells[at("price")]) + 5)
    texts[1] = bundle.row_text(cells)
    parts[bundle.RESTATEMENT] = ("\n".join(texts) + "\n").encode()
    raw = signed_again(parts, KEY)
    assert check_account(raw).is_well
    assert "restatement.csv: row 2, column volume" in words(check_account(raw, previous=[FIRST]))


# --- a file that is not as it should be ------------------------------------------------------------------------------


def test_truncated_file_says_where_it_ends():
    report = check_account(FIRST[:-3000])
    assert f"the file: byte {len(FIRST) - 3000}: the file ends" in words(report)


def test_bytes_after_the_end_are_found():
    assert f"byte {len(FIRST)}: 1 bytes stand after the end" in words(check_account(FIRST + b"x"))


@pytest.mark.parametrize("name", [bundle.LINES, bundle.SIGNATURE, bundle.PRICES, "editions/made@1.0.json"])
def test_missing_part_is_named(name):
    parts = parts_of(FIRST)
    del parts[name]
    assert f"{name}: it is missing" in words(check_account(account_file.written(parts)))


def test_missing_manifest_leaves_nothing_to_check():
    parts = parts_of(FIRST)
    del parts[bundle.MANIFEST]
    assert "manifest.json: it is missing" in words(check_account(account_file.written(parts)))


def test_added_part_is_named():
    parts = parts_of(FIRST) | {"letter.txt": b"hello"}
    assert "letter.txt: no account holds such a part" in words(check_account(account_file.written(parts)))


def test_part_that_is_there_twice_is_found_at_its_byte():
    first = account_file.members_of(memoryview(FIRST))[0]
    ends = first.begins + len(first.view)
    report = check_account(FIRST[:ends] + FIRST)
    assert f"the file: byte {ends}: the member {first.name} is there twice" in words(report)


def test_zip_bomb_is_refused_before_it_is_unpacked():
    packed = zlib.compress(b"0" * 10**7)[2:-4]
    name = b"counts.csv"
    crc = zlib.crc32(b"0" * 10**7)
    head = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(packed), 10**7, len(name), 0)
    assert "'counts.csv' is compressed" in words(check_account(head + name + packed))


@pytest.mark.parametrize(
    "absurd",
    [
        b"[" * 100_000, b"{" + b'"a":' * 50_000, b"1" * 5000, b'{"a": 1e999}', b'{"a": NaN}', b"\xff\xfe", b"",
        b'{"format": 1, "format": 2}', b"null", b'{"a": "\\ud800"}', b'{"format":"commonweal-account-1"}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", [bundle.MANIFEST, bundle.STATEMENTS, bundle.PRICES, "editions/made@1.0.json"])
def test_absurd_json_is_a_fault_of_its_part(name, absurd):
    parts = parts_of(FIRST) | {name: absurd}
    report = check_account(account_file.written(parts))
    assert any(each.member == name for each in report.faults)


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("claimed", "1e3", "is not a plain number of 0 or more"),
        ("claimed", "-1", "is not a plain number of 0 or more"),
        ("claimed", "1.50", "is not a plain number of 0 or more"),
        ("share", "2", "is no share of 1"),
        ("start", "2025-13-01", "is no date"),
        ("measure", "nothing", "has no measure 'nothing'"),
        ("edition", "other@1", "the account holds no edition 'other@1'"),
        ("unit", "goats", "is counted in"),
        ("in_totals", "maybe", "neither yes nor no"),
        ("record", "wish", "neither a promise nor a delivery"),
        ("evidenced", "999999999999", "that was claimed"),
        ("line", "<script>", "is no id"),
        ("why_not", "because", "and the rules say ''"),
    ],
)
def test_line_that_cannot_be_is_named_by_row_and_column(column, text, said):
    rows = made.told([made.row("L1"), made.row("L2")])
    raw = make_bundle(made.account(rows), KEY)
    parts = parts_of(raw)
    rows[0][AT[column]] = text
    parts[bundle.LINES] = bundle.lines_bytes(rows)
    report = check_account(signed_again(parts, KEY))
    assert any(each.member == bundle.LINES and said in each.words and column in each.place for each in report.faults)


def test_effect_counted_twice_is_found():
    """Two prices of one effect: whoever lets both count in totals is told so."""
    rows = made.told([made.row("L1", measure="wellby"), made.row("L2", measure="qaly")])
    assert [cells[AT["in_totals"]] for cells in rows] == ["yes", "no"]
    rows[1][AT["in_totals"]], rows[1][AT["why_not"]] = "yes", ""
    raw = make_bundle(made.account(rows), KEY)
    assert "lines.csv: row 3, column why_not" in words(check_account(raw))


@pytest.mark.parametrize("raw", [b"hello", b"", b"PK", b"%PDF-1.7"])
def test_what_is_no_account_is_refused(raw):
    with pytest.raises(CheckRefused, match="not a published account"):
        check_account(raw)


@pytest.mark.parametrize("key", ["hello", "AAAA", KEY_TEXT[:-2] + "==", "é" * 44])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(CheckRefused, match="the key cannot be used"):
        check_account(FIRST, key=key)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("account 1", "account 4"), "changed after it was signed"),
        (lambda text: text.replace("2025-26", "2024-25"), "changed after it was signed"),
        (lambda text: "hello", "is not one"),
        (lambda text: text[:-5], "is not one"),
        (lambda text: text.replace("key ", "kay "), "is not one"),
        (lambda text: text + "x", "is not one"),
    ],
)
def test_checkpoint_that_was_changed_is_refused(change, said):
    with pytest.raises(CheckRefused, match=said):
        read_checkpoint(change(NOTED))


def test_licensed_edition_is_never_given_away():
    licensed = replace(made.EDITION, licence=PRIVATE)
    with pytest.raises(BundleRefused, match="licensed to the body"):
        make_bundle(made.account([made.row()], made=licensed), KEY)


def test_licensed_line_keeps_its_quantity_and_is_said_not_to_be_recomputed():
    licensed = made.row("L2", given="no", in_totals="no", why_not=bundle.LICENSED, edition="", measure="", unit="jobs")
    report = check_account(make_bundle(made.account([*made.told([made.row("L1")]), licensed]), KEY), key=KEY_TEXT)
    assert report.is_well
    assert report.not_recomputed == ((bundle.LICENSED, 1),)


# --- a thousand tamperings -------------------------------------------------------------------------------------------


def tampered(chance, raw):
    """One way or another of changing an account, from a slip of the disk to a forger who knows the format."""
    way = chance.randrange(8)
    data = bytearray(raw)
    place = chance.randrange(len(data))
    if way == 0:
        data[place] ^= 1 << chance.randrange(8)
    elif way == 1:
        del data[place : place + chance.randrange(1, 50)]
    elif way == 2:
        data[place:place] = chance.randbytes(chance.randrange(1, 50))
    elif way == 3:
        return swapped(chance, raw)
    elif way == 4:
        return rewritten(chance, raw, with_manifest_of)
    elif way == 5:
        return rewritten(chance, raw, lambda parts: signed_again(parts, OTHER_KEY))
    elif way == 6:
        return FIRST if raw is not FIRST else SECOND  # rolled back to another account
    else:
        return bytes(data[:place])
    return bytes(data)


def swapped(chance, raw):
    """Parts of another account, or of one another."""
    parts, other = parts_of(raw), parts_of(chance.choice([FIRST, SECOND, THIRD]))
    name = chance.choice([each for each in parts if each in other and parts[each] != other[each]] or [bundle.MANIFEST])
    if name in other and other[name] != parts[name]:
        parts[name] = other[name]
    else:
        one, two = chance.sample(sorted(parts), 2)
        parts[one], parts[two] = parts[two], parts[one]
    return account_file.written(parts)


def rewritten(chance, raw, sealed):
    """A quantity, a figure or a statement edited, and all digests made anew."""
    parts = parts_of(raw)
    name = chance.choice([bundle.LINES, bundle.FIGURES, bundle.COUNTS, bundle.STATEMENTS, bundle.NAMES])
    digits = [place for place, byte in enumerate(parts[name]) if chr(byte).isdigit()]
    if not digits:
        name = bundle.LINES
        digits = [place for place, byte in enumerate(parts[name]) if chr(byte).isdigit()]
    content = bytearray(parts[name])
    place = chance.choice(digits)
    content[place] = ord(str((int(chr(content[place])) + chance.randrange(1, 10)) % 10))
    parts[name] = bytes(content)
    if chance.random() < 0.5 and name == bundle.LINES:  # with the mark of the row, and the figures, made anew
        rows = [cells_of(text)[:-1] for text in parts[name].decode().splitlines()[1:]]
        parts[name] = bundle.lines_bytes(rows)
    return sealed(parts)


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_random_tamperings_are_found(seed):
    """Whoever holds a checkpoint is told of each, in words that name a part or a place; ten seeds make a thousand."""
    chance = random.Random(f"tampering {seed}")
    for number in range(100):
        raw = chance.choice([SECOND, THIRD])
        other = tampered(chance, raw)
        if other == raw:
            continue
        try:
            report = check_account(other, checkpoint=NOTED, key=KEY_TEXT)
        except CheckRefused:
            continue
        assert report.faults, f"seed {seed}, number {number}"
        for each in report.faults:
            assert each.member
            assert each.words


def test_same_tampering_is_found_without_any_key():
    """What a disk does to a file is found by anyone, with nothing but the file."""
    chance = random.Random(4)
    for _ in range(150):
        data = bytearray(FIRST)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        with suppress(CheckRefused):
            assert not check_account(bytes(data)).is_well


def test_account_is_read_from_a_file_as_from_memory(tmp_path: Path):
    path = tmp_path / "account.zip"
    path.write_bytes(FIRST)
    assert check_account(path, key=KEY_TEXT) == check_account(FIRST, key=KEY_TEXT)


def test_value_without_an_edition_of_its_own_is_not_worked_out_twice():
    works = Works({made.EDITION.reference: made.EDITION}, made.TABLES, made.YEAR.ends_on)
    one = works.factor("made@1.0", "bare", 2025, 0)
    assert works.factor("made@1.0", "bare", 2025, 0) is one


@pytest.mark.parametrize("seed", range(3))
def test_sums_of_many_lines_are_those_of_the_walk(tmp_path: Path, seed):
    rows = made.portfolio(seed, 300)
    path = tmp_path / "lines.csv"
    path.write_bytes(bundle.lines_bytes(rows))
    works = Works({made.EDITION.reference: made.EDITION}, made.TABLES, made.YEAR.ends_on)
    assert worked_out(gathered_in_bulk(path, works), works) == worked_out(gathered(rows, works), works)
