"""What every part of the history is told with: its span of time, its chance, its staff and its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, TypeAlias, TypeVar
from uuid import UUID, uuid5

Row: TypeAlias = dict[str, Any]
Author: TypeAlias = dict[str, str | None]
Anything = TypeVar("Anything")

NAMESPACE = UUID("0d6f1f5e-3c0b-5a49-9c7e-52a1f4c0d3b7")

RENT_BATCH: Author = {
    "id": None,
    "fullName": "Rent Accounts batch",
    "email": "rent.accounts@council.example",
}
ONLINE_PAYMENTS: Author = {"id": "svc-payments", "fullName": "Online payments", "email": None}
CHARGES_API: Author = {
    "id": None,
    "fullName": "ChargesUpdateAPI",
    "email": "chargesupdateapi@council.example",
}
HOME_OWNERSHIP: Author = {
    "id": "svc-major-works",
    "fullName": "Home Ownership Services",
    "email": "home.ownership@council.example",
}
REPAIRS_HUB: Author = {"id": None, "fullName": "Repairs Hub", "email": "repairs.hub@council.example"}
IMPORT: Author = {"id": None, "fullName": "Import", "email": None}


@dataclass(slots=True)
class Scene:
    """`rent_day` is one of the days on which rent is charged; the others are whole weeks from it."""

    seed: int
    rng: Random
    since: datetime
    now: datetime
    rent_day: date
    staff: Sequence[Author]

    def identifier(self, *parts: object) -> str:
        """An id that depends on the seed but not on `now`, so that links to demo records stay good."""
        return str(uuid5(NAMESPACE, "/".join(map(str, (self.seed, *parts)))))

    def happens(self, chance: float) -> bool:
        return self.rng.random() < chance

    def one(self, things: Sequence[Anything]) -> Anything:
        return things[int(self.rng.random() * len(things))]

    def official(self) -> Author:
        return self.one(self.staff)

    def day(self, first: date | None = None) -> date:
        """Any day from `first` to the day before `now`."""
        start = first or self.since.date()
        return start + timedelta(days=int(self.rng.random() * max((self.now.date() - start).days, 1)))

    def days(self, count: int, first: date | None = None) -> list[date]:
        return sorted(self.day(first) for _ in range(count))

    def office(self, day: date) -> datetime:
        """A moment of a working day; these hours in UTC are office hours in London in summer and winter."""
        day -= timedelta(days=max(day.weekday() - 4, 0))
        return self._moment(day, 8.5, 16.5)

    def evening(self, day: date) -> datetime:
        return self._moment(day, 17, 22)

    def night(self, day: date) -> datetime:
        return self._moment(day, 1, 5)

    def _moment(self, day: date, first_hour: float, last_hour: float) -> datetime:
        hours = first_hour + (last_hour - first_hour) * self.rng.random()
        return datetime.combine(day, time(), UTC) + timedelta(microseconds=int(hours * 3_600_000_000))


def activity(
    kind: str,
    target: tuple[str, str],
    at: datetime,
    author: Author,
    *,
    domain: str | None,
    old: Row | None = None,
    new: Row | None = None,
    keep: str | None = None,
    together: str | None = None,
) -> Row:
    """One activity without its id. `keep` is the time to live; `together` becomes the correlation id."""
    target_type, target_id = target
    row: Row = {
        "type": kind,
        "targetType": target_type,
        "targetId": target_id,
        "sourceDomain": domain,
        "datetime": stamp(at),
        "oldData": old,
        "newData": new,
        "author": author,
    }
    if keep:
        row["timeToLive"] = keep
    if together:
        row["correlationId"] = together
    return row


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC, always of one width, so that the texts sort as the moments do."""
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def pounds(pence: int) -> float:
    return pence / 100


def financial_year(day: date) -> int:
    return day.year if day.month >= 4 else day.year - 1


def financial_week(day: date) -> int:
    return (day - date(financial_year(day), 4, 1)).days // 7 + 1
