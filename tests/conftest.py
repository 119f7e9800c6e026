import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from activities import recording
from activities.api.authentication import forget_tokens
from activities.api.limits import forget_use
from tests.acting import acting_as_the_application as acting_as_the_application
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.connections import leave_connection_open
from tests.connections import open_connection as open_connection
from tests.connections import start as start


@pytest.fixture(autouse=True)
def _connection_left_open() -> None:
    leave_connection_open()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a worker remembers of the database would outlive the rows of a test."""
    forget_tokens()
    forget_use()
    recording.forget_authors()


@pytest.fixture
def api(db: None) -> CheckedClient:
    """A client that may do everything."""
    return CheckedClient(token(*ALL_SCOPES))


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the account of PostgreSQL, too, may pass: pytest's own are closed."""
    directory = Path(tempfile.mkdtemp(prefix="activity-history-test-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


# Each starts servers of its own, which serve all of its tests.
_AS_ONE = ("tests/replica/", "tests/browser/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """By file, and some folders as if they were one."""
    if config.getoption("dist") != "loadfile":
        return None

    scheduler = LoadFileScheduling(config, log)
    by_file = scheduler._split_scope
    scheduler._split_scope = lambda test: next(filter(test.startswith, _AS_ONE), None) or by_file(test)
    return scheduler


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long first, so that no process is left with it in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith((*_AS_ONE, "tests/live/", "tests/drill/", "tests/config/")))
