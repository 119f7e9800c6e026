"""The statement that took longest in a database, as pg_stat_statements counted them."""

import re

from benchmarks.bench import Bench

_AVAILABLE = "SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements'"
_SLOWEST = """
SELECT query, max_exec_time FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY max_exec_time DESC LIMIT 1
"""


def forget(place: Bench) -> None:
    """All count from here on."""
    with place.cluster.connect(place.database) as connection:
        if connection.execute(_AVAILABLE).fetchone() is not None:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            connection.execute("SELECT pg_stat_statements_reset()")


def statement(place: Bench) -> tuple[str, float] | None:
    """What it is called and its milliseconds; None where PostgreSQL came without the extension."""
    with place.cluster.connect(place.database) as connection:
        if connection.execute(_AVAILABLE).fetchone() is None:
            return None
        row = connection.execute(_SLOWEST).fetchone()
    return (called(str(row[0])), float(row[1])) if row else None


def called(query: str) -> str:
    """By the name in its comment, else by its first words."""
    named = re.search(r"/\* (\w+) \*/", query)
    return named[1] if named else " ".join(query.split()[:4])
