"""The service as it is served: real worker processes on the test's own database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.db import connection

from config.database_roles import Role
from config.process import ending_with

CLONE = Path(__file__).parents[2]
_STARTS_WITHIN_SECONDS = 20


def database_url(role: Role = Role.APPLICATION) -> str:
    """The address of the database that the test uses."""
    parts = urlsplit(os.environ[role])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def database_addresses(*roles: Role) -> dict[str, str]:
    """For the environment of a process that knows these alone."""
    return {role: database_url(role) if role in roles else "" for role in Role}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A granian process with its workers, in a process group of its own."""

    def __init__(self, workers: int, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.stderr: IO[bytes] | None = None
        self._workers = workers
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", str(self._workers), "--blocking-threads", "1"]
        self._process = subprocess.Popen(
            [*command, "--log-level", "critical", "config.wsgi:application"],
            cwd=CLONE,
            env={**os.environ, "LOG_LEVEL": "ERROR", **database_addresses(Role.APPLICATION), **self._environment},
            stderr=self.stderr,
            start_new_session=True,
            preexec_fn=ending_with(os.getpid(), signal.SIGTERM),
        )
        ends = time.monotonic() + _STARTS_WITHIN_SECONDS
        while time.monotonic() < ends:
            try:
                httpx.get(f"{self.url}/api/v1/activities", timeout=5)
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("The server does not answer.")

    def kill(self) -> None:
        """As `kill -9` of the master and each worker."""
        if self._process:
            os.killpg(self._process.pid, 9)
            self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=20)


@contextmanager
def serving(*, workers: int = 2, **environment: str) -> Iterator[Server]:
    server = Server(workers, **environment)
    server.start()
    try:
        yield server
    finally:
        server.stop()
