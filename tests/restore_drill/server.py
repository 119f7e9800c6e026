"""The embedded PostgreSQL as a production server: it archives its log, is backed up, and is restored to a moment."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from config.database_roles import Role
from config.embedded_postgres import EmbeddedPostgres
from config.postgres_binaries import find_binaries, server_account
from tests.processes import eventually

_ARCHIVED = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"


class BackedUpServer:
    """All of it below `place`, which the account of PostgreSQL must be able to pass."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._database = EmbeddedPostgres(directory=place)
        self._data, self._archive, self._backup = place / "postgres", place / "archive", place / "backup"

    def addresses(self) -> dict[str, str]:
        return {role: self._database.url(role) for role in Role}

    def connect(self) -> "psycopg.Connection[Any]":
        """As the owner."""
        return psycopg.connect(self._database.url(), autocommit=True)

    def start(self) -> None:
        self._archive.mkdir(mode=0o700)
        self._give(self._archive)
        self._database.start()
        with self.connect() as connection:
            connection.execute("ALTER SYSTEM SET archive_mode = 'on'")
            command = f"test ! -f {self._archive}/%f && cp %p {self._archive}/%f"
            connection.execute(f"ALTER SYSTEM SET archive_command = '{command}'".encode())
        self._database.stop()
        self._database.start()

    def stop(self) -> None:
        self._database.stop()

    def back_up(self) -> None:
        self._backup.mkdir(mode=0o700)
        self._give(self._backup)
        account = server_account()
        as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        command = [find_binaries()["pg_basebackup"], f"--pgdata={self._backup}", f"--dbname={self._database.url()}"]
        options: dict[str, Any] = {**as_account, "cwd": self._place}
        subprocess.run([*command, "--checkpoint=fast"], check=True, **options)

    def archive_all(self) -> None:
        """What is written by now; in production `archive_timeout` sees to it."""
        with self.connect() as connection:
            row = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
            connection.execute("SELECT pg_switch_wal()")
            assert eventually(lambda: connection.execute(_ARCHIVED, row).fetchone() == (True,), 30)

    def restore(self, until: datetime) -> None:
        """What was committed until then, in the place of the server that is lost, whose files are kept aside."""
        self._database.stop()
        self._data.rename(self._place / "lost")
        self._backup.rename(self._data)
        settings = {
            "restore_command": f"cp {self._archive}/%f %p",
            "recovery_target_time": until.isoformat(),
            "recovery_target_action": "promote",
            # Nobody gets in before it is whole.
            "hot_standby": "off",
            "archive_mode": "off",
        }
        with (self._data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        signal = self._data / "recovery.signal"
        signal.touch()
        self._give(signal)
        self._database.start()

    def _give(self, path: Path) -> None:
        if account := server_account():
            shutil.chown(path, account.pw_uid, account.pw_gid)
