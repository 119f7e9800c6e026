"""Pytest plug-in: the tests' own PostgreSQL, started once for all processes of a run.

DATABASE_URL, when set, is used instead: its role owns the tests' databases, and makes two others that get rights in
them as the service's have. Loaded by `-p` in pyproject.toml and not from a conftest.py, because pytest-django reads the
settings, and with them the database's address, before any conftest.py.
"""

import hashlib
import os
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from activities import database_roles
from config.database import act_as
from config.database_roles import Role
from config.embedded_postgres import EmbeddedPostgres, PostgresInUse
from config.local_files import LocalFilesUnusable
from config.postgres_binaries import PostgresUnavailable

_RUNS_AT_ONCE = 8
_started = pytest.StashKey[EmbeddedPostgres]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    act_as(Role.OWNER)
    # It follows another database than the tests'; those of the replica make their own.
    os.environ.pop("DATABASE_REPLICA_URL", None)
    # The workers of a run inherit the addresses from its controller.
    if url := os.environ.get("DATABASE_URL", "").strip():
        if not os.environ.get("DATABASE_OWNER_URL"):
            os.environ.update(_made_by(url))
    else:
        try:
            server = _start()
        except (PostgresUnavailable, LocalFilesUnusable) as error:
            raise pytest.UsageError(str(error)) from None
        early_config.stash[_started] = server
        early_config.add_cleanup(server.stop)
        os.environ.update({role: server.url(role) for role in Role})
    return (yield)


def _made_by(owner_url: str) -> dict[str, str]:
    """Roles for tests, whose passwords follow from the address, so that two runs at once make the same."""
    parts = conninfo_to_dict(owner_url)
    addresses = {Role.OWNER.value: owner_url}
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for role in (Role.APPLICATION, Role.RETENTION):
            user = f"activity_history_tests_{role.name.lower()}"
            password = hashlib.sha256(f"{role} {owner_url}".encode()).hexdigest()
            database_roles.make(connection, user, password)
            # So that the tests can step into it.
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(user)))
            place = {"host": parts.get("host"), "port": parts.get("port")}
            query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in place.items() if value)
            addresses[role] = f"postgresql://{user}:{password}@/{parts['dbname']}?{query}"
        database_roles.let_see_others_work(connection, f"activity_history_tests_{Role.RETENTION.name.lower()}")
    return addresses


def _start() -> EmbeddedPostgres:
    """One server a run, so that two runs in one clone do not drop each other's databases."""
    for number in range(1, _RUNS_AT_ONCE):
        server = EmbeddedPostgres(f"test-postgres-{number}", durable=False)
        try:
            server.start(patience=0)
        except PostgresInUse:
            continue
        return server
    server = EmbeddedPostgres(f"test-postgres-{_RUNS_AT_ONCE}", durable=False)
    server.start()
    return server
