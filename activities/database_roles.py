"""What the database lets the service do, held by the server itself: docs/database-roles.md.

The owner migrates. The application serves and loads; retention purges and erases.
"""

from collections.abc import Iterator
from typing import Any, LiteralString, NamedTuple

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

_FIRST_VERSION_WITH_MAINTAIN = 170000


class Rights(NamedTuple):
    """In the words of GRANT; empty for none."""

    application: LiteralString = ""
    retention: LiteralString = ""


_ALL = "SELECT, INSERT, UPDATE, DELETE"

# Each table, so that one that is new gets no right by chance.
RIGHTS = {
    # Retention may have the planner's samples of erased words taken anew: MAINTAIN.
    "activity": Rights("SELECT, INSERT", "SELECT, DELETE, UPDATE (old_data, new_data, erased_at), MAINTAIN"),
    "author": Rights(
        "SELECT, INSERT",
        "SELECT, DELETE, UPDATE (identifier, full_name, email, unused_since, erased_at), MAINTAIN",
    ),
    "api_client": Rights("SELECT, INSERT, UPDATE"),
    "client_use": Rights("SELECT, INSERT, UPDATE", "SELECT, DELETE"),
    "read_record": Rights("SELECT, INSERT", "SELECT, DELETE, UPDATE (reader)"),
    "legal_hold": Rights("SELECT, INSERT, UPDATE (released_by, released_at)", "SELECT"),
    "purge_receipt": Rights(
        "SELECT",
        "SELECT, INSERT, UPDATE (ended_at, deleted, authors_deleted, oldest_expiry, newest_expiry, held_back, error)",
    ),
    "erasure": Rights("SELECT, INSERT", "SELECT, INSERT, UPDATE (done_at, refused, erased, named_in, version)"),
    "feed_epoch": Rights("SELECT", "SELECT"),
    "viewer_link": Rights("SELECT, INSERT, UPDATE (revoked_at, revoked_by)", "SELECT, DELETE"),
    # The owner writes the wording after each migration; analysts' views read it as the owner.
    "reporting_label": Rights(),
    "reporting_kind": Rights(),
    "daily_count": Rights(retention="SELECT, INSERT, UPDATE"),
    "daily_count_until": Rights(retention="SELECT, INSERT, UPDATE"),
    # Whoever looks counts what has come, and forgets what is old.
    "arrivals": Rights(_ALL, _ALL),
    "request_record": Rights("SELECT, INSERT", "SELECT, DELETE"),
    "request_count": Rights("SELECT, INSERT, UPDATE", "SELECT, DELETE"),
    "statement_count": Rights("SELECT, INSERT, UPDATE", "SELECT, DELETE"),
    "auth_user": Rights(_ALL),
    "auth_group": Rights(_ALL),
    "auth_user_groups": Rights(_ALL),
    "auth_user_user_permissions": Rights(_ALL),
    "auth_group_permissions": Rights(_ALL),
    "auth_permission": Rights("SELECT"),
    "django_content_type": Rights("SELECT"),
    "django_session": Rights(_ALL),
    # Wrong passwords are counted, and forgotten after a while with all that hangs on them.
    "axes_accessattempt": Rights(_ALL),
    "axes_accessattemptexpiration": Rights(_ALL),
    "axes_accesslog": Rights(),
    "axes_accessfailurelog": Rights(),
    # Entries go with the user who made them.
    "django_admin_log": Rights("SELECT, INSERT, DELETE"),
    "django_migrations": Rights("SELECT"),
}


class RoleMissing(Exception):
    """A role that is to get rights is not known to the server; the text tells the cure."""


class RoleUnfit(Exception):
    """A role that may do more than its rights; the text tells the cure."""


def make(server: "psycopg.Connection[Any]", name: str, password: str) -> None:
    """Makes the role that signs in so, or gives it that password; without one its way of signing in stays as it is.

    Raises RoleUnfit for one that may do as the owner does.
    """
    known = server.execute(
        "SELECT rolsuper OR rolcreaterole OR pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s",
        [name],
    ).fetchone()
    if known and known[0]:
        raise RoleUnfit(f"The role {name} may do as the owner does: name another one in its address.")
    command = sql.SQL("ALTER ROLE {} LOGIN" if known else "CREATE ROLE {} LOGIN").format(sql.Identifier(name))
    if password:
        # Hashed here, so that the server's log cannot hold it.
        hashed = server.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
        command += sql.SQL(" PASSWORD {}").format(sql.Literal(hashed))
    server.execute(command)


def let_see_others_work(server: "psycopg.Connection[Any]", name: str) -> bool:
    """For the purge, which pauses while others work. False where the owner may not grant that."""
    try:
        with server.transaction():
            server.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def grant() -> None:
    """Gives both roles their rights on the tables there are and takes all others, in one transaction.

    Does nothing where no roles are named. Raises RoleMissing.
    """
    if not settings.DATABASE_ROLES:
        return
    names = [settings.DATABASE_ROLES[role]["USER"] for role in Rights._fields]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [names])
        if missing := set(names) - {name for (name,) in cursor.fetchall()}:
            raise RoleMissing(f"The server knows no role {min(missing)}: run `manage.py create_roles` first.")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND pg_has_role(relowner, 'USAGE') ORDER BY relname"
        )
        if tables := [name for (name,) in cursor.fetchall()]:
            # Sent as one, they are one transaction: no request finds a right missing meanwhile.
            cursor.execute(sql.SQL("; ").join(_grants(names, tables)))


def _grants(names: list[str], tables: list[str]) -> Iterator[sql.Composed]:
    roles = sql.SQL(", ").join(map(sql.Identifier, names))
    yield sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.SQL(", ").join(map(sql.Identifier, tables)), roles)
    for table in tables:
        for name, rights in zip(names, rights_on(table), strict=True):
            if rights:
                given = (sql.SQL(rights), sql.Identifier(table), sql.Identifier(name))
                yield sql.SQL("GRANT {} ON {} TO {}").format(*given)


def rights_on(table: str) -> Rights:
    """As this server can give them."""
    rights = RIGHTS.get(table, Rights())
    server: Any = connection
    if server.pg_version >= _FIRST_VERSION_WITH_MAINTAIN:
        return rights
    return Rights(rights.application, rights.retention.replace(", MAINTAIN", ""))


def database_refuses_edits() -> bool:
    """Whether this process can neither change nor delete what is recorded, nor give itself the right to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(has_any_column_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE')"
            " OR has_table_privilege(oid, 'TRUNCATE') OR pg_has_role(relowner, 'MEMBER'))"
            " FROM pg_class WHERE oid IN (to_regclass('activity'), to_regclass('author'))"
        )
        # Null before there are tables, which nobody can then edit.
        refuses: bool = cursor.fetchone() != (True,)
        return refuses
