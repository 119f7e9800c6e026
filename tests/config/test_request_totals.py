import os
import tempfile
from pathlib import Path

import pytest

from config import request_totals
from config.embedded_postgres import EmbeddedPostgres


def test_sweeping_removes_counts_of_servers_that_are_gone_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("config.embedded_postgres.server_account", lambda: None)
    sockets = tmp_path / EmbeddedPostgres().socket_directory().name
    left = tmp_path / f"activity-history-counts-{os.getuid()}-{os.getpid()}-1"
    for folder in (sockets, left):
        folder.mkdir()

    request_totals.sweep()

    assert list(tmp_path.iterdir()) == [sockets]
