"""Follows the feed through everything, from its beginning, going on from its last token."""

import threading
from time import monotonic, sleep
from urllib.parse import urlencode

from tests.drill.exchange import Line
from tests.drill.journal import Journal

PATH = "/api/v1/activities/feed"
_PAUSE_SECONDS = 0.1
_CATCHES_UP_WITHIN_SECONDS = 60


class Follower(threading.Thread):
    def __init__(self, port: int, token: str, journal: Journal) -> None:
        super().__init__(name="follower", daemon=True)
        self._line, self._journal = Line(port, token), journal
        self._ending = threading.Event()
        self.ids: list[str] = []

    def end(self) -> None:
        """Once nothing more is written: it goes on until it is told that it is up to date."""
        self._ending.set()

    def run(self) -> None:
        parameters = {"pageSize": "200"}
        until: float | None = None
        while until is None or monotonic() < until:
            last = self._ending.is_set()
            if last and until is None:
                until = monotonic() + _CATCHES_UP_WITHIN_SECONDS
            answer = self._line.ask("GET", f"{PATH}?{urlencode(parameters)}")
            if not self._journal.judge("follower", answer, {200}):
                sleep(_PAUSE_SECONDS)
                continue
            page = answer.json()
            self.ids += [record["id"] for record in page["results"]]
            parameters["after"] = page["nextToken"]
            if page["upToDate"]:
                if last:
                    self._line.close()
                    return
                sleep(_PAUSE_SECONDS)
        self._journal.blame(f"follower: not up to date within {_CATCHES_UP_WITHIN_SECONDS} seconds")
