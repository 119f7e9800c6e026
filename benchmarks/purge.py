"""The real purge, of a third of a table that grew: alone, and while the API serves at a steady rate.

Alone: how fast it is, and whether what is loaded next takes the room that it left.
"""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from statistics import median

from benchmarks import room, slowest, steady
from benchmarks.bench import Bench, Plan
from benchmarks.databases import manage
from benchmarks.room import Room
from benchmarks.rounds import Sample
from benchmarks.servers import OURS, Server
from config.local_files import CLONE

_DATABASE = "benchmark_purge"
_COMMAND = "purge_expired_activities"
_GRACE_SECONDS = 60
_LAST_RECEIPT = "SELECT deleted, extract(epoch FROM ended_at - started_at)::float8 FROM purge_receipt ORDER BY id DESC"


@dataclass(frozen=True)
class Beside:
    """A purge while lists are asked for, `rate` a second: their 95th percentiles, and what they can do at most."""

    rate: float
    deleted: int
    seconds: float
    before_ms: float
    during_ms: float
    after_ms: float
    slowest_name: str
    slowest_ms: float
    before: Sample
    after: Sample


@dataclass(frozen=True)
class Purge:
    rows: int
    expired: int
    seconds: float
    room: Room
    beside: Beside

    @property
    def per_second(self) -> float:
        return self.expired / self.seconds


def measure(bench: Bench, plan: Plan) -> Purge:
    seed, aged = bench.cluster.aged(plan.aged), plan.aged
    print(f"Measuring: a purge of {aged.expired:,} of {aged.rows:,} rows, and the next load …", flush=True)
    place = replace(bench, database=_DATABASE)
    _begin_anew(place, seed)
    before = room.taken(place)
    slowest.forget(place)
    manage(_environment(place), _COMMAND)
    longest = slowest.statement(place)
    deleted, seconds = _receipt(place)
    if deleted != aged.expired:
        sys.exit(f"The purge deleted {deleted:,} rows, not {aged.expired:,}, so nothing was measured.")
    left = room.after_the_next_load(place, before, rows=aged.expired)
    print("Measuring: the same purge while the API serves …", flush=True)
    _begin_anew(place, seed)
    with place.serving(OURS) as [server]:
        beside = _beside(place, plan, server)
    # All statements of a purge are in the one alone; the other one may not come to its last.
    if longest and longest[1] > beside.slowest_ms:
        beside = replace(beside, slowest_name=longest[0], slowest_ms=longest[1])
    place.cluster.drop(place.database)
    return Purge(aged.rows, aged.expired, seconds, left, beside)


def _begin_anew(place: Bench, seed: str) -> None:
    place.cluster.make(place.database, like=seed)
    # Or it would clean up behind the purge while we look.
    room.let_autovacuum(place, work=False)
    place.cluster.checkpoint()


def _beside(place: Bench, plan: Plan, server: Server) -> Beside:
    lists = steady.lists(place, plan, server)
    calm = lists.some()
    slowest.forget(place)
    command = [sys.executable, "manage.py", _COMMAND, f"--max-seconds={plan.beside_seconds}"]
    environment = {**os.environ, **_environment(place)}
    limit = plan.beside_seconds + _GRACE_SECONDS
    with subprocess.Popen(
        command, cwd=CLONE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as purge:
        during = lists.beside(purge, limit=limit)
    behind = lists.some()
    name, ms = slowest.statement(place) or ("an answer", max(each.max_ms for each in (during, *behind)))
    after = lists.at_most()
    steady.must_have_answered(*calm, during, *behind)
    deleted, seconds = _receipt(place)
    return Beside(
        rate=lists.rate,
        deleted=deleted,
        seconds=seconds,
        before_ms=median(each.p95_ms for each in calm),
        during_ms=during.usual_p95_ms,
        after_ms=median(each.p95_ms for each in behind),
        slowest_name=name,
        slowest_ms=ms,
        before=lists.capacity,
        after=after,
    )


def _environment(place: Bench) -> dict[str, str]:
    return {**place.keys.environment(), **place.cluster.environment(place.database)}


def _receipt(place: Bench) -> tuple[int, float]:
    """The rows that the last purge deleted, and the seconds it took."""
    with place.cluster.connect(place.database) as connection:
        deleted, seconds = connection.execute(_LAST_RECEIPT).fetchone() or (0, 0)
    return int(deleted), float(seconds)
