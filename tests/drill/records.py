"""What the writers send, and what of it was acknowledged."""

import random
import threading
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

Record = dict[str, Any]

TARGETS = tuple(f"drill-{number}" for number in range(30))
# So many of the newest are sent by other writers, too, acknowledged or not.
_RECENT = 300
# A sender's clock may be wrong: what is ahead by less than a day is stored as sent.
_SENT_AHEAD, _SENT_LATE, _TOO_FAR_AHEAD = timedelta(hours=23), timedelta(days=-30), timedelta(hours=25)


class Ledger:
    """Shared by all writers. A record's mark says which it is, whatever id it is stored under."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: deque[Record] = deque(maxlen=_RECENT)
        self._known: list[Record] = []
        self._keyed: list[tuple[str, list[Record]]] = []
        self.sent: dict[str, Record] = {}
        self.acknowledged: dict[str, set[str]] = {}

    def new(self, count: int, chosen: random.Random) -> list[Record]:
        """With ids of the sender's own."""
        made = [a_record(chosen) | {"id": str(uuid4())} for _ in range(count)]
        with self._lock:
            self.sent |= {mark(each): each for each in made}
            self._recent.extend(made)
        return made

    def new_keyed(self, count: int, chosen: random.Random) -> list[Record]:
        """Without ids, for an idempotency key."""
        made = [a_record(chosen) for _ in range(count)]
        with self._lock:
            self.sent |= {mark(each): each for each in made}
        return made

    def recent(self, count: int, chosen: random.Random) -> list[Record]:
        """Some that any writer has sent, or is about to send."""
        with self._lock:
            return chosen.sample(list(self._recent), min(count, len(self._recent)))

    def known(self, count: int, chosen: random.Random) -> list[Record]:
        """Some that were acknowledged, of any age, and that bear their id."""
        with self._lock:
            return chosen.sample(self._known, min(count, len(self._known)))

    def known_key(self, chosen: random.Random) -> tuple[str, list[Record]] | None:
        with self._lock:
            return chosen.choice(self._keyed) if self._keyed else None

    def acknowledge(self, ids: Iterable[tuple[Record, str]], *, key: str | None = None) -> int:
        """The records, each with the id in the answer. Gives how many had not been acknowledged before."""
        pairs = list(ids)
        with self._lock:
            news = [record for record, _ in pairs if mark(record) not in self.acknowledged]
            self._known += [record for record in news if "id" in record]
            if key is not None and news:
                self._keyed.append((key, [record for record, _ in pairs]))
            for record, id in pairs:
                self.acknowledged.setdefault(mark(record), set()).add(id)
        return len(news)


def mark(record: Record) -> str:
    return str((record.get("newData") or {}).get("mark", ""))


def a_record(chosen: random.Random) -> Record:
    """Some end an hour from now: what a purge with a clock of its own would take."""
    now = datetime.now(UTC).replace(microsecond=chosen.randrange(1_000_000))
    lives = {"timeToLive": "1 day"} if (short := chosen.random() < 0.05) else {}
    clock = chosen.choices([timedelta(0), _SENT_AHEAD, _SENT_LATE], [18, 1, 1])[0]
    number = chosen.randrange(11)
    return {
        "type": chosen.choice(["create", "update", "migrate"]),
        "targetType": "person",
        "targetId": chosen.choice(TARGETS),
        "sourceDomain": "Drill",
        "datetime": on_the_wire(now - timedelta(hours=23) if short else now + clock),
        **lives,
        "oldData": {"balance": chosen.randrange(10**22)},
        "newData": {"mark": uuid4().hex, "balance": chosen.randrange(10**22)},
        "author": {"id": f"a-{number}", "fullName": f"Author {number}", "email": None},
    }


def with_other_content(record: Record) -> Record:
    return {**record, "newData": {**record["newData"], "balance": -1}}


def too_far_ahead(record: Record) -> Record:
    return {**record, "id": str(uuid4()), "datetime": on_the_wire(datetime.now(UTC) + _TOO_FAR_AHEAD)}


def on_the_wire(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
