"""`make drill`, and its short form `make drill ARGS=--short`. Exits with 1 when anything is not as it must be."""

import argparse
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.drill import audit, faults, report
from tests.drill.faults import Drill, Fault
from tests.drill.follower import Follower
from tests.drill.journal import Journal
from tests.drill.records import Ledger
from tests.drill.service import NotRunning, Service
from tests.drill.writers import Writer
from tests.live.serving import free_port

_WRITERS = 4
_RECOVERS_WITHIN_SECONDS = 60
_TICK_SECONDS = 0.05
_LONG_SECONDS, _SHORT_SECONDS = 180.0, 5.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="make drill")
    parser.add_argument("--short", action="store_true", help="some of the faults, for a second each")
    parser.add_argument("--seconds", type=float, help=f"for all faults together, {_LONG_SECONDS:.0f} unless told")
    options = parser.parse_args()
    chosen = faults.SHORT if options.short else faults.LONG
    seconds = options.seconds or (_SHORT_SECONDS if options.short else _LONG_SECONDS)
    journal = Journal(judge_time=not options.short)
    # The account of the database passes through it.
    place = Path(tempfile.mkdtemp(prefix="activity-history-drill-"))
    place.chmod(0o711)
    service = Service(place, free_port(), journal)
    # As a Ctrl-C, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A writer that has ended would no longer find anything wrong.
    threading.excepthook = lambda error: journal.blame(f"{error.thread} ended: {error.exc_value!r}")
    try:
        if not run(service, journal, chosen, each=seconds / len(chosen)):
            print("\nThe app said last:", *service.said(), sep="\n", file=sys.stderr)
            sys.exit("The drill failed: what is not as it must be stands above.")
    except (NotRunning, audit.CannotRead) as error:
        sys.exit(f"The drill failed. {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        service.stop()
        shutil.rmtree(place, ignore_errors=True)


def run(service: Service, journal: Journal, chosen: Sequence[Fault], *, each: float) -> bool:
    say = partial(_say, time.monotonic())
    say("starting a durable PostgreSQL and the service")
    token = service.start()
    service.await_purge()
    ledger, ports = Ledger(), [service.port]
    journal.begin("start", may_be_cut_off=False)
    writers = [Writer(number, ports, token, ledger, journal) for number in range(_WRITERS)]
    follower = Follower(service.port, token, journal)
    drill = Drill(service, journal, writers, ports, partial(_wait, service))
    journal.phases.clear()
    for number, fault in enumerate(chosen):
        say(fault.name)
        journal.begin(fault.name, may_be_cut_off=fault.may_be_cut_off)
        if number == 0:
            for thread in (*writers, follower):
                thread.start()
        _go_through(drill, fault, each)
        phase = journal.phases[-1]
        back = "" if phase.recovered is None else f", back in {phase.recovered:.1f} s"
        say(f"  {phase.acknowledged:,} acknowledged{back}")
    say("letting the writers and the follower end, and reading all back")
    for writer in writers:
        writer.end()
    for writer in writers:
        writer.join()
    follower.end()
    follower.join()
    found = audit.Found(
        audit.stored_rows(service.database.url()), audit.listed_records(service.port, token), follower.ids
    )
    verdict = audit.judge(ledger.sent, ledger.acknowledged, found)
    counts = {"sent": len(ledger.sent), "acknowledged": len(ledger.acknowledged)}
    print("\n".join(report.lines(journal, **counts, found=found, verdict=verdict)), flush=True)
    return verdict.is_good and not journal.wrong and counts["sent"] == counts["acknowledged"] > 0


def _go_through(drill: Drill, fault: Fault, seconds: float) -> None:
    began = time.monotonic()
    phase = drill.journal.phases[-1]
    if fault.inflict:
        fault.inflict(drill, seconds / 3)
        mended = drill.journal.mended()
        phase.broken = mended - began
        while phase.recovered is None and time.monotonic() < mended + _RECOVERS_WITHIN_SECONDS:
            drill.wait(_TICK_SECONDS)
        if phase.recovered is None:
            drill.journal.blame(f"nothing was created within {_RECOVERS_WITHIN_SECONDS} seconds of the mending")
    drill.service.await_purge()
    drill.wait(max(0.0, began + seconds - time.monotonic()))


def _wait(service: Service, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        service.keep_running()
        time.sleep(min(left, _TICK_SECONDS))


def _say(began: float, what: str) -> None:
    print(f"[{time.monotonic() - began:5.1f} s] {what}", flush=True)


if __name__ == "__main__":
    main()
