"""One row of a history, in words."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.contrib.auth.models import AnonymousUser, User

from activities.wording import WORDING, Difference, StoredRecord
from activities.wording.changes import NOT_SET
from activities.wording.values import moment
from activity_history.entries import LARGEST

# Of each row in a list; the row's own page has all.
CHANGES_IN_A_LIST = 20
LONGEST_IN_A_LIST = 300


class Reader(NamedTuple):
    may_see_sensitive: bool
    may_see_held: bool

    @classmethod
    def of(cls, user: User | AnonymousUser) -> Reader:
        return cls(user.has_perm("activities.view_sensitive"), user.has_perm("activities.view_held"))


class StoredRow(NamedTuple):
    """`record` is the JSON text that the API gives out."""

    record: str
    author_row: int
    occurred_at: datetime
    id: UUID
    expires_at: datetime | None


class _Author(msgspec.Struct, frozen=True):
    id: str | None
    fullName: str
    email: str | None


class _Record(StoredRecord, frozen=True):
    """What a page shows of a record beside what the wording reads."""

    datetime: str
    recordedAt: str
    expiresAt: str | None
    correlationId: str | None


_read = msgspec.json.Decoder(_Record).decode
_read_author = msgspec.json.Decoder(_Author).decode


class Row(NamedTuple):
    """`datetime` is exact, in UTC; `day` and `clock` are London's, and `clock` is empty for a date without a time.

    `is_change`: some of the values were others before. `is_withheld`: the reader may not see its data. `more_changes`:
    how many a list leaves out, `is_cut`: or cuts.
    """

    id: UUID
    target_type: str
    type: str
    kind: str
    sentence: str
    author: str
    author_row: int
    author_id: str | None
    author_email: str | None
    domain_name: str | None
    domain: str | None
    datetime: str
    moment: str
    day: str
    clock: str
    recorded: str
    kept_until: str | None
    correlation_id: str | None
    changes: list[Difference]
    is_change: bool
    more_changes: int
    is_cut: bool
    is_long: bool
    is_withheld: bool
    is_expired: bool

    @property
    def what(self) -> str:
        return "What changed" if self.is_change or not self.changes else "Details"


def in_words(stored: StoredRow, *, reader: Reader, now: datetime, whole: bool = False) -> Row:
    record = _read(stored.record)
    author = _read_author(record.author)
    may_see = reader.may_see_sensitive
    is_long = not whole and len(record.oldData) + len(record.newData) > LARGEST
    changes = [] if is_long else WORDING.what_changed(record, "staff", may_see_sensitive=may_see)
    shown = changes if whole else [_short(change) for change in changes[:CHANGES_IN_A_LIST]]
    occurred = moment(record.datetime) or record.datetime
    day, _, clock = occurred.partition(" at ")
    labels = WORDING.labels
    return Row(
        id=stored.id,
        target_type=record.targetType,
        type=record.type,
        kind=f"{labels.of_target_type(record.targetType)}: {labels.of_type(record.type).lower()}",
        sentence=WORDING.sentence(record, "staff", may_see_sensitive=may_see),
        author=author.fullName,
        author_row=stored.author_row,
        author_id=author.id,
        author_email=author.email,
        domain_name=record.sourceDomain,
        domain=record.sourceDomain and labels.of_domain(record.sourceDomain),
        datetime=record.datetime,
        moment=occurred,
        day=day,
        clock=clock,
        recorded=moment(record.recordedAt) or record.recordedAt,
        kept_until=record.expiresAt and moment(record.expiresAt),
        correlation_id=record.correlationId,
        changes=shown,
        is_change=any(change.before != NOT_SET for change in changes),
        more_changes=len(changes) - len(shown),
        is_cut=shown != changes[: len(shown)],
        is_long=is_long,
        is_withheld=WORDING.withholds(record, may_see_sensitive=may_see),
        is_expired=stored.expires_at is not None and stored.expires_at <= now,
    )


def _short(change: Difference) -> Difference:
    return change._replace(before=_start(change.before), after=_start(change.after))


def _start(text: str) -> str:
    return text if len(text) <= LONGEST_IN_A_LIST else f"{text[:LONGEST_IN_A_LIST]}…"
