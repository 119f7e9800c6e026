"""`load_activities` of many lines against COPY of the very same rows into the same empty table."""

import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from psycopg import Copy

from benchmarks.bench import Bench, Plan
from benchmarks.databases import SQL
from config.local_files import CLONE

_DATABASE = "benchmark_load"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Loading:
    lines: int
    load_seconds: float
    copy_seconds: float


def measure(bench: Bench, plan: Plan, seed: str) -> Loading:
    """`seed` is the database whose rows are written as lines, and loaded into another one."""
    print(f"Measuring: load_activities of {plan.lines_to_load:,} lines, and COPY …", flush=True)
    lines = _write_lines(bench, plan, seed)
    bench.cluster.migrated(_DATABASE)
    bench.cluster.checkpoint()
    command = [sys.executable, "manage.py", "load_activities", str(lines), "--client", "benchmark"]
    environment = {**os.environ, **bench.keys.environment(), **bench.cluster.environment(_DATABASE)}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=CLONE, env=environment, capture_output=True, text=True)
    load_seconds = time.perf_counter() - begun
    if done.returncode != 0 or f"{plan.lines_to_load:,} created" not in done.stdout:
        sys.exit(f"load_activities failed: {done.stdout}{done.stderr[-1000:]}")
    copy_seconds = _copy(bench)
    bench.cluster.drop(_DATABASE)
    return Loading(plan.lines_to_load, load_seconds, copy_seconds)


def _write_lines(bench: Bench, plan: Plan, seed: str) -> Path:
    path = bench.folder / "activities.ndjson"
    statement = (SQL / "some_lines.sql").read_text().format(count=plan.lines_to_load)
    with bench.cluster.connect(seed) as connection, connection.cursor() as cursor:
        _write(cursor.copy(statement), path)
    return path


def _copy(bench: Bench) -> float:
    """Takes the rows out, empties the table, and copies them back."""
    path = bench.folder / "activities.copy"
    with bench.cluster.connect(_DATABASE) as connection, connection.cursor() as cursor:
        _write(cursor.copy("COPY activity TO STDOUT"), path)
        connection.execute("TRUNCATE activity")
        bench.cluster.checkpoint()
        begun = time.perf_counter()
        with path.open("rb") as file, cursor.copy("COPY activity FROM STDIN") as rows:
            while block := file.read(_BLOCK):
                rows.write(block)
        return time.perf_counter() - begun


def _write(rows: AbstractContextManager[Copy], path: Path) -> None:
    with rows as copied, path.open("wb") as file:
        for block in copied:
            file.write(block)
