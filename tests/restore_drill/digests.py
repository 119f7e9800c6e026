"""A sum over each table, by which two databases can be told to hold the same."""

from typing import Any, NamedTuple

import psycopg
from psycopg import sql

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
# In any order of rows: the sum of their hashes.
_DIGEST = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} AS t"


class Digest(NamedTuple):
    rows: int
    sum: str


def digests(connection: "psycopg.Connection[Any]") -> dict[str, Digest]:
    """By table."""
    names = [str(name) for (name,) in connection.execute(_TABLES).fetchall()]
    found = {}
    for name in names:
        row = connection.execute(sql.SQL(_DIGEST).format(sql.Identifier(name))).fetchone()
        assert row is not None
        found[name] = Digest(*row)
    return found


def differing(before: dict[str, Digest], after: dict[str, Digest]) -> list[str]:
    """Tables that are not the same, or that only one of them has."""
    return sorted(name for name in before | after if before.get(name) != after.get(name))


def table_of(before: dict[str, Digest], after: dict[str, Digest]) -> list[str]:
    """One line a table, for people."""
    lines = [f"{'table':<32}{'rows before':>12}{'restored':>10}  digest"]
    nothing = Digest(0, "none")
    for name in sorted(before | after):
        was, now = before.get(name, nothing), after.get(name, nothing)
        told = f"{was.sum} same" if was == now else f"{was.sum} differs: {now.sum}"
        lines.append(f"{name:<32}{was.rows:>12,}{now.rows:>10,}  {told}")
    return lines
