"""The process that purges from time to time, and carries out erasures within seconds of being asked."""

import logging
import re
import signal
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread
from types import FrameType
from typing import Protocol, TextIO

from django.db import DatabaseError, connection

from activities import due, erasure
from activities.clock import ClockSkewed
from activities.progress import ProgressBar
from activities.purging import PurgeRunning, purge_expired

_INTERVAL = re.compile(r"([1-9][0-9]{0,4})([smhd])", re.ASCII)
_LARGEST_BATCH = 50_000
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LOOK_FOR_ERASURES_SECONDS = 15
# After a failure, unless the next turn comes sooner.
_TRY_AGAIN_SECONDS = 60
_log = logging.getLogger(__name__)


class _Out(Protocol):
    def write(self, line: str) -> object: ...


def interval(text: str) -> int:
    """In seconds."""
    match = _INTERVAL.fullmatch(text)
    if not match:
        raise ArgumentTypeError("write it as a whole number and s, m, h or d: 30m, 1h, 1d")
    return int(match[1]) * _SECONDS[match[2]]


def batch_size(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _LARGEST_BATCH:
        raise ArgumentTypeError(f"give a whole number from 1 to {_LARGEST_BATCH}")
    return int(text)


def stop_on_signals() -> Event:
    """Set by SIGTERM and SIGINT: what runs ends after its batch."""
    stop = Event()

    def ask(signum: int, frame: FrameType | None) -> None:
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, ask)
    return stop


def purge(*, batch_size: int, max_seconds: float | None, stop: Event, out: _Out, bar_on: TextIO) -> None:
    """Once, with a bar on a terminal and a line at the end."""
    now = datetime.now(UTC)
    bar = ProgressBar("Purging", bar_on, of=due.expired(now=now) if bar_on.isatty() else None)
    receipt = purge_expired(
        now=now,
        batch_size=batch_size,
        max_seconds=max_seconds,
        stop=stop.is_set,
        progress=lambda deleted: bar.show(deleted, f"{deleted:,} activities"),
    )
    bar.finish(receipt.deleted, f"{receipt.deleted:,} activities")
    out.write(due.receipt_in_words(receipt))


def carry_out_erasures(*, stop: Event) -> None:
    """All that wait."""
    for each in erasure.waiting():
        if not stop.is_set():
            erasure.carry_out(each, now=datetime.now(UTC), stop=stop.is_set)


def run_every(seconds: int, purge: Callable[[], object], *, stop: Event) -> None:
    """Until `stop`: purges at once and every so many seconds, and carries out erasures beside it."""
    erasures = Thread(
        target=_repeat,
        args=(_LOOK_FOR_ERASURES_SECONDS, lambda: carry_out_erasures(stop=stop), stop),
        name="erasures",
    )
    erasures.start()
    _repeat(seconds, purge, stop)
    erasures.join()


def _repeat(seconds: int, work: Callable[[], object], stop: Event) -> None:
    while not stop.is_set():
        pause = seconds
        try:
            work()
        except PurgeRunning as error:
            _log.warning("%s", error)
        except ClockSkewed as error:
            _log.error("%s", error)
        except DatabaseError as error:
            _log.error("The database failed the purge process; it tries again.", exc_info=error)
            pause = min(seconds, _TRY_AGAIN_SECONDS)
        finally:
            # Not kept for an hour: the database may restart meanwhile.
            connection.close()
        stop.wait(pause)
