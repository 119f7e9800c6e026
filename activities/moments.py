"""Moments as text: RFC 3339 in, by pattern, so that no number or bare date passes for one."""

import re
from datetime import UTC, datetime, timedelta

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
MAY_LIE_AHEAD = timedelta(hours=24)
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
PATTERN = rf"^{_DATE}[Tt ][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]+)?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})?$"
_MOMENT = re.compile(PATTERN[1:-1], re.ASCII)
_BARE_DATE = re.compile(_DATE, re.ASCII)


class MomentUnreadable(ValueError):
    """Write it as an RFC 3339 date-time, such as 2026-02-19T15:12:00.123456Z or 2026-02-19T15:12:00+00:00."""


class MomentImpossible(ValueError):
    """There is no such date or time of day: check month, day, hour, minute, second and offset."""


def read_moment(text: str) -> datetime:
    """In UTC, cut to microseconds; a time without a zone is UTC. A leap second counts as the second after it.

    Raises MomentUnreadable or MomentImpossible, whose docstrings are the messages.
    """
    match = _MOMENT.fullmatch(text) if len(text) <= 100 else None
    if not match:
        raise MomentUnreadable(MomentUnreadable.__doc__)
    # Python takes minutes of an offset beyond 59, and from 3.14 on the hour 24.
    if (match[2] or "")[4:] > "59" or text[11:13] > "23":
        raise MomentImpossible(MomentImpossible.__doc__)
    leap = text[17:19] == "60"
    try:
        moment = datetime.fromisoformat((f"{text[:17]}59{text[19:]}" if leap else text).upper())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return _after_leap_second(moment) if leap else moment
    except (ValueError, OverflowError):
        raise MomentImpossible(MomentImpossible.__doc__) from None


def _after_leap_second(moment: datetime) -> datetime:
    """Raises ValueError unless one may follow the moment: they end June and December (RFC 3339, section 5.7)."""
    if (moment.month, moment.day, moment.hour, moment.minute) not in ((6, 30, 23, 59), (12, 31, 23, 59)):
        raise ValueError
    return moment + timedelta(seconds=1)


def read_moment_or_date(text: str) -> datetime:
    """As `read_moment`; a bare date is its 00:00 in UTC."""
    return read_moment(f"{text}T00:00:00Z" if _BARE_DATE.fullmatch(text) else text)
