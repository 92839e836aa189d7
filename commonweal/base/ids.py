"""Random outward identifiers: the only ids that ever appear in an address, a file or an export."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # no i, l, o, u: read aloud and typed without confusion
LENGTH = 14


def random_id() -> str:
    """This will give a random outward id: 14 characters, 70 bits, safe to read aloud."""
    bits = secrets.randbits(5 * LENGTH)
    return "".join(_ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH))
