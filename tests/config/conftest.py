import pytest

from config.database_roles import Role


@pytest.fixture
def no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the database's three."""
    for role in Role:
        monkeypatch.delenv(role, raising=False)
