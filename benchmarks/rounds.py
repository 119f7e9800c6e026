"""Measuring in turns: A B C A B C …, so that what else the machine does falls on all alike; medians count."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks import processes
from benchmarks.load import Load

Turn = Callable[[], "Sample"]


@dataclass(frozen=True)
class Sample:
    """One turn, or the medians of some. Processor time is in milliseconds a request."""

    per_second: float
    p50_ms: float
    server_cpu_ms: float | None
    postgres_cpu_ms: float


@dataclass(frozen=True)
class Meter:
    """Measures a load with what it costs the server, None where PostgreSQL is asked directly, and PostgreSQL."""

    postgres: int
    server: int | None = None

    def measure(self, name: str, load: Callable[[], Load]) -> Sample:
        before = self._cpu_ms()
        done = load()
        server_ms, postgres_ms = (after - start for after, start in zip(self._cpu_ms(), before, strict=True))
        if done.errors or not done.requests:
            sys.exit(f"{name}: {done.errors} of {done.requests} requests failed, so nothing was measured.")
        return Sample(
            per_second=done.per_second,
            p50_ms=done.p50_ms,
            server_cpu_ms=server_ms / done.requests if self.server else None,
            postgres_cpu_ms=postgres_ms / done.requests,
        )

    def _cpu_ms(self) -> tuple[float, float]:
        server = processes.cpu_seconds(self.server) if self.server else 0
        return server * 1000, processes.cpu_seconds(self.postgres) * 1000


def in_turns(turns: Mapping[str, Turn], *, rounds: int) -> dict[str, Sample]:
    """The medians of each."""
    taken: dict[str, list[Sample]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, turn in turns.items():
            taken[name].append(turn())
    return {name: _medians(samples) for name, samples in taken.items()}


def _medians(samples: list[Sample]) -> Sample:
    server = [sample.server_cpu_ms for sample in samples if sample.server_cpu_ms is not None]
    return Sample(
        per_second=median(sample.per_second for sample in samples),
        p50_ms=median(sample.p50_ms for sample in samples),
        server_cpu_ms=median(server) if server else None,
        postgres_cpu_ms=median(sample.postgres_cpu_ms for sample in samples),
    )
