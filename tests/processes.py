"""Looking at real processes."""

import subprocess
import time
from collections.abc import Callable


def alive(pid: int) -> bool:
    """A zombie, which only waits for its parent to look, does not count."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return listed.stdout.strip()[:1] not in ("", "Z")


def descendants(pid: int) -> dict[int, str]:
    """The command of each process below this one, by its number."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    found: dict[int, str] = {}
    parents = [pid]
    while parents:
        parent = parents.pop()
        for child, of, command in rows:
            if int(of) == parent:
                found[int(child)] = command
                parents.append(int(child))
    return found


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
