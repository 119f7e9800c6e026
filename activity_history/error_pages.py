"""What went wrong on a page, in words for a person; whoever is no browser gets the API's problem."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from activities.api import problems
from activity_history.council import council


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _in_words(request, problems.bad_request(request, exception))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Who is signed in may sign out or come back as someone else; only a page that was read can be come back to."""
    problem = problems.permission_denied(request, exception)
    if not _is_browser(request):
        return problem
    back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return _in_words(request, problem, context={"next": back, "csrf_token": get_token(request)})


def form_from_elsewhere(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return _in_words(request, problems.form_from_elsewhere(request, reason), "errors/form.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _in_words(request, problems.not_found(request, exception))


def server_error(request: HttpRequest) -> HttpResponse:
    return _in_words(request, problems.server_error(request))


def _in_words(
    request: HttpRequest, problem: HttpResponse, template: str = "", context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The problem itself, or its page for a browser."""
    if not _is_browser(request):
        return problem
    # Without the request: who is signed in would be looked up in the database, which may be what fails.
    text = render_to_string(
        template or f"errors/{problem.status_code}.html",
        {"reference": getattr(request, "correlation_id", None), **council(None), **(context or {})},
    )
    page = HttpResponse(text, status=problem.status_code)
    if "Retry-After" in problem.headers:
        page.headers["Retry-After"] = problem.headers["Retry-After"]
    return page


def _is_browser(request: HttpRequest) -> bool:
    """Browsers name text/html before all else. The API has no pages but its docs."""
    is_page = not request.path_info.startswith("/api/") or request.path_info.startswith("/api/docs")
    return is_page and request.get_preferred_type([problems.CONTENT_TYPE, "text/html"]) == "text/html"
