import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from config.embedded_postgres import EmbeddedPostgres, PostgresInUse
from config.local_files import CLONE
from config.postgres_binaries import PostgresUnavailable, find_binaries
from tests.processes import alive, eventually

RUN = """
import sys
from pathlib import Path
from config.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres("a", durable=False, directory=Path(sys.argv[1]))
"""
OWN = RUN + "server.start(); print(server.process.pid, flush=True); sys.stdin.read(); server.stop()"
USE = RUN + "with server.running(): print(server.process and server.process.pid, flush=True); sys.stdin.read()"


def a_server(place: Path, name: str = "a") -> EmbeddedPostgres:
    return EmbeddedPostgres(name, durable=False, directory=place)


def another_process(script: str, place: Path) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", script, str(place)]
    return subprocess.Popen(command, cwd=CLONE, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ask(server: EmbeddedPostgres, question: str) -> object:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def socket_directory(server: EmbeddedPostgres) -> Path:
    return Path(str(conninfo_to_dict(server.url())["host"]))


def test_statements_are_counted_also_in_a_cluster_of_before(place: Path) -> None:
    server = a_server(place)
    server.start()
    assert ask(server, "SELECT count(*) > 0 FROM pg_stat_statements") is True
    ask(server, "DROP EXTENSION pg_stat_statements")
    server.stop()
    server.start()
    assert ask(server, "SELECT count(*) > 0 FROM pg_stat_statements") is True
    server.stop()


def test_data_outlives_a_stop_and_nothing_else_does(place: Path) -> None:
    server = a_server(place)
    url = server.url()
    server.start()
    assert server.process is not None
    pid = server.process.pid
    ask(server, "CREATE TABLE kept AS SELECT 7 AS number")
    server.stop()
    assert not alive(pid)

    server.start()
    try:
        assert ask(server, "SELECT number FROM kept") == 7
        assert server.url() == url
    finally:
        server.stop()
    assert not socket_directory(server).exists()


def test_a_server_in_use_is_shared_and_its_owner_waits_for_the_others(place: Path) -> None:
    with another_process(USE, place) as owner, another_process(USE, place) as guest:
        # Whichever came first owns it.
        started = {owner: first_line(owner), guest: first_line(guest)}
        owner, guest = sorted(started, key=lambda process: started[process] == "None")
        pid = int(started[owner])
        assert started[guest] == "None"

        assert owner.stdin is not None
        assert owner.stderr is not None
        owner.stdin.close()
        assert owner.stderr.readline() == "Waiting for other processes that use the database …\n"
        assert alive(pid)
        guest.communicate("", timeout=10)
        assert guest.returncode == owner.wait(10) == 0
        assert not alive(pid)


def test_a_second_owner_is_told_who_the_first_is(place: Path) -> None:
    owner = another_process(OWN, place)
    first_line(owner)

    with pytest.raises(PostgresInUse) as refused:
        a_server(place).start(patience=0)
    owner.communicate("", timeout=10)

    assert str(refused.value) == (
        f"The database of this copy is used by another process (pid {owner.pid}: -c {place}): "
        "end that one first, or use a second copy."
    )


def test_a_killed_owner_takes_the_server_along_and_the_next_start_recovers(place: Path) -> None:
    owner = another_process(OWN, place)
    pid = int(first_line(owner))
    owner.kill()
    owner.communicate()

    server = a_server(place)
    server.start()
    try:
        assert not alive(pid)
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_killed_server_is_no_hindrance(place: Path) -> None:
    server = a_server(place)
    server.start()
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.stop()
    # The number of a process that lives, as after a restart of the machine.
    sockets = socket_directory(server)
    for file in (place / "a" / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        file.write_text(f"{os.getpid()}\n" + "".join(file.read_text().splitlines(keepends=True)[1:]))

    with server.running():
        assert ask(server, "SELECT 1") == 1


def test_a_start_killed_half_way_is_made_anew(place: Path) -> None:
    owner = another_process(OWN, place)
    assert eventually(lambda: (place / "a.making" / "cluster" / "base").exists())
    owner.kill()
    owner.communicate()
    assert not (place / "a").exists()

    server = a_server(place)
    with server.running():
        assert ask(server, "SELECT current_database()") == "activity_history"
    assert not (place / "a.making").exists()


def test_two_servers_side_by_side(place: Path) -> None:
    one, other = a_server(place, "one"), a_server(place, "other")
    with one.running(), other.running():
        ask(one, "CREATE TABLE only_here ()")
        assert ask(one, "SELECT to_regclass('only_here') IS NULL") is False
        assert ask(other, "SELECT to_regclass('only_here') IS NULL") is True


def test_a_cluster_of_another_version_is_refused(place: Path) -> None:
    (place / "a").mkdir()
    (place / "a" / "PG_VERSION").write_text("13\n")

    with pytest.raises(PostgresUnavailable) as refused:
        a_server(place).start()

    assert str(refused.value) == (
        f"{place / 'a'} was made by PostgreSQL 13, these programs are {find_binaries().major_version}: "
        f"set POSTGRES_BIN to the programs of 13, or remove {place / 'a'} to begin with an empty database."
    )


def test_a_cluster_with_another_password_is_refused(place: Path) -> None:
    server = a_server(place)
    with server.running():
        pass
    (place / "secrets.json").unlink()

    with pytest.raises(PostgresUnavailable) as refused:
        server.start()

    assert str(refused.value) == (
        f"{place / 'a'} was made with another password than that in {place / 'secrets.json'}: "
        f"put the right file back, or remove {place / 'a'} to begin with an empty database."
    )
    assert server.process is None


def test_missing_programs_are_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(place))

    with pytest.raises(PostgresUnavailable) as refused:
        a_server(place).start()

    assert str(refused.value) == f"No PostgreSQL program initdb in {place}: correct POSTGRES_BIN."


def test_a_socket_directory_that_others_can_enter_is_refused(place: Path) -> None:
    server = a_server(place)
    sockets = socket_directory(server)
    sockets.mkdir()
    sockets.chmod(0o777)

    with pytest.raises(PostgresUnavailable) as refused:
        server.start()
    sockets.rmdir()

    assert str(refused.value) == (f"{sockets}, the place of the database's socket, belongs to someone else: remove it.")


def test_what_a_start_fails_for_is_told(place: Path) -> None:
    server = a_server(place)
    with server.running():
        pass
    (place / "a" / "postgresql.auto.conf").write_text("work_mem = 'nonsense'\n")

    with pytest.raises(PostgresUnavailable) as refused:
        server.start()

    assert f"did not start (see {place / 'a.log'})" in str(refused.value)
    assert str(refused.value).count("\n") == 0


def test_refused_values_are_not_logged(place: Path) -> None:
    server = a_server(place)
    with server.running(), pytest.raises(psycopg.DataError):
        ask(server, "SELECT 'Jane Resident'::uuid")

    assert "Jane" not in (place / "a.log").read_text()


def test_only_the_tests_servers_may_lose_data(place: Path) -> None:
    server = EmbeddedPostgres("durable", directory=place)
    with server.running():
        said = {name: ask(server, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")}
        assert said == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
        assert ask(server, "SHOW data_checksums") == "on"
        assert ask(server, "SHOW listen_addresses") == ""
        assert ask(server, "SHOW timezone") == "UTC"
