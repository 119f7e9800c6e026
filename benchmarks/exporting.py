"""The export of a whole table, part by part as a client fetches it, against plain COPY of the same table."""

import http.client
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

from benchmarks import processes
from benchmarks.bench import Bench, Plan
from benchmarks.servers import OURS, Server

PLAIN, GZIPPED, NDJSON = "CSV", "CSV with gzip", "NDJSON"
_FILES = {PLAIN: ("csv", "identity"), GZIPPED: ("csv", "gzip"), NDJSON: ("ndjson", "identity")}
_ROUNDS = 3


@dataclass(frozen=True)
class Exporting:
    """Medians of what each took for the whole table, and what a part added to the worker's memory at most."""

    rows: int
    copy_seconds: float
    seconds: dict[str, float]
    added_mib: float

    def against_copy(self, file: str) -> float:
        return self.copy_seconds / self.seconds[file]


def measure(bench: Bench, plan: Plan, seed: str) -> Exporting:
    """`seed` is only read."""
    rows = plan.dataset.rows
    print(f"Measuring: export of {rows:,} rows, and COPY …", flush=True)
    place = replace(bench, database=seed)
    taken: dict[str, list[float]] = {name: [] for name in ("COPY", *_FILES)}
    with place.serving(OURS) as [server]:
        # The first part has the server load what it needs.
        before = processes.memory(server.pid).now
        for _ in range(_ROUNDS):
            taken["COPY"].append(_timed(lambda: _copy(place)))
            for name, (format, coding) in _FILES.items():
                taken[name].append(_timed(lambda: _export(server, bench.token, format, coding, rows)))  # noqa: B023
        added = processes.memory(server.pid).peak - before
    seconds = {name: median(each) for name, each in taken.items()}
    return Exporting(rows, seconds.pop("COPY"), seconds, added)


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _copy(place: Bench) -> None:
    with place.cluster.connect(place.database) as connection, connection.cursor() as cursor:
        copy = cursor.copy("COPY activity TO STDOUT")
        with copy as rows:
            deque(rows, maxlen=0)


def _export(server: Server, token: str, format: str, coding: str, rows: int) -> None:
    """Every part, by the tokens from one to the next. Ends the run unless all rows came."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": coding}
    path, lines = f"/api/v1/activities/export?format={format}", 0
    after: str | None = ""
    while after is not None:
        connection.request("GET", path + (f"&paginationToken={after}" if after else ""), headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{server.name}: an export gave {answer.status}: {body[:300]!r}")
        lines += body.count(b"\n") if coding == "identity" else 0
        after = answer.headers.get("X-Next-Token")
    connection.close()
    # No document of the dataset holds a line's end.
    if coding == "identity" and lines != rows + (format == "csv"):
        sys.exit(f"{server.name}: an export of {rows} rows gave {lines} lines.")
