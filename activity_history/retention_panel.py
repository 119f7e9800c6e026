"""What stands above the receipts of purges: is the purge behind, and what will the next one take."""

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.timesince import timesince

from activities import due
from activity_history.stacked_bars import Bars, stacked

# So many are read in a fraction of a second.
MOST_LOOKED_AT = 100_000
_LATE = timedelta(hours=2)


class Panel(NamedTuple):
    oldest: str
    late: bool
    last_purge: str
    next_purge: str
    bars: Bars | None


def panel(*, now: datetime) -> Panel:
    seen = due.outlook(now=now, at_most=MOST_LOOKED_AT)
    oldest = seen.oldest_expiry
    counts = Counter[tuple[str, datetime]]()
    for each in seen.due:
        counts[f"{each.type} {each.target_type}", each.month] += each.activities
    return Panel(
        oldest=f"expired {ago(oldest, now)}" if oldest else "none",
        late=is_late(oldest, now),
        last_purge=_last_purge(now),
        next_purge=_next_purge(seen),
        bars=stacked(counts) if counts else None,
    )


def is_late(oldest: datetime | None, now: datetime) -> bool:
    """Whether the purge is behind, by the oldest expiry that it has left."""
    return oldest is not None and now - oldest > _LATE


def _last_purge(now: datetime) -> str:
    ended_at = due.last_that_ended_well()
    return ago(ended_at, now) if ended_at else "no purge has ended well yet"


def ago(moment: datetime, now: datetime) -> str:
    age = timesince(moment, now).replace("\N{NO-BREAK SPACE}", " ")
    return f"{'less than a minute' if age == '0 minutes' else age} ago ({moment:%Y-%m-%d %H:%M} UTC)"


def _next_purge(seen: due.Outlook) -> str:
    held = f"legal holds keep {seen.held_back:,}."
    if seen.more:
        return f"Of the first {MOST_LOOKED_AT:,} that have expired it would delete {seen.activities:,}; {held}"
    if seen.due:
        return f"It would delete {_activities(seen.activities)}; {held}"
    return f"Nothing is due; {held}"


def _activities(count: int) -> str:
    return f"{count:,} {'activity' if count == 1 else 'activities'}"
