"""What happened, phase by phase."""

import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from time import monotonic

from tests.drill.exchange import NO_ANSWER, Answer, what_is_wrong


@dataclass
class Phase:
    """Answers count for the phase in which they came. Times are in seconds."""

    name: str
    may_be_cut_off: bool = False
    acknowledged: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    # While it was kept broken, and from then on until the first 201 to a request that was sent after that.
    broken: float | None = None
    recovered: float | None = None


class Journal:
    def __init__(self, *, judge_time: bool) -> None:
        """Whether 503 comes in time is judged only where the machine is known not to be overloaded."""
        self._lock = threading.Lock()
        self._judge_time = judge_time
        self._mended: float | None = None
        self.phases: list[Phase] = []
        self.wrong: Counter[str] = Counter()
        self.slowest_503 = 0.0

    def begin(self, name: str, *, may_be_cut_off: bool) -> Phase:
        with self._lock:
            self._mended = None
            self.phases.append(Phase(name, may_be_cut_off))
            return self.phases[-1]

    def mended(self) -> float:
        """From here on a 201 shows that the service has recovered."""
        self._mended = monotonic()
        return self._mended

    def blame(self, what: str) -> None:
        with self._lock:
            name = self.phases[-1].name if self.phases else "start"
            self.wrong[f"{name}: {what}"] += 1

    def judge(self, who: str, answer: Answer, expected: Collection[int]) -> bool:
        """Whether it is one of those that were expected."""
        with self._lock:
            cut_off = self.phases[-1].may_be_cut_off
            if answer.status == 503:
                self.slowest_503 = max(self.slowest_503, answer.seconds)
        if wrong := what_is_wrong(answer, expected, may_be_cut_off=cut_off, judge_time=self._judge_time):
            self.blame(f"{who}: {wrong}")
        return answer.status in expected

    def count(self, answer: Answer, *, acknowledged: int) -> None:
        """A writer's."""
        with self._lock:
            phase = self.phases[-1]
            phase.acknowledged += acknowledged
            phase.statuses[answer.status] += 1
            if answer.status != NO_ANSWER:
                phase.times.append(answer.seconds)
            first = phase.recovered is None and answer.status == 201
            if first and self._mended is not None and answer.began >= self._mended:
                phase.recovered = answer.ended - self._mended
