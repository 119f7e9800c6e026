"""Many are stored a slice at a time, while the next are still being read: all of them, or none."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from activities import statements
from activities.models import Activity, ApiClient, Author
from activities.new_activities import NewActivities, NewActivity
from activities.recording import Recorded, record
from tests.stored import AUTHOR, new_activity

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
MANY = 450
# More than a socket takes at once.
LONG = b'{"text": "' + b"x" * 20_000 + b'"}'


def put(activities: list[NewActivity] | NewActivities) -> Recorded:
    return record(activities, client_id=ApiClient.objects.get_or_create(name="tests")[0].id, now=NOW)


def lazily(activities: list[NewActivity], make: Callable[[int], NewActivity]) -> NewActivities:
    return NewActivities([each.id for each in activities], {each.author for each in activities}, make)


def test_all_slices_are_stored_and_counted_as_one_run() -> None:
    sent = [new_activity(new_data=LONG) for _ in range(MANY)]
    put([new_activity()])
    with statements.recorded() as runs:
        assert put(sent) == Recorded({each.id for each in sent}, set(), set())
    assert [(run.name, run.rows) for run in runs] == [("record_activities", MANY)]
    assert Activity.objects.filter(new_data__has_key="text").count() == MANY


def test_what_is_stored_already_is_told_across_slices() -> None:
    sent = [new_activity() for _ in range(MANY)]
    put(sent[::2])
    assert put(sent) == Recorded({each.id for each in sent[1::2]}, {each.id for each in sent[::2]}, set())


def test_slices_go_in_by_the_order_of_ids_and_each_is_made_once() -> None:
    sent = [new_activity(id=UUID(int=MANY - number)) for number in range(MANY)]
    asked: list[int] = []

    def make(index: int) -> NewActivity:
        asked.append(index)
        return sent[index]

    put(lazily(sent, make))
    assert asked == list(reversed(range(MANY)))


@pytest.mark.parametrize("place", [0, 250, MANY - 1])
def test_when_one_cannot_be_made_nothing_is_stored_and_the_connection_is_well(place: int) -> None:
    sent = [new_activity(id=UUID(int=number), new_data=LONG) for number in range(MANY)]

    def make(index: int) -> NewActivity:
        if index == place:
            raise LookupError
        return sent[index]

    with pytest.raises(LookupError):
        put(lazily(sent, make))
    assert (Activity.objects.count(), Author.objects.count()) == (0, 0)
    assert put(sent).created == {each.id for each in sent}


@pytest.mark.parametrize("place", [0, 250, MANY - 1])
def test_when_the_database_refuses_one_nothing_is_stored_and_the_connection_is_well(place: int) -> None:
    sent = [new_activity(id=UUID(int=number)) for number in range(MANY)]
    with pytest.raises(psycopg.errors.CheckViolation):
        put([each._replace(type="no word") if number == place else each for number, each in enumerate(sent)])
    assert (Activity.objects.count(), Author.objects.count()) == (0, 0)
    put([new_activity(author=AUTHOR)])
    assert put(sent).created == {each.id for each in sent}


@pytest.mark.parametrize("count", [1, MANY])
def test_a_moment_without_a_zone_is_refused(count: int) -> None:
    naive = [new_activity()._replace(occurred_at=datetime(2026, 3, 15)) for _ in range(count)]
    with pytest.raises(TypeError, match="offset-naive"):
        put(naive)
    assert not Activity.objects.exists()
