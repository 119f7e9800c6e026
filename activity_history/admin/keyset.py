"""Pages of activities to and fro: "Older" and "Newer" instead of numbers, which would need a count."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from activities import statements
from activities.history import Place, Record
from activities.models import ActivityRows
from activity_history.rows import StoredRow

_COLUMNS = ("record", "author_id", "occurred_at", "id", "expires_at", "target_id", "erased_at")


class Found(NamedTuple):
    """One stored row, with what its text does not tell."""

    stored: StoredRow
    target_id: str
    erased_at: datetime | None

    @property
    def place(self) -> Place:
        return Place(self.stored.occurred_at, self.stored.id)


class Page(NamedTuple):
    """Rows newest first. `older` is the place to read on behind, `newer` the place to read back before, if any is."""

    rows: list[Found]
    older: Place | None
    newer: Place | None


def page(rows: ActivityRows, *, older: Place | None, newer: Place | None, size: int) -> Page:
    """What lies behind the place `older`, or just before the place `newer`, or the newest."""
    if newer:
        found = _found(rows.ahead_of(*newer).order_by("occurred_at", "id")[: size + 1])
        shown = found[:size][::-1]
        return Page(shown, _at(shown, -1), _at(shown, 0) if len(found) > size else None)
    found = _found((rows.before(*older) if older else rows).newest_first()[: size + 1])
    shown = found[:size]
    return Page(shown, _at(shown, -1) if len(found) > size else None, _at(shown, 0) if older else None)


def _at(rows: list[Found], index: int) -> Place | None:
    return rows[index].place if rows else None


def _found(rows: ActivityRows) -> list[Found]:
    with statements.timed("admin_activities") as found:
        found += rows.annotate(record=Record()).values_list(*_COLUMNS)
    return [Found(StoredRow(*row[:5]), *row[5:]) for row in found]
