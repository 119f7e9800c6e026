"""Reads are recorded before the answer goes out: what could not be recorded is not shown."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.db import Error

from activities import statements
from activities.access import Caller
from activities.postgres_formats import BIGINT_OID, Array, moment, texts
from activities.read_records import BY_A_LINK, BY_THE_API, ON_A_PAGE
from activities.wording import read_stored

_BATCH = 5_000


class ReadNotRecorded(Exception):
    """So nothing may be shown."""


class LastLook(NamedTuple):
    """When someone of the staff looked last, and in which role."""

    role: str
    read_at: datetime


class _Reader(NamedTuple):
    """`role` None: the first of the groups of the account `user_id`."""

    channel: str
    reader: str
    client_id: int | None = None
    role: str | None = None
    user_id: int | None = None


def record_on_page(target_ids: Iterable[str], *, user_id: int, username: str, now: datetime) -> None:
    """By someone of the staff; the role is the first of the account's groups. Raises ReadNotRecorded."""
    _record(target_ids, _Reader(ON_A_PAGE, username, user_id=user_id), now=now)


def record_by_link(target_ids: Iterable[str], *, link_id: str, client_id: int, now: datetime) -> LastLook | None:
    """By whoever holds a viewer link. Tells of the staff's last look at any of them. Raises ReadNotRecorded."""
    return _record(target_ids, _Reader(BY_A_LINK, link_id, client_id, "resident"), now=now)


def targets_of(records: Iterable[bytes]) -> set[str]:
    """Of these records' texts."""
    return {read_stored(record).targetId for record in records}


def record_by_api(target_ids: Iterable[str], *, caller: Caller, now: datetime) -> None:
    """By a client whose reads are recorded. Raises ReadNotRecorded."""
    if targets := list(target_ids):
        reader = caller.subject or caller.client_name
        _record(targets, _Reader(BY_THE_API, reader, caller.client_id, caller.audience), now=now)


def _record(target_ids: Iterable[str], reader: _Reader, *, now: datetime) -> LastLook | None:
    asked = {"target_ids": texts(target_ids), "now": now}
    try:
        rows: list[Any] = statements.run("record_reads", asked | reader._asdict())
    except (Error, psycopg.Error) as error:
        raise ReadNotRecorded from error
    return LastLook(rows[0][0].decode(), moment(rows[0][1])) if rows else None


def forget_old(now: datetime) -> None:
    """Deletes, in batches, what is older than the setting READS_KEPT_DAYS lets it grow."""
    before = now - timedelta(days=settings.READS_KEPT_DAYS)
    while True:
        oldest: list[Any] = statements.run("oldest_reads", {"before": before, "rows": _BATCH})
        over = [id for id, is_over in oldest if is_over == b"\1"]
        _delete(over)
        if len(over) < _BATCH:
            return


def forget_target(target_id: str, *, rows: int) -> int:
    """How many reads of this target were deleted, at most `rows`; within a transaction."""
    found: list[Any] = statements.run("reads_of_target", {"target_id": target_id, "rows": rows})
    _delete([id for (id,) in found])
    return len(found)


def _delete(ids: list[bytes]) -> None:
    if ids:
        statements.run("delete_reads", {"ids": Array(BIGINT_OID, ids)})
