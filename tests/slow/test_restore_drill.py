import os
import subprocess
import sys

from config.database_roles import Role
from config.local_files import CLONE


def test_the_drill_restores_what_was_there_and_nothing_that_was_erased() -> None:
    kept = {name: value for name, value in os.environ.items() if name not in (*Role, "SECRET_KEY")}
    command = [sys.executable, "-m", "tests.restore_drill"]
    done = subprocess.run(command, cwd=CLONE, env=kept, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    [activities] = [line.split() for line in lines if line.startswith("activity ")]
    assert activities[1:3] == ["3,000", "3,000"]
    assert activities[4] == "same"
    assert "NO" not in {line.split()[0] for line in lines if line.split()}
    assert "Followers of the feed begin anew. Repeated: 1 erasures, 1 legal holds, 1 revoked clients." in lines
