"""What several operations of the OpenAPI document share: headers, query parameters, problems."""

from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from activities.api.openapi_shapes import ref
from activities.api.problem_types import PROBLEM_TYPES


def header(name: str, description: str, codes: list[int] | None = None, *, asked: bool = False) -> OpenApiParameter:
    where = {} if asked else {"response": codes or True}
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, **where)  # type: ignore[arg-type]


def problems(*codes: int) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for code in sorted({*codes}):
        titles = [f"{kind.title} (`{kind.slug}`)" for kind in PROBLEM_TYPES.values() if kind.status == code]
        found[code, "application/problem+json"] = OpenApiResponse(ref("Problem"), ". ".join(titles) + ".")
    return found


usual_problems = partial(problems, 401, 406, 429, 500, 503)


def query(
    name: str, schema: dict[str, Any], description: str, *, many: bool = False, required: bool = False
) -> OpenApiParameter:
    shape = {"type": "array", "items": schema} if many else schema
    return OpenApiParameter(
        name,
        shape,
        OpenApiParameter.QUERY,
        required=required,
        description=description,
        style="form" if many else None,
        explode=True if many else None,
    )


CORRELATION = [
    header("x-correlation-id", "1–128 printable characters that tie requests; else one is made.", asked=True),
    header("x-correlation-id", "The request's own, or the one that was made."),
    header("Server-Timing", "The statements that were run, and their milliseconds."),
]
ON_EVERY_ANSWER = [
    *CORRELATION,
    header("RateLimit-Policy", "What a client with limits may ask for in a minute (draft-ietf-httpapi-ratelimit)."),
    header("RateLimit", "What is left of it (`r`), and for how many seconds (`t`)."),
    header("Retry-After", "The seconds to wait.", [429, 503]),
]
