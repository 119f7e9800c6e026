"""Reading as the domain does it, with the clock in hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from activities import history, statements
from activities.history import Narrow, Place
from activities.models import ActivityRows
from tests.stored import new_activity, store, stored

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
MICROSECOND = timedelta(microseconds=1)


def of_person(rows: ActivityRows) -> ActivityRows:
    return rows.filter(target_type="person")


def listed(target_ids: list[str] | None, narrow: Narrow | None) -> Callable[[datetime], list[UUID]]:
    def ids(now: datetime) -> list[UUID]:
        page = history.page(target_ids, narrow=narrow, page_size=10, now=now)
        return [record.id for record in page.records]

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
    assert [record.id.int for record in page.records] == [3, 2]
    assert page.next == Place(NOW, UUID(int=2))
    last = history.page(targets, narrow=narrow, after=page.next, page_size=1, now=NOW)
    assert ([record.id.int for record in last.records], last.next) == ([1], None)


def test_of_no_targets_there_is_nothing_and_nothing_is_asked() -> None:
    stored()
    with statements.recorded() as runs:
        assert history.page([], page_size=5, now=NOW) == ([], None)
    assert runs == []


def test_records_are_the_same_by_each_way_to_them() -> None:
    id = stored(target_id="t-1", old_data=b'{"rent": 1.10, "paid": 12345678901234567.89}', correlation_id="c-1")
    record = history.by_ids([id], now=NOW)[id]
    assert record.old_data == '{"paid": 12345678901234567.89, "rent": 1.10}'
    for targets, narrow in ((["t-1"], None), (["t-1"], of_person), (None, None)):
        assert history.page(targets, narrow=narrow, page_size=1, now=NOW) == ([record], None)
