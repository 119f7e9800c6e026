"""What each worker has counted since it began, in a file that whichever worker is asked for metrics adds up.

A key says what is counted, and then its labels. The file of a worker that has ended stays until the server ends, so
that no count goes down.
"""

import multiprocessing
import os
import shutil
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson

from activity_history.answered import Answered

Totals = Counter[tuple[str, ...]]

# In seconds: a get-one takes a quarter of a millisecond, and a statement is ended after ten seconds.
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_LABELS = (*map(str, BOUNDS), "+Inf")


def add(totals: Totals, requests: Iterable[Answered]) -> None:
    for request in requests:
        labels = (request.method, request.route, str(request.status))
        seconds = request.ms / 1000
        totals["request", *labels, _LABELS[bisect_left(BOUNDS, seconds)]] += 1
        totals["seconds", *labels] += seconds  # type: ignore[assignment]
        if request.problem:
            totals["refused", request.method, request.problem] += 1


def put(totals: Totals, what: str, counted: Mapping[str, int]) -> None:
    """What is counted elsewhere, since this process began."""
    for label, count in dict(counted).items():
        totals[what, label] = count


def place() -> Path | None:
    """The folder of this server's workers; None outside of one, as in a test or a shell.

    Its name has the moment at which the server began, because a container gives the same numbers to its processes anew.
    """
    server = multiprocessing.parent_process()
    if server is None:
        return None
    folder = Path(tempfile.gettempdir()) / f"{_ours()}{server.pid}-{_began(server.pid)}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.lstat().st_uid != os.getuid() or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else: remove it.")
    return folder


def _ours() -> str:
    return f"activity-history-{os.getuid()}-"


def sweep() -> None:
    """Removes what servers have left that are no more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_ours()}*"):
        pid, _, began = folder.name.removeprefix(_ours()).partition("-")
        if began != _began(pid):
            shutil.rmtree(folder, ignore_errors=True)


def _began(pid: int | str | None) -> str:
    """In the kernel's own measure, where it tells."""
    try:
        # The name before these may hold spaces and parentheses of its own.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return "0"


def share(totals: Totals, folder: Path) -> None:
    """Replaced as a whole, so that nobody reads half of it."""
    new = folder / f"{os.getpid()}.new"
    new.write_bytes(orjson.dumps([(*key, count) for key, count in totals.items()]))
    new.replace(new.with_suffix(".json"))


def all_together(folder: Path) -> Totals:
    totals: Totals = Counter()
    for path in folder.glob("*.json"):
        for *key, count in orjson.loads(path.read_bytes()):
            totals[tuple(key)] += count
    return totals
