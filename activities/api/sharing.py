"""The body of POST viewer-links: which targets a link is to show, and for how long."""

from contextlib import suppress
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, WrapValidator
from pydantic_core import PydanticCustomError

from activities.access import LONGEST_LINK_MINUTES, Caller
from activities.api.problems import Problem, pointed
from activities.contract import TargetId, faults_of, no_such_member
from activities.history import MAX_TARGETS
from activities.json_body import BodyUnreadable, Fault, read_body

_TWICE = "This target stands in the array before: leave one of the two out."
_OUTSIDE = "The token may not read this target: leave it out, or ask for a token that names it."


def _else_says(sentence: str) -> WrapValidator:
    """For the value itself; members of an array that are wrong speak for themselves."""

    def check(value: object, read: object) -> object:
        try:
            return read(value)  # type: ignore[operator]
        except ValidationError as error:
            if any(detail["loc"] for detail in error.errors()):
                raise
            raise PydanticCustomError("unfit", "{sentence}", {"sentence": sentence}) from None

    return WrapValidator(check)


class ViewerLinkIn(BaseModel):
    """What a viewer link is to show, and for how long."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, frozen=True)

    targetIds: Annotated[
        list[TargetId],
        Field(min_length=1, max_length=MAX_TARGETS, json_schema_extra={"uniqueItems": True}),
        _else_says(f"Send an array of 1 to {MAX_TARGETS} target ids."),
    ] = Field(description="The records whose history it shows.")
    minutes: Annotated[
        StrictInt,
        Field(ge=1, le=LONGEST_LINK_MINUTES),
        _else_says(f"Send a whole number from 1 to {LONGEST_LINK_MINUTES}."),
    ] = Field(description="For how long it can be used.")


def read_viewer_link(body: bytes, caller: Caller) -> ViewerLinkIn:
    """Raises Problem."""
    try:
        asked = ViewerLinkIn.model_validate(_value(body))
    except ValidationError as error:
        raise _refusal(faults_of(error, lambda place: no_such_member(ViewerLinkIn))) from None
    if repeats := _repeats(asked.targetIds):
        raise _refusal(repeats)
    readable = set(caller.readable_targets(asked.targetIds))
    outside = [Fault(f"/targetIds/{n}", _OUTSIDE) for n, id in enumerate(asked.targetIds) if id not in readable]
    if outside:
        raise Problem("no-activities", f"{_OUTSIDE} No link was made.", errors=pointed(outside))
    return asked


def _value(body: bytes) -> Any:
    """Raises Problem; what cannot be read at all is told as of other bodies."""
    with suppress(orjson.JSONDecodeError):
        return orjson.loads(body)
    try:
        _, items = read_body(body)
    except BodyUnreadable as error:
        raise Problem("malformed-json", str(error)) from None
    raise _refusal([fault for item in items for fault in item.faults] or [Fault("", "Send an object.")])


def _repeats(target_ids: list[str]) -> list[Fault]:
    return [Fault(f"/targetIds/{n}", _TWICE) for n, id in enumerate(target_ids) if id in target_ids[:n]]


def _refusal(faults: list[Fault]) -> Problem:
    errors = pointed(faults)
    rest = f" There are {len(errors)} such faults in all." if len(errors) > 1 else ""
    return Problem("invalid-viewer-link", f"{errors[0]['pointer']}: {errors[0]['detail']}{rest}", errors=errors)
