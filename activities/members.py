"""The wire shape of what is read, for the OpenAPI document, and what is read of a record's text."""

from datetime import datetime as Instant
from typing import Any
from uuid import UUID

import msgspec
import orjson
from pydantic import BaseModel, ConfigDict, Field

from activities.access import Audience
from activities.changes import as_json, changes, read_document
from activities.new_activities import NewActivity
from activities.wording import WORDING, StoredRecord


class AuthorOut(BaseModel):
    """Who did it, as they were called at that moment."""

    model_config = ConfigDict(extra="forbid")

    id: str | None
    fullName: str | None = Field(description="Null only in what residents read.")
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
    summary: str = Field(
        default="",
        description="In words, for the caller's audience; on get-one, and with `include=summary`.",
    )


def just_stored(activity: NewActivity, documents: tuple[bytes | None, bytes | None], recorded_at: Instant) -> bytes:
    """The record's text, as `sql/parts/record.sql` writes it, without reading it back."""
    old_data, new_data = documents
    identifier, full_name, email = activity.author
    return orjson.dumps(
        {
            "id": activity.id,
            "type": activity.type,
            "targetType": activity.target_type,
            "targetId": activity.target_id,
            "sourceDomain": activity.source_domain,
            "datetime": written(activity.occurred_at),
            "timeToLive": activity.time_to_live,
            "oldData": old_data and orjson.Fragment(old_data),
            "newData": new_data and orjson.Fragment(new_data),
            "author": {"id": identifier, "fullName": full_name, "email": email},
            "correlationId": activity.correlation_id,
            "recordedAt": written(recorded_at),
            "expiresAt": activity.expires_at and written(activity.expires_at),
        }
    )


def written(moment: Instant) -> str:
    """In UTC, with no more digits than it needs: the database writes none that is not needed."""
    text = moment.isoformat().removesuffix("+00:00")
    return f"{text.rstrip('0') if '.' in text else text}Z"


_all_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def shown(record: bytes, stored: StoredRecord, audience: Audience, *, with_changes: bool, with_summary: bool) -> bytes:
    """The record's text as that audience reads it, with those of the members that come last.

    `stored` is what `read_stored` gives of it.
    """
    text, old_data, new_data = record, stored.oldData, stored.newData
    if audience == "resident":
        seen = WORDING.seen_by(stored, audience, may_see_sensitive=False)
        old_data, new_data = msgspec.Raw(seen.old_data), msgspec.Raw(seen.new_data)
        members = _all_members(record)
        members |= {"oldData": old_data, "newData": new_data, "author": msgspec.Raw(seen.author)}
        text = msgspec.json.encode(members)
    read = read_document(old_data), read_document(new_data)
    if with_changes:
        text = b'%b,"changes":%b}' % (text[:-1], as_json(changes(*read)))
    if with_summary:
        whole = None if audience == "resident" else read
        sentence = WORDING.sentence(stored, audience, may_see_sensitive=False, read=whole)
        text = b'%b,"summary":%b}' % (text[:-1], orjson.dumps(sentence))
    return text
