"""When each fault was last told, for all processes that share a folder for temporary files.

In files, because the database may be what fails: docs/decisions/0034-faults-are-told-once-an-hour.md.
"""

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TextIO

_PAUSE_SECONDS = 3600
_AFTER_FAILURE_SECONDS = 60


def due(name: str, *, now: float) -> int | None:
    """How often the fault came unsaid since it was last told, where it is to be told now; else None."""
    with _opened(name) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        told, unsaid = _read(file.read())
        # A clock that was set back must not keep a fault unsaid for longer.
        is_due = not 0 <= now - told < _PAUSE_SECONDS
        _write(file.fileno(), *((now, 0) if is_due else (told, unsaid + 1)))
    return unsaid if is_due else None


def try_again_soon(name: str, *, now: float) -> None:
    """What was to be told could not be: it is due in a minute."""
    with _opened(name) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _, unsaid = _read(file.read())
        _write(file.fileno(), now - _PAUSE_SECONDS + _AFTER_FAILURE_SECONDS, unsaid + 1)


def _opened(name: str) -> TextIO:
    path = _folder() / hashlib.sha256(name.encode()).hexdigest()[:32]
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+")


def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"activity-history-alerts-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    # The directory above is open to all: someone may have put their own there.
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else: remove it.")
    return folder


def _read(text: str) -> tuple[float, int]:
    try:
        told, unsaid = text.split()
        return float(told), int(unsaid)
    except ValueError:
        return 0, 0


def _write(file: int, told: float, unsaid: int) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, f"{told} {unsaid}\n".encode(), 0)
