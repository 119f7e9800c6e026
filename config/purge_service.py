"""The purge as a child process of `make run`."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

from config.database_roles import Role, environment_of
from config.local_files import CLONE
from config.process import ending_with

# It ends after its batch, well under a second.
_STOP_SECONDS = 10


def purge_command() -> list[str]:
    return [sys.executable, "manage.py", "purge_expired_activities", "--every", "1h"]


class PurgeService:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            purge_command(),
            cwd=CLONE,
            env=environment_of(Role.RETENTION),
            stdin=subprocess.DEVNULL,
            # The receipts say what was done; on a terminal that is in use it would only disturb.
            stdout=subprocess.DEVNULL,
            # A Ctrl-C at the terminal comes to us; the purge is then told by us.
            start_new_session=True,
            preexec_fn=ending_with(os.getpid(), signal.SIGTERM),
        )

    def stop(self) -> None:
        for signum in (signal.SIGTERM, signal.SIGKILL):
            self.process.send_signal(signum)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_STOP_SECONDS)
                return
