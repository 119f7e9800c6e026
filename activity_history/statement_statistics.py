"""How often each named statement ran, and what that took, as far as anybody counts it."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from activity_history import request_counts

_BY_SERVER = "pg_stat_statements of this database, since its statistics were last reset"
_BY_SERVICE = (
    "the service itself, of the last 24 hours; for longer ones have pg_stat_statements loaded by "
    "shared_preload_libraries, and run CREATE EXTENSION pg_stat_statements in this database"
)
# The name stands behind the first keyword, which a bracket may precede.
_NAME = r"^[\s(]*[A-Za-z]+\s*/\* ([a-z_]+) \*/"


class Statistic(NamedTuple):
    """`rows` are of all calls together."""

    name: str
    calls: int
    mean_ms: float
    rows: int

    @property
    def calls_in_words(self) -> str:
        return f"{self.calls:,}"

    @property
    def rows_in_words(self) -> str:
        return f"{self.rows:,}"


class Statistics(NamedTuple):
    """`source` says who counted."""

    source: str
    rows: list[Statistic]

    def of(self, name: str) -> Statistic | None:
        return next((row for row in self.rows if row.name == name), None)


def by_name(*, now: datetime) -> Statistics:
    """The slowest first; where the server has no pg_stat_statements, by what the service counts itself."""
    view = _view()
    if view is None:
        counted = [Statistic(*each) for each in request_counts.statements_by_name(now=now)]
        return Statistics(_BY_SERVICE, sorted(counted, key=lambda each: (-each.mean_ms, each.name)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT name, sum(calls)::bigint, sum(total_exec_time) / sum(calls), sum(rows)::bigint
            FROM (
              SELECT substring(query FROM %s) AS name, calls, total_exec_time, rows
              FROM {view}
              WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            ) AS named
            WHERE name IS NOT NULL
            GROUP BY name
            HAVING sum(calls) > 0
            ORDER BY 3 DESC, name
            """,  # noqa: S608
            [_NAME],
        )
        return Statistics(_BY_SERVER, [Statistic(*row) for row in cursor.fetchall()])


def _view() -> str | None:
    """Its name with its schema, where it is loaded, installed in this database, and may be read."""
    with connection.cursor() as cursor:
        # Its settings are there when the library is loaded; to ask for the list of libraries is for superusers.
        cursor.execute(
            """
            SELECT quote_ident(nspname) || '.pg_stat_statements'
            FROM pg_extension
            JOIN pg_namespace ON pg_namespace.oid = extnamespace
            WHERE extname = 'pg_stat_statements'
              AND current_setting('pg_stat_statements.max', true) IS NOT NULL
              AND has_table_privilege(to_regclass(quote_ident(nspname) || '.pg_stat_statements'), 'SELECT')
            """
        )
        found: tuple[str] | None = cursor.fetchone()
    return found[0] if found else None
