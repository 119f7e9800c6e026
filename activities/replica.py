"""Where reports are read: on the replica, unless it is gone or too far behind."""

import logging
from contextlib import closing
from datetime import datetime, timedelta
from time import sleep
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

REPLICA = "replica"
# Above the 30 seconds for which the replica lets a query hold up what it receives: docs/replica.md.
TOO_FAR_BEHIND = timedelta(seconds=60)
# A replica that was well is asked again soon, since a report that it fails is lost. One that was not may take the
# two seconds of a connection attempt to say so again.
_WELL_FOR, _UNWELL_FOR = timedelta(seconds=1), timedelta(seconds=30)
# What was written a moment ago arrives within milliseconds. Where nothing had been written for long before, it would
# look until then as if all of that time were missing.
_PATIENCE_SECONDS = (0.01, 0.04, 0.1)

# Written out, not only inserted: what is not yet is sent to no replica.
_PRIMARY = "SELECT system_identifier, pg_current_wal_flush_lsn()::text FROM pg_control_system()"
_FOLLOWER = """
SELECT system_identifier = %s AND pg_is_in_recovery(), pg_last_wal_replay_lsn() >= %s::pg_lsn,
  pg_last_xact_replay_timestamp()
FROM pg_control_system()
"""
_log = logging.getLogger(__name__)


class Standing(NamedTuple):
    """How the replica was when it was last looked at.

    `behind` is at most how long ago something was stored that it does not have yet; None where that is not known.
    """

    looked_at: datetime
    behind: timedelta | None
    why_not: str | None

    @property
    def database(self) -> str:
        return DEFAULT_DB_ALIAS if self.why_not else REPLICA

    def holds(self, now: datetime) -> bool:
        return timedelta(0) <= now - self.looked_at < (_UNWELL_FOR if self.why_not else _WELL_FOR)


_last: Standing | None = None


def database_for_reports(*, now: datetime) -> str:
    """The alias of the database that exports and reports read. Nothing is written there."""
    found = standing(now=now)
    return found.database if found else DEFAULT_DB_ALIAS


def standing(*, now: datetime) -> Standing | None:
    """None where no replica is set. Asks again after a second, after thirty where it was not well."""
    global _last
    if REPLICA not in connections.settings:
        return None
    before = _last
    if before is None or not before.holds(now):
        _last = _look(now)
        if _last.why_not and not (before and before.why_not):
            _log.warning("Reports are read from the primary: the replica %s.", _last.why_not)
        elif before and before.why_not and not _last.why_not:
            _log.warning("Reports are read from the replica again.")
    return _last


def forget_replica() -> None:
    """The next who asks looks anew."""
    global _last
    _last = None


def _look(now: datetime) -> Standing:
    primary = _ask(connection, _PRIMARY)
    # By a connection of its own: an old one to a server that hangs would wait for ever, a new one has a time limit.
    try:
        with closing(connections.create_connection(REPLICA)) as replica:
            follows, behind = _behind(replica, primary, now)
    except Error:
        return Standing(now, None, "does not answer")
    if not follows:
        return Standing(now, None, "is none of this primary, or was promoted")
    if behind is None or behind > TOO_FAR_BEHIND:
        return Standing(now, behind, "is too far behind")
    return Standing(now, behind, None)


def _behind(replica: BaseDatabaseWrapper, primary: tuple[Any, ...], now: datetime) -> tuple[bool, timedelta | None]:
    for pause in (*_PATIENCE_SECONDS, 0):
        follows, has_all, replayed_until = _ask(replica, _FOLLOWER, primary)
        behind = timedelta(0) if has_all else max(timedelta(0), now - replayed_until) if replayed_until else None
        if not follows or (behind is not None and behind <= TOO_FAR_BEHIND):
            break
        sleep(pause)
    return follows, behind


def _ask(database: Any, sql: str, parameters: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    with database.cursor() as cursor:
        cursor.execute(sql, parameters)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
