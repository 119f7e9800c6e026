"""One activity as an analyst reads it: its way here, both documents side by side, and all of it as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Case, F, Func, Q, TextField, Value, When
from django.urls import reverse
from django.utils.http import urlencode

from activities import statements
from activities.history import Record
from activities.models import ActivityRows
from activities.moments import EARLIEST
from activities.wording import WORDING
from activity_history.admin.read_only import Tool, exactly, to_the_second
from activity_history.comparison import Comparison, compare
from activity_history.history_forms import SearchForm
from activity_history.rows import Reader, Row, StoredRow, in_words

STORED = "stored"
_SENSITIVE = "Its data is sensitive, and not shown to this account."
_ERASED = "Its data was erased."
_AROUND = timedelta(days=15)
_READ = ("id", "author_id", "target_id", "target_type", "type", "source_domain", "correlation_id", "stored_by")
_MOMENTS = ("occurred_at", "recorded_at", "expires_at", "erased_at", "time_to_live")


class Fact(NamedTuple):
    label: str
    value: str
    links: list[Tool]


class Shown(NamedTuple):
    """`withheld` says why there is no data; else there are the `comparison` and the JSON texts."""

    target_id: str
    correlation_id: str
    row: Row
    facts: list[Fact]
    withheld: str
    comparison: Comparison | None
    before: str
    after: str
    record: str


def read(id: UUID, visible: ActivityRows, *, reader: Reader, now: datetime) -> Shown | None:
    """Documents are written by the database: Python's numbers would lose digits."""
    is_withheld = Q(target_type__in=[] if reader.may_see_sensitive else sorted(WORDING.sensitive_targets))
    with statements.timed("admin_activity") as found:
        found += (
            visible.filter(id=id)
            .annotate(
                record=Record(),
                # Withheld here, so that nothing behind it can show it.
                before=_pretty_unless(is_withheld, "old_data"),
                after=_pretty_unless(is_withheld, "new_data"),
                sender=F("client__name"),
            )
            .values("record", "before", "after", "sender", *_READ, *_MOMENTS)
        )
    return _shown(found[0], reader=reader, now=now) if found else None


def _pretty_unless(withheld: Q, column: str) -> Case:
    pretty = Func(F(column), function="jsonb_pretty", output_field=TextField())
    return Case(When(withheld, then=Value(None)), default=pretty, output_field=TextField())


def _shown(found: dict[str, Any], *, reader: Reader, now: datetime) -> Shown:
    stored = StoredRow(found["record"], found["author_id"], found["occurred_at"], found["id"], found["expires_at"])
    row = in_words(stored, reader=reader, now=now)
    before, after = (found[side] or "null" for side in ("before", "after"))
    withheld = _ERASED if found["erased_at"] else ""
    if row.is_withheld:
        withheld = _SENSITIVE
    return Shown(
        target_id=found["target_id"],
        correlation_id=found["correlation_id"] or "",
        row=row,
        facts=list(_facts(found, row)),
        withheld=withheld,
        comparison=None if withheld else compare(before.encode(), after.encode()),
        before=before,
        after=after,
        record="" if withheld else found["record"],
    )


def _facts(found: dict[str, Any], row: Row) -> Iterator[Fact]:
    occurred, target_id = found["occurred_at"], found["target_id"]
    yield Fact("Kind", f"{found['target_type']} {found['type']}", [])
    yield Fact("Target", target_id, list(_about(target_id)))
    first = max(occurred - _AROUND, EARLIEST)
    around = {"dateFrom": f"{first:%Y-%m-%d}", "dateTo": f"{occurred + _AROUND:%Y-%m-%d}"}
    others = Tool("What else this author did around then", to_list(author=str(found["author_id"]), **around))
    yield Fact("Author", ", ".join(filter(None, (row.author, row.author_id, row.author_email))), [others])
    yield Fact("Source domain", found["source_domain"] or "none", [])
    yield Fact("Occurred", exactly(occurred), [])
    yield Fact("Sent by the client", found["sender"], [])
    correlation_id = found["correlation_id"]
    same = [Tool("What else it did", to_list(together=str(found["id"])))] if correlation_id else []
    yield Fact("Correlation id", correlation_id or "none", same)
    yield Fact("Recorded", exactly(found["recorded_at"]), [])
    yield Fact("Stored by transaction", str(found["stored_by"]), [])
    yield Fact("State", state(row, found["erased_at"]), [])
    yield Fact("Expires", exactly(found["expires_at"]) if found["expires_at"] else "never", [])
    asked = found["time_to_live"]
    yield Fact("Time to live", f"{asked}, as the sender asked" if asked else "by the retention policy", [])
    rule = settings.RETENTION_POLICY.rule_for(found["source_domain"], found["target_type"])
    yield Fact("Retention rule now in force", rule.in_words, [])


def _about(target_id: str) -> Iterator[Tool]:
    yield Tool("Its activities", to_list(target=target_id))
    # Some ids have no page there.
    if not SearchForm({"target": target_id}).errors:
        yield Tool("As staff read it", reverse("history", args=[target_id]))


def state(row: Row, erased_at: datetime | None) -> str:
    words = ["expired, kept under hold"] if row.is_expired else []
    words += [f"erased {to_the_second(erased_at)}"] if erased_at else []
    return "; ".join(words) or STORED


def to_list(**query: str) -> str:
    return f"{reverse('admin:activities_activity_changelist')}?{urlencode(query)}"
