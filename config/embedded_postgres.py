"""PostgreSQL for `make run`, `manage.py` and the tests: no port, no installation, ends with its owner.

One process owns a server: it started it, and the server ends when it does. Others attach to it.
Three facts are held by the kernel, so that a `kill -9` leaves none of them wrong:

- `<cluster>.lock` is locked by the owner and by the server: free means that both are gone;
- `<cluster>.users` is locked, shared, by each process that attached;
- the server gets SIGINT, a fast shutdown, when its owner ends.
"""

import fcntl
import hashlib
import hmac
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from activities import database_roles
from config import local_files
from config.database_roles import Role
from config.postgres_binaries import PostgresUnavailable, find_binaries, server_account
from config.postgres_cluster import DATABASE, ROLE, Cluster, failed

_USERS = {Role.OWNER: ROLE, Role.APPLICATION: f"{ROLE}_app", Role.RETENTION: f"{ROLE}_retention"}
_START_SECONDS = 60
_STOP_SECONDS = 20


class PostgresInUse(PostgresUnavailable):
    """Another process owns the server of this clone."""


class EmbeddedPostgres:
    def __init__(self, name: str = "postgres", *, durable: bool = True, directory: Path | None = None) -> None:
        """`name` is that of the cluster's directory. Not `durable` is fast, and for tests only."""
        self._kept_in = directory or local_files.data_directory()
        self._directory = self._kept_in / name
        self._durable = durable
        self._lock: int | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, role: Role = Role.OWNER) -> str:
        """Known without the server running."""
        user = _USERS[role]
        # The port is only part of the socket's name; without it a PGPORT of the user's would be taken.
        return f"postgresql://{user}:{self._password(role)}@/{DATABASE}?host={self.socket_directory()}&port=5432"

    def _password(self, role: Role) -> str:
        """Of the other roles made from the owner's, which it does not give away."""
        owners = local_files.secrets(self._kept_in).database_password
        return owners if role is Role.OWNER else hmac.new(owners.encode(), role.encode(), "sha256").hexdigest()

    def socket_directory(self) -> Path:
        # Short, because a socket's path has at most 107 bytes; not in TMPDIR, because all processes of
        # this clone must agree on it, whatever their environment.
        account = server_account()
        user = os.geteuid() if account is None else account.pw_uid
        name = hashlib.sha256(os.fsencode(self._directory.resolve())).hexdigest()[:16]
        return Path("/tmp") / f"activity-history-{user}-{name}"  # noqa: S108

    def start(self, *, patience: float = _START_SECONDS) -> None:
        """Owns the server from here on. Call it from the main thread: the server ends with the caller's.

        Raises PostgresInUse when another process still owns it after `patience` seconds.
        """
        self._lock = self._own(patience)
        try:
            cluster = self._cluster()
            cluster.prepare(local_files.secrets(self._kept_in).database_password, lock=self._lock)
            said_before = cluster.log.stat().st_size if cluster.log.exists() else 0
            self.process = cluster.start(lock=self._lock)
            self._await_answer(self.process, cluster.log, said_before)
            self._complete(cluster)
        except OSError as error:
            self.stop()
            raise failed(f"PostgreSQL cannot be started in {self._kept_in}", str(error)) from None
        except BaseException:
            self.stop()
            raise

    def _cluster(self) -> Cluster:
        return Cluster(
            directory=self._directory,
            socket_directory=self.socket_directory(),
            binaries=find_binaries(),
            account=server_account(),
            durable=self._durable,
        )

    def _own(self, patience: float) -> int:
        path = self._directory.with_name(f"{self._directory.name}.lock")
        lock = _open(path)
        until = time.monotonic() + patience
        told = patience == 0
        while not _locked(lock, fcntl.LOCK_EX):
            owner = os.pread(lock, 200, 0).decode(errors="replace").strip() or "starting"
            if time.monotonic() >= until:
                os.close(lock)
                raise PostgresInUse(
                    f"The database of this copy is used by another process ({owner}): end that one first, "
                    "or use a second copy."
                )
            if not told:
                told = True
                print(f"Waiting for the database, which another process runs ({owner}) …", file=sys.stderr)
            time.sleep(0.05)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"pid {os.getpid()}: {' '.join(sys.argv)[:150]}\n".encode(), 0)
        return lock

    def _await_answer(self, process: "subprocess.Popen[bytes]", log: Path, said_before: int) -> None:
        until = time.monotonic() + _START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_bytes()[said_before:].decode(errors="replace")
                raise failed(f"The embedded PostgreSQL did not start (see {log})", said)
            time.sleep(0.02)

    def _complete(self, cluster: Cluster) -> None:
        """At each start, so that also a cluster of before has the roles and the extension."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            if cluster.counts_statements:
                connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            for role in (Role.APPLICATION, Role.RETENTION):
                database_roles.make(connection, _USERS[role], self._password(role))
            database_roles.let_see_others_work(connection, _USERS[Role.RETENTION])

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=10).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise PostgresUnavailable(
                    f"{self._directory} was made with another password than that in "
                    f"{self._kept_in / 'secrets.json'}: put the right file back, or remove {self._directory} "
                    "to begin with an empty database."
                ) from None
            return False
        return True

    def stop(self) -> None:
        """Ends the server, and the connections to it. Does nothing when it was not started here."""
        process, self.process = self.process, None
        if process is not None:
            for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                process.send_signal(signum)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_STOP_SECONDS)
                    break
            with suppress(OSError):
                self.socket_directory().rmdir()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.ftruncate(lock, 0)
            os.close(lock)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Uses the server that runs, or runs it for the time of the block."""
        users = _open(self._directory.with_name(f"{self._directory.name}.users"))
        try:
            if self._attach_or_start(users):
                yield
                return
            try:
                yield
            finally:
                try:
                    _await_users(users)
                finally:
                    self.stop()
        finally:
            os.close(users)

    def _attach_or_start(self, users: int) -> bool:
        """True when attached. Waits for an owner that is starting or ending."""
        until = time.monotonic() + _START_SECONDS
        while True:
            if _locked(users, fcntl.LOCK_SH):
                if self._answers():
                    return True
                fcntl.flock(users, fcntl.LOCK_UN)
            try:
                self.start(patience=0)
            except PostgresInUse:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return False


def _await_users(users: int) -> None:
    """Those who attached meanwhile may finish; nobody new gets in."""
    if not _locked(users, fcntl.LOCK_EX):
        print("Waiting for other processes that use the database …", file=sys.stderr)
        fcntl.flock(users, fcntl.LOCK_EX)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise PostgresUnavailable(
            f"{path} cannot be opened ({error.strerror}): run this as the user who made it."
        ) from None


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
