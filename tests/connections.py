"""Connections of their own for what meets, and what each waits for."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.db.backends.base.base import BaseDatabaseWrapper

Start = Callable[[Callable[[], Any]], "Future[Any]"]


def leave_connection_open() -> None:
    """A test's open transaction would make it look unusable after a request. Django's own client undoes this."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)


@pytest.fixture
def start() -> Iterator[Start]:
    """Runs work in a thread, and ends its connection with it."""

    def ended(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        yield lambda work: threads.submit(ended, work)


@pytest.fixture
def open_connection() -> Iterator[Callable[[], BaseDatabaseWrapper]]:
    """Connections with a transaction that the test ends itself."""
    opened: list[BaseDatabaseWrapper] = []

    def begin() -> BaseDatabaseWrapper:
        opened.append(other := connection.copy())
        other.inc_thread_sharing()
        other.set_autocommit(False)
        return other

    yield begin
    for other in opened:
        other.close()


def execute(on: BaseDatabaseWrapper, sql: str, parameters: Any = ()) -> list[Any]:
    with on.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def waiting(on: Any = connection) -> int:
    """How many of this database's connections wait for another. In one transaction the server looks only once."""
    [(count,)] = execute(
        on,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pg_blocking_pids(pid) <> '{}'",
    )
    return int(count)
