"""A list right after a purge: its dead index entries must not make it slower (plans look up the ends of indexes)."""

import time
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.bench import Bench, Plan
from benchmarks.databases import SQL
from benchmarks.load import Requests
from benchmarks.rounds import Sample, in_turns
from benchmarks.servers import Server, list_path
from benchmarks.works import for_seconds, write_lines

_BATCH = 5_000
_TARGETS = 10_000
_SOME_EXPIRED = "SELECT id FROM activity WHERE expires_at <= now() ORDER BY expires_at, id LIMIT %s"


@dataclass(frozen=True)
class Purge:
    rows: int
    seconds: float
    before: Sample
    after: Sample


def measure(bench: Bench, plan: Plan, server: Server) -> Purge:
    print(f"Measuring: a list before and right after a purge of {plan.expired_rows:,} rows …", flush=True)
    paths = [list_path(server, target) for target in plan.dataset.some_busy_targets(_TARGETS)]
    requests = Requests("GET", write_lines(bench.folder / "purge.txt", paths))
    parameters = {"rows": plan.expired_rows, "targets": plan.dataset.targets}
    with bench.cluster.connect(bench.database) as connection:
        # Or it would clean up behind the purge while we look.
        connection.execute("ALTER TABLE activity SET (autovacuum_enabled = off)")
        connection.execute((SQL / "expired.sql").read_text(), parameters)
        connection.execute("VACUUM (ANALYZE) activity")
        bench.cluster.checkpoint()
        turn = for_seconds(bench, plan, server, requests)
        before = in_turns({"": turn}, rounds=plan.rounds)[""]
        begun = time.perf_counter()
        deleted = _delete_expired(connection)
        seconds = time.perf_counter() - begun
        after = in_turns({"": turn}, rounds=plan.rounds)[""]
    return Purge(deleted, seconds, before, after)


def _delete_expired(connection: psycopg.Connection[Any]) -> int:
    """By lists of ids, each committed."""
    deleted = 0
    while ids := connection.execute(_SOME_EXPIRED, [_BATCH]).fetchall():
        deleted += connection.execute("DELETE FROM activity WHERE id = ANY(%s)", [[id for (id,) in ids]]).rowcount
    return deleted
