"""Middleware that pages need, kept off the API's path: there it would cost time and could set cookies."""

from collections.abc import Callable
from typing import Any

from axes.middleware import AxesMiddleware
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware

from activities.api.answers import is_asked_from_within

LINKS = "/my-history/"


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(("/api/v", "/api/health/"))


def has_no_session(request: HttpRequest) -> bool:
    """The API, and residents' pages, which set no cookie whatever came with the request."""
    return is_api(request) or request.path_info.startswith(LINKS)


def links_are_private(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: whatever answers below residents' links, their address goes to no other page, cache or index."""

    def keep(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path_info.startswith(LINKS):
            response["Referrer-Policy"] = "no-referrer"
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return keep


class _PagesOnly:
    steps_aside = staticmethod(is_api)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self.steps_aside(request):
            return self.get_response(request)  # type: ignore[attr-defined,no-any-return]
        return super().__call__(request)  # type: ignore[misc,no-any-return]


class _WithSessionOnly(_PagesOnly):
    steps_aside = staticmethod(has_no_session)


class PagesContentSecurityMiddleware(_PagesOnly, CSPMiddleware):
    pass


class PagesCommonMiddleware(_PagesOnly, CommonMiddleware):
    @staticmethod
    def steps_aside(request: HttpRequest) -> bool:
        """It would refuse the host of those who ask from within."""
        return is_api(request) or is_asked_from_within(request)


class PagesFrameOptionsMiddleware(_PagesOnly, XFrameOptionsMiddleware):
    pass


class PagesSessionMiddleware(_WithSessionOnly, SessionMiddleware):
    pass


class PagesAuthenticationMiddleware(_WithSessionOnly, AuthenticationMiddleware):
    pass


class PagesMessageMiddleware(_WithSessionOnly, MessageMiddleware):
    pass


class PagesGuessingMiddleware(_WithSessionOnly, AxesMiddleware):  # type: ignore[misc]
    pass


class PagesCsrfMiddleware(_WithSessionOnly, CsrfViewMiddleware):
    def process_view(self, request: HttpRequest, *args: Any) -> Any:
        return None if has_no_session(request) else super().process_view(request, *args)
