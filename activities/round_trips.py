"""The waiting for the server's answers, on libpq's own connection."""

from os import sched_yield
from select import POLLIN, POLLOUT, poll
from time import perf_counter
from typing import Any

import psycopg

# Most answers come within this time, and to be woken for one takes a twentieth of a millisecond each time:
# docs/decisions/0014-where-the-time-goes.md. Whoever else wants the processor gets it meanwhile.
_WATCHED_SECONDS = 0.0005


def send_all(server: Any) -> None:
    """psycopg has libpq send only what the socket takes at once."""
    if not server.flush():
        return
    ready = poll()
    ready.register(server.socket, POLLIN | POLLOUT)
    while server.flush():
        for _, event in ready.poll():
            if event & ~POLLOUT:
                server.consume_input()


def received(server: Any) -> Any:
    """The one result of what was sent. Raises psycopg.OperationalError when the connection breaks."""
    server.consume_input()
    if server.is_busy():
        _await(server)
    result = server.get_result()
    if result is None:
        raise psycopg.OperationalError(server.get_error_message())
    while server.get_result() is not None:
        pass
    return result


def _await(server: Any) -> None:
    until = perf_counter() + _WATCHED_SECONDS
    while perf_counter() < until:
        sched_yield()
        server.consume_input()
        if not server.is_busy():
            return
    ready = poll()
    ready.register(server.socket, POLLIN)
    while server.is_busy():
        ready.poll()
        server.consume_input()
