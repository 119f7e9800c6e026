"""Records as real senders write them, in all their spellings, moved along in time so that none is old."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid5

from activities.demo.scene import NAMESPACE, Row, financial_week, financial_year

SAMPLES = Path(__file__).with_name("samples.ndjson")
ISO_DATE = re.compile(r"^\d{4}-\d\d-\d\d(?=$|[T ])")
UK_DATE = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})\b")
# Further from its record than this a date is not of the event: a birthday, or "0001-01-01" for none.
NEAR = timedelta(days=1000)


@dataclass(frozen=True, slots=True)
class Samples:
    """The sample records, all later by the same whole number of days (`shift`)."""

    rows: list[Row]
    shift: timedelta

    @classmethod
    def until(cls, now: datetime) -> Samples:
        """Moved so that the newest lies between one and two days before `now`."""
        rows = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
        newest = max(datetime.fromisoformat(row["datetime"][:19]).replace(tzinfo=UTC) for row in rows)
        return cls(rows, timedelta(days=(now - timedelta(days=1) - newest).days))

    def day(self, year: int, month: int, day: int) -> date:
        """Where a day of the samples has come to lie."""
        return date(year, month, day) + self.shift

    def moved(self) -> Iterator[Row]:
        for number, row in enumerate(self.rows):
            day = date.fromisoformat(row["datetime"][:10])
            yield {
                "id": str(uuid5(NAMESPACE, f"sample/{number}")),
                **row,
                "datetime": (day + self.shift).isoformat() + row["datetime"][10:],
                "oldData": self._moved(row["oldData"], day),
                "newData": self._moved(row["newData"], day),
            }

    def _moved(self, value: Any, day: date, key: str = "") -> Any:
        match value:
            case dict():
                return {name: self._moved(member, day, name) for name, member in value.items()}
            case list():
                return [self._moved(member, day) for member in value]
            case str():
                return self._moved_text(value, day)
        match key:
            case "financialYear":
                return financial_year(day + self.shift)
            case "periodNo":
                return financial_week(day + self.shift)
            case "chargeYear":
                return financial_year(self.day(value, 4, 1))
        return value

    def _moved_text(self, text: str, day: date) -> str:
        if ISO_DATE.match(text):
            said = date.fromisoformat(text[:10])
            return (said + self.shift).isoformat() + text[10:] if abs(said - day) <= NEAR else text
        return UK_DATE.sub(lambda found: f"{self.day(*map(int, found.groups()[::-1])):%d/%m/%Y}", text)
