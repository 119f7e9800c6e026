import re
from uuid import UUID

import pytest

from activities.models import Activity
from tests.api_client import CheckedClient
from tests.shapes import activity
from tests.stored import stored

TIMING = re.compile(r'db;dur=[0-9]+(\.[0-9]{1,2})?;desc="[a-z_]+"(, db;dur=[0-9]+(\.[0-9]{1,2})?;desc="[a-z_]+")*')
NO_STATEMENT = 'db;dur=0;desc="none"'
EVERYWHERE = [
    "/",
    "/admin/login/",
    "/api/docs",
    "/api/docs/problems",
    "/api/nowhere",
    "/api/schema",
    "/api/v1/activities",
    "/api/v1/activities?targetId=t-1",
    "/api/v1/activities?colour=red",
    "/api/v1/activities/57687df6-ef16-5fd7-ab69-5048d09ebe5e",
    "/api/v1/activityhistory",
    "/nowhere",
]


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT"])
def test_every_answer_has_its_headers(api: CheckedClient, path: str, method: str) -> None:
    response = api.request(method, path, headers={"x-correlation-id": "c-1"})
    assert response.headers["x-correlation-id"] == "c-1"
    assert TIMING.fullmatch(response.headers["server-timing"])
    assert "no-store" in response.headers["cache-control"]
    assert "private" in response.headers["cache-control"]
    assert response.headers["content-length"].isdigit()
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_caller_without_a_token_gets_them_too() -> None:
    response = CheckedClient().get("/api/v1/activities", headers={"x-correlation-id": "c-1"})
    assert response.status_code == 401
    assert response.headers["x-correlation-id"] == response.json()["correlationId"] == "c-1"
    assert response.headers["server-timing"] == NO_STATEMENT
    assert response.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("given", ["c", "c" * 128, '"quoted", {with} ~all~ kinds'])
def test_correlation_id_of_the_request_is_taken(api: CheckedClient, given: str) -> None:
    response = api.record(activity(), x_correlation_id=given)
    assert response.headers["x-correlation-id"] == given
    assert response.json()["correlationId"] == given
    assert Activity.objects.get().correlation_id == given


@pytest.mark.parametrize("given", ["", "c" * 129, "tab\there", "\x7f"])
def test_correlation_id_that_cannot_be_is_replaced(api: CheckedClient, given: str) -> None:
    response = api.record(activity(), x_correlation_id=given)
    made = response.headers["x-correlation-id"]
    assert UUID(made).version == 4
    assert response.json()["correlationId"] == made


def test_correlation_id_is_made_anew_for_each_request(api: CheckedClient) -> None:
    made = {api.get("/api/v1/activities").headers["x-correlation-id"] for _ in range(3)}
    assert len(made) == 3
    assert {UUID(id).version for id in made} == {4}


def test_members_own_correlation_id_goes_before_that_of_the_request(api: CheckedClient) -> None:
    response = api.record(activity(correlationId="of the event"), x_correlation_id="c-1")
    assert response.headers["x-correlation-id"] == "c-1"
    assert response.json()["correlationId"] == "of the event"


def test_timing_names_each_statement_in_order(api: CheckedClient) -> None:
    stored(target_id="t-1")
    response = api.about("t-1", type="end")
    names = re.findall('desc="([a-z_]+)"', response.headers["server-timing"])
    assert names == ["activities_narrowed", "target_has_activities"]


def test_api_sets_no_cookie_and_redirects_nowhere(api: CheckedClient) -> None:
    for path in EVERYWHERE:
        response = api.get(path)
        assert not response.is_redirect
        if path.startswith("/api"):
            assert "set-cookie" not in response.headers
