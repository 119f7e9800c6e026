"""The service as `make run` serves it, on a durable PostgreSQL of its own: kept running, and broken."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString

import psycopg

from config.database_roles import Role
from config.embedded_postgres import EmbeddedPostgres
from config.local_files import CLONE
from config.process import ending_with
from config.web_server import granian_command
from tests.drill.exchange import NO_ANSWER, Line
from tests.drill.journal import Journal
from tests.drill.skewed import AHEAD_SECONDS
from tests.processes import alive, descendants, eventually

_ENDS_WITHIN_SECONDS = 60
# Granian takes a worker that ends sooner for one that cannot start, and ends itself.
_WORKERS_ARE_REPLACED_AFTER_SECONDS = 7
_AHEAD = "SELECT EXISTS (SELECT FROM activity WHERE recorded_at > clock_timestamp() + interval '1 minute')"
_LAST_LINES = 60
_NOT_TAKEN_OVER = ("DATABASE_", "PUBLIC_URL")
_SCOPES = ("activities:write", "activities:read", "activities:search")
_OTHERS = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_CUT = f"SELECT pg_terminate_backend(pid) FROM ({_OTHERS}) AS others WHERE pid <> ALL(%s)"  # noqa: S608
_PURGED = "SELECT EXISTS (SELECT FROM purge_receipt WHERE started_at >= %s AND ended_at IS NOT NULL)"


class NotRunning(Exception):
    """The service does not come up; the message says where to look."""


class Service:
    def __init__(self, place: Path, port: int, journal: Journal) -> None:
        """All of it from the main thread: what it starts ends with the thread."""
        self.database = EmbeddedPostgres(directory=place)
        self.log = place / "app.log"
        self.port = port
        self._journal = journal
        self._app: subprocess.Popen[bytes] | None = None
        self._started_at, self._answered = datetime.now(UTC), 0.0
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_TAKEN_OVER)}
        own = {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "2", "SECRET_KEY": secrets.token_urlsafe(64)}
        self._environment = {**kept, **own, "PYTHONUNBUFFERED": "1"}

    def start(self) -> str:
        """Gives a token once it answers."""
        self.database.start()
        self._environment |= {str(role): self.database.url(role) for role in Role}
        self.start_app()
        self.await_answer(self.port)
        self._answered = time.monotonic()
        scopes = [word for scope in _SCOPES for word in ("--scope", scope)]
        return self._manage("manage.py", "issue_token", "drill", *scopes).stdout.strip()

    def start_app(self) -> None:
        self._app = self._popen([sys.executable, "-m", "config.serve"])
        self._started_at = datetime.now(UTC)

    def start_second_app(self, port: int, *, clock_ahead: int) -> "subprocess.Popen[bytes]":
        """On the same database, with a clock that is so many seconds ahead."""
        command = granian_command(host="127.0.0.1", port=port, workers=1)
        process = self._popen([*command[:-1], "tests.drill.skewed:application"], clock_ahead=clock_ahead)
        self.await_answer(port)
        return process

    def purge(self, *, clock_ahead: int) -> "subprocess.CompletedProcess[str]":
        return self._manage("-m", "tests.drill.skewed", "purge_expired_activities", clock_ahead=clock_ahead)

    def keep_running(self) -> None:
        """As whoever supervises it would: what has ended is started again. Nothing is to end by itself."""
        if self._app is not None and self._app.poll() is not None:
            self._journal.blame(f"the app ended by itself: {self._last_words()}")
            self.start_app()

    def await_purge(self) -> None:
        """The purge ends, and all with it, when it finds no database at its start; from then on it tries again."""

        eventually(lambda: self._says(_PURGED, [self._started_at]), _ENDS_WITHIN_SECONDS)

    def has_recorded_ahead(self) -> bool:
        """Whether an app whose clock is ahead has stored anything."""
        return self._says(_AHEAD)

    def kill_app(self) -> None:
        """Each of its processes with -9."""
        if self._app is not None:
            pids = [self._app.pid, *descendants(self._app.pid)]
            for pid in pids:
                _send(pid, signal.SIGKILL)
            self._app.wait()
            eventually(lambda: not any(map(alive, pids)), _ENDS_WITHIN_SECONDS)

    def kill_workers(self) -> None:
        time.sleep(max(0.0, self._answered + _WORKERS_ARE_REPLACED_AFTER_SECONDS - time.monotonic()))
        assert self._app is not None
        master = next(pid for pid, command in descendants(self._app.pid).items() if "granian" in command)
        for pid in descendants(master):
            _send(pid, signal.SIGKILL)

    @contextmanager
    def app_paused(self) -> Iterator[None]:
        assert self._app is not None
        pids = list(descendants(self._app.pid))
        for pid in pids:
            _send(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                _send(pid, signal.SIGCONT)

    def end_database(self, signum: signal.Signals) -> None:
        process = self.database.process
        assert process is not None
        process.send_signal(signum)
        process.wait(_ENDS_WITHIN_SECONDS)

    def restart_database(self) -> None:
        self.database.stop()
        self.database.start()

    def kill_backend(self) -> None:
        """One that serves the app; PostgreSQL then ends all others, and begins anew by itself."""
        with psycopg.connect(self.database.url(), autocommit=True) as connection:
            pids = connection.execute(_OTHERS).fetchall()
        _send(pids[0][0], signal.SIGKILL)

    def cut_connections(self, spared: "Sequence[psycopg.Connection[tuple[int]]]" = ()) -> int:
        """All but the spared, of which the first, where there is one, is used for it. Gives how many those were."""
        with ExitStack() as stack:
            url = self.database.url()
            by = spared[0] if spared else stack.enter_context(psycopg.connect(url, autocommit=True))
            pids = [connection.info.backend_pid for connection in spared]
            return len(by.execute(_CUT, [pids]).fetchall())

    def await_answer(self, port: int) -> None:
        line = Line(port, "")
        if not eventually(lambda: line.ask("GET", "/api/v1/activities").status != NO_ANSWER, _ENDS_WITHIN_SECONDS):
            raise NotRunning(f"The service does not answer: {self._last_words()}")
        line.close()

    def stop(self) -> None:
        if self._app is not None and self._app.poll() is None:
            self._app.terminate()
            try:
                self._app.wait(_ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill_app()
        self.database.stop()

    def _popen(self, command: list[str], *, clock_ahead: int = 0) -> "subprocess.Popen[bytes]":
        # The second app, as `make run` would start it, knows of no role but its own.
        unknown = {Role.OWNER, Role.RETENTION} if clock_ahead else set()
        known = {name: value for name, value in self._environment.items() if name not in unknown}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=CLONE,
                env={**known, AHEAD_SECONDS: str(clock_ahead)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=ending_with(os.getpid(), signal.SIGTERM),
            )

    def _manage(self, *arguments: str, clock_ahead: int = 0) -> "subprocess.CompletedProcess[str]":
        environment = {**self._environment, AHEAD_SECONDS: str(clock_ahead)}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=CLONE, env=environment, capture_output=True, text=True, timeout=60)

    def _says(self, question: LiteralString, given: Sequence[object] = ()) -> bool:
        with psycopg.connect(self.database.url()) as connection:
            return connection.execute(question, given).fetchone() == (True,)

    def said(self) -> list[str]:
        """The last lines of the app's log, which holds no personal data."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return [line for line in lines if line.strip()][-_LAST_LINES:] or ["It said nothing."]

    def _last_words(self) -> str:
        return self.said()[-1]


def _send(pid: int, signum: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signum)
