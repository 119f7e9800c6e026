"""Which address a process uses, and what a child learns of the others."""

import os
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands
from psycopg.conninfo import conninfo_to_dict

from config.database import databases, other_roles
from config.database_roles import Role, address_of, environment_of, role_of
from config.embedded_postgres import EmbeddedPostgres

pytestmark = pytest.mark.usefixtures("no_address")

ADDRESSES = {role: f"postgresql://{role.name.lower()}:s3cret@db.example/history" for role in Role}


def given(monkeypatch: pytest.MonkeyPatch, *roles: Role) -> None:
    for role in roles:
        monkeypatch.setenv(role, ADDRESSES[role])


@pytest.mark.parametrize(
    ("command", "role"),
    [
        ("migrate", Role.OWNER),
        ("create_roles", Role.OWNER),
        ("flush", Role.OWNER),
        ("purge_expired_activities", Role.RETENTION),
        ("erase_target", Role.RETENTION),
        ("erase_author", Role.RETENTION),
        ("load_activities", Role.APPLICATION),
        ("issue_token", Role.APPLICATION),
        ("createsuperuser", Role.APPLICATION),
        ("check", Role.APPLICATION),
        ("shell", Role.APPLICATION),
    ],
)
def test_a_command_has_a_role(command: str, role: Role) -> None:
    assert role_of(command) is role
    assert command in get_commands()


def test_each_role_has_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, *Role)
    assert {role: address_of(role) for role in Role} == {role: (role, ADDRESSES[role]) for role in Role}


def test_with_one_address_everything_runs_as_that_role(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, Role.APPLICATION)
    assert {address_of(role) for role in Role} == {(Role.APPLICATION, ADDRESSES[Role.APPLICATION])}
    assert other_roles() == {}


def test_with_none_it_is_the_embedded_database() -> None:
    assert [address_of(role) for role in Role] == [None] * 3
    assert {name: role["USER"] for name, role in other_roles().items()} == {
        "application": "activity_history_app",
        "retention": "activity_history_retention",
    }


def test_a_purge_needs_no_other_address_than_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, Role.RETENTION)
    assert address_of(Role.RETENTION) == (Role.RETENTION, ADDRESSES[Role.RETENTION])
    with pytest.raises(ImproperlyConfigured) as refused:
        address_of(Role.APPLICATION)
    assert str(refused.value) == ("DATABASE_URL is not set: DATABASE_RETENTION_URL is for purges and erasures only.")


@pytest.mark.parametrize("missing", [Role.APPLICATION, Role.RETENTION])
def test_the_owners_address_goes_with_the_others(monkeypatch: pytest.MonkeyPatch, missing: Role) -> None:
    given(monkeypatch, *(role for role in Role if role is not missing))
    with pytest.raises(ImproperlyConfigured) as refused:
        databases()
    assert str(refused.value) == f"{missing} is not set: DATABASE_OWNER_URL goes with the two others."


def test_the_owner_knows_whom_to_give_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, *Role)
    assert other_roles() == {
        "application": {"USER": "application", "PASSWORD": "s3cret"},
        "retention": {"USER": "retention", "PASSWORD": "s3cret"},
    }


@pytest.mark.parametrize("same", [Role.OWNER, Role.RETENTION])
def test_three_addresses_of_two_roles_are_refused(monkeypatch: pytest.MonkeyPatch, same: Role) -> None:
    given(monkeypatch, *Role)
    monkeypatch.setenv("DATABASE_URL", ADDRESSES[same])
    with pytest.raises(ImproperlyConfigured) as refused:
        other_roles()
    assert str(refused.value) == (
        "DATABASE_OWNER_URL, DATABASE_URL, DATABASE_RETENTION_URL must each name another user: "
        "that is what they are for."
    )


@pytest.mark.parametrize("role", Role)
def test_a_child_learns_of_its_own_address_alone(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    given(monkeypatch, *Role)
    assert {name for name in environment_of(role) if name in set(Role)} == {role}
    assert environment_of(role)["PATH"] == os.environ["PATH"]


def test_a_purge_gets_the_one_address_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, Role.APPLICATION)
    assert {name for name in environment_of(Role.RETENTION) if name in set(Role)} == {Role.APPLICATION}


def test_the_embedded_server_has_all_three_also_in_a_cluster_of_before(place: Path) -> None:
    server = EmbeddedPostgres("a", durable=False, directory=place)
    with server.running(), psycopg.connect(server.url(), autocommit=True) as owner:
        for role in (Role.APPLICATION, Role.RETENTION):
            owner.execute(f"DROP ROLE {conninfo_to_dict(server.url(role))['user']}".encode())
    with server.running():
        signed_in = []
        for role in Role:
            with psycopg.connect(server.url(role)) as connection:
                signed_in += connection.execute("SELECT current_user").fetchall()
    assert signed_in == [("activity_history",), ("activity_history_app",), ("activity_history_retention",)]
