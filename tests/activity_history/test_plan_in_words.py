"""A plan of PostgreSQL, said in words."""

from typing import Any

import pytest

from activity_history.plan_in_words import Plan, read


def node(type: str, *below: Any, **members: Any) -> dict[str, Any]:
    known = {"table": "Relation Name", "index": "Index Name", "rows": "Actual Rows", "runs": "Actual Loops"}
    known |= {"filtered": "Rows Removed by Filter", "rechecked": "Rows Removed by Index Recheck"}
    buffers = {"Shared Hit Blocks": 5, "Shared Read Blocks": 1200}
    return {
        "Node Type": type,
        "Plans": list(below),
        **buffers,
        **{known[name]: value for name, value in members.items()},
    }


def ran(top: dict[str, Any]) -> Plan:
    return read({"Plan": top, "Planning Time": 0.3456, "Execution Time": 12.3})


END = [
    "Buffers: 5 from PostgreSQL's memory, 1,200 from the disk or the system's cache (9,640 KiB).",
    "It took 12.30 ms, and to plan it took 0.35 ms.",
]


@pytest.mark.parametrize(
    ("top", "said"),
    [
        (
            node("Index Scan", table="activity", index="activity_pkey", rows=1.0, runs=1),
            ["activity was read by the index activity_pkey: 1 row.", "It gave 1 row."],
        ),
        (
            node("Index Only Scan", table="author", index="author_pkey", rows=0.5, runs=2_000, filtered=2),
            [
                "author was read by the index author_pkey in 2,000 runs: 5,000 rows, 4,000 of them passed over by a "
                "condition.",
                "It gave 1,000 rows.",
            ],
        ),
        (
            node("Seq Scan", table="activity", rows=3, runs=1, filtered=9_997),
            [
                "activity was read whole, from its beginning to its end, by no index: 10,000 rows, 9,997 of them "
                "passed over by a condition.",
                "It gave 3 rows.",
            ],
        ),
        (
            node(
                "Bitmap Heap Scan",
                node("Bitmap Index Scan", index="activity_by_author", rows=40, runs=1),
                table="activity",
                rows=40,
                runs=1,
            ),
            ["activity was read by the index activity_by_author: 40 rows.", "It gave 40 rows."],
        ),
        (
            node("Limit", node("Index Scan", table="author", index="author_pkey", rows=0, runs=0), rows=0, runs=1),
            ["author: this step was not needed.", "It gave 0 rows."],
        ),
        (node("Function Scan", rows=2, runs=1), ["It gave 2 rows."]),
    ],
    ids=["index", "in many runs", "whole", "bitmap", "not needed", "no table"],
)
def test_what_was_run_is_told_with_rows_buffers_and_times(top: dict[str, Any], said: list[str]) -> None:
    assert ran(top).sentences == said + END


def test_what_was_only_planned_is_told_without_them() -> None:
    below = node("Index Scan", table="author", index="author_pkey")
    top = node("ModifyTable", below, table="activity")
    assert read({"Plan": top}).sentences == [
        "author would be read by the index author_pkey.",
        "It was planned and not run: there are no rows, buffers or times to tell.",
    ]


def test_an_expected_index_is_missing_where_no_step_reads_by_it() -> None:
    plan = ran(node("Index Scan", table="activity", index="activity_pkey", rows=1, runs=1))
    assert plan.missing(["activity_pkey", "author_pkey"]) == ["author_pkey"]
