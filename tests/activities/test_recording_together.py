"""Writers that meet, on connections of their own."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Event
from uuid import UUID

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from activities import recording, statements
from activities.models import Activity, ApiClient, Author
from activities.new_activities import AuthorSnapshot, NewActivity
from activities.recording import Recorded, record
from tests.acting import acting_as
from tests.connections import Start, execute, waiting
from tests.processes import eventually
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
FIRST, MIDDLE, LAST = (UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def client() -> ApiClient:
    return ApiClient.objects.create(name="tests")


def recorded_with_names(activities: list[NewActivity], client: ApiClient) -> tuple[Recorded, list[str]]:
    with statements.recorded() as runs:
        result = record(activities, client_id=client.id, now=NOW, all_or_nothing=False)
    return result, [run.name for run in runs]


def test_one_that_is_sent_twice_at_once_is_stored_once(start: Start, client: ApiClient) -> None:
    sent = new_activity()
    together = Barrier(2)

    def write() -> Recorded:
        together.wait(timeout=10)
        return recorded_with_names([sent], client)[0]

    results = [future.result() for future in [start(write), start(write)]]
    assert sorted(len(result.created) for result in results) == [0, 1]
    assert sorted(len(result.existing) for result in results) == [0, 1]
    assert Activity.objects.count() == 1


def test_arrays_that_overlap_in_opposite_order_do_not_deadlock(start: Start, client: ApiClient) -> None:
    for round in range(4):
        authors = [AuthorSnapshot(None, f"Author {round} {number}", None) for number in range(200)]
        sent = [new_activity(author=author) for author in authors]
        recording.forget_authors()
        together = Barrier(2)

        def write(activities: list[NewActivity], together: Barrier = together) -> tuple[Recorded, list[str]]:
            together.wait(timeout=10)
            return recorded_with_names(activities, client)

        there = start(lambda write=write, sent=sent: write(sent))  # type: ignore[misc]
        back = start(lambda write=write, sent=sent: write(sent[::-1]))  # type: ignore[misc]
        results = [there.result(), back.result()]
        assert sorted((len(each.created), len(each.existing), len(each.conflicting)) for each, _ in results) == [
            (0, 200, 0),
            (200, 0, 0),
        ]
        # None had to try again.
        assert [names.count("record_activities") for _, names in results] == [1, 1]
    assert (Activity.objects.count(), Author.objects.count()) == (800, 800)


INSERT = """
    INSERT INTO activity (id, type, target_type, target_id, occurred_at, recorded_at, author_id, client_id)
    VALUES (%(id)s, 'end', 'person', 't-1', now(), now(), (SELECT min(id) FROM author), %(client)s)
"""


def test_the_victim_of_a_deadlock_tries_again(
    start: Start, client: ApiClient, open_connection: Callable[[], BaseDatabaseWrapper]
) -> None:
    if execute(connection, "SHOW is_superuser") != [("on",)]:
        pytest.skip("Only a superuser can say whose deadlock is noticed first.")
    store([new_activity()])
    holder, other = open_connection(), open_connection()
    execute(holder, INSERT, {"id": MIDDLE, "client": client.id})
    execute(other, "SET LOCAL deadlock_timeout = '1min'")
    execute(other, INSERT, {"id": LAST, "client": client.id})

    def write() -> tuple[Recorded, list[str]]:
        execute(connection, "SET deadlock_timeout = '10ms'")
        return recorded_with_names([new_activity(id=id) for id in (LAST, MIDDLE, FIRST)], client)

    # It has stored the first, and waits for the holder of the second.
    ours = start(write)
    assert eventually(lambda: waiting() == 1)
    theirs = start(lambda: execute(other, INSERT, {"id": FIRST, "client": client.id}))
    assert eventually(lambda: waiting() == 2)
    # Now it goes on to the third, whose holder waits for the first.
    holder.rollback()
    theirs.result(timeout=10)
    other.commit()
    recorded, names = ours.result(timeout=10)
    assert recorded == Recorded({MIDDLE}, set(), {FIRST, LAST})
    # It may be the first there again, and then its turn to give way again.
    *tries, last = names
    assert last == "compare_with_stored"
    assert len(tries) >= 2
    assert set(tries) == {"record_activities"}


@pytest.mark.parametrize(
    ("count", "insert"), [(1, "record_activity"), (2, "record_activities"), (300, "record_activities")]
)
def test_an_author_that_is_deleted_during_the_write_is_put_back(
    start: Start, client: ApiClient, open_connection: Callable[[], BaseDatabaseWrapper], count: int, insert: str
) -> None:
    store([gone := new_activity()])
    other = AuthorSnapshot(None, "Ana Bell", None)
    sent = [new_activity() for _ in range(count)]
    prepared, deleted = Event(), Event()

    def write() -> tuple[Recorded, list[str]]:
        # By a statement that was prepared and planned before, as a worker's is.
        store([new_activity(author=other) for _ in range(count)])
        prepared.set()
        assert deleted.wait(10)
        return recorded_with_names(sent, client)

    ours = start(write)
    assert prepared.wait(10)
    with acting_as("retention"):
        Activity.objects.filter(id=gone.id).delete()
        deleter = open_connection()
    execute(deleter, "DELETE FROM author WHERE full_name = %s", [gone.author.full_name])
    deleted.set()
    assert eventually(lambda: waiting() == 1)
    deleter.commit()
    recorded, names = ours.result(timeout=10)
    assert recorded[:3] == ({each.id for each in sent}, set(), set())
    assert names == [insert, "compare_with_stored", "author_ids", insert]
    author = Author.objects.get(full_name=gone.author.full_name)
    assert Activity.objects.filter(author=author).count() == count
