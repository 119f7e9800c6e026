"""The short way answers as Django's does: each request here goes both ways."""

import json
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from activities.access import READ, SEARCH, WRITE
from activities.api import hot_path
from activities.models import Activity
from config.wsgi import application
from tests.acting import acting_as
from tests.api_client import ALL_SCOPES, token
from tests.shapes import activity
from tests.stored import let_expire, stored

pytestmark = pytest.mark.django_db

ORIGIN = "https://repairs.council.example"
ID = "57687df6-ef16-5fd7-ab69-5048d09ebe5e"
# What differs from one request to the next, or that only Django's way tells: DRF's list of methods.
PASSING = ("server-timing", "allow", "x-correlation-id")


class Ways:
    """The application that serves, and Django's part of it alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.short = 0

    def ask(self, method: str, path: str, *, hot: bool, headers: dict[str, str], **request: Any) -> httpx.Response:
        transport = httpx.WSGITransport(app=application, raise_app_exceptions=True)
        with (
            self.monkeypatch.context() as patch,
            httpx.Client(transport=transport, base_url="http://localhost") as client,
        ):
            answered = hot_path._answered

            def counted(environ: dict[str, Any], start_response: Any) -> Any:
                found = answered(environ, start_response) if hot else None
                self.short += found is not None
                return found

            patch.setattr(hot_path, "_answered", counted)
            return client.request(method, path, headers={"x-correlation-id": "c-1", **headers}, **request)

    def both(self, method: str, path: str, bearer: str, **request: Any) -> tuple[httpx.Response, httpx.Response]:
        headers = {"Authorization": f"Bearer {bearer}", **request.pop("headers", {})}
        return (
            self.ask(method, path, hot=True, headers=headers, **request),
            self.ask(method, path, hot=False, headers=headers, **request),
        )


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Ways:
    return Ways(monkeypatch)


def shown(response: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: value for name, value in response.headers.items() if name not in PASSING}
    return response.status_code, response.content, headers


READS = [
    "/api/v1/activities?targetId=t-1",
    "/api/v1/activities/?TARGETID=t-1&pageSize=1",
    "/api/v1/activities?targetId=t-1&targetId=t-2&include=changes",
    "/api/v1/activities?targetId=t-1&type=update&occurredFrom=2026-01-01",
    "/api/v1/activities?type=update",
    "/api/v1/activities?targetId=nobody",
    "/api/v1/activities?targetId=%ff",
    "/api/v1/activities?pageSize=0&colour=red",
    f"/api/v1/activities/{ID}",
    f"/api/v1/activities/{ID.upper()}/",
    f"/api/v1/activities/{ID.replace('-', 'f')}",
    "/api/v1/activities/00000000-0000-0000-0000-000000000000",
    "/api/v1/activityhistory?targetId=t-1&pageSize=1&unknown=1",
    "/api/v1/activityHistory/?targetId=nobody",
    "/api/v1/activityhistory",
]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    "headers", [{}, {"Origin": ORIGIN}, {"Origin": "https://evil.example"}, {"Accept": "text/html"}]
)
def test_reads_are_answered_alike(ways: Ways, settings: Settings, path: str, headers: dict[str, str]) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    for id in (ID, None):
        stored(target_id="t-1", **({"id": ID} if id else {}))
    short, long = ways.both("GET", path, token(*ALL_SCOPES), headers=headers)
    assert shown(short) == shown(long)
    assert short.headers["x-correlation-id"] == long.headers["x-correlation-id"] == "c-1"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (activity(id=ID), {}),
        ([activity(id=ID), activity(id=ID)], {}),
        ([activity(id=ID), {"type": 7}], {"Prefer": "handling=lenient"}),
        ([activity(id=ID)], {"Prefer": "return=representation"}),
        (activity(id=ID), {"Prefer": "return=minimal"}),
        (activity(id=ID), {"Idempotency-Key": "\x7f"}),
        ({}, {}),
        ([], {}),
    ],
)
def test_writes_are_answered_alike(ways: Ways, body: Any, headers: dict[str, str]) -> None:
    stored(id=ID)
    short, long = ways.both("POST", "/api/v1/activities", token(*ALL_SCOPES), json=body, headers=headers)
    assert shown(short) == shown(long)


def test_a_new_one_is_answered_alike(ways: Ways) -> None:
    answers = []
    body = activity(id=ID)
    for hot in (True, False):
        headers = {"Authorization": f"Bearer {token(*ALL_SCOPES)}"}
        response = ways.ask("POST", "/api/v1/activityhistory", hot=hot, headers=headers, json=body)
        answers.append((response.status_code, response.headers["location"], response.json() | {"recordedAt": None}))
        with acting_as("retention"):
            Activity.objects.all().delete()
    assert answers[0] == answers[1]
    assert ways.short == 1


@pytest.mark.parametrize("scopes", [(), (READ,), (WRITE,), (SEARCH,)])
@pytest.mark.parametrize("claims", [{}, {"target_ids": ["t-1"]}, {"source_domains": []}, {"audience": "resident"}])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/v1/activities?targetId=t-1"), ("GET", f"/api/v1/activities/{ID}"), ("POST", "/api/v1/activities")],
)
def test_whoever_asks_is_judged_alike(
    ways: Ways, scopes: tuple[str, ...], claims: dict[str, Any], method: str, path: str
) -> None:
    stored(id=ID, target_id="t-1")
    bearer = token(*scopes, **claims)
    short, long = ways.both(method, path, bearer, **({"json": {}} if method == "POST" else {}))
    assert shown(short) == shown(long)


def test_the_usual_calls_take_the_short_way(ways: Ways) -> None:
    stored(id=ID, target_id="t-1")
    for number, path in enumerate(["/api/v1/activities?targetId=t-1", f"/api/v1/activities/{ID}"], 1):
        ways.both("GET", path, token(*ALL_SCOPES), headers={"Accept": "application/json, text/plain, */*"})
        assert ways.short == number


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"Authorization": "Basic abc"}),
        ("GET", {"Authorization": "Bearer abc"}),
        ("GET", {"Host": "evil.example"}),
        ("GET", {"Accept": "text/html"}),
        ("HEAD", {}),
        ("PUT", {}),
        ("OPTIONS", {}),
    ],
)
def test_the_unusual_goes_the_long_way(ways: Ways, method: str, headers: dict[str, str]) -> None:
    ways.both(method, "/api/v1/activities?targetId=t-1", token(*ALL_SCOPES), headers=headers)
    assert ways.short == 0


def test_an_expired_record_is_gone_by_both_ways(ways: Ways) -> None:
    let_expire(stored(id=ID, target_id="t-1"))
    for path in (f"/api/v1/activities/{ID}", "/api/v1/activities?targetId=t-1"):
        assert [response.status_code for response in ways.both("GET", path, token(*ALL_SCOPES))] == [404, 404]


@pytest.mark.parametrize("name", ["Origin", "Accept", "X-Forwarded-Proto"])
def test_what_is_too_long_to_remember_goes_the_long_way(ways: Ways, name: str) -> None:
    long = f"application/json;{'x' * 400}" if name == "Accept" else "x" * 400
    ways.both("GET", "/api/v1/activities?targetId=t-1", token(*ALL_SCOPES), headers={name: long})
    assert ways.short == 0


@pytest.mark.parametrize("host", ["10.1.2.3", "a b", ""])
def test_behind_https_a_foreign_host_is_refused_as_ever(ways: Ways, settings: Settings, host: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    short, long = ways.both("GET", "/api/v1/activities?targetId=t-1", token(*ALL_SCOPES), headers={"Host": host})
    assert (short.status_code, ways.short) == (400, 0)
    assert shown(short) == shown(long)


def test_a_body_that_ends_before_its_length_is_refused(ways: Ways) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": "5000"}
    body = json.dumps(activity()).encode()
    for response in ways.both("POST", "/api/v1/activities", token(*ALL_SCOPES), headers=headers, content=body):
        assert response.json()["detail"] == "The body ended before its Content-Length: send it whole."
    assert Activity.objects.count() == 0
