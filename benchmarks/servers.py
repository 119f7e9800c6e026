"""The servers that are compared, each as one worker process."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks import fastify
from config.local_files import CLONE
from config.process import ending_with
from config.web_server import granian_command

_STARTS_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class Kind:
    """How one of the servers is called, started and asked."""

    name: str
    command: Callable[[int], list[str]]
    list_path: str = "/api/v1/activities?targetId={}"
    one_path: str = "/api/v1/activities/{}"
    create_path: str = "/api/v1/activities"


@dataclass
class Server:
    kind: Kind
    process: "subprocess.Popen[bytes]"
    port: int = field(default=0)

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def pid(self) -> int:
        return self.process.pid


def _this_project(port: int) -> list[str]:
    return granian_command(host="127.0.0.1", port=port, workers=1)


def _fastapi(port: int) -> list[str]:
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
    place = ["--host", "127.0.0.1", "--port", str(port)]
    return [sys.executable, "-m", "uvicorn", "benchmarks.peers.fastapi_peer:app", *place, *options]


def _drf(port: int) -> list[str]:
    return [*_this_project(port)[:-1], "benchmarks.peers.drf_peer:application"]


OURS = Kind("this project", _this_project)
FASTAPI = Kind("FastAPI peer", _fastapi)
DRF = Kind(
    "stock DRF",
    _drf,
    list_path="/api/v1/activities/?target_id={}",
    one_path="/api/v1/activities/{}/",
    create_path="/api/v1/activities/",
)
FASTIFY = Kind("Fastify peer", fastify.command)


def kinds() -> list[Kind]:
    """Those that can be run here."""
    return [OURS, FASTAPI, *([FASTIFY] if shutil.which("node") and shutil.which("npm") else []), DRF]


@contextmanager
def running(kind: Kind, environment: dict[str, str], log: Path) -> Iterator[Server]:
    """The server on a free port of this machine, until the end of the block."""
    port = free_port()
    with log.open("wb") as said:
        process = subprocess.Popen(
            kind.command(port),
            cwd=CLONE,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=ending_with(os.getpid(), signal.SIGTERM),
        )
    server = Server(kind, process, port)
    try:
        _await_answer(server, log)
        yield server
    finally:
        _stop(process)


def _await_answer(server: Server, log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN_SECONDS
    while True:
        with suppress(OSError, http.client.HTTPException):
            get(server, "/api/v1/activities/", token="")
            return
        if server.process.poll() is not None or time.monotonic() > until:
            sys.exit(f"{server.name} does not answer; it said:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    for signum in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signum)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
            return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(server: Server, path: str, *, token: str) -> tuple[int, bytes]:
    return _exchange(server, "GET", path, token, None)


def post(server: Server, body: bytes, *, token: str) -> tuple[int, bytes]:
    return _exchange(server, "POST", server.kind.create_path, token, body)


def list_path(server: Server, target_id: str) -> str:
    return server.kind.list_path.format(quote(target_id))


def _exchange(server: Server, method: str, path: str, token: str, body: bytes | None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
