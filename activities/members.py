"""The wire shapes of what is read: a record's members, in the contract's order, nulls written."""

from datetime import datetime as Instant
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field

from activities.changes import changes
from activities.history import StoredActivity
from activities.recording import NewActivity


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


def members(record: StoredActivity, *, with_changes: bool = False) -> dict[str, Any]:
    """What orjson writes for a record."""
    out = {
        "id": record.id,
        "type": record.type,
        "targetType": record.target_type,
        "targetId": record.target_id,
        "sourceDomain": record.source_domain,
        "datetime": record.occurred_at,
        "timeToLive": record.time_to_live,
        "oldData": record.old_data and orjson.Fragment(record.old_data),
        "newData": record.new_data and orjson.Fragment(record.new_data),
        "author": {
            "id": record.author_identifier,
            "fullName": record.author_full_name,
            "email": record.author_email,
        },
        "correlationId": record.correlation_id,
        "recordedAt": record.recorded_at,
        "expiresAt": record.expires_at,
    }
    if with_changes:
        out["changes"] = changes(record.old_data, record.new_data)
    return out


def just_stored(
    activity: NewActivity, documents: tuple[str | None, str | None], recorded_at: Instant
) -> StoredActivity:
    """The record that was made of the activity, without reading it back."""
    return StoredActivity(
        *activity[:7],
        *documents,
        author_identifier=activity.author.identifier,
        author_full_name=activity.author.full_name,
        author_email=activity.author.email,
        correlation_id=activity.correlation_id,
        recorded_at=recorded_at,
        expires_at=activity.expires_at,
    )
