"""How long a record is kept. The single place where `expires_at` comes from."""

from datetime import datetime

from activities.durations import Duration

KEPT_UNLESS_ASKED = Duration(7, "Y")
# A hundred years, and the day that some of them have more.
LONGEST = Duration(36_525, "D")


class TimeToLiveTooLong(ValueError):
    """The longest time to live that the retention policy allows is {longest}."""


class AlreadyExpired(ValueError):
    """By its time to live the record would already have ended."""


def expires_at(occurred_at: datetime, asked: Duration | None, *, now: datetime) -> datetime:
    """When a record of that moment ends, in UTC.

    Raises TimeToLiveTooLong, and AlreadyExpired when the end is not after `now`.
    """
    ends = (asked or KEPT_UNLESS_ASKED).after(occurred_at)
    if asked and ends > LONGEST.after(occurred_at):
        raise TimeToLiveTooLong(f"The longest time to live that the retention policy allows is {LONGEST}.")
    if ends <= now:
        raise AlreadyExpired(
            f"The record would already have ended at {ends:%Y-%m-%dT%H:%M:%SZ}: "
            "send a later datetime or a longer timeToLive, or leave the record out."
        )
    return ends
