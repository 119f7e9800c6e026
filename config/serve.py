"""`make run`, once everything is installed: the database, its migrations, demo data, the web server."""

import os
import signal
import sys
import time
from contextlib import ExitStack
from types import FrameType
from typing import NoReturn

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from config import env, external_database
from config.database_roles import Role, address_of
from config.embedded_postgres import EmbeddedPostgres
from config.external_database import ExternalDatabaseUnusable
from config.local_files import LocalFilesUnusable, data_directory
from config.postgres_binaries import PostgresUnavailable
from config.purge_service import PurgeService
from config.web_server import Address, WebServer, WebServerUnusable, take_address, workers

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody wants this to end. No `except Exception` on the way may keep it."""


class PartEnded(Exception):
    """Something that must run while we serve has ended."""


def main() -> None:
    for signum in _SIGNALS:
        signal.signal(signum, _stop)
    try:
        with ExitStack() as parts:
            serve(parts)
    except Stop:
        sys.exit(0)
    except (
        ExternalDatabaseUnusable,
        ImproperlyConfigured,
        LocalFilesUnusable,
        PartEnded,
        PostgresUnavailable,
        WebServerUnusable,
    ) as error:
        sys.exit(str(error))


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    # A second Ctrl-C must not end us before the database is down.
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    print("\nStopping …", flush=True)
    raise Stop


def serve(parts: ExitStack) -> None:
    workers()
    address = take_address()
    parts.callback(address.reservation.close)
    # Links in pages and tokens name the port that is really used.
    os.environ.setdefault("PUBLIC_URL", address.base_url)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    databases = {each for role in Role if (each := address_of(role))}
    if not databases:
        # Where the demo's residents pay.
        os.environ.setdefault("PAYMENT_HOSTS", "payments.council.example")
    # Read before the database is started, so that a bad value is told at once.
    django.setup()
    embedded = None if databases else EmbeddedPostgres()
    if embedded is None:
        for database in sorted(databases):
            external_database.check(*database)
        say_if_the_replica_is_unusable()
    else:
        parts.callback(embedded.stop)
        embedded.start()
    migrate()
    if embedded is not None:
        call_command("load_demo_history")
    server = WebServer(address)
    parts.callback(server.stop)
    server.await_answer()
    purge = PurgeService()
    parts.callback(purge.stop)
    print("\n".join(banner(address, demo=embedded is not None)), flush=True)
    watch(server, purge, embedded)


def say_if_the_replica_is_unusable() -> None:
    """It may come back, and the primary serves meanwhile: so nothing ends here."""
    if url := env.text("DATABASE_REPLICA_URL"):
        try:
            external_database.check("DATABASE_REPLICA_URL", url)
        except ExternalDatabaseUnusable as error:
            print(f"{error} Until then the primary serves reports.", flush=True)


def migrate() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from activities import database_roles
    from activity_history.reporting import words
    from config.database import connected_as

    with connected_as(Role.OWNER):
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending:
            call_command("migrate", verbosity=0, interactive=False)
            print(f"Applied {len(pending)} migrations.", flush=True)
        else:
            # A database from before there were roles has no migration to make.
            database_roles.grant()
        # The wording may be another one although there was nothing to migrate.
        words.write()


def banner(address: Address, *, demo: bool) -> list[str]:
    base = address.base_url
    lines = [
        "",
        f"Activity History answers at {base} (Ctrl-C stops it)",
        f"  API documentation  {base}/api/docs/",
        f"  Staff pages        {base}/history/",
        f"  Admin              {base}/admin/",
    ]
    return lines + demo_lines(base) if demo else lines


def demo_lines(base_url: str) -> list[str]:
    from activities.demo import access_lines

    return access_lines(base_url)


def watch(server: WebServer, purge: PurgeService, embedded: EmbeddedPostgres | None) -> NoReturn:
    while True:
        if server.process.poll() is not None:
            raise PartEnded("The web server (granian) has ended, so everything is stopped: run it again.")
        if embedded and embedded.process and embedded.process.poll() is not None:
            raise PartEnded(
                "The database (PostgreSQL) has ended, so everything is stopped: run it again; "
                f"its log lies beside its data in {data_directory()}."
            )
        if purge.process.poll() is not None:
            raise PartEnded("The purge has ended (why stands above), so everything is stopped: run it again.")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
