"""How long a record is kept. The single place where `expires_at` comes from."""

from datetime import datetime

from django.conf import settings

from activities.durations import Duration

# What can be written at all is at most a hundred years, also where its days are one more than those have.
EVERY_DURATION = Duration(100, "Y")


class TimeToLiveTooLong(ValueError):
    """The longest time to live that the retention policy allows is {longest}."""


class AlreadyExpired(ValueError):
    """By its time to live the record would already have ended."""


def expires_at(
    occurred_at: datetime,
    asked: Duration | None,
    *,
    source_domain: str | None,
    target_type: str,
    now: datetime,
) -> datetime | None:
    """When such a record of that moment ends, in UTC; None for never.

    Raises TimeToLiveTooLong, and AlreadyExpired when the end is not after `now`.
    """
    rule = settings.RETENTION_POLICY.rule_for(source_domain, target_type)
    kept = asked or rule.time_to_live
    if kept is None:
        return None
    ends = kept.after(occurred_at)
    if asked and rule.longest != EVERY_DURATION and ends > rule.longest.after(occurred_at):
        raise TimeToLiveTooLong(
            f"The longest time to live that the retention policy allows for such a record is {rule.longest}."
        )
    if ends <= now:
        raise AlreadyExpired(
            f"The record would already have ended at {ends:%Y-%m-%dT%H:%M:%SZ}: "
            "send a later datetime or a longer timeToLive, or leave the record out."
        )
    return ends
