"""Which database is used, and as whom: by the addresses of the environment, else the embedded one; and its replica."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from psycopg import Error
from psycopg.conninfo import conninfo_to_dict

from config import env
from config.database_roles import Role, address_of, is_embedded
from config.embedded_postgres import EmbeddedPostgres
from config.postgres.base import CONNECTS_WITHIN

# A worker serves one request at a time, so whatever waits for a lock, or runs on, keeps all others waiting.
SERVING_LIMITS = "-c statement_timeout=10s -c lock_timeout=3s"
# The prepared statements are the hot ones, and the best plan of each is the same for all values; left to itself the
# server takes an array of one for cheaper than its guess of ten, and plans every run anew. At a stricter level of
# isolation a writer would still see an author whom the purge has deleted: docs/decisions/0004-authors-are-snapshots.md.
_ALWAYS = "-c plan_cache_mode=force_generic_plan -c datestyle=ISO -c default_transaction_isolation=read\\ committed"
# Of the two seconds within which a request is answered when the database is gone.
_CONNECTS_WITHIN_SECONDS = 1.5
# A machine that has gone says nothing, and the system alone would wait a quarter of an hour for it: what is sent is to
# be acknowledged within a second, and a connection that waits for an answer is looked after each second.
_NOTICES_SILENCE = {
    "tcp_user_timeout": "1000",
    "keepalives_idle": "1",
    "keepalives_interval": "1",
    "keepalives_count": "2",
}

# A replica that vanishes in the middle of an answer keeps its worker for ten seconds, not for hours.
_SOON_GIVEN_UP = {"keepalives_idle": "4", "keepalives_interval": "2", "keepalives_count": "3"}


# Whoever starts a process as another one says so before the settings are read.
_this_process = Role.APPLICATION


def act_as(role: Role) -> None:
    global _this_process
    _this_process = role


def databases() -> dict[str, dict[str, Any]]:
    """Django's DATABASES. The server may be down: nothing connects here."""
    replica = env.text("DATABASE_REPLICA_URL")
    if replica and is_embedded():
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL: the embedded database has no replica: set DATABASE_URL to its primary as well."
        )
    found = {"default": _database_of(_this_process)}
    return found | ({"replica": replica_database(replica)} if replica else {})


def other_roles() -> dict[str, dict[str, str]]:
    """The roles that the owner gives rights, by name: USER and PASSWORD. None where all run as one."""
    if not is_embedded() and not env.text(Role.OWNER):
        return {}
    found = {role.name.lower(): _database_of(role) for role in (Role.APPLICATION, Role.RETENTION)}
    users = [_database_of(Role.OWNER)["USER"], *(each["USER"] for each in found.values())]
    if len(set(users)) < len(users):
        raise ImproperlyConfigured(f"{', '.join(Role)} must each name another user: that is what they are for.")
    return {name: {"USER": each["USER"], "PASSWORD": each["PASSWORD"]} for name, each in found.items()}


def _database_of(role: Role) -> dict[str, Any]:
    address = address_of(role)
    return django_database(address.variable, address.url) if address else embedded_database(role)


@contextmanager
def connected_as(role: Role) -> Iterator[None]:
    """The connection of this process, for the time of the block."""
    before = connection.settings_dict
    connection.close()
    connection.settings_dict = {**before, **_database_of(role)}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


def limit_statements(database: dict[str, Any]) -> None:
    """For the processes that serve: migrations and loads may take their time. Call it before anything connects.

    The address's own options stand behind these, so that they win, and before those that always hold. Of several hosts
    each is given libpq's own time: the first may be the one that has gone.
    """
    options = database["OPTIONS"]
    if "," not in database["HOST"]:
        database[CONNECTS_WITHIN] = _CONNECTS_WITHIN_SECONDS
    options["options"] = f"{SERVING_LIMITS} {options['options']}"
    options |= {name: value for name, value in _NOTICES_SILENCE.items() if name not in options}


def embedded_database(role: Role) -> dict[str, Any]:
    return django_database("the embedded database", EmbeddedPostgres().url(role))


def replica_database(url: str) -> dict[str, Any]:
    """Nothing is written there, also when the address is that of a primary: by mistake, or by a promotion."""
    database = django_database("DATABASE_REPLICA_URL", url)
    options = database["OPTIONS"]
    options["options"] += " -c default_transaction_read_only=on"
    database["OPTIONS"] = _SOON_GIVEN_UP | options
    return database


def django_database(name: str, url: str) -> dict[str, Any]:
    """Errors name the variable, never the address: it holds a password."""
    try:
        if not url.startswith(("postgres://", "postgresql://")):
            raise ValueError
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except (Error, ValueError):
        raise ImproperlyConfigured(
            f"{name} cannot be read: write it as postgresql://user:password@host:5432/database, "
            "with special characters of the password percent-encoded."
        ) from None
    if not parts.get("dbname"):
        raise ImproperlyConfigured(f"{name} names no database: write it as postgresql://user@host/database.")
    env.refuse_weak_password(name, parts.get("password", ""))
    return {
        "ENGINE": "config.postgres",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        # A new connection costs five times a request, so a worker keeps its own.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": "2",
            **parts,
            "options": f"{parts.get('options', '')} {_ALWAYS}".strip(),
        },
    }
