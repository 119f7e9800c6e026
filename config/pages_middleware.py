"""Middleware that pages need, kept off the API's path: there it would cost time and could set cookies."""

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/v")


class _PagesOnly:
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_api(request):
            return self.get_response(request)  # type: ignore[attr-defined,no-any-return]
        return super().__call__(request)  # type: ignore[misc,no-any-return]


class PagesContentSecurityMiddleware(_PagesOnly, CSPMiddleware):
    pass


class PagesSessionMiddleware(_PagesOnly, SessionMiddleware):
    pass


class PagesCommonMiddleware(_PagesOnly, CommonMiddleware):
    pass


class PagesAuthenticationMiddleware(_PagesOnly, AuthenticationMiddleware):
    pass


class PagesMessageMiddleware(_PagesOnly, MessageMiddleware):
    pass


class PagesFrameOptionsMiddleware(_PagesOnly, XFrameOptionsMiddleware):
    pass


class PagesCsrfMiddleware(_PagesOnly, CsrfViewMiddleware):
    def process_view(self, request: HttpRequest, *args: Any) -> Any:
        return None if is_api(request) else super().process_view(request, *args)
