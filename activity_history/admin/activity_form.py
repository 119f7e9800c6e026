"""What may be asked of the list of activities. It is answered by indexes, or of few days and within a time limit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.http import urlencode

from activities.contract import TARGET_ID_PATTERN
from activities.models import ActivityRows, Author
from activity_history.history_forms import LARGEST_ROW, FilterForm

DAYS = 30
_MOST_DAYS = 31
_MOST_ROWS_OF_AN_AUTHOR = 1_000
_PLACES = ("older", "newer")
_NO_TARGET_ID = "A target's id has at most 255 letters and no control characters: copy it again"


class ListForm(FilterForm):
    """`target`, `together` and `author` come from a search or a link; `author` is the number of its row, and `together`
    an activity with the correlation id that is wanted, because either of those ids may hold a name. `start` and `end`
    are what the list looks at, None where it has no such end; `correlation_id` is known once it is narrowed.

    Days are of UTC, as the times in the list are.
    """

    after = None  # type: ignore[assignment]
    target = forms.CharField(
        required=False,
        max_length=255,
        # Ids are compared byte for byte.
        strip=False,
        validators=[RegexValidator(TARGET_ID_PATTERN, _NO_TARGET_ID)],
        error_messages={"max_length": _NO_TARGET_ID},
    )
    together = forms.UUIDField(
        required=False,
        error_messages={"invalid": "The activity in the address is not right: look for the correlation id again"},
    )
    author = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_ROW,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "The author in the address is not right: clear the filters"
        ),
    )
    older = forms.CharField(required=False)
    newer = forms.CharField(required=False)

    def __init__(self, asked: Mapping[str, str], *, now: datetime) -> None:
        super().__init__(asked)
        self._now = now
        self.start: datetime | None = None
        self.end: datetime | None = None
        self.correlation_id: str | None = None

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        first, last = given.get("dateFrom"), given.get("dateTo")
        self.start = first and _midnight(first)
        self.end = last and _midnight(last + timedelta(days=1))
        if given.get("target") or given.get("together"):
            return given
        end = self.end or self._now
        narrows = [name for name in ("targetType", "type", "domain", "author") if given.get(name)]
        if self.start is None:
            # Whole days: a page's address means the same rows a minute later.
            self.start = _midnight(end.astimezone(UTC).date() - timedelta(days=DAYS))
        elif narrows and end - self.start > timedelta(days=_MOST_DAYS + 1):
            self.add_error(
                "dateFrom",
                f"Filters look at {_MOST_DAYS} days at most: choose fewer, or look for an id, whose whole history can "
                "be filtered",
            )
        return given

    @property
    def is_of_last_days(self) -> bool:
        """Is it the window that nobody asked for?"""
        given = self.cleaned_data
        return not any(given.get(name) for name in ("target", "together", "dateFrom", "dateTo"))

    def narrow(self, rows: ActivityRows) -> ActivityRows:
        given = self.cleaned_data
        if given["together"]:
            # As a value, whose number of rows the planner knows.
            found = rows.filter(pk=given["together"]).order_by().values_list("correlation_id", flat=True)[:1]
            self.correlation_id = next(iter(found), None)
            if self.correlation_id is None:
                return rows.none()
        wanted: dict[str, Any] = {
            "target_id": given["target"],
            "correlation_id": self.correlation_id,
            "target_type": given["targetType"],
            "type": given["type"],
            "source_domain": given["domain"],
            "author_id__in": given["author"] and _rows_of_same_author(given["author"]),
            "occurred_at__gte": self.start,
            "occurred_at__lt": self.end,
        }
        return rows.filter(**{name: value for name, value in wanted.items() if value})

    @property
    def asked(self) -> dict[str, str]:
        """Everything that was asked for but the place: what the links to other pages repeat."""
        return {name: self.data[name] for name in self.fields if name not in _PLACES and self.data.get(name)}

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What other filters are applied to, and its fields do not show."""
        return [(name, self.asked[name]) for name in ("target", "together", "author") if name in self.asked]

    def address(self, **changes: str) -> str:
        """The query of this list with these changes; an empty value leaves its name out."""
        return "?" + urlencode({name: value for name, value in {**self.asked, **changes}.items() if value})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _rows_of_same_author(row: int) -> list[int]:
    """All rows with the id of this one's author, whom other activities may call by another name."""
    identifier = Author.objects.filter(pk=row).values_list("identifier", flat=True).first()
    same = Author.objects.filter(identifier=identifier) if identifier else Author.objects.none()
    return [row, *same.exclude(pk=row).order_by("-id").values_list("id", flat=True)[:_MOST_ROWS_OF_AN_AUTHOR]]
