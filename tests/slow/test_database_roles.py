"""A database that is set up with a role for each purpose, by the commands as an operator runs them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from activities.checks import EDITS_ARE_POSSIBLE, edits_are_refused
from config.database_roles import Role
from config.local_files import CLONE
from tests.acting import acting_as
from tests.processes import eventually

DATABASE = "roles_from_the_start"
USERS = {Role.APPLICATION: "start_app", Role.RETENTION: "start_retention"}


@pytest.fixture
def addresses() -> Iterator[dict[str, str]]:
    """Of an empty database, two of whose roles nobody has made yet."""
    owners = urlsplit(os.environ[Role.OWNER])
    place = owners.netloc.rpartition("@")[2]
    with psycopg.connect(owners.geturl(), autocommit=True) as owner:
        # A run that was killed may have left it.
        _remove(owner)
        owner.execute(f"CREATE DATABASE {DATABASE}".encode())
        try:
            in_it = owners._replace(path=f"/{DATABASE}")
            others = {role: in_it._replace(netloc=f"{user}:first-secret@{place}") for role, user in USERS.items()}
            yield {role: urlunsplit(others.get(role, in_it)) for role in Role}
        finally:
            _remove(owner)


def _remove(owner: "psycopg.Connection[Any]") -> None:
    owner.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)".encode())
    for user in USERS.values():
        owner.execute(f"DROP ROLE IF EXISTS {user}".encode())


def run(addresses: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CLONE,
        env={**os.environ, **{str(role): "" for role in Role}, **addresses},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_it_is_set_up_by_two_commands_and_each_process_does_its_own(addresses: dict[str, str]) -> None:
    names = "start_app and start_retention"
    made = f"{names} have their rights on the tables there are; `migrate` gives those on new ones.\n"
    assert run(addresses, "create_roles") == (0, made, "")
    assert run(addresses, "migrate", "--verbosity", "0") == (0, "", "")
    app = {Role.APPLICATION.value: addresses[Role.APPLICATION]}
    retention = {Role.RETENTION.value: addresses[Role.RETENTION]}
    samples = "activities/demo/samples.ndjson"
    assert run(app, "load_activities", samples, "--client", "samples")[0] == 0
    refused = "The database does not let this role do that: docs/database-roles.md says which may.\n"
    assert run(app, "purge_expired_activities") == (1, "", refused)
    assert run(retention, "purge_expired_activities")[0] == 0
    not_allowed = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(addresses[Role.APPLICATION]) as application, not_allowed:
        application.execute("DELETE FROM activity")
    changed = {role: url.replace("first-secret", "second-secret") for role, url in addresses.items()}
    assert run(changed, "create_roles") == (0, made, "")
    psycopg.connect(changed[Role.APPLICATION]).close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(addresses[Role.APPLICATION])


def test_a_load_is_ended_without_many_words_and_what_it_lacks_is_told(addresses: dict[str, str]) -> None:
    owner = {Role.APPLICATION.value: addresses[Role.OWNER]}
    missing = "A {} is missing in the database: run `manage.py migrate` first.\n"
    load = ("load_activities", "activities/demo/samples.ndjson")
    assert run(owner, *load) == (1, "", missing.format("table"))
    assert run(owner, "migrate", "--verbosity", "0") == (0, "", "")
    with subprocess.Popen(
        [sys.executable, "manage.py", "load_activities", "-"],
        cwd=CLONE,
        env={**os.environ, **{str(role): "" for role in Role}, **owner},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell has what it runs in the background ignore it.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as loading:
        with psycopg.connect(addresses[Role.OWNER], autocommit=True) as watcher:
            assert eventually(lambda: watcher.execute("SELECT FROM api_client WHERE name = 'import'").rowcount == 1)
        loading.send_signal(signal.SIGINT)
        assert loading.wait(10) == 130
        assert loading.stdout is not None
        assert loading.stderr is not None
        assert (loading.stdout.read(), loading.stderr.read()) == (b"", b"")
    with psycopg.connect(addresses[Role.OWNER], autocommit=True) as changing:
        changing.execute("ALTER TABLE api_client DROP COLUMN activities_per_minute")
    assert run(owner, *load) == (1, "", missing.format("column"))


def test_roles_that_may_do_as_the_owner_does_are_refused(addresses: dict[str, str]) -> None:
    with psycopg.connect(addresses[Role.OWNER], autocommit=True) as owner:
        owner.execute("CREATE ROLE start_app LOGIN CREATEROLE")
    code, out, err = run(addresses, "create_roles")
    assert (code, out) == (1, "")
    assert err == "CommandError: The role start_app may do as the owner does: name another one in its address.\n"


def test_who_has_one_address_is_told_how_to_make_roles() -> None:
    one = {Role.APPLICATION.value: os.environ[Role.OWNER]}
    said = "CommandError: Set DATABASE_OWNER_URL, DATABASE_URL and DATABASE_RETENTION_URL first.\n"
    assert run(one, "create_roles") == (1, "", said)


@pytest.mark.django_db
def test_the_check_before_deployment_says_when_edits_are_possible() -> None:
    assert edits_are_refused() == []
    with acting_as("owner"):
        assert edits_are_refused() == [EDITS_ARE_POSSIBLE]


def test_the_check_before_deployment_is_silent_without_a_database() -> None:
    nowhere = {Role.APPLICATION.value: "postgresql://user:s3cret@127.0.0.1:1/database"}
    code, out, err = run(nowhere, "check", "--deploy")
    assert (code, "activities.W001" in out + err, "s3cret" in out + err) == (0, False, False)
