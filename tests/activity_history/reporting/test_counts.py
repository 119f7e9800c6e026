"""The daily counts: each activity is counted once, whatever happens to it or to the counting."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from threading import Event

import pytest
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from activities import purge_process
from activities.models import Activity, PurgeReceipt
from activities.purging import purge_expired
from activity_history.models import CountedUntil, DailyCount
from activity_history.reporting.daily_counts import count_stored
from tests.activity_history.reporting.reading import LONG_AGO, await_served, read, settled
from tests.connections import Start, execute, waiting
from tests.processes import eventually
from tests.stored import let_expire, new_activity, store, stored

pytestmark = pytest.mark.django_db

COUNTS = ("day", "source_domain", "target_type", "type", "activities")


def counted() -> int:
    return sum(count.activities for count in DailyCount.objects.all())


def test_counts_are_by_day_in_london_domain_and_kind() -> None:
    late = datetime(2026, 6, 3, 23, 30, tzinfo=UTC)
    for members in ({}, {}, {"type": "create"}, {"target_type": "asset"}, {"source_domain": None}):
        settled(occurred_at=late, **members)
    settled(occurred_at=late - timedelta(minutes=31))
    settled(occurred_at=datetime(2026, 12, 3, 23, 30, tzinfo=UTC))
    assert count_stored() == 7
    assert read("daily_activity", *COUNTS) == [
        (date(2026, 6, 3), "Person", "person", "update", 1),
        (date(2026, 6, 4), "Person", "asset", "update", 1),
        (date(2026, 6, 4), "Person", "person", "create", 1),
        (date(2026, 6, 4), "Person", "person", "update", 2),
        (date(2026, 6, 4), None, "person", "update", 1),
        (date(2026, 12, 3), "Person", "person", "update", 1),
    ]
    labels = read("daily_activity", "source_domain_label", "target_type_label", "type_label", where="type = 'create'")
    assert labels == [("Person", "Person", "Created")]


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_slices_of_any_size_count_each_once(rows: int) -> None:
    for _ in range(7):
        settled()
    assert (count_stored(rows=rows), count_stored(rows=rows), counted()) == (7, 0, 7)
    last = Activity.objects.order_by("stored_by", "id").last()
    assert last is not None
    assert CountedUntil.objects.values_list("stored_by", "activity_id").get() == (last.stored_by, last.id)


def test_what_has_expired_and_gone_stays_counted() -> None:
    let_expire(settled(), settled())
    assert count_stored() == 2
    assert purge_expired(now=datetime.now(UTC)).deleted == 2
    assert (count_stored(), counted()) == (0, 2)


def test_counting_ends_after_a_slice_when_it_is_told_and_goes_on_the_next_time() -> None:
    for _ in range(4):
        settled()
    told = iter([False, True])
    assert count_stored(lambda: next(told), rows=3) == 3
    assert (count_stored(rows=3), counted()) == (1, 4)


def test_a_count_that_fails_within_leaves_neither_counts_nor_place() -> None:
    first = settled()
    count_stored()
    Activity.objects.filter(id=settled()).update(stored_by=LONG_AGO + 1)
    refuse = "ALTER TABLE daily_count_until ADD CONSTRAINT refused CHECK (activity_id = '{}')"
    execute(connection, refuse.format(first))
    with pytest.raises(DatabaseError):
        count_stored()
    assert counted() == 1
    execute(connection, "ALTER TABLE daily_count_until DROP CONSTRAINT refused")
    assert (count_stored(), counted()) == (1, 2)


def run_purge() -> str:
    out = StringIO()
    purge_process.purge(batch_size=100, max_seconds=None, stop=Event(), out=out, bar_on=StringIO())
    return out.getvalue()


def test_the_purge_counts_before_it_deletes() -> None:
    let_expire(settled())
    assert run_purge().startswith("Deleted 1 activities")
    assert (counted(), Activity.objects.count()) == (1, 0)


def test_a_count_that_fails_does_not_keep_the_purge_from_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(stop: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(purge_process, "beforehand", [fail])
    let_expire(settled())
    with pytest.raises(DatabaseError):
        run_purge()
    assert PurgeReceipt.objects.get().deleted == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_that_is_still_open_could_overtake_is_counted_later(
    open_connection: Callable[[], BaseDatabaseWrapper],
) -> None:
    stored()
    await_served()
    other = open_connection()
    execute(other, "SELECT pg_current_xact_id()")
    stored()
    assert (count_stored(), counted()) == (1, 1)
    other.rollback()
    await_served()
    assert (count_stored(), counted()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_two_that_count_at_once_count_each_once(
    open_connection: Callable[[], BaseDatabaseWrapper], start: Start
) -> None:
    store([new_activity() for _ in range(21)])
    await_served()
    assert count_stored(rows=1, stop=iter([False, True]).__next__) == 1
    blocker = open_connection()
    execute(blocker, "SELECT FROM daily_count_until FOR UPDATE")
    both = [start(lambda: count_stored(rows=5)) for _ in range(2)]
    assert eventually(lambda: waiting() == 2)
    blocker.rollback()
    assert sum(each.result(10) for each in both) == 20
    assert counted() == 21


def test_the_youngest_of_each_domain_is_known_before_it_is_counted() -> None:
    day = datetime(2026, 6, 3, 12, 0, 0, 900_000, tzinfo=UTC)
    settled(source_domain="Repairs", occurred_at=day)
    settled(source_domain="Repairs", occurred_at=day - timedelta(days=1))
    let_expire(settled(source_domain=None, occurred_at=day - timedelta(days=2)))
    uncounted = read("freshness", "source_domain", "newest_occurred_utc", "newest_recorded_utc")
    assert [row[:2] for row in uncounted] == [
        ("Repairs", datetime(2026, 6, 3, 12)),
        (None, datetime(2026, 6, 1, 12)),
    ]
    count_stored()
    assert read("freshness", "source_domain", "newest_occurred_utc", "newest_recorded_utc") == uncounted
    Activity.objects.all().delete()
    assert read("freshness", "source_domain", "newest_occurred_utc", "newest_recorded_utc") == uncounted


def test_how_fresh_the_primary_is() -> None:
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    [(as_of, is_replica, lag, domain)] = read(
        "freshness", "as_of_utc", "is_replica", "replica_lag_seconds", "source_domain"
    )
    assert (is_replica, lag, domain) == (0, 0, None)
    assert now <= as_of <= now + timedelta(seconds=60)
