"""The numbers to reach: ratios within one run."""

from dataclasses import dataclass

from benchmarks.floor import ONE_STATEMENT, PGBENCH
from benchmarks.rounds import Sample
from benchmarks.servers import DRF, FASTAPI, FASTIFY, OURS
from benchmarks.works import CREATE_MANY, CREATE_ONE, GET_ONE, LIST


@dataclass(frozen=True)
class Goal:
    """This project does at least so many times what the other does in the same time.

    As time: what it takes is at most so many times what the other takes.
    """

    work: str
    against: str
    bound: float
    aim: float | None = None
    as_time: bool = False

    def measured(self, samples: dict[str, Sample]) -> float:
        ours, other = samples[OURS.name].per_second, samples[self.against].per_second
        return other / ours if self.as_time else ours / other

    def reached(self, ratio: float) -> bool:
        return ratio <= self.bound if self.as_time else ratio >= self.bound


GOALS = [
    Goal(LIST, FASTAPI.name, 2, 3.3),
    Goal(LIST, FASTIFY.name, 1),
    Goal(LIST, DRF.name, 10),
    Goal(LIST, PGBENCH, 4, as_time=True),
    Goal(GET_ONE, FASTAPI.name, 2, 3),
    Goal(GET_ONE, DRF.name, 6),
    Goal(CREATE_ONE, FASTAPI.name, 1.5, 2.5),
    Goal(CREATE_ONE, DRF.name, 4),
    Goal(CREATE_ONE, PGBENCH, 0.35),
    Goal(CREATE_MANY, FASTAPI.name, 1.2, 1.6),
    Goal(CREATE_MANY, FASTIFY.name, 1),
    Goal(CREATE_MANY, DRF.name, 50),
    Goal(CREATE_MANY, ONE_STATEMENT, 0.5),
]
LOADING_AGAINST_COPY = 0.4
EXPORT_AGAINST_COPY = 0.4
GZIPPED_EXPORT_AGAINST_COPY = 0.25
WORKER_MIB = 130
LARGEST_BODY_MIB = 60
FLAT_RATIO = 1.3
ADMIN_PAGE_MS = 500
# What two rounds of the same thing differ by.
NO_SLOWER = 0.95
PURGED_PER_SECOND = 100_000
LONGEST_STATEMENT_SECONDS = 1
P95_BESIDE_A_PURGE = 1.5
P95_BESIDE_AN_ANALYST = 1.5
# What is left of a page is not of use for every row.
SAME_SIZE = 1.02
