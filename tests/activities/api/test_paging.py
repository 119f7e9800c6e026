"""The walk through pages, held against a plain sorted list."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.moments import read_moment
from activities.new_activities import NewActivity
from tests.api_client import CheckedClient
from tests.shapes import activity
from tests.stored import let_expire, new_activity, store

Key = tuple[datetime, UUID]

BEGINNING = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
# Ids that sort against the order of time, and few moments, so that most rows share theirs.
ROWS = st.tuples(
    st.integers(0, 2),  # which target
    st.integers(0, 2),  # microseconds after the beginning
    st.sampled_from(["update", "end"]),
    st.uuids(),
)
STEPS = st.lists(st.one_of(st.lists(ROWS, min_size=1, max_size=10), st.integers(1, 3)), min_size=3, max_size=40)


def moment(microseconds: int) -> datetime:
    return BEGINNING + timedelta(microseconds=microseconds)


def keys(page: dict[str, Any]) -> list[Key]:
    return [(read_moment(record["datetime"]), UUID(record["id"])) for record in page["results"]]


class Walk:
    """One walk through a history, and what it must show at each step."""

    def __init__(self, api: CheckedClient, targets: list[str], filters: dict[str, str]) -> None:
        self.api, self.targets, self.filters = api, targets, filters
        self.token: str | None = None
        self.after: Key | None = None
        self.stored: set[Key] = set()

    def arrive(self, key: Key, target: str, type: str) -> None:
        if target in self.targets and type == self.filters.get("type", type):
            self.stored.add(key)

    def take(self, size: int) -> bool:
        """The next page, which must be the right one. Is there more?"""
        token = {"paginationToken": self.token} if self.token else {}
        response = self.api.about(*self.targets, pageSize=size, **self.filters, **token)
        left = sorted((key for key in self.stored if self.after is None or key < self.after), reverse=True)
        if response.status_code == 404:
            assert not left
            return False
        page = response.json()
        assert keys(page) == left[:size]
        self.token = page["paginationDetails"]["nextToken"]
        self.after = left[size - 1] if self.token else None
        assert (self.token is not None) == (len(left) > size)
        return self.token is not None


@pytest.mark.django_db
@settings(max_examples=50, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, asked=st.sets(st.integers(0, 2), min_size=1), type=st.sampled_from([None, "update"]))
def test_random_walks_show_each_record_once_and_in_order(
    api: CheckedClient, steps: list[Any], asked: set[int], type: str | None
) -> None:
    targets = [str(uuid4()) for _ in range(3)]
    walk = Walk(api, [targets[n] for n in asked], {"type": type} if type else {})
    known: set[UUID] = set()
    for step in steps:
        if isinstance(step, int):
            walk.take(step)
            continue
        rows = [row for row in {row[3]: row for row in step}.values() if row[3] not in known][: 60 - len(known)]
        bodies = []
        for n, microseconds, kind, number in rows:
            # Examples share the store: the target's own part keeps their ids apart.
            id = UUID(int=number.int ^ UUID(targets[0]).int)
            known.add(number)
            walk.arrive((moment(microseconds), id), targets[n], kind)
            at = moment(microseconds).isoformat()
            bodies.append(activity(id=str(id), targetId=targets[n], type=kind, datetime=at))
        if bodies:
            assert api.record(bodies).status_code == 201
    while walk.take(3):
        pass


def arrivals(target: str, count: int, at: datetime) -> list[NewActivity]:
    return [new_activity(target_id=target, occurred_at=at) for _ in range(count)]


def walked(api: CheckedClient, sizes: Iterator[int], *targets: str, **filters: str) -> list[Key]:
    found: list[Key] = []
    token: dict[str, str] = {}
    while True:
        page = api.about(*targets, pageSize=next(sizes), **filters, **token).json()
        found += keys(page)
        if not (next_token := page["paginationDetails"]["nextToken"]):
            return found
        token = {"paginationToken": next_token}


@pytest.mark.parametrize("filters", [{}, {"type": "update"}])
def test_thousands_of_one_moment_are_each_shown_once(api: CheckedClient, filters: dict[str, str]) -> None:
    rows = arrivals("t-1", 1500, moment(1)) + arrivals("t-2", 500, moment(1))
    rows += arrivals("t-1", 3, moment(0)) + arrivals("t-2", 2, moment(2))
    store(rows)
    sizes = iter([500, 1000, 7, 500, 1000])
    expected = sorted(((row.occurred_at, row.id) for row in rows), reverse=True)
    assert walked(api, sizes, "t-1", "t-2", **filters) == expected


def test_rows_that_arrive_before_the_place_are_not_shown_and_behind_it_they_are(api: CheckedClient) -> None:
    rows = arrivals("t-1", 40, moment(1))
    store(rows)
    page = api.about("t-1", pageSize=20).json()
    place = keys(page)[-1]
    more = arrivals("t-1", 40, moment(1)) + arrivals("t-1", 2, moment(2)) + arrivals("t-1", 2, moment(0))
    store(more)
    token = page["paginationDetails"]["nextToken"]
    rest = api.about("t-1", pageSize=1000, paginationToken=token).json()
    behind = [(row.occurred_at, row.id) for row in rows + more if (row.occurred_at, row.id) < place]
    assert keys(rest) == sorted(behind, reverse=True)


def test_a_walk_goes_on_when_the_record_at_its_place_has_ended(api: CheckedClient) -> None:
    rows = arrivals("t-1", 6, moment(1))
    store(rows)
    expected = sorted(((row.occurred_at, row.id) for row in rows), reverse=True)
    page = api.about("t-1", pageSize=3).json()
    let_expire(keys(page)[-1][1])
    rest = api.get(page["paginationDetails"]["next"]).json()
    assert keys(page) + keys(rest) == expected


def test_microseconds_decide_the_order(api: CheckedClient) -> None:
    rows = [row for n in (3, 1, 2) for row in arrivals("t-1", 1, moment(n))]
    store(rows)
    shown = [record["datetime"] for record in api.walk("t-1", pageSize=1)]
    assert shown == [f"{BEGINNING:%Y-%m-%dT%H:%M:%S}.00000{n}Z" for n in (3, 2, 1)]


def test_a_search_over_all_targets_is_walked_as_well(api: CheckedClient) -> None:
    rows = [row for n in range(7) for row in arrivals(f"t-{n}", 1, moment(n % 2))]
    store(rows)
    expected = sorted(((row.occurred_at, row.id) for row in rows), reverse=True)
    for size in (1, 2, 3):
        assert walked(api, iter([size] * 8)) == expected
        assert walked(api, iter([size] * 8), targetType="person") == expected


def test_equal_pages_have_equal_addresses(api: CheckedClient) -> None:
    store(arrivals("t-1", 5, moment(1)))
    one, other = (
        list(pages(api, "/api/v1/activities", targetId="t-1", pageSize=2, include="changes")) for _ in range(2)
    )
    assert one == other
    assert len(one) == 3
    shuffled = api.get("/api/v1/activities?include=changes&pagesize=2&targetid=t-1").json()
    assert shuffled["paginationDetails"] == one[0]["paginationDetails"]


def pages(api: CheckedClient, url: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    page = api.get(url, params=parameters).json()
    yield page
    while next_url := page["paginationDetails"]["next"]:
        page = api.get(next_url).json()
        yield page
