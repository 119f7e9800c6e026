import os
import socket

import pytest
from psycopg.conninfo import conninfo_to_dict

from config import external_database
from config.external_database import ExternalDatabaseUnusable, check


def own_server_with(**changes: str) -> str:
    """The address of the tests' server, changed."""
    parts = {name: str(value) for name, value in conninfo_to_dict(os.environ["DATABASE_URL"]).items()} | changes
    return " ".join(f"{name}={value}" for name, value in parts.items())


def refusal(url: str) -> str:
    with pytest.raises(ExternalDatabaseUnusable) as refused:
        check("DATABASE_URL", url)
    return str(refused.value)


def test_a_server_that_answers_is_accepted() -> None:
    check("DATABASE_URL", os.environ["DATABASE_URL"])


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://user:s3cret@host/database", "postgresql://user:s3cret%@host/database"],
)
def test_an_address_that_cannot_be_read(url: str) -> None:
    assert refusal(url) == (
        "DATABASE_URL cannot be read: write it as postgresql://user:password@host:5432/database, "
        "with special characters of the password percent-encoded."
    )


@pytest.mark.parametrize(
    ("changes", "cure"),
    [
        ({"password": "s3cret"}, "the server refuses this user and password: correct them."),
        ({"user": "s3cret"}, "the server refuses this user and password: correct them."),
        (
            {"dbname": "s3cret"},
            "the server has no such database: create it with `createdb`, or correct the name.",
        ),
        (
            {"host": "/nowhere/s3cret"},
            "there is no server at this socket: correct the host, or start the server.",
        ),
        ({"host": "s3cret.invalid"}, "this host name is not known: correct it."),
    ],
)
def test_a_server_that_refuses(changes: dict[str, str], cure: str) -> None:
    assert refusal(own_server_with(**changes)) == f"DATABASE_URL: {cure}"


def test_a_port_where_nothing_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        assert refusal(f"postgresql://user:s3cret@127.0.0.1:{port}/database") == (
            "DATABASE_URL: nothing listens at this host and port: correct them, or start the server."
        )


def test_a_server_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external_database, "OLDEST_VERSION", 99)

    assert refusal(os.environ["DATABASE_URL"]).endswith(" too old: upgrade it to 99 or newer.")
