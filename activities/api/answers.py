"""What stands on every answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from activities import statements
from activities.api import noted
from activities.api.calls import Answer
from activities.ids import random_id

# By probes and Prometheus: they name a machine's own address, and nothing in those answers depends on it.
_ASKED_FROM_WITHIN = re.compile(r"/api/health/|/metrics/?$")
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,128}", re.ASCII)


def is_asked_from_within(request: HttpRequest) -> bool:
    return _ASKED_FROM_WITHIN.match(request.path_info) is not None


def as_response(answer: Answer) -> HttpResponse:
    return HttpResponse(
        answer.body, status=answer.status, content_type=answer.content_type, headers=dict(answer.headers)
    )


def correlation_id_of(meta: Mapping[str, Any]) -> str:
    """The caller's, when it is 1–128 printable characters, else a new one."""
    given: str | None = meta.get("HTTP_X_CORRELATION_ID")
    return given if given and _PRINTABLE.fullmatch(given) else random_id()


def standing_headers(correlation_id: str, runs: Sequence[statements.Run]) -> dict[str, str]:
    """The correlation id, the time spent in the database, and no storing by caches."""
    timings = [f'db;dur={run.ms:.2f};desc="{run.name}"' for run in runs]
    return {
        "x-correlation-id": correlation_id,
        "Server-Timing": ", ".join(timings) or 'db;dur=0;desc="none"',
        "Cache-Control": "private, no-store",
    }


class AnswerHeadersMiddleware:
    """Sets `request.correlation_id`, and what stands on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        correlation_id = correlation_id_of(request.META)
        request.correlation_id = correlation_id  # type: ignore[attr-defined]
        request.META[noted.CORRELATION_ID] = correlation_id
        with statements.recorded() as runs:
            request.META[noted.RUNS] = runs
            response = self.get_response(request)
        if request.resolver_match:
            request.META[noted.ROUTE] = request.resolver_match.route
        elif response.status_code < 400 and request.path_info.startswith(settings.STATIC_URL):
            # A file has no pattern: it is served before one is looked for.
            request.META[noted.ROUTE] = settings.STATIC_URL[1:]
        for name, value in standing_headers(correlation_id, runs).items():
            # A page or file may say otherwise of caches.
            response.headers.setdefault(name, value)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def only_our_hosts(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: 400 for a host that is not in ALLOWED_HOSTS, but where it is asked from within."""

    def check(request: HttpRequest) -> HttpResponseBase:
        if not is_asked_from_within(request):
            request.get_host()
        return get_response(request)

    return check
