"""`make run` in a copy of this clone, as a person runs it: started, used, ended in every way."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from config.database_roles import Role
from config.embedded_postgres import EmbeddedPostgres
from config.local_files import CLONE, data_directory
from tests.processes import alive, descendants, eventually

NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".data", ".*_cache", "__pycache__")


@pytest.fixture(scope="module")
def clone() -> Iterator[Path]:
    """With this clone's environment: making one is tested elsewhere."""
    place = Path(tempfile.mkdtemp(prefix="activity-history-test-"))
    place.chmod(0o711)
    directory = place / "clone"
    shutil.copytree(CLONE, directory, ignore=NOT_COPIED)
    (directory / ".venv").symlink_to(CLONE / ".venv")
    yield directory
    shutil.rmtree(place)


class Run:
    def __init__(self, clone: Path) -> None:
        self.clone = clone
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        changed = {"PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        kept = {name: value for name, value in os.environ.items() if name not in (*Role, "MAKELEVEL")}
        self.began = time.monotonic()
        self.make = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env=kept | changed,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []
        assert self.make.stdout is not None
        for line in self.make.stdout:
            self.said.append(line.rstrip())
            if "answers at" in line:
                break
        self.seconds = time.monotonic() - self.began
        self.processes = descendants(self.make.pid)

    def pid(self, part: str) -> int:
        """The topmost process whose command has this in it."""
        return next(pid for pid, command in self.processes.items() if part in command)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/api/docs/")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def rest(self) -> str:
        assert self.make.stdout is not None
        return self.make.stdout.read()

    def all_gone(self) -> bool:
        return not any(alive(pid) for pid in [self.make.pid, *self.processes])

    def end(self) -> None:
        """Also what a failed test has left, and the directory of the socket, which only a server that stops removes."""
        for pid in [self.make.pid, *self.processes]:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.make.wait()
        if self.make.stdout is not None:
            self.make.stdout.close()
        database = EmbeddedPostgres(directory=data_directory(self.clone)).url()
        shutil.rmtree(str(conninfo_to_dict(database)["host"]), ignore_errors=True)


@pytest.fixture
def run(clone: Path) -> Iterator[Run]:
    running = Run(clone)
    yield running
    running.end()


@pytest.fixture
def runs(clone: Path) -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for each in started:
        each.end()


def test_it_answers_and_says_where(run: Run) -> None:
    assert run.answers()
    assert f"Activity History answers at http://127.0.0.1:{run.port} (Ctrl-C stops it)" in run.said


def test_a_second_start_answers_within_five_seconds(clone: Path, runs: list[Run]) -> None:
    runs.append(Run(clone))
    os.kill(runs[0].make.pid, signal.SIGTERM)
    assert eventually(runs[0].all_gone)

    runs.append(Run(clone))

    assert runs[1].answers()
    assert runs[1].seconds < 5


def test_ctrl_c_ends_everything_in_order_however_often(run: Run) -> None:
    server = run.pid("config.serve")
    began = time.monotonic()
    for _ in range(3):
        os.killpg(run.make.pid, signal.SIGINT)
        time.sleep(0.05)

    assert eventually(run.all_gone, 10)
    assert time.monotonic() - began < 10
    assert "Traceback" not in run.rest()
    assert not alive(server)


def test_being_asked_to_end_is_no_failure(run: Run) -> None:
    # make says by its exit code how what it ran has ended.
    os.kill(run.pid("config.serve"), signal.SIGTERM)

    assert run.make.wait(10) == 0
    assert run.all_gone()


@pytest.mark.parametrize("killed", ["make", "config.serve", "granian", "bin/postgres"])
def test_a_kill_leaves_nothing_and_the_next_start_works(clone: Path, runs: list[Run], killed: str) -> None:
    first = Run(clone)
    runs.append(first)
    os.kill(first.make.pid if killed == "make" else first.pid(killed), signal.SIGKILL)

    assert eventually(first.all_gone, 15)
    told = {
        "granian": "The web server (granian) has ended, so everything is stopped: run it again.",
        "bin/postgres": "The database (PostgreSQL) has ended, so everything is stopped: run it again; ",
    }
    assert told.get(killed, "") in first.rest()
    runs.append(Run(clone))
    assert runs[1].answers()


def test_a_killed_worker_is_replaced(run: Run) -> None:
    master = run.pid("granian")
    before = set(descendants(master))
    # Granian takes a worker that ends within its first seconds for one that cannot start.
    time.sleep(6)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: len(descendants(master)) == len(before))

    assert eventually(run.answers)
    assert before.isdisjoint(descendants(master))


def test_another_copy_waits_for_nothing(clone: Path, run: Run) -> None:
    other = clone.parent / "other"
    shutil.copytree(clone, other, symlinks=True, ignore=NOT_COPIED)
    (other / ".venv").symlink_to(CLONE / ".venv")
    beside = Run(other)
    try:
        assert beside.answers()
        assert run.answers()
    finally:
        beside.end()
        shutil.rmtree(other)


def test_commands_use_the_server_that_runs(clone: Path, run: Run) -> None:
    done = subprocess.run(
        [".venv/bin/python", "manage.py", "showmigrations"],
        cwd=clone,
        env={name: value for name, value in os.environ.items() if name not in set(Role)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "[X] 0001_initial" in done.stdout
    assert run.answers()
