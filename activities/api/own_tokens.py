"""Tokens of this service's own: which claims stand for what a client is given."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from activities.api.authentication import issue_token
from activities.models import ApiClient

MOST_DAYS = 3650
USUAL_DAYS = 90
_SECONDS_A_DAY = 24 * 3600


class Grant(NamedTuple):
    """What a token lets its bearer do, and for how long; no targets or domains stand for all of them.

    A resident's names its targets: without them it would let nobody in.
    """

    scopes: Collection[str]
    audience: str
    target_ids: Collection[str]
    source_domains: Collection[str]
    days: int


def issue(client: ApiClient, grant: Grant, *, now: datetime, token_id: str) -> str:
    """Whoever has the token has what is granted: it is to be shown once, and neither stored nor logged."""
    lists = {"target_ids": grant.target_ids, "source_domains": grant.source_domains}
    claims = {
        "scope": " ".join(dict.fromkeys(grant.scopes)),
        "audience": grant.audience,
        **{name: list(values) for name, values in lists.items() if values},
    }
    return issue_token(client, claims, now=now, seconds=grant.days * _SECONDS_A_DAY, token_id=token_id)
