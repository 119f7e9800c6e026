import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from benchmarks import processes, report
from benchmarks.exporting import GZIPPED, NDJSON, PLAIN, Exporting
from benchmarks.generator import with_new_ids
from benchmarks.goals import Goal
from benchmarks.load import Load
from benchmarks.rounds import Meter, Sample, in_turns
from benchmarks.servers import OURS


def sample(per_second: float) -> Sample:
    return Sample(per_second=per_second, p50_ms=1, server_cpu_ms=None, postgres_cpu_ms=1)


def test_turns_alternate_and_medians_count() -> None:
    taken: list[str] = []
    speeds = {"a": iter([1, 100, 2]), "b": iter([9, 8, 7])}

    def turn(name: str) -> Sample:
        taken.append(name)
        return sample(next(speeds[name]))

    medians = in_turns({"a": lambda: turn("a"), "b": lambda: turn("b")}, rounds=3)

    assert taken == ["a", "b", "a", "b", "a", "b"]
    assert {name: one.per_second for name, one in medians.items()} == {"a": 2, "b": 8}


def test_a_failed_request_ends_the_measurement() -> None:
    with pytest.raises(SystemExit, match="1 of 10 requests failed"):
        Meter(os.getpid()).measure("it", lambda: Load(10, 1, 1, 1, 1))


@pytest.mark.parametrize(
    ("goal", "ratio", "reached"),
    [
        (Goal("list", "other", 2), 3.0, True),
        (Goal("list", "other", 4), 3.0, False),
        (Goal("list", "other", 0.5, as_time=True), 1 / 3, True),
        (Goal("list", "other", 0.2, as_time=True), 1 / 3, False),
    ],
)
def test_a_goal_compares_speeds_or_times(goal: Goal, ratio: float, reached: bool) -> None:
    measured = goal.measured({OURS.name: sample(30), "other": sample(10)})

    assert measured == pytest.approx(ratio)
    assert goal.reached(measured) is reached


def test_each_id_of_zeros_becomes_a_new_one() -> None:
    zeros = b"00000000-0000-0000-0000-000000000000"

    first, second = (UUID(part.decode()) for part in with_new_ids(zeros + b"," + zeros).split(b","))

    assert first != second
    assert (first.version, second.version) == (4, 4)


def test_a_part_of_the_results_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    for part, text in (("one", "first"), ("two", "second"), ("one", "third")):
        report.put(part, text, into=results)

    written = results.read_text()

    assert written.startswith("# Results\n")
    assert written.endswith("<!-- one -->\nthird\n<!-- end of one -->\n\n<!-- two -->\nsecond\n<!-- end of two -->\n")


def test_an_export_is_held_against_copy_of_as_many_rows() -> None:
    exporting = Exporting(rows=1_000, copy_seconds=2, seconds={PLAIN: 4, GZIPPED: 10, NDJSON: 5}, added_mib=40)

    told = [(copy, ratio, reached) for _, copy, ratio, _, _, reached in report.export_goals(exporting)]

    assert told == [
        ("COPY (500/s)", "0.50×", "yes"),
        ("COPY (500/s)", "0.20×", "**no**"),
        ("COPY (500/s)", "0.40×", "yes"),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_process_and_its_children_cost_is_counted() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(4 * 10**7))']); print(); input()"
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        seconds, held = processes.cpu_seconds(parent.pid), processes.memory(parent.pid)
        parent.communicate(b"\n")

    assert seconds > 0.05
    assert 1 < held.now <= held.peak < 1000
