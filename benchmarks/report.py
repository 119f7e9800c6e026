"""RESULTS.md: what was measured, beside what was to be reached."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.admin_pages import Opened
from benchmarks.analyst import Analyst
from benchmarks.dataset import LARGE, SMALL
from benchmarks.exporting import GZIPPED, NDJSON, PLAIN, Exporting
from benchmarks.flat import Flat
from benchmarks.goals import (
    ADMIN_PAGE_MS,
    EXPORT_AGAINST_COPY,
    FLAT_RATIO,
    GOALS,
    GZIPPED_EXPORT_AGAINST_COPY,
    LARGEST_BODY_MIB,
    LOADING_AGAINST_COPY,
    LONGEST_STATEMENT_SECONDS,
    NO_SLOWER,
    P95_BESIDE_A_PURGE,
    P95_BESIDE_AN_ANALYST,
    PURGED_PER_SECOND,
    SAME_SIZE,
    WORKER_MIB,
)
from benchmarks.loading import Loading
from benchmarks.processes import Memory
from benchmarks.purge import Purge
from benchmarks.rounds import Sample
from benchmarks.servers import OURS

RESULTS = Path(__file__).with_name("RESULTS.md")
_HEAD = """# Results

Written by `make bench` and `make bench-large`; taken again whenever work touches these paths. All servers run in one
run on one machine, each as one worker process, in turns, on copies of the same rows; the machine is shared with the
load and the database, so only the ratios mean something elsewhere.
"""


@dataclass(frozen=True)
class Measured:
    """Of one run of `make bench`."""

    rows: int
    rounds: int
    seconds: int
    works: dict[str, dict[str, Sample]]
    memory_at_first: dict[str, Memory]
    memory: dict[str, Memory]
    largest_body_mib: float
    purge: Purge
    analyst: Analyst
    loading: Loading
    exporting: Exporting


def put(part: str, text: str, into: Path = RESULTS) -> None:
    """Replaces one part of the file and leaves the others; each stands between two comments."""
    written = into.read_text() if into.exists() else _HEAD
    block = f"<!-- {part} -->\n{text.strip()}\n<!-- end of {part} -->\n"
    found = re.compile(rf"<!-- {part} -->\n.*<!-- end of {part} -->\n", re.DOTALL)
    into.write_text(found.sub(lambda _: block, written) if found.search(written) else f"{written}\n{block}")


def side_by_side(measured: Measured, described: list[tuple[str, str]]) -> str:
    return "\n".join(
        [
            "## Side by side",
            "",
            f"{measured.rows:,} rows; medians of {measured.rounds} turns of {measured.seconds} s on 4 connections.",
            "",
            *_lines(described),
            "",
            *_table(("work", "this project against", "measured", "wanted", "aim", "reached"), _goals(measured)),
            *(line for work, samples in measured.works.items() for line in _work(work, samples)),
            "### Memory of a worker, in MiB",
            "",
            *_table(("server", "at first", "at the end", "at most"), _memory(measured)),
        ]
    )


def flat(measured: list[Flat], described: list[tuple[str, str]]) -> str:
    rows = []
    for one in measured:
        small, large = one.p95_ms[SMALL.rows], one.p95_ms[LARGE.rows]
        name = f"{one.work} ({_depth(one)} rows deep)" if one.depth[LARGE.rows] else one.work
        rate, ratio = f"{one.rate:.0f}", large / small
        wanted = (f"at most {FLAT_RATIO}", _yes(ratio <= FLAT_RATIO))
        rows.append((name, rate, f"{small:.2f}", f"{large:.2f}", f"{ratio:.2f}", *wanted))
    heads = ("work", "requests/s", f"{SMALL.rows:,} rows, p95 ms", f"{LARGE.rows:,} rows, p95 ms", "ratio")
    text = "Requests at a steady rate, 30 % of what the slower of the two can do, whether answered or not; warm."
    return "\n".join(["## Flat", "", text, "", *_lines(described), "", *_table((*heads, "wanted", "reached"), rows)])


def admin(measured: list[Opened], rows: int) -> str:
    """A part of the large measurement, which says the machine."""
    heads = ("page", "first, ms", "median, ms", "slowest, ms", "wanted", "reached")
    wanted = f"under {ADMIN_PAGE_MS}"
    lines = [
        (
            one.page,
            *(f"{ms:.0f}" for ms in (one.first_ms, one.median_ms, one.slowest_ms)),
            wanted,
            _yes(max(one.first_ms, one.slowest_ms) < ADMIN_PAGE_MS),
        )
        for one in measured
    ]
    text = f"Opened eleven times, one after the other, in {rows:,} rows; the first time apart."
    return "\n".join(["### The admin's pages", "", text, "", *_table(heads, lines)])


def _depth(one: Flat) -> str:
    return f"{one.depth[SMALL.rows]:,} and {one.depth[LARGE.rows]:,}"


def _goals(measured: Measured) -> Iterator[tuple[str, ...]]:
    for goal in GOALS:
        if goal.against in measured.works[goal.work]:
            ratio = goal.measured(measured.works[goal.work])
            wanted = f"time at most {goal.bound}×" if goal.as_time else f"at least {goal.bound}×"
            aim = f"{goal.aim}×" if goal.aim else ""
            yield goal.work, goal.against, f"{ratio:.2f}×", wanted, aim, _yes(goal.reached(ratio))
    loading = measured.loading
    ratio = loading.copy_seconds / loading.load_seconds
    lines = f"load_activities of {loading.lines:,} lines ({loading.lines / loading.load_seconds:,.0f}/s)"
    copy = f"COPY ({loading.lines / loading.copy_seconds:,.0f}/s)"
    wanted = f"at least {LOADING_AGAINST_COPY}×"
    yield lines, copy, f"{ratio:.2f}×", wanted, "", _yes(ratio >= LOADING_AGAINST_COPY)
    yield from export_goals(measured.exporting)
    yield from purge_goals(measured.purge)
    yield analyst_goal(measured.analyst)
    peak = measured.memory[OURS.name].peak
    yield "memory of the worker", "", f"{peak:.0f} MiB", f"under {WORKER_MIB} MiB", "", _yes(peak < WORKER_MIB)
    added = measured.largest_body_mib
    wanted = f"under {LARGEST_BODY_MIB} MiB"
    yield "an array POST of 5 MiB adds", "", f"{added:.0f} MiB", wanted, "", _yes(added < LARGEST_BODY_MIB)


def export_goals(exporting: Exporting) -> Iterator[tuple[str, ...]]:
    copy = f"COPY ({exporting.rows / exporting.copy_seconds:,.0f}/s)"
    wanted_of = {PLAIN: EXPORT_AGAINST_COPY, GZIPPED: GZIPPED_EXPORT_AGAINST_COPY, NDJSON: EXPORT_AGAINST_COPY}
    for file, wanted in wanted_of.items():
        ratio = exporting.against_copy(file)
        work = f"export of {exporting.rows:,} rows as {file} ({exporting.rows / exporting.seconds[file]:,.0f}/s)"
        yield work, copy, f"{ratio:.2f}×", f"at least {wanted}×", "", _yes(ratio >= wanted)


def purge_goals(purge: Purge) -> Iterator[tuple[str, ...]]:
    beside, room = purge.beside, purge.room
    alone = f"purge of {purge.expired:,} of {purge.rows:,} rows, alone"
    reached = _yes(purge.per_second >= PURGED_PER_SECOND)
    yield alone, "", f"{purge.per_second:,.0f}/s", f"at least {PURGED_PER_SECOND:,}/s", "", reached
    while_serving = (
        f"that purge, also beside {beside.rate:,.0f} lists/s ({beside.deleted / beside.seconds:,.0f} rows/s)"
    )
    slowest = f"slowest statement of {while_serving}: {beside.slowest_name}"
    reached = _yes(beside.slowest_ms <= LONGEST_STATEMENT_SECONDS * 1000)
    yield slowest, "", f"{beside.slowest_ms / 1000:.2f} s", f"at most {LONGEST_STATEMENT_SECONDS} s", "", reached
    wanted, against = f"time at most {P95_BESIDE_A_PURGE}×", f"before it ({beside.before_ms:.2f} ms)"
    for when, ms in (("during", beside.during_ms), ("right after", beside.after_ms)):
        ratio = ms / beside.before_ms
        name = f"their p95 {when} that purge ({ms:.2f} ms)"
        yield name, against, f"{ratio:.2f}×", wanted, "", _yes(ratio <= P95_BESIDE_A_PURGE)
    ratio = beside.after.per_second / beside.before.per_second
    after = f"list right after a purge of {beside.deleted:,} rows ({beside.after.per_second:,.0f}/s)"
    before = f"before it ({beside.before.per_second:,.0f}/s)"
    yield after, before, f"{ratio:.2f}×", f"at least {NO_SLOWER}×", "1×", _yes(ratio >= NO_SLOWER)
    after = f"table and indexes after autovacuum and the next {room.loaded:,} rows ({room.after / 1e6:,.0f} MB)"
    before = f"before the purge ({room.before / 1e6:,.0f} MB)"
    yield after, before, f"{room.ratio:.3f}×", f"at most {SAME_SIZE}×", "", _yes(room.ratio <= SAME_SIZE)


def analyst_goal(analyst: Analyst) -> tuple[str, ...]:
    name = f"p95 of {analyst.rate:,.0f} lists/s beside a cross join on a replica by {analyst.standing_back_by}, "
    name += f"cut off after {analyst.seconds:.0f} s ({analyst.during_ms:.2f} ms)"
    wanted = f"time at most {P95_BESIDE_AN_ANALYST}×"
    reached = _yes(analyst.ratio <= P95_BESIDE_AN_ANALYST)
    return name, f"before it ({analyst.before_ms:.2f} ms)", f"{analyst.ratio:.2f}×", wanted, "", reached


def _work(work: str, samples: dict[str, Sample]) -> Iterator[str]:
    heads = ("server", "requests/s", "this project ÷ it", "p50 ms", "its CPU ms/request", "PostgreSQL's CPU ms/request")
    ours = samples[OURS.name].per_second
    rows = [
        (
            name,
            _number(sample.per_second),
            f"{ours / sample.per_second:.2f}",
            f"{sample.p50_ms:.2f}",
            "" if sample.server_cpu_ms is None else f"{sample.server_cpu_ms:.2f}",
            f"{sample.postgres_cpu_ms:.2f}",
        )
        for name, sample in samples.items()
    ]
    yield from (f"### {work[0].upper()}{work[1:]}", "", *_table(heads, rows))


def _memory(measured: Measured) -> Iterator[tuple[str, ...]]:
    for name, memory in measured.memory.items():
        yield name, f"{measured.memory_at_first[name].now:.0f}", f"{memory.now:.0f}", f"{memory.peak:.0f}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _lines(described: list[tuple[str, str]]) -> list[str]:
    return [f"- {name}: {text}" for name, text in described]


def _table(heads: Sequence[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _yes(reached: bool) -> str:
    return "yes" if reached else "**no**"
