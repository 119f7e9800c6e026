"""Locks of the database: what only one process may do at a time, and what placing a hold and writing wait for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.db import Error, connection, transaction

# Advisory: any numbers that nothing else in this database uses.
HOLDS, PURGING, ERASING, BATCH, COUNTING = 7_303_001, 7_303_002, 7_303_003, 7_303_004, 7_303_005


_WITHOUT_WRITERS = """
SET LOCAL lock_timeout = '100ms';
SET LOCAL statement_timeout = '2s';
SET LOCAL idle_in_transaction_session_timeout = '2s';
LOCK TABLE activity IN SHARE MODE
"""
_DISTURBANCES = psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled


class Disturbed(Exception):
    """Others were in the way, or it took over two seconds."""


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
def without_writers() -> Iterator[None]:
    """A transaction in which nobody else writes activities, and all that was written is seen.

    Raises Disturbed. New writers wait while it waits for others, a tenth of a second at most, and until its end. No
    statement of it and no silence between two lasts over two seconds, or the server ends it.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WITHOUT_WRITERS)
            yield
    except (Error, psycopg.Error) as error:
        if isinstance(error.__cause__ or error, _DISTURBANCES):
            raise Disturbed from None
        raise


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
