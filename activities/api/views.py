"""The activities end points. Each method reads the request, makes one call into the domain, and answers."""

import re
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import NotAcceptable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from activities import history
from activities.access import READ, SEARCH, WRITE, Caller
from activities.api import openapi
from activities.api.accept import accepts_json
from activities.api.answers import json_answer
from activities.api.bodies import read_json_bytes
from activities.api.parameters import ListQuery, read_list_query, restricted
from activities.api.permissions import HasScope, require
from activities.api.preferences import Preferences, read_preferences
from activities.api.problems import Problem, address
from activities.api.submissions import (
    Stored,
    Submission,
    read_submission,
    status,
    store_good_ones,
    store_whole,
)
from activities.history import Page
from activities.members import just_stored, members
from activities.moments import EARLIEST

_KEY = re.compile(r"[\x20-\x7e]{1,255}", re.ASCII)


class ApiViewSet(ViewSet):
    permission_classes = (HasScope,)
    scopes: ClassVar[dict[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # A browser asks with OPTIONS before it sends the token.
        if request.method != "OPTIONS":
            super().initial(request, *args, **kwargs)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        accept = request.META.get("HTTP_ACCEPT", "*/*")
        # Nearly every caller accepts JSON in one of these ways, which need no parsing.
        if accept not in ("*/*", "application/json") and not force and not accepts_json(accept):
            raise NotAcceptable
        renderer = JSONRenderer()
        return renderer, renderer.media_type

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse(status=204)


class ActivityViewSet(ApiViewSet):
    scopes: ClassVar[dict[str, str]] = {"create": WRITE, "retrieve": READ}

    @openapi.create
    def create(self, request: Request) -> HttpResponse:
        now = datetime.now(UTC)
        caller, plain = caller_of(request), request._request
        body = read_json_bytes(plain)
        correlation_id: str = plain.correlation_id  # type: ignore[attr-defined]
        submission = read_submission(
            body, caller, idempotency_key=_idempotency_key(plain), correlation_id=correlation_id, now=now
        )
        preferences = read_preferences(plain)
        if submission.many and preferences.lenient:
            return _lenient_answer(submission, caller, preferences, now)
        as_records = (preferences.wants == "representation") if submission.many else (preferences.wants != "minimal")
        stored = store_whole(submission, caller, now=now, with_data=as_records)
        return _answer(plain, stored, submission.many, as_records, preferences, now)

    @openapi.retrieve
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        now = datetime.now(UTC)
        record = history.by_id(UUID(id), now=now)
        if record is None or not caller_of(request).may_read(record.target_id, record.source_domain):
            raise Problem("not-found", "There is no such activity, or this token may not read it: check the id.")
        return json_answer(members(record, with_changes=True))

    @openapi.list_
    def list(self, request: Request) -> HttpResponse:
        now = datetime.now(UTC)
        caller, plain = caller_of(request), request._request
        query = read_list_query(plain, default_page_size=20)
        page = read_page(query, caller, now)
        if not page.records and query.target_ids is not None and not _has_records(query, caller, now):
            raise Problem("no-activities", "None of these targets has an activity to show: check the target ids.")
        token = query.token(page.next)
        next_url = token and address(plain, f"/api/v1/activities?{query.next_query(token)}")
        body = {
            "results": [members(record, with_changes=query.with_changes) for record in page.records],
            "paginationDetails": {"nextToken": token, "next": next_url},
        }
        return json_answer(body, headers={"Link": f'<{next_url}>; rel="next"'} if next_url else {})


def read_page(query: ListQuery, caller: Caller, now: datetime) -> Page:
    """The page that was asked for, of what the caller may read. Raises Problem when its scope does not reach."""
    require(caller, READ if query.target_ids is not None else SEARCH)
    if query.target_ids is not None:
        target_ids: list[str] | None = caller.readable_targets(query.target_ids)
    else:
        target_ids = None if caller.target_ids is None else sorted(caller.target_ids)
    return history.page(
        target_ids,
        narrow=restricted(query.narrow, caller.source_domains),
        after=query.after,
        page_size=query.page_size,
        now=now,
    )


def _has_records(query: ListQuery, caller: Caller, now: datetime) -> bool:
    """Whether an empty page is empty because of filters or a continuation, rather than for want of any record."""
    target_ids = caller.readable_targets(query.target_ids or [])
    narrow = restricted(None, caller.source_domains)
    return query.after is not None or (
        query.narrow is not None and history.has_records(target_ids, narrow=narrow, now=now)
    )


def caller_of(request: Request) -> Caller:
    caller = request.user
    assert isinstance(caller, Caller)  # noqa: S101 (HasScope has let it through)
    return caller


def _idempotency_key(request: HttpRequest) -> str | None:
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not _KEY.fullmatch(key):
        detail = "An Idempotency-Key has 1 to 255 printable ASCII characters."
        raise Problem("invalid-parameters", detail, errors=[{"parameter": "Idempotency-Key", "detail": detail}])
    return key


def _lenient_answer(submission: Submission, caller: Caller, preferences: Preferences, now: datetime) -> HttpResponse:
    results = store_good_ones(submission, caller, now=now)
    counts = [result["status"] for result in results]
    body = {"created": counts.count("created"), "existing": counts.count("existing"), "results": results}
    return json_answer(body, 207, preferences.applied(lenient=True))


def _answer(
    request: HttpRequest,
    stored: Stored,
    many: bool,
    as_records: bool,
    preferences: Preferences,
    now: datetime,
) -> HttpResponse:
    activities, recorded = stored
    headers = preferences.applied(lenient=False)
    if not many:
        headers["Location"] = address(request, f"/api/v1/activities/{activities[0].id}")
    results = (
        _records(stored, now)
        if as_records
        else [{"id": activity.id, "status": status(activity, recorded)} for activity in activities]
    )
    body = {"created": len(recorded.created), "existing": len(recorded.existing), "results": results}
    code = 201 if recorded.created else 200
    return json_answer(results[0] if as_records and not many else body, code, headers)


def _records(stored: Stored, now: datetime) -> list[dict[str, Any]]:
    activities, recorded = stored
    # Whoever sent the same content again sees it, also where a shorter policy has ended it since.
    existing = history.by_ids(recorded.existing, now=EARLIEST) if recorded.existing else {}
    return [
        members(
            just_stored(activity, recorded.created[activity.id], now)
            if activity.id in recorded.created
            else existing[activity.id]
        )
        for activity in activities
    ]
