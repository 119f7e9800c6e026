"""What is broken, one after the other, while writers and the follower go on."""

import signal
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from time import monotonic

import psycopg

from tests.drill.journal import Journal
from tests.drill.service import Service
from tests.drill.writers import Writer
from tests.live.serving import free_port

# Well within the day by which a sender may be ahead, and more than the minute that a purge bears.
_APP_AHEAD_SECONDS = 600
# More than what the records that are about to end have left.
_PURGE_AHEAD_SECONDS = 7200


@dataclass(frozen=True)
class Drill:
    """What a fault may break; `ports` is where the writers send to, and `wait` goes on for so many seconds."""

    service: Service
    journal: Journal
    writers: list[Writer]
    ports: list[int]
    wait: Callable[[float], None]


@dataclass(frozen=True)
class Fault:
    """`inflict` gets the seconds for which to keep it broken, and returns once it is mended."""

    name: str
    inflict: Callable[[Drill, float], None] | None
    may_be_cut_off: bool = False


def kill_workers(drill: Drill, seconds: float) -> None:
    drill.service.kill_workers()


def kill_app(drill: Drill, seconds: float) -> None:
    drill.service.kill_app()
    drill.service.start_app()


def end_postgres_immediately(drill: Drill, seconds: float) -> None:
    _end_postgres(drill, seconds, signal.SIGQUIT)


def kill_postgres(drill: Drill, seconds: float) -> None:
    _end_postgres(drill, seconds, signal.SIGKILL)


def _end_postgres(drill: Drill, seconds: float, signum: signal.Signals) -> None:
    drill.service.end_database(signum)
    drill.wait(seconds)
    drill.service.restart_database()


def kill_backend(drill: Drill, seconds: float) -> None:
    drill.service.kill_backend()


def cut_connections(drill: Drill, seconds: float) -> None:
    """Again and again: mostly within a statement, then."""
    until = monotonic() + seconds
    while monotonic() < until:
        drill.service.cut_connections()
        drill.wait(0.1)


def use_up_connections(drill: Drill, seconds: float) -> None:
    """All that the server has, also those that the app had."""
    ours: list[psycopg.Connection[tuple[int]]] = []
    with ExitStack() as held:

        def fill() -> None:
            with suppress(psycopg.OperationalError):
                while True:
                    connection = psycopg.connect(drill.service.database.url(), autocommit=True)
                    ours.append(held.enter_context(connection))

        fill()
        # It would take back at once what is cut.
        with drill.service.app_paused():
            while drill.service.cut_connections(ours):
                fill()
            fill()
        drill.wait(seconds)
    if drill.journal.phases[-1].statuses[503] == 0:
        drill.journal.blame("the app was never without a connection")


def skew_clocks(drill: Drill, seconds: float) -> None:
    """A second app and a purge, each with a clock that is ahead."""
    port = free_port()
    second = drill.service.start_second_app(port, clock_ahead=_APP_AHEAD_SECONDS)
    try:
        drill.ports.append(port)
        drill.wait(seconds)
        if not drill.service.has_recorded_ahead():
            drill.journal.blame("the app whose clock is ahead has recorded nothing")
        purge = drill.service.purge(clock_ahead=_PURGE_AHEAD_SECONDS)
        if purge.returncode != 1 or "set the clocks right" not in purge.stderr:
            drill.journal.blame("a purge whose clock is two hours ahead did not refuse")
        drill.ports.remove(port)
        # What is under way there is answered, and what goes on goes elsewhere.
        drill.wait(1)
    finally:
        second.terminate()
        second.wait()


def send_again(drill: Drill, seconds: float) -> None:
    for writer in drill.writers:
        writer.only_again = True
    drill.wait(seconds)
    for writer in drill.writers:
        writer.only_again = False


STEADY = Fault("nothing broken", None)
APP_KILLED = Fault("app killed (-9)", kill_app, may_be_cut_off=True)
POSTGRES_ENDED = Fault("PostgreSQL ended at once", end_postgres_immediately)
CONNECTIONS_CUT = Fault("connections cut", cut_connections)
SENT_AGAIN = Fault("all sent again, shuffled", send_again)

SHORT = (STEADY, APP_KILLED, POSTGRES_ENDED, CONNECTIONS_CUT, SENT_AGAIN)
LONG = (
    STEADY,
    Fault("workers killed (-9)", kill_workers, may_be_cut_off=True),
    APP_KILLED,
    POSTGRES_ENDED,
    Fault("PostgreSQL killed (-9)", kill_postgres),
    Fault("one back end killed (-9)", kill_backend),
    CONNECTIONS_CUT,
    Fault("connections used up", use_up_connections),
    Fault("clocks ahead", skew_clocks),
    SENT_AGAIN,
)
