"""The files of one embedded PostgreSQL server: making them, and the options it starts with."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.postgres_binaries import Binaries, PostgresUnavailable
from config.process import ending_with

ROLE = DATABASE = "activity_history"

OPTIONS = {
    # Reached through its socket only, by this user only.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "wal_level": "replica",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and refused values may hold personal data, so neither is logged.
    # What is left grows by a few lines a start.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
# A quarter of the machine's memory, as PostgreSQL's documentation advises; taken only as far as there is data.
_PAGE_MIB, _MOST_MIB = os.sysconf("SC_PAGE_SIZE") / 2**20, 2048
_QUARTER_MIB = int(os.sysconf("SC_PHYS_PAGES") * _PAGE_MIB / 4)
DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": f"{min(_QUARTER_MIB, _MOST_MIB)}MB",
}
# For tests: a crash of the machine loses a cluster that nobody misses.
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}

_LOG_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True)
class Cluster:
    directory: Path
    socket_directory: Path
    binaries: Binaries
    # None is oneself.
    account: pwd.struct_passwd | None
    durable: bool

    @property
    def log(self) -> Path:
        return self.directory.with_name(f"{self.directory.name}.log")

    @property
    def counts_statements(self) -> bool:
        return self.binaries.has_library("pg_stat_statements")

    def prepare(self, password: str, *, lock: int) -> None:
        """Makes the files unless they are there, and the directory of the socket."""
        if not self.directory.exists():
            self._make(password, lock=lock)
        version = (self.directory / "PG_VERSION").read_text().strip()
        if version != self.binaries.major_version:
            raise PostgresUnavailable(
                f"{self.directory} was made by PostgreSQL {version}, these programs are "
                f"{self.binaries.major_version}: set POSTGRES_BIN to the programs of {version}, or remove "
                f"{self.directory} to begin with an empty database."
            )
        self._prepare_socket_directory()
        # Nothing that wrote these lives, or the lock could not be held; but their process number may be
        # another's by now, and PostgreSQL would wait for that one.
        for left_over in (self.directory / "postmaster.pid", *self.socket_directory.iterdir()):
            left_over.unlink(missing_ok=True)

    def _make(self, password: str, *, lock: int) -> None:
        """In a directory of another name, renamed when whole: a killed start leaves no half cluster."""
        making = self.directory.with_name(f"{self.directory.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        try:
            self._give(making)
            self._fill(making, password, lock=lock)
            (making / "cluster").rename(self.directory)
        finally:
            shutil.rmtree(making, ignore_errors=True)

    def _fill(self, making: Path, password: str, *, lock: int) -> None:
        """Makes `cluster` in that directory."""
        password_file = self._closed_file(making / "password", password)
        cluster = making / "cluster"
        arguments = [f"--pgdata={cluster}", f"--username={ROLE}", f"--pwfile={password_file}"]
        # Not every macOS knows C.UTF-8.
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        arguments += ["--auth=scram-sha-256", f"--locale={locale}", "--encoding=UTF8", "--data-checksums"]
        self._run("initdb", *arguments, "--no-instructions", *self._sync(), lock=lock)
        creation = f"CREATE DATABASE {DATABASE};\n"
        options = ["--single", "-D", str(cluster), "-F", "postgres"]
        self._run("postgres", *options, lock=lock, told=creation)

    def _closed_file(self, path: Path, text: str) -> Path:
        path.touch(mode=0o600)
        path.write_text(text)
        self._give(path)
        return path

    def _sync(self) -> list[str]:
        return [] if self.durable else ["--no-sync"]

    def _run(self, program: str, *arguments: str, lock: int, told: str = "") -> None:
        done = subprocess.run(
            [self.binaries[program], *arguments],
            input=told,
            capture_output=True,
            text=True,
            pass_fds=(lock,),
            preexec_fn=ending_with(os.getpid(), signal.SIGKILL),
            **self._as_account(),
        )
        if done.returncode != 0 or "FATAL" in done.stderr or "ERROR" in done.stderr:
            raise failed(f"{program} could not make {self.directory}", done.stderr)

    def start(self, *, lock: int) -> "subprocess.Popen[bytes]":
        """The server, not yet ready. It holds the lock, too, until the last of its processes is gone."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        options = OPTIONS | (DURABLE if self.durable else VOLATILE)
        options["unix_socket_directories"] = str(self.socket_directory)
        if self.counts_statements:
            options["shared_preload_libraries"] = "pg_stat_statements"
        command = [self.binaries["postgres"], "-D", str(self.directory)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                # A fast shutdown when the owner is killed.
                preexec_fn=ending_with(os.getpid(), signal.SIGINT),
                # A Ctrl-C at the terminal is for the web server, which has to drain first.
                start_new_session=True,
                **self._as_account(),
            )

    def _as_account(self) -> dict[str, Any]:
        place = self.directory.parent
        if self.account is None:
            return {"cwd": place, "env": _environment()}
        return {
            "cwd": place,
            "env": _environment() | {"HOME": str(place)},
            "user": self.account.pw_uid,
            "group": self.account.pw_gid,
            "extra_groups": [],
        }

    def _give(self, *paths: Path) -> None:
        if self.account is not None:
            for path in paths:
                os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _prepare_socket_directory(self) -> None:
        place = self.socket_directory
        try:
            place.mkdir(mode=0o700)
            self._give(place)
        except FileExistsError:
            # The directory above is open to all: someone may have put his own there.
            found = place.lstat()
            owner = os.geteuid() if self.account is None else self.account.pw_uid
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
                raise PostgresUnavailable(
                    f"{place}, the place of the database's socket, belongs to someone else: remove it."
                ) from None


def failed(what: str, said: str) -> PostgresUnavailable:
    if "No space left on device" in said:
        return PostgresUnavailable(f"{what}: the disk is full; free some space.")
    lines = [line for line in said.splitlines() if line.strip()] or ["it said nothing"]
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()] or lines
    return PostgresUnavailable(f"{what}: {telling[-1].strip()}")


def _environment() -> dict[str, str]:
    """Without the PG* variables, which would change what is run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
