"""Times to live: what a sender may write, how it is kept, and when a record ends by it."""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import NamedTuple

_IN_WORDS = re.compile(r"([1-9][0-9]{0,5}) days?", re.ASCII)
_ISO_8601 = re.compile(r"P([1-9][0-9]{0,5})([DWMY])", re.ASCII)
PATTERN = r"^([1-9][0-9]{0,5} days?|P[1-9][0-9]{0,5}[DWMY])$"
_IN_ENGLISH = {"D": "day", "M": "month", "Y": "year"}
_LONGEST = {"D": 36_525, "W": 5_217, "M": 1_200, "Y": 100}


class DurationUnreadable(ValueError):
    """Write the time to live as "365 days", P365D, P12W, P18M or P7Y: one number and one unit."""


class DurationTooLong(ValueError):
    """A time to live is at most 36525 days, 5217 weeks, 1200 months or 100 years."""


class Duration(NamedTuple):
    """A number of days (D), calendar months (M) or calendar years (Y)."""

    number: int
    unit: str

    def __str__(self) -> str:
        return f"P{self.number}{self.unit}"

    @property
    def in_words(self) -> str:
        return f"{self.number} {_IN_ENGLISH[self.unit]}{'' if self.number == 1 else 's'}"

    def after(self, start: datetime) -> datetime:
        """The instant that lies this much after `start` (UTC); months and years keep the day or clamp it."""
        if self.unit == "D":
            return start + timedelta(days=self.number)
        if self.unit == "Y" and start.day < 29:
            return start.replace(year=start.year + self.number)
        months = self.number * (12 if self.unit == "Y" else 1)
        years, month_index = divmod(start.month - 1 + months, 12)
        year, month = start.year + years, month_index + 1
        return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))


def read_duration(text: str) -> Duration:
    """Weeks are kept as days, as the contract gives them out.

    Raises DurationUnreadable or DurationTooLong, whose docstrings are the messages.
    """
    if match := _IN_WORDS.fullmatch(text):
        number, unit = int(match[1]), "D"
    elif match := _ISO_8601.fullmatch(text):
        number, unit = int(match[1]), match[2]
    else:
        raise DurationUnreadable(DurationUnreadable.__doc__)
    if number > _LONGEST[unit]:
        raise DurationTooLong(DurationTooLong.__doc__)
    return Duration(number * 7, "D") if unit == "W" else Duration(number, unit)
