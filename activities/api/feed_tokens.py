"""Where a follower of the feed is: the epoch and the place, signed together with the filters that they belong to.

57 bytes are 76 letters with no bit to spare, so that no other spelling of a token is accepted.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from activities.feed import Position

_VERSION = b"\x01"
_SIGNATURE_BYTES = 16
_TOKEN = re.compile(r"[A-Za-z0-9_-]{76}", re.ASCII)


class InvalidFeedToken(ValueError):
    """The token is not of these filters: send it with the very filters of the answer that gave it, or start anew."""


class Bookmark(NamedTuple):
    epoch: UUID
    position: Position


def encode(bookmark: Bookmark, query: bytes) -> str:
    epoch, (stored_by, id) = bookmark
    body = _VERSION + epoch.bytes + stored_by.to_bytes(8, "big") + id.bytes
    return urlsafe_b64encode(body + _sign(settings.SECRET_KEY, body, query)).decode()


def decode(token: str, query: bytes) -> Bookmark:
    """Raises InvalidFeedToken, whose docstring is the message."""
    raw = urlsafe_b64decode(token) if _TOKEN.fullmatch(token) else b""
    body, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(compare_digest(signature, _sign(key, body, query)) for key in keys) or body[:1] != _VERSION:
        raise InvalidFeedToken(InvalidFeedToken.__doc__)
    return Bookmark(UUID(bytes=body[1:17]), Position(int.from_bytes(body[17:25], "big"), UUID(bytes=body[25:41])))


def _sign(key: str, body: bytes, query: bytes) -> bytes:
    keyed = blake2b(b"feed token\0" + key.encode()).digest()
    return blake2b(body + query, digest_size=_SIGNATURE_BYTES, key=keyed).digest()
