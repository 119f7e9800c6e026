"""Where the lines that could not be loaded are told."""

import os
from pathlib import Path
from typing import TextIO


class RejectsFile:
    """A file that only its owner reads, made when there is something to put into it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def add(self, number: int, reason: str) -> None:
        if self._file is None:
            self.path.unlink(missing_ok=True)
            self._file = os.fdopen(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w")
        self._file.write(f"{number}\t{reason}\n")

    def close(self) -> None:
        if self._file:
            self._file.close()
