"""The named shapes of the OpenAPI document."""

from typing import Any

from pydantic import BaseModel

from activities.api.sharing import ViewerLinkIn
from activities.contract import ActivityIn
from activities.members import ActivityOut


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(members: dict[str, Any], optional: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    required = [name for name in members if name not in optional]
    return {
        "type": "object",
        "properties": members,
        "required": required,
        "additionalProperties": False,
        **more,
    }


_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_COUNT = {"type": "integer", "minimum": 0}
_DOCUMENT = {"type": ["object", "null"], "additionalProperties": True}
_FAULT = _object(
    {"pointer": _TEXT, "parameter": _TEXT, "detail": _TEXT},
    optional=("pointer", "parameter"),
    description="`pointer` names a member of the body (RFC 6901), `parameter` a query parameter or header.",
)
_RESULT = _object(
    {
        "id": {**_TEXT_OR_NULL, "format": "uuid"},
        "status": {"enum": ["created", "existing", "rejected"]},
        "errors": {"type": "array", "items": ref("Fault")},
    },
    optional=("errors",),
)


def _counted(items: dict[str, Any]) -> dict[str, Any]:
    return _object({"created": _COUNT, "existing": _COUNT, "results": {"type": "array", "items": items}})


_STORED_RESULT = _object({"id": {**_TEXT, "format": "uuid"}, "status": {"enum": ["created", "existing"]}})

SHAPES: dict[str, type[BaseModel] | dict[str, Any]] = {
    "ActivityIn": ActivityIn,
    "ActivityOut": ActivityOut,
    "Recorded": _counted(_STORED_RESULT),
    "RecordedActivities": _counted(ref("ActivityOut")),
    "LenientlyRecorded": _counted(ref("Result")),
    "Result": _RESULT,
    "ActivityPage": _object(
        {
            "results": {"type": "array", "items": ref("ActivityOut")},
            "paginationDetails": _object({"nextToken": _TEXT_OR_NULL, "next": {**_TEXT_OR_NULL, "format": "uri"}}),
        }
    ),
    "FeedPage": _object(
        {
            "results": {"type": "array", "items": ref("ActivityOut")},
            "nextToken": _TEXT,
            "upToDate": {"type": "boolean", "description": "Nothing more is to be had at this moment."},
        }
    ),
    "ActivityHistoryPage": _object(
        {
            "results": {"type": "array", "items": ref("ActivityHistoryRecord")},
            "paginationDetails": _object({"nextToken": _TEXT_OR_NULL}),
        }
    ),
    "ActivityHistoryRecord": _object(
        {
            "id": {**_TEXT, "format": "uuid"},
            "targetId": _TEXT,
            "type": _TEXT,
            "targetType": _TEXT,
            "createdAt": {**_TEXT, "format": "date-time"},
            "timetoLiveForRecord": {
                **_COUNT,
                "description": "Whole days from `createdAt` to the record's end, at least 1; 0: kept without end.",
            },
            "oldData": _DOCUMENT,
            "newData": _DOCUMENT,
            "authorDetails": ref("AuthorOut"),
            "sourceDomain": _TEXT_OR_NULL,
        }
    ),
    "ViewerLinkIn": ViewerLinkIn,
    "ViewerLinkOut": _object({"url": {**_TEXT, "format": "uri"}, "expiresAt": {**_TEXT, "format": "date-time"}}),
    "Fault": _FAULT,
    "Problem": _object(
        {
            "type": {**_TEXT, "format": "uri-reference"},
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {**_TEXT, "description": "A sentence that tells the cure."},
            "instance": {**_TEXT, "format": "uri-reference"},
            "correlationId": _TEXT_OR_NULL,
            "errors": {"type": "array", "items": ref("Fault"), "maxItems": 1000},
        },
        description="RFC 9457. The page at `type` explains it.",
    ),
}

EXAMPLE = {
    "type": "update",
    "targetType": "person",
    "targetId": "f7f52fe1-53b8-547c-9058-32905c5f8997",
    "sourceDomain": "Person",
    "datetime": "2026-02-19T15:12:00Z",
    "timeToLive": "P7Y",
    "oldData": {"surname": "Okafor"},
    "newData": {"surname": "Okafor-Bell"},
    "author": {"fullName": "Dawit Haile", "email": "dawit.haile@council.example"},
}
EXAMPLE_OF_A_LINK = {"targetIds": ["f7f52fe1-53b8-547c-9058-32905c5f8997"], "minutes": 30}
