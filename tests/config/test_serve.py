import os
import socket
import subprocess
import sys

import pytest

from config.database_roles import Role
from config.local_files import CLONE
from config.serve import say_if_the_replica_is_unusable

NOWHERE = "postgresql://user:s3cret@127.0.0.1:1/database"


def serve(**environment: str) -> tuple[int, str]:
    """Exit code and all that was said, when it cannot serve."""
    done = subprocess.run(
        [sys.executable, "-m", "config.serve"],
        cwd=CLONE,
        env={**os.environ, **{str(role): "" for role in Role}, "DATABASE_URL": NOWHERE, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "8000.5", "٨"])
def test_a_port_that_is_none(port: str) -> None:
    assert serve(PORT=port) == (1, f"PORT: {port!r} must be a whole number from 1 to 65535.\n")


@pytest.mark.parametrize("workers", ["0", "two", "1000"])
def test_a_number_of_workers_that_is_none(workers: str) -> None:
    assert serve(WEB_CONCURRENCY=workers) == (
        1,
        f"WEB_CONCURRENCY: {workers!r} must be a whole number from 1 to 256.\n",
    )


def test_a_chosen_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        assert serve(PORT=str(port)) == (
            1,
            f"PORT {port} is taken by another program: end that one, or set another PORT.\n",
        )


def test_a_host_that_is_not_here() -> None:
    assert serve(HOST="203.0.113.1") == (
        1,
        "HOST '203.0.113.1' is no address of this machine: correct it.\n",
    )


def test_a_database_that_is_not_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"postgresql://user:s3cret@127.0.0.1:{unused.getsockname()[1]}/database"

        code, said = serve(DATABASE_URL=address)

    cure = "nothing listens at this host and port: correct them, or start the server."
    assert code == 1
    assert said.splitlines()[-1] == f"DATABASE_URL: {cure}"
    assert "s3cret" not in said
    assert "Traceback" not in said


def test_a_replica_that_is_not_there_is_told_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_REPLICA_URL", NOWHERE)

    say_if_the_replica_is_unusable()

    cure = "nothing listens at this host and port: correct them, or start the server."
    assert capsys.readouterr().out == f"DATABASE_REPLICA_URL: {cure} Until then the primary serves reports.\n"


def test_a_replica_that_answers_is_not_spoken_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_REPLICA_URL", os.environ["DATABASE_URL"])

    say_if_the_replica_is_unusable()

    assert capsys.readouterr().out == ""
