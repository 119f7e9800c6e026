"""What a client may ask for in a minute, by its row."""

from datetime import UTC, datetime
from time import time
from typing import Any

import pytest
from django.db import connection

from activities import client_use, statements
from activities.access import Caller, Limits
from activities.api import hot_path, limits, operations, permissions, views
from activities.api.authentication import caller_of
from activities.api.problems import Problem
from activities.models import Activity, ApiClient
from tests.acting import acting_as
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.connections import execute
from tests.refusals import PATH, problem, said
from tests.shapes import activity
from tests.stored import stored

pytestmark = pytest.mark.django_db

FEED = f"{PATH}/feed"


class Clock:
    """Stands still, 20 seconds into this minute, until it is moved."""

    def __init__(self) -> None:
        self.now = time() // 60 * 60 + 20

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()

    class Moment(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.fromtimestamp(stopped.now, tz)

    for module in (hot_path, permissions, views):
        monkeypatch.setattr(module, "time", stopped)
    monkeypatch.setattr(operations, "datetime", Moment)
    return stopped


def client(**columns: int) -> CheckedClient:
    ApiClient.objects.update_or_create(name="limited", defaults=columns)
    return CheckedClient(token(*ALL_SCOPES, client="limited"))


def left(response: Any) -> tuple[str, str]:
    return response.headers["ratelimit-policy"], response.headers["ratelimit"]


def test_requests_beyond_the_limit_are_refused_until_the_minute_is_over(clock: Clock) -> None:
    stored(target_id="t-1")
    api = client(requests_per_minute=3)
    policy = '"requests";q=3;w=60'
    assert [left(api.about("t-1")) for _ in range(3)] == [(policy, f'"requests";r={n};t=40') for n in (2, 1, 0)]
    refused = api.about("t-1")
    detail = "This client's 3 requests a minute are used up: send the same again in 40 seconds."
    assert said(refused) == problem("too-many-requests", detail)
    assert (refused.headers["retry-after"], *left(refused)) == ("40", policy, '"requests";r=0;t=40')
    clock.now += 39.5
    assert api.about("t-1").headers["retry-after"] == "1"
    clock.now += 0.5
    assert left(api.about("t-1")) == (policy, '"requests";r=2;t=60')


def test_the_hot_and_the_long_way_count_together_and_errors_count_too(clock: Clock) -> None:
    api = client(requests_per_minute=4)
    answers = [api.get(FEED), api.about("nobody"), api.get(FEED, params={"pageSize": 0}), api.get(f"{PATH}/{0:032}")]
    assert [answer.status_code for answer in answers] == [200, 404, 400, 404]
    assert [left(answer)[1] for answer in answers] == [f'"requests";r={n};t=40' for n in (3, 2, 1, 0)]
    detail = "This client's 4 requests a minute are used up: send the same again in 40 seconds."
    assert said(api.get(FEED)) == problem("too-many-requests", detail, instance=FEED)


def test_an_array_counts_its_activities_and_one_that_does_not_fit_stores_and_counts_none(clock: Clock) -> None:
    api = client(requests_per_minute=100, activities_per_minute=5)
    assert api.record([activity() for _ in range(3)]).status_code == 201
    refused = api.record([activity() for _ in range(3)])
    detail = "This client's 5 activities a minute are used up: send the same again in 40 seconds."
    assert said(refused) == problem("too-many-requests", detail)
    last = api.record([activity(), activity()])
    assert left(last) == (
        '"requests";q=100;w=60, "activities";q=5;w=60;qu="activities"',
        '"requests";r=97;t=40, "activities";r=0;t=40',
    )
    assert (last.status_code, api.record(activity()).status_code, Activity.objects.count()) == (201, 429, 5)


def test_an_array_longer_than_the_limit_is_told_so(clock: Clock) -> None:
    api = client(activities_per_minute=5)
    detail = "This client may send 5 activities a minute, and these are 6: send fewer in one request."
    assert said(api.record([activity() for _ in range(6)])) == problem("too-many-requests", detail)
    assert api.record([activity() for _ in range(5)]).status_code == 201


@pytest.mark.parametrize("prefer", [{}, {"Prefer": "handling=lenient"}])
def test_what_is_read_twice_is_counted_once(clock: Clock, prefer: dict[str, str]) -> None:
    api = client(activities_per_minute=30)
    # The quick reading leaves such a number to the slow one, when it comes to storing it.
    doubtful, wrong = activity(newData={"reading": 1e22}), activity(datetime="2026-02-30T00:00:00Z")
    assert api.record([activity(), doubtful], **prefer).is_success
    answer = api.record([activity(), wrong], **prefer)
    stored_of_it = 1 if prefer else 0
    assert left(answer)[1] == f'"activities";r={28 - stored_of_it};t=40'


def test_a_client_without_limits_costs_no_statement_and_no_header() -> None:
    stored(target_id="t-1")
    answer = client().about("t-1")
    assert not {"ratelimit", "ratelimit-policy"} & set(answer.headers)
    assert "count_use" not in answer.headers["server-timing"]


def caller(requests: int | None = None, activities: int | None = None) -> Caller:
    return Caller(7, "limited", frozenset(), None, None, limits=Limits(requests, activities))


NOON = datetime(2026, 6, 4, 12, tzinfo=UTC).timestamp()


def let_through(who: Caller, times: int, now: float = NOON) -> int:
    count = 0
    for _ in range(times):
        try:
            limits.count_request(who, now=now)
        except Problem:
            continue
        count += 1
    return count


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What each of two workers remembers."""
    memories: list[dict[Any, Any]] = [{}, {}]
    return lambda number: monkeypatch.setattr(limits, "_uses", memories[number])


@pytest.mark.parametrize("most", [1, 9, 19, 20, 100, 105])
def test_a_worker_lets_through_exactly_the_limit_and_asks_the_table_at_most_19_times(most: int) -> None:
    with statements.recorded() as runs:
        assert let_through(caller(requests=most), 2 * most) == most
    assert len(runs) <= min(most, 19)


@pytest.mark.parametrize("most", [1, 9, 20, 100, 105])
@pytest.mark.parametrize("turn", [1, 7, 50])
def test_two_workers_let_through_no_less_and_at_most_a_slice_each_more(workers: Any, most: int, turn: int) -> None:
    count = 0
    for round in range(2 * 2 * most // turn + 4):
        workers(round % 2)
        count += let_through(caller(requests=most), turn)
    assert most <= count <= most + 2 * max(1, most // 10)


def test_two_workers_share_the_activities_to_the_last_one(workers: Any) -> None:
    who = caller(activities=1000)
    workers(0)
    limits.count_activities(who, 700, now=NOON)
    workers(1)
    with pytest.raises(Problem):
        limits.count_activities(who, 301, now=NOON)
    limits.count_activities(who, 300, now=NOON)
    workers(0)
    with pytest.raises(Problem):
        limits.count_activities(who, 100, now=NOON)


def test_what_is_given_back_after_the_minute_is_over_makes_the_next_one_no_longer() -> None:
    who, next_minute = caller(activities=1000), NOON + 60
    limits.count_activities(who, 50, now=NOON)
    limits.count_activities(who, 90, now=next_minute)
    limits.give_back_activities(who, 50, now=NOON)
    left_then = '"activities";r=910;t=60'
    assert limits.limit_headers(who, now=next_minute)["RateLimit"] == left_then
    limits.limit_headers(who, now=NOON + 59)
    assert limits.limit_headers(who, now=next_minute)["RateLimit"] == left_then
    with pytest.raises(Problem):
        limits.count_activities(who, 911, now=next_minute)
    limits.count_activities(who, 910, now=next_minute)


def test_what_is_given_back_in_its_own_minute_can_be_sent() -> None:
    who = caller(activities=1000)
    limits.count_activities(who, 1000, now=NOON)
    limits.give_back_activities(who, 1000, now=NOON + 59)
    limits.count_activities(who, 1000, now=NOON + 59)


def test_a_changed_limit_takes_effect_within_a_minute() -> None:
    bearer = token(*ALL_SCOPES, client="limited")
    now = time()
    assert caller_of(bearer, now=now).limits is None
    ApiClient.objects.filter(name="limited").update(activities_per_minute=5, reads_are_recorded=True)
    assert caller_of(bearer, now=now + 29).limits is None
    changed = caller_of(bearer, now=now + 31)
    assert (changed.limits, changed.reads_are_recorded) == (Limits(None, 5), True)


def test_where_the_table_cannot_be_asked_the_answer_is_503(transactional_db: None, open_connection: Any) -> None:
    api = client(requests_per_minute=1)
    api.get(FEED)
    limits.forget_use()
    execute(connection, "SET lock_timeout = '50ms'")
    try:
        with acting_as("owner"):
            execute(open_connection(), "LOCK TABLE client_use IN ACCESS EXCLUSIVE MODE")
        detail = "Other work held a lock for too long. Send the same request again, it is safe to repeat."
        assert said(api.about("t-1")) == problem("unavailable", detail)
    finally:
        connection.close()


def test_the_purge_forgets_what_was_used_in_hours_that_are_over() -> None:
    for minutes_ago in (0, 59, 120):
        let_through(caller(requests=1), 1, NOON + 3540 - minutes_ago * 60)
    with acting_as("retention"):
        client_use.forget_old(datetime.fromtimestamp(NOON + 3540, UTC))
    # Django does not empty the table behind a test that commits.
    counted = "SELECT count(*) FROM client_use WHERE minute < to_timestamp(%s)"
    assert execute(connection, counted, [NOON + 3600]) == [(2,)]
