"""The path that two existing web front ends read, answered exactly as they know it."""

from datetime import UTC, datetime, timedelta
from datetime import datetime as Instant
from math import floor
from typing import Any, ClassVar

import msgspec
import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from activities.access import READ
from activities.api import openapi
from activities.api.calls import Answer, Call, json_answer
from activities.api.operations import read_page
from activities.api.parameters import CONSUMERS_PARAMETERS, read_list_query
from activities.api.problems import Problem
from activities.api.views import ActivityViewSet, answered
from activities.members import shown, written
from activities.wording import read_stored


class ConsumersHistoryViewSet(ActivityViewSet):
    """`POST` is the same as on /api/v1/activities."""

    scopes: ClassVar[dict[str, str]] = {**ActivityViewSet.scopes, "list": READ}

    @openapi.consumers_list
    def list(self, request: Request) -> HttpResponse:
        return answered(request, list_activities)


class _Read(msgspec.Struct):
    """What is read of a record's text; `Raw` members are passed on as they stand."""

    id: msgspec.Raw
    type: msgspec.Raw
    targetType: msgspec.Raw
    targetId: str
    sourceDomain: str | None
    datetime: Instant
    oldData: msgspec.Raw
    newData: msgspec.Raw
    author: msgspec.Raw
    expiresAt: Instant | None


_read = msgspec.json.Decoder(_Read).decode


def list_activities(call: Call) -> Answer:
    query = read_list_query(call.meta, default_page_size=10, known=CONSUMERS_PARAMETERS, strict=False)
    if query.target_ids is None or len(query.target_ids) != 1:
        detail = "Send one targetId."
        raise Problem("invalid-parameters", detail, errors=[{"parameter": "targetId", "detail": detail}])
    page = read_page(query, call.caller, datetime.now(UTC))
    if not page.records:
        return json_answer(query.target_ids[0], 404)
    audience = call.caller.audience
    records = page.records
    if audience == "resident":
        records = [shown(each, read_stored(each), audience, with_changes=False, with_summary=False) for each in records]
    results = [_members(record) for record in records]
    return json_answer({"results": results, "paginationDetails": {"nextToken": query.token(page.next)}})


def _members(record: bytes) -> dict[str, Any]:
    read = _read(record)
    return {
        "id": orjson.Fragment(bytes(read.id)),
        "targetId": read.targetId,
        "type": orjson.Fragment(bytes(read.type)),
        "targetType": orjson.Fragment(bytes(read.targetType)),
        "createdAt": written(read.datetime),
        "timetoLiveForRecord": _whole_days(read.datetime, read.expiresAt),
        "oldData": orjson.Fragment(bytes(read.oldData)),
        "newData": orjson.Fragment(bytes(read.newData)),
        "authorDetails": orjson.Fragment(bytes(read.author)),
        "sourceDomain": read.sourceDomain,
    }


def _whole_days(occurred_at: datetime, expires_at: datetime | None) -> int:
    """From the moment to its expiry, at least 1; 0 says that it is kept without end."""
    if expires_at is None:
        return 0
    return max(1, floor((expires_at - occurred_at) / timedelta(days=1)))
