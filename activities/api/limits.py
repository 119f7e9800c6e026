"""What a client may ask for in a minute, held across all workers by one small table.

A worker counts in memory and tells the table of a tenth of the minute's allowance at a time, so that a request costs
no statement of its own. What others have not told yet it cannot know: docs/limits.md says what that comes to.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from activities import client_use
from activities.access import Caller
from activities.api.problems import Problem

_SECONDS = 60
_SLICES = 10


@dataclass(slots=True)
class _Use:
    """Of a minute: the sum that the table gave last, and what this worker has let through since."""

    minute: int
    told: int = 0
    since: int = 0


_uses: dict[tuple[int, str], _Use] = {}


def forget_use() -> None:
    """As after a restart."""
    _uses.clear()


def count_request(caller: Caller, *, now: float) -> None:
    """Raises Problem when the client's requests of this minute are used up. `now` in seconds since 1970."""
    if caller.limits is not None and caller.limits.requests is not None:
        _count(caller.client_id, "requests", caller.limits.requests, 1, now)


def count_activities(caller: Caller, number: int, *, now: float) -> None:
    """Before they are stored. Raises Problem, and counts none, when they are more than what is left of this minute."""
    if caller.limits is None or caller.limits.activities is None:
        return
    if number > caller.limits.activities:
        detail = f"This client may send {caller.limits.activities} activities a minute, and these are {number}: "
        raise _too_many(f"{detail}send fewer in one request.", now)
    _count(caller.client_id, "activities", caller.limits.activities, number, now)


def give_back_activities(caller: Caller, number: int, *, now: float) -> None:
    """Of those that were counted at `now` and will be counted again; a minute that is over takes nothing back."""
    use = _uses.get((caller.client_id, "activities"))
    if use is not None and use.minute == int(now // _SECONDS):
        use.since -= number


def _count(client_id: int, allowance: str, most: int, number: int, now: float) -> None:
    use = _use_of(client_id, allowance, now)
    # The sum only grows, so what does not fit by what is known does not fit.
    if use.told + use.since + number <= most:
        if use.since + number < max(1, most // _SLICES):
            use.since += number
            return
        if _tell(client_id, allowance, use, most, number):
            return
    seconds = _seconds_left(now)
    detail = f"This client's {most} {allowance} a minute are used up: send the same again in {seconds} seconds."
    raise _too_many(detail, now)


def _use_of(client_id: int, allowance: str, now: float) -> _Use:
    minute, known = int(now // _SECONDS), _uses.get((client_id, allowance))
    # A request that began in the minute before may still ask, and must not make this one's count be forgotten.
    if known is None or known.minute not in (minute, minute + 1):
        known = _uses[client_id, allowance] = _Use(minute)
    return known


def _tell(client_id: int, allowance: str, use: _Use, most: int, number: int) -> bool:
    """Whether the table lets that many more through."""
    minute = datetime.fromtimestamp(use.minute * _SECONDS, UTC)
    use.told, let_through = client_use.count(
        client_id, allowance, minute=minute, counted=use.since, asked=number, most=most
    )
    use.since = 0
    return let_through


def _too_many(detail: str, now: float) -> Problem:
    return Problem("too-many-requests", detail, headers={"Retry-After": str(_seconds_left(now))})


def _seconds_left(now: float) -> int:
    return ceil(_SECONDS - now % _SECONDS)


def limit_headers(caller: Caller, *, now: float) -> dict[str, str]:
    """RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers); nothing for a client without limits."""
    policies, left = [], []
    for allowance, most in (caller.limits._asdict() if caller.limits else {}).items():
        if most is not None:
            use = _use_of(caller.client_id, allowance, now)
            unit = "" if allowance == "requests" else f';qu="{allowance}"'
            policies.append(f'"{allowance}";q={most};w={_SECONDS}{unit}')
            left.append(f'"{allowance}";r={max(0, most - use.told - use.since)};t={_seconds_left(now)}')
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)} if policies else {}
