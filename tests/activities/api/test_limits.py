"""What the database ends, because it would hold a worker."""

from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from activities import history, statements
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.refusals import problem, said

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


def _address() -> dict[str, Any]:
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return {name: connection.settings_dict[key] for name, key in names.items() if connection.settings_dict[key]}
