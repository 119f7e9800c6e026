"""Advisory locks of the database: what only one process may do at a time, and what placing a hold waits for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.db import Error, OperationalError, connection, transaction

# Any numbers that nothing else in this database uses.
HOLDS, PURGING, ERASING, BATCH, COUNTING = 7_303_001, 7_303_002, 7_303_003, 7_303_004, 7_303_005


class LockLost(psycopg.OperationalError):
    """The connection that held the lock has been replaced by another."""


@contextmanager
def tried(lock: int) -> Iterator[Callable[[], None] | None]:
    """None where another holds it. Else it is ours for the time of the block, and what is given raises LockLost when
    it is no longer. A connection of one's own is needed: no pooler of transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        ours = cursor.fetchone() == (True,)
    session = connection.connection

    def check() -> None:
        if connection.connection is not session:
            raise LockLost

    try:
        yield check if ours else None
    finally:
        # The lock of a connection that broke has gone with it.
        with suppress(Error, psycopg.Error):
            if ours:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def is_taken(lock: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND classid = 0 AND objid"
            " = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [lock],
        )
        taken: bool = cursor.fetchone() == (True,)
        return taken


@contextmanager
def alone(lock: int, *, wait: bool) -> Iterator[bool]:
    """A transaction, and whether no other one holds the lock, which goes with its end; `wait` waits for the other."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A stricter level would go on seeing what was there before the wait.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
            yield True
        else:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
            yield cursor.fetchone() == (True,)


@contextmanager
def placing_a_hold() -> Iterator[None]:
    """A transaction that begins when no batch of a purge or an erasure runs, and until whose end none begins."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HOLDS])
        yield


@contextmanager
def without_writers() -> Iterator[bool]:
    """A transaction in which nobody else writes activities, and those of before are seen.

    False where others left no moment for it within a tenth of a second, for which new writers wait behind.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
        undisturbed = True
        try:
            with transaction.atomic():
                cursor.execute("LOCK TABLE activity IN SHARE MODE")
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise
            undisturbed = False
        yield undisturbed


@contextmanager
def batch() -> Iterator[None]:
    """A transaction that deletes or erases, one at a time: until its end no hold is placed, and those of before are
    seen."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A stricter level would go on seeing what was there before the wait.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        # Two that lock the same rows in orders of their own would deadlock.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BATCH])
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [HOLDS])
        yield
