"""Purging: expired activities are deleted in batches, each a short transaction with its part of the receipt."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import psycopg
from django.db import Error
from django.db.models import F
from django.db.models.functions import Greatest, Least

import activities
from activities import locks, statements
from activities.clock import refuse_skewed
from activities.models import Activity, PurgeReceipt
from activities.moments import EARLIEST
from activities.postgres_formats import BIGINT_OID, TEXT_OID, UUID_OID, Array, moment

BATCH = 5_000
UNUSED_AUTHORS_STAY = timedelta(days=1)
# How many times what a batch took, while others work. While a batch runs it keeps a processor from them, and on a
# machine with two a share of more than a tenth shows in the slowest twentieth of their answers.
_PAUSES = 9
# A purge that is to end does so within this, unless its batches take longer.
_LONGEST_PAUSE_SECONDS = 1.0
# Writers wait while so many authors go, and are in the way seldom ten times in ten seconds.
_AUTHORS_AT_ONCE = 500
_TRIES = 10
_CUT_OFF = "It ended before it could say so: killed, or cut off from the database."

_log = logging.getLogger(__name__)

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
    now = refuse_skewed(now)
    began = monotonic()
    with locks.tried(locks.PURGING) as still_alone:
        if still_alone is None:
            raise PurgeRunning("Another purge is running, so this one steps aside: nothing was done.")

        def ended() -> bool:
            still_alone()
            return stop() or (max_seconds is not None and monotonic() - began >= max_seconds)

        receipt, end = _begun(now, began)
        try:
            for deleted in _purge_activities(receipt, now, batch_size, ended):
                progress(deleted)
            # Behind an unfinished purge this would count through all that is left.
            held_back = None if ended() else Activity.objects.expired(now=now).held().count()
            _purge_authors(receipt, now, batch_size, ended)
        except BaseException as error:
            with suppress(Error, psycopg.Error):
                end(error=_described(error))
            raise
        end(held_back=held_back)
    receipt.refresh_from_db()
    return receipt


def _begun(now: datetime, began: float) -> tuple[PurgeReceipt, Callable[..., None]]:
    """A new receipt, and what writes its end; those of before that have none are marked."""
    PurgeReceipt.objects.filter(ended_at=None, error=None).update(error=_CUT_OFF)
    receipt = PurgeReceipt.objects.create(started_at=now, version=activities.__version__)

    def end(**columns: Any) -> None:
        ended_at = now + timedelta(seconds=monotonic() - began)
        PurgeReceipt.objects.filter(pk=receipt.pk).update(ended_at=ended_at, **columns)

    return receipt, end


def _described(error: BaseException) -> str:
    """Without its text, which may hold a row."""
    state = getattr(error.__cause__ or error, "sqlstate", None)
    return type(error).__name__ + (f" (SQLSTATE {state})" if state else "")


def _purge_activities(receipt: PurgeReceipt, now: datetime, batch_size: int, ended: Ended) -> Iterator[int]:
    """The number deleted so far, after each batch."""
    deleted, after = 0, {"after": EARLIEST, "after_id": UUID(int=0)}
    while not ended():
        began = monotonic()
        with locks.batch():
            due: list[Any] = statements.run("expired_activities", {"now": now, "rows": batch_size, **after})
            deleted += _delete(due, receipt, now)
        yield deleted
        if len(due) < batch_size:
            return
        id, _, expires_at = due[-1]
        after = {"after": moment(expires_at), "after_id": UUID(bytes=id)}
        _leave_time_to_others(monotonic() - began)


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
        given = {"before": before, "after": after, "rows": _AUTHORS_AT_ONCE}
        ids = [id for (id,) in statements.run("unused_authors", given)]
        if not ids or not _delete_authors(ids, receipt, ended):
            return
        after = _number(ids[-1])


def _delete_authors(ids: Sequence[bytes | None], receipt: PurgeReceipt, ended: Ended) -> bool:
    """False where it was not to be done now."""
    for number in range(_TRIES):
        if number:
            sleep(_LONGEST_PAUSE_SECONDS)
        if ended():
            return False
        began = monotonic()
        with suppress(locks.Disturbed):
            with locks.without_writers():
                [(count,)] = statements.run("delete_unused_authors", {"ids": Array(BIGINT_OID, ids)})
                if gone := _number(count):
                    receipts = PurgeReceipt.objects.filter(pk=receipt.pk)
                    receipts.update(authors_deleted=F("authors_deleted") + gone)
            _leave_time_to_others(monotonic() - began)
            return True
    _log.warning(
        "Authors whom nothing uses stay until the next purge: others were in the way (writers, a VACUUM, an erasure),"
        " or it took over two seconds."
    )
    return False


def _leave_time_to_others(took: float) -> None:
    if statements.run("worked_meanwhile", {"seconds": str(took)}) == [(b"\1",)]:
        # At least half of the time belongs to them.
        sleep(max(took, min(_PAUSES * took, _LONGEST_PAUSE_SECONDS)))


def _number(column: bytes | None) -> int:
    return int.from_bytes(column or b"", "big")
