"""As whom a test speaks to the database: as the application, as a worker does, unless it says otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created

_USES = {"db", "transactional_db", "django_db_reset_sequences", "api"}


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """`owner`, `application` or `retention`, also on connections that are opened meanwhile."""
    before = _role[-1]
    _role.append(role)
    _step_into(connection, role)
    try:
        yield
    finally:
        _role.pop()
        # Undone by the end of a transaction that is broken.
        if not connection.needs_rollback:
            _step_into(connection, before)


# The innermost last. For all threads: what a test starts acts as the test does.
_role = ["owner"]


def _step_into(on: Any, role: str) -> None:
    on.ensure_connection()
    if on.connection.closed:
        return
    with on.connection.cursor() as cursor:
        name = None if role == "owner" else settings.DATABASE_ROLES[role]["USER"]
        cursor.execute(f'SET ROLE "{name}"' if name else "RESET ROLE")


def _opened(connection: Any, **about: Any) -> None:
    if _role[-1] != "owner":
        _step_into(connection, _role[-1])


connection_created.connect(_opened)


@pytest.fixture(autouse=True)
def acting_as_the_application(request: pytest.FixtureRequest) -> Iterator[None]:
    if not (request.node.get_closest_marker("django_db") or _USES & set(request.fixturenames)):
        yield
        return
    # The tables are emptied by the owner, after this has ended.
    request.getfixturevalue("db")
    marker = request.node.get_closest_marker("acting_as")
    with acting_as(marker.args[0] if marker else "application"):
        yield
