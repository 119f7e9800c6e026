"""The roles that read the schema `reporting`: a group with the rights, and a login for each analyst or tool.

Roles belong to the whole cluster, rights to this database. What a role may do stands in its group; limits are settings
of each login, because PostgreSQL takes none from a group.
"""

import re
import secrets
from typing import Any

from django.db import ProgrammingError, connection, transaction
from psycopg import sql

GROUP = "activity_reader"
MOST_CONNECTIONS = 5
# By this a login is known as one that was made here, so that no other role gets a new password.
_MADE_HERE = "Reads the reporting views of Activity History."
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)
# A role can set these anew for itself: they cut off what was not meant, and are no wall.
_SETTINGS = {
    "statement_timeout": "5min",
    "idle_in_transaction_session_timeout": "1min",
    "idle_session_timeout": "1h",
    "lock_timeout": "5s",
    "default_transaction_read_only": "on",
    "timezone": "UTC",
    "search_path": "reporting",
}
_DENIED = "42501"


class ReaderRefused(ValueError):
    """No such login can be made; the text tells the cure."""


def make_reader(name: str, *, connections: int = MOST_CONNECTIONS) -> str:
    """The new password of a login that may read the views, made now or before.

    Raises ReaderRefused.
    """
    if not _NAME.fullmatch(name) or name.startswith("pg_"):
        raise ReaderRefused(
            "A name has 1 to 63 of the characters a-z, 0-9 and _, begins with no digit, and not with pg_."
        )
    password = secrets.token_urlsafe(24)
    try:
        with transaction.atomic():
            _give_rights_to_group()
            _make_login(name, password, connections)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", None) != _DENIED:
            raise
        raise ReaderRefused(
            "This role may not make roles, or give rights to the views: run it with a DATABASE_URL of the owner "
            "of the database, after a superuser has run ALTER ROLE … CREATEROLE for it."
        ) from None
    return password


def place() -> tuple[str, int, str]:
    """Host, port and database; the embedded server's host is the folder of its socket."""
    info = _session().info
    return info.host, info.port, info.dbname


def _give_rights_to_group() -> None:
    group = sql.Identifier(GROUP)
    if not _exists(GROUP):
        _run("CREATE ROLE {} NOLOGIN", group)
    _run("GRANT CONNECT ON DATABASE {} TO {}", _database(), group)
    _run("GRANT USAGE ON SCHEMA reporting TO {}", group)
    _run("GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO {}", group)
    _run("ALTER DEFAULT PRIVILEGES IN SCHEMA reporting GRANT SELECT ON TABLES TO {}", group)
    # What every role may do unless it is taken away, each a way to write; the last belongs to superusers.
    _run("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", _database())
    _run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    if _asked("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        _run("REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC")


def _make_login(name: str, password: str, connections: int) -> None:
    login = sql.Identifier(name)
    if not _exists(name):
        _run("CREATE ROLE {} LOGIN", login)
        _run("COMMENT ON ROLE {} IS {}", login, sql.Literal(_MADE_HERE))
    elif _comment(name) != _MADE_HERE:
        raise ReaderRefused(f"There is a role {name} already, which this command has not made: choose another name.")
    # Made into a verifier here, so that no log of the server holds the password.
    verifier = _session().pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    _run("ALTER ROLE {} PASSWORD {} CONNECTION LIMIT {}", login, sql.Literal(verifier), sql.Literal(connections))
    for setting, value in _SETTINGS.items():
        _run("ALTER ROLE {} SET {} = {}", login, sql.Identifier(setting), sql.Literal(value))
    _run("GRANT {} TO {}", sql.Identifier(GROUP), login)


def _exists(role: str) -> bool:
    return _asked("SELECT true FROM pg_roles WHERE rolname = %s", role) is True


def _comment(role: str) -> Any:
    return _asked("SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %s", role)


def _asked(question: str, *parameters: str) -> Any:
    """The one value of the one row; None where there is no row."""
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        row = cursor.fetchone()
    return row and row[0]


def _database() -> sql.Identifier:
    return sql.Identifier(connection.settings_dict["NAME"])


def _session() -> Any:
    connection.ensure_connection()
    return connection.connection


def _run(command: str, *parts: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(command).format(*parts).as_string(_session()))
