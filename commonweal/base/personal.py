"""Personal fields: encrypted with a key per person, so that erasing the key erases every copy of them."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ERASED = "(erased)"


def make_key() -> bytes:
    """This will make a fresh 256-bit key for one person."""
    return AESGCM.generate_key(bit_length=256)


def seal_text(text: str, key: bytes | memoryview, about: str) -> bytes:
    """This will encrypt `text` (AES-256-GCM); `about` names the field and person, so ciphertexts cannot be swapped."""
    nonce = os.urandom(12)
    return nonce + AESGCM(bytes(key)).encrypt(nonce, text.encode(), about.encode())


def open_text(sealed: bytes | memoryview, key: bytes | memoryview | None, about: str) -> str:
    """This will decrypt what `seal_text` made, or answer "(erased)" when the key is gone.

    Raises ValueError when the ciphertext was altered or belongs to another field or person.
    """
    if key is None:
        return ERASED
    try:
        return AESGCM(bytes(key)).decrypt(bytes(sealed[:12]), bytes(sealed[12:]), about.encode()).decode()
    except InvalidTag:
        raise ValueError(f"the personal field {about} was altered or belongs to someone else") from None
