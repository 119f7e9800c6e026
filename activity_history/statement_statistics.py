"""How often each named statement ran, and what that took, as far as anybody counts it."""

from typing import NamedTuple

from django.db import connection

_BY_SERVER = "pg_stat_statements of this database, since its statistics were last reset"
_NOT_COUNTED = (
    "nothing counts them: have pg_stat_statements loaded by shared_preload_libraries, and run "
    "CREATE EXTENSION pg_stat_statements in this database"
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
    """`source` says who counted, or how to have it counted; `is_counted` tells the two apart."""

    source: str
    is_counted: bool
    rows: list[Statistic]

    def of(self, name: str) -> Statistic | None:
        return next((row for row in self.rows if row.name == name), None)


def by_name() -> Statistics:
    """The slowest first. Without pg_stat_statements there is nothing to tell."""
    view = _view()
    if view is None:
        return Statistics(_NOT_COUNTED, False, [])
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
        return Statistics(_BY_SERVER, True, [Statistic(*row) for row in cursor.fetchall()])


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
