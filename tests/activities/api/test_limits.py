"""What the database ends, because it would hold a worker."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from activities import history, statements
from config.database import django_database, limit_statements
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.refusals import PATH, problem, said
from tests.shapes import activity
from tests.stored import stored

MANY = {"target_ids": [f"t-{number}" for number in range(history.MAX_TARGETS + 1)]}


@pytest.mark.parametrize(
    ("claims", "parameters"),
    [
        ({}, {}),
        ({}, {"type": "end"}),
        ({}, {"targetId": "t-1", "type": "end"}),
        (MANY, {}),
        (MANY, {"type": "end"}),
    ],
)
def test_read_that_takes_too_long(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any], parameters: dict[str, str]
) -> None:
    assert statements.LONGEST_READ_MS == 2_000
    monkeypatch.setattr(statements, "LONGEST_READ_MS", 50)
    api = CheckedClient(token(*ALL_SCOPES, **claims))
    with psycopg.connect(make_conninfo(**_address())) as other:
        other.execute("LOCK TABLE activity IN ACCESS EXCLUSIVE MODE")
        response = api.get("/api/v1/activities", params=parameters)
    detail = "The read took more than 2 seconds: name a target, or a shorter window of dates."
    assert said(response) == problem("too-broad", detail)
    assert response.headers["retry-after"] == "1"
    assert api.get("/api/v1/activities").status_code == 200


@pytest.fixture
def other(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """Another program's connection. What is changed on ours ends with the test."""
    with psycopg.connect(make_conninfo(**_address())) as other:
        yield other
        other.rollback()
    connection.close()


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [("lock_timeout", "Other work held a lock for too long."), ("statement_timeout", "The database took too long.")],
)
@pytest.mark.parametrize("table", ["activity", "author", "api_client"])
def test_lock_that_is_held_too_long(other: psycopg.Connection[Any], limit: str, sentence: str, table: str) -> None:
    api = CheckedClient(token(*ALL_SCOPES))
    id = stored(target_id="t-1")
    with connection.cursor() as cursor:
        cursor.execute(f"SET {limit} = '50ms'")
    other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    body = activity(author={"fullName": "Ruta Haile"})
    for response in (api.record(body), api.record([body, body]), api.about("t-1"), api.get(f"{PATH}/{id}")):
        instance = response.request.url.path
        detail = f"{sentence} Send the same request again, it is safe to repeat."
        assert said(response) == problem("unavailable", detail, instance=instance)
        assert response.headers["retry-after"] == "5"
    other.rollback()
    assert api.record(body).status_code == 201


def limits(address: dict[str, Any]) -> list[str]:
    with psycopg.connect(make_conninfo(**address)) as connected:
        names = ("statement_timeout", "lock_timeout", "plan_cache_mode", "default_transaction_isolation")
        return [connected.execute(f"SHOW {name}").fetchall()[0][0] for name in names]


def test_application_that_serves_limits_its_statements() -> None:
    assert limits({**_address(), "options": connection.settings_dict["OPTIONS"]["options"]}) == [
        "10s",
        "3s",
        "force_generic_plan",
        "read committed",
    ]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("", ["10s", "3s"]),
        ("-c statement_timeout=30s", ["30s", "3s"]),
        ("-c lock_timeout=5s --statement-timeout=0", ["0", "5s"]),
    ],
)
def test_options_of_the_address_win(own: str, expected: list[str]) -> None:
    database = django_database("DATABASE_URL", f"postgresql://ruta@db.example/history?options={quote(own)}")
    limit_statements(database)
    assert limits({**_address(), "options": database["OPTIONS"]["options"]}) == [
        *expected,
        "force_generic_plan",
        "read committed",
    ]


def _address() -> dict[str, Any]:
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return {name: connection.settings_dict[key] for name, key in names.items() if connection.settings_dict[key]}
