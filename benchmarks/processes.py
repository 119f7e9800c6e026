"""What the processes of a server cost: processor time and memory, as Linux counts them."""

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """MiB in the process of a tree that holds most, and the most that it ever held."""

    now: float
    peak: float


def cpu_seconds(root: int) -> float:
    """Of a process, all below it, and those below it that have ended."""
    return sum(map(_ticks, tree(root))) / _TICKS


def memory(root: int) -> Memory:
    return max((_memory(pid) for pid in tree(root)), key=lambda each: each.now)


def forget_peak(root: int) -> None:
    """The most that is held counts from here on."""
    for pid in tree(root):
        (_PROC / str(pid) / "clear_refs").write_text("5")


def tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _ticks(pid: int) -> int:
    """Its own user and system time, and that of its children which have ended."""
    return sum(map(int, _fields(pid)[11:15]))


def _fields(pid: int) -> list[str]:
    """Of /proc/…/stat from the state on; nothing when it has ended."""
    try:
        # The name before may hold anything, also white space and brackets.
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _memory(pid: int) -> Memory:
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return Memory(0, 0)
    sizes = {line.partition(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return Memory(now=int(sizes.get("VmRSS", 0)) / 1024, peak=int(sizes.get("VmHWM", 0)) / 1024)
