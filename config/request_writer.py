"""The thread of each worker that writes what became of its requests: lines at once, totals and counts once a second."""

import logging
import sys
from collections import Counter
from itertools import count
from threading import Thread, main_thread
from typing import Any

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection

from activities import tally
from activity_history.answered import Answered
from activity_history.request_ledger import RequestLedger
from config import request_lines, request_log, request_totals
from config.request_totals import Totals

# What waits takes some KiB a request, and what is done for all of it at once keeps the interpreter from the next ones.
_PAUSE_SECONDS = 0.2
_TURNS_A_SECOND = 5
_log = logging.getLogger(__name__)


class RequestWriter(Thread):
    """Ends by itself, after a last turn, when the main thread ends: a worker that is told to end waits for it."""

    def __init__(self) -> None:
        super().__init__(name="requests", daemon=False)
        self.totals: Totals = Counter()
        self.ledger = RequestLedger()
        self.folder = request_totals.place()
        self._fails = False
        self._untold = False

    def run(self) -> None:
        request_totals.sweep()
        main = main_thread()
        for number in count(1):
            main.join(_PAUSE_SECONDS)
            ends = not main.is_alive()
            try:
                self.turn(store=ends or number % _TURNS_A_SECOND == 0)
            except Exception as error:
                # The next second is to be told all the same.
                _log.error("What became of some requests could not be told.", exc_info=error)
            if ends:
                break
        connection.close()

    def turn(self, *, store: bool = True) -> None:
        """What must not be lost first. Nothing is asked of the database where nothing was asked of us."""
        requests = request_log.taken()
        self._tell(requests)
        self.ledger.take(requests)
        self._untold |= bool(requests)
        if not store:
            return
        self._write_ledger()
        if self._untold and self.folder:
            request_totals.share(self.totals, self.folder)
        self._untold = False

    def _tell(self, requests: list[Answered]) -> None:
        lines = request_lines.lines(requests, form=settings.LOG_FORMAT, level=settings.LOG_LEVEL)
        request_lines.write(lines, sys.stderr.fileno())
        request_totals.add(self.totals, requests)
        for what, counted in self._counted():
            request_totals.put(self.totals, what, counted)

    def _counted(self) -> list[tuple[str, Any]]:
        return [
            ("recorded", tally.by_domain),
            ("dropped", request_log.dropped),
            ("dropped", self.ledger.dropped),
        ]

    def _write_ledger(self) -> None:
        try:
            self.ledger.write()
            self._fails = False
        except Error as error:
            if not self._fails:
                _log.warning("Counts and records of requests cannot be stored for now.", exc_info=error)
            self._fails = True
            connection.close()
            if not isinstance(error, OperationalError | InterfaceError):
                # It would fail again, as before the migrations have run.
                self.ledger.drop()
