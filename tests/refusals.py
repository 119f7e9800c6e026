"""Refusals as whole bodies."""

from typing import Any

import httpx

from activities.api.problem_types import PROBLEM_TYPES

PATH = "/api/v1/activities"


def problem(slug: str, detail: str, *errors: tuple[str, str], instance: str = PATH, at: str = "parameter") -> Any:
    """What `said` gives for this refusal; each error is the place it is at, and its detail."""
    kind = PROBLEM_TYPES[slug]
    return {
        "type": f"http://localhost/api/docs/problems/{slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": instance,
        "errors": [{at: place, "detail": detail} for place, detail in errors],
    }


def said(response: httpx.Response) -> Any:
    """The body, without its correlation id, which must be that of the header."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert body.pop("correlationId") == response.headers["x-correlation-id"]
    return body
