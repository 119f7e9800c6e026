"""Granian as a child process: its port, its start, its end."""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

from config import env
from config.database_roles import Role, environment_of
from config.local_files import CLONE
from config.process import ending_with

_DEFAULT_PORT = 8000
_START_SECONDS = 30
_DRAIN_SECONDS = 4


class WebServerUnusable(Exception):
    """The message is one line that tells the cure."""


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    # Bound, never listening: granian shares ports, so without it two copies could answer on one.
    reservation: socket.socket

    @property
    def reachable_host(self) -> str:
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def base_url(self) -> str:
        host = self.reachable_host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def workers() -> int:
    return env.whole_number("WEB_CONCURRENCY", 2, 1, 256)


def take_address() -> Address:
    """HOST and PORT; without a PORT the first free one from 8000 on."""
    host = env.text("HOST", "127.0.0.1")
    port = env.whole_number("PORT", _DEFAULT_PORT, 1, 65535)
    if env.text("PORT"):
        reservation = _reserve(host, port)
        if reservation is None:
            raise WebServerUnusable(f"PORT {port} is taken by another program: end that one, or set another PORT.")
        return Address(host, port, reservation)
    for candidate in range(port, port + 100):
        reservation = _reserve(host, candidate)
        if reservation is not None:
            if candidate != port:
                print(f"Port {port} is taken by another program; this is {candidate}.", flush=True)
            return Address(host, candidate, reservation)
    raise WebServerUnusable(f"Ports {port} to {port + 99} are all taken: set PORT to a free one.")


def _reserve(host: str, port: int) -> socket.socket | None:
    """None when the port is taken."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise WebServerUnusable(_not_here(host)) from None
    reservation = socket.socket(family, kind, protocol)
    # Connections of a server that has just ended are no hindrance …
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reservation.bind(place)
    except OSError as error:
        reservation.close()
        if error.errno == errno.EADDRINUSE:
            return None
        if error.errno == errno.EACCES:
            raise WebServerUnusable(f"PORT {port} needs more rights: set one above 1023.") from None
        raise WebServerUnusable(_not_here(host)) from None
    if sys.platform == "linux":
        # … but another copy's reservation is; only granian, which shares ports, may bind beside it.
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    else:
        reservation.close()
    return reservation


def _not_here(host: str) -> str:
    return f"HOST {host!r} is no address of this machine: correct it."


def granian_command(*, host: str, port: int, workers: int) -> list[str]:
    options = {
        "--interface": "wsgi",
        "--http": "1",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        # More threads bring a bad tail: each waits for the others' turn in the interpreter.
        "--blocking-threads": "1",
        "--backlog": "1024",
        "--workers-kill-timeout": str(_DRAIN_SECONDS),
    }
    words = [word for option in options.items() for word in option]
    flags = ["--no-ws", "--respawn-failed-workers", "--no-access-log", "--log-level", "error"]
    return [sys.executable, "-m", "granian", *words, *flags, "config.wsgi:application"]


class WebServer:
    def __init__(self, address: Address) -> None:
        self._address = address
        self.process = subprocess.Popen(
            granian_command(host=address.host, port=address.port, workers=workers()),
            cwd=CLONE,
            env=environment_of(Role.APPLICATION),
            stdin=subprocess.DEVNULL,
            # A Ctrl-C at the terminal comes to us; granian is then told once, by us.
            start_new_session=True,
            preexec_fn=ending_with(os.getpid(), signal.SIGTERM),
        )

    def await_answer(self) -> None:
        """Any answer will do: it shows that a worker has loaded the application."""
        until = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self.process.poll() is not None:
                raise WebServerUnusable("The web server ended before it answered; why stands above.")
            if time.monotonic() > until:
                raise WebServerUnusable(f"The web server does not answer within {_START_SECONDS} seconds.")
            time.sleep(0.05)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(
            self._address.reachable_host, self._address.port, timeout=_START_SECONDS
        )
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    def stop(self) -> None:
        """Requests that run may finish, for a few seconds."""
        for signum in (signal.SIGTERM, signal.SIGKILL):
            self.process.send_signal(signum)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_DRAIN_SECONDS + 2)
                return
