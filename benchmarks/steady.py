"""Lists at a steady rate, far below what the server can do, to see what else the machine does in their slowest."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import load
from benchmarks.bench import Bench, Plan
from benchmarks.flat import SHARE_OF_CAPACITY
from benchmarks.load import Load, Requests
from benchmarks.rounds import Sample, in_turns
from benchmarks.servers import Server, list_path
from benchmarks.works import for_seconds, write_lines

_TARGETS = 10_000


@dataclass(frozen=True)
class Lists:
    place: Bench
    plan: Plan
    server: Server
    requests: Requests
    at_most: Callable[[], Sample]
    capacity: Sample

    @property
    def rate(self) -> float:
        """Of lists a second."""
        return SHARE_OF_CAPACITY * self.capacity.per_second

    def some(self) -> list[Load]:
        token, seconds = self.place.token, self.plan.seconds
        return [
            load.at_a_rate(self.server, self.requests, rate=self.rate, seconds=seconds, token=token)
            for _ in range(self.plan.rounds)
        ]

    def beside(self, process: "subprocess.Popen[str]", *, limit: float) -> Load:
        token, window = self.place.token, self.plan.seconds
        return load.beside(process, self.server, self.requests, rate=self.rate, window=window, limit=limit, token=token)


def lists(place: Bench, plan: Plan, server: Server) -> Lists:
    paths = [list_path(server, target) for target in plan.dataset.some_busy_targets(_TARGETS)]
    requests = Requests("GET", write_lines(place.folder / "steady.txt", paths))
    turn = for_seconds(place, plan, server, requests)

    def at_most() -> Sample:
        return in_turns({"": turn}, rounds=plan.rounds)[""]

    return Lists(place, plan, server, requests, at_most, at_most())


def must_have_answered(*loads: Load) -> None:
    if errors := sum(each.errors for each in loads):
        sys.exit(f"{errors} requests at a steady rate failed, so nothing was measured.")
