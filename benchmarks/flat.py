"""Does a list stay as fast when the table grows? Its 95th percentile in a small and in a large table."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from statistics import median

from benchmarks import load
from benchmarks.agreement import read_json
from benchmarks.bench import Bench
from benchmarks.dataset import DEEP_TARGET, LARGE, SMALL, Dataset, target_id
from benchmarks.load import Requests
from benchmarks.servers import OURS, Server, list_path
from benchmarks.works import write_lines

LIST, DEEP_PAGE = "a list of one target", "a page deep in one target's history"
SHARE_OF_CAPACITY = 0.3
_ROUNDS = 5
_SECONDS = 10
_CAPACITY_SECONDS = 3
# Few enough that a large table's rows of them stay in memory.
_TARGETS = 2_000
_DEEP_PAGES = 100
_STEP = 1_000


@dataclass(frozen=True)
class Flat:
    """What was asked, at how many requests a second, and the 95th percentiles in milliseconds."""

    work: str
    depth: dict[int, int]
    rate: float
    p95_ms: dict[int, float]


def measure(bench: Bench) -> list[Flat]:
    with ExitStack() as stack:
        running = {}
        for dataset in (SMALL, LARGE):
            place = replace(bench, database=bench.cluster.filled(dataset))
            running[dataset] = stack.enter_context(place.serving(OURS))[0]
        lists = {dataset: _list_paths(server, dataset) for dataset, server in running.items()}
        depths = {SMALL: 4_000, LARGE: 100_000}
        deep = {dataset: list(_deep_paths(bench, running[dataset], depths[dataset])) for dataset in running}
        none = dict.fromkeys(running, 0)
        return [_compare(bench, running, LIST, none, lists), _compare(bench, running, DEEP_PAGE, depths, deep)]


def _list_paths(server: Server, dataset: Dataset) -> list[str]:
    return [list_path(server, target) for target in dataset.some_busy_targets(_TARGETS)]


def _deep_paths(bench: Bench, server: Server, depth: int) -> Iterator[str]:
    """Pages of 20 from `depth` rows on; walked to in large steps, because only an answer names the next page."""
    first, token = list_path(server, target_id(DEEP_TARGET)), ""
    for _ in range(depth // _STEP):
        token = _next_token(bench, server, f"{first}&pageSize={_STEP}", token)
    for _ in range(min(_DEEP_PAGES, depth // 100)):
        yield f"{first}&paginationToken={token}"
        token = _next_token(bench, server, first, token)


def _next_token(bench: Bench, server: Server, path: str, token: str) -> str:
    page = read_json(bench, server, f"{path}&paginationToken={token}" if token else path)
    return str(page["paginationDetails"]["nextToken"])


def _compare(
    bench: Bench,
    running: dict[Dataset, Server],
    work: str,
    depth: dict[Dataset, int],
    paths: dict[Dataset, list[str]],
) -> Flat:
    print(f"Measuring: {work}, in {SMALL.rows:,} and {LARGE.rows:,} rows …", flush=True)
    asked = {
        dataset: Requests("GET", write_lines(bench.folder / f"flat-{dataset.rows}.txt", lines))
        for dataset, lines in paths.items()
    }
    for dataset, server in running.items():
        load.counted(server, asked[dataset], count=2 * len(paths[dataset]), token=bench.token)
    capacity = min(
        load.for_seconds(server, asked[dataset], seconds=_CAPACITY_SECONDS, token=bench.token).per_second
        for dataset, server in running.items()
    )
    rate = SHARE_OF_CAPACITY * capacity
    taken: dict[Dataset, list[float]] = {dataset: [] for dataset in running}
    for _ in range(_ROUNDS):
        for dataset, server in running.items():
            done = load.at_a_rate(server, asked[dataset], rate=rate, seconds=_SECONDS, token=bench.token)
            taken[dataset].append(done.p95_ms)
    return Flat(
        work=work,
        depth={dataset.rows: depth[dataset] for dataset in running},
        rate=rate,
        p95_ms={dataset.rows: median(times) for dataset, times in taken.items()},
    )
