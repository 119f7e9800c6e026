"""Loading many activities from a file, each line once however often the file is loaded."""

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import BinaryIO, NamedTuple
from uuid import UUID

from activities.contract import AlreadyEnded, read_activity
from activities.ids import derived_id
from activities.json_body import BodyUnreadable, Fault, Item, read_body
from activities.new_activities import NewActivity
from activities.quick_reading import read_quickly
from activities.recording import record

BATCH = 5_000
BATCH_BYTES = 32 * 1024 * 1024
LONGEST_LINE = 5 * 1024 * 1024

Reject = Callable[[int, str], None]


class Loaded(NamedTuple):
    """How many lines became what. `read` counts all but blank ones."""

    read: int = 0
    created: int = 0
    existing: int = 0
    expired: int = 0
    rejected: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {name}" for name, count in self._asdict().items())

    def plus(self, **counts: int) -> "Loaded":
        return self._replace(**{name: getattr(self, name) + count for name, count in counts.items()})


_Round = dict[UUID, tuple[int, NewActivity]]


class _Line(NamedTuple):
    number: int
    text: bytes


class _Batch(NamedTuple):
    """Lines that have been read: what they amount to so far, rounds of distinct ids, and the lines refused."""

    counts: Loaded
    rounds: list[_Round]
    refused: list[tuple[int, str]]
    size: int


class _Occurrences:
    """Counts how often each line has come, on disk, so that a file of any size loads in constant memory."""

    def __init__(self, path: Path) -> None:
        # Made here and used by the thread that reads, one after the other.
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE line (digest BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def next(self, digest: bytes) -> int:
        row = self._database.execute(
            "INSERT INTO line VALUES (?, 1) ON CONFLICT (digest) DO UPDATE SET times = times + 1 RETURNING times",
            (digest,),
        ).fetchone()
        return int(row[0])

    def close(self) -> None:
        self._database.close()


def load(
    lines: Iterable[bytes],
    *,
    client_id: int,
    client_name: str,
    clock: Callable[[], datetime],
    reject: Reject,
    progress: Callable[[Loaded, int], None],
) -> Loaded:
    """Stores the activities of NDJSON lines of the POST shape, a commit every 5,000 lines or 32 MiB.

    A line without `id` gets one from the client, the line and its how-manieth occurrence in the file, so that a
    second load adds nothing. `reject` gets the number and the reason of each line that cannot be stored.
    `progress` is called after each commit with the counts and the bytes read so far.
    """
    loaded, size = Loaded(), 0
    numbered = (_Line(number, text) for number, text in enumerate(lines, 1))
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(_Occurrences(Path(folder, "lines"))) as occurrences,
    ):
        read_next = partial(_read_batch, numbered, client_name, occurrences, clock)
        # The next lines are read while the database stores these; each takes about as long.
        ahead = _begun(read_next)
        while (batch := ahead.result()).size:
            ahead = _begun(read_next)
            now = clock()
            conflicting: list[tuple[int, str]] = []
            for accepted in batch.rounds:
                loaded = loaded.plus(**_store(accepted, client_id, now, conflicting))
            for number, reason in sorted(batch.refused + conflicting):
                reject(number, reason)
            loaded = loaded.plus(**batch.counts._asdict())
            size += batch.size
            progress(loaded, size)
    return loaded


def _begun(read: Callable[[], _Batch]) -> "Future[_Batch]":
    """By a daemon, so that an end is not held up by an open pipe that it reads from."""
    future: Future[_Batch] = Future()

    def run() -> None:
        try:
            future.set_result(read())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def _read_batch(
    numbered: Iterator[_Line], client_name: str, occurrences: _Occurrences, clock: Callable[[], datetime]
) -> _Batch:
    """The next lines of the file; of size 0 when there are none."""
    now, size = clock(), 0
    read = expired = 0
    rounds: list[_Round] = [{}]
    refused: list[tuple[int, str]] = []
    for line in islice(numbered, BATCH):
        size += len(line.text)
        if text := line.text.strip():
            read += 1
            verdict = _read(text, client_name, occurrences, now)
            if isinstance(verdict, NewActivity):
                _put(rounds, line.number, verdict)
            elif isinstance(verdict[0], AlreadyEnded):
                expired += 1
            else:
                refused.append((line.number, " ".join(f"#{fault.pointer}: {fault.detail}" for fault in verdict)))
        if size > BATCH_BYTES:
            break
    return _Batch(Loaded(read=read, expired=expired, rejected=len(refused)), rounds, refused, size)


def _put(rounds: list[_Round], number: int, activity: NewActivity) -> None:
    """Into the first round that does not hold its id yet: what is stored at once has distinct ids."""
    for accepted in rounds:
        if activity.id not in accepted:
            accepted[activity.id] = (number, activity)
            return
    rounds.append({activity.id: (number, activity)})


def _read(text: bytes, client_name: str, occurrences: _Occurrences, now: datetime) -> NewActivity | list[Fault]:
    if len(text) > LONGEST_LINE:
        return [Fault("", f"A line has at most {LONGEST_LINE} bytes.")]

    def make_id(index: int = 0) -> UUID:
        digest = sha256(text).digest()
        return derived_id("line", client_name, digest, str(occurrences.next(digest)))

    if text.startswith(b"{"):
        quickly = read_quickly(text, now=now, make_id=make_id, correlation_id=None)
        if quickly is not None:
            activity: NewActivity = quickly[0]
            return activity
    try:
        many, items = read_body(text)
    except BodyUnreadable as error:
        return [Fault("", str(error))]
    item = Item(None, None, None, []) if many else items[0]
    return read_activity(item, now=now, make_id=make_id, correlation_id=None)


def _store(accepted: _Round, client_id: int, now: datetime, conflicting: list[tuple[int, str]]) -> dict[str, int]:
    activities = [activity for _, activity in accepted.values()]
    recorded = record(activities, client_id=client_id, now=now, all_or_nothing=False)
    conflicting += [
        (accepted[id][0], "#/id: This id is stored with other content: use a new id.") for id in recorded.conflicting
    ]
    return {
        "created": len(recorded.created),
        "existing": len(recorded.existing),
        "rejected": len(recorded.conflicting),
    }


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long only its beginning, which is then rejected."""
    while line := file.readline(LONGEST_LINE + 2):
        rest = line
        while len(rest) == LONGEST_LINE + 2 and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 2)
        yield line


def standard_input() -> BinaryIO:
    """A file of our own, not to be closed: a thread may be waiting in it when the command is ended, and Python's own
    would then bring down the interpreter."""
    return open(sys.stdin.fileno(), "rb", closefd=False)
