"""Exporting: many activities as a file, newest first, in parts that are each built whole in memory.

A part is one COPY, so that the database writes the lines. It ends where its place in the order says, and the next one
goes on from there: rows that arrive meanwhile make it neither skip nor repeat one.
"""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.postgresql.psycopg_any import mogrify

from activities import statements
from activities.export_formats import Format
from activities.history import Place
from activities.models import ActivityRows
from activities.replica import database_for_reports, forget_replica
from activities.statements import LONGEST_READ_MS, StatementCancelled

MAX_ROWS = 50_000
# Before it is compressed.
MAX_BYTES = 16 * 1024 * 1024
_BLOCK = 64 * 1024
# Window bits that have zlib write gzip's own frame.
_GZIP = 31

# Rows mostly lie in the order in which they happened, which the planner does not know: it would rather read and sort
# the whole table for each part than follow the index. The other processors are for the other requests.
_PLAN_BY_TIME = (
    "SELECT set_config('random_page_cost', '1.1', true), set_config('max_parallel_workers_per_gather', '0', true)"
)

# psycopg's, each with a memory of its own.
Line = bytes | bytearray | memoryview


class Part(NamedTuple):
    """`first` and `last` are the places of its rows; there is more behind it unless it `is_last`."""

    body: bytes
    rows: int
    first: Place | None
    last: Place | None
    is_last: bool

    @property
    def next(self) -> Place | None:
        return None if self.is_last else self.last


class _Full(Exception):
    """Ends the copy, which psycopg cancels then."""


class _Building:
    """A part that grows line by line. It is compressed meanwhile: the server makes the next lines at the same time."""

    def __init__(self, format: Format, header: bytes, *, gzipped: bool) -> None:
        self.rows = 0
        self._first: Line = b""
        self._last: Line = b""
        self._format = format
        self._size = len(header)
        self._waiting = bytearray(header)
        # It hands out what it holds without a copy of it.
        self._body = BytesIO()
        self._compressor = zlib.compressobj(1, zlib.DEFLATED, _GZIP) if gzipped else None

    def take(self, lines: Iterable[Line]) -> None:
        """Each line is a whole row. The first one always fits. Raises _Full at the row that is too much."""
        end = self._format.line_end
        longer_by = len(end) - 1
        for line in lines:
            size = self._size + len(line) + longer_by
            if self.rows == MAX_ROWS or (self.rows and size > MAX_BYTES):
                raise _Full
            self._first, self._last = self._first or line, line
            self.rows, self._size = self.rows + 1, size
            self._waiting += line
            self._waiting[-1:] = end
            if len(self._waiting) > _BLOCK:
                self._pack()

    def _pack(self) -> None:
        waiting = self._waiting
        self._body.write(self._compressor.compress(waiting) if self._compressor else waiting)
        waiting.clear()

    def built(self, *, is_last: bool) -> Part:
        self._pack()
        if self._compressor:
            self._body.write(self._compressor.flush())
        first, last = (self._format.place(bytes(line)) if line else None for line in (self._first, self._last))
        return Part(self._body.getvalue(), self.rows, first, last, is_last)


def read_part(
    rows: ActivityRows,
    format: Format,
    *,
    after: Place | None = None,
    until: Place | None = None,
    header: bytes | None = None,
    gzipped: bool = False,
    limit_ms: int = LONGEST_READ_MS,
    now: datetime,
) -> Part:
    """The next part of these rows behind a place, and not behind `until`. The header stands in the first one, unless
    another is given.

    Read from the replica where there is one, else from the primary. When the time is over, a part ends with the rows
    that have come. Raises StatementCancelled when none has.
    """
    if header is None:
        header = b"" if after else format.header
    rows = rows.before(*after) if after else rows
    rows = rows.up_to(*until) if until else rows
    database = database_for_reports(now=now)
    try:
        return _read(rows, _Building(format, header, gzipped=gzipped), format, limit_ms, database)
    except OperationalError:
        if database == DEFAULT_DB_ALIAS:
            raise
        # It went, or its replay ended the statement: the part is read anew where nothing does.
        forget_replica()
    return _read(rows, _Building(format, header, gzipped=gzipped), format, limit_ms, DEFAULT_DB_ALIAS)


def selected(rows: ActivityRows, format: Format) -> Any:
    """The query of a part and one row more, so that it can be seen whether there are more."""
    return rows.newest_first().values_list(*format.columns)[: MAX_ROWS + 1]


def targets_in(part: Part, rows: ActivityRows, *, after: Place | None) -> list[str]:
    """Whose activities a part of these rows holds, for the record of its reading."""
    if part.last is None:
        return []
    rows = rows.before(*after) if after else rows
    with statements.timed("targets_of_export") as found:
        found += rows.up_to(*part.last).order_by().values_list("target_id", flat=True).distinct()
    return found


def _read(rows: ActivityRows, part: "_Building", format: Format, limit_ms: int, database: str) -> Part:
    try:
        with statements.limited_to(limit_ms, using=database), _copied(rows, format, database) as lines:
            part.take(lines)
        return part.built(is_last=True)
    except _Full:
        pass
    except StatementCancelled:
        if not part.rows:
            raise
    return part.built(is_last=False)


@contextmanager
def _copied(rows: ActivityRows, format: Format, database: str) -> Iterator[Iterable[Line]]:
    """The lines of `selected`, as the server writes them."""
    connection = connections[database]
    try:
        sql, parameters = selected(rows, format).query.get_compiler(using=database).as_sql()
    except EmptyResultSet:
        # As for a token that may read no domain.
        yield []
        return
    # COPY takes no parameters, so their values are written into its text.
    query = mogrify(sql, parameters, connection)
    statement = f"COPY /* export_part */ ({query}) TO STDOUT ({format.copy_options})"
    with statements.timed("export_part"), connection.cursor() as cursor:
        cursor.execute(_PLAN_BY_TIME)
        with cursor.copy(statement.encode()) as lines:
            yield lines
