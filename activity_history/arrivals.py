"""What came in, by hour and domain: counted behind the writers, who do nothing for it.

Each activity is read once, in the order of storing, and each only below the oldest open transaction, so that none is
missed or counted twice. The purge process counts before each of its turns, since index entries of rows that have just
gone take long to pass by; and the admin's first page counts what is left.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Max

from activities import feed, locks, statements
from activities.feed import Position
from activities.postgres_formats import moment
from activity_history.models import Arrivals

# Less than a tenth of a second; the whole first page may take three.
AT_ONCE = 30_000
# Of a store that was there before the counting.
_BEGINS_BEFORE = timedelta(days=7)
_KEPT = timedelta(days=31)
MOST_DOMAINS = 30

# One by one they would hold a transaction open for seconds where a store has many domains, or was copied from another.
_ADD = """
INSERT INTO arrivals AS known (hour, source_domain, activities, newest_at, counted_to, counted_to_id, epoch)
SELECT *, %(counted_to)s, %(counted_to_id)s, %(epoch)s
FROM unnest(%(hours)s::timestamptz[], %(domains)s::text[], %(counts)s::bigint[], %(newest)s::timestamptz[])
ON CONFLICT (hour, source_domain) DO UPDATE SET
  activities = known.activities + excluded.activities,
  newest_at = greatest(known.newest_at, excluded.newest_at),
  counted_to = excluded.counted_to,
  counted_to_id = excluded.counted_to_id,
  epoch = excluded.epoch
"""


class Newest(NamedTuple):
    """When the youngest activity of a domain was recorded; None is those without a domain."""

    source_domain: str | None
    at: datetime


def count(*, now: datetime, at_most: int = AT_ONCE, wait: bool = False) -> bool:
    """Whether all is counted; else `at_most` were, or another process is counting, for which it may `wait`."""
    with locks.alone(locks.COUNTING, wait=wait) as alone:
        if not alone:
            return False
        epoch = feed.epoch()
        after = _place(epoch, now)
        rows: list[Any] = statements.run("arrivals", {"after": after.stored_by, "after_id": after.id, "rows": at_most})
        if rows:
            _add(rows, epoch)
        return sum(int.from_bytes(row[2], "big") for row in rows) < at_most


def count_all(stop: Callable[[], bool] = lambda: False) -> None:
    """For the purge process, in slices: what goes uncounted is never counted. `stop` ends it after a slice."""
    while not (stop() or count(now=datetime.now(UTC), wait=True)):
        pass


def _place(epoch: UUID, now: datetime) -> Position:
    """Behind what is counted. After a backup was restored the counting begins anew."""
    furthest = Arrivals.objects.order_by("-counted_to", "-counted_to_id", "-id").first()
    if furthest is not None and furthest.epoch == epoch:
        return Position(furthest.counted_to, furthest.counted_to_id)
    Arrivals.objects.all().delete()
    return feed.position_at(now - _BEGINS_BEFORE)


def _add(rows: list[Any], epoch: UUID) -> None:
    hours, domains, counts, newest, transactions, ids = zip(*rows, strict=True)
    given: dict[str, Any] = {
        "hours": [moment(each) for each in hours],
        "domains": [None if each is None else each.decode() for each in domains],
        "counts": [int.from_bytes(each, "big") for each in counts],
        "newest": [moment(each) for each in newest],
        "counted_to": int.from_bytes(transactions[0], "big"),
        "counted_to_id": UUID(bytes=ids[0]),
        "epoch": epoch,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, given)


def forget_old(now: datetime) -> None:
    """But for the newest hour of each domain, and for where to go on."""
    newest = Arrivals.objects.order_by("source_domain", "-hour", "-id").distinct("source_domain").values("id")
    furthest = Arrivals.objects.order_by("-counted_to", "-counted_to_id", "-id").values("id")[:1]
    Arrivals.objects.filter(hour__lt=now - _KEPT).exclude(id__in=newest).exclude(id__in=furthest).delete()


def between(first: datetime, end: datetime) -> dict[tuple[str | None, datetime], int]:
    """How many by domain and hour."""
    rows: Iterable[Any] = Arrivals.objects.filter(hour__gte=first, hour__lt=end).order_by("hour", "source_domain", "id")
    return {(row.source_domain, row.hour): row.activities for row in rows}


def newest_by_domain() -> list[Newest]:
    """Those that have been silent longest come first; of more than MOST_DOMAINS the ones heard of last."""
    rows = Arrivals.objects.values_list("source_domain").annotate(at=Max("newest_at")).order_by("-at", "source_domain")
    return [Newest(*row) for row in rows[:MOST_DOMAINS]][::-1]
