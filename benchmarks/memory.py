"""How much memory a worker holds, and what the largest body adds to it."""

import json
import sys

from benchmarks import processes
from benchmarks.bench import Bench
from benchmarks.generator import with_new_ids
from benchmarks.processes import Memory
from benchmarks.servers import Server, post
from benchmarks.works import ARRAY, some_bodies

_BODY_BYTES = 5 * 1024 * 1024


def of_largest_body(bench: Bench, server: Server) -> float:
    """MiB that an array of just 5 MiB adds, at its worst moment, to what the worker holds."""
    body = with_new_ids(_largest_body(bench))
    processes.forget_peak(server.pid)
    before = processes.memory(server.pid)
    status, answer = post(server, body, token=bench.token)
    if status != 201:
        sys.exit(f"{server.name}: a POST of {len(body):,} bytes gave {status}: {answer[:300]!r}")
    return processes.memory(server.pid).peak - before.now


def of_each(running: list[Server]) -> dict[str, Memory]:
    return {server.name: processes.memory(server.pid) for server in running}


def _largest_body(bench: Bench) -> bytes:
    activities = [json.loads(body) for body in some_bodies(bench, ARRAY)]
    room = _BODY_BYTES - len(_compact(activities)) - ARRAY * len(',"note":""')
    for activity in activities:
        activity["newData"]["note"] = "n" * (room // ARRAY)
    body = _compact(activities)
    assert _BODY_BYTES - ARRAY <= len(body) <= _BODY_BYTES
    return body


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
