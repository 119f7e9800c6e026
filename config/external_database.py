"""Says in one line why the server of an address cannot be used.

Never shows the address: it holds a password.
"""

import psycopg
from psycopg.conninfo import conninfo_to_dict

OLDEST_VERSION = 15
_CONNECT_SECONDS = 5

# What libpq says, in the order asked: (part of its text, cure)
_CURES = (
    ("password authentication failed", "the server refuses this user and password: correct them."),
    ("no password supplied", "the server wants a password: write it as user:password@host."),
    ("pg_hba.conf", "the server lets this user in from nowhere here: add a line to its pg_hba.conf."),
    ('role "', "the server does not know this user: create it, or correct the name."),
    ('database "', "the server has no such database: create it with `createdb`, or correct the name."),
    ("too many clients", "the server has no connection free: raise its max_connections."),
    ("could not translate host name", "this host name is not known: correct it."),
    ("resolve host", "this host name is not known: correct it."),
    ("timeout", "the server does not answer: correct host and port, or start it."),
    ("refused", "nothing listens at this host and port: correct them, or start the server."),
    ("No such file", "there is no server at this socket: correct the host, or start the server."),
)


class ExternalDatabaseUnusable(Exception):
    """The message is one line that tells the cure."""


def check(variable: str, url: str) -> None:
    """Raises ExternalDatabaseUnusable unless a server that is new enough answers."""
    try:
        conninfo_to_dict(url)
    except psycopg.Error:
        raise ExternalDatabaseUnusable(
            f"{variable} cannot be read: write it as postgresql://user:password@host:5432/database, "
            "with special characters of the password percent-encoded."
        ) from None
    try:
        with psycopg.connect(url, connect_timeout=_CONNECT_SECONDS) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        raise ExternalDatabaseUnusable(f"{variable}: {_cure(str(error))}") from None
    if version < OLDEST_VERSION:
        raise ExternalDatabaseUnusable(
            f"{variable}: the server is PostgreSQL {version}, too old: upgrade it to {OLDEST_VERSION} or newer."
        )


def _cure(said: str) -> str:
    # The names in libpq's own lines could hold part of a password that was not encoded.
    for sign, cure in _CURES:
        if sign in said:
            return cure
    return "the server cannot be reached: correct host and port, or start it."
