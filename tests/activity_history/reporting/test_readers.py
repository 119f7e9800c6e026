"""What the login of an analyst may do, tried with real connections: read the views, and nothing else."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.errors import InsufficientPrivilege

from activity_history.reporting import readers
from tests.activity_history.reporting.reading import await_served
from tests.activity_history.reporting.test_shape import VIEWS
from tests.connections import execute
from tests.live.serving import database_url
from tests.readers import names_of_ones_own
from tests.stored import stored

pytestmark = pytest.mark.django_db(transaction=True)

Reader = Callable[..., "psycopg.Connection[tuple[Any, ...]]"]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    with names_of_ones_own(monkeypatch) as names:
        yield names


@pytest.fixture
def reader(names: tuple[str, str]) -> Iterator[Reader]:
    """Connects as a login that was made now."""
    name, _ = names
    password = readers.make_reader(name)
    opened = []

    def connect(password: str = password) -> "psycopg.Connection[tuple[Any, ...]]":
        opened.append(session := psycopg.connect(database_url(), user=name, password=password, autocommit=True))
        return session

    yield connect
    for session in opened:
        session.close()


def refused(session: "psycopg.Connection[Any]", commands: list[str]) -> None:
    """Each is a right that is not there, and no other fault."""
    done = []
    for command in commands:
        try:
            session.execute(command.encode())
        except InsufficientPrivilege:
            continue
        done.append(command)
    assert done == []


def relations() -> list[str]:
    """All tables, views and sequences that are not the server's own."""
    own = "'pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace"
    sorts = f"relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relnamespace NOT IN ({own})"
    rows = execute(connection, f"SELECT oid::regclass::text FROM pg_class WHERE {sorts} ORDER BY 1")  # noqa: S608
    return [name for (name,) in rows]


def test_a_reader_reads_every_view_and_nothing_else(reader: Reader) -> None:
    stored(target_type="transaction")
    await_served()
    session = reader()
    for view in VIEWS:
        session.execute(f"TABLE {view}".encode())
    assert session.execute("SELECT count(*) FROM activity_change").fetchone() == (1,)
    others = [name for name in relations() if not name.startswith("reporting.")]
    assert {"activity", "author", "auth_user", "reporting_kind", "daily_count", "activity_for_analysts"} <= {*others}
    # Of statistics that PostgreSQL's own extension keeps, anybody sees only his own.
    ours = [name for name in others if not name.startswith("pg_stat_statements")]
    refused(session, [f"TABLE {name if '.' in name else 'public.' + name}" for name in ours])


def test_a_reader_reads_changes_within_lists_of_members_with_ids(reader: Reader) -> None:
    """By its own search path, in which a function of ours would stand before one of the server's own."""
    document = '{"members": [{"id": 1, "name": "A"}, {"id": 2, "name": "%s"}], "same": [{"id": 1}]}'
    years = b'{"financialYear": 2026, "members": [{"id": 1}]}'
    stored(old_data=(document % "B").encode(), new_data=(document % "C").encode())
    stored(target_type="transaction", type="update", old_data=b'{"members": [{"id": 1}]}', new_data=years)
    await_served()
    session = reader()
    for view in VIEWS:
        session.execute(f"TABLE {view}".encode())
    fields = session.execute("SELECT target_type, field FROM activity_change ORDER BY target_type, field").fetchall()
    assert fields == [("person", "members"), ("transaction", "financialYear")]
    assert session.execute("SELECT financial_year FROM finance_transaction").fetchone() == (2026,)


def test_a_reader_reads_neither_secrets_nor_samples_of_the_server(reader: Reader) -> None:
    stored()
    execute(connection, "ANALYZE activity, author")
    session = reader()
    reading = ["pg_authid", "pg_shadow", "pg_statistic", "pg_largeobject", "pg_hba_file_rules", "pg_file_settings"]
    files = ["SELECT pg_read_file('PG_VERSION')", "SELECT pg_ls_dir('.')", "COPY (SELECT 1) TO PROGRAM 'true'"]
    refused(session, [*(f"TABLE {name}" for name in reading), *files, "COPY (SELECT 1) TO '/copied'"])
    assert session.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_reader_writes_nothing(reader: Reader) -> None:
    stored()
    session = reader()
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        session.execute("CREATE TABLE reporting.mine ()")
    # What it may lift itself is no wall.
    session.execute("SET default_transaction_read_only = off")
    tables = [name if "." in name else f"public.{name}" for name in relations() if not name.endswith("_seq")]
    verbs = ["INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}"]
    refused(session, [verb.format(name) for name in tables if not _is_view(name) for verb in (*verbs, "TRUNCATE {}")])
    # The one view that the server could write through.
    refused(session, ["UPDATE reporting.author SET full_name = 'x'", "DELETE FROM reporting.author"])
    refused(session, [f"SELECT nextval('public.{name}')" for name in relations() if name.endswith("_seq")])


def _is_view(name: str) -> bool:
    return execute(connection, "SELECT relkind = 'v' FROM pg_class WHERE oid = %s::regclass", [name]) == [(True,)]


def test_a_reader_creates_nothing_and_becomes_nobody_else(reader: Reader) -> None:
    session = reader()
    session.execute("SET default_transaction_read_only = off")
    places = ["public.mine", "reporting.mine"]
    create = ["CREATE TABLE {} ()", "CREATE VIEW {} AS SELECT 1", "CREATE SEQUENCE {}"]
    create += ["CREATE FUNCTION {}() RETURNS int LANGUAGE sql RETURN 1", "CREATE TYPE {} AS ENUM ()"]
    refused(session, [each.format(place) for place in places for each in create])
    elsewhere = ["CREATE SCHEMA mine", "CREATE TEMPORARY TABLE mine ()", "CREATE ROLE mine", "CREATE DATABASE mine"]
    more = ["CREATE EXTENSION pg_trgm", "ALTER SYSTEM SET work_mem = '1GB'", "SET ROLE pg_read_all_data"]
    refused(session, [*elsewhere, *more, f"SET ROLE {connection.settings_dict['USER']}"])
    if execute(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(True,)]:
        refused(session, ["SELECT lo_create(0)", "SELECT lo_creat(1)", "SELECT lo_from_bytea(0, 'x')"])


def test_limits_of_a_reader(reader: Reader, names: tuple[str, str]) -> None:
    session = reader()
    wanted = {
        "statement_timeout": "5min",
        "idle_in_transaction_session_timeout": "1min",
        "idle_session_timeout": "1h",
        "lock_timeout": "5s",
        "default_transaction_read_only": "on",
        "TimeZone": "UTC",
        "search_path": "reporting",
    }
    assert {name: session.execute(f"SHOW {name}".encode()).fetchone() for name in wanted} == {
        name: (value,) for name, value in wanted.items()
    }
    limit = "SELECT rolconnlimit, rolcanlogin FROM pg_roles WHERE rolname = %s"
    assert [execute(connection, limit, [name]) for name in names] == [[(5, True)], [(-1, False)]]
    session.execute("SET statement_timeout = '20ms'")
    with pytest.raises(psycopg.errors.QueryCanceled, match="canceling statement due to statement timeout"):
        session.execute("SELECT count(*) FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b")


def test_so_many_connections_and_no_more(names: tuple[str, str]) -> None:
    name, _ = names
    password = readers.make_reader(name, connections=1)
    too_many = pytest.raises(psycopg.OperationalError, match="too many connections for role")
    with psycopg.connect(database_url(), user=name, password=password), too_many:
        psycopg.connect(database_url(), user=name, password=password)


def test_run_again_it_renews_the_password(reader: Reader, names: tuple[str, str]) -> None:
    new = readers.make_reader(names[0])
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        reader()
    assert reader(new).execute("SELECT current_user").fetchone() == (names[0],)


def test_no_statement_holds_the_password(names: tuple[str, str]) -> None:
    with CaptureQueriesContext(connection) as run:
        password = readers.make_reader(names[0])
    assert len(password) == 32
    assert [query["sql"] for query in run if password in query["sql"]] == []
    assert any("SCRAM-SHA-256$" in query["sql"] for query in run)


def test_a_name_that_is_none_is_refused() -> None:
    for name in ("", "Qlik", "1st", "pg_mine", "a b", 'a"b', "a" * 64, "é"):
        with pytest.raises(readers.ReaderRefused, match="1 to 63 of the characters a-z"):
            readers.make_reader(name)


def test_a_role_that_was_made_elsewhere_is_left_alone(names: tuple[str, str]) -> None:
    execute(connection, f"CREATE ROLE {names[0]} LOGIN")
    with pytest.raises(readers.ReaderRefused, match=f"There is a role {names[0]} already"):
        readers.make_reader(names[0])
    assert execute(connection, "SELECT rolname FROM pg_roles WHERE rolname = %s", [names[1]]) == []


def test_who_may_not_make_roles_is_told_the_cure(names: tuple[str, str]) -> None:
    execute(connection, f"CREATE ROLE {names[0]}; SET ROLE {names[0]}")
    try:
        with pytest.raises(readers.ReaderRefused, match="may not make roles"):
            readers.make_reader("reader_of_nobody")
    finally:
        execute(connection, "RESET ROLE")


def test_the_command_prints_the_password_alone(names: tuple[str, str]) -> None:
    out, err = StringIO(), StringIO()
    call_command("create_reporting_user", names[0], "--connections", "2", stdout=out, stderr=err)
    with psycopg.connect(database_url(), user=names[0], password=out.getvalue().strip()) as session:
        assert session.execute("SELECT count(*) FROM activity").fetchone() == (0,)
        host, port, database = session.info.host, session.info.port, session.info.dbname
    assert err.getvalue() == (
        f"It connects to host {host}, port {port}, database {database}.\n"
        f"The password of {names[0]}, which is shown only now:\n"
    )
    assert execute(connection, "SELECT rolconnlimit FROM pg_roles WHERE rolname = %s", [names[0]]) == [(2,)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["Qlik"], "A name has 1 to 63"), (["qlik", "--connections", "0"], "give a whole number from 1 to 100")],
)
def test_the_command_refuses_in_words(arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("create_reporting_user", *arguments)
