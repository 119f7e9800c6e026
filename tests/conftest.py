import pytest

from activities import recording
from activities.api.authentication import forget_tokens
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
    recording.forget_authors()


@pytest.fixture
def api(db: None) -> CheckedClient:
    """A client that may do everything."""
    return CheckedClient(token(*ALL_SCOPES))
