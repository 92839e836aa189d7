"""A pack for a peer challenge: one zip that another body opens with the command line alone.

`manifest.json` names every other file with its size and SHA-256; `pack.json` holds what the pack says of itself. A byte
changed, a file missing or one too many is told by name. Nothing is unpacked to disk.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

FORMAT: Final = "commonweal-peer-pack 1"
MANIFEST, ABOUT = "manifest.json", "pack.json"
#: What a pack may hold: more is no pack of ours.
MOST_FILES, MOST_BYTES = 200, 60_000_000
#: A fixed moment, so that the same pack is the same bytes.
_MOMENT: Final = (2000, 1, 1, 0, 0, 0)


class PackUnreadable(ValueError):
    """The file is no peer-challenge pack; the message says why."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as opened: what it says of itself, its files, and everything that is wrong with it, by name."""

    about: Mapping[str, Any]
    files: Mapping[str, bytes]
    wrong: tuple[str, ...]

    def table(self, name: str) -> list[list[str]]:
        """This will read one of its CSV files; nothing where it is not there."""
        content = self.files.get(name, b"").decode("utf-8-sig", "replace")
        return [row for row in csv.reader(io.StringIO(content)) if row]


def write_pack(about: Mapping[str, Any], files: Mapping[str, bytes], stream: IO[bytes]) -> None:
    """This will write a pack: the same content gives the same bytes. Raises ValueError for a name it cannot have."""
    said = json.dumps({"format": FORMAT, **about}, ensure_ascii=False, indent=1, sort_keys=True).encode()
    held = {ABOUT: said, **files}
    if bad := [name for name in held if name == MANIFEST or name.startswith("/") or ".." in name or "\\" in name]:
        raise ValueError(f"{bad[0]} cannot be the name of a file in a pack")
    listed = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(held.items())
    }
    manifest = json.dumps({"format": FORMAT, "files": listed}, indent=1, sort_keys=True).encode()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in [(MANIFEST, manifest), *sorted(held.items())]:
            pack.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)


def read_pack(path: Path) -> Pack:
    """This will open a pack and check every file of it against its manifest. Raises PackUnreadable."""
    try:
        with zipfile.ZipFile(path) as pack:
            return _checked(pack)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, zlib.error) as error:
        raise PackUnreadable(f"{path.name} is damaged or no zip file: {error}. Ask for the pack again.") from None


def _checked(pack: zipfile.ZipFile) -> Pack:
    entries = pack.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise PackUnreadable("It holds more than any pack does, so it was not opened.")
    if MANIFEST not in names:
        raise PackUnreadable(f"It has no {MANIFEST}, so it is no peer-challenge pack.")
    try:
        manifest = json.loads(pack.read(MANIFEST))
        listed: dict[str, Any] = manifest["files"]
        format_ = manifest["format"]
        hashes = {name: str(each["sha256"]) for name, each in listed.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PackUnreadable(f"Its {MANIFEST} cannot be read, so nothing of it can be checked.") from None
    if format_ != FORMAT:
        raise PackUnreadable(f"It is of the format “{str(format_)[:40]}”, and this command reads “{FORMAT}”.")
    wrong = [f"{name} is in the pack twice" for name in sorted({n for n in names if names.count(n) > 1})]
    files: dict[str, bytes] = {}
    for name in sorted(set(names) - {MANIFEST}):
        if name not in hashes:
            wrong.append(f"{name} is in the pack and not in its manifest")
            continue
        files[name] = pack.read(name)
        if hashlib.sha256(files[name]).hexdigest() != hashes[name]:
            wrong.append(f"{name} is not as it was packed")
    wrong += [f"{name} is in the manifest and not in the pack" for name in sorted(set(hashes) - set(names))]
    try:
        about = json.loads(files.get(ABOUT, b"{}"))
    except ValueError:
        about = {}
    return Pack(about if isinstance(about, dict) else {}, files, tuple(wrong))
