"""The short form: the whole drill, with some of its faults."""

import subprocess
import sys

from config.local_files import CLONE


def test_nothing_is_lost_or_stored_twice_while_app_and_database_are_killed() -> None:
    command = [sys.executable, "-m", "tests.drill", "--short"]
    done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    [counts] = [line for line in done.stdout.splitlines() if line.startswith("Sent ")]
    assert counts.endswith(": lost 0, duplicated 0, altered 0, never sent 0.")
    assert "skipped 0, repeated 0, in the order of storing." in done.stdout
    assert "Every answer was one that the contract foresees." in done.stdout
    # Of the app that was killed and of the database, so that it shows that something was broken.
    refused = {line.split("  ")[0]: line for line in done.stdout.splitlines() if not line.startswith("[")}
    assert "no answer ×" in refused["app killed (-9)"]
    assert "503 ×" in refused["PostgreSQL ended at once"]
