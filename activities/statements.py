"""The named SQL statements, and what running them took.

Each file of `sql/` holds one statement; its name stands in a constant comment after the first keyword, where
`pg_stat_statements` keeps it. They are prepared once for each connection and run by libpq itself: Django's cursor
would plan them anew each time, and psycopg's takes a third of a list's time to turn rows into objects of which the
answer needs none. Django's query counter does not see them, so they are counted here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from time import perf_counter, time
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus

from activities.postgres_formats import as_parameters
from activities.round_trips import received, send_all
from activities.tagging import tagged

LONGEST_READ_MS = 2_000
_FOLDER = Path(__file__).with_name("sql")

Row = tuple[bytes | None, ...]


class Run(NamedTuple):
    """One run of a statement: its name, the rows it gave, how many milliseconds it took, and when it ended."""

    name: str
    rows: int
    ms: float
    ended: float = 0


class StatementCancelled(Exception):
    """The statement took longer than it may."""


class ConnectionBroke(psycopg.OperationalError):
    """The server has ended the connection, or cannot be reached; what was under way may or may not be done."""


class _Statement(NamedTuple):
    """Its text with $1, $2, …, and what stands for each."""

    name: bytes
    text: bytes
    parameters: tuple[str, ...]


def _without_head(path: Path) -> str:
    return re.sub(r"^--.*\n", "", path.read_text(), flags=re.MULTILINE)


# What several statements hold: its text stands in each where its name does.
PARTS = {path.stem: _without_head(path).strip() for path in _FOLDER.glob("parts/*.sql")}


def _load(path: Path) -> _Statement:
    text = _without_head(path)
    for name, part in PARTS.items():
        text = text.replace(f"{{{name}}}", part)
    if f"/* {path.stem} */" not in text.split("\n")[0]:
        raise RuntimeError(f"{path.name}: its name must stand in a comment after the first keyword.")
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)))
    numbered = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", text)
    return _Statement(path.stem.encode(), numbered.encode(), names)


SQL = {path.stem: _load(path) for path in sorted(_FOLDER.glob("*.sql"))}

_runs: ContextVar[list[Run] | None] = ContextVar("runs", default=None)
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class recorded:
    """The list of runs of this block, filled as they happen."""

    def __enter__(self) -> list[Run]:
        runs: list[Run] = []
        self._before = _runs.set(runs)
        return runs

    def __exit__(self, *error: object) -> None:
        _runs.reset(self._before)


@contextmanager
def timed(name: str) -> Iterator[list[Any]]:
    """Counts a block of the ORM as one run of `name`, which its text bears; the block puts its rows into the list."""
    rows: list[Any] = []
    started = perf_counter()
    try:
        with tagged(name):
            yield rows
    finally:
        _count(name, rows, started)


def _count(name: str, rows: list[Any], started: float) -> None:
    if (runs := _runs.get()) is not None:
        runs.append(Run(name, len(rows), (perf_counter() - started) * 1000, time()))


def run(name: str, parameters: Mapping[str, Any]) -> list[Row]:
    """All rows of the statement, each column in PostgreSQL's binary format (of text, its UTF-8).

    A connection that broke while idle is replaced once. That is safe also for the statements that write:
    the ids are in the parameters, so a row that was stored after all is not stored again.
    """
    rows: list[Row] = []
    started = perf_counter()
    try:
        rows = _execute(name, parameters)
    except ConnectionBroke:
        if connection.in_atomic_block:
            raise
        connection.close()
        rows = _execute(name, parameters)
    finally:
        _count(name, rows, started)
    return rows


def run_each(name: str, many: Iterable[Mapping[str, Any]]) -> list[Row]:
    """All rows of the statement for each of the parameters, counted as one run.

    The next parameters are made while the server works on those before. Within a transaction only, which is to undo
    what was done when something goes wrong on the way, also with the parameters.
    """
    statement, server = SQL[name], _prepared_for(name)
    rows: list[Row] = []
    started = perf_counter()
    under_way = False
    try:
        result = None
        for parameters in many:
            given = as_parameters(statement.parameters, parameters)
            if under_way:
                under_way = False
                result = _checked(received(server), server, name)
            server.send_query_prepared(statement.name, *given, Format.BINARY)
            under_way = True
            send_all(server)
            # While the server works on these.
            if result is not None:
                rows += _rows(result)
        if under_way:
            under_way = False
            rows += _rows(_checked(received(server), server, name))
    except psycopg.OperationalError as error:
        raise _as_broken(error, server, name) from None
    finally:
        if under_way and server.status == ConnStatus.OK:
            received(server)
        _count(name, rows, started)
    return rows


def _execute(name: str, parameters: Mapping[str, Any]) -> list[Row]:
    statement, server = SQL[name], _prepared_for(name)
    given = as_parameters(statement.parameters, parameters)
    try:
        server.send_query_prepared(statement.name, *given, Format.BINARY)
        send_all(server)
        result = received(server)
    except psycopg.OperationalError as error:
        raise _as_broken(error, server, name) from None
    except BaseException:
        # As by a signal: what is under way would be taken for the next statement's.
        connection.close()
        raise
    return _rows(_checked(result, server, name))


def _prepared_for(name: str) -> Any:
    """libpq's connection, in a transaction where there is to be one, with the statement prepared."""
    session = connection.connection or _connected()
    server = session.pgconn
    # As psycopg's own cursor does: a transaction begins with its first statement.
    if not session.autocommit and server.transaction_status == TransactionStatus.IDLE:
        _checked(server.exec_(b"BEGIN"), server, name)
    known = _prepared.setdefault(session, set())
    if name not in known:
        _checked(server.prepare(SQL[name].name, SQL[name].text), server, name)
        known.add(name)
    return server


def _connected() -> Any:
    with connection.wrap_database_errors:
        connection.ensure_connection()
    return connection.connection


def _rows(result: Any) -> list[Row]:
    columns, value = range(result.nfields), result.get_value
    return [tuple([value(row, column) for column in columns]) for row in range(result.ntuples)]


def _checked(result: Any, server: Any, name: str) -> Any:
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    raise _as_broken(psycopg.errors.error_from_result(result), server, name)


def _as_broken(error: psycopg.Error, server: Any, name: str) -> psycopg.Error:
    """The error itself where the server said it and the connection is well; with the statement's name, for logs.

    What libpq says of a broken one bears no number, and when the server was killed libpq may say it before it takes the
    connection for broken.
    """
    is_well = error.diag.sqlstate is not None and server.status == ConnStatus.OK
    told = error if is_well else ConnectionBroke(str(error))
    told.add_note(f"statement={name}")
    return told


@contextmanager
def limited_to(milliseconds: int, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """The database cancels statements of this block after that time (0: never). Raises StatementCancelled."""
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
    except Exception as error:
        if isinstance(error, psycopg.errors.QueryCanceled) or isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise StatementCancelled from None
        raise
