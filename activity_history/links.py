"""Viewer links: made for a client, found again by their token.

A token is the id of a row and a signature of it, so it is as short for twenty targets as for one, and what it shows is
decided by the row alone. 33 bytes are 44 letters with no bit to spare, so no other spelling of a token is accepted.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from activities import statements
from activities.access import Caller
from activities.ids import new_id
from activities.tagging import tagged
from activity_history.models import ViewerLink

_ID_BYTES, _SIGNATURE_BYTES = 16, 17
_TOKEN = re.compile(r"[A-Za-z0-9_-]{44}", re.ASCII)


# Until then a row tells who shared what.
KEPT_AFTER_THEIR_END = timedelta(days=30)


class LinkUnusable(Exception):
    """It has ended, was revoked, or is none of ours. Whoever holds it is not told which."""


def make(target_ids: Sequence[str], *, caller: Caller, minutes: int, now: datetime) -> ViewerLink:
    """A link to these targets, which the caller must be allowed to read."""
    domains = caller.source_domains
    with tagged("viewer_link_made"):
        return ViewerLink.objects.create(
            id=new_id(now),
            target_ids=list(target_ids),
            source_domains=None if domains is None else sorted(domains),
            client_id=caller.client_id,
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
        )


def token_of(link: ViewerLink) -> str:
    return urlsafe_b64encode(link.id.bytes + _sign(settings.SECRET_KEY, link.id.bytes)).decode()


def find(token: str, *, now: datetime) -> ViewerLink:
    """Raises LinkUnusable."""
    raw = urlsafe_b64decode(token) if _TOKEN.fullmatch(token) else b""
    id, signature = raw[:_ID_BYTES], raw[_ID_BYTES:]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(compare_digest(signature, _sign(key, id)) for key in keys):
        raise LinkUnusable
    with statements.timed("viewer_link") as found:
        found += ViewerLink.objects.usable(now=now).filter(id=UUID(bytes=id))
    if not found:
        raise LinkUnusable
    link: ViewerLink = found[0]
    return link


def _sign(key: str, id: bytes) -> bytes:
    return salted_hmac("activity_history.links", id, secret=key, algorithm="sha256").digest()[:_SIGNATURE_BYTES]


def forget_old(now: datetime) -> int:
    """How many rows of links that ended long ago were deleted."""
    deleted, _ = ViewerLink.objects.expired_before(now - KEPT_AFTER_THEIR_END).delete()
    return deleted
