"""Makes `.venv` and installs the pinned requirements into it. Standard library only."""

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config.local_files import CLONE, LocalFilesUnusable, data_directory
from config.process import ending_with

VENV = CLONE / ".venv"
PYTHON = VENV / "bin" / "python"
# There while something is made: what a killed pip leaves looks installed to the next one.
_UNFINISHED = VENV / ".unfinished"


class CannotPrepare(Exception):
    """The message is one line that tells the cure."""


def prepare(requirements: Sequence[str]) -> Path:
    """The Python of an environment in which these files, of the clone, are installed."""
    with _alone():
        if not _usable():
            _make()
        stale = [name for name in requirements if _stamp(name) != _wanted(name)]
        if stale:
            _install(requirements, stale)
    return PYTHON


def clean() -> None:
    """Removes what is made anew by itself. The database and the secrets in .data stay."""
    with _alone():
        for name in (".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"):
            shutil.rmtree(CLONE / name, ignore_errors=True)
    place = data_directory()
    print(f"Removed .venv and the caches. The database stays; remove {place} to begin with an empty one.")


@contextmanager
def _alone() -> Iterator[None]:
    try:
        path = data_directory() / "virtual-environment.lock"
        file = path.open("w")
    except LocalFilesUnusable as error:
        raise CannotPrepare(str(error)) from None
    except OSError as error:
        raise CannotPrepare(f"{path} cannot be written ({error.strerror}): make it writable.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another make, which installs the requirements …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _usable() -> bool:
    """Also false when the system's Python, to which the environment points, has gone or changed."""
    if _UNFINISHED.exists():
        return False
    try:
        command = [str(PYTHON), "-I", "-S", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        version = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    major, minor = version.split(".")
    packages = VENV / "lib" / f"python{version}" / "site-packages"
    return (int(major), int(minor)) >= (3, 11) and (packages / "pip").is_dir()


def _make() -> None:
    try:
        import ensurepip
        import venv  # noqa: F401

        ensurepip.version()
    except (ImportError, OSError):
        raise CannotPrepare(_cure_of_missing_venv()) from None
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        VENV.mkdir()
        _UNFINISHED.touch()
        done = _run([sys.executable, "-m", "venv", str(VENV)], quiet=True)
        if done.returncode == 0:
            _UNFINISHED.unlink()
            return
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise CannotPrepare(f"{VENV} cannot be made: {said[-1]}")
    except OSError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotPrepare(f"{VENV} cannot be made ({error.strerror}): free some space.") from None
    except BaseException:
        shutil.rmtree(VENV, ignore_errors=True)
        raise


def _cure_of_missing_venv() -> str:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if not shutil.which("apt-get"):
        return f"This Python {version} lacks venv and ensurepip: install them, then run the same again."
    systems_own = os.path.realpath("/usr/bin/python3") == os.path.realpath(sys.executable)
    package = "python3-venv" if systems_own else f"python{version}-venv"
    return f"Python {version} lacks venv: run `sudo apt install {package}`, then the same again."


def _install(requirements: Sequence[str], stale: Sequence[str]) -> None:
    print("Installing the requirements into .venv (once, and when they change) …", flush=True)
    for name in stale:
        _stamp_file(name).unlink(missing_ok=True)
    _UNFINISHED.touch()
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--disable-pip-version-check"]
    command += ["--no-input"] if sys.stdout.isatty() else ["--no-input", "-qq", "--progress-bar=off"]
    for name in requirements:
        command += ["-r", name]
    failed = _run(command).returncode != 0
    # A pip that failed by itself has taken back what it did.
    _UNFINISHED.unlink()
    if failed:
        raise CannotPrepare(
            "The requirements could not be installed (pip says why above): check the network and the free "
            "space, then run the same again."
        )
    for name in stale:
        _stamp_file(name).write_text(_wanted(name))


def _run(command: list[str], *, quiet: bool = False) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        cwd=CLONE,
        capture_output=quiet,
        text=True,
        stdin=subprocess.DEVNULL,
        preexec_fn=ending_with(os.getpid(), signal.SIGTERM),
    )


def _stamp_file(name: str) -> Path:
    return VENV / f".installed-{name}"


def _stamp(name: str) -> str:
    try:
        return _stamp_file(name).read_text()
    except OSError:
        return ""


def _wanted(name: str) -> str:
    version = re.search(r"^version\s*=\s*(\d+\.\d+)", (VENV / "pyvenv.cfg").read_text(), re.MULTILINE)
    pinned = (CLONE / name).read_bytes()
    return f"{version[1] if version else ''} {hashlib.sha256(pinned).hexdigest()}"
