"""The process that purges from time to time, and carries out erasures within seconds of being asked."""

import logging
import re
import signal
from argparse import ArgumentTypeError
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from time import monotonic
from types import FrameType
from typing import Protocol, TextIO

import psycopg
from django.db import Error, connection

from activities import client_use, due, erasure, reads
from activities.clock import ClockSkewed
from activities.progress import ProgressBar
from activities.purging import PurgeRunning, purge_expired

_INTERVAL = re.compile(r"([1-9][0-9]{0,4})([smhd])", re.ASCII)
_LARGEST_BATCH = 50_000
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LOOK_FOR_ERASURES_SECONDS = 5
# After a failure, unless the next turn comes sooner.
_TRY_AGAIN_SECONDS = 60
_log = logging.getLogger(__name__)


# What else is counted before it goes, and forgotten; the reading side, which is not known here, adds its own when it is
# ready. The first get what says that they are to end, the others the moment.
beforehand: list[Callable[[erasure.Stop], object]] = []
also: list[Callable[[datetime], object]] = [reads.forget_old, client_use.forget_old]


class _Out(Protocol):
    def write(self, line: str) -> object: ...


def interval(text: str) -> int:
    """In seconds."""
    match = _INTERVAL.fullmatch(text)
    if not match:
        raise ArgumentTypeError("write it as a whole number and s, m, h or d: 30m, 1h, 1d")
    return int(match[1]) * _SECONDS[match[2]]


def seconds(text: str) -> float:
    try:
        given = float(text)
    except ValueError:
        given = -1
    if not 0 <= given < float("inf"):
        raise ArgumentTypeError("give a number of seconds, such as 600")
    return given


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
    """Once, with a bar on a terminal and a line at the end; also when what comes before fails, which is raised then."""
    began = monotonic()

    def left() -> float | None:
        return None if max_seconds is None else max(0, began + max_seconds - monotonic())

    failed: Exception | None = None
    for count in beforehand:
        try:
            count(lambda: stop.is_set() or left() == 0)
        except Exception as error:
            failed = error
    _purge(batch_size=batch_size, max_seconds=left(), stop=stop, out=out, bar_on=bar_on)
    if failed:
        raise failed


def _purge(*, batch_size: int, max_seconds: float | None, stop: Event, out: _Out, bar_on: TextIO) -> None:
    now = datetime.now(UTC)
    bar = ProgressBar("Purging", bar_on, of=due.expired(now=now) if bar_on.isatty() else None)
    receipt = purge_expired(
        now=now,
        batch_size=batch_size,
        max_seconds=max_seconds,
        stop=stop.is_set,
        progress=lambda deleted: bar.show(deleted, f"{deleted:,} activities"),
    )
    for forget in also:
        forget(now)
    bar.finish(receipt.deleted, f"{receipt.deleted:,} activities")
    out.write(due.receipt_in_words(receipt))


def carry_out_erasures(*, stop: Event) -> None:
    """All that wait. Raises the last error once all were tried: one that fails must not hold up the others."""
    failed: Error | psycopg.Error | None = None
    for each in erasure.waiting():
        if not stop.is_set():
            try:
                erasure.carry_out(each, now=datetime.now(UTC), stop=stop.is_set)
            except (Error, psycopg.Error) as error:
                failed = error
    if failed:
        raise failed


def run_once(purge: Callable[[], object], *, stop: Event) -> None:
    """Purges also when an erasure fails, which is raised behind it."""
    try:
        carry_out_erasures(stop=stop)
    finally:
        purge()


def run_every(pause: int, purge: Callable[[], object], *, stop: Event) -> None:
    """Until `stop`: purges at once and every so many seconds, and carries out erasures beside it.

    An error that nobody foresaw ends both, so that whoever supervises the process starts it anew.
    """
    with ThreadPoolExecutor(1, "erasures") as beside:
        try:
            erasures = beside.submit(_repeat, _LOOK_FOR_ERASURES_SECONDS, lambda: carry_out_erasures(stop=stop), stop)
            _repeat(pause, purge, stop)
        finally:
            stop.set()
    erasures.result()


def _repeat(every: int, work: Callable[[], object], stop: Event) -> None:
    while not stop.is_set():
        pause = every
        try:
            work()
        except PurgeRunning as error:
            _log.warning("%s", error)
        except ClockSkewed as error:
            _log.error("%s", error)
        # The named statements raise psycopg's own.
        except (Error, psycopg.Error) as error:
            _log.error("The database failed the purge process; it tries again.", exc_info=error)
            pause = min(every, _TRY_AGAIN_SECONDS)
        except BaseException:
            stop.set()
            raise
        finally:
            # Not kept for an hour: the database may restart meanwhile.
            connection.close()
        stop.wait(pause)
