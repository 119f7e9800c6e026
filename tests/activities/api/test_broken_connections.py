"""A connection that the server has ended, as by its restart, is replaced without the caller noticing."""

import os
import select
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from django.db import connection

from activities import history, statements
from activities.models import Activity
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.connections import execute
from tests.shapes import activity
from tests.stored import stored

pytestmark = pytest.mark.django_db(transaction=True)

ID = "57687df6-ef16-5fd7-ab69-5048d09ebe5e"
CALLS: dict[str, Callable[[CheckedClient], httpx.Response]] = {
    "list": lambda api: api.about("t-1"),
    "list of several": lambda api: api.about("t-1", "t-2"),
    "filtered list": lambda api: api.about("t-1", type="update"),
    "feed": lambda api: api.get("/api/v1/activities/feed"),
    "get one": lambda api: api.get(f"/api/v1/activities/{ID}"),
    "create one": lambda api: api.record(activity()),
    "create some": lambda api: api.record([activity(), activity()]),
    "create many": lambda api: api.record([activity() for _ in range(300)]),
    "create by a new author": lambda api: api.record(activity(author={"fullName": "New"})),
}


def end_ours() -> None:
    """Ends the connection of this process, from another one."""
    pid = connection.connection.info.backend_pid
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            # Only the owner may end the connections of others.
            cursor.execute("RESET ROLE")
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()


def cut_ours() -> None:
    """As when the server is killed: it had sent something, a warning mostly, but not that the connection ends."""
    execute(connection, "LISTEN something")
    other = connection.copy()
    execute(other, "NOTIFY something")
    other.close()
    with socket.socket(fileno=os.dup(connection.connection.pgconn.socket)) as line:
        assert select.select([line], [], [], 20)[0]
        line.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def api() -> CheckedClient:
    stored(id=ID, target_id="t-1")
    client = CheckedClient(token(*ALL_SCOPES))
    client.about("t-1")
    client.record(activity())
    return client


@pytest.mark.parametrize("end", [end_ours, cut_ours])
@pytest.mark.parametrize("name", CALLS)
def test_a_connection_that_was_ended_is_replaced(api: CheckedClient, name: str, end: Callable[[], None]) -> None:
    end()
    assert CALLS[name](api).is_success


@pytest.mark.parametrize("statement", ["author_ids", "record_activities"])
def test_one_that_is_ended_within_an_array_is_replaced_and_all_is_stored_once(
    api: CheckedClient, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    execute_as_it_is = statements._execute
    ended: list[str] = []

    def ending(name: str, parameters: Any) -> Any:
        if name == statement and not ended:
            ended.append(name)
            end_ours()
        return execute_as_it_is(name, parameters)

    monkeypatch.setattr(statements, "_execute", ending)
    before = Activity.objects.count()
    response = api.record([activity(author={"fullName": "New"}), activity()])
    assert (response.status_code, ended) == (201, [statement])
    assert Activity.objects.count() == before + 2


def test_a_statement_that_was_interrupted_is_not_taken_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(BaseException):
        pass

    def interrupted(server: object) -> None:
        raise Interrupted

    id = stored(target_id="t-1")
    with monkeypatch.context() as patched:
        patched.setattr(statements, "received", interrupted)
        with pytest.raises(Interrupted):
            statements.run("worked_meanwhile", {"seconds": "1"})
    assert history.by_id(str(id), now=datetime.now(UTC)) is not None
    assert execute(connection, "SELECT 1") == [(1,)]
