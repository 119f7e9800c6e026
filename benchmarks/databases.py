"""The benchmark's own PostgreSQL and the databases in it: filled once, kept between runs, copied for each run."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks.dataset import AUTHORS, CLIENT, ISSUER, Aged, Dataset
from config.database_roles import Role
from config.embedded_postgres import EmbeddedPostgres
from config.embedded_replica import EmbeddedReplica
from config.local_files import CLONE

SQL = Path(__file__).with_name("sql")
CLUSTER = "benchmark-postgres"
_MIGRATIONS = CLONE / "activities" / "migrations"
_FILLED_BY = {Dataset: [SQL / "seed.sql"], Aged: [SQL / "seed.sql", SQL / "copies.sql"]}
_COUNT = """
from activity_history.arrivals import count_all
from activity_history.reporting.daily_counts import count_stored
count_stored()
count_all()
"""
# The seed's rows lie within 700 days and expire after seven years.
YEARS_AGO, LATER, LATER_STILL = "8 years", "-700 days", "-1400 days"


class Cluster:
    """Durable, and with the options of `make run`."""

    def __init__(self, name: str = CLUSTER) -> None:
        self._server = EmbeddedPostgres(name)

    @contextmanager
    def running(self) -> Iterator[None]:
        self._server.start()
        try:
            # A run that was killed may have left some.
            self._configure("RESET ALL")
            yield
        finally:
            self._server.stop()

    @contextmanager
    def replica(self) -> Iterator[EmbeddedReplica]:
        """A copy of all databases that follows this server, for the time of the block."""
        replica = EmbeddedReplica(self._server, f"{CLUSTER}-replica")
        replica.start()
        try:
            yield replica
        finally:
            replica.stop()

    @property
    def pid(self) -> int:
        assert self._server.process is not None
        return self._server.process.pid

    def url(self, database: str) -> str:
        return address_of(self._server, database)

    def environment(self, database: str) -> dict[str, str]:
        """The address for this project, and the same as libpq's variables, which all drivers read."""
        parts = conninfo_to_dict(self.url(database))
        names = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
        ours = {**{str(role): "" for role in Role}, Role.APPLICATION.value: self.url(database)}
        return {**ours, **{names[key]: str(parts[key]) for key in names}}

    def connect(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url(database), autocommit=True)

    def make(self, database: str, *, like: str | None = None) -> None:
        """An empty database, or a copy of another one to which nobody is connected."""
        self.drop(database)
        command = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        if like:
            # The other strategy would write the whole copy to the log as well.
            command += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(like))
        self._administer(command)

    def drop(self, database: str) -> None:
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def checkpoint(self) -> None:
        """So that what one step left to be written does not burden the next."""
        self._administer(sql.SQL("CHECKPOINT"))

    @contextmanager
    def settings(self, **values: str) -> Iterator[None]:
        """Of the whole server, for the time of the block."""
        for name, value in values.items():
            self._configure(f"SET {name} = '{value}'")
        try:
            yield
        finally:
            self._configure("RESET ALL")

    def _configure(self, change: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(f"ALTER SYSTEM {change}".encode())
            connection.execute("SELECT pg_reload_conf()")

    def _administer(self, command: sql.SQL | sql.Composed) -> None:
        with self.connect("postgres") as connection:
            connection.execute(command)

    def migrated(self, database: str) -> None:
        """Makes the database, with this project's tables and the benchmark's client and authors."""
        self.make(database)
        manage(self.environment(database), "migrate", "--verbosity", "0")
        with self.connect(database) as connection:
            connection.execute("INSERT INTO api_client (name, created_at) VALUES (%s, now())", [f"{ISSUER}/{CLIENT}"])
            connection.execute((SQL / "authors.sql").read_text(), {"authors": AUTHORS})
            connection.execute(
                "INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff,"
                " is_active, date_joined) VALUES (%s, '!', '', '', '', false, false, true, now())",
                [f"{ISSUER}/{CLIENT}"],
            )

    def filled(self, dataset: Dataset) -> str:
        """The name of the database with these rows, filled now unless it was before."""

        def fill(name: str) -> None:
            self.migrated(name)
            with self._filling(name) as connection:
                _seed(connection, dataset)

        return self._kept(f"benchmark_{dataset.rows}", fill, _fingerprint(dataset), dataset.rows)

    def aged(self, aged: Aged) -> str:
        """The same for a table that grew for years."""
        seed = self.filled(aged.dataset)

        def fill(name: str) -> None:
            self.make(name, like=seed)
            with self._filling(name) as connection:
                with without_indexes(connection):
                    add_copies(connection, rows=aged.expired, age=YEARS_AGO)
                # With the indexes there: so their pages are as full as those of indexes that grew.
                add_copies(connection, rows=aged.later, age=LATER)
            # A purge counts what is uncounted first, which is usually an hour's.
            manage(self.environment(name), "shell", "--no-imports", "-c", _COUNT)

        return self._kept(f"benchmark_aged_{aged.rows}", fill, _fingerprint(aged), aged.rows)

    def _kept(self, name: str, fill: Callable[[str], None], fingerprint: str, rows: int) -> str:
        with self.connect("postgres") as connection:
            found = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
        if found != (fingerprint,):
            print(f"Filling a database with {rows:,} activities (once) …", flush=True)
            fill(name)
            self._administer(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), fingerprint))
        return name

    @contextmanager
    def _filling(self, name: str) -> Iterator[psycopg.Connection[Any]]:
        with self.connect(name) as connection:
            hasten(connection)
            yield connection
            connection.execute("VACUUM (FREEZE, ANALYZE)")


def address_of(server: EmbeddedPostgres, database: str) -> str:
    return urlunsplit(urlsplit(server.url())._replace(path=f"/{database}"))


def hasten(connection: psycopg.Connection[Any]) -> None:
    """For rows that are made by the million."""
    for setting in ("synchronous_commit = off", "maintenance_work_mem = '1GB'"):
        connection.execute(f"SET {setting}".encode())
    # Authors are known to be there; each row's check would double the time.
    connection.execute("SET session_replication_role = replica")


def _seed(connection: psycopg.Connection[Any], dataset: Dataset) -> None:
    parameters = {
        "rows": dataset.rows,
        "deep_every": dataset.deep_every,
        "families": dataset.families,
        "authors": AUTHORS,
        "client_id": 1,
        "ends": datetime.now(UTC),
    }
    with without_indexes(connection):
        connection.execute((SQL / "seed.sql").read_text(), parameters)


def add_copies(connection: psycopg.Connection[Any], *, rows: int, age: str) -> None:
    """Copies of so many stored rows, each that much older; less than nothing is later."""
    connection.execute((SQL / "copies.sql").read_text(), {"rows": rows, "age": age})


@contextmanager
def without_indexes(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Takes the indexes of `activity` away, and makes the very same ones again behind the block."""
    key = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND conrelid = %s::regclass"
    indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'activity' AND indexname <> %s"
    primary = connection.execute(key, ["activity"]).fetchone()
    assert primary is not None
    others = connection.execute(indexes, [primary[0]]).fetchall()
    for name, _ in others:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    connection.execute(sql.SQL("ALTER TABLE activity DROP CONSTRAINT {}").format(sql.Identifier(primary[0])))
    yield
    again = sql.SQL("ALTER TABLE activity ADD CONSTRAINT {} {}")
    connection.execute(again.format(sql.Identifier(primary[0]), sql.SQL(primary[1])))
    for _, definition in others:
        connection.execute(definition)


def manage(environment: dict[str, str], *arguments: str) -> None:
    """One of this project's commands, on the database of that environment."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=CLONE, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)} failed: {done.stderr}")


def _fingerprint(dataset: Dataset | Aged) -> str:
    """Changes with the rows and with the tables, so that a database of before is filled anew."""
    digest = hashlib.sha256(repr(dataset).encode())
    for path in (SQL / "authors.sql", *_FILLED_BY[type(dataset)], *sorted(_MIGRATIONS.glob("*.py"))):
        digest.update(path.read_bytes())
    if isinstance(dataset, Aged):
        digest.update(_COUNT.encode())
    return digest.hexdigest()
