"""The named SQL statements, and what running them took.

Each file of `sql/` holds one statement; its name stands in a constant comment after the first keyword, where
`pg_stat_statements` keeps it. They run on psycopg's own connection, prepared once per connection: Django's
cursor would plan them anew each time, and its query counter does not see them, so they are counted here.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import psycopg
from django.db import connection, transaction

LONGEST_READ_MS = 2_000


class Run(NamedTuple):
    """One run of a statement: its name, the rows it gave, and how long it took in milliseconds."""

    name: str
    rows: int
    ms: float


class StatementCancelled(Exception):
    """The statement took longer than it may."""


def _load(path: Path) -> bytes:
    text = re.sub(r"^--.*\n", "", path.read_text(), flags=re.MULTILINE)
    if f"/* {path.stem} */" not in text.split("\n")[0]:
        raise RuntimeError(f"{path.name}: its name must stand in a comment after the first keyword.")
    return text.encode()


SQL = {path.stem: _load(path) for path in sorted(Path(__file__).with_name("sql").glob("*.sql"))}

_runs: ContextVar[list[Run] | None] = ContextVar("runs", default=None)


@contextmanager
def recorded() -> Iterator[list[Run]]:
    """The list of runs of this block, filled as they happen."""
    runs: list[Run] = []
    before = _runs.set(runs)
    try:
        yield runs
    finally:
        _runs.reset(before)


@contextmanager
def timed(name: str) -> Iterator[list[Any]]:
    """Counts a block of the ORM as one run of `name`; the block puts its rows into the list."""
    rows: list[Any] = []
    started = perf_counter()
    try:
        yield rows
    finally:
        if (runs := _runs.get()) is not None:
            runs.append(Run(name, len(rows), (perf_counter() - started) * 1000))


def run(name: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of the statement.

    A connection that broke while idle is replaced once. That is safe also for the statements that write:
    the ids are in the parameters, so a row that was stored after all is not stored again.
    """
    with timed(name) as rows:
        try:
            rows += _execute(name, parameters)
        except psycopg.OperationalError:
            if connection.in_atomic_block or not connection_broke():
                raise
            connection.close()
            rows += _execute(name, parameters)
    return rows


def _execute(name: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.wrap_database_errors:
        connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        # Binary, because psycopg reads times and ids of the text format in Python, a page's in a quarter millisecond.
        cursor.execute(SQL[name], parameters, prepare=True, binary=True)
        return cursor.fetchall()


def connection_broke() -> bool:
    """Whether the last error was the connection's, not the statement's."""
    return connection.connection is None or connection.connection.broken


@contextmanager
def limited_to(milliseconds: int) -> Iterator[None]:
    """The statements of this block are cancelled by the database after that time.

    Raises StatementCancelled.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
    except Exception as error:
        if isinstance(error, psycopg.errors.QueryCanceled) or isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise StatementCancelled from None
        raise
