from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

from tests.live.serving import database_url
from tests.odbc.connecting import connected, require_driver
from tests.readers import names_of_ones_own

if TYPE_CHECKING:
    import pyodbc

Ask = Callable[[str], list[tuple[Any, ...]]]
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == _HERE:
            # Logins are made by the owner, and see only what was committed.
            item.add_marker(pytest.mark.acting_as("owner"))
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def analyst(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator["pyodbc.Connection"]:
    """A login that was made now, connected as Qlik connects."""
    require_driver()
    with names_of_ones_own(monkeypatch) as names:
        password = StringIO()
        call_command("create_reporting_user", names.login, stdout=password, stderr=StringIO())
        session = connected(database_url(), user=names.login, password=password.getvalue().strip())
        yield session
        session.close()


@pytest.fixture
def ask(analyst: "pyodbc.Connection") -> Ask:
    return lambda sql: [tuple(row) for row in analyst.execute(sql).fetchall()]
