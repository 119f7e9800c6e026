"""The wire shape of what is read, for the OpenAPI document, and what is read of a record's text."""

from datetime import datetime as Instant
from typing import Any
from uuid import UUID

import msgspec
import orjson
from pydantic import BaseModel, ConfigDict, Field

from activities.changes import changes


class AuthorOut(BaseModel):
    """Who did it, as they were called at that moment."""

    model_config = ConfigDict(extra="forbid")

    id: str | None
    fullName: str
    email: str | None


class Change(BaseModel):
    """One difference between the two documents; `path` is a JSON Pointer (RFC 6901)."""

    model_config = ConfigDict(extra="forbid")

    path: str
    old: Any
    new: Any


class ActivityOut(BaseModel):
    """One activity, as it is read."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    type: str
    targetType: str
    targetId: str
    sourceDomain: str | None
    datetime: Instant = Field(description="When it happened, in UTC.")
    timeToLive: str | None = Field(description="As the sender asked; null where the retention policy decided.")
    oldData: dict[str, Any] | None
    newData: dict[str, Any] | None
    author: AuthorOut
    correlationId: str | None
    recordedAt: Instant = Field(description="When this service stored it.")
    expiresAt: Instant | None = Field(description="From this instant on it is not shown; null: kept without end.")
    changes: list[Change] = Field(default=[], description="On get-one, and on lists with `include=changes`.")


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


read_members = msgspec.json.Decoder(_Read).decode


def with_changes(record: bytes) -> bytes:
    """The record's text with its member `changes`, which is the last."""
    read = read_members(record)
    return b"%b,\"changes\":%b}" % (record[:-1], orjson.dumps(changes(bytes(read.oldData), bytes(read.newData))))
