"""Purges that meet holds, writers and each other, on connections of their own and with real commits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DataError

from activities import holds, locks, purging
from activities.models import Activity, LegalHold, PurgeReceipt
from activities.purging import PurgeRunning, purge_expired
from tests.acting import acting_as
from tests.connections import Start, execute, waiting
from tests.processes import eventually
from tests.stored import new_activity, store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.acting_as("retention")]

place_hold = acting_as("application")(holds.place)

Open = Callable[[], BaseDatabaseWrapper]


def expired(count: int, **members: Any) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    store([new_activity(expires_at=past, occurred_at=past - timedelta(days=9), **members) for _ in range(count)])


def place(target_id: str) -> LegalHold:
    return place_hold(target_id=target_id, source_domain=None, reason="Audit", by="officer", now=datetime.now(UTC))


def purge(**options: Any) -> PurgeReceipt:
    return purge_expired(now=datetime.now(UTC), **options)


def test_placing_a_hold_waits_for_the_batch_and_nothing_it_covers_goes_after_it(
    start: Start, open_connection: Open
) -> None:
    expired(5, target_id="t-1")
    blocker = open_connection()
    execute(blocker, "SELECT id FROM activity ORDER BY expires_at, id LIMIT 1 FOR UPDATE")
    # Its first batch waits for the row that is locked here, and holds the shared lock meanwhile.
    purging_ = start(lambda: purge(batch_size=2))
    assert eventually(lambda: waiting() == 1)
    placing = start(lambda: place("t-1"))
    assert eventually(lambda: waiting() == 2)
    assert not LegalHold.objects.exists()
    blocker.rollback()
    placing.result(timeout=10)
    receipt = purging_.result(timeout=10)
    # The batch that ran, and at most none after the hold's commit.
    assert (receipt.deleted, receipt.held_back, Activity.objects.count()) == (2, 3, 3)


def test_a_batch_waits_for_a_hold_that_is_being_placed(start: Start, open_connection: Open) -> None:
    expired(3, target_id="t-1")
    with acting_as("application"):
        placing = open_connection()
    execute(placing, "SELECT pg_advisory_xact_lock(%s)", [locks.HOLDS])
    ours = start(purge)
    assert eventually(lambda: waiting() == 1)
    execute(
        placing,
        "INSERT INTO legal_hold (target_id, reason, placed_by, placed_at) VALUES ('t-1', 'Audit', 'officer', now())",
    )
    placing.commit()
    receipt = ours.result(timeout=10)
    assert (receipt.deleted, receipt.held_back) == (0, 3)


def test_a_second_purge_steps_aside_and_says_so(start: Start, open_connection: Open) -> None:
    expired(1)
    other = open_connection()
    execute(other, "SELECT pg_advisory_lock(%s)", [locks.PURGING])
    with pytest.raises(PurgeRunning) as error:
        purge()
    assert str(error.value) == "Another purge is running, so this one steps aside: nothing was done."
    assert (Activity.objects.count(), PurgeReceipt.objects.count()) == (1, 0)
    other.close()
    assert eventually(lambda: purge().deleted == 1)


def test_a_purge_that_failed_says_so_and_frees_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    expired(2)

    def fail(*args: Any) -> None:
        execute(connection, "SELECT 1 / 0 AS secret")

    with monkeypatch.context() as patch:
        patch.setattr(purging, "_purge_authors", fail)
        with pytest.raises(DataError):
            purge()
    receipt = PurgeReceipt.objects.get()
    assert (receipt.deleted, receipt.error) == (2, "DataError (SQLSTATE 22012)")
    assert receipt.ended_at is not None
    assert purge().error is None


@pytest.mark.parametrize(("took", "pause"), [(0.1, 0.9), (0.5, 1), (2, 2)])
def test_a_purge_leaves_most_of_the_time_to_others_while_they_work(
    monkeypatch: pytest.MonkeyPatch, open_connection: Open, took: float, pause: float
) -> None:
    slept: list[float] = []
    clock = count(step=took)
    monkeypatch.setattr(purging, "sleep", slept.append)
    monkeypatch.setattr(purging, "monotonic", lambda: next(clock))
    expired(4)
    busy = open_connection()
    purge(batch_size=2, progress=lambda deleted: execute(busy, "SELECT 1"))
    assert slept == pytest.approx([pause, pause])


def test_a_purge_does_not_pause_while_nobody_else_works(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(purging, "sleep", slept.append)
    expired(4)
    purge(batch_size=2)
    assert slept == []
