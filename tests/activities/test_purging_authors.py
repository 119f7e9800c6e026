"""Authors that nothing uses: how they go while others write, and that none goes whom an activity names."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import IntegrityError, OperationalError

from activities import locks, purging, statements
from activities.models import Activity, Author, PurgeReceipt
from activities.new_activities import AuthorSnapshot
from activities.purging import purge_expired
from tests.connections import Start, execute, waiting
from tests.processes import eventually
from tests.stored import new_activity, store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.acting_as("retention")]

Open = Callable[[], BaseDatabaseWrapper]


def leave_unused() -> None:
    """Whoever has written, for two days."""
    Activity.objects.all().delete()
    Author.objects.update(unused_since=datetime.now(UTC) - timedelta(days=2))


def purge() -> PurgeReceipt:
    return purge_expired(now=datetime.now(UTC))


def test_an_insert_that_races_with_the_end_of_its_author_puts_it_back(
    start: Start, open_connection: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = open_connection()
    watcher.set_autocommit(True)
    store([sent := new_activity()])
    leave_unused()
    writing: list[Any] = []
    run = statements.run

    def write_before_it_is_deleted(name: str, parameters: Any) -> Any:
        if name == "delete_unused_authors" and not writing:
            execute(connection, "SET LOCAL idle_in_transaction_session_timeout = 0")
            # The writer waits, and finds what became of the row.
            writing.append(start(lambda: store([sent])))
            assert eventually(lambda: waiting(watcher) == 1)
        return run(name, parameters)

    monkeypatch.setattr(statements, "run", write_before_it_is_deleted)
    assert purge().authors_deleted == 1
    writing[0].result(timeout=10)
    assert Activity.objects.get().author == Author.objects.get()


def test_authors_stay_while_anybody_writes_until_a_quiet_moment(
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
    assert slept == [1] * 9
    assert [record.message for record in caplog.records] == [
        "Authors whom nothing uses stay until the next purge: others were in the way (writers, a VACUUM, an erasure),"
        " or it took over two seconds."
    ]
    monkeypatch.setattr(purging, "sleep", lambda seconds: writer.rollback())
    assert purge().authors_deleted == 1
    assert Author.objects.get().full_name == kept.author.full_name


def test_an_author_whom_an_erasure_holds_goes_when_that_has_ended(
    open_connection: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store([new_activity()])
    leave_unused()
    erasing = open_connection()
    execute(erasing, "SELECT FROM author FOR UPDATE")
    left: list[int] = []

    def end(seconds: float) -> None:
        left.append(Author.objects.count())
        erasing.rollback()

    monkeypatch.setattr(purging, "sleep", end)
    receipt = purge()
    assert (receipt.error, receipt.authors_deleted, left) == (None, 1, [1])


def test_many_authors_go_a_lot_at_a_time_and_others_have_most_of_the_time(
    open_connection: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "_AUTHORS_AT_ONCE", 2)
    store([new_activity(author=AuthorSnapshot(None, name, None)) for name in "abc"])
    leave_unused()
    busy = open_connection()
    busy.set_autocommit(True)
    slept: list[float] = []
    run = statements.run

    def beside_others(name: str, parameters: Any) -> Any:
        if name == "delete_unused_authors":
            execute(busy, "SELECT 1")
        return run(name, parameters)

    monkeypatch.setattr(statements, "run", beside_others)
    monkeypatch.setattr(purging, "sleep", slept.append)
    clock = count(step=0.05)
    monkeypatch.setattr(purging, "monotonic", lambda: next(clock))
    assert purge().authors_deleted == 3
    assert slept == pytest.approx([0.45, 0.45])


def test_what_keeps_writers_waiting_is_ended_by_the_server() -> None:
    with pytest.raises(locks.Disturbed), locks.without_writers():
        execute(connection, "SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(5)")
    with locks.without_writers():
        ends = [
            execute(connection, f"SHOW {name}")
            for name in ("idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout")
        ]
    assert ends == [[("2s",)], [("2s",)], [("100ms",)]]


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
    # Rolled back with the rest.
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
