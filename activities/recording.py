"""Recording: putting activities into the store, each once, however often and by however many it is sent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
from django.db import transaction

from activities import statements
from activities.statements import BIGINT, JSONB, UUID_, Array, texts

TRIES = 4


class AuthorSnapshot(NamedTuple):
    """Who did it, as they were called at that moment."""

    identifier: str | None
    full_name: str
    email: str | None


class NewActivity(NamedTuple):
    """An activity that is fit to be stored. Documents are the sender's own JSON text, for PostgreSQL to read."""

    id: UUID
    type: str
    target_type: str
    target_id: str
    source_domain: str | None
    occurred_at: datetime
    time_to_live: str | None
    expires_at: datetime | None
    old_data: bytes | None
    new_data: bytes | None
    author: AuthorSnapshot
    correlation_id: str | None


_TEXTS = ("type", "target_type", "target_id", "source_domain", "time_to_live", "correlation_id")
_MOMENTS = ("occurred_at", "expires_at")
_DOCUMENTS = ("old_data", "new_data")
# The first byte of jsonb in binary; its text follows.
_JSONB_VERSION = b"\x01"
_COLUMNS = (*NewActivity._fields, *AuthorSnapshot._fields, "author_id")


class Recorded(NamedTuple):
    """What became of each id, and the documents as stored of one that was stored alone."""

    created: set[UUID]
    existing: set[UUID]
    conflicting: set[UUID]
    documents: tuple[bytes | None, bytes | None] | None = None


class ActivityConflict(Exception):
    """Activities with these ids are stored with other content; nothing was stored."""

    def __init__(self, ids: set[UUID]) -> None:
        super().__init__(f"{len(ids)} ids are stored with other content")
        self.ids = ids


class StoreBusy(Exception):
    """Other writers were in the way each time it was tried; sending again is safe."""


class _AuthorMissing(Exception):
    pass


class _AuthorLeftOver(Exception):
    """An author's row was added for activities of which none was stored."""

    def __init__(self, conflicting: set[UUID]) -> None:
        super().__init__()
        self.conflicting = conflicting


# The ids of authors that this process has seen in the store, so that the usual write need not look. The insert looks
# whether the row still is what it was.
_known_authors: dict[AuthorSnapshot, int] = {}
_KNOWN_AT_MOST = 10_000


def record(
    activities: Sequence[NewActivity], *, client_id: int, now: datetime, all_or_nothing: bool = True
) -> Recorded:
    """Stores the activities, whose ids are distinct, and commits.

    What is stored already with the same content is `existing`. With other content it is `conflicting`, or, when
    it is all or nothing, raises ActivityConflict with nothing stored. Raises StoreBusy after several tries.
    """
    conflicting: set[UUID] = set()
    for _ in range(TRIES):
        if not activities:
            return Recorded(set(), set(), conflicting)
        try:
            recorded = _try(activities, client_id, now, all_or_nothing)
            return recorded._replace(conflicting=recorded.conflicting | conflicting) if conflicting else recorded
        except _AuthorLeftOver as left_over:
            conflicting |= left_over.conflicting
            activities = [activity for activity in activities if activity.id not in conflicting]
        except (_AuthorMissing, psycopg.errors.ForeignKeyViolation):
            for activity in activities:
                _known_authors.pop(activity.author, None)
        except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
            continue
        except psycopg.OperationalError:
            # An idle connection that the server has closed; the next try opens another.
            if transaction.get_connection().in_atomic_block or not statements.connection_broke():
                raise
    raise StoreBusy


def _try(activities: Sequence[NewActivity], client_id: int, now: datetime, all_or_nothing: bool) -> Recorded:
    source = {"client_id": client_id, "recorded_at": now}
    if len(activities) == 1 and activities[0].author in _known_authors:
        # One statement is a transaction by itself.
        return _store(activities, source, _known_authors, all_or_nothing)
    authors = {activity.author for activity in activities}
    with transaction.atomic():
        found, added = _author_ids(authors)
        recorded = _store(activities, source, found, all_or_nothing)
        if added and recorded.conflicting:
            stored = {activity.author for activity in activities if activity.id not in recorded.conflicting}
            if added - stored:
                raise _AuthorLeftOver(recorded.conflicting)
    if len(_known_authors) > _KNOWN_AT_MOST:
        _known_authors.clear()
    _known_authors.update(found)
    return recorded


def _author_ids(authors: set[AuthorSnapshot]) -> tuple[dict[AuthorSnapshot, int], set[AuthorSnapshot]]:
    """The id of each author's row, and which of them were added for it."""
    found = {author: _known_authors[author] for author in authors if author in _known_authors}
    asked = [author for author in authors if author not in found]
    if not asked:
        return found, set()
    rows: list[Any] = statements.run("author_ids", {"authors": _authors_as_json(asked)})
    if len(rows) < len(asked):
        raise _AuthorMissing
    places = [(asked[int.from_bytes(number, "big")], int.from_bytes(id, "big"), new) for number, id, new in rows]
    found.update((author, id) for author, id, _ in places)
    return found, {author for author, _, new in places if new == b"\1"}


def _store(
    activities: Sequence[NewActivity],
    source: dict[str, Any],
    author_ids: Mapping[AuthorSnapshot, int],
    all_or_nothing: bool,
) -> Recorded:
    if len(activities) == 1:
        created = _insert_one(activities[0], source, author_ids[activities[0].author])
    else:
        rows = statements.run("record_activities", {**_as_arrays(activities, author_ids), **source})
        new = {row[0] for row in rows}
        created = Recorded({activity.id for activity in activities if activity.id.bytes in new}, set(), set())
    if len(created.created) == len(activities):
        return created
    others = [activity for activity in activities if activity.id not in created.created]
    same = {UUID(bytes=id): is_same == b"\1" for id, is_same in _compared(others)}
    if len(same) < len(others):
        raise _AuthorMissing
    existing = {id for id, is_same in same.items() if is_same}
    conflicting = same.keys() - existing
    if conflicting and all_or_nothing:
        raise ActivityConflict(conflicting)
    return Recorded(created.created, existing, conflicting)


def _insert_one(activity: NewActivity, source: dict[str, Any], author_id: int) -> Recorded:
    columns = dict(zip(_COLUMNS, (*activity, *activity.author, author_id), strict=True))
    rows = statements.run("record_activity", columns | source)
    if not rows:
        return Recorded(set(), set(), set())
    old_data, new_data = rows[0]
    return Recorded({activity.id}, set(), set(), (old_data, new_data))


def _as_arrays(activities: Sequence[NewActivity], author_ids: Mapping[AuthorSnapshot, int]) -> dict[str, Array]:
    columns = dict(zip(NewActivity._fields, zip(*activities, strict=True), strict=True))
    written_by = list({activity.author for activity in activities})
    identifiers, full_names, emails = zip(*written_by, strict=True)
    return {
        "id": Array(UUID_, [id.bytes for id in columns["id"]]),
        **{name: texts(columns[name]) for name in _TEXTS},
        **{name: texts([moment and moment.isoformat() for moment in columns[name]]) for name in _MOMENTS},
        **{name: Array(JSONB, [data and _JSONB_VERSION + data for data in columns[name]]) for name in _DOCUMENTS},
        "author_id": _numbers(author_ids[author] for author in columns["author"]),
        "author_ids": _numbers(author_ids[author] for author in written_by),
        "identifiers": texts(identifiers),
        "full_names": texts(full_names),
        "emails": texts(emails),
    }


def _numbers(values: Iterable[int]) -> Array:
    return Array(BIGINT, [value.to_bytes(8, "big") for value in values])


def _compared(activities: Sequence[NewActivity]) -> list[Any]:
    return statements.run("compare_with_stored", _as_json(activities))


def _as_json(activities: Iterable[NewActivity]) -> dict[str, bytes]:
    numbers: dict[AuthorSnapshot, int] = {}
    rows = [
        {
            "id": activity.id,
            "type": activity.type,
            "target_type": activity.target_type,
            "target_id": activity.target_id,
            "source_domain": activity.source_domain,
            "occurred_at": activity.occurred_at,
            "time_to_live": activity.time_to_live,
            "old_data": activity.old_data and orjson.Fragment(activity.old_data),
            "new_data": activity.new_data and orjson.Fragment(activity.new_data),
            "author": numbers.setdefault(activity.author, len(numbers)),
        }
        for activity in activities
    ]
    return {"rows": orjson.dumps(rows), "authors": _authors_as_json(numbers)}


def _authors_as_json(authors: Iterable[AuthorSnapshot]) -> bytes:
    return orjson.dumps([{"number": number, **author._asdict()} for number, author in enumerate(authors)])


def forget_authors() -> None:
    """As after a restart."""
    _known_authors.clear()
