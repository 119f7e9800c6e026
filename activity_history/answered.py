"""A request that was answered, as it is logged, counted and, where it failed or was slow, kept for some days."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

from django.contrib.admindocs.views import simplify_regex

from activities.access import Caller
from activities.api.parameters import FEED_PARAMETERS, LIST_PARAMETERS
from activities.statements import Run

SLOW_MS = 500
UNKNOWN_PATH, OTHER = "unknown path", "other"
# To hash a password takes long on purpose.
_SLOW_ON_PURPOSE = frozenset((("POST", "/admin/login"), ("POST", "/sign-in")))
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_PARAMETERS = {name.lower(): name for name in (*LIST_PARAMETERS, *FEED_PARAMETERS)}
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?", re.ASCII)


class Answered(NamedTuple):
    """`at` is when the answer was ready, in seconds since 1970; `size` the bytes of its body.

    The query is kept of those that `is_kept`, for the names of its parameters.
    """

    at: float
    ms: float
    called: str
    pattern: str | None
    status: int
    size: int
    correlation_id: str
    caller: Caller | None
    problem: str
    runs: Sequence[Run]
    query: str
    traceparent: str | None

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    @property
    def method(self) -> str:
        return self.called if self.called in _METHODS else OTHER

    @property
    def route(self) -> str:
        return UNKNOWN_PATH if self.pattern is None else template(self.pattern)

    @property
    def is_worth_a_record(self) -> bool:
        if self.pattern is None or not is_kept(self.status, self.ms):
            return False
        return self.status >= 400 or (self.method, self.route) not in _SLOW_ON_PURPOSE

    @property
    def db_ms(self) -> float:
        return sum([run.ms for run in self.runs])

    @property
    def rows(self) -> int:
        return sum([run.rows for run in self.runs])

    @property
    def client_name(self) -> str | None:
        """Another issuer's tokens name their clients, and what looks like an e-mail address may be a person's."""
        return self.caller.client_name if self.caller and "@" not in self.caller.client_name else None

    @property
    def trace_id(self) -> str | None:
        """Of W3C's Trace Context."""
        found = self.traceparent and _TRACE.fullmatch(self.traceparent)
        return found[1] if found else None

    @property
    def parameters(self) -> list[str]:
        """Names only, and only those that the API knows: a caller may write anything there."""
        given = (unquote_plus(part.partition("=")[0]).lower() for part in self.query.split("&") if part)
        return sorted({_PARAMETERS.get(name, OTHER) for name in given})


def is_kept(status: int, ms: float) -> bool:
    return status >= 400 or ms > SLOW_MS


@lru_cache(1024)
def template(pattern: str) -> str:
    """`/history/{target_id}` for the pattern of an address, as Django has it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", simplify_regex(pattern)).rstrip("/") or "/"
