"""What every `make` target calls: `python3 config/bootstrap.py TASK [ARGUMENT …]`.

Makes `.venv` and fills it when needed, then becomes the task. Standard library only; in the syntax of
Python 3.6, so that an older Python can still say what is missing.
"""

import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST, NEWEST = (3, 11), (3, 13)

RUNTIME = ("requirements.txt",)
EVERYTHING = ("requirements.txt", "requirements-dev.txt")
BENCH = ("requirements.txt", "requirements-bench.txt")

# task: what it needs installed, and what it is
TASKS = {
    "run": (RUNTIME, ("-m", "config.serve")),
    "manage": (RUNTIME, ("manage.py",)),
    "openapi": (RUNTIME, ("-m", "config.checks", "openapi")),
    "dictionary": (RUNTIME, ("manage.py", "write_data_dictionary")),
    "test": (EVERYTHING, ("-m", "pytest")),
    "check": (EVERYTHING, ("-m", "config.checks", "check")),
    "format": (EVERYTHING, ("-m", "config.checks", "format")),
    "bench": (BENCH, ("-m", "benchmarks")),
    "bench-large": (BENCH, ("-m", "benchmarks", "--large")),
    "drill": (EVERYTHING, ("-m", "tests.drill")),
    "lock": ((), ("-m", "config.lock")),
}


def main() -> None:
    task, arguments = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if task not in TASKS and task != "clean":
        sys.exit("usage: python3 config/bootstrap.py " + "|".join([*TASKS, "clean"]) + " [argument …]")
    _become_supported_python()
    os.chdir(ROOT)
    # Not this directory: its modules are `config.…` everywhere.
    sys.path[0] = ROOT
    from config import virtual_environment

    _end_with_make()
    try:
        if task == "clean":
            virtual_environment.clean()
            return
        requirements, command = TASKS[task]
        python = str(virtual_environment.prepare(requirements))
    except virtual_environment.CannotPrepare as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    os.execv(python, [python, *command, *arguments])


def _become_supported_python() -> None:
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)  # noqa: UP031
        # Some managers of Python versions put commands in PATH that only say what to install.
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(found, [found, os.path.abspath(__file__), *sys.argv[1:]])
    # A newer Python may well do; only the wheels of some packages could be missing.
    if sys.version_info[:2] < OLDEST:
        sys.exit(
            "Activity History needs Python 3.11, 3.12 or 3.13, and python3 is %d.%d: install one of them, "  # noqa: UP031
            "for example with `sudo apt install python3.11 python3.11-venv`." % sys.version_info[:2]
        )


def _end_with_make() -> None:
    """A `kill -9` of make ends what it started, too. Kept by what this process becomes."""
    if "MAKELEVEL" in os.environ:
        import signal

        from config.process import ending_with

        ending_with(os.getppid(), signal.SIGTERM)()


if __name__ == "__main__":
    main()
