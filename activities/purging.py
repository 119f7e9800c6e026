"""Purging: expired activities are deleted in batches, each a short transaction with its part of the receipt."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least

import activities
from activities import statements
from activities.clock import refuse_skewed
from activities.holds import none_is_placed_meanwhile
from activities.models import Activity, PurgeReceipt
from activities.moments import EARLIEST
from activities.postgres_formats import BIGINT_OID, TEXT_OID, UUID_OID, Array, moment

BATCH = 5_000
UNUSED_AUTHORS_STAY = timedelta(days=1)
# Any number that nothing else uses.
_LOCK = 7_303_002
_CUT_OFF = "It ended before it could say so: killed, or cut off from the database."

Ended = Callable[[], bool]


class PurgeRunning(Exception):
    """Another purge is running; this one steps aside."""


def purge_expired(
    *,
    now: datetime,
    batch_size: int = BATCH,
    max_seconds: float | None = None,
    stop: Ended = lambda: False,
    progress: Callable[[int], None] = lambda deleted: None,
) -> PurgeReceipt:
    """Deletes what had expired by `now` and no legal hold keeps, and authors that nothing has used for a day.

    Ends after the batch in which `stop` or `max_seconds` says so; `progress` gets the activities deleted so far.
    Raises ClockSkewed when `now` is more than a minute off the database's clock, and PurgeRunning.
    """
    refuse_skewed(now)
    began = monotonic()

    def ended() -> bool:
        return stop() or (max_seconds is not None and monotonic() - began >= max_seconds)

    def elapsed() -> timedelta:
        return timedelta(seconds=monotonic() - began)

    with _alone():
        PurgeReceipt.objects.filter(ended_at=None, error=None).update(error=_CUT_OFF)
        receipt = PurgeReceipt.objects.create(started_at=now, version=activities.__version__)
        end = PurgeReceipt.objects.filter(pk=receipt.pk).update
        try:
            for deleted in _purge_activities(receipt, now, batch_size, ended):
                progress(deleted)
            # Behind an unfinished purge this would count through all that is left.
            held_back = None if ended() else Activity.objects.expired(now=now).held().count()
            _purge_authors(receipt, now, batch_size, ended)
        except BaseException as error:
            with suppress(DatabaseError):
                end(ended_at=now + elapsed(), error=_described(error))
            raise
        end(ended_at=now + elapsed(), held_back=held_back)
    receipt.refresh_from_db()
    return receipt


def is_running() -> bool:
    """Whether a purge holds the lock: a receipt without an end does not tell a run from one that was killed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND classid = 0 AND objid"
            " = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [_LOCK],
        )
        running: bool = cursor.fetchone() == (True,)
        return running


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if cursor.fetchone() != (True,):
            raise PurgeRunning("Another purge is running, so this one steps aside: nothing was done.")
    try:
        yield
    finally:
        # The lock of a connection that broke has gone with it.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _described(error: BaseException) -> str:
    """Without its text, which may hold a row."""
    state = getattr(error.__cause__ or error, "sqlstate", None)
    return type(error).__name__ + (f" (SQLSTATE {state})" if state else "")


def _purge_activities(receipt: PurgeReceipt, now: datetime, batch_size: int, ended: Ended) -> Iterator[int]:
    """The number deleted so far, after each batch."""
    deleted, after = 0, {"after": EARLIEST, "after_id": UUID(int=0)}
    while not ended():
        began = monotonic()
        with transaction.atomic():
            none_is_placed_meanwhile()
            due: list[Any] = statements.run("expired_activities", {"now": now, "rows": batch_size, **after})
            deleted += _delete(due, receipt, now)
        yield deleted
        if len(due) < batch_size:
            return
        id, _, expires_at = due[-1]
        after = {"after": moment(expires_at), "after_id": UUID(bytes=id)}
        # Half of the time belongs to the others while there are any.
        took = monotonic() - began
        if statements.run("worked_meanwhile", {"seconds": str(took)}) == [(b"\1",)]:
            sleep(took)


def _delete(due: list[Any], receipt: PurgeReceipt, now: datetime) -> int:
    if not due:
        return 0
    ids, target_ids, _ = zip(*due, strict=True)
    given = {"ids": Array(UUID_OID, ids), "target_ids": Array(TEXT_OID, target_ids), "now": now}
    [(count, oldest, newest)] = statements.run("purge_activities", given)
    gone = _number(count)
    if gone:
        PurgeReceipt.objects.filter(pk=receipt.pk).update(
            deleted=F("deleted") + gone,
            oldest_expiry=Least("oldest_expiry", moment(oldest)),
            newest_expiry=Greatest("newest_expiry", moment(newest)),
        )
    return gone


def _purge_authors(receipt: PurgeReceipt, now: datetime, batch_size: int, ended: Ended) -> None:
    last: bytes | None = b""
    while last is not None and not ended():
        [(last,)] = statements.run("mark_unused_authors", {"now": now, "after": _number(last), "rows": batch_size})
    before, after = now - UNUSED_AUTHORS_STAY, 0
    while not ended():
        with transaction.atomic():
            locked: list[Any] = statements.run(
                "lock_unused_authors", {"before": before, "after": after, "rows": batch_size}
            )
            if not locked:
                return
            ids = [id for (id,) in locked]
            [(count,)] = statements.run("delete_unused_authors", {"ids": Array(BIGINT_OID, ids)})
            if gone := _number(count):
                receipts = PurgeReceipt.objects.filter(pk=receipt.pk)
                receipts.update(authors_deleted=F("authors_deleted") + gone)
        after = _number(ids[-1])


def _number(column: bytes | None) -> int:
    return int.from_bytes(column or b"", "big")
