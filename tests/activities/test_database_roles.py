"""What each role may do, by what the server's catalog says and by what it refuses."""

import re
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from activities import database_roles
from activities.database_roles import RIGHTS, database_refuses_edits, rights_on
from config.database_roles import Role
from tests.acting import acting_as
from tests.connections import execute
from tests.live.serving import database_url

pytestmark = pytest.mark.django_db

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
OF_COLUMNS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
ROLES = ("application", "retention")
Right = tuple[str, str, str]


def said(role: str) -> set[Right]:
    """Table, verb and column that the table in the code gives, MAINTAIN left out."""
    found = set()
    for table in RIGHTS:
        for verb, some in re.findall(r"([A-Z]+)(?: \(([^)]*)\))?", getattr(RIGHTS[table], role)):
            columns = some.split(", ") if some else columns_of(table)
            found |= {(table, verb, column) for column in columns if verb in OF_COLUMNS}
            found |= {(table, verb, "")} if verb in VERBS and not some else set()
    return found


def columns_of(table: str) -> list[str]:
    attributes = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    return [name for (name,) in execute(connection, attributes, [table])]


# As the server judges, which counts ownership, memberships and what everybody may.
OF_TABLES = """
  SELECT relname, verb, '' FROM pg_class, unnest(%s::text[]) AS verb
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND has_table_privilege(%s, pg_class.oid, verb)
"""
BY_COLUMN = """
  SELECT relname, verb, attname
  FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, unnest(%s::text[]) AS verb
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
    AND has_column_privilege(%s, pg_class.oid, attnum, verb)
"""


def in_catalog(role: str) -> set[Right]:
    name = settings.DATABASE_ROLES[role]["USER"]
    return {
        *execute(connection, OF_TABLES, [list(VERBS), name]),
        *execute(connection, BY_COLUMN, [list(OF_COLUMNS), name]),
    }


def test_every_table_has_its_rights_in_the_code() -> None:
    tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    assert {name for (name,) in execute(connection, tables)} == set(RIGHTS)


@pytest.mark.parametrize("role", ROLES)
def test_the_server_gives_each_role_what_the_code_says_and_no_more(role: str) -> None:
    assert in_catalog(role) == said(role)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_nothing_but_its_rights(role: str) -> None:
    name = settings.DATABASE_ROLES[role]["USER"]
    may = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = %s"
    assert execute(connection, may, [name]) == [(False,) * 5]
    owned = "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = %s"
    assert execute(connection, owned, [name]) == [(0,)]
    memberships = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole"
    assert execute(connection, memberships, [name]) == ([("pg_read_all_stats",)] if role == "retention" else [])
    assert execute(connection, "SELECT has_schema_privilege(%s, 'public', 'CREATE')", [name]) == [(False,)]


EDITS = (
    "UPDATE {} SET id = id",
    "DELETE FROM {}",
    "TRUNCATE {} CASCADE",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} RENAME TO mine",
    "CREATE TRIGGER silent BEFORE INSERT ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "LOCK {} IN ACCESS EXCLUSIVE MODE",
)
WRITTEN_ONCE = ("purge_receipt", "erasure", "legal_hold")
REFUSED = [
    *(("application", edit, table) for table in ("activity", "author", *WRITTEN_ONCE) for edit in EDITS),
    *(("retention", edit, table) for table in WRITTEN_ONCE for edit in EDITS),
    # Deleting and locking are what retention is for.
    *(("retention", edit, table) for table in ("activity", "author") for edit in EDITS if edit[0] not in "DL"),
]


@pytest.mark.parametrize(("role", "edit", "table"), REFUSED)
def test_what_a_role_may_not_is_refused(role: str, edit: str, table: str) -> None:
    with acting_as(role):
        assert refusal(edit.format(table)) == "42501"


@pytest.mark.parametrize(
    "asked",
    [
        "INSERT INTO activity SELECT * FROM activity",
        "INSERT INTO author (full_name) VALUES ('Ana')",
        "UPDATE activity SET expires_at = now()",
        "UPDATE activity SET target_id = 't-9'",
        "UPDATE legal_hold SET released_at = now(), released_by = 'x'",
        "SELECT FROM auth_user",
        "SELECT FROM api_client",
        "SELECT FROM django_session",
    ],
)
def test_retention_neither_records_nor_reads_what_is_not_its_own(asked: str) -> None:
    with acting_as("retention"):
        assert refusal(asked) == "42501"


@pytest.mark.parametrize("role", ROLES)
def test_no_role_becomes_another(role: str) -> None:
    """Signed in as itself: who has stepped down into a role, as in other tests, may step back."""
    others = [settings.DATABASE_ROLES[other]["USER"] for other in ROLES if other != role]
    owner = connection.settings_dict["USER"]
    with psycopg.connect(database_url(Role[role.upper()]), autocommit=True) as signed_in:
        for name in (owner, *others):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                signed_in.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(name)))


def refusal(asked: str) -> str | None:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        execute(connection, asked)
    return getattr(error.value.__cause__, "sqlstate", None)


@pytest.mark.parametrize(("role", "refuses"), [("application", True), ("retention", False), ("owner", False)])
def test_whether_the_database_refuses_edits_is_asked_of_it(role: str, refuses: bool) -> None:
    with acting_as(role):
        assert database_refuses_edits() is refuses


def test_one_column_that_may_be_changed_is_an_edit() -> None:
    name = settings.DATABASE_ROLES["application"]["USER"]
    with acting_as("owner"):
        execute(connection, f"GRANT UPDATE (target_id) ON activity TO {name}")
    assert not database_refuses_edits()


def test_rights_given_by_hand_are_taken_again() -> None:
    name = settings.DATABASE_ROLES["application"]["USER"]
    with acting_as("owner"):
        execute(connection, f"GRANT UPDATE (full_name), DELETE ON author TO {name}")
        database_roles.grant()
    assert in_catalog("application") == said("application")


def test_a_table_that_is_in_no_list_is_for_its_owner_alone() -> None:
    with acting_as("owner"):
        execute(connection, "CREATE TABLE later (id int)")
        database_roles.grant()
    for role in ROLES:
        with acting_as(role):
            assert refusal("SELECT FROM later") == "42501"


@pytest.mark.acting_as("owner")
def test_a_role_that_is_not_there_is_told(settings: Any) -> None:
    settings.DATABASE_ROLES = {role: {"USER": "nobody_there", "PASSWORD": ""} for role in ROLES}
    with pytest.raises(database_roles.RoleMissing) as error:
        database_roles.grant()
    assert str(error.value) == "The server knows no role nobody_there: run `manage.py create_roles` first."


def test_older_servers_are_given_what_they_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_roles, "_FIRST_VERSION_WITH_MAINTAIN", 10**6)
    assert "MAINTAIN" not in "".join(rights_on("activity")) + "".join(rights_on("author"))
    with acting_as("owner"):
        database_roles.grant()
    assert in_catalog("retention") == said("retention")
