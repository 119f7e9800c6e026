"""A progress bar on a terminal, and nothing elsewhere."""

from time import monotonic
from typing import TextIO

_WIDTH = 30
_SECONDS_BETWEEN = 0.1


class ProgressBar:
    """`of` is the whole in the same unit as what `show` gets; None where it is not known."""

    def __init__(self, label: str, out: TextIO, *, of: int | None) -> None:
        self._label, self._out, self._of = label, out, of
        self._visible = out.isatty()
        self._shown_at = 0.0

    def show(self, done: int, words: str) -> None:
        if not self._visible or monotonic() - self._shown_at < _SECONDS_BETWEEN:
            return
        self._shown_at = monotonic()
        self._write(done, words)

    def finish(self, done: int, words: str) -> None:
        if self._visible:
            self._write(done, words)
            self._out.write("\n")

    def _write(self, done: int, words: str) -> None:
        bar = ""
        if self._of:
            filled = min(_WIDTH, _WIDTH * done // self._of)
            bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {min(100, 100 * done // self._of):3d} % "
        self._out.write(f"\r\x1b[K{self._label} {bar}{words}")
        self._out.flush()
