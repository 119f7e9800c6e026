"""A plan of PostgreSQL in words: which index was used, how many rows were read, how much of the memory, how long."""

from collections.abc import Iterator
from typing import Any, NamedTuple

_PAGE_KIB = 8


class Read(NamedTuple):
    """A step of a plan that reads a table. `rows` and `passed_over` are of all its runs; `rows` is None without any."""

    table: str
    by: str | None
    rows: int | None
    passed_over: int
    runs: int

    @property
    def in_words(self) -> str:
        how = f"by the index {self.by}" if self.by else "whole, from its beginning to its end, by no index"
        if self.rows is None:
            return f"{self.table} would be read {how}."
        if not self.runs:
            return f"{self.table}: this step was not needed."
        over = f", {self.passed_over:,} of them passed over by a condition" if self.passed_over else ""
        runs = f" in {self.runs:,} runs" if self.runs > 1 else ""
        return f"{self.table} was read {how}{runs}: {_rows(self.rows + self.passed_over)}{over}."


class Plan(NamedTuple):
    """`given` is how many rows came out. All but `reads` is None where the statement was not run."""

    reads: list[Read]
    given: int | None
    from_memory: int | None
    from_disk: int | None
    planning_ms: float | None
    execution_ms: float | None

    @property
    def indexes(self) -> set[str]:
        return {read.by for read in self.reads if read.by}

    @property
    def sentences(self) -> list[str]:
        said = [read.in_words for read in self.reads]
        if self.given is None or self.from_memory is None or self.from_disk is None:
            return [*said, "It was planned and not run: there are no rows, buffers or times to tell."]
        return [
            *said,
            f"It gave {_rows(self.given)}.",
            f"Buffers: {self.from_memory:,} from PostgreSQL's memory, {self.from_disk:,} from the disk or the system's "
            f"cache ({(self.from_memory + self.from_disk) * _PAGE_KIB:,} KiB).",
            f"It took {self.execution_ms:.2f} ms, and to plan it took {self.planning_ms:.2f} ms.",
        ]

    def missing(self, expected: list[str]) -> list[str]:
        return [index for index in expected if index not in self.indexes]


def read(explained: dict[str, Any]) -> Plan:
    """Of what `EXPLAIN (FORMAT JSON)` gives, with or without ANALYZE and BUFFERS."""
    top = explained["Plan"]
    ran = "Execution Time" in explained
    return Plan(
        reads=list(_reads(top)),
        given=round(top["Actual Rows"] * top["Actual Loops"]) if ran else None,
        from_memory=top["Shared Hit Blocks"] if ran else None,
        from_disk=top["Shared Read Blocks"] if ran else None,
        planning_ms=explained.get("Planning Time"),
        execution_ms=explained.get("Execution Time"),
    )


def _reads(node: dict[str, Any], table: str = "") -> Iterator[Read]:
    """A bitmap's index stands in a step below that of its table."""
    table = node.get("Relation Name", table)
    below = node.get("Plans", [])
    by_bitmap = node["Node Type"] == "Bitmap Heap Scan"
    if (index := node.get("Index Name")) or ("Relation Name" in node and "Scan" in node["Node Type"] and not by_bitmap):
        runs = node.get("Actual Loops", 0)
        over = sum(node.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Index Recheck"))
        rows = round(node["Actual Rows"] * runs) if "Actual Rows" in node else None
        yield Read(table, index, rows, round(over * runs), runs)
    for each in below:
        yield from _reads(each, table)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
