"""Keys that sign what others may hold us to (Ed25519), as text that can be printed, and what a signature says.

Only the public half is needed to check anything, so checking needs no secret, no server and no settings.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_KEY_BYTES, _SIGNATURE_BYTES = 32, 64


class KeyUnusable(ValueError):
    """This will say why a text is not a public key or a signature."""


def public_text(key: Ed25519PrivateKey) -> str:
    """This will write the public half of a key as text, to be published."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def signature_text(key: Ed25519PrivateKey, about: str, said: bytes) -> str:
    """This will sign bytes for one use, named by `about`, so that a signature made for one is none for another."""
    return base64.b64encode(key.sign(_signed(about, said))).decode()


def check_key(text: str) -> str:
    """This will give a public key as it is written, without spaces around it; raises `KeyUnusable` where it is none."""
    _public_key(text.strip())
    return text.strip()


def is_signed(about: str, said: bytes, public_key: str, signature: str) -> bool:
    """This will say whether the holder of a public key signed these bytes for this use; raises `KeyUnusable`."""
    try:
        _public_key(public_key).verify(_decoded(signature, _SIGNATURE_BYTES, "signature"), _signed(about, said))
    except InvalidSignature:
        return False
    return True


def fingerprint(public_key: str) -> str:
    """This will give the first sixteen characters of a public key, which people compare."""
    return public_key[:16]


def text_of(content: Mapping[str, object], name: str) -> str:
    """This will give one field that must be text; raises `KeyUnusable`."""
    found = content.get(name)
    if not isinstance(found, str):
        raise KeyUnusable(f"{name} is not text")
    return found


def _public_key(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(_decoded(text, _KEY_BYTES, "public key"))


def _decoded(text: str, length: int, what: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    # One text for one key: base64 may be written in several ways, of which only one is taken.
    if len(found) != length or base64.b64encode(found).decode() != text:
        raise KeyUnusable(f"it is not a {what}: {length} bytes written in base64")
    return found


def _signed(about: str, said: bytes) -> bytes:
    return about.encode() + b"\n" + said
