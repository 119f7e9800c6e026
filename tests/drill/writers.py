"""Writers that overlap, repeat and shuffle, and send again until they are answered."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep
from uuid import uuid4

from tests.drill.exchange import Answer, Line
from tests.drill.journal import Journal
from tests.drill.records import Ledger, Record, too_far_ahead, with_other_content

PATH = "/api/v1/activities"
# A client that is better behaved waits as long as Retry-After says.
_AGAIN_AFTER_SECONDS = 0.1
_PAUSE_SECONDS = 0.03
_GIVES_UP_AFTER_SECONDS = 60
STORED = frozenset({200, 201})
_LENIENT = "handling=lenient"


@dataclass(frozen=True)
class Call:
    """A POST; one record alone is sent as an object."""

    what: str
    records: list[Record]
    expected: frozenset[int] = STORED
    many: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class Writer(threading.Thread):
    def __init__(self, number: int, ports: list[int], token: str, ledger: Ledger, journal: Journal) -> None:
        """`ports` may change while it runs: it sends to any of them."""
        super().__init__(name=f"writer {number}", daemon=True)
        self._chosen = random.Random(number)
        self._ports, self._token = ports, token
        self._ledger, self._journal = ledger, journal
        self._lines: dict[int, Line] = {}
        self._ending = threading.Event()
        # Only what was acknowledged already, from then on.
        self.only_again = False

    def end(self) -> None:
        self._ending.set()

    def run(self) -> None:
        while not self._ending.wait(_PAUSE_SECONDS):
            if call := self._next_call():
                self._deliver(call)
        for line in self._lines.values():
            line.close()

    def _next_call(self) -> Call | None:
        makers: list[tuple[Callable[[], Call | None], int]] = [(self._again, 2), (self._again_by_key, 1)]
        if not self.only_again:
            makers += [(self._one, 5), (self._overlapping, 5), (self._lenient, 2), (self._keyed, 2)]
            makers += [(self._other_content, 1), (self._other_content_by_key, 1), (self._too_far_ahead, 1)]
        choices, weights = zip(*makers, strict=True)
        made: Call | None = self._chosen.choices(choices, weights)[0]()
        return made

    def _one(self) -> Call:
        return Call("one", self._ledger.new(1, self._chosen))

    def _shuffled(self) -> list[Record]:
        """New ones, and ones that other writers send at the same time. A few are so many that they go in in parts."""
        count = 300 if self._chosen.random() < 0.03 else self._chosen.randrange(2, 16)
        records = self._ledger.recent(count // 2, self._chosen) + self._ledger.new(count - count // 2, self._chosen)
        self._chosen.shuffle(records)
        return records

    def _overlapping(self) -> Call:
        return Call("array", self._shuffled(), many=True)

    def _lenient(self) -> Call:
        records = self._shuffled()
        records.append(too_far_ahead(records[0]))
        return Call("lenient array", records, frozenset({207}), many=True, headers={"Prefer": _LENIENT})

    def _keyed(self) -> Call:
        many = self._chosen.random() < 0.5
        records = self._ledger.new_keyed(self._chosen.randrange(2, 8) if many else 1, self._chosen)
        return Call("keyed", records, many=many, headers={"Idempotency-Key": uuid4().hex})

    def _again(self) -> Call | None:
        many = self._chosen.random() < 0.5
        records = self._ledger.known(self._chosen.randrange(2, 40) if many else 1, self._chosen)
        return Call("sent again", records, frozenset({200}), many=many) if records else None

    def _again_by_key(self) -> Call | None:
        if found := self._ledger.known_key(self._chosen):
            key, records = found
            headers = {"Idempotency-Key": key}
            return Call("key again", records, frozenset({200}), many=len(records) > 1, headers=headers)
        return None

    def _other_content(self) -> Call | None:
        records = self._ledger.known(1, self._chosen)
        return Call("other content", [with_other_content(records[0])], frozenset({409})) if records else None

    def _other_content_by_key(self) -> Call | None:
        if found := self._ledger.known_key(self._chosen):
            key, records = found
            others, headers = [with_other_content(each) for each in records], {"Idempotency-Key": key}
            return Call("other by key", others, frozenset({422}), many=len(others) > 1, headers=headers)
        return None

    def _too_far_ahead(self) -> Call | None:
        records = self._ledger.known(1, self._chosen)
        return Call("a day ahead", [too_far_ahead(records[0])], frozenset({400})) if records else None

    def _deliver(self, call: Call) -> None:
        until = monotonic() + _GIVES_UP_AFTER_SECONDS
        while monotonic() < until:
            answer = self._post(call)
            self._journal.judge(call.what, answer, call.expected)
            news = 0
            if 200 <= answer.status < 300:
                # Also where another answer was expected: it counts as acknowledged.
                key = call.headers.get("Idempotency-Key")
                news = self._ledger.acknowledge(self._acknowledged(call, answer), key=key)
            self._journal.count(answer, acknowledged=news)
            if answer.status not in (0, 503):
                return
            sleep(_AGAIN_AFTER_SECONDS)
        self._journal.blame(f"{call.what}: gave up after {_GIVES_UP_AFTER_SECONDS} seconds")

    def _post(self, call: Call) -> Answer:
        port = self._chosen.choice(self._ports)
        if port not in self._lines:
            self._lines[port] = Line(port, self._token)
        return self._lines[port].ask("POST", PATH, call.records if call.many else call.records[0], call.headers)

    def _acknowledged(self, call: Call, answer: Answer) -> list[tuple[Record, str]]:
        said = answer.json()
        results = said["results"] if call.many else [{"id": said["id"], "status": "created"}]
        if len(results) != len(call.records):
            self._journal.blame(f"{call.what}: {len(results)} results for {len(call.records)} records")
        pairs = zip(call.records, results, strict=False)
        return [(record, each["id"]) for record, each in pairs if each["status"] in ("created", "existing")]
