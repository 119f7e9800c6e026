"""What the admin's first page tells of requests: writes that were refused, and how many requests failed.

None says that nothing counts requests.
"""

from datetime import datetime
from typing import NamedTuple


class Refused(NamedTuple):
    """Writes of the last 24 hours that were refused for one reason, as `problem_types` name it."""

    reason: str
    requests: int


class Errors(NamedTuple):
    """Of the last 24 hours: requests in all, and those that the service itself failed (5xx)."""

    requests: int
    failed: int

    @property
    def per_cent(self) -> float:
        return 100 * self.failed / self.requests if self.requests else 0.0


def refused_writes(*, now: datetime) -> list[Refused] | None:
    """The most frequent reason first."""
    return None


def errors(*, now: datetime) -> Errors | None:
    return None
