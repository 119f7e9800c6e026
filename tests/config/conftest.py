import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.database_roles import Role


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the account of PostgreSQL, too, may pass: pytest's own are closed."""
    directory = Path(tempfile.mkdtemp(prefix="activity-history-test-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the database's three."""
    for role in Role:
        monkeypatch.delenv(role, raising=False)
