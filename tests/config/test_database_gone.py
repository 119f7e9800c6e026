"""A database that is gone, silent or full: 503 within two seconds, on the API and on pages."""

import os
import socket
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import httpx
import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from psycopg import pq
from psycopg.conninfo import make_conninfo

from config.database import django_database, limit_statements
from config.database_roles import Role
from tests.acting import acting_as
from tests.activity_history.resident_links import made_link, path_of, visit
from tests.activity_history.staff import BROWSER
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.connections import execute
from tests.live.serving import database_url, free_port
from tests.refusals import problem, said
from tests.shapes import activity
from tests.stored import stored

pytestmark = pytest.mark.django_db(transaction=True)

UNREACHABLE = "The database cannot be reached: send the same request again in a moment."
WITHIN_SECONDS = 2


@pytest.fixture
def api() -> CheckedClient:
    stored(target_id="t-1")
    client = CheckedClient(token(*ALL_SCOPES))
    client.about("t-1")
    return client


@pytest.fixture
def connects_to(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Other settings of the database, for the next connection until the test's end."""

    def change(**settings: Any) -> None:
        connection.close()
        for name, value in settings.items():
            monkeypatch.setitem(connection.settings_dict, name, value)

    yield change
    connection.close()


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def within_time(ask: Callable[[], httpx.Response]) -> httpx.Response:
    began = monotonic()
    response = ask()
    assert monotonic() - began < WITHIN_SECONDS
    return response


def refused(response: httpx.Response, detail: str) -> None:
    assert said(response) == problem("unavailable", detail, instance=response.request.url.path)
    assert response.headers["retry-after"] == "5"


def test_one_that_refuses_connections(api: CheckedClient, connects_to: Callable[..., None]) -> None:
    connects_to(HOST="127.0.0.1", PORT=str(free_port()))
    for ask in (lambda: api.about("t-1"), lambda: api.about("t-1", type="end"), lambda: api.record(activity())):
        refused(within_time(ask), UNREACHABLE)


@pytest.mark.parametrize("ask", ["list", "write"])
def test_one_that_accepts_and_says_nothing(
    api: CheckedClient, connects_to: Callable[..., None], silent: int, ask: str
) -> None:
    connects_to(HOST="127.0.0.1", PORT=str(silent))
    asked: dict[str, Callable[[], httpx.Response]] = {
        "list": lambda: api.about("t-1"),
        "write": lambda: api.record(activity()),
    }
    refused(within_time(asked[ask]), UNREACHABLE)


def test_pages_say_so_too(connects_to: Callable[..., None], silent: int) -> None:
    link = path_of(made_link())
    browser = Client(headers={"Accept": BROWSER}, raise_request_exception=False)
    browser.force_login(User.objects.create_superuser("officer"))
    connects_to(HOST="127.0.0.1", PORT=str(silent))
    began = monotonic()
    page = browser.get("/history/t-1")
    assert monotonic() - began < WITHIN_SECONDS
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    page_of_link = within_time(lambda: visit(link))
    assert (page_of_link.status_code, page_of_link.headers["retry-after"]) == (503, "5")


@pytest.fixture
def role_of_one_connection() -> Iterator[str]:
    with psycopg.connect(database_url(Role.OWNER), autocommit=True) as own:
        name = f"few_{own.info.dbname}"
        own.execute(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'few' CONNECTION LIMIT 1")
        yield name
        own.execute(f'DROP ROLE "{name}"')


def test_one_with_too_many_connections(
    role_of_one_connection: str, api: CheckedClient, connects_to: Callable[..., None]
) -> None:
    with psycopg.connect(database_url(), user=role_of_one_connection, password="few"):
        connects_to(USER=role_of_one_connection, PASSWORD="few")
        refused(within_time(lambda: api.about("t-1")), UNREACHABLE)


def test_one_that_takes_no_writes_is_still_read(api: CheckedClient, connects_to: Callable[..., None]) -> None:
    options = connection.settings_dict["OPTIONS"]
    connects_to(OPTIONS={**options, "options": f"{options['options']} -c default_transaction_read_only=on"})
    assert api.about("t-1").status_code == 200
    detail = "The database takes no writes at the moment. Send the same request again, it is safe to repeat."
    for body in (activity(), [activity() for _ in range(3)], activity(author={"fullName": "New"})):
        refused(within_time(lambda body=body: api.record(body)), detail)  # type: ignore[misc]


@pytest.fixture
def storing_fails() -> Iterator[Callable[[str], None]]:
    """Whoever stores an activity gets an error of this SQLSTATE, from the server itself."""

    def begin(sqlstate: str) -> None:
        execute(
            connection,
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END$$",
        )
        execute(connection, "CREATE TRIGGER fails BEFORE INSERT ON activity FOR EACH ROW EXECUTE FUNCTION fail()")

    yield acting_as("owner")(begin)
    with acting_as("owner"):
        execute(connection, "DROP FUNCTION fail() CASCADE")


@pytest.mark.parametrize(
    ("sqlstate", "sentence"),
    [
        ("53100", "The database has no room left."),
        ("53300", "The database has no connection free."),
        ("53200", None),
        ("57P01", None),
        ("57P02", None),
        ("57P03", None),
        ("58030", None),
    ],
)
def test_one_that_is_full_or_shuts_down(
    api: CheckedClient,
    storing_fails: Callable[[str], None],
    sqlstate: str,
    sentence: str | None,
) -> None:
    storing_fails(sqlstate)
    detail = f"{sentence} Send the same request again, it is safe to repeat." if sentence else UNREACHABLE
    for body in (activity(), [activity() for _ in range(3)]):
        refused(within_time(lambda body=body: api.record(body)), detail)  # type: ignore[misc]
    assert api.about("t-1").status_code == 200


def test_a_connection_whose_machine_has_gone_is_given_up_by_the_system(silent: int) -> None:
    database = django_database("DATABASE_URL", f"postgresql://ruta@127.0.0.1:{silent}/history?keepalives_idle=7")
    limit_statements(database)
    connecting = pq.PGconn.connect_start(make_conninfo(host="127.0.0.1", port=silent, **database["OPTIONS"]).encode())
    with socket.socket(fileno=os.dup(connecting.socket)) as ours:
        names = (socket.TCP_USER_TIMEOUT, socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        # What the address says wins.
        assert [ours.getsockopt(socket.IPPROTO_TCP, name) for name in names] == [1000, 7, 1, 2]
    connecting.finish()


def test_work_that_is_held_up_is_ended_on_pages_too(open_connection: Any) -> None:
    stored(target_id="t-1")
    link = path_of(made_link("t-1"))
    browser = Client(headers={"Accept": BROWSER}, raise_request_exception=False)
    browser.force_login(User.objects.create_superuser("officer"))
    execute(connection, "SET lock_timeout = '50ms'")
    try:
        with acting_as("owner"):
            execute(open_connection(), "LOCK TABLE activity IN ACCESS EXCLUSIVE MODE")
        pages = [browser.get(path) for path in ("/history/t-1", "/admin/activities/activity/")]
        answers = [(page.status_code, page.headers["retry-after"]) for page in pages]
        of_link = visit(link)
    finally:
        connection.close()
    assert [*answers, (of_link.status_code, of_link.headers["retry-after"])] == [(503, "5")] * 3


def test_several_hosts_are_given_libpqs_own_time_each() -> None:
    """The first may be the one that has gone."""
    several = django_database("DATABASE_URL", "postgresql://ruta@one.example,two.example/history")
    limit_statements(several)
    one = django_database("DATABASE_URL", "postgresql://ruta@one.example/history")
    limit_statements(one)
    assert [several.get("CONNECTS_WITHIN"), one.get("CONNECTS_WITHIN")] == [None, 1.5]
