import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from activities import recording
from activities.api.authentication import forget_tokens
from activities.api.limits import forget_use
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.connections import open_connection as open_connection
from tests.connections import start as start


@pytest.fixture(autouse=True)
def _connection_left_open() -> None:
    """A test's open transaction would make it look unusable after a request. Django's own client undoes this."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)


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
