"""Checkpoints: a signed note of where every chain stood, to hold the record against later."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from commonweal.base.audit import Checkpoint
from commonweal.engine.signing import public_text


class CheckpointUnusable(ValueError):
    """The checkpoint file is not one of ours, or was changed; the message says which."""


def signing_key(path: Path) -> Ed25519PrivateKey:
    """This will read the key that signs checkpoints, making it the first time (a file only its owner reads)."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(raw)
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def our_key() -> Ed25519PrivateKey:
    """This will give the key by which this installation signs checkpoints and accounts."""
    from django.conf import settings

    return signing_key(Path(settings.VAR) / "secrets" / "checkpoint-key")


def write_checkpoint(heads: dict[str, Checkpoint], taken_at: str, key: Ed25519PrivateKey) -> str:
    """This will write a signed checkpoint: chain (a body's slug, or "platform") to the last event and its hash."""
    said = {"taken_at": taken_at, "chains": {name: [head.seq, head.hash] for name, head in sorted(heads.items())}}
    signature = base64.b64encode(key.sign(_bytes(said))).decode()
    return json.dumps({"checkpoint": said, "public_key": public_text(key), "signature": signature}, indent=1) + "\n"


def read_checkpoint(text: str, trusted_key: str = "") -> dict[str, Checkpoint]:
    """This will read a checkpoint and check its signature; with `trusted_key`, also who signed it.

    Raises CheckpointUnusable.
    """
    try:
        held = json.loads(text)
        said: dict[str, Any] = held["checkpoint"]
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(held["public_key"], validate=True))
        key.verify(base64.b64decode(held["signature"], validate=True), _bytes(said))
        heads = {str(name): Checkpoint(int(seq), str(digest)) for name, (seq, digest) in said["chains"].items()}
    except InvalidSignature:
        raise CheckpointUnusable("The checkpoint was changed after it was signed.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CheckpointUnusable(
            "This file is not a checkpoint. Give one that `commonweal check --note` wrote."
        ) from None
    if trusted_key and held["public_key"] != trusted_key:
        raise CheckpointUnusable("The checkpoint was signed by another key than the one you trust.")
    return heads


def _bytes(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
