"""The work that is measured, the same for each server: list, get one, create one, create 1,000."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks import floor, load
from benchmarks.bench import Bench, Plan
from benchmarks.databases import SQL
from benchmarks.load import Requests
from benchmarks.rounds import Meter, Sample, Turn, in_turns
from benchmarks.servers import DRF, Server, list_path

LIST, GET_ONE, CREATE_ONE, CREATE_MANY = "list, 20 rows", "get one", "create one", "create 1,000 in one POST"
WORKS = (LIST, GET_ONE, CREATE_ONE, CREATE_MANY)
BULK_DRF = "stock DRF, bulk_create"
ARRAY = 1_000
_DISTINCT = 10_000
_ARRAYS = 5


def measure_all(bench: Bench, plan: Plan, running: list[Server]) -> dict[str, dict[str, Sample]]:
    bodies = some_bodies(bench, _DISTINCT)
    steps: dict[str, Callable[[], dict[str, Turn]]] = {
        LIST: lambda: _reading(bench, plan, running, "list", _list_paths(plan)),
        GET_ONE: lambda: _reading(bench, plan, running, "one", _one_paths(plan)),
        CREATE_ONE: lambda: _creating_one(bench, plan, running, bodies),
        CREATE_MANY: lambda: _creating_many(bench, plan, running, bodies),
    }
    taken = {}
    for work in WORKS:
        print(f"Measuring: {work} …", flush=True)
        bench.cluster.checkpoint()
        taken[work] = in_turns(steps[work](), rounds=plan.rounds)
    return taken


def some_bodies(bench: Bench, count: int) -> list[str]:
    """POST bodies like the rows that are stored, with an id of zeros."""
    with bench.cluster.connect(bench.database) as connection:
        rows = connection.execute((SQL / "some_bodies.sql").read_text(), {"count": count}).fetchall()
    return [json.dumps(json.loads(row[0]), separators=(",", ":")) for row in rows]


def write_lines(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def as_arrays(bodies: list[str]) -> list[str]:
    chosen = random.Random(3)
    return [f"[{','.join(chosen.sample(bodies, ARRAY))}]" for _ in range(_ARRAYS)]


def _list_paths(plan: Plan) -> Callable[[Server], list[str]]:
    targets = plan.dataset.some_busy_targets(_DISTINCT)
    return lambda server: [list_path(server, target) for target in targets]


def _one_paths(plan: Plan) -> Callable[[Server], list[str]]:
    ids = list(plan.dataset.some_ids(_DISTINCT))
    return lambda server: [server.kind.one_path.format(id) for id in ids]


def _reading(
    bench: Bench, plan: Plan, running: list[Server], name: str, paths: Callable[[Server], list[str]]
) -> dict[str, Turn]:
    turns: dict[str, Turn] = {}
    for server in running:
        file = write_lines(bench.folder / f"{name}-{server.port}.txt", paths(server))
        turns[server.name] = for_seconds(bench, plan, server, Requests("GET", file))
    return turns | (floor.listing(bench, plan) if name == "list" else {})


def _creating_one(bench: Bench, plan: Plan, running: list[Server], bodies: list[str]) -> dict[str, Turn]:
    requests = Requests("POST", write_lines(bench.folder / "one.ndjson", bodies))
    turns = {server.name: for_seconds(bench, plan, server, requests) for server in running}
    return turns | floor.creating_one(bench, plan)


def _creating_many(bench: Bench, plan: Plan, running: list[Server], bodies: list[str]) -> dict[str, Turn]:
    arrays = as_arrays(bodies)
    requests = Requests("POST", write_lines(bench.folder / "many.ndjson", arrays))
    turns = {server.name: _counted(bench, plan, server, requests) for server in _with_bulk_drf(running)}
    return turns | floor.creating_many(bench, plan, arrays)


def _with_bulk_drf(running: list[Server]) -> list[Server]:
    bulk = replace(DRF, name=BULK_DRF, create_path=f"{DRF.create_path}?bulk=1")
    return running + [replace(server, kind=bulk) for server in running if server.kind is DRF]


def for_seconds(bench: Bench, plan: Plan, server: Server, requests: Requests) -> Turn:
    meter = Meter(bench.cluster.pid, server.pid)
    run = partial(load.for_seconds, server, requests, token=bench.token)
    meter.measure(f"{server.name}, warming up", lambda: run(seconds=1))
    return lambda: meter.measure(server.name, lambda: run(seconds=plan.seconds))


def _counted(bench: Bench, plan: Plan, server: Server, requests: Requests) -> Turn:
    """A turn of some seconds may be shorter than one such request, so requests are counted instead."""
    meter = Meter(bench.cluster.pid, server.pid)
    run = partial(load.counted, server, requests, token=bench.token)
    warm = meter.measure(f"{server.name}, warming up", lambda: run(count=1))
    count = max(1, round(warm.per_second * plan.seconds))
    return lambda: meter.measure(server.name, lambda: run(count=count))
