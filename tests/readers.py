"""Logins of analysts, made as an administrator makes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import uuid4

import pytest
from django.db import connection

from activity_history.reporting import readers
from tests.connections import execute


class Names(NamedTuple):
    login: str
    group: str


@contextmanager
def names_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """Of a login and its group that nobody else in this cluster uses; the roles are gone behind the block."""
    unique = uuid4().hex[:12]
    names = Names(login=f"reader_{unique}", group=f"readers_{unique}")
    monkeypatch.setattr(readers, "GROUP", names.group)
    yield names
    for role in names:
        if execute(connection, "SELECT rolname FROM pg_roles WHERE rolname = %s", [role]):
            execute(connection, f"DROP OWNED BY {role}; DROP ROLE {role}")
