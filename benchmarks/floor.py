"""The floor: what PostgreSQL takes for the same work when nobody stands before it."""

import os
import re
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path

from activities import statements
from benchmarks.bench import Bench, Plan
from benchmarks.databases import SQL
from benchmarks.dataset import AUTHORS, ISSUER
from benchmarks.generator import with_new_ids
from benchmarks.load import CONNECTIONS, Load
from benchmarks.rounds import Meter, Turn
from config.postgres_binaries import find_binaries

PGBENCH, PGBENCH_FOUR = "pgbench, one connection", f"pgbench, {CONNECTIONS} connections"
ONE_STATEMENT = "one jsonb_to_recordset insert"
_LIST = statements.SQL["activities_about_target"]
# The list's parameters, as pgbench can write them. Its targets are those of 25 rows: benchmarks/dataset.py.
_PARAMETERS = {
    "target_id": "md5('target-' || 4 * :family)::uuid::text",
    "now": "now()",
    "before": "'9999-12-31 23:59:59.999999+00'",
    "before_id": "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
    "rows": "21",
}


def listing(bench: Bench, plan: Plan) -> dict[str, Turn]:
    """This project's own statement."""
    values = [_PARAMETERS[name] for name in _LIST.parameters]
    statement = re.sub(r"\$(\d+)", lambda found: values[int(found[1]) - 1], _LIST.text.decode())
    script = bench.folder / "list.pgbench.sql"
    script.write_text(f"\\set family random(0, {plan.dataset.families - 1})\n{statement.rstrip()};\n")
    return _pgbench_turns(bench, plan, script)


def creating_one(bench: Bench, plan: Plan) -> dict[str, Turn]:
    """A plain insert of one row, committed."""
    statement = (SQL / "create_one.pgbench.sql").read_text()
    script = bench.folder / "create-one.pgbench.sql"
    script.write_text(
        f"\\set author random(1, {AUTHORS})\n\\set target random(0, {plan.dataset.targets - 1})\n{statement}"
    )
    return _pgbench_turns(bench, plan, script)


def creating_many(bench: Bench, plan: Plan, arrays: list[str]) -> dict[str, Turn]:
    """The very bodies that are posted, by one statement on one connection."""
    statement = (SQL / "create_many.sql").read_text()
    bodies = cycle(array.encode() for array in arrays)
    connection = bench.cluster.connect(bench.database)
    author = connection.execute("SELECT min(id) FROM author").fetchone()
    client = connection.execute("SELECT id FROM api_client WHERE name ^@ %s", [ISSUER]).fetchone()
    assert author is not None
    assert client is not None

    def insert() -> Load:
        times = []
        until = time.perf_counter() + plan.seconds
        while time.perf_counter() < until:
            rows = with_new_ids(next(bodies)).decode()
            begun = time.perf_counter()
            connection.execute(statement, {"rows": rows, "author": author[0], "client": client[0]}, prepare=True)
            times.append((time.perf_counter() - begun) * 1000)
        times.sort()
        return Load(len(times), sum(times) / 1000, 0, times[len(times) // 2], times[len(times) * 95 // 100])

    return {ONE_STATEMENT: lambda: Meter(bench.cluster.pid).measure(ONE_STATEMENT, insert)}


def _pgbench_turns(bench: Bench, plan: Plan, script: Path) -> dict[str, Turn]:
    """None where PostgreSQL's programs come without pgbench."""
    program = find_binaries()["pgbench"]
    if not Path(program).is_file():
        return {}
    meter = Meter(bench.cluster.pid)

    def turn(name: str, connections: int) -> Turn:
        return lambda: meter.measure(name, lambda: _pgbench(bench, program, script, connections, plan.seconds))

    return {PGBENCH: turn(PGBENCH, 1), PGBENCH_FOUR: turn(PGBENCH_FOUR, CONNECTIONS)}


def _pgbench(bench: Bench, program: str, script: Path, connections: int, seconds: int) -> Load:
    command = [program, "--no-vacuum", "--protocol=prepared", f"--client={connections}", "--jobs=1"]
    command += [f"--time={seconds}", f"--file={script}"]
    # The list's plan is the same for every target, and making it anew takes as long as running it.
    options = {"PGOPTIONS": "-c plan_cache_mode=force_generic_plan"}
    environment = {**os.environ, **bench.cluster.environment(bench.database), **options}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + 60)
    said = dict(re.findall(r"(?m)^([a-z ]+?) ?[:=] ([\d.]+)", done.stdout))
    if done.returncode != 0 or "tps" not in said:
        sys.exit(f"pgbench failed: {done.stderr}")
    count = int(said["number of transactions actually processed"])
    latency = float(said["latency average"])
    return Load(count, count / float(said["tps"]), int(said.get("number of failed transactions", 0)), latency, latency)
