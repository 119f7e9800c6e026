"""What came in is counted behind the writers: each activity once, whatever commits late."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Event
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext

from activities import feed, locks, purge_process
from activities.models import Activity
from activity_history import arrivals
from activity_history.arrivals import Newest
from activity_history.models import Arrivals
from tests.acting import acting_as
from tests.connections import execute
from tests.processes import eventually
from tests.stored import let_expire, new_activity, store

pytestmark = pytest.mark.django_db(transaction=True)

purge = acting_as("retention")(call_command)

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@acting_as("owner")
def came_in(count: int, *, hours_ago: int = 0, domain: str | None = "Repairs") -> None:
    """Recorded at the beginning of that hour, each by a transaction of its own."""
    known = set(Activity.objects.values_list("id", flat=True))
    for _ in range(count):
        store([new_activity(source_domain=domain)])
    new = Activity.objects.exclude(id__in=known)
    execute(
        connection,
        "UPDATE activity SET recorded_at = %s WHERE id = ANY (%s)",
        [HOUR - timedelta(hours=hours_ago), [row.id for row in new]],
    )


def purge_and_close() -> None:
    try:
        acting_as("retention")(purge_process.purge)(
            batch_size=100, max_seconds=None, stop=Event(), out=StringIO(), bar_on=StringIO()
        )
    finally:
        connection.close()


def settled() -> bool:
    """Transactions of other tests, in other databases of the server, hold the count back as well."""
    sql = "SELECT coalesce(max(stored_by), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM activity"
    return execute(connection, sql) == [(True,)]


def count(at_most: int = arrivals.AT_ONCE) -> bool:
    assert eventually(settled, 60)
    return arrivals.count(now=datetime.now(UTC), at_most=at_most)


def counted() -> dict[tuple[str | None, int], int]:
    """By domain, and how many hours ago."""
    found = arrivals.between(HOUR - timedelta(days=40), HOUR + timedelta(hours=2))
    return {(domain, int((HOUR - hour).total_seconds() // 3600)): count for (domain, hour), count in found.items()}


def test_activities_are_counted_once_by_hour_and_domain() -> None:
    came_in(2, hours_ago=3)
    came_in(1, hours_ago=3, domain=None)
    came_in(1, domain="Finance")
    assert count()
    assert counted() == {("Repairs", 3): 2, (None, 3): 1, ("Finance", 0): 1}
    came_in(1, domain=None)
    came_in(3, domain="Finance")
    assert count()
    assert count()
    assert counted() == {("Repairs", 3): 2, (None, 3): 1, ("Finance", 0): 4, (None, 0): 1}
    assert arrivals.newest_by_domain() == [
        Newest("Repairs", HOUR - timedelta(hours=3)),
        Newest(None, HOUR),
        Newest("Finance", HOUR),
    ]


@pytest.mark.parametrize("at_most", [1, 2, 3, 7])
def test_counted_in_parts_it_comes_to_the_same(at_most: int) -> None:
    came_in(3, hours_ago=1)
    store([new_activity(source_domain="Finance") for _ in range(4)])
    with acting_as("owner"):
        Activity.objects.filter(source_domain="Finance").update(recorded_at=HOUR)
    while not count(at_most):
        pass
    assert counted() == {("Repairs", 1): 3, ("Finance", 0): 4}


def test_what_commits_late_is_counted_when_it_does(open_connection: Callable[[], BaseDatabaseWrapper]) -> None:
    came_in(1)
    other = open_connection()
    execute(other, "SELECT pg_current_xact_id()")
    store([new_activity(source_domain="Finance")])
    assert arrivals.count(now=datetime.now(UTC))
    assert [domain for domain, _ in counted()] in (["Repairs"], [])
    other.rollback()
    assert count()
    assert {domain: number for (domain, _), number in counted().items()} == {"Repairs": 1, "Finance": 1}


def test_while_another_counts_this_one_steps_aside(open_connection: Callable[[], BaseDatabaseWrapper]) -> None:
    came_in(1)
    execute(open_connection(), "SELECT pg_advisory_xact_lock(%s)", [locks.COUNTING])
    assert eventually(lambda: locks.is_taken(locks.COUNTING))
    assert not arrivals.count(now=datetime.now(UTC))
    assert counted() == {}


def test_a_purge_waits_for_whoever_counts_and_deletes_nothing_uncounted(
    open_connection: Callable[[], BaseDatabaseWrapper],
) -> None:
    came_in(2)
    let_expire(*Activity.objects.values_list("id", flat=True))
    assert eventually(settled, 60)
    other = open_connection()
    execute(other, "SELECT pg_advisory_xact_lock(%s)", [locks.COUNTING])
    with ThreadPoolExecutor(1) as beside:
        purging = beside.submit(purge_and_close)
        assert eventually(lambda: execute(connection, WAITING) == [(1,)])
        assert Activity.objects.count() == 2
        other.rollback()
        purging.result(30)
    assert (Activity.objects.count(), counted()) == (0, {("Repairs", 0): 2})


def test_a_store_of_before_is_counted_from_a_week_ago_on() -> None:
    came_in(2, hours_ago=24 * 8)
    came_in(3, hours_ago=24 * 6)
    came_in(1)
    assert count()
    assert counted() == {("Repairs", 24 * 6): 3, ("Repairs", 0): 1}


def test_the_place_of_a_moment_is_found_without_reading_the_table() -> None:
    assert feed.position_at(HOUR) == feed.BEGINNING
    for hours_ago in range(9, 0, -1):
        came_in(2, hours_ago=hours_ago)
    rows: list[Any] = list(Activity.objects.order_by("stored_by", "id").values_list("stored_by", "recorded_at"))
    with CaptureQueriesContext(connection) as queries:
        place = feed.position_at(HOUR - timedelta(hours=4))
    assert [at for stored_by, at in rows if stored_by > place.stored_by] == [
        HOUR - timedelta(hours=hours) for hours in (4, 4, 3, 3, 2, 2, 1, 1)
    ]
    assert all("LIMIT 1" in query["sql"] for query in queries)
    assert feed.position_at(HOUR).stored_by == rows[-1][0]


def test_after_a_backup_was_restored_the_counting_begins_anew() -> None:
    came_in(2)
    assert count()
    with acting_as("owner"):
        execute(connection, "UPDATE feed_epoch SET epoch = gen_random_uuid()")
        execute(connection, "UPDATE activity SET stored_by = stored_by / 2")
    assert count()
    assert counted() == {("Repairs", 0): 2}


def test_the_purge_counts_all_and_forgets_hours_of_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "_BEGINS_BEFORE", timedelta(days=100))
    came_in(2, hours_ago=24 * 35)
    came_in(1, hours_ago=24 * 34)
    came_in(1, hours_ago=24 * 33, domain="Finance")
    came_in(1, domain="Finance")
    assert eventually(settled, 60)
    acting_as("retention")(purge_process.purge)(
        batch_size=100, max_seconds=None, stop=Event(), out=StringIO(), bar_on=StringIO()
    )
    assert counted() == {("Repairs", 24 * 34): 1, ("Finance", 0): 1}
    acting_as("retention")(purge_process.purge)(
        batch_size=100, max_seconds=None, stop=Event(), out=StringIO(), bar_on=StringIO()
    )
    assert counted() == {("Repairs", 24 * 34): 1, ("Finance", 0): 1}
    assert Arrivals.objects.count() == 2
