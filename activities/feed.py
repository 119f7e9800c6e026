"""The feed: every activity in the order of storing, so that a follower neither misses nor repeats one.

Rows commit out of order; so only what lies below the oldest open transaction is served, which can no longer change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from activities import statements
from activities.models import Activity
from activities.postgres_formats import Array

# Looked through for one page where filters let little through.
WINDOW = 10_000


class Position(NamedTuple):
    """Behind the row with this transaction and id."""

    stored_by: int
    id: UUID


BEGINNING = Position(0, UUID(int=0))
_LAST_ID = UUID(int=2**128 - 1)


class FeedPage(NamedTuple):
    """Some records, and where to go on.

    `epoch` is another one once a backup was restored: positions of before say nothing then.
    """

    records: list[bytes]
    next: Position
    up_to_date: bool
    epoch: UUID


def follow(
    after: Position, *, narrow: Mapping[str, Array | datetime | None], page_size: int, now: datetime
) -> FeedPage:
    """`narrow` has each parameter of the statement that narrows; None where it does not."""
    window = page_size if all(value is None for value in narrow.values()) else max(page_size, WINDOW)
    place = {"after": after.stored_by, "after_id": after.id, "window": window, "rows": page_size, "now": now}
    rows: list[Any] = statements.run("activities_in_order_of_storing", {**place, **narrow})
    _, _, _, count, stored_by, id, epoch = rows[0]
    records = [row[0] for row in rows if row[0] is not None]
    looked_at = int.from_bytes(count, "big")
    until = _position(stored_by, id) if looked_at else after
    # What was looked through may hold more than this page.
    next = _position(*rows[-1][1:3]) if len(records) == page_size else until
    return FeedPage(records, next, next == until and looked_at < window, UUID(bytes=epoch))


def epoch() -> UUID:
    """Another one once a backup was restored, because transactions are numbered anew then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch FROM feed_epoch")
        found: UUID = cursor.fetchone()[0]
        return found


def position_at(moment: datetime) -> Position:
    """Behind what was stored before that moment, to within the time that writes take.

    Transactions are numbered in about the order of time, so the place is found by halving: some fifty looks at the
    index, where a scan would read the table.
    """
    places = Activity.objects.order_by("stored_by", "id").values_list("stored_by", "recorded_at")
    first, last = places.first(), places.last()
    if first is None or last is None:
        return BEGINNING
    low, high = first[0], last[0] + 1
    while low < high:
        middle = (low + high) // 2
        found = places.filter(stored_by__gte=middle).first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = middle + 1
    return Position(low - 1, _LAST_ID)


def _position(stored_by: bytes, id: bytes) -> Position:
    return Position(int.from_bytes(stored_by, "big"), UUID(bytes=id))
