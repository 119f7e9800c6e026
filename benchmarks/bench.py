"""What every measurement needs: the cluster, the database it works in, the token, a place for files, and how long."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import servers
from benchmarks.databases import Cluster
from benchmarks.dataset import Aged, Dataset
from benchmarks.servers import Kind, Server
from benchmarks.tokens import Keys


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    dataset: Dataset
    rounds: int
    seconds: int
    lines_to_load: int
    aged: Aged
    # A purge leaves nine tenths of the time to the API: for all rows it would take minutes on a busy machine.
    beside_seconds: int


@dataclass(frozen=True)
class Bench:
    cluster: Cluster
    database: str
    keys: Keys
    token: str
    folder: Path

    @contextmanager
    def serving(self, *kinds: Kind) -> Iterator[list[Server]]:
        """All of them at once; those that are not asked wait without work."""
        environment = {**self.keys.environment(), **self.cluster.environment(self.database)}
        with ExitStack() as stack:
            yield [
                stack.enter_context(
                    servers.running(kind, environment, self.folder / f"{kind.name.replace(' ', '-')}.log")
                )
                for kind in kinds
            ]
