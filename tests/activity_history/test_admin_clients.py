"""API clients in the admin: made, limited, given tokens that are shown once, revoked with effect."""

import re
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client

from activities.access import READ, WRITE
from activities.api import authentication, hot_path
from activities.models import ApiClient
from tests.activity_history.admin_pages import address, errors, facts, page_of, rows, said, signed_in_with
from tests.api_client import CheckedClient
from tests.connections import leave_connection_open
from tests.shapes import activity

pytestmark = pytest.mark.django_db

LIST = "/admin/activities/apiclient/"
REFUSED = "The token's client is revoked or unknown: ask whoever runs the service."
GRANT = {"scopes": [WRITE, READ], "audience": "staff", "target_ids": "", "source_domains": "", "days": "30"}


@pytest.fixture
def administrator() -> Client:
    return signed_in_with("view_apiclient", "add_apiclient", "change_apiclient")


@pytest.fixture
def repairs() -> ApiClient:
    return ApiClient.objects.create(name="repairs")


def to(client: ApiClient, action: str) -> str:
    return address(ApiClient, action, client.pk)


def of_api(answer: Any) -> CheckedClient:
    """A client of the API with the token that the answer shows."""
    leave_connection_open()
    return CheckedClient(token_in(answer))


def told(administrator: Client, url: str, data: dict[str, Any] | None = None) -> list[str]:
    """What the page says that a POST leads to."""
    messages = said(administrator.post(url, data, follow=True))
    leave_connection_open()
    return messages


def token_in(answer: Any) -> str:
    assert answer.status_code == 200
    found = re.findall(r'<textarea id="token"[^>]*>([^<]+)</textarea>', answer.content.decode())
    assert len(found) == 1
    return str(found[0])


def test_a_client_is_made_with_its_limits_and_keeps_its_name(administrator: Client) -> None:
    made = {"name": "repairs", "requests_per_minute": "60", "activities_per_minute": "5000"}
    assert administrator.post(f"{LIST}add/", made).status_code == 302
    client = ApiClient.objects.get()
    assert (client.name, client.requests_per_minute, client.activities_per_minute) == ("repairs", 60, 5000)
    changed = {"name": "other", "requests_per_minute": "", "activities_per_minute": "7"}
    assert administrator.post(to(client, "change"), changed).status_code == 302
    client.refresh_from_db()
    assert (client.name, client.requests_per_minute, client.activities_per_minute) == ("repairs", None, 7)
    assert [row[:4] for row in rows(page_of(administrator, LIST))] == [["repairs", "in use", "not set", "7"]]


@pytest.mark.parametrize("limit", ["0", "-1", "x", "2147483648"])
def test_a_limit_that_lets_nothing_through_is_refused(administrator: Client, limit: str) -> None:
    answer = administrator.post(f"{LIST}add/", {"name": "repairs", "requests_per_minute": limit})
    assert [*errors(answer)] == ["requests_per_minute"]
    assert not ApiClient.objects.exists()


def test_a_token_of_the_admin_lets_its_client_in_until_it_is_revoked(
    administrator: Client, repairs: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen by a worker that remembers the token, and notices within a minute."""
    api = of_api(administrator.post(to(repairs, "token"), GRANT))
    assert api.record(activity(targetId="t-1")).status_code == 201
    assert api.about("t-1").status_code == 200
    assert told(administrator, to(repairs, "revoke")) == ["Revoked, with effect within a minute."]
    assert api.about("t-1").status_code == 200
    for way in (hot_path, authentication):
        monkeypatch.setattr(way, "time", lambda: time() + 59)
    refused = api.about("t-1")
    assert (refused.status_code, refused.json()["detail"]) == (401, REFUSED)
    assert told(administrator, to(repairs, "restore")) == ["Restored."]
    assert api.about("t-1").status_code == 200


def test_a_token_is_restricted_as_was_chosen(administrator: Client, repairs: ApiClient) -> None:
    chosen = {"scopes": [WRITE, READ], "target_ids": "t-1\r\n\r\nt 2\r\n", "source_domains": "Repairs", "days": "1"}
    api = of_api(administrator.post(to(repairs, "token"), GRANT | chosen))
    assert api.record(activity(targetId="t-1", sourceDomain="Finance")).status_code == 403
    assert api.record(activity(targetId="t 2", sourceDomain="Repairs")).status_code == 201
    assert len(api.about("t 2").json()["results"]) == 1
    assert api.about("t-3").status_code == 404


def test_a_token_is_shown_once_and_kept_nowhere(administrator: Client, repairs: ApiClient) -> None:
    assert "<textarea id=" not in page_of(administrator, to(repairs, "token")).replace('id="id_', "")
    answer = administrator.post(to(repairs, "token"), GRANT)
    token = token_in(answer)
    assert {"no-store", "private"} <= {*answer.headers["cache-control"].split(", ")}
    assert "set-cookie" not in answer.headers
    assert token not in str(answer.request)
    kept = [*LogEntry.objects.values_list(), *ApiClient.objects.values_list(), *Session.objects.values_list()]
    for part in token.split("."):
        assert part not in repr(kept)
    [entry] = LogEntry.objects.all()
    assert re.fullmatch(
        r"Issued token [0-9a-f-]{36} for activities:write, activities:read until \d{4}-\d\d-\d\d [\d:]{8} UTC\.",
        entry.get_change_message(),
    )
    assert token not in page_of(administrator, to(repairs, "change")) + page_of(administrator, to(repairs, "history"))


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"scopes": []}, {"scopes": ["Choose at least one."]}),
        ({"audience": "resident"}, {"target_ids": ["A resident's token names its targets."]}),
        ({"days": "0"}, {"days": ["Ensure this value is greater than or equal to 1."]}),
        ({"days": "3651"}, {"days": ["Ensure this value is less than or equal to 3650."]}),
        (
            {"target_ids": "t-1\nt\t2"},
            {"target_ids": ["Entry 2 is longer than 255 letters or has control characters: copy it again."]},
        ),
        (
            {"source_domains": "x" * 65},
            {"source_domains": ["Entry 1 is longer than 64 letters or has control characters: copy it again."]},
        ),
    ],
)
def test_a_token_that_cannot_be_is_refused_with_the_cure(
    administrator: Client, repairs: ApiClient, given: dict[str, Any], faults: dict[str, list[str]]
) -> None:
    answer = administrator.post(to(repairs, "token"), GRANT | given)
    assert dict(answer.context["form"].errors) == faults
    assert 'id="token"' not in answer.content.decode()
    assert not LogEntry.objects.exists()


def test_revoking_asks_first_and_says_what_it_does(administrator: Client, repairs: ApiClient) -> None:
    page = page_of(administrator, to(repairs, "revoke"))
    assert ("Client", "repairs") in facts(page)
    assert "Within a minute none of its tokens lets anybody in." in page
    repairs.refresh_from_db()
    assert repairs.revoked_at is None


def test_a_revoked_client_gets_no_token_and_keeps_the_moment(administrator: Client, repairs: ApiClient) -> None:
    moment = datetime.now(UTC) - timedelta(days=1)
    ApiClient.objects.update(revoked_at=moment)
    assert told(administrator, to(repairs, "token"), GRANT) == ["It is revoked: restore it first."]
    assert told(administrator, to(repairs, "revoke")) == ["It was revoked before."]
    assert ApiClient.objects.get().revoked_at == moment
    assert not LogEntry.objects.exists()


def test_who_may_only_view_clients_neither_changes_them_nor_gets_tokens(repairs: ApiClient) -> None:
    viewer = signed_in_with("view_apiclient")
    page = page_of(viewer, to(repairs, "change"))
    assert [action for action in ("token", "revoke", "restore") if to(repairs, action) in page] == []
    for action in ("token", "revoke", "restore"):
        assert viewer.get(to(repairs, action)).status_code == 403
        assert viewer.post(to(repairs, action), GRANT).status_code == 403
    repairs.refresh_from_db()
    assert repairs.revoked_at is None


def test_nobody_deletes_a_client(admin_client: Client, repairs: ApiClient) -> None:
    assert admin_client.post(to(repairs, "delete"), {"post": "yes"}).status_code == 403
    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": [str(repairs.pk)], "post": "yes"})
    assert ApiClient.objects.exists()


@pytest.mark.parametrize("action", ["token", "revoke", "restore"])
def test_a_client_that_is_none_is_not_found(administrator: Client, action: str) -> None:
    assert administrator.get(f"{LIST}4711/{action}/").status_code == 404
