"""Where reports are read: on the replica, and on the primary while that is gone or too far behind."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.db import InternalError, connections, transaction

from activities import replica
from activities.models import Activity
from activities.replica import TOO_FAR_BEHIND, database_for_reports, forget_replica, standing
from tests.config.test_metrics import TOKEN, scraped
from tests.processes import eventually
from tests.replica.pair import Pair
from tests.stored import stored

LONG_AFTER = timedelta(hours=3)


def lag(now: datetime) -> timedelta:
    forget_replica()
    found = standing(now=now)
    assert found is not None
    assert found.behind is not None
    return found.behind


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a machine with so much to do that a row is long on its way."""
    monkeypatch.setattr(replica, "_PATIENCE_SECONDS", (*replica._PATIENCE_SECONDS, 1, 10))


@contextmanager
def held_up(pair: Pair) -> Iterator[None]:
    """The replica receives what the primary writes, and shows nothing of it."""
    pair.on_replica("SELECT pg_wal_replay_pause()")
    # Before, it may still finish what it has begun.
    paused = "SELECT pg_get_wal_replay_pause_state()"
    assert eventually(lambda: pair.on_replica(paused) == [("paused",)])
    try:
        yield
    finally:
        pair.on_replica("SELECT pg_wal_replay_resume()")


def test_rows_arrive_and_reports_are_read_there(pair: Pair) -> None:
    id = stored()
    pair.await_arrival()
    alias = database_for_reports(now=datetime.now(UTC))
    assert alias == "replica"
    assert list(Activity.objects.using(alias).values_list("id", flat=True)) == [id]
    assert pair.on_replica("SELECT pg_is_in_recovery()") == [(True,)]


def test_nothing_is_written_by_way_of_its_address(pair: Pair) -> None:
    with connections["replica"].cursor() as cursor:
        cursor.execute("SHOW default_transaction_read_only")
        assert cursor.fetchone() == ("on",)
        with pytest.raises(InternalError, match="read-only transaction"), transaction.atomic("replica"):
            cursor.execute("DELETE FROM activity")


def test_without_anything_to_send_it_is_not_behind_however_long_that_lasts(pair: Pair, patient: None) -> None:
    stored()
    pair.await_arrival()
    assert lag(datetime.now(UTC) + LONG_AFTER) == timedelta(0)


def test_a_first_row_after_hours_of_silence_does_not_count_as_hours(pair: Pair, patient: None) -> None:
    pair.await_arrival()
    for _ in range(20):
        stored()
        assert lag(datetime.now(UTC) + LONG_AFTER) == timedelta(0)


def test_the_lag_is_the_time_since_what_arrived_last(pair: Pair) -> None:
    stored()
    pair.await_arrival()
    arrived = datetime.now(UTC)
    with held_up(pair):
        stored()
        assert timedelta(0) < lag(arrived + TOO_FAR_BEHIND / 2) <= TOO_FAR_BEHIND / 2 + timedelta(seconds=10)
        assert database_for_reports(now=arrived + TOO_FAR_BEHIND / 2) == "replica"


def test_too_far_behind_it_is_not_read_until_it_has_caught_up(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    stored()
    pair.await_arrival()
    later = datetime.now(UTC) + TOO_FAR_BEHIND + timedelta(seconds=1)
    with held_up(pair), caplog.at_level(logging.WARNING):
        stored()
        for seconds in (0, 1, 29, 40):
            assert database_for_reports(now=later + timedelta(seconds=seconds)) == "default"
    pair.await_arrival()
    assert database_for_reports(now=later + timedelta(seconds=60)) == "default"
    assert database_for_reports(now=later + timedelta(seconds=71)) == "replica"
    assert [record.message for record in caplog.records] == [
        "Reports are read from the primary: the replica is too far behind.",
        "Reports are read from the replica again.",
    ]


def test_gone_it_is_not_read_until_it_is_back(pair: Pair, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    names = ("activity_history_reports_on_primary", "activity_history_replica_lag_seconds")
    pair.await_arrival()
    assert [scraped().get(name) for name in names] == [0, 0]
    now = datetime.now(UTC)
    pair.replica.stop()
    try:
        forget_replica()
        assert database_for_reports(now=now) == "default"
        assert [scraped().get(name) for name in names] == [1, None]
    finally:
        pair.replica.start()
    assert database_for_reports(now=now + timedelta(seconds=31)) == "replica"


def test_hanging_it_is_given_up_soon_and_not_asked_again_for_a_while(pair: Pair) -> None:
    now = datetime.now(UTC)
    assert database_for_reports(now=now) == "replica"
    process = pair.replica.process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        begun = monotonic()
        found = standing(now=now + timedelta(seconds=2))
        # Two, by the settings; the rest is for a busy machine.
        assert monotonic() - begun < 20
        assert found is not None
        assert (found.database, found.why_not) == ("default", "does not answer")
        assert standing(now=now + timedelta(seconds=31)) is found
    finally:
        os.kill(process.pid, signal.SIGCONT)


def test_a_replica_of_another_primary_is_not_read(pair: Pair, settings: Any) -> None:
    connections["default"].close()
    del connections["default"]
    of_tests = connections.configure_settings({"default": settings.DATABASES["default"]})
    connections.settings["default"] = of_tests["default"]
    found = standing(now=datetime.now(UTC))
    assert found is not None
    assert (found.database, found.why_not) == ("default", "is none of this primary, or was promoted")


def test_where_none_is_set_reports_are_read_from_the_primary_and_metrics_do_not_speak_of_it(pair: Pair) -> None:
    del connections.settings["replica"]
    assert (database_for_reports(now=datetime.now(UTC)), standing(now=datetime.now(UTC))) == ("default", None)
