"""Two servers of which one follows the other, asked directly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from django.db import connections

from config.embedded_postgres import EmbeddedPostgres
from config.embedded_replica import EmbeddedReplica
from tests.processes import eventually


class Pair(NamedTuple):
    primary: EmbeddedPostgres
    replica: EmbeddedReplica

    def on_primary(self, sql: str) -> list[Any]:
        return asked(self.primary, sql)

    def on_replica(self, sql: str) -> list[Any]:
        return asked(self.replica, sql)

    def await_arrival(self) -> None:
        """Of all that the primary has written by now."""
        [(position,)] = self.on_primary("SELECT pg_current_wal_flush_lsn()::text")
        arrived = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
        # A query that stands in its way may hold it up for half a minute.
        assert eventually(lambda: self.on_replica(arrived) == [(True,)], 60)


def asked(server: EmbeddedPostgres, sql: str) -> list[Any]:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


@contextmanager
def set_on(server: EmbeddedPostgres, **settings: str) -> Iterator[None]:
    """Settings of the whole server, for the time of the block."""
    before = {name: asked(server, f"SHOW {name}")[0][0] for name in settings}
    try:
        configure(server, **settings)
        yield
    finally:
        configure(server, **before)


def configure(server: EmbeddedPostgres, **settings: str) -> None:
    for name, value in settings.items():
        asked(server, f"ALTER SYSTEM SET {name} = '{value}'")
    asked(server, "SELECT pg_reload_conf()")
    assert eventually(lambda: all(asked(server, f"SHOW {name}") == [(value,)] for name, value in settings.items()))


@contextmanager
def read_from_replica() -> Iterator[None]:
    """What this thread reads of Django's own database comes from the replica."""
    before = connections["default"]
    connections["default"] = connections["replica"]
    try:
        yield
    finally:
        connections["default"] = before
