"""Which database is used: the one that DATABASE_URL names, else the embedded one."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import Error
from psycopg.conninfo import conninfo_to_dict

from config import env
from config.embedded_postgres import EmbeddedPostgres
from config.postgres.base import CONNECTS_WITHIN

# A worker serves one request at a time, so whatever waits for a lock, or runs on, keeps all others waiting.
SERVING_LIMITS = "-c statement_timeout=10s -c lock_timeout=3s"
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


def databases() -> dict[str, dict[str, Any]]:
    """Django's DATABASES. The server may be down: nothing connects here."""
    url = env.text("DATABASE_URL")
    return {"default": django_database("DATABASE_URL", url) if url else embedded_database()}


def limit_statements(database: dict[str, Any]) -> None:
    """For the processes that serve: migrations and loads may take their time. Call it before anything connects.

    The address's own options stand behind these, so that they win. Of several hosts each is given libpq's own time:
    the first may be the one that has gone.
    """
    options = database["OPTIONS"]
    if "," not in database["HOST"]:
        database[CONNECTS_WITHIN] = _CONNECTS_WITHIN_SECONDS
    options["options"] = f"{SERVING_LIMITS} {options['options']}"
    options |= {name: value for name, value in _NOTICES_SILENCE.items() if name not in options}


def embedded_database() -> dict[str, Any]:
    return django_database("the embedded database", EmbeddedPostgres().url())


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
        # The prepared statements are the hot ones, and the best plan of each is the same for all values; left to
        # itself the server takes an array of one for cheaper than its guess of ten, and plans every run anew.
        "OPTIONS": {
            "connect_timeout": "2",
            **parts,
            "options": f"{parts.get('options', '')} -c plan_cache_mode=force_generic_plan -c datestyle=ISO".strip(),
        },
    }
