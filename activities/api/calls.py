"""A call of the API and its answer, as plain values: the operations know neither DRF, Django's requests nor WSGI."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

from activities.access import Caller


class Answer(NamedTuple):
    """What goes out, but for what stands on every answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}
    content_type: str = "application/json"


class Call(NamedTuple):
    """Who asks for what. `meta` holds headers and the query string under WSGI's names; `base_url` has no path."""

    caller: Caller
    meta: Mapping[str, Any]
    base_url: str
    correlation_id: str
    read_body: Callable[[], bytes]


def json_answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """`orjson.Fragment` passes through as it stands."""
    return Answer(status, orjson.dumps(data), headers or {})
