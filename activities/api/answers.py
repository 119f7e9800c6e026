"""What stands on every answer, and how JSON is written."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from activities import statements

_PRINTABLE = re.compile(r"[\x20-\x7e]{1,128}", re.ASCII)


def json_answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Stored documents pass through as `orjson.Fragment`, moments are written in UTC with Z."""
    content = orjson.dumps(data, option=orjson.OPT_UTC_Z)
    return HttpResponse(content, status=status, content_type="application/json", headers=dict(headers or {}))


class AnswerHeadersMiddleware:
    """The correlation id, the time spent in the database, and no storing by caches.

    Sets `request.correlation_id`: the caller's, when it is 1–128 printable characters, else a new one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_CORRELATION_ID", "")
        correlation_id = given if _PRINTABLE.fullmatch(given) else str(uuid4())
        request.correlation_id = correlation_id  # type: ignore[attr-defined]
        with statements.recorded() as runs:
            response = self.get_response(request)
        response["x-correlation-id"] = correlation_id
        response["Server-Timing"] = ", ".join(map(_timing, runs)) or 'db;dur=0;desc="none"'
        response.headers.setdefault("Cache-Control", "private, no-store")
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def only_our_hosts(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that answers 400 to a request for a host that is not in ALLOWED_HOSTS."""

    def check(request: HttpRequest) -> HttpResponseBase:
        request.get_host()
        return get_response(request)

    return check


def _timing(run: statements.Run) -> str:
    return f'db;dur={run.ms:.2f};desc="{run.name}"'
