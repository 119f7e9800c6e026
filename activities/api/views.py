"""The activities end points as DRF's view sets, which make their document and answer what the hot path leaves."""

from collections.abc import Callable
from time import time
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import NotAcceptable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from activities.access import READ, SEARCH, WRITE, Caller
from activities.api import export, feed, openapi, operations
from activities.api.accept import accepts_json
from activities.api.answers import as_response
from activities.api.calls import Answer, Call
from activities.api.limits import limit_headers
from activities.api.permissions import HasScope
from activities.api.problems import base_url


class ApiViewSet(ViewSet):
    permission_classes = (HasScope,)
    scopes: ClassVar[dict[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # A browser asks with OPTIONS before it sends the token.
        if request.method != "OPTIONS":
            super().initial(request, *args, **kwargs)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        if not force and not accepts_json(request.META.get("HTTP_ACCEPT", "*/*")):
            raise NotAcceptable
        renderer = JSONRenderer()
        return renderer, renderer.media_type

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        finished = super().finalize_response(request, response, *args, **kwargs)
        # Not asked for: it would authenticate anew what could not be.
        caller = getattr(request, "_user", None)
        if isinstance(caller, Caller):
            for name, value in limit_headers(caller, now=time()).items():
                finished.headers[name] = value
        return finished

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse(status=204)


class ActivityViewSet(ApiViewSet):
    scopes: ClassVar[dict[str, str]] = {"create": WRITE, "retrieve": READ, "follow": SEARCH}

    @openapi.create
    def create(self, request: Request) -> HttpResponse:
        return answered(request, operations.create_activities)

    @openapi.retrieve
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        return answered(request, lambda call: operations.get_activity(call, id))

    @openapi.list_
    def list(self, request: Request) -> HttpResponse:
        return answered(request, operations.list_activities)

    @openapi.follow
    def follow(self, request: Request) -> HttpResponse:
        return answered(request, feed.follow_feed)


class ExportViewSet(ApiViewSet):
    scopes: ClassVar[dict[str, str]] = {"export": SEARCH}

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """DRF's view and request hold each other: an answer in the view would stay in memory till both go."""
        response = super().dispatch(request, *args, **kwargs)
        del self.response
        return response

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """`format` says what is wanted, whatever Accept says (RFC 9110, 12.5.1)."""
        return super().perform_content_negotiation(request, force=True)

    @openapi.export
    def export(self, request: Request) -> HttpResponse:
        return answered(request, export.export_activities)


def answered(request: Request, operation: Callable[[Call], Answer]) -> HttpResponse:
    caller, plain = request.user, request._request
    assert isinstance(caller, Caller)  # noqa: S101 (HasScope has let it through)
    call = Call(caller, plain.META, base_url(plain), correlation_id_of(plain), lambda: plain.body)
    return as_response(operation(call))


def correlation_id_of(request: HttpRequest) -> str:
    given: str = request.correlation_id  # type: ignore[attr-defined]
    return given
