"""Loading many activities from a file, each line once however often the file is loaded."""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import UUID

import orjson

from activities.contract import AlreadyEnded, read_activity
from activities.ids import derived_id
from activities.json_body import BodyUnreadable, Fault, Item, read_body
from activities.new_activities import NewActivities, NewActivity
from activities.quick_reading import read_quickly
from activities.recording import record

BATCH = 5_000
BATCH_BYTES = 32 * 1024 * 1024
LONGEST_LINE = 5 * 1024 * 1024

_NO_ID_YET = UUID(int=0)

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


class _Occurrences:
    """Counts how often each line has come, on disk, so that a file of any size loads in constant memory."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE line (digest TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def how_manieth(self, digests: list[str]) -> list[int]:
        """How often each has come now. In hex, because SQLite reads many at once as JSON."""
        known = self._database.execute(
            "SELECT json_group_object(digest, times) FROM line WHERE digest IN (SELECT value FROM json_each(?))",
            (orjson.dumps(digests).decode(),),
        ).fetchone()
        times: dict[str, int] = orjson.loads(known[0])
        numbers = []
        for each in digests:
            times[each] = times.get(each, 0) + 1
            numbers.append(times[each])
        self._database.execute(
            "INSERT OR REPLACE INTO line SELECT key, value FROM json_each(?)", (orjson.dumps(times).decode(),)
        )
        return numbers

    def close(self) -> None:
        self._database.close()


class _Batch:
    """Lines on their way into the store: what they say, which were refused, and how many bytes they are."""

    def __init__(self, lines: Iterator[tuple[int, bytes]], now: datetime) -> None:
        self._lines, self._now = islice(lines, BATCH), now
        self._accepted: list[tuple[int, NewActivity, str | None]] = []
        self.counts, self.refused, self.size = Counter[str](), list[tuple[int, str]](), 0
        # Raised at once, within the transaction of the lines before, it would undo them.
        self.error: OSError | None = None

    def read_line(self) -> bool:
        """One more. False when it holds enough, or there is none, or it cannot be read."""
        if self.error or self.size > BATCH_BYTES:
            return False
        try:
            number, line = next(self._lines, (0, b""))
        except OSError as error:
            self.error = error
            return False
        self.size += len(line)
        if text := line.strip():
            self.counts["read"] += 1
            verdict, digest = _read(text, self._now)
            if isinstance(verdict, NewActivity):
                self._accepted.append((number, verdict, digest))
            elif isinstance(verdict[0], AlreadyEnded):
                self.counts["expired"] += 1
            else:
                self.counts["rejected"] += 1
                self.refused.append((number, " ".join(f"#{fault.pointer}: {fault.detail}" for fault in verdict)))
        return number > 0

    def read_all(self) -> bool:
        """Reads on until it holds enough. False when it holds nothing."""
        while self.read_line():
            pass
        return self.size > 0

    def rounds(self, client_name: str, occurrences: _Occurrences) -> list[_Round]:
        """What was accepted, each with its id."""
        times = iter(occurrences.how_manieth([digest for _, _, digest in self._accepted if digest]))
        rounds: list[_Round] = [{}]
        for number, activity, digest in self._accepted:
            if digest:
                id = derived_id("line", client_name, bytes.fromhex(digest), str(next(times)))
                activity = activity._replace(id=id)
            _put(rounds, number, activity)
        return rounds


def load(
    lines: Iterable[bytes],
    *,
    client_id: int,
    client_name: str,
    clock: Callable[[], datetime],
    reject: Reject,
    progress: Callable[[Loaded, int], None],
    read_ahead: bool = True,
) -> Loaded:
    """Stores the activities of NDJSON lines of the POST shape, a commit every 5,000 lines or 32 MiB.

    A line without `id` gets one from the client, the line and its how-manieth occurrence in the file, so that a
    second load adds nothing. `reject` gets the number and the reason of each line that cannot be stored.
    `progress` is called after each commit with the counts and the bytes read so far. `read_ahead` is for a file, of
    which more is read while the database stores: a pipe might have us wait within a transaction. Raises OSError when
    reading fails, with all lines before stored.
    """
    loaded, size, numbered = Loaded(), 0, enumerate(lines, 1)
    with tempfile.TemporaryDirectory() as folder, closing(_Occurrences(Path(folder, "lines"))) as occurrences:
        batch = _Batch(numbered, clock())
        while batch.read_all():
            now, conflicting = clock(), list[tuple[int, str]]()
            following = _Batch(numbered, now)
            for accepted in batch.rounds(client_name, occurrences):
                stored = _store(accepted, client_id, now, conflicting, following.read_line if read_ahead else None)
                loaded = loaded.plus(**stored)
            for number, reason in sorted(batch.refused + conflicting):
                reject(number, reason)
            loaded, size = loaded.plus(**batch.counts), size + batch.size
            progress(loaded, size)
            if batch.error:
                break
            batch = following
    if batch.error:
        raise batch.error
    return loaded


def _put(rounds: list[_Round], number: int, activity: NewActivity) -> None:
    """Into the first round that does not hold its id yet: what is stored at once has distinct ids."""
    for accepted in rounds:
        if activity.id not in accepted:
            accepted[activity.id] = (number, activity)
            return
    rounds.append({activity.id: (number, activity)})


def _read(text: bytes, now: datetime) -> tuple[NewActivity | list[Fault], str | None]:
    """What it says; with its digest where it has no id, and so gets one by how often the line has come."""
    if len(text) > LONGEST_LINE:
        return [Fault("", f"A line has at most {LONGEST_LINE} bytes.")], None
    digest = None

    def make_id(index: int = 0) -> UUID:
        nonlocal digest
        digest = sha256(text).hexdigest()
        return _NO_ID_YET

    if text.startswith(b"{"):
        quickly = read_quickly(text, now=now, make_id=make_id, correlation_id=None)
        if quickly is not None:
            return quickly[0], digest
    try:
        many, items = read_body(text)
    except BodyUnreadable as error:
        return [Fault("", str(error))], None
    item = Item(None, None, None, []) if many else items[0]
    verdict = read_activity(item, now=now, make_id=make_id, correlation_id=None)
    return verdict, digest


def _store(
    accepted: _Round,
    client_id: int,
    now: datetime,
    conflicting: list[tuple[int, str]],
    read_line: Callable[[], bool] | None,
) -> dict[str, int]:
    """Each time that one goes to the database, which works on those before, one more line may be read."""
    activities = [activity for _, activity in accepted.values()]

    def make(index: int) -> NewActivity:
        if read_line:
            read_line()
        return activities[index]

    given = NewActivities(list(accepted), {activity.author for activity in activities}, make)
    recorded = record(given, client_id=client_id, now=now, all_or_nothing=False)
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
