"""Recording: putting activities into the store, each once, however often and by however many it is sent."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
from django.db import transaction

from activities import statements

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


class Recorded(NamedTuple):
    """What became of each id. `created` gives the documents as stored, where they were asked for."""

    created: dict[UUID, tuple[str | None, str | None]]
    existing: set[UUID]
    conflicting: set[UUID]


class ActivityConflict(Exception):
    """Activities with these ids are stored with other content; nothing was stored."""

    def __init__(self, ids: set[UUID]) -> None:
        super().__init__(f"{len(ids)} ids are stored with other content")
        self.ids = ids


class StoreBusy(Exception):
    """Other writers were in the way each time it was tried; sending again is safe."""


class _AuthorMissing(Exception):
    pass


# Authors that this process has seen in the store, so that the usual write need not look. One that has gone
# since is noticed by the insert, which then leaves its rows out.
_known_authors: set[AuthorSnapshot] = set()
_KNOWN_AT_MOST = 10_000


def record(
    activities: Sequence[NewActivity],
    *,
    client_id: int,
    now: datetime,
    all_or_nothing: bool = True,
    with_data: bool = False,
) -> Recorded:
    """Stores the activities, whose ids are distinct, and commits.

    What is stored already with the same content is `existing`. With other content it is `conflicting`, or, when
    it is all or nothing, raises ActivityConflict with nothing stored. Raises StoreBusy after several tries.
    """
    if not activities:
        return Recorded({}, set(), set())
    authors = {activity.author for activity in activities}
    if not authors <= _known_authors:
        _add_authors(authors)
    parameters = {**_as_json(activities), "client_id": client_id, "recorded_at": now}
    for _ in range(TRIES):
        try:
            if len(activities) == 1:
                return _store(activities, parameters, all_or_nothing, with_data)
            with transaction.atomic():
                return _store(activities, parameters, all_or_nothing, with_data)
        except (_AuthorMissing, psycopg.errors.ForeignKeyViolation):
            _add_authors(authors)
        except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
            continue
        except psycopg.OperationalError:
            # An idle connection that the server has closed; the next try opens another.
            if transaction.get_connection().in_atomic_block or not statements.connection_broke():
                raise
    raise StoreBusy


def _store(
    activities: Sequence[NewActivity], parameters: dict[str, Any], all_or_nothing: bool, with_data: bool
) -> Recorded:
    rows = statements.run("record_activities", {**parameters, "with_data": with_data})
    created = {id: (old_data, new_data) for id, old_data, new_data in rows}
    others = [activity for activity in activities if activity.id not in created]
    if not others:
        return Recorded(created, set(), set())
    same = dict(statements.run("compare_with_stored", _as_json(others)))
    if len(same) < len(others):
        raise _AuthorMissing
    existing = {id for id, is_same in same.items() if is_same}
    conflicting = same.keys() - existing
    if conflicting and all_or_nothing:
        raise ActivityConflict(conflicting)
    return Recorded(created, existing, conflicting)


def _as_json(activities: Iterable[NewActivity]) -> dict[str, str]:
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
            "expires_at": activity.expires_at,
            "old_data": activity.old_data and orjson.Fragment(activity.old_data),
            "new_data": activity.new_data and orjson.Fragment(activity.new_data),
            "author": numbers.setdefault(activity.author, len(numbers)),
            "correlation_id": activity.correlation_id,
        }
        for activity in activities
    ]
    authors = [{"number": number, **author._asdict()} for author, number in numbers.items()]
    return {"rows": orjson.dumps(rows).decode(), "authors": orjson.dumps(authors).decode()}


def forget_authors() -> None:
    """As after a restart."""
    _known_authors.clear()


def _add_authors(authors: Iterable[AuthorSnapshot]) -> None:
    rows = [author._asdict() for author in authors]
    statements.run("add_authors", {"authors": orjson.dumps(rows).decode()})
    if len(_known_authors) > _KNOWN_AT_MOST:
        _known_authors.clear()
    _known_authors.update(authors)
