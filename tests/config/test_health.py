import os
import shutil
import signal
import time
from collections import namedtuple
from typing import Any

import httpx
import psycopg
import pytest
from django.db import connection
from django.test import Client

from config import health
from config.database_roles import Role
from tests.api_client import CheckedClient
from tests.live.serving import database_url

GOOD = {"status": "ok"}


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    health._migrated.clear()


def refused(response: httpx.Response) -> str:
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json() == {
        "type": "http://localhost/api/docs/problems/unavailable",
        "title": "Not available at the moment",
        "status": 503,
        "detail": response.json()["detail"],
        "instance": "/api/health/ready",
        "correlationId": response.headers["x-correlation-id"],
        "errors": [],
    }
    return str(response.json()["detail"])


def test_alive_needs_no_database() -> None:
    response = CheckedClient().get("/api/health/live")
    assert (response.status_code, response.json()) == (200, GOOD)


@pytest.mark.parametrize("path", ["/api/health/live", "/api/health/live/", "/api/health/ready", "/api/health/ready/"])
def test_any_host_and_http_will_do_and_no_cookie_is_set(db: None, settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get(path, headers={"Host": "10.1.2.3:8000", "Accept": "text/plain", "Authorization": "x"})
    assert (response.status_code, response.json(), response.cookies) == (200, GOOD, {})


def test_other_paths_are_still_for_our_hosts_only() -> None:
    assert Client().get("/api/health", headers={"Host": "10.1.2.3"}).status_code == 400
    assert Client().get("/api/health/live", headers={"Host": "10.1.2.3"}).status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/metrics/"])
def test_metrics_too_are_read_by_the_address_of_a_machine_and_http(db: None, settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT, settings.METRICS_TOKEN = True, "m" * 50
    headers = {"Host": "10.1.2.3:8000", "Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    assert "activity_history_database_up 1.0" in Client().get(path, headers=headers).content.decode()
    assert Client().get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 401
    assert Client().get("/metricsx", headers={"Host": "10.1.2.3:8000"}).status_code == 400


def test_ready_names_a_missing_migration(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrations", lambda: frozenset({("activities", "9999_of_tomorrow")}))
    assert refused(CheckedClient().get("/api/health/ready")) == "A migration is missing: run `manage.py migrate`."


def test_migrations_are_looked_up_until_none_is_missing(db: None, django_assert_num_queries: Any) -> None:
    assert health.no_migration_is_missing()
    with django_assert_num_queries(0):
        assert health.no_migration_is_missing()


def test_ready_names_a_full_disk(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(2**40, 2**40, 100 * 2**20 - 1))
    cure = "The disk of the service is full: free at least 100 MiB."
    assert refused(CheckedClient().get("/api/health/ready")) == cure
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(2**40, 2**40, 100 * 2**20))
    assert CheckedClient().get("/api/health/ready").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_while_idle_is_replaced() -> None:
    assert health.database_answers()
    number = connection.connection.info.backend_pid
    with psycopg.connect(database_url(Role.OWNER), autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    assert health.database_answers()
    assert connection.connection.info.backend_pid != number


@pytest.mark.django_db(transaction=True)
def test_a_database_that_hangs_is_told_within_a_second_or_so() -> None:
    assert health.database_answers()
    number = connection.connection.info.backend_pid
    os.kill(number, signal.SIGSTOP)
    try:
        began = time.monotonic()
        said = refused(CheckedClient().get("/api/health/ready"))
        assert 1 <= time.monotonic() - began < 3
    finally:
        os.kill(number, signal.SIGCONT)
    assert said == "The database does not answer within a second."
    assert CheckedClient().get("/api/health/ready").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone_is_told_without_details(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nonexistent")
    said = refused(CheckedClient().get("/api/health/ready"))
    monkeypatch.undo()
    connection.ensure_connection()
    assert said == "The database does not answer within a second."
