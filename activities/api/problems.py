"""Every refusal and failure, as application/problem+json (RFC 9457)."""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import django.db
import orjson
import psycopg
from django.core.exceptions import BadRequest, DisallowedHost, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path
from rest_framework import exceptions

from activities.api import noted
from activities.api.answers import as_response
from activities.api.calls import Answer
from activities.api.problem_types import PROBLEM_TYPES
from activities.json_body import Fault
from activities.reads import ReadNotRecorded
from activities.recording import StoreBusy
from activities.statements import StatementCancelled

logger = logging.getLogger("activities")

CONTENT_TYPE = "application/problem+json"
_UNREACHABLE = (
    django.db.OperationalError,
    django.db.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
# Of a standby, or of a server that was made one; psycopg and Django count it among the programmer's errors.
_READ_ONLY = psycopg.errors.ReadOnlySqlTransaction

# Raised bare by a named statement, and as the cause of Django's own error by the ORM.
_ENDED: dict[type[BaseException], str] = {
    psycopg.errors.LockNotAvailable: "Other work held a lock for too long.",
    psycopg.errors.QueryCanceled: "The database took too long.",
    psycopg.errors.DiskFull: "The database has no room left.",
    psycopg.errors.TooManyConnections: "The database has no connection free.",
    _READ_ONLY: "The database takes no writes at the moment.",
}


_LINK = re.compile(r"^(/my-history/).+")


class Problem(Exception):
    """Ends the request with this answer. `errors` has one dict for each fault, as the wire shows it."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        errors: Iterable[dict[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(slug)
        self.kind = PROBLEM_TYPES[slug]
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


def pointed(faults: Iterable[Fault], prefix: str = "") -> list[dict[str, str]]:
    """Faults of a body, as `errors` shows them."""
    return [{"pointer": f"#{prefix}{fault.pointer}", "detail": fault.detail} for fault in faults]


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    correlation_id: str | None = getattr(request, "correlation_id", None)
    request.META[noted.PROBLEM] = problem.kind.slug
    # The address of a resident's link is a key to it.
    path = _LINK.sub(r"\1…", request.path)
    told = problem_answer(problem, path=path, base_url=base_url(request), correlation_id=correlation_id)
    return as_response(told)


def problem_answer(problem: Problem, *, path: str, base_url: str, correlation_id: str | None) -> Answer:
    body = {
        "type": f"{base_url}/api/docs/problems/{problem.kind.slug}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        "instance": escape_uri_path(path),
        "correlationId": correlation_id,
        "errors": problem.errors,
    }
    return Answer(problem.kind.status, orjson.dumps(body), problem.headers, CONTENT_TYPE)


def base_url(request: HttpRequest) -> str:
    """Scheme and host; nothing where the request's host is not one of ours."""
    try:
        return request.build_absolute_uri("/")[:-1]
    except SuspiciousOperation:
        return ""


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """The answer to whatever was raised on the way (DRF's EXCEPTION_HANDLER)."""
    return answer(context["request"]._request, as_problem(error))


def as_problem(error: BaseException) -> Problem:
    match error:
        case Problem():
            return error
        case exceptions.NotAuthenticated():
            return _unauthenticated("Send a bearer token: `Authorization: Bearer …`.", error, "")
        case exceptions.AuthenticationFailed():
            return _unauthenticated(str(error.detail), error, ', error="invalid_token"')
        case exceptions.MethodNotAllowed():
            return Problem("method-not-allowed", "Use one of the methods in the Allow header.")
        case exceptions.NotAcceptable():
            return Problem("not-acceptable", "Send Accept: application/json, or no Accept header at all.")
        case DisallowedHost():
            return Problem(
                "bad-request", "This Host is not answered: whoever runs the service adds it to ALLOWED_HOSTS."
            )
        case exceptions.APIException() | BadRequest() | MultiPartParserError() | SuspiciousOperation():
            detail = "The request cannot be read: correct its parameters, its headers or its form, and send it again."
            return Problem("bad-request", detail)
        case Http404():
            return Problem(
                "not-found",
                "There is no such path: they are listed under /api/docs/, and an id is a UUID.",
            )
        case StatementCancelled():
            detail = "The read took more than 2 seconds: name a target, or a shorter window of dates."
            return Problem("too-broad", detail, headers={"Retry-After": "1"})
        case StoreBusy():
            detail = "Other writers were in the way: send the same request again, it is safe to repeat."
            return Problem("unavailable", detail, headers={"Retry-After": "1"})
        case ReadNotRecorded():
            logger.error("A read could not be recorded.", exc_info=error)
            detail = "That this is read could not be recorded, so it is not shown: send the same request again."
            return Problem("unavailable", detail, headers={"Retry-After": "5"})
        case _ if isinstance(error, _UNREACHABLE) or isinstance(error.__cause__ or error, _READ_ONLY):
            return _of_database(error)
    logger.error("An unforeseen error.", exc_info=error)
    detail = "The service failed. If it fails again, report the correlationId."
    return Problem("internal-error", detail)


def _of_database(error: BaseException) -> Problem:
    if sentence := _ENDED.get(type(error.__cause__ or error)):
        logger.error("The database ended a statement.", exc_info=error)
        detail = f"{sentence} Send the same request again, it is safe to repeat."
    else:
        logger.error("The database cannot be reached.", exc_info=error)
        detail = "The database cannot be reached: send the same request again in a moment."
    return Problem("unavailable", detail, headers={"Retry-After": "5"})


def _unauthenticated(detail: str, error: Exception, reason: str) -> Problem:
    realm = getattr(error, "auth_header", 'Bearer realm="activity-history"')
    return Problem("unauthenticated", detail, headers={"WWW-Authenticate": f"{realm}{reason}"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, as_problem(exception))


def said_in_full(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware for what libraries refuse with an empty body: a method, on pages and files."""

    def check(request: HttpRequest) -> HttpResponseBase:
        # A file is served whole, as HTTP allows, rather than with a refusal of a range that it does not have.
        request.META.pop("HTTP_RANGE", None)
        response = get_response(request)
        if response.status_code != 405 or response.headers.get("Content-Type") == CONTENT_TYPE:
            return response
        refusal = as_problem(exceptions.MethodNotAllowed(request.method or ""))
        refusal.headers["Allow"] = response.headers["Allow"]
        return answer(request, refusal)

    return check


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, Problem("forbidden", "This account may not do this: sign in with one that may."))


def form_from_elsewhere(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    detail = "The form did not come from its own page, or its page is too old: open the page again and send it anew."
    return answer(request, Problem("forbidden", detail))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, as_problem(Http404()))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls it while the error is being handled."""
    return answer(request, as_problem(sys.exc_info()[1] or RuntimeError()))
