"""The short way to the operations that are asked thousands of times a second.

Django's handler, its middleware and DRF's dispatch take as long as everything else in a list:
docs/decisions/0011-a-short-way-for-the-hot-operations.md. So the usual calls are taken out here, before Django, and
answered by the same operations, with the same authentication, permissions and problems. All that is not usual goes
the long way: another method or path, no token or a bad one, an Accept that is not met, a host that is not ours.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from http import HTTPStatus
from io import BytesIO
from time import time
from typing import Any, NamedTuple

from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished, setting_changed
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from rest_framework.exceptions import AuthenticationFailed

from activities import statements
from activities.access import READ, WRITE, Caller
from activities.api import consumers_path, noted, operations
from activities.api.accept import accepts_json
from activities.api.answers import correlation_id_of, standing_headers
from activities.api.authentication import caller_of
from activities.api.calls import Answer, Call
from activities.api.limits import limit_headers
from activities.api.permissions import permit
from activities.api.problems import Problem, as_problem, base_url, problem_answer
from activities.api.urls import ID

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Operation = Callable[[Call], Answer]

_ROUTES: dict[tuple[str, str], tuple[Operation, str | None]] = {
    ("GET", "/api/v1/activities"): (operations.list_activities, None),
    ("POST", "/api/v1/activities"): (operations.create_activities, WRITE),
    ("GET", "/api/v1/activityhistory"): (consumers_path.list_activities, READ),
    ("GET", "/api/v1/activityHistory"): (consumers_path.list_activities, READ),
    ("POST", "/api/v1/activityhistory"): (operations.create_activities, WRITE),
    ("POST", "/api/v1/activityHistory"): (operations.create_activities, WRITE),
}
_ONE, _ONE_IN_GENERAL = re.compile(f"/api/v1/activities/{ID}", re.ASCII), "/api/v1/activities/{id}"
# Those that say something of every answer of the API; the others are for pages, or done here.
_MIDDLEWARE = ("django.middleware.security.SecurityMiddleware", "corsheaders.middleware.CorsMiddleware")
# What of a call decides how its surroundings are.
_SURROUNDINGS = ("HTTP_HOST", "HTTP_ORIGIN", "HTTP_X_FORWARDED_PROTO", "wsgi.url_scheme")
# What is longer goes the long way, so that nobody can fill the memory with them.
_LONGEST_REMEMBERED = 400
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_accepts_json = lru_cache(256)(accepts_json)


class _Surroundings(NamedTuple):
    """What the host, the scheme and the origin of a call say of its answer."""

    base_url: str
    headers: list[tuple[str, str]]


def hot_path(django: Application) -> Application:
    """The application that takes the short way where there is one, and else Django's."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return _answered(environ, start_response) or django(environ, start_response)

    return application


def _answered(environ: dict[str, Any], start_response: Any) -> list[bytes] | None:
    """None, with nothing done, where the call goes the long way."""
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    route = _route(environ["REQUEST_METHOD"], environ["PATH_INFO"])
    if route is None or scheme.lower() != "bearer":
        return None
    remembered = [environ.get(name) for name in _SURROUNDINGS]
    accept = environ.get("HTTP_ACCEPT", "*/*")
    if len(accept) + sum(map(len, filter(None, remembered))) > _LONGEST_REMEMBERED:
        return None
    surroundings = _surroundings(*remembered)
    if surroundings is None or not _accepts_json(accept):
        return None
    operation, scope, environ[noted.ROUTE] = route
    environ[noted.CORRELATION_ID] = correlation_id = correlation_id_of(environ)
    caller: Caller | None = None
    now = time()
    with statements.recorded() as runs:
        environ[noted.RUNS] = runs
        try:
            # As at the start of each of Django's requests: the ORM, where it is used, looks whether it is connected.
            connection.health_check_done = False  # type: ignore[attr-defined]
            environ[noted.CALLER] = caller = caller_of(token.strip(), now=now)
            permit(caller, scope, now=now)
            answer = operation(Call(caller, environ, surroundings.base_url, correlation_id, _body_of(environ)))
        except AuthenticationFailed:
            return None
        except Exception as error:
            answer = _failed(error, environ, surroundings.base_url, correlation_id)
    headers = {
        "Content-Type": answer.content_type,
        "Content-Length": str(len(answer.body)),
        **standing_headers(correlation_id, runs),
        **answer.headers,
    }
    if caller is not None and caller.limits is not None:
        headers |= limit_headers(caller, now=now)
    start_response(_STATUS_LINES[answer.status], [*headers.items(), *surroundings.headers])
    return [answer.body]


def _route(method: str, path: str) -> tuple[Operation, str | None, str] | None:
    """What is done, the scope that it needs, and the path as it is noted."""
    path = path.removesuffix("/")
    if found := _ROUTES.get((method, path)):
        return *found, path
    if method == "GET" and (one := _ONE.fullmatch(path)):
        return partial(operations.get_activity, id=one[1]), READ, _ONE_IN_GENERAL
    return None


def _body_of(environ: dict[str, Any]) -> Callable[[], bytes]:
    return lambda: environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))


def _failed(error: Exception, environ: dict[str, Any], base_url: str, correlation_id: str) -> Answer:
    if not isinstance(error, Problem):
        # Django's receiver closes a connection that an error has left unusable.
        request_finished.send(sender=hot_path)
    problem = as_problem(error)
    environ[noted.PROBLEM] = problem.kind.slug
    return problem_answer(problem, path=environ["PATH_INFO"], base_url=base_url, correlation_id=correlation_id)


@lru_cache(1024)
def _surroundings(
    host: str | None, origin: str | None, forwarded: str | None, scheme: str | None
) -> _Surroundings | None:
    """Asked of the middleware itself, once for each of the few that come. None where it answers in our stead."""
    given = dict(zip(_SURROUNDINGS, (host, origin, forwarded, scheme), strict=True))
    needed = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/activities", "SERVER_NAME": "", "SERVER_PORT": "0"}
    present = {name: value for name, value in given.items() if value is not None}
    request = WSGIRequest({**needed, **present, "wsgi.input": BytesIO()})
    url = base_url(request)
    if not url or host is None:
        return None
    answer: Any = _nothing_yet
    for name in _MIDDLEWARE:
        answer = import_string(name)(answer)
    response = answer(request)
    if response.status_code != 200:
        return None
    del response["Content-Type"]
    return _Surroundings(url, list(response.items()))


def _nothing_yet(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _forget_surroundings(**kwargs: Any) -> None:
    _surroundings.cache_clear()


# As in tests, which change settings.
setting_changed.connect(_forget_surroundings)
