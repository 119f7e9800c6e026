"""Posting text as it stands, and what a refusal of its members looks like."""

import json
from typing import Any

import httpx

from activities.models import Activity
from tests.api_client import CheckedClient
from tests.refusals import PATH, problem

FIRST, SECOND, THIRD = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
LENIENT = {"Prefer": "handling=lenient"}


def post_text(api: CheckedClient, text: str | bytes, **headers: str) -> httpx.Response:
    """Header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.post(PATH, content=text, headers={"Content-Type": "application/json", **named})


def text_of(body: dict[str, Any], **raw: str) -> str:
    """The body as JSON, with these members' texts put in as they stand."""
    texts = {name: json.dumps(value) for name, value in body.items()} | raw
    return "{" + ", ".join(f"{json.dumps(name)}: {text}" for name, text in texts.items()) + "}"


def refused(slug: str, detail: str, *errors: tuple[str, str]) -> Any:
    """What `said` gives; errors are pointers and sentences."""
    return problem(slug, detail, *errors, at="pointer")


def invalid(*errors: tuple[str, str]) -> Any:
    """What `said` gives for a body whose members are wrong in these ways."""
    rest = f" There are {len(errors)} such faults in all." if len(errors) > 1 else ""
    return refused("invalid-activities", f"{errors[0][0]}: {errors[0][1]}{rest}", *errors)


def stored_ids() -> set[str]:
    """Of everything in the store."""
    return {str(id) for id in Activity.objects.values_list("id", flat=True)}
