"""Purges that meet holds, writers and each other, on connections of their own and with real commits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DataError, IntegrityError, OperationalError

from activities import holds, locks, purging, statements
from activities.models import Activity, Author, LegalHold, PurgeReceipt
from activities.new_activities import AuthorSnapshot
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


def test_an_insert_that_races_with_the_end_of_its_author_puts_it_back(
    start: Start, open_connection: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = open_connection()
    watcher.set_autocommit(True)
    store([sent := new_activity()])
    Activity.objects.all().delete()
    Author.objects.update(unused_since=datetime.now(UTC) - timedelta(days=2))
    writing: list[Any] = []
    run = statements.run

    def write_before_it_is_deleted(name: str, parameters: Any) -> Any:
        if name == "delete_unused_authors" and not writing:
            # The writer waits, and finds what became of the row.
            writing.append(start(lambda: store([sent])))
            assert eventually(lambda: waiting(watcher) == 1)
        return run(name, parameters)

    monkeypatch.setattr(statements, "run", write_before_it_is_deleted)
    assert purge().authors_deleted == 1
    writing[0].result(timeout=10)
    assert Activity.objects.get().author == Author.objects.get()


def test_an_author_of_whom_an_activity_is_being_written_stays(
    open_connection: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store([new_activity(author=AuthorSnapshot(None, "Ana Bell", None)), kept := new_activity()])
    Activity.objects.exclude(id=kept.id).delete()
    Author.objects.filter(full_name="Ana Bell").update(unused_since=datetime.now(UTC) - timedelta(days=2))
    writer = open_connection()
    execute(writer, "UPDATE activity SET erased_at = NULL")
    slept: list[float] = []
    monkeypatch.setattr(purging, "sleep", slept.append)
    assert purge().authors_deleted == 0
    assert slept == [1] * 10
    assert [record.message for record in caplog.records] == [
        "Authors whom nothing uses stay until the next purge: writers, or a VACUUM, were in the way."
    ]
    monkeypatch.setattr(purging, "sleep", lambda seconds: writer.rollback())
    assert purge().authors_deleted == 1
    assert Author.objects.get().full_name == kept.author.full_name


def test_an_author_of_whom_an_erasure_holds_the_row_stays_for_now(
    open_connection: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store([new_activity()])
    Activity.objects.all().delete()
    Author.objects.update(unused_since=datetime.now(UTC) - timedelta(days=2))
    erasing = open_connection()
    execute(erasing, "SELECT FROM author FOR UPDATE")
    monkeypatch.setattr(purging, "sleep", lambda seconds: erasing.rollback())
    receipt = purge()
    assert (receipt.error, receipt.authors_deleted) == (None, 1)


def test_a_purge_that_answers_no_more_does_not_keep_writers_waiting() -> None:
    with locks.without_writers():
        ends = [
            execute(connection, f"SHOW {name}")
            for name in ("idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout")
        ]
    assert ends == [[("2s",)], [("2s",)], [("100ms",)]]
    assert execute(connection, "SHOW idle_in_transaction_session_timeout") == [("0",)]


@pytest.mark.acting_as("owner")
def test_authors_are_deleted_only_where_what_was_stored_since_is_seen() -> None:
    store([new_activity()])
    execute(connection, "DELETE FROM activity")
    with transaction.atomic():
        execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(Error, match="in READ COMMITTED only"), transaction.atomic():
            execute(connection, "DELETE FROM author")
    assert execute(connection, "SHOW transaction_isolation") == [("read committed",)]
    execute(connection, "DELETE FROM author")
    assert not Author.objects.exists()


@pytest.mark.acting_as("owner")
def test_an_author_is_not_deleted_by_hand_before_a_writer_has_ended(start: Start, open_connection: Open) -> None:
    store([sent := new_activity()])
    author = Author.objects.get()
    execute(connection, "DELETE FROM activity")
    writer = open_connection()
    execute(
        writer,
        "INSERT INTO activity (id, type, target_type, target_id, occurred_at, recorded_at, author_id, client_id)"
        " VALUES (%s, 'update', 'person', 't-1', now(), now(), %s, 0)",
        [sent.id, author.pk],
    )
    delete = "DELETE FROM author WHERE id = %s"
    with pytest.raises(OperationalError, match="lock timeout"):
        execute(connection, delete, [author.pk])
    # Rolled back with the rest, and seen by this transaction.
    waits_longer = "ALTER FUNCTION author_in_use_is_kept() SET lock_timeout = '10s'"

    def delete_patiently() -> None:
        with transaction.atomic():
            execute(connection, waits_longer)
            execute(connection, delete, [author.pk])

    deleting = start(delete_patiently)
    assert eventually(lambda: waiting() == 1)
    writer.commit()
    with pytest.raises(IntegrityError, match="an author whom activities name cannot be deleted"):
        deleting.result(timeout=10)
    assert Activity.objects.get().author == author
