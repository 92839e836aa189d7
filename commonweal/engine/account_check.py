"""Checks a published account offline: who signed it, that nothing of it was changed, and that its figures follow.

    report = check_account(Path("account.zip"), previous=[...], key=..., checkpoint=...)

Everything is worked out again from the bundle itself: every line is read, every figure recomputed under the editions
and price tables the bundle holds, every digest taken, the signature checked, the chain followed. A signature shows that
the holder of a key made the account; whose key that is, only a key or a checkpoint from elsewhere can show, and without
one the report says so. Nothing here needs a network, a database or a setting.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from commonweal.engine import account_bundle as bundle
from commonweal.engine import account_file
from commonweal.engine.account_bundle import Published
from commonweal.engine.account_figures import Figures, Works, gathered, worked_out
from commonweal.engine.account_read import (
    Fault,
    Faults,
    Manifest,
    read_editions,
    read_lines,
    read_manifest,
    read_tables,
    rows_of,
)
from commonweal.engine.account_restated import check_restatement
from commonweal.engine.catalogue import EditionUnknown, editions, load_edition
from commonweal.engine.document import FileRefused
from commonweal.engine.model import Edition
from commonweal.engine.signing import KeyUnusable, check_key, fingerprint, is_signed, text_of

_COLUMNS: Final = {bundle.FIGURES: bundle.FIGURE_COLUMNS, bundle.COUNTS: bundle.COUNT_COLUMNS}
_ACCOUNT_LINE = re.compile(r"account ([1-9][0-9]{0,6}) ([0-9]{4}-[0-9]{2}) ([0-9a-f]{64})")


class CheckRefused(ValueError):
    """This will say why there is nothing to check: no account, no key, no checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """This will hold the accounts of a body that somebody noted, and the key that signed the note."""

    body: str
    name: str
    accounts: tuple[Published, ...]
    public_key: str


@dataclass(frozen=True, slots=True)
class Opened:
    """This will hold one account as it was read: what its manifest says, its parts, its digest and its key."""

    manifest: Manifest
    parts: Mapping[str, memoryview]
    sha256: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Report:
    """This will hold what was found: faults, what a reader must know besides, and what could not be recomputed.

    `trust` is how the key is known: `key`, `checkpoint`, or empty where nothing but the account says whose it is.
    """

    manifest: Manifest | None
    sha256: str
    public_key: str
    trust: str
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    lines: int = 0
    figures: int = 0
    not_recomputed: tuple[tuple[str, int], ...] = ()

    @property
    def is_well(self) -> bool:
        """This will say whether nothing is wrong."""
        return not self.faults


def check_account(
    source: bytes | Path,
    *,
    previous: Sequence[bytes | Path] = (),
    key: str = "",
    checkpoint: str = "",
) -> Report:
    """This will check one account, and how it follows on those given as `previous` (in any order).

    `key` is a public key you trust, `checkpoint` the text of a note taken earlier. Raises `CheckRefused` where what is
    given is no account, no key or no checkpoint at all, and OSError where it cannot be read.
    """
    try:
        trusted = check_key(key) if key else ""
    except KeyUnusable as error:
        raise CheckRefused(f"the key cannot be used: {error}") from None
    noted = read_checkpoint(checkpoint) if checkpoint else None
    faults, notes = Faults(), list[str]()
    with account_file.opened(source) as raw:
        held = _opened(raw, faults)
        if held is None:
            return Report(None, bundle.sha256_of(raw), "", "", faults.all(), ())
        trust = _check_trust(held, trusted, noted, faults, notes)
        figures, lines, kept_out = _recomputed(held, faults, notes)
        others = [each for each in (_earlier(source, faults) for source in previous) if each]
        _check_chain(held, others, noted, trust, faults, notes)
        before = next((each for each in others if _is(held.manifest.restates, each)), None)
        if held.manifest.restates and bundle.RESTATEMENT in held.parts and figures:
            check_restatement(held.manifest, held.parts, before.parts if before else None, faults, notes)
        report = Report(
            held.manifest, held.sha256, held.public_key, trust, faults.all(), tuple(notes), lines,
            figures.figures.count(b"\n") - 1 if figures else 0, kept_out,
        )  # fmt: skip
        del held, others, before
    return report


# --- the file, its parts and its signature ---------------------------------------------------------------------------


def _opened(raw: memoryview, faults: Faults) -> Opened | None:
    try:
        members = account_file.members_of(raw)
    except account_file.FileDamaged as error:
        if error.is_other:
            raise CheckRefused(error.reason) from None
        faults.add("the file", error.where, error.reason)
        return None
    parts = {each.name: each.view for each in members}
    for each in members:
        if not each.fits:
            faults.add(
                each.name, f"from byte {each.begins} of the file", "bytes of it were changed: its checksum differs"
            )
    if bundle.MANIFEST not in parts:
        faults.add(bundle.MANIFEST, "", "it is missing, so nothing says what this account is")
        return None
    try:
        manifest = read_manifest(parts[bundle.MANIFEST])
    except ValueError as error:
        faults.add(bundle.MANIFEST, "", str(error))
        return None
    _check_members(manifest, parts, faults)
    return Opened(manifest, parts, bundle.sha256_of(raw), _check_signature(parts, faults))


def _check_members(manifest: Manifest, parts: Mapping[str, memoryview], faults: Faults) -> None:
    wanted = {*bundle.ALWAYS, *map(bundle.edition_member, manifest.editions)}
    if manifest.restates:
        wanted.add(bundle.RESTATEMENT)
    for name in sorted(wanted - parts.keys()):
        faults.add(name, "", "it is missing")
    for name in sorted(parts.keys() - wanted):
        faults.add(name, "", "no account holds such a part: somebody added it")
    listed = wanted - {bundle.MANIFEST, bundle.SIGNATURE}
    if odd := sorted(listed ^ manifest.members.keys()):
        words = "it is not listed" if odd[0] in listed else f"it lists {odd[0][:60]}, which no such account holds"
        faults.add(odd[0] if odd[0] in listed else bundle.MANIFEST, "", words)
    for name in sorted(listed & parts.keys() & manifest.members.keys()):
        digest, size = manifest.members[name]
        if len(parts[name]) != size:
            faults.add(name, "", f"it has {len(parts[name]):,} bytes, and {size:,} were signed")
        elif bundle.sha256_of(parts[name]) != digest:
            faults.add(name, "", "it is not what was signed: its SHA-256 differs")


def _check_signature(parts: Mapping[str, memoryview], faults: Faults) -> str:
    """The key that signed, or "" where nothing valid did."""
    if bundle.SIGNATURE not in parts:
        return ""
    try:
        held = bundle.read_json(parts[bundle.SIGNATURE])
        if set(held) != {"algorithm", "public_key", "signature"} or held["algorithm"] != "Ed25519":
            raise ValueError("it is no Ed25519 signature")
        public_key = text_of(held, "public_key")
        good = is_signed(
            bundle.SIGNED_ACCOUNT, bytes(parts[bundle.MANIFEST]), public_key, text_of(held, "signature")
        )  # fmt: skip
    except ValueError as error:
        faults.add(bundle.SIGNATURE, "", str(error)[:150])
        return ""
    if not good:
        faults.add(
            bundle.SIGNATURE, "", "the manifest was changed after it was signed, or the signature is not its own"
        )
        return ""
    return public_key


def _check_trust(held: Opened, trusted: str, noted: Checkpoint | None, faults: Faults, notes: list[str]) -> str:
    signed_by = held.public_key
    for known, whose in ((trusted, "the key you gave"), (noted.public_key if noted else "", "the checkpoint's key")):
        if known and signed_by and signed_by != known:
            faults.add(
                bundle.SIGNATURE, "", f"it was signed by another key ({fingerprint(signed_by)}…) than {whose} "
                f"({fingerprint(known)}…)",
            )  # fmt: skip
            return ""
    if noted and trusted and noted.public_key != trusted:
        faults.add("the checkpoint", "", "it was signed by another key than the one you gave")
        return ""
    if trusted and signed_by:
        return "key"
    if noted and signed_by:
        notes.append(
            f"The checkpoint and the account were signed by one key, {fingerprint(signed_by)}…: trust it as far as you "
            "trust where you had the checkpoint from."
        )
        return "checkpoint"
    if signed_by:
        notes.append(
            f"The account says itself that its key ({signed_by}) is that of {held.manifest.body['name']}. Nothing here "
            "shows that it is: compare it with the key the body publishes, or give --key or --checkpoint."
        )
    return ""


# --- its figures -----------------------------------------------------------------------------------------------------


def _recomputed(
    held: Opened, faults: Faults, notes: list[str]
) -> tuple[Figures | None, int, tuple[tuple[str, int], ...]]:
    parts, manifest = held.parts, held.manifest
    found = read_editions(manifest, parts, faults)
    tables = read_tables(parts, faults)
    for name in (bundle.NAMES, bundle.STATEMENTS):
        _check_json(name, parts, faults)
    if manifest.as_of != manifest.year.ends_on:
        faults.add(bundle.MANIFEST, "as_of", f"an account of {manifest.year.name} is as at {manifest.year.ends_on}")
    if tables is None or bundle.LINES not in parts:
        return None, 0, ()
    notes += _unlike_catalogue(found)
    try:
        works = Works(found, tables, manifest.as_of)
        counter = Counter[str]()
        sums = gathered(_counted(read_lines(parts, works, faults), counter), works)
        figures = worked_out(sums, works)
    except (ValueError, ArithmeticError) as error:
        faults.add(bundle.PRICES, "", f"nothing can be valued with what the account holds: {str(error)[:150]}")
        return None, 0, ()
    for name, wanted in ((bundle.FIGURES, figures.figures), (bundle.COUNTS, figures.counts)):
        if name in parts and bytes(parts[name]) != wanted:
            _compare(name, parts[name], wanted, faults)
    if bundle.COVERAGE in parts and bytes(parts[bundle.COVERAGE]) != figures.coverage:
        faults.add(bundle.COVERAGE, "", "it does not say what the lines come to")
    kept = sorted({why for stage, why in sums.kept_out if stage in bundle.STAGES[:2]})
    lines = {why: sum(sums.kept_out.get((stage, why), 0) for stage in bundle.STAGES[:2]) for why in kept}
    return figures, counter["lines"], tuple(lines.items())


def _counted(rows: Iterable[list[str]], counter: Counter[str]) -> Iterator[list[str]]:
    """The same rows, counted as they go by: a million of them are never held at once."""
    for cells in rows:
        counter["lines"] += 1
        yield cells


def _check_json(name: str, parts: Mapping[str, memoryview], faults: Faults) -> None:
    if name not in parts:
        return
    try:
        held = bundle.read_json(parts[name])
    except ValueError as error:
        faults.add(name, "", str(error))
        return
    if name == bundle.STATEMENTS and held.get("not_part") != bundle.NOT_PART:
        faults.add(name, "not_part", f"an account says: {bundle.NOT_PART}")


def _unlike_catalogue(found: Mapping[str, Edition]) -> list[str]:
    """What is said of editions that this program knows by the same name with another content."""
    said = []
    for reference, edition in sorted(found.items()):
        try:
            if edition.version in editions(edition.framework_id) and load_edition(reference) != edition:
                said.append(f"{reference} is not as this Commonweal has it: the account's own is used.")
        except (EditionUnknown, FileRefused):
            continue
    return said


def _compare(name: str, raw: memoryview, wanted: bytes, faults: Faults) -> None:
    """Which figures differ: by what tells one from another, and then column by column."""
    columns = _COLUMNS[name]
    again = {_key(name, cells): cells for _, cells in rows_of(memoryview(wanted), name, columns, Faults())}
    seen: set[tuple[str, ...]] = set()
    before = len(faults.found)
    for number, cells in rows_of(raw, name, columns, faults):
        key = _key(name, cells)
        what = _named(name, cells)
        if key in seen:
            faults.add(name, f"row {number}", f"{what} is there twice")
        elif key not in again:
            faults.add(name, f"row {number}", f"{what} follows from no line")
        else:
            for column, said, came in zip(columns, cells, again[key], strict=True):
                if said != came:
                    faults.add(
                        name, f"row {number}, column {column}",
                        f"{what} says {said[:60] or 'nothing'}, and the lines come to {came[:60] or 'nothing'}",
                    )  # fmt: skip
        seen.add(key)
    for key, cells in again.items():
        if key not in seen:
            faults.add(name, "", f"{_named(name, cells)} is missing")
    if len(faults.found) == before:
        faults.add(name, "", "its rows are not in the order of an account")


def _key(name: str, cells: Sequence[str]) -> tuple[str, ...]:
    """What tells one row from another; a figure that is only a range is another than one with a middle."""
    if name == bundle.COUNTS:
        return cells[0], cells[1], cells[2], cells[7]
    return (*cells[:9], "" if cells[10] else "range")


def _named(name: str, cells: Sequence[str]) -> str:
    if name == bundle.COUNTS:
        return f"{cells[0]} {cells[2]} in {cells[3]}"
    group = f" of {cells[1]} {cells[2] or '(none)'}" if cells[1] else ""
    return f"{cells[0]} {cells[5]} {cells[4]}, {cells[6]}{group}, {cells[3]} in {cells[7]} prices,"


# --- the chain -------------------------------------------------------------------------------------------------------


def read_checkpoint(text: str) -> Checkpoint:
    """This will read a checkpoint and check its signature; raises `CheckRefused`."""
    head, mark, tail = text.rpartition("signature ")
    lines = head.splitlines()
    try:
        if not mark or len(lines) < 3 or lines[0] != f"{bundle.FORMAT} checkpoint" or not lines[1].startswith("body "):
            raise ValueError
        body, _, name = lines[1].removeprefix("body ").partition(" ")
        accounts = []
        for line in lines[2:-1]:
            if not (matched := _ACCOUNT_LINE.fullmatch(line)):
                raise ValueError
            accounts.append(Published(int(matched[1]), matched[2], matched[3]))
        public_key = lines[-1].removeprefix("key ")
        good = is_signed(bundle.SIGNED_CHECKPOINT, head.encode(), public_key, tail.removesuffix("\n"))
    except ValueError:
        raise CheckRefused("the checkpoint is not one: give the file that was kept, unchanged") from None
    if not good:
        raise CheckRefused("the checkpoint was changed after it was signed")
    return Checkpoint(body, name, tuple(accounts), public_key)


def _earlier(source: bytes | Path, faults: Faults) -> Opened | None:
    """An account published before: its file, parts and signature are checked, its figures are its own affair."""
    name = source.name if isinstance(source, Path) else "the account before"
    raw = memoryview(source if isinstance(source, bytes) else source.read_bytes())
    own = Faults()
    try:
        held = _opened(raw, own)
    except CheckRefused as error:
        raise CheckRefused(f"{name}: {error}") from None
    for each in own.all():
        faults.add(name, f"{each.member} {each.place}".strip(), each.words)
    return held


def _check_chain(
    held: Opened, others: Sequence[Opened], noted: Checkpoint | None, trust: str, faults: Faults, notes: list[str]
) -> None:
    manifest = held.manifest
    if (manifest.number == 1) != (manifest.previous is None):
        faults.add(bundle.MANIFEST, "previous", f"account {manifest.number} cannot follow on {manifest.previous}")
    if manifest.previous and manifest.previous.number != manifest.number - 1:
        faults.add(bundle.MANIFEST, "previous", f"account {manifest.number} follows on {manifest.previous.number}")
    if manifest.restates and manifest.restates.year != manifest.year.slug:
        faults.add(bundle.MANIFEST, "restates", f"an account of {manifest.year.slug} restates {manifest.restates.year}")
    known = {each.manifest.number: each for each in others} | {manifest.number: held}
    for each in others:
        if each.manifest.body["id"] != manifest.body["id"]:
            faults.add("the account before", "", f"it is of another body, {each.manifest.body['name'][:60]}")
        if each.public_key and held.public_key and each.public_key != held.public_key and trust != "key":
            faults.add(
                bundle.SIGNATURE, "", f"account {each.manifest.number} was signed by another key "
                f"({fingerprint(each.public_key)}…) than account {manifest.number} ({fingerprint(held.public_key)}…)",
            )  # fmt: skip
    for each in known.values():
        for link, said in ((each.manifest.previous, "previous"), (each.manifest.restates, "restates")):
            other = known.get(link.number) if link else None
            if link and other and other.sha256 != link.sha256:
                faults.add(
                    bundle.MANIFEST, said, f"account {each.manifest.number} follows on another account "
                    f"{link.number} than the one given",
                )  # fmt: skip
    if manifest.previous and manifest.previous.number not in known:
        notes.append(
            f"It says that it follows on account {manifest.previous.number}; give that file as --previous to see that "
            "it does."
        )
    if noted:
        _check_noted(known, manifest, noted, faults, notes)


def _check_noted(
    known: Mapping[int, Opened], manifest: Manifest, noted: Checkpoint, faults: Faults, notes: list[str]
) -> None:
    if noted.body != manifest.body["id"]:
        faults.add("the checkpoint", "", f"it is of another body, {noted.name[:60]}")
        return
    listed = {each.number: each for each in noted.accounts}
    for number, each in known.items():
        if number in listed and listed[number].sha256 != each.sha256:
            faults.add("the checkpoint", f"account {number}", "this is not the account that was noted")
    last = max(listed, default=0)
    later = [each for each in noted.accounts if each.number > manifest.number and each.year == manifest.year.slug]
    if later:
        faults.add(
            "the checkpoint", f"account {later[-1].number}",
            f"the year was restated: account {manifest.number} is not the one in force",
        )  # fmt: skip
    reached = manifest.number
    while reached > last and (link := known[reached].manifest.previous) and link.number in known:
        reached = link.number
    link = known[reached].manifest.previous
    if reached > last + 1 or (reached == last + 1 and last and link and link.sha256 != listed[last].sha256):
        words = (
            f"account {reached} does not follow on account {last} as it was noted"
            if reached == last + 1
            else f"it ends with account {last}: give every account from {last + 1} to {reached - 1} as --previous"
        )
        faults.add("the checkpoint", f"account {last}", words)
    elif manifest.number < last:
        notes.append(f"The checkpoint notes {last} accounts; this is account {manifest.number}, as it was noted.")


def _is(wanted: Published | None, held: Opened) -> bool:
    return wanted is not None and wanted.sha256 == held.sha256
