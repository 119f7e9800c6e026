"""Reading: pages of activities, newest first, by keyset, so that a walk neither skips nor repeats a row."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from activities import statements
from activities.models import Activity, ActivityRows

Narrow = Callable[[ActivityRows], ActivityRows]

# That one list may name. A token may be restricted to thousands.
MAX_TARGETS = 20


class StoredActivity(NamedTuple):
    """A record as stored. Documents are JSON text, so that no number passes through a float."""

    id: UUID
    type: str
    target_type: str
    target_id: str
    source_domain: str | None
    occurred_at: datetime
    time_to_live: str | None
    old_data: str | None
    new_data: str | None
    author_identifier: str | None
    author_full_name: str
    author_email: str | None
    correlation_id: str | None
    recorded_at: datetime
    expires_at: datetime | None


class Place(NamedTuple):
    """A place in the order newest first: behind the row with this moment and id."""

    occurred_at: datetime
    id: UUID

    @classmethod
    def of(cls, record: StoredActivity) -> Self:
        return cls(record.occurred_at, record.id)


START = Place(datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


class Page(NamedTuple):
    """Some records and, where there are more, the place behind the last of them."""

    records: list[StoredActivity]
    next: Place | None


def page(
    target_ids: Sequence[str] | None,
    *,
    narrow: Narrow | None = None,
    after: Place | None = None,
    page_size: int,
    now: datetime,
) -> Page:
    """A page of the history of these targets (None: of all), narrowed by `narrow`.

    What is narrowed, or over more than MAX_TARGETS, raises StatementCancelled after two seconds.
    """
    rows = page_size + 1
    if target_ids is not None and not target_ids:
        return Page([], None)
    if target_ids is not None and narrow is None and len(target_ids) <= MAX_TARGETS:
        found = _about(target_ids, after or START, rows, now)
    else:
        found = _narrowed(target_ids, narrow, after, rows, now)
    more = len(found) > page_size
    records = found[:page_size]
    return Page(records, Place.of(records[-1]) if more else None)


def _about(target_ids: Sequence[str], after: Place, rows: int, now: datetime) -> list[StoredActivity]:
    place = {"now": now, "before": after.occurred_at, "before_id": after.id, "rows": rows}
    if len(target_ids) == 1:
        found = statements.run("activities_about_target", {**place, "target_id": target_ids[0]})
    else:
        found = statements.run("activities_about_targets", {**place, "target_ids": list(target_ids)})
    return [StoredActivity._make(row) for row in found]


def _narrowed(
    target_ids: Sequence[str] | None, narrow: Narrow | None, after: Place | None, rows: int, now: datetime
) -> list[StoredActivity]:
    wanted = Activity.objects.readable(now=now)
    wanted = narrow(wanted) if narrow else wanted
    wanted = wanted.before(*after) if after else wanted
    if target_ids is None:
        each = [wanted]
    elif len(target_ids) <= MAX_TARGETS:
        # A short scan of each target's own index, as in activities_about_targets.
        each = [wanted.about_targets([id]) for id in target_ids]
    else:
        # A thousand short scans take longer to write and to plan than one of the whole takes to run.
        each = [wanted.about_targets(target_ids)]
    pages: list[Any] = [_columns(one.newest_first())[:rows] for one in each]
    query = pages[0] if len(pages) == 1 else pages[0].union(*pages[1:], all=True).newest_first()[:rows]
    with statements.limited_to(statements.LONGEST_READ_MS), statements.timed("activities_narrowed") as found:
        found += query
    return [StoredActivity._make(row) for row in found]


def _columns(rows: ActivityRows) -> Any:
    return rows.values_list(
        "id",
        "type",
        "target_type",
        "target_id",
        "source_domain",
        "occurred_at",
        "time_to_live",
        Cast("old_data", TextField()),
        Cast("new_data", TextField()),
        "author__identifier",
        "author__full_name",
        "author__email",
        "correlation_id",
        "recorded_at",
        "expires_at",
    )


def has_records(target_ids: Iterable[str], *, narrow: Narrow | None, now: datetime) -> bool:
    """Is there any readable record of any of these targets?"""
    rows = Activity.objects.readable(now=now)
    with statements.timed("target_has_activities") as found:
        found += (narrow(rows) if narrow else rows).about_targets(target_ids).values_list("id")[:1]
    return bool(found)


def by_id(id: UUID, *, now: datetime) -> StoredActivity | None:
    """The readable record of this id."""
    rows = statements.run("activity_by_id", {"id": id, "now": now})
    return StoredActivity._make(rows[0]) if rows else None


def by_ids(ids: Iterable[UUID], *, now: datetime) -> dict[UUID, StoredActivity]:
    """The readable records of these ids."""
    rows = statements.run("activities_by_ids", {"ids": list(ids), "now": now})
    return {row[0]: StoredActivity._make(row) for row in rows}
