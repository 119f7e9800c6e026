"""This machine's clock beside the database's: what is deleted or erased by a wrong one does not come back."""

from datetime import datetime, timedelta

from django.db import connection

MOST_SKEW = timedelta(minutes=1)


class ClockSkewed(Exception):
    """This machine's clock is too far from the database's to say what has expired."""


def refuse_skewed(now: datetime) -> datetime:
    """The earlier of `now` and the database's clock. Raises ClockSkewed when they are more than a minute apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [theirs] = cursor.fetchone()
    skew = now - theirs
    if abs(skew) > MOST_SKEW:
        raise ClockSkewed(
            f"This machine's clock is {abs(skew).total_seconds():,.0f} s {'ahead of' if now > theirs else 'behind'} "
            "the database's, so it cannot say what has expired, and nothing was done: set the clocks right."
        )
    earlier: datetime = min(now, theirs)
    return earlier
