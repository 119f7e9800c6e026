"""As whom a test speaks to the database: as the application, as a worker does, unless it says otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

_USES = {"db", "transactional_db"}


# What a test's own threads and connections act as, unless they say otherwise themselves.
_whole_test = ["owner"]
_within = local()


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """`owner`, `application` or `retention`, for this thread: on its connection and those that it opens meanwhile."""
    before = _now()
    if role == before:
        yield
        return
    _within.role = role
    _step_into(connection, role)
    try:
        yield
    finally:
        _within.role = before
        # A new connection begins with its own step, and the end of a broken transaction takes this one back.
        session = connection.connection
        if session and session.info.transaction_status != TransactionStatus.INERROR:
            _step_into(connection, before)


def _now() -> str:
    role: str = getattr(_within, "role", _whole_test[-1])
    return role


def _step_into(on: Any, role: str) -> None:
    with on.cursor() as cursor:
        cursor.execute("RESET ROLE" if role == "owner" else f"SET ROLE {settings.DATABASE_ROLES[role]['USER']}")


def _opened(connection: Any, **about: Any) -> None:
    if _now() != "owner":
        _step_into(connection, _now())


connection_created.connect(_opened)


@pytest.fixture(autouse=True)
def acting_as_the_application(request: pytest.FixtureRequest) -> Iterator[None]:
    """Or as the role of the test's mark."""
    if not (request.node.get_closest_marker("django_db") or _USES & set(request.fixturenames)):
        yield
        return
    # Made before this and emptied after it, both by the owner.
    request.getfixturevalue("db")
    marker = request.node.get_closest_marker("acting_as")
    role = marker.args[0] if marker else "application"
    with acting_as(role):
        _whole_test.append(role)
        yield
        _whole_test.pop()
