"""`make bench`: measures this project beside its peers and writes RESULTS.md.

--quick takes a tenth of the rows and two minutes, and writes only what it prints; --large is `make bench-large`.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from benchmarks import (
    admin_pages,
    agreement,
    analyst,
    exporting,
    flat,
    loading,
    machine,
    memory,
    purge,
    report,
    servers,
    works,
)
from benchmarks.bench import Bench, Plan
from benchmarks.databases import Cluster
from benchmarks.dataset import AGED_MILLIONS, AGED_QUICK, LARGE, MILLION, QUICK
from benchmarks.report import Measured
from benchmarks.servers import OURS
from benchmarks.tokens import Keys
from config.local_files import data_directory

_WHOLE = Plan(dataset=MILLION, rounds=5, seconds=2, lines_to_load=1_000_000, aged=AGED_MILLIONS, beside_seconds=20)
_QUICK = Plan(dataset=QUICK, rounds=2, seconds=1, lines_to_load=100_000, aged=AGED_QUICK, beside_seconds=4)
_DATABASE = "benchmark_run"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, under two minutes")
    parser.add_argument("--large", action="store_true", help="ten million rows, under thirty minutes")
    options = parser.parse_args()
    # Else the servers and the database would be stopped hard.
    signal.signal(signal.SIGTERM, _stop)
    begun = time.monotonic()
    if options.large:
        text = _with_bench(_large)
        report.put("flat", text)
    else:
        text = _with_bench(lambda bench, busy: _side_by_side(bench, busy, _QUICK if options.quick else _WHOLE))
        if not options.quick:
            report.put("side by side", text)
    print(f"\n{text}\n\nTook {time.monotonic() - begun:.0f} s.")


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signum)


def _with_bench(measure: Callable[[Bench, float], str]) -> str:
    cluster, keys, busy = Cluster(), Keys(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=data_directory()) as folder, cluster.running():
        return measure(Bench(cluster, _DATABASE, keys, keys.token(), Path(folder)), busy)


def _side_by_side(bench: Bench, busy: float, plan: Plan) -> str:
    seed = bench.cluster.filled(plan.dataset)
    bench.cluster.make(bench.database, like=seed)
    with bench.serving(*servers.kinds()) as running:
        agreement.check(bench, plan, running)
        at_first = memory.of_each(running)
        taken = works.measure_all(bench, plan, running)
        held = memory.of_each(running)
        ours = next(server for server in running if server.kind is OURS)
        added = memory.of_largest_body(bench, ours)
    bench.cluster.drop(bench.database)
    purged = purge.measure(bench, plan)
    asked = analyst.measure(bench, plan)
    loaded = loading.measure(bench, plan, seed)
    exported = exporting.measure(bench, plan, seed)
    measured = Measured(
        rows=plan.dataset.rows,
        rounds=plan.rounds,
        seconds=plan.seconds,
        works=taken,
        memory_at_first=at_first,
        memory=held,
        largest_body_mib=added,
        purge=purged,
        analyst=asked,
        loading=loaded,
        exporting=exported,
    )
    return report.side_by_side(measured, machine.described(bench, busy))


def _large(bench: Bench, busy: float) -> str:
    lists = report.flat(flat.measure(bench), machine.described(bench, busy))
    return f"{lists}\n{report.admin(admin_pages.measure(bench, LARGE), LARGE.rows)}"


if __name__ == "__main__":
    main()
