"""A streaming replica of an embedded server, as tests and benchmarks need it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from config.embedded_postgres import EmbeddedPostgres
from config.postgres_cluster import ROLE, Cluster

# With reasons in docs/replica.md. In the file of settings, so that ALTER SYSTEM can change them.
SETTINGS = {
    "hot_standby_feedback": "on",
    "max_standby_streaming_delay": "30s",
    "statement_timeout": "15min",
    "idle_in_transaction_session_timeout": "5min",
    "temp_file_limit": "10GB",
}


class EmbeddedReplica(EmbeddedPostgres):
    """Each start copies the primary, which must run, anew; nothing stays after the end."""

    def __init__(self, primary: EmbeddedPostgres, name: str) -> None:
        """Beside the primary's directory, with its password, and as durable."""
        super().__init__(name, durable=primary._durable, directory=primary._kept_in)
        self._primary = primary

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _complete(self, cluster: Cluster) -> None:
        """It has its primary's roles, and may not write."""

    def _cluster(self) -> Cluster:
        return _Copy(**vars(super()._cluster()), primary=self._primary.socket_directory())


@dataclass(frozen=True)
class _Copy(Cluster):
    primary: Path

    def prepare(self, password: str, *, lock: int) -> None:
        # Of one that was killed.
        shutil.rmtree(self.directory, ignore_errors=True)
        super().prepare(password, lock=lock)

    def _fill(self, making: Path, password: str, *, lock: int) -> None:
        password_file = self._closed_file(making / "password", f"*:*:*:*:{password}\n")
        cluster = making / "cluster"
        address = f"host={self.primary} port=5432 user={ROLE} passfile={password_file}"
        arguments = [f"--dbname={address}", f"--pgdata={cluster}", "--checkpoint=fast", "--write-recovery-conf"]
        self._run("pg_basebackup", *arguments, *self._sync(), lock=lock)
        # The connection that was written there names a file that is not there for long.
        lines = [f"primary_conninfo = 'host={self.primary} port=5432 user={ROLE} password={password}'"]
        lines += [f"{name} = '{value}'" for name, value in SETTINGS.items()]
        with (cluster / "postgresql.auto.conf").open("a") as settings:
            settings.writelines(f"{line}\n" for line in lines)
