"""A call for each caller that a statement's page names, by the very words of the page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Event
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from activities import purge_process, recording
from activities.access import READ, SHARE
from activities.api import authentication
from activities.models import ApiClient, Author
from tests.acting import acting_as
from tests.activities.keeping_rows import write_read
from tests.activity_history.resident_links import made_link, seen, transaction
from tests.api_client import CheckedClient, token
from tests.shapes import activity as body
from tests.stored import let_expire, stored

Call = Callable[[CheckedClient, pytest.MonkeyPatch], object]


def _array(api: CheckedClient, **headers: str) -> object:
    return api.record([body(), body()], **headers)


def _stored_already(api: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> object:
    one = body(id=str(uuid4()))
    return [api.record(one).status_code for _ in range(2)]


def _unknown_author(api: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> object:
    recording.forget_authors()
    return api.record(body())


def _half_a_minute_later(api: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> object:
    api.about("t-1")
    monkeypatch.setattr(authentication, "CLIENT_KNOWN_FOR_SECONDS", 0)
    return api.about("t-1")


def _residents_page(api: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> object:
    transaction("BasicRentNoVAT", chargedAmount=128.44)
    return seen(made_link())


def _purge(api: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    let_expire(stored(), stored())
    write_read(read_at=datetime.now(UTC) - timedelta(days=1000))
    Author.objects.create(full_name="Nobody now", unused_since=datetime.now(UTC) - timedelta(days=2))
    with acting_as("retention"):
        purge_process.purge(batch_size=1, max_seconds=None, stop=Event(), out=StringIO(), bar_on=StringIO())


def _erase(command: str, *arguments: str) -> Call:
    def call(api: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
        stored(target_id="t-1")
        write_read()
        with acting_as("retention"):
            call_command(command, *arguments, reason="Asked for", by="officer", stdout=StringIO(), stderr=StringIO())

    return call


def _as_root() -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("root"))
    return browser


def _share(api: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> object:
    sharing = CheckedClient(token(READ, SHARE))
    return sharing.post("/api/v1/viewer-links", json={"targetIds": ["t-1"], "minutes": 5})


def _by_client(**columns: object) -> Call:
    def call(api: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> object:
        ApiClient.objects.create(name="portal", **columns)
        return CheckedClient(token(READ, client="portal")).about("t-1")

    return call


def _by_staff(path: str) -> Call:
    return lambda api, monkeypatch: _as_root().get(path)


CALLS: dict[str, Call] = {
    "any call of a client with limits": _by_client(requests_per_minute=1),
    "any read of a client that is marked": _by_client(reads_are_recorded=True),
    "GET /history/{targetId}": _by_staff("/history/t-1"),
    "GET /admin/activities/activity/": _by_staff("/admin/activities/activity/"),
    "GET /api/v1/activities with one targetId": lambda api, _: api.about("t-1"),
    "GET /api/v1/activities with several targetId": lambda api, _: api.about("t-1", "t-2"),
    "GET /api/v1/activities with a filter": lambda api, _: api.about("t-1", type="update"),
    "GET /api/v1/activities with a filter that lets nothing through": lambda api, _: api.about("t-1", type="nothing"),
    "GET /api/v1/activityHistory": lambda api, _: api.get("/api/v1/activityHistory", params={"targetId": "t-1"}),
    "GET /api/v1/activities/feed": lambda api, _: api.get("/api/v1/activities/feed"),
    "GET /api/v1/activities/export": lambda api, _: api.get("/api/v1/activities/export", params={"format": "csv"}),
    "GET /api/v1/activities/{id}": lambda api, _: api.get(f"/api/v1/activities/{uuid4()}"),
    "POST /api/v1/activities with one": lambda api, _: api.record(body()),
    "POST /api/v1/activities with an array": lambda api, _: _array(api),
    "POST /api/v1/activities with Prefer: return=representation": lambda api, _: _array(
        api, Prefer="return=representation"
    ),
    "POST /api/v1/activities with an id that is stored already": _stored_already,
    "POST /api/v1/activities by an author whom this worker has not met": _unknown_author,
    "POST /api/v1/viewer-links": _share,
    "any call with a new token": lambda api, _: CheckedClient(token(READ)).about("t-1"),
    "any call with a token that was checked half a minute ago": _half_a_minute_later,
    "GET /my-history/{token}": _residents_page,
    "GET /admin/": _by_staff("/admin/"),
    "manage.py purge_expired_activities": _purge,
    "manage.py erase_target": _erase("erase_target", "t-1"),
    "manage.py erase_author": _erase("erase_author", "a-1"),
}
