"""The named SQL statements, and what running them took.

Each file of `sql/` holds one statement; its name stands in a constant comment after the first keyword, where
`pg_stat_statements` keeps it. They are prepared once for each connection and run by libpq itself: Django's cursor
would plan them anew each time, and psycopg's takes a third of a list's time to turn rows into objects of which the
answer needs none. Django's query counter does not see them, so they are counted here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from struct import Struct
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection, transaction
from psycopg.pq import ExecStatus, Format, TransactionStatus

LONGEST_READ_MS = 2_000
_FOLDER = Path(__file__).with_name("sql")
# PostgreSQL's own numbers of these types.
BIGINT, TEXT, UUID_, JSONB = 20, 25, 2950, 3802
_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Row = tuple[bytes | None, ...]


class Run(NamedTuple):
    """One run of a statement: its name, the rows it gave, and how long it took in milliseconds."""

    name: str
    rows: int
    ms: float


class StatementCancelled(Exception):
    """The statement took longer than it may."""


class _Statement(NamedTuple):
    """Its text with $1, $2, …, and what stands for each."""

    name: bytes
    text: bytes
    parameters: tuple[str, ...]


def _without_head(path: Path) -> str:
    return re.sub(r"^--.*\n", "", path.read_text(), flags=re.MULTILINE)


# A record as it goes out, from the rows `activity` and `author`: one text for all statements that read.
RECORD = _without_head(_FOLDER / "parts" / "record.sql").strip()


def _load(path: Path) -> _Statement:
    text = _without_head(path).replace("{record}", RECORD)
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
    """Counts a block of the ORM as one run of `name`; the block puts its rows into the list."""
    rows: list[Any] = []
    started = perf_counter()
    try:
        yield rows
    finally:
        _count(name, rows, started)


def _count(name: str, rows: list[Any], started: float) -> None:
    if (runs := _runs.get()) is not None:
        runs.append(Run(name, len(rows), (perf_counter() - started) * 1000))


def run(name: str, parameters: Mapping[str, Any]) -> list[Row]:
    """All rows of the statement, each column in PostgreSQL's binary format (of text, its UTF-8).

    A connection that broke while idle is replaced once. That is safe also for the statements that write:
    the ids are in the parameters, so a row that was stored after all is not stored again.
    """
    rows: list[Row] = []
    started = perf_counter()
    try:
        rows = _execute(name, parameters)
    except psycopg.OperationalError:
        if connection.in_atomic_block or not connection_broke():
            raise
        connection.close()
        rows = _execute(name, parameters)
    finally:
        _count(name, rows, started)
    return rows


def _execute(name: str, parameters: Mapping[str, Any]) -> list[Row]:
    session, statement = connection.connection or _connected(), SQL[name]
    server = session.pgconn
    # As psycopg's own cursor does: a transaction begins with its first statement.
    if not session.autocommit and server.transaction_status == TransactionStatus.IDLE:
        _checked(server.exec_(b"BEGIN"))
    known = _prepared.setdefault(session, set())
    if name not in known:
        _checked(server.prepare(statement.name, statement.text))
        known.add(name)
    given = [parameters[each] for each in statement.parameters]
    formats = [Format.BINARY if type(value) is Array else Format.TEXT for value in given]
    result = _checked(server.exec_prepared(statement.name, _written(given), formats, Format.BINARY))
    columns, value = range(result.nfields), result.get_value
    return [tuple([value(row, column) for column in columns]) for row in range(result.ntuples)]


def _connected() -> Any:
    with connection.wrap_database_errors:
        connection.ensure_connection()
    return connection.connection


def _checked(result: Any) -> Any:
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    raise psycopg.errors.error_from_result(result)


def _written(values: list[Any]) -> list[bytes | None]:
    """Parameters as libpq takes them. Its text ends at the first NUL, so that one within would cut it short."""
    written: list[bytes | None] = []
    for value in values:
        kind = type(value)
        if kind is Array:
            value = value.written()
        elif value is not None:
            value = value if kind is bytes else value.encode() if kind is str else _WRITERS[kind](value)
            if b"\0" in value:
                raise psycopg.DataError("A parameter holds a NUL character.")
        written.append(value)
    return written


_WRITERS: dict[type, Any] = {
    int: lambda value: b"%d" % value,
    bool: lambda value: b"t" if value else b"f",
    datetime: lambda value: value.isoformat().encode(),
    UUID: lambda value: value.hex.encode(),
}


class Array(NamedTuple):
    """A parameter that is an array: the OID of its members' type, and each in that type's binary format."""

    kind: int
    members: Sequence[bytes | None]

    def written(self) -> bytes:
        """One dimension from 1 on; each member behind its length, a null's being -1."""
        pieces = [_ARRAY_HEAD.pack(1, None in self.members, self.kind, len(self.members), 1)]
        for member in self.members:
            if member is None:
                pieces.append(b"\xff\xff\xff\xff")
            else:
                pieces += _LENGTHS[size] if (size := len(member)) < 1024 else size.to_bytes(4, "big"), member
        return b"".join(pieces)


_LENGTHS = [size.to_bytes(4, "big") for size in range(1024)]
_ARRAY_HEAD = Struct("!iiIii")


def texts(values: Iterable[str | None]) -> Array:
    return Array(TEXT, [value if value is None else value.encode() for value in values])


def moment(column: bytes | None) -> datetime:
    """A `timestamptz` that is not null."""
    return _POSTGRES_EPOCH + timedelta(microseconds=int.from_bytes(column or b"", "big", signed=True))


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
