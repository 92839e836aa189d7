"""The file a published account travels in: a zip whose every byte is decided by what it holds.

Members are stored as they are, in the order of their names, with no date, comment or extra field, and nothing stands
before, between or after them. So the same members always give the same file, any tool can open it, and any other byte
is a fault that can be named by its place. It is read strictly by this module and never by a general reader: two readers
that understand one archive differently would be two accounts.
"""

from __future__ import annotations

import mmap
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,99}(/[a-z0-9][a-z0-9._@-]{0,149})?")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
#: Version 2.0 of the format; 1 January 1980, the first day it can write; an ordinary file that anyone may read.
_VERSION, _TIME, _DAY, _MODE = 20, 0, (1 << 5) | 1, 0o100644 << 16
_UNIX = 3 << 8 | _VERSION
MOST_MEMBERS = 500
#: The sizes of the format have 32 bits.
LARGEST = 2**31
_STEP = 1 << 20


class FileDamaged(ValueError):
    """This will say at which byte a file stops being an account, and why; `is_other` where it never began to be one."""

    def __init__(self, where: str, reason: str, *, is_other: bool = False) -> None:
        self.where, self.reason, self.is_other = where, reason, is_other
        super().__init__(f"{where}: {reason}")


@dataclass(frozen=True, slots=True)
class Member:
    """This will hold one member as it lies in the file, and whether the checksum beside it fits."""

    name: str
    view: memoryview
    begins: int
    fits: bool


def check_name(name: str) -> None:
    """This will refuse a name that no member may have; raises ValueError."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"no member may be called {name[:60]!r}")


def written(members: Mapping[str, bytes]) -> bytes:
    """This will write members as one file; raises ValueError for a name or a size that cannot be."""
    parts: list[bytes] = []
    central: list[bytes] = []
    place = 0
    for name in sorted(members):
        check_name(name)
        content = members[name]
        head = _local(name, zlib.crc32(content), len(content))
        central.append(_entry(name, zlib.crc32(content), len(content), place))
        parts += [head, content]
        place += len(head) + len(content)
    if place > LARGEST or len(members) > MOST_MEMBERS:
        raise ValueError("the account is too large for one file: at most 2 GiB and 500 members")
    index = b"".join(central)
    return b"".join([*parts, index, _end(len(members), len(index), place)])


@contextmanager
def opened(source: bytes | Path) -> Iterator[memoryview]:
    """This will give the bytes of a file without reading them all at once; raises `FileDamaged`, and OSError."""
    if isinstance(source, bytes):
        yield memoryview(source)
        return
    with source.open("rb") as file:
        if not file.seek(0, 2):
            raise FileDamaged("byte 0", "the file is empty", is_other=True)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    view = memoryview(mapped)
    try:
        yield view
    finally:
        view.release()
        with suppress(BufferError):  # a member is still looked at: it is closed with the last view of it
            mapped.close()


def members_of(raw: memoryview) -> list[Member]:
    """This will read every member in its place; raises `FileDamaged` at the first byte that is not as we write it."""
    if len(raw) < 4 or raw[:2] != b"PK":
        raise FileDamaged("byte 0", "this is not a published account", is_other=True)
    if len(raw) > LARGEST:
        raise FileDamaged("the whole file", "it is larger than 2 GiB, which no account is")
    found: list[Member] = []
    central: list[bytes] = []
    place = 0
    while raw[place : place + 4] == _LOCAL_MARK:
        member, crc, after = _member(raw, place)
        if found and member.name <= found[-1].name:
            what = "is there twice" if member.name == found[-1].name else f"stands after {found[-1].name}"
            raise FileDamaged(f"byte {place}", f"the member {member.name} {what}: each stands once, in order of name")
        if len(found) == MOST_MEMBERS:
            raise FileDamaged(f"byte {place}", f"there are more than {MOST_MEMBERS} members")
        found.append(member)
        central.append(_entry(member.name, crc, len(member.view), place))
        place = after
    index = b"".join(central)
    _expect(raw, place, index + _end(len(found), len(index), place), found)
    return found


def _member(raw: memoryview, place: int) -> tuple[Member, int, int]:
    if place + _LOCAL.size > len(raw):
        raise FileDamaged(f"byte {len(raw)}", "the file ends in the middle of the head of a member")
    held = _LOCAL.unpack_from(raw, place)
    crc, stored, size, name_length = held[6], held[7], held[8], held[9]
    begins = place + _LOCAL.size + name_length
    name = bytes(raw[place + _LOCAL.size : begins]).decode("latin-1")
    if held[3]:
        raise FileDamaged(f"byte {place + 8}", f"the member {name[:60]!r} is compressed: an account holds none that is")
    if not _NAME.fullmatch(name):
        raise FileDamaged(f"byte {place + _LOCAL.size}", f"no member of an account is called {name[:60]!r}")
    if bytes(raw[place:begins]) != _local(name, crc, size) or stored != size:
        raise FileDamaged(f"byte {place}", f"the head of {name} is not as an account has it")
    if begins + size > len(raw):
        missing = begins + size - len(raw)
        raise FileDamaged(f"byte {len(raw)}", f"the file ends inside {name}, {missing:,} bytes before its end")
    view = raw[begins : begins + size]
    return Member(name, view, begins, _crc(view) == crc), crc, begins + size


def _crc(view: memoryview) -> int:
    crc = 0
    for place in range(0, len(view), _STEP):
        crc = zlib.crc32(view[place : place + _STEP], crc)
    return crc


def _expect(raw: memoryview, place: int, wanted: bytes, found: list[Member]) -> None:
    held = bytes(raw[place : place + len(wanted)])
    if held == wanted and place + len(wanted) == len(raw):
        return
    differs = next((i for i, (a, b) in enumerate(zip(held, wanted, strict=False)) if a != b), len(held))
    after = f"after {found[-1].name}" if found else "at its beginning"
    if held == wanted:
        extra = len(raw) - place - len(wanted)
        raise FileDamaged(f"byte {place + len(wanted)}", f"{extra:,} bytes stand after the end of the account")
    if differs == len(held):
        raise FileDamaged(f"byte {len(raw)}", f"the file ends too early, {after}")
    raise FileDamaged(f"byte {place + differs}", f"the list of members {after} is not as an account has it")


def _local(name: str, crc: int, size: int) -> bytes:
    written = name.encode()
    head = _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, _TIME, _DAY, crc, size, size, len(written), 0)
    return head + written


def _entry(name: str, crc: int, size: int, place: int) -> bytes:
    written = name.encode()
    return (
        _CENTRAL.pack(
            _CENTRAL_MARK, _UNIX, _VERSION, 0, 0, _TIME, _DAY, crc, size, size, len(written), 0, 0, 0, 0, _MODE, place
        )
        + written
    )


def _end(members: int, size: int, place: int) -> bytes:
    return _END.pack(_END_MARK, 0, 0, members, members, size, place, 0)
