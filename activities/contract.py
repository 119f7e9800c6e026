"""The wire shapes of a POST: what is accepted, and in which words it is refused."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from activities import durations, moments, retention
from activities.durations import Duration, DurationTooLong, DurationUnreadable, read_duration
from activities.json_body import MAX_FAULTS, Fault, Item, escape
from activities.moments import MomentImpossible, MomentUnreadable
from activities.new_activities import AuthorSnapshot, NewActivity

MAX_AUTHOR_BYTES = 2_000
UUID_PATTERN = "^([0-9a-fA-F]{32}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$"
WORD_PATTERN = "^[A-Za-z][A-Za-z0-9_.-]*$"
EMAIL_PATTERN = r"^([^@\s\u0000-\u001f\u007f-\u009f]+@[^@\s\u0000-\u001f\u007f-\u009f]+)?$"
TARGET_ID_PATTERN = r"^[^\u0000-\u001f\u007f-\u009f]+$"
_uuid = re.compile(UUID_PATTERN[1:-1], re.ASCII)
_email = re.compile(EMAIL_PATTERN[1:-1])
_target_id = re.compile(TARGET_ID_PATTERN[1:-1])


def read_uuid(text: Any) -> UUID:
    """Raises ValueError for anything but the two spellings: `UUID()` would take braces and `urn:uuid:` too."""
    if not isinstance(text, str) or not _uuid.fullmatch(text):
        raise PydanticCustomError("uuid", "Write the id as a UUID: 32 hexadecimal digits, with or without dashes.")
    return UUID(text)


def _says(pattern: re.Pattern[str], sentence: str) -> AfterValidator:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise PydanticCustomError("pattern", "{sentence}", {"sentence": sentence})
        return text

    return AfterValidator(check)


def _in_words(read: Callable[[str], Any], *errors: type[ValueError]) -> BeforeValidator:
    """Reads text, and turns the reader's own errors into the answer."""

    def validate(value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Send a string.")
        try:
            return read(value)
        except errors as error:
            raise PydanticCustomError("unreadable", "{sentence}", {"sentence": str(error)}) from None

    return BeforeValidator(validate)


def _in_reach(moment: datetime, info: ValidationInfo) -> datetime:
    if moment < moments.EARLIEST:
        raise PydanticCustomError("past", "A datetime lies in 1900 or later.")
    if info.context and moment > info.context["now"] + moments.MAY_LIE_AHEAD:
        raise PydanticCustomError("future", "A datetime lies at most 24 hours ahead of now.")
    return moment


_WORD_SENTENCE = "Begin with a letter and go on with letters, digits, _ . or - only, 64 characters at most."
Id = Annotated[UUID, BeforeValidator(read_uuid), WithJsonSchema({"type": "string", "pattern": UUID_PATTERN})]
Word = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64),
    _says(re.compile(WORD_PATTERN[1:-1], re.ASCII), _WORD_SENTENCE),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 64, "pattern": WORD_PATTERN}),
]
TargetId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    _says(_target_id, "A target id has no control characters."),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 255, "pattern": TARGET_ID_PATTERN}),
]
Moment = Annotated[
    datetime,
    _in_words(moments.read_moment, MomentUnreadable, MomentImpossible),
    AfterValidator(_in_reach),
    WithJsonSchema({"type": "string", "pattern": moments.PATTERN, "maxLength": 100}),
]
TimeToLive = Annotated[
    Duration,
    _in_words(lru_cache(1024)(read_duration), DurationUnreadable, DurationTooLong),
    WithJsonSchema({"type": "string", "pattern": durations.PATTERN}),
]
Email = Annotated[
    str,
    StringConstraints(max_length=254),
    _says(
        _email,
        "An e-mail address has one @ with something on both sides, no spaces and no control characters.",
    ),
    WithJsonSchema({"type": "string", "maxLength": 254, "pattern": EMAIL_PATTERN}),
]
Document = Annotated[dict[str, Any], WithJsonSchema({"type": "object"})]


def _sized(longest: int) -> Any:
    return StringConstraints(min_length=1, max_length=longest)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, frozen=True)


class AuthorIn(_Shape):
    """Who did it, as they were called at that moment. All three together have at most 2,000 bytes."""

    id: Annotated[str, _sized(255)] | None = None
    fullName: Annotated[str, _sized(255)]
    email: Email | None = None

    @model_validator(mode="after")
    def _is_short(self) -> "AuthorIn":
        size = sum(len(part.encode()) for part in (self.id, self.fullName, self.email) if part)
        if size > MAX_AUTHOR_BYTES:
            raise PydanticCustomError("author_size", "Id, fullName and email have at most 2000 bytes together.")
        return self


class ActivityIn(_Shape):
    """One activity, as a service sends it."""

    id: Id | None = Field(None, description="Makes the write repeat-safe. Without one, the service makes one.")
    type: Word = Field(description="What was done: `create`, `update`, `delete`, `migrate`, `end`, or a word of yours.")
    targetType: Word = Field(description="The kind of record it was done to, such as `person` or `tenure`.")
    targetId: TargetId = Field(description="The record's own id, compared byte for byte.")
    sourceDomain: Annotated[str, _sized(64)] | None = Field(None, description="The domain that sent it.")
    datetime: Moment = Field(description="When it happened: RFC 3339; without a zone it is UTC.")
    timeToLive: TimeToLive | None = Field(
        None, description='How long it is kept, from `datetime` on: "365 days", P365D, P12W, P18M or P7Y.'
    )
    oldData: Document | None = Field(None, description="The state, or just the changed fields, before.")
    newData: Document | None = Field(None, description="The state, or just the changed fields, after.")
    author: AuthorIn
    correlationId: Annotated[str, _sized(128)] | None = Field(
        None, description="Ties the record to a request; else the request's `x-correlation-id`."
    )


_FILLED_IN = ("recordedAt", "expiresAt", "changes", "summary")


class AlreadyEnded(Fault):
    """The record would already be past its time to live; nothing else is wrong with it."""


def read_activity(
    item: Item, *, now: datetime, make_id: Callable[[], UUID], correlation_id: str | None
) -> NewActivity | list[Fault]:
    """The activity that the item is, or everything that is wrong with it."""
    try:
        sent = ActivityIn.model_validate(item.value, context={"now": now})
    except ValidationError as error:
        return _united(item.faults, faults_of(error, _sentence_of_unknown))
    if item.faults:
        return item.faults
    try:
        ends = retention.expires_at(
            sent.datetime, sent.timeToLive, source_domain=sent.sourceDomain, target_type=sent.targetType, now=now
        )
    except retention.TimeToLiveTooLong as error:
        return [Fault("/timeToLive", str(error))]
    except retention.AlreadyExpired as error:
        return [AlreadyEnded("/timeToLive", str(error))]
    return NewActivity(
        id=sent.id or make_id(),
        type=sent.type,
        target_type=sent.targetType,
        target_id=sent.targetId,
        source_domain=sent.sourceDomain,
        occurred_at=sent.datetime,
        time_to_live=str(sent.timeToLive) if sent.timeToLive else None,
        expires_at=ends,
        old_data=item.old_data,
        new_data=item.new_data,
        author=AuthorSnapshot(sent.author.id, sent.author.fullName, sent.author.email or None),
        correlation_id=sent.correlationId or correlation_id,
    )


def sent_id(item: Item) -> UUID | None:
    """The id that the item bears, whatever else is wrong with it."""
    text = item.value.get("id") if isinstance(item.value, dict) else None
    return UUID(text) if isinstance(text, str) and _uuid.fullmatch(text) else None


def _united(first: list[Fault], second: list[Fault]) -> list[Fault]:
    said = {fault.pointer for fault in first}
    return (first + [fault for fault in second if fault.pointer not in said])[:MAX_FAULTS]


def faults_of(error: ValidationError, of_unknown: Callable[[tuple[str, ...]], str]) -> list[Fault]:
    """In our words; `of_unknown` says what to do about a member, by its place, that there is not."""
    wrong = error.errors(include_url=False, include_input=False)[:MAX_FAULTS]
    return [_fault(detail, of_unknown) for detail in wrong]


def _fault(error: Any, of_unknown: Callable[[tuple[str, ...]], str]) -> Fault:
    pointer = "".join(f"/{escape(str(part))}" for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return Fault(pointer, of_unknown(error["loc"]))
    sentence = _SENTENCES.get(error["type"], "").format(**error.get("ctx", {}))
    return Fault(pointer, sentence or error["msg"])


def _sentence_of_unknown(place: tuple[str, ...]) -> str:
    if place[0] in _FILLED_IN:
        return "The service fills this in itself: leave it out."
    return no_such_member(AuthorIn if len(place) > 1 else ActivityIn)


def no_such_member(shape: type[BaseModel]) -> str:
    members = ", ".join(shape.model_fields)
    return f"There is no such member: leave it out, or correct its name. The members are {members}."


_SENTENCES: dict[str, str] = {
    "missing": "This member is required: add it.",
    "string_type": "Send a string.",
    "dict_type": "Send an object, or null.",
    "model_type": "Send an object.",
    "model_attributes_type": "Send an object.",
    "string_too_short": "Send at least {min_length} character, or leave it out where it is optional.",
    "string_too_long": "Send at most {max_length} characters.",
    "string_unicode": "A lone surrogate is no character: send the whole pair, or leave it out.",
}
