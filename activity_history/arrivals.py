"""What came in, by hour and domain: counted behind the writers, who do nothing for it.

Each activity is read once, in the order of storing, and each only below the oldest open transaction, so that none is
missed or counted twice. The purge process counts after each of its turns, and the admin's first page what is left.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Max
from django.db.models.functions import Greatest

from activities import feed, locks, statements
from activities.feed import Position
from activities.postgres_formats import moment
from activity_history.models import Arrivals

# Less than a tenth of a second; the whole first page may take three.
AT_ONCE = 30_000
_TIMES_A_TURN = 16
# Of a store that was there before the counting.
_BEGINS_BEFORE = timedelta(days=7)
_KEPT = timedelta(days=31)
MOST_DOMAINS = 30


class Newest(NamedTuple):
    """When the youngest activity of a domain was recorded; None is those without a domain."""

    source_domain: str | None
    at: datetime


def count(*, now: datetime, at_most: int = AT_ONCE) -> bool:
    """Whether all is counted; else `at_most` were, or another process is counting."""
    with locks.alone(locks.COUNTING) as alone:
        if not alone:
            return False
        epoch = feed.epoch()
        after = _place(epoch, now)
        rows: list[Any] = statements.run("arrivals", {"after": after.stored_by, "after_id": after.id, "rows": at_most})
        counted = 0
        for hour, source_domain, activities, newest_at, stored_by, id in rows:
            counted += int.from_bytes(activities, "big")
            _add(
                moment(hour),
                None if source_domain is None else source_domain.decode(),
                activities=int.from_bytes(activities, "big"),
                newest_at=moment(newest_at),
                place={"counted_to": int.from_bytes(stored_by, "big"), "counted_to_id": UUID(bytes=id), "epoch": epoch},
            )
        return counted < at_most


def count_in_turn(now: datetime) -> None:
    """For the purge process, which has other things to do: half a million at most. Forgets hours of long ago, too."""
    for _ in range(_TIMES_A_TURN):
        if count(now=now):
            break
    _forget_before(now - _KEPT)


def _place(epoch: UUID, now: datetime) -> Position:
    """Behind what is counted. After a backup was restored the counting begins anew."""
    furthest = Arrivals.objects.order_by("-counted_to", "-counted_to_id", "-id").first()
    if furthest is not None and furthest.epoch == epoch:
        return Position(furthest.counted_to, furthest.counted_to_id)
    Arrivals.objects.all().delete()
    return feed.position_at(now - _BEGINS_BEFORE)


def _add(
    hour: datetime, source_domain: str | None, *, activities: int, newest_at: datetime, place: dict[str, Any]
) -> None:
    known = Arrivals.objects.filter(hour=hour, source_domain=source_domain)
    added = {"activities": F("activities") + activities, "newest_at": Greatest("newest_at", newest_at)}
    if not known.update(**added, **place):
        Arrivals.objects.create(
            hour=hour, source_domain=source_domain, activities=activities, newest_at=newest_at, **place
        )


def _forget_before(hour: datetime) -> None:
    """But for the newest of each domain, and for where to go on."""
    newest = Arrivals.objects.order_by("source_domain", "-hour", "-id").distinct("source_domain").values("id")
    furthest = Arrivals.objects.order_by("-counted_to", "-counted_to_id", "-id").values("id")[:1]
    Arrivals.objects.filter(hour__lt=hour).exclude(id__in=newest).exclude(id__in=furthest).delete()


def between(first: datetime, end: datetime) -> dict[tuple[str | None, datetime], int]:
    """How many by domain and hour."""
    rows: Iterable[Any] = Arrivals.objects.filter(hour__gte=first, hour__lt=end).order_by("hour", "source_domain", "id")
    return {(row.source_domain, row.hour): row.activities for row in rows}


def newest_by_domain() -> list[Newest]:
    """Those that have been silent longest come first; of more than MOST_DOMAINS the ones heard of last."""
    rows = Arrivals.objects.values_list("source_domain").annotate(at=Max("newest_at")).order_by("-at", "source_domain")
    return [Newest(*row) for row in rows[:MOST_DOMAINS]][::-1]
