import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the account of PostgreSQL, too, may pass: pytest's own are closed."""
    directory = Path(tempfile.mkdtemp(prefix="activity-history-test-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)
