"""Does what is loaded after a purge take the room that the purge left, once the server's autovacuum has seen to it?"""

import sys
import time
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.databases import LATER_STILL, add_copies, hasten

_SIZE = "SELECT pg_table_size('activity') + pg_indexes_size('activity')"
# Each look is a transaction with a number, as those that write at the time: emptied pages of an index are used again
# when transactions that began before are over, and without any the next cleaning only would find that out.
_LOOK = "SELECT last_autovacuum, pg_current_xact_id() FROM pg_stat_user_tables WHERE relname = 'activity'"
_LOOK_EVERY_SECONDS = 0.005
_WITHIN_SECONDS = 180


@dataclass(frozen=True)
class Room:
    """Bytes of the table and its indexes: before a purge, and after the next load of as many rows."""

    before: int
    after: int
    loaded: int

    @property
    def ratio(self) -> float:
        return self.after / self.before


def taken(place: Bench) -> int:
    with place.cluster.connect(place.database) as connection:
        row = connection.execute(_SIZE).fetchone()
    assert row is not None
    return int(row[0])


def let_autovacuum(place: Bench, *, work: bool) -> None:
    with place.cluster.connect(place.database) as connection:
        change = "RESET (autovacuum_enabled)" if work else "SET (autovacuum_enabled = off)"
        connection.execute(f"ALTER TABLE activity {change}".encode())


def after_the_next_load(place: Bench, before: int, *, rows: int) -> Room:
    """Lets the autovacuum do what it does by the table's own settings, only at once and without its pauses."""
    let_autovacuum(place, work=True)
    with place.cluster.settings(autovacuum_naptime="1s", autovacuum_vacuum_cost_delay="0"):
        _await_autovacuum(place)
    with place.cluster.connect(place.database) as connection:
        hasten(connection)
        add_copies(connection, rows=rows, age=LATER_STILL)
    return Room(before=before, after=taken(place), loaded=rows)


def _await_autovacuum(place: Bench) -> None:
    until = time.monotonic() + _WITHIN_SECONDS
    with place.cluster.connect(place.database) as connection:
        while (row := connection.execute(_LOOK).fetchone()) is None or row[0] is None:
            if time.monotonic() > until:
                sys.exit(f"No autovacuum came within {_WITHIN_SECONDS} s after the purge.")
            time.sleep(_LOOK_EVERY_SECONDS)
