"""The feed: every activity in the order of storing, so that a follower neither misses nor repeats one.

Rows commit out of order; so only what lies below the oldest open transaction is served, which can no longer change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from activities import statements
from activities.postgres_formats import Array

# Looked through for one page where filters let little through.
WINDOW = 10_000


class Position(NamedTuple):
    """Behind the row with this transaction and id."""

    stored_by: int
    id: UUID


BEGINNING = Position(0, UUID(int=0))


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


def _position(stored_by: bytes, id: bytes) -> Position:
    return Position(int.from_bytes(stored_by, "big"), UUID(bytes=id))
