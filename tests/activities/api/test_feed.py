"""The feed: each activity once, in a fixed order, with nothing skipped however late it commits."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from activities import feed
from activities.access import READ, SEARCH
from activities.models import Activity
from tests import refusals
from tests.acting import acting_as
from tests.api_client import CheckedClient, token
from tests.connections import execute
from tests.processes import eventually
from tests.refusals import said
from tests.stored import let_expire, new_activity, store, stored

pytestmark = pytest.mark.django_db(transaction=True)

FEED = "/api/v1/activities/feed"
STATEMENT = "sql/activities_in_order_of_storing.sql"
problem = partial(refusals.problem, instance=FEED)


def settled() -> bool:
    """Transactions of other tests, in other databases of the server, hold the feed back as well."""
    sql = "SELECT coalesce(max(stored_by), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM activity"
    return execute(connection, sql) == [(True,)]


def page(api: CheckedClient, *, wait: bool = True, **parameters: Any) -> Any:
    assert not wait or eventually(settled, 60)
    answer = api.get(FEED, params=parameters)
    assert answer.status_code == 200
    assert answer.headers.get("retry-after") == ("1" if answer.json()["upToDate"] else None)
    return answer.json()


def followed(api: CheckedClient, **parameters: Any) -> list[UUID]:
    """Ids until it is up to date."""
    found: list[UUID] = []
    read = page(api, **parameters)
    while True:
        found += [UUID(record["id"]) for record in read["results"]]
        if read["upToDate"]:
            return found
        read = page(api, **{**parameters, "after": read["nextToken"]})


def in_order() -> list[UUID]:
    return list(Activity.objects.order_by("stored_by", "id").values_list("id", flat=True))


@pytest.mark.parametrize("page_size", [1, 2, 3, 20])
def test_each_comes_once_in_the_order_of_storing(api: CheckedClient, page_size: int) -> None:
    store([new_activity() for _ in range(5)])
    for _ in range(3):
        stored()
    assert followed(api, pageSize=page_size) == in_order()


def test_a_record_is_that_of_a_list_and_the_token_leads_on(api: CheckedClient) -> None:
    first = stored(target_id="t-1")
    read = page(api)
    assert read == {
        "results": api.about("t-1").json()["results"],
        "nextToken": read["nextToken"],
        "upToDate": True,
    }
    assert page(api, after=read["nextToken"])["results"] == []
    second = stored(target_id="t-1")
    [record] = page(api, after=read["nextToken"])["results"]
    assert (UUID(record["id"]), first != second) == (second, True)


def test_with_nothing_stored_there_is_a_token_all_the_same(api: CheckedClient) -> None:
    read = page(api)
    assert (read["results"], read["upToDate"]) == ([], True)
    id = stored()
    assert [record["id"] for record in page(api, after=read["nextToken"])["results"]] == [str(id)]


INSERT = """
    INSERT INTO activity (id, type, target_type, target_id, occurred_at, recorded_at, author_id, client_id)
    SELECT gen_random_uuid(), 'end', 'person', 't-1', now(), now(), (SELECT min(id) FROM author), 0
"""


def test_what_was_stored_behind_an_open_transaction_waits_for_it(
    api: CheckedClient, open_connection: Callable[[], BaseDatabaseWrapper]
) -> None:
    first = stored()
    assert eventually(settled, 60)
    late = open_connection()
    execute(late, INSERT)
    behind = stored()
    read = page(api, wait=False)
    assert [UUID(record["id"]) for record in read["results"]] == [first]
    assert read["upToDate"]
    assert str(behind) not in str(read["results"])
    late.commit()
    rest = page(api, after=read["nextToken"])["results"]
    assert [UUID(record["id"]) for record in rest] == in_order()[1:]


def test_expired_ones_are_passed_by_and_do_not_stop_it(api: CheckedClient) -> None:
    ids = [stored() for _ in range(6)]
    let_expire(*ids[:4])
    assert followed(api, pageSize=2) == ids[4:]


def test_a_record_is_gone_from_its_expiry_on_to_the_microsecond(api: CheckedClient) -> None:
    ends = datetime(2099, 3, 1, 12, tzinfo=UTC)
    stored(expires_at=ends)
    assert eventually(settled, 60)
    names = re.findall(r"%\((\w+)\)s::\w+(?:\[\])? IS NULL", (Path(feed.__file__).parent / STATEMENT).read_text())
    narrow = dict.fromkeys(names)
    at = (ends - timedelta(microseconds=1), ends, ends + timedelta(microseconds=1))
    pages = [feed.follow(feed.BEGINNING, narrow=narrow, page_size=5, now=now) for now in at]
    assert [len(page.records) for page in pages] == [1, 0, 0]


def test_filters_narrow_it_and_a_page_without_a_match_leads_on(
    api: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "WINDOW", 3)
    wanted = []
    for number in range(12):
        id = stored(type="end" if number % 5 == 0 else "update", target_id=f"t-{number % 2}")
        wanted += [id] if number % 5 == 0 else []
    assert followed(api, type="end", pageSize=1) == wanted
    assert followed(api, type=["end", "create"], targetId=["t-0", "t-9"]) == [wanted[0], wanted[2]]
    assert followed(api, occurredTo="2000-01-01") == []
    assert len(followed(api, occurredFrom="2000-01-01", sourceDomain="Person", targetType="person")) == 12
    assert followed(api, correlationId="none") == []


def test_only_what_the_token_may_read_comes(db: None) -> None:
    one, _, other = stored(target_id="t-1"), stored(target_id="t-2"), stored(target_id="t-1", source_domain="Finance")
    assert followed(CheckedClient(token(SEARCH, target_ids=["t-1"]))) == [one, other]
    assert followed(CheckedClient(token(SEARCH, source_domains=["Finance"]))) == [other]
    assert followed(CheckedClient(token(SEARCH, target_ids=[]))) == []


def test_a_token_of_other_filters_or_altered_is_refused(api: CheckedClient) -> None:
    stored()
    after = page(api, type="update")["nextToken"]
    detail = (
        "The token is not of these filters: send it with the very filters of the answer that gave it, or start anew."
    )
    refused = problem("invalid-parameters", f"after: {detail}", ("after", detail))
    assert said(api.get(FEED, params={"after": after})) == refused
    assert said(api.get(FEED, params={"after": after, "type": "end"})) == refused
    assert (
        said(api.get(FEED, params={"after": after[:-1] + ("A" if after[-1] != "A" else "B"), "type": "update"}))
        == refused
    )
    assert said(api.get(FEED, params={"after": "", "type": "update"})) == refused
    assert page(api, after=after, type="update", pageSize=7)["upToDate"]
    twice = "Send this parameter once."
    assert said(api.get(FEED, params={"after": [after, after], "type": "update"})) == problem(
        "invalid-parameters", f"after: {twice}", ("after", twice)
    )


def test_after_a_restored_backup_a_token_of_before_is_gone(api: CheckedClient) -> None:
    stored()
    after = page(api)["nextToken"]
    with acting_as("owner"):
        execute(connection, "UPDATE feed_epoch SET epoch = gen_random_uuid()")
    assert said(api.get(FEED, params={"after": after})) == problem(
        "feed-began-anew", "A backup was restored, so places of before say nothing: start without after."
    )
    assert len(page(api)["results"]) == 1


def test_who_may_follow() -> None:
    assert CheckedClient(token(READ)).get(FEED).status_code == 403
    resident = CheckedClient(token(SEARCH, target_ids=["t-1"], audience="resident"))
    assert said(resident.get(FEED)) == problem(
        "not-for-residents", "Residents do not follow the feed: use a staff token."
    )


def test_an_unknown_parameter_is_refused(api: CheckedClient) -> None:
    answer = api.get(FEED, params={"paginationToken": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "paginationToken")
