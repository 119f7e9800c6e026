"""Reading: a target's activities, newest first, by keyset, so that a walk neither skips nor repeats a row.

A record comes as the JSON text that goes out: no number passes through a float, and nothing is written twice.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Func, TextField

from activities import statements
from activities.models import Activity, ActivityRows
from activities.postgres_formats import moment, texts, uuids

Narrow = Callable[[ActivityRows], ActivityRows]

# That one list may name. A token may be restricted to thousands.
MAX_TARGETS = 20


class Place(NamedTuple):
    """A place in the order newest first: behind the row with this moment and id."""

    occurred_at: datetime
    id: UUID


START = Place(datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


class Page(NamedTuple):
    """Some records and, where there are more, the place behind the last of them."""

    records: list[bytes]
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
        place: Callable[..., Place] = _stored_place
    else:
        found = _narrowed(target_ids, narrow, after, rows, now)
        place = Place
    records = [row[0] for row in found[:page_size]]
    return Page(records, place(*found[page_size - 1][1:]) if len(found) > page_size else None)


def _about(target_ids: Sequence[str], after: Place, rows: int, now: datetime) -> list[Any]:
    place = {"now": now, "before": after.occurred_at, "before_id": after.id, "rows": rows}
    if len(target_ids) == 1:
        return statements.run("activities_about_target", {**place, "target_id": target_ids[0]})
    return statements.run("activities_about_targets", {**place, "target_ids": texts(target_ids)})


def _stored_place(occurred_at: bytes, id: bytes) -> Place:
    return Place(moment(occurred_at), UUID(bytes=id))


def _narrowed(
    target_ids: Sequence[str] | None, narrow: Narrow | None, after: Place | None, rows: int, now: datetime
) -> list[Any]:
    query = narrowed(target_ids, narrow, after, rows, now)
    with statements.limited_to(statements.LONGEST_READ_MS), statements.timed("activities_narrowed") as found:
        found += query
    return [(record.encode(), occurred_at, id) for record, occurred_at, id in found]


def narrowed(
    target_ids: Sequence[str] | None, narrow: Narrow | None, after: Place | None, rows: int, now: datetime
) -> Any:
    """The query of a page that no file of `sql/` serves. Gives records with their places."""
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
    pages: list[Any] = [
        one.annotate(record=Record()).newest_first().values_list("record", "occurred_at", "id")[:rows] for one in each
    ]
    return pages[0] if len(pages) == 1 else pages[0].union(*pages[1:], all=True).newest_first()[:rows]


class Record(Func):
    """The text of a record within a query of the ORM; the author's column has it join the author's row."""

    template = statements.PARTS["record"].replace("%", "%%")
    output_field = TextField()

    def __init__(self) -> None:
        super().__init__(F("author__full_name"))


def has_records(target_ids: Iterable[str], *, narrow: Narrow | None, now: datetime) -> bool:
    """Is there any readable record of any of these targets? Raises StatementCancelled after two seconds."""
    with statements.limited_to(statements.LONGEST_READ_MS), statements.timed("target_has_activities") as found:
        found += any_record(target_ids, narrow, now)
    return bool(found)


def any_record(target_ids: Iterable[str], narrow: Narrow | None, now: datetime) -> Any:
    """The query of `has_records`."""
    rows = Activity.objects.readable(now=now)
    return (narrow(rows) if narrow else rows).about_targets(target_ids).values_list("id")[:1]


def by_id(id: UUID | str, *, now: datetime) -> bytes | None:
    """The readable record of this id, or of its text."""
    rows = statements.run("activity_by_id", {"id": id, "now": now})
    return rows[0][0] if rows else None


def by_ids(ids: Iterable[UUID], *, now: datetime) -> dict[UUID, bytes]:
    """The readable records of these ids."""
    rows: list[Any] = statements.run("activities_by_ids", {"ids": uuids(ids), "now": now})
    return {UUID(bytes=id): record for id, record in rows}
