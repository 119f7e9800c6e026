"""Which rows a benchmark's database holds, and what they are called. The same arithmetic as in sql/seed.sql."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from uuid import UUID

AUTHORS = 500
# The client is called as this project calls those of other issuers: by both names.
ISSUER = "benchmark"
CLIENT = "load"
ROWS_OF_A_FAMILY = 40
DEEP_TARGET = -1


@dataclass(frozen=True)
class Dataset:
    """`rows` in all, of which every `deep_every`-th belongs to one target."""

    rows: int
    deep_every: int

    @property
    def families(self) -> int:
        """Four targets each: one of 25 rows, and three of 5."""
        return (self.rows - self.rows // self.deep_every) // ROWS_OF_A_FAMILY

    @property
    def targets(self) -> int:
        return 4 * self.families

    def some_busy_targets(self, count: int) -> list[str]:
        """Ids of targets that have 25 rows."""
        chosen = random.Random(1).sample(range(self.families), min(count, self.families))
        return [target_id(4 * family) for family in chosen]

    def some_ids(self, count: int) -> Iterator[UUID]:
        """Of activities that are stored."""
        chosen = random.Random(2)
        for _ in range(count):
            yield activity_id(chosen.randrange(self.rows))


@dataclass(frozen=True)
class Aged:
    """`rows` in all: those of a dataset, so many that expired long ago, and others that came later."""

    dataset: Dataset
    rows: int
    expired: int

    @property
    def later(self) -> int:
        return self.rows - self.expired - self.dataset.rows


MILLION = Dataset(rows=1_100_000, deep_every=11)
QUICK = Dataset(rows=110_000, deep_every=11)
AGED_MILLIONS = Aged(MILLION, rows=3_000_000, expired=1_000_000)
AGED_QUICK = Aged(QUICK, rows=300_000, expired=100_000)
SMALL = Dataset(rows=10_000, deep_every=2)
LARGE = Dataset(rows=10_000_000, deep_every=20)


def target_id(number: int) -> str:
    return str(_named(f"target-{number}"))


def activity_id(number: int) -> UUID:
    """Those with an even number have a correlation id."""
    return _named(f"activity-{number}")


def _named(name: str) -> UUID:
    return UUID(md5(name.encode(), usedforsecurity=False).hexdigest())
