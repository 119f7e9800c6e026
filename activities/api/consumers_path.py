"""The path that two existing web front ends read, answered exactly as they know it."""

from datetime import UTC, datetime, timedelta
from math import floor
from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from activities.access import READ
from activities.api import openapi
from activities.api.answers import json_answer
from activities.api.parameters import CONSUMERS_PARAMETERS, read_list_query
from activities.api.problems import Problem
from activities.api.views import ActivityViewSet, caller_of, read_page
from activities.history import StoredActivity


class ConsumersHistoryViewSet(ActivityViewSet):
    """`POST` is the same as on /api/v1/activities."""

    scopes: ClassVar[dict[str, str]] = {**ActivityViewSet.scopes, "list": READ}

    @openapi.consumers_list
    def list(self, request: Request) -> HttpResponse:
        now = datetime.now(UTC)
        query = read_list_query(request._request, default_page_size=10, known=CONSUMERS_PARAMETERS, strict=False)
        if query.target_ids is None or len(query.target_ids) != 1:
            detail = "Send one targetId."
            raise Problem("invalid-parameters", detail, errors=[{"parameter": "targetId", "detail": detail}])
        page = read_page(query, caller_of(request), now)
        if not page.records:
            return json_answer(query.target_ids[0], 404)
        results = [_members(record) for record in page.records]
        return json_answer({"results": results, "paginationDetails": {"nextToken": query.token(page.next)}})


def _members(record: StoredActivity) -> dict[str, Any]:
    return {
        "id": record.id,
        "targetId": record.target_id,
        "type": record.type,
        "targetType": record.target_type,
        "createdAt": record.occurred_at,
        "timetoLiveForRecord": _whole_days(record),
        "oldData": record.old_data and orjson.Fragment(record.old_data),
        "newData": record.new_data and orjson.Fragment(record.new_data),
        "authorDetails": {
            "id": record.author_identifier,
            "fullName": record.author_full_name,
            "email": record.author_email,
        },
        "sourceDomain": record.source_domain,
    }


def _whole_days(record: StoredActivity) -> int:
    """Whole days from the moment to its expiry, at least 1; 0 says that it is kept without end."""
    if record.expires_at is None:
        return 0
    return max(1, floor((record.expires_at - record.occurred_at) / timedelta(days=1)))
