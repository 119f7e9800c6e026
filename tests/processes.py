"""Looking at real processes, as Linux shows them: a bare machine has no `ps`."""

import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")


def alive(pid: int) -> bool:
    """A zombie, which only waits for its parent to look, does not count."""
    return _state_and_parent(pid)[0] not in "ZX"


def descendants(pid: int) -> dict[int, str]:
    """The command of each process below this one, by its number; those above stand first."""
    parents = {int(place.name): _state_and_parent(int(place.name))[1] for place in PROC.glob("[0-9]*")}
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        above = waiting.pop(0)
        below = [child for child, parent in parents.items() if parent == above]
        found |= {child: _command(child) for child in below}
        waiting += below
    return found


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _state_and_parent(pid: int) -> tuple[str, int]:
    try:
        # The name before these may hold spaces and parentheses of its own.
        state, parent, *_ = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "X", 0
    return state, int(parent)


def _command(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
