"""Photographs without what they tell beside the picture: where it was taken, by which device, what was there before.

A picture is taken apart and put together again from the parts a viewer needs, without decoding it: every other part
(EXIF with its place, comments, thumbnails, a second file behind the end) stays out. Which way up it was held is kept,
alone, for a photograph would lie on its side without it.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

#: A photograph of the largest telephones has 50 million points; 10,000 by 10,000 are 100 million.
MOST_POINTS: Final = 64_000_000
LONGEST_SIDE: Final = 20_000


class UnfitPicture(ValueError):
    """The picture cannot be kept; the message is the code of the reason."""


_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
#: The parts of a PNG that make the picture.
_PNG_KEPT: Final = frozenset(b"IHDR PLTE tRNS gAMA cHRM sRGB sBIT pHYs bKGD IDAT IEND".split())
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def check_size(width: int, height: int) -> None:
    """This will refuse a picture that would fill a reader's memory; raises UnfitPicture."""
    if not width or not height:
        raise UnfitPicture("damaged")
    if width * height > MOST_POINTS or max(width, height) > LONGEST_SIDE:
        raise UnfitPicture("picture-too-large")


def bare_png(content: bytes) -> bytes:
    """This will give a PNG with the parts that make its picture and no other; raises UnfitPicture."""
    if not content.startswith(_PNG_SIGNATURE):
        raise UnfitPicture("damaged")
    place, kept, holds, ended = len(_PNG_SIGNATURE), [_PNG_SIGNATURE], _Inflated(), False
    while not ended:
        if place + 12 > len(content):
            raise UnfitPicture("damaged")
        (length,) = struct.unpack_from(">I", content, place)
        kind, end = content[place + 4 : place + 8], place + 12 + length
        part = content[place + 8 : end - 4]
        if end > len(content) or zlib.crc32(kind + part) != struct.unpack_from(">I", content, end - 4)[0]:
            raise UnfitPicture("damaged")
        if (kind == b"IHDR") != (place == len(_PNG_SIGNATURE)):
            raise UnfitPicture("damaged")
        if kind == b"IHDR":
            holds.expect(part)
        elif kind == b"IDAT":
            holds.add(part)
        elif kind[:1].isupper() and kind not in _PNG_KEPT:
            raise UnfitPicture("damaged")
        if kind in _PNG_KEPT:
            kept.append(content[place:end])
        ended, place = kind == b"IEND", end
    holds.check_whole()
    return b"".join(kept)


class _Inflated:
    """Counts what a PNG's picture unpacks to, so that a small file cannot hold a huge one."""

    def __init__(self) -> None:
        self.left, self.stream = 0, zlib.decompressobj()

    def expect(self, header: bytes) -> None:
        if len(header) != 13:
            raise UnfitPicture("damaged")
        width, height, depth, colour, _, _, woven = struct.unpack(">IIBBBBB", header)
        check_size(width, height)
        if depth not in _DEPTHS.get(colour, ()):
            raise UnfitPicture("damaged")
        row = (width * depth * _SAMPLES[colour] + 7) // 8 + 1
        # A woven picture has seven passes, each with rows of its own.
        self.left = row * height + (height * 8 + row * 8 + 64 if woven else 0)

    def add(self, part: bytes) -> None:
        try:
            while part:
                found = self.stream.decompress(part, min(self.left + 1, 1_000_000))
                self.left -= len(found)
                if self.left < 0:
                    raise UnfitPicture("unpacks-too-large")
                part = self.stream.unconsumed_tail
        except zlib.error:
            raise UnfitPicture("damaged") from None

    def check_whole(self) -> None:
        if not self.stream.eof:
            raise UnfitPicture("damaged")


_START, _END, _SCAN, _EXIF = 0xD8, 0xD9, 0xDA, 0xE1
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Tables of a JPEG that make the picture, and Adobe's word on its colours.
_JPEG_KEPT: Final = _FRAMES | {0xC4, 0xDB, 0xDD, 0xEE}


def bare_jpeg(content: bytes) -> bytes:
    """This will give a JPEG with what makes its picture, its colour profile and which way up it is; raises UnfitPicture."""
    if not content.startswith(b"\xff\xd8"):
        raise UnfitPicture("damaged")
    kept, place, framed, scanned = [b"\xff\xd8"], 2, False, False
    while True:
        marker, place = _marker_at(content, place)
        if marker == _END:
            break
        if place + 2 > len(content):
            raise UnfitPicture("damaged")
        (length,) = struct.unpack_from(">H", content, place)
        part, place = content[place + 2 : place + length], place + length
        if length < 2 or place > len(content):
            raise UnfitPicture("damaged")
        if marker in _FRAMES:
            if len(part) < 6:
                raise UnfitPicture("damaged")
            height, width = struct.unpack_from(">HH", part, 1)
            check_size(width, height)
            framed = True
        if marker == _SCAN:
            end = _end_of_scan(content, place)
            kept.append(_segment(marker, part) + content[place:end])
            place, scanned = end, True
        elif marker in _JPEG_KEPT or (marker == 0xE2 and part.startswith(b"ICC_PROFILE\x00")):
            kept.append(_segment(marker, part))
        elif marker == 0xE0 and part.startswith(b"JFIF\x00") and len(part) >= 14:
            kept.append(_segment(marker, part[:12] + b"\x00\x00"))  # without its thumbnail
        elif marker == _EXIF and part.startswith(b"Exif\x00\x00"):
            way_up = _way_up(part[6:])
            if way_up != 1:
                kept.insert(1, _segment(_EXIF, _exif_of(way_up)))
    if not framed or not scanned:
        raise UnfitPicture("damaged")
    return b"".join([*kept, b"\xff\xd9"])


def _segment(marker: int, part: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(part) + 2) + part


def _marker_at(content: bytes, place: int) -> tuple[int, int]:
    if place >= len(content) or content[place] != 0xFF:
        raise UnfitPicture("damaged")
    while place < len(content) and content[place] == 0xFF:
        place += 1
    if place >= len(content):
        raise UnfitPicture("damaged")
    return content[place], place + 1


def _end_of_scan(content: bytes, place: int) -> int:
    """The place of the next marker that is part of no scan; a scan's own bytes of 255 are followed by zero."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise UnfitPicture("damaged")
        following = content[place + 1]
        if following == 0xFF:
            place += 1
        elif following == 0 or 0xD0 <= following <= 0xD7:
            place += 2
        else:
            return place


def _way_up(tiff: bytes) -> int:
    """Which way up the camera was held, 1 to 8; 1 where EXIF does not say so readably."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    try:
        if order is None:
            return 1
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (number,) = struct.unpack_from(f"{order}H", tiff, first)
        for each in range(min(number, 200)):
            tag, _, _, held = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * each)
            if tag == 0x0112:
                return held if 1 <= held <= 8 else 1
    except struct.error:
        return 1
    return 1


def _exif_of(way_up: int) -> bytes:
    return b"Exif\x00\x00MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, way_up, 0, 0)
