"""Ties the life of a process to that of its parent, also when the parent is killed with -9.

Linux does this with a parent-death signal. Elsewhere nothing happens here: there a server whose parent
was killed goes on until it is stopped by hand.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """For the import of a web server's worker: killed as soon as its master is gone.

    Does nothing in a process that `multiprocessing` did not start, such as a test run or a shell.
    """
    master = multiprocessing.parent_process()
    if master is not None and master.pid is not None:
        ending_with(master.pid, signal.SIGKILL)()


def ending_with(parent: int, signum: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` after which the child gets `signum` when `parent` ends.

    The kernel watches the thread that starts the child, so start it from a thread that stays.
    """
    if sys.platform != "linux":
        return lambda: None
    # Loaded before the fork: a child of a process with threads must not import.
    libc = ctypes.CDLL(None, use_errno=True)

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
        # The parent may have ended before the signal was asked for.
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return tie
