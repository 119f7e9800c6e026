"""Reading as the domain does it, with the clock in hand."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from activities import history, statements
from activities.history import Narrow, Place
from activities.members import just_stored
from activities.models import ActivityRows, ApiClient
from activities.new_activities import AuthorSnapshot
from activities.recording import record
from tests.stored import new_activity, store, stored

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
MICROSECOND = timedelta(microseconds=1)


def id_of(record: bytes) -> UUID:
    return UUID(json.loads(record)["id"])


def of_person(rows: ActivityRows) -> ActivityRows:
    return rows.filter(target_type="person")


def listed(target_ids: list[str] | None, narrow: Narrow | None) -> Callable[[datetime], list[UUID]]:
    def ids(now: datetime) -> list[UUID]:
        page = history.page(target_ids, narrow=narrow, page_size=10, now=now)
        return [id_of(record) for record in page.records]

    return ids


READERS: dict[str, Callable[[datetime], list[UUID]]] = {
    "of a target": listed(["t-1"], None),
    "of a target, narrowed": listed(["t-1"], of_person),
    "of several, narrowed": listed(["t-1", "t-2"], of_person),
    "of all": listed(None, None),
    "of all, narrowed": listed(None, of_person),
}


@pytest.mark.parametrize("name", READERS)
def test_record_is_gone_from_its_expiry_on_to_the_microsecond(name: str) -> None:
    ends = NOW + timedelta(days=1)
    ending = stored(target_id="t-1", occurred_at=NOW, expires_at=ends)
    kept = stored(target_id="t-1", occurred_at=NOW - MICROSECOND, expires_at=None)
    read = READERS[name]
    assert read(ends - MICROSECOND) == [ending, kept]
    assert read(ends) == [kept]
    assert read(ends + MICROSECOND) == [kept]


def test_one_record_is_gone_from_its_expiry_on_to_the_microsecond() -> None:
    ends = NOW + timedelta(days=1)
    id = stored(target_id="t-1", occurred_at=NOW, expires_at=ends)
    assert list(history.by_ids([id], now=ends - MICROSECOND)) == [id]
    assert history.has_records(["t-1"], narrow=None, now=ends - MICROSECOND)
    assert history.by_ids([id], now=ends) == {}
    assert not history.has_records(["t-1"], narrow=None, now=ends)


@pytest.mark.parametrize("narrow", [None, of_person])
@pytest.mark.parametrize("targets", [["t-1"], None])
def test_page_begins_behind_its_place(targets: list[str] | None, narrow: Narrow | None) -> None:
    rows = [new_activity(target_id="t-1", occurred_at=NOW, id=UUID(int=n)) for n in range(1, 6)]
    store(rows)
    place = Place(NOW, UUID(int=4))
    page = history.page(targets, narrow=narrow, after=place, page_size=2, now=NOW)
    assert [id_of(record).int for record in page.records] == [3, 2]
    assert page.next == Place(NOW, UUID(int=2))
    last = history.page(targets, narrow=narrow, after=page.next, page_size=1, now=NOW)
    assert ([id_of(record).int for record in last.records], last.next) == ([1], None)


def test_of_no_targets_there_is_nothing_and_nothing_is_asked() -> None:
    stored()
    with statements.recorded() as runs:
        assert history.page([], page_size=5, now=NOW) == ([], None)
    assert runs == []


STRANGE = '"quoted" \\ back\tslash é 😀 \u2028'


@pytest.mark.parametrize(
    "members",
    [
        {"old_data": b'{"rent": 1.10, "paid": 12345678901234567.89}', "correlation_id": "c-1"},
        {"new_data": None, "source_domain": None, "expires_at": None, "author": AuthorSnapshot(None, "Ana", None)},
        {
            "source_domain": STRANGE,
            "correlation_id": STRANGE,
            "time_to_live": "P365D",
            "author": AuthorSnapshot(STRANGE, STRANGE, STRANGE),
            "occurred_at": datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC),
            "expires_at": datetime(2036, 1, 2, tzinfo=UTC),
        },
    ],
)
def test_records_are_the_same_by_each_way_to_them(members: dict[str, Any]) -> None:
    sent = new_activity(target_id='t-1 "%', **members)
    client = ApiClient.objects.create(name="tests")
    record([sent._replace(id=UUID(int=1), target_id="t-2")], client_id=client.id, now=NOW)
    documents = record([sent], client_id=client.id, now=NOW).documents
    assert documents is not None
    text = just_stored(sent, documents, NOW)
    assert json.loads(text)["author"]["fullName"] == sent.author.full_name
    assert history.by_id(sent.id, now=NOW) == text
    assert history.by_ids([sent.id], now=NOW) == {sent.id: text}
    for targets, narrow in (([sent.target_id], None), ([sent.target_id, "t-3"], None), ([sent.target_id], of_person)):
        assert history.page(targets, narrow=narrow, page_size=1, now=NOW) == ([text], None)
    assert text in history.page(None, page_size=2, now=NOW).records
