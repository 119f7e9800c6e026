"""Pytest plug-in: the tests' own PostgreSQL, started once for all processes of a run.

DATABASE_URL, when set, is used instead. Loaded by `-p` in pyproject.toml and not from a conftest.py, because
pytest-django reads the settings, and with them the database's address, before any conftest.py.
"""

import os
from collections.abc import Iterator

import pytest

from config.embedded_postgres import EmbeddedPostgres, PostgresInUse
from config.local_files import LocalFilesUnusable
from config.postgres_binaries import PostgresUnavailable

_RUNS_AT_ONCE = 8
_started = pytest.StashKey[EmbeddedPostgres]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    # It follows another database than the tests'; those of the replica make their own.
    os.environ.pop("DATABASE_REPLICA_URL", None)
    # The workers of a run inherit DATABASE_URL from its controller.
    if not os.environ.get("DATABASE_URL", "").strip():
        try:
            server = _start()
        except (PostgresUnavailable, LocalFilesUnusable) as error:
            raise pytest.UsageError(str(error)) from None
        early_config.stash[_started] = server
        early_config.add_cleanup(server.stop)
        os.environ["DATABASE_URL"] = server.url()
    return (yield)


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
