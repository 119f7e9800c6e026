import pytest

from activities.access import READ, WRITE
from tests.api_client import CheckedClient, token


@pytest.fixture
def api_of_finance(db: None) -> CheckedClient:
    """A client that may write for its own domain only."""
    return CheckedClient(token(READ, WRITE, client="finance", source_domains=["Finance"]))
