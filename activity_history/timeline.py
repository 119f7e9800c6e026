"""A record's history as a person reads it: what may be seen, put into words, newest first, by day."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Subquery, TextField, Value

from activities import statements
from activities.history import Place, Record
from activities.models import Activity, ActivityRows
from activities.wording import WORDING, KindName
from activities.wording.values import LONDON
from activity_history.days import Day, by_day
from activity_history.rows import Reader, Row, StoredRow, in_words

PAGE = 50
# Rows from before a "Show more" that stay on the page: one page with all of a long history would take ever longer.
KEPT = 200


class Filters(NamedTuple):
    """An empty one lets everything through. The days are of London, both included."""

    target_type: str = ""
    type: str = ""
    domain: str = ""
    author_row: int | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def any(self) -> bool:
        return self != Filters()

    def narrow(self, rows: ActivityRows) -> ActivityRows:
        wanted: dict[str, Any] = {
            "target_type": self.target_type,
            "type": self.type,
            "source_domain": self.domain,
            "author_id": self.author_row,
            "occurred_at__gte": self.first_day and _midnight(self.first_day),
            "occurred_at__lt": self.last_day and _midnight(self.last_day + timedelta(days=1)),
        }
        return rows.filter(**{name: value for name, value in wanted.items() if value})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


class Timeline(NamedTuple):
    """`next` is the place behind the last row where there are more. `first_new` is the first row behind the place
    asked for, and `is_cut` says that rows before it were left out. `author` is whom the filter names."""

    days: list[Day[Row]]
    next: Place | None
    first_new: UUID | None
    is_cut: bool
    has_any: bool
    author: str | None

    @property
    def rows(self) -> Iterable[Row]:
        return (row for day in self.days for row in day.rows)


def read(target_id: str, filters: Filters, *, reader: Reader, after: Place | None, now: datetime) -> Timeline:
    """Raises StatementCancelled where filters let through so little that two seconds do not find it."""
    about = visible(reader, now=now).about_targets([target_id])
    wanted = filters.narrow(about)
    with _limited(filters):
        shown = _stored(wanted.up_to(*after).order_by("occurred_at", "id")[: KEPT + 1])[::-1] if after else []
        found = _stored((wanted.before(*after) if after else wanted).newest_first()[: PAGE + 1])
        new = found[:PAGE]
        rows = [in_words(row, reader=reader, now=now) for row in shown[-KEPT:] + new]
        has_any, author = _without_rows(about, filters) if not rows else (True, rows[0].author)
    return Timeline(
        days=by_day(rows, lambda row: row.day),
        next=Place(new[-1].occurred_at, new[-1].id) if len(found) > PAGE else None,
        first_new=new[0].id if after and new else None,
        is_cut=len(shown) > KEPT,
        has_any=has_any,
        author=author if filters.author_row else None,
    )


def one(target_id: str, id: UUID, *, reader: Reader, now: datetime) -> Row | None:
    """With every change, however many and long."""
    found = _stored(visible(reader, now=now).about_targets([target_id]).filter(id=id))
    return in_words(found[0], reader=reader, now=now, whole=True) if found else None


def has_any(target_id: str, *, reader: Reader, now: datetime) -> bool:
    return visible(reader, now=now).about_targets([target_id]).exists()


def visible(reader: Reader, *, now: datetime) -> ActivityRows:
    """What this reader may know of: kinds for staff, not expired or kept by a legal hold for those who see these."""
    rows = Activity.objects.readable(now=now)
    if reader.may_see_held:
        rows |= Activity.objects.held()
    for kind in WORDING.kinds_hidden_from("staff"):
        rows = rows.exclude(target_type=kind.target_type, type=kind.type)
    return rows


def binding(target_id: str, filters: Filters) -> bytes:
    """What a page's token is good for."""
    return b"staff page\0" + repr((target_id, *filters)).encode()


def known_kinds() -> tuple[KindName, ...]:
    return WORDING.kinds_for("staff")


def _limited(filters: Filters) -> AbstractContextManager[None]:
    """Without filters the index gives the page at once."""
    return statements.limited_to(statements.LONGEST_READ_MS) if filters.any else nullcontext()


def _stored(rows: Any) -> list[StoredRow]:
    """The record comes as text: Python's numbers would lose digits."""
    columns = ("record", "author_id", "occurred_at", "id", "expires_at")
    with statements.timed("staff_page") as found:
        found += rows.annotate(record=Record()).values_list(*columns)
    return [StoredRow(*row) for row in found]


def _without_rows(about: ActivityRows, filters: Filters) -> tuple[bool, str | None]:
    """Is there anything without the filters, and what is the author called that they name? Asked at once."""
    if not filters.any:
        return False, None
    named: Any = Value(None, output_field=TextField())
    if filters.author_row:
        named = Subquery(about.filter(author_id=filters.author_row).values("author__full_name")[:1])
    found = list(about.annotate(named=named).values_list("named", flat=True)[:1])
    return bool(found), found[0] if found else None
