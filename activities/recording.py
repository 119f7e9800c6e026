"""Recording: putting activities into the store, each once, however often and by however many it is sent."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice, repeat
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import transaction

from activities import statements, tally
from activities.new_activities import AuthorSnapshot, NewActivities, NewActivity
from activities.rows import as_arrays, as_json, authors_as_json

TRIES = 4
# Stored at once. More are stored in slices, the next being read while the database stores the one before.
_SLICE = 200
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
    """An author's row was added for activities of which none was stored: its name may have been erased since."""

    def __init__(self, recorded: Recorded) -> None:
        super().__init__()
        self.recorded = recorded


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
    existing: set[UUID] = set()
    conflicting: set[UUID] = set()
    for _ in range(TRIES):
        if not activities:
            return Recorded(set(), existing, conflicting)
        try:
            recorded = _try(NewActivities.of(activities), client_id, now, all_or_nothing)
            tally.count(activities, recorded.created)
            if not existing and not conflicting:
                return recorded
            return Recorded(recorded.created, recorded.existing | existing, recorded.conflicting | conflicting)
        except _AuthorLeftOver as left_over:
            existing |= left_over.recorded.existing
            conflicting |= left_over.recorded.conflicting
            activities = [activity for activity in activities if activity.id not in existing | conflicting]
        except _AuthorMissing:
            for author in NewActivities.of(activities).authors:
                _known_authors.pop(author, None)
        except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
            continue
        except statements.ConnectionBroke:
            # The next try opens another; what was stored after all is then found as existing.
            if transaction.get_connection().in_atomic_block:
                raise
    raise StoreBusy


def _try(activities: NewActivities, client_id: int, now: datetime, all_or_nothing: bool) -> Recorded:
    source = {"client_id": client_id, "recorded_at": now}
    if len(activities) == 1 and activities[0].author in _known_authors:
        # One statement is a transaction by itself.
        return _store(activities, source, _known_authors, all_or_nothing)
    with transaction.atomic():
        found, added = _author_ids(activities.authors)
        recorded = _store(activities, source, found, all_or_nothing)
        if added and len(recorded.created) < len(activities):
            stored = {activity.author for activity in activities if activity.id in recorded.created}
            if added - stored:
                raise _AuthorLeftOver(recorded)
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
    rows: list[Any] = statements.run("author_ids", {"authors": authors_as_json(asked)})
    if len(rows) < len(asked):
        raise _AuthorMissing
    places = [(asked[int.from_bytes(number, "big")], int.from_bytes(id, "big"), new) for number, id, new in rows]
    found.update((author, id) for author, id, _ in places)
    return found, {author for author, _, new in places if new == b"\1"}


def _store(
    activities: NewActivities,
    source: dict[str, Any],
    author_ids: Mapping[AuthorSnapshot, int],
    all_or_nothing: bool,
) -> Recorded:
    if len(activities) == 1:
        created = _insert_one(activities[0], source, author_ids[activities[0].author])
    else:
        created = _insert_many(activities, source, author_ids)
    if len(created.created) == len(activities):
        return created
    others = [activity for activity in activities if activity.id not in created.created]
    compared: list[Any] = statements.run("compare_with_stored", as_json(others))
    same = {UUID(bytes=id): is_same == b"\1" for id, is_same in compared}
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


def _insert_many(
    activities: NewActivities, source: dict[str, Any], author_ids: Mapping[AuthorSnapshot, int]
) -> Recorded:
    slices = _slices(activities, author_ids, source)
    if len(activities) <= _SLICE:
        rows = statements.run("record_activities", next(slices))
    else:
        rows = statements.run_each("record_activities", slices)
    if len(rows) == len(activities):
        return Recorded(set(activities.ids), set(), set())
    new = {row[0] for row in rows}
    return Recorded({id for id in activities.ids if id.bytes in new}, set(), set())


def _slices(
    activities: NewActivities, author_ids: Mapping[AuthorSnapshot, int], source: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """In order of id, so that overlapping writers do not deadlock."""
    in_order = activities.in_order_of_id()
    size = max(_SLICE, len(activities) // 5)
    # Nothing can be done meanwhile for the first, so it is a small one when there are more.
    sizes = chain([size // 3 if len(activities) > size else size], repeat(size))
    while part := list(islice(in_order, next(sizes))):
        yield {**as_arrays(part, author_ids), **source}


def forget_authors() -> None:
    """As after a restart."""
    _known_authors.clear()
