"""Opaque page cursors: which list, and the key of the last row shown. Not secret, so not signed; only its
form is checked.
"""

from __future__ import annotations

import base64
import binascii

import orjson

from backend.web.errors import Problem

MAX_TEXT = 200
Key = int | str


def encode_cursor(listing: str, key: Key) -> str:
    """The text a client sends back as `after`."""
    return base64.urlsafe_b64encode(orjson.dumps([listing, key])).rstrip(b"=").decode()


def decode_cursor(listing: str, text: str, key_type: type[Key]) -> Key:
    """The key in a cursor of this list; a 400 problem for anything else."""
    try:
        if len(text) > MAX_TEXT or not text.isascii():
            raise ValueError
        padded = text + "=" * (-len(text) % 4)
        name, key = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != listing or type(key) is not key_type:
            raise ValueError
        if isinstance(key, int) and not -(2**63) <= key < 2**63:
            raise ValueError
        if isinstance(key, str) and "\x00" in key:
            raise ValueError
    except (ValueError, TypeError, binascii.Error):
        hint = (
            "Take `next` from the previous page unchanged, or leave `after` out to start at the first page."
        )
        raise Problem(
            400, "bad_cursor", "after is not a cursor of this list.", hint, parameter="after"
        ) from None
    return key
