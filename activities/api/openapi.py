"""What the OpenAPI document says of each operation; the shapes themselves come from the models that check them."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel

from activities.api.filters import ActivityFilter
from activities.api.openapi_parts import ON_EVERY_ANSWER, header, query, usual_problems
from activities.api.openapi_shapes import EXAMPLE, EXAMPLE_OF_A_LINK, SHAPES, ref
from activities.api.parameters import INCLUDABLE, MAX_PAGE_SIZE
from activities.contract import TARGET_ID_PATTERN, UUID_PATTERN
from activities.export import MAX_BYTES, MAX_ROWS
from activities.export_formats import FORMATS
from activities.history import MAX_TARGETS

Decorator = Callable[[Any], Any]


class PlainSchema(AutoSchema):
    """Takes the shapes as they are declared: a list is wrapped in a page, not in a bare array."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


class BearerTokens(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "activities.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


_TARGET = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": TARGET_ID_PATTERN}
_PAGE_SIZE = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE}
_TOKEN = query("paginationToken", {"type": "string"}, "As the page before gave it, with the same other parameters.")
_LIST_QUERY = [
    query("targetId", _TARGET, f"Of this record; up to {MAX_TARGETS}. Needed without `activities:search`.", many=True),
    *[
        query(
            name,
            {"type": "string", "minLength": 1},
            f.extra["help_text"],
            many=not name.startswith("occurred"),
        )
        for name, f in ActivityFilter.base_filters.items()
    ],
    query("pageSize", {**_PAGE_SIZE, "default": 20}, "How many records a page holds."),
    _TOKEN,
    query("include", {"type": "string", "enum": list(INCLUDABLE)}, "Members to add to each record.", many=True),
]
_ID = OpenApiParameter(
    "id", {"type": "string", "pattern": UUID_PATTERN}, OpenApiParameter.PATH, description="The activity's id."
)

_one_or_many = {
    "oneOf": [
        ref("ActivityIn"),
        {"type": "array", "items": ref("ActivityIn"), "minItems": 1, "maxItems": 1000},
    ]
}
_stored = {"oneOf": [ref("ActivityOut"), ref("Recorded"), ref("RecordedActivities")]}
_preference_applied = header("Preference-Applied", "The preferences that were heeded (RFC 7240).", [200, 201, 207])

create: Decorator = extend_schema(
    tags=["activities"],
    summary="Record one activity, or up to 1,000 at once",
    description=(
        "An array is stored whole or not at all, unless `Prefer: handling=lenient` is sent. Repeating a write is "
        "safe by the activities' `id`, or by an `Idempotency-Key`. Scope: `activities:write`."
    ),
    request={"application/json": _one_or_many},
    examples=[OpenApiExample("One activity", value=EXAMPLE, request_only=True)],
    parameters=[
        header(
            "Idempotency-Key",
            "1–255 printable characters; makes a write without ids repeat-safe.",
            asked=True,
        ),
        header("Prefer", "`return=minimal`, `return=representation`, `handling=lenient` (RFC 7240).", asked=True),
        header("Location", "The address of the one activity.", [200, 201]),
        _preference_applied,
        *ON_EVERY_ANSWER,
    ],
    responses={
        (200, "application/json"): OpenApiResponse(_stored, "All of it was stored already, with the same content."),
        (201, "application/json"): OpenApiResponse(_stored, "Stored."),
        (207, "application/json"): OpenApiResponse(ref("LenientlyRecorded"), "What became of each, when lenient."),
        **usual_problems(400, 403, 409, 411, 413, 415, 422),
    },
)
retrieve: Decorator = extend_schema(
    operation_id="get_activity",
    summary="Read one activity",
    description="Scope: `activities:read`.",
    parameters=[_ID, *ON_EVERY_ANSWER],
    responses={
        (200, "application/json"): OpenApiResponse(ref("ActivityOut"), "The activity, with its changes and in words."),
        **usual_problems(403, 404),
    },
)
list_: Decorator = extend_schema(
    tags=["activities"],
    operation_id="list_activities",
    summary="Read the history of records, newest first, page by page",
    description="Scope: `activities:read`; `activities:search` for a list without `targetId`.",
    parameters=[*_LIST_QUERY, header("Link", "The next page (RFC 8288).", [200]), *ON_EVERY_ANSWER],
    responses={
        (200, "application/json"): OpenApiResponse(ref("ActivityPage"), "A page."),
        **usual_problems(400, 403, 404),
    },
)
follow: Decorator = extend_schema(
    tags=["activities"],
    operation_id="follow_activities",
    summary="Follow every activity in the order of storing",
    description=(
        "Each activity once, in a fixed order; answered at once, and with a token to go on from. Drop a record at its "
        "`expiresAt`. Scope: `activities:search`."
    ),
    parameters=[
        *[parameter for parameter in _LIST_QUERY if parameter.name not in ("paginationToken", "include")],
        query("after", {"type": "string"}, "`nextToken` of the answer before, with the same filters."),
        *ON_EVERY_ANSWER,
        # In the place of that of the others.
        header("Retry-After", "1 when up to date; else the seconds to wait.", [200, 429, 503]),
    ],
    responses={
        (200, "application/json"): OpenApiResponse(ref("FeedPage"), "A page, empty when there is nothing new."),
        **usual_problems(400, 403, 410),
    },
)
export: Decorator = extend_schema(
    tags=["activities"],
    operation_id="export_activities",
    summary="Export activities as a file, newest first, part by part",
    description=(
        f"A part has at most {MAX_ROWS:,} rows and {MAX_BYTES >> 20} MiB; the parts in their order are one file. A "
        "spreadsheet's formulas are guarded in CSV by `'`. Scope: `activities:search`."
    ),
    parameters=[
        query("format", {"type": "string", "enum": list(FORMATS)}, "Of the file.", required=True),
        *[parameter for parameter in _LIST_QUERY if parameter.name not in ("pageSize", "include")],
        header("Link", "The next part (RFC 8288).", [200]),
        header("X-Next-Token", "`paginationToken` of the next part; none on the last one.", [200]),
        *ON_EVERY_ANSWER,
    ],
    responses={
        **{(200, one.content_type): OpenApiResponse({"type": "string"}, "A part.") for one in FORMATS.values()},
        **usual_problems(400, 403),
    },
)
consumers_list: Decorator = extend_schema(
    tags=["existing front ends"],
    summary="The history of one record, in the form that existing front ends read",
    description="Unknown parameters are passed over. Scope: `activities:read`.",
    parameters=[
        query("targetId", _TARGET, "Of this record.", required=True),
        query("pageSize", {**_PAGE_SIZE, "default": 10}, "How many records a page holds."),
        _TOKEN,
        *ON_EVERY_ANSWER,
    ],
    responses={
        (200, "application/json"): OpenApiResponse(ref("ActivityHistoryPage"), "A page."),
        (404, "application/json"): OpenApiResponse({"type": "string"}, "The target id: it has no history."),
        **usual_problems(400, 403),
    },
)
create_viewer_link: Decorator = extend_schema(
    tags=["viewer links"],
    summary="Make a link by which a resident sees the history of records",
    description=(
        "Hand `url` to the resident's browser at once: whoever has it sees, until `expiresAt` and without signing in, "
        "what the wording marks for residents. Scope: `history:share`."
    ),
    request={"application/json": ref("ViewerLinkIn")},
    examples=[OpenApiExample("One tenure", value=EXAMPLE_OF_A_LINK, request_only=True)],
    parameters=ON_EVERY_ANSWER,
    responses={
        (201, "application/json"): OpenApiResponse(ref("ViewerLinkOut"), "Made."),
        **usual_problems(400, 403, 404, 411, 413, 415),
    },
)


def without_slash(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Both spellings of a path are served; the one without a slash is written down."""
    return [(path.rstrip("/"), regex, method, view) for path, regex, method, view in endpoints]


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds the named shapes."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for name, shape in SHAPES.items():
        schema = _schema_of(shape) if isinstance(shape, type) else shape
        schemas.update(schema.pop("$defs", {}))
        schemas[name] = schema
    return result


def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    mode = "validation" if model.__name__.endswith("In") else "serialization"
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode=mode)  # type: ignore[arg-type]
    for shape in [schema, *schema.get("$defs", {}).values()]:
        for member in shape["properties"].values():
            # Pydantic's titles only repeat the names, in another spelling.
            member.pop("title", None)
    return schema
