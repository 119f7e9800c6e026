"""A primary and its replica, made once for this folder; and Django's two databases are these."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from activities.models import Activity
from activities.replica import forget_replica
from config.database import django_database, replica_database
from config.embedded_postgres import EmbeddedPostgres
from config.embedded_replica import EmbeddedReplica
from tests.replica.pair import Pair, configure


@contextmanager
def databases_of(pair: Pair, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Also in threads that start within. Theirs are closed by themselves."""
    addresses = {
        "default": django_database("primary", pair.primary.url()),
        "replica": replica_database(pair.replica.url()),
    }
    before, of_tests = connections.settings, connections["default"]
    connections.settings = connections.configure_settings(addresses)
    del connections["default"]
    try:
        with blocker.unblock():
            yield
    finally:
        for each in connections.all(initialized_only=True):
            each.close()
            del connections[each.alias]
        connections.settings = before
        connections["default"] = of_tests


@pytest.fixture(scope="session")
def _pair(django_db_blocker: DjangoDbBlocker) -> Iterator[Pair]:
    place = Path(tempfile.mkdtemp(prefix="activity-history-test-"))
    # The account of PostgreSQL has to pass.
    place.chmod(0o711)
    primary = EmbeddedPostgres("primary", durable=False, directory=place)
    pair = Pair(primary, EmbeddedReplica(primary, "replica"))
    primary.start()
    try:
        # What is seen here is to be on its way there.
        pair.on_primary("ALTER DATABASE activity_history SET synchronous_commit = on")
        # As the guide says: each further copy ends a segment, which its follower may not have read yet.
        configure(primary, wal_keep_size="2GB")
        with databases_of(pair, django_db_blocker):
            call_command("migrate", verbosity=0, interactive=False)
        pair.replica.start()
        # It tells the primary what it still reads every ten seconds, and whenever its settings are read anew.
        configure(pair.replica)
        yield pair
    finally:
        pair.replica.stop()
        primary.stop()
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def pair(_pair: Pair, django_db_blocker: DjangoDbBlocker) -> Iterator[Pair]:
    forget_replica()
    with databases_of(_pair, django_db_blocker):
        Activity.objects.all().delete()
        yield _pair
    forget_replica()
