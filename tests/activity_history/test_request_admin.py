"""From a complaint to its request, in the admin."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, ApiClient, ReadRecord
from activity_history.admin import request_records
from activity_history.models import RequestRecord
from tests.activity_history.admin_pages import page_of, rows, shown, signed_in_with
from tests.activity_history.explaining_staff import may_explain
from tests.stored import let_expire, new_activity, store, stored

pytestmark = pytest.mark.django_db

REQUESTS = "/admin/activity_history/requestrecord/"
WROTE = 'id="wrote"'
ODD = 'Re: O\'Neill & <b>50%</b> "quoted"'


@pytest.fixture
def analyst() -> Client:
    return signed_in_with("view_requestrecord", "view_activity")


def record(correlation_id: str = "c-1", **told: Any) -> RequestRecord:
    known = {
        **{"at": datetime(2026, 4, 10, 12, 30, tzinfo=UTC), "method": "GET", "route": "/api/v1/activities"},
        **{"parameters": ["pageSize", "targetId"], "status": 503, "problem": "too-broad", "ms": 2012.34},
        "statements": [{"name": "list_activities", "rows": 0, "ms": 2000.1}],
    }
    return RequestRecord.objects.create(correlation_id=correlation_id, **{**known, **told})


def looked_for(client: Client, correlation_id: str) -> str:
    answer = client.post(REQUESTS, {"look_for": correlation_id})
    assert answer.status_code == 200
    return answer.content.decode()


def test_all_that_a_correlation_id_did_is_found(analyst: Client) -> None:
    wanted = stored(target_id="t-1", correlation_id="c-1")
    stored(target_id="t-2", correlation_id="C-1")
    record(client=ApiClient.objects.create(name="repairs"))
    record("C-1")
    page = looked_for(analyst, " c-1 ")
    moments = Activity.objects.values_list("occurred_at", "recorded_at").get(pk=wanted)
    assert rows(page, WROTE) == [
        [
            *(f"{moment:%Y-%m-%d %H:%M:%S} UTC" for moment in moments),
            *("update person", "t-1", "Dawit Haile", "Person", "tests"),
        ]
    ]
    assert f'href="/admin/activities/activity/{wanted}/change/"' in page
    assert rows(page) == [
        [
            *("2026-04-10 12:30:00.000000 UTC", "GET /api/v1/activities", "503", "too-broad", "2,012.3 ms", "repairs"),
            *("1 in 2,000.1 ms", "c-1"),
        ]
    ]


def test_one_request_says_what_it_asked_and_ran(analyst: Client) -> None:
    row = record(client=ApiClient.objects.create(name="repairs"))
    page = analyst.get(f"{REQUESTS}{row.pk}/change/").content.decode()
    assert shown(page) == {
        "Answered": "2026-04-10 12:30:00.000000 UTC",
        "Request": "GET /api/v1/activities",
        "Parameters": "pageSize, targetId",
        "Status": "503",
        "Problem": "too-broad",
        "Took": "2,012.3 ms",
        "Client": "repairs",
        "Correlation id": "c-1",
        "Statements": "list_activities: 2,000.1 ms, 0 rows",
    }
    assert '<input type="hidden" name="look_for" value="c-1">' in page


def test_statements_lead_to_their_pages_for_those_who_may_explain(analyst: Client) -> None:
    statements = [{"name": name, "rows": 1, "ms": 2.5} for name in ("export_part", "list_activities")]
    address = f"{REQUESTS}{record(statements=statements).pk}/change/"
    assert "/admin/queries/" not in analyst.get(address).content.decode()
    user = User.objects.get(pk=analyst.session["_auth_user_id"])
    user.user_permissions.add(may_explain())
    page = analyst.get(address).content.decode()
    assert re.findall('href="/admin/queries/([^"]+)"', page) == ["export_part/"]
    assert "export_part: 2.5 ms, 1 row" in shown(page)["Statements"]


def test_targets_lead_to_their_lists(analyst: Client) -> None:
    stored(target_id="t/1 &", correlation_id="c-1")
    page = looked_for(analyst, "c-1")
    assert 'href="/admin/activities/activity/?target=t%2F1%20%26"' in page


@pytest.mark.parametrize("correlation_id", [ODD, "x" * 128])
def test_any_correlation_id_can_be_looked_for(analyst: Client, correlation_id: str) -> None:
    stored(correlation_id=correlation_id)
    record(correlation_id)
    page = looked_for(analyst, correlation_id)
    assert (len(rows(page, WROTE)), rows(page)[0][-1]) == (1, correlation_id)
    assert "<b>50%</b>" not in page


@pytest.mark.parametrize("correlation_id", ["\0", "c-2", "%", "x" * 500])
def test_one_that_did_nothing_is_told_so(analyst: Client, correlation_id: str) -> None:
    record()
    page = looked_for(analyst, correlation_id)
    if correlation_id != "\0":
        assert "No activity that can be shown bears it." in page
        assert "No request of it failed or took more than half a second in the last seven days." in page
        assert rows(page) == []


def test_an_address_cannot_ask_for_one(analyst: Client) -> None:
    """A caller may have written anything into it, and addresses are kept in many places."""
    record()
    page = analyst.get(REQUESTS, {"look_for": "c-1"}, follow=True).content.decode()
    assert WROTE not in page


def test_what_has_expired_and_what_is_sensitive_is_as_elsewhere(analyst: Client) -> None:
    let_expire(stored(correlation_id="c-1"))
    stored(correlation_id="c-1", target_type="personEqualityInformation", new_data=b'{"ethnicity": "Secret"}')
    page = looked_for(analyst, "c-1")
    assert [row[2] for row in rows(page, WROTE)] == ["update personEqualityInformation"]
    assert "Secret" not in page


def test_what_it_shows_of_a_history_is_recorded_as_read(analyst: Client) -> None:
    stored(target_id="t-1", correlation_id="c-1")
    stored(target_id="t-1", correlation_id="c-1")
    stored(target_id="t-2", correlation_id="c-1")
    stored(target_id="t-3", correlation_id="c-2")
    looked_for(analyst, "c-1")
    page_of(analyst, REQUESTS)
    reads = ReadRecord.objects.order_by("target_id").values_list("target_id", "channel", "reader")
    reader = "view_requestrecord view_activity"
    assert list(reads) == [("t-1", "page", reader), ("t-2", "page", reader)]


def test_who_may_not_see_the_page_leaves_no_record_of_a_read() -> None:
    stored(target_id="t-1", correlation_id="c-1")
    assert signed_in_with("view_activity").post(REQUESTS, {"look_for": "c-1"}).status_code == 403
    assert not ReadRecord.objects.exists()


def test_of_many_activities_the_newest_are_shown(analyst: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_records, "_ACTIVITIES_SHOWN", 3)
    store([new_activity(correlation_id="c-1") for _ in range(4)])
    page = looked_for(analyst, "c-1")
    assert (len(rows(page, WROTE)), "There are more: these are the newest 3." in page) == (3, True)


@pytest.mark.parametrize(
    ("permissions", "status", "sees"),
    [
        ((), 403, False),
        (("view_activity",), 403, False),
        (("view_requestrecord",), 200, False),
        (("view_requestrecord", "view_activity"), 200, True),
    ],
)
def test_each_sees_what_their_permissions_say(permissions: tuple[str, ...], status: int, sees: bool) -> None:
    stored(target_id="t-1", correlation_id="c-1")
    row = record()
    client = signed_in_with(*permissions)
    answer = client.post(REQUESTS, {"look_for": "c-1"})
    assert (answer.status_code, "t-1" in answer.content.decode()) == (status, sees)
    if status == 200 and not sees:
        assert "This account may not see activities." in answer.content.decode()
    assert client.get(f"{REQUESTS}{row.pk}/change/").status_code == status


def test_nobody_changes_a_record(admin_client: Client) -> None:
    row = record()
    refused = [
        admin_client.get(f"{REQUESTS}add/").status_code,
        admin_client.post(f"{REQUESTS}{row.pk}/change/", {"status": "200"}).status_code,
        admin_client.post(f"{REQUESTS}{row.pk}/delete/", {"post": "yes"}).status_code,
    ]
    assert refused == [403, 403, 403]
    assert RequestRecord.objects.values("status").get() == {"status": 503}


def test_as_much_is_asked_of_the_database_for_many_as_for_one(analyst: Client) -> None:
    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            looked_for(analyst, "c-1")
        return [query["sql"] for query in queries.captured_queries]

    store([new_activity(correlation_id="c-1")])
    record(client=ApiClient.objects.create(name="repairs"))
    one = asked()
    store([new_activity(correlation_id="c-1") for _ in range(20)])
    for _ in range(20):
        record(client=ApiClient.objects.get(name="repairs"))
    many = asked()
    assert len(many) == len(one)
    assert not [sql for sql in many if "COUNT(" in sql.upper()]
