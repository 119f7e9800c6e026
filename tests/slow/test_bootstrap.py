import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local_files import CLONE

BOOTSTRAP = ("config/__init__.py", "config/bootstrap.py", "config/local_files.py", "config/process.py")
FILES = (*BOOTSTRAP, "config/virtual_environment.py")


def a_clone(directory: Path) -> Path:
    """One without requirements, whose manage.py tells how it was called."""
    for name in FILES:
        (directory / name).parent.mkdir(exist_ok=True)
        shutil.copy(CLONE / name, directory / name)
    (directory / "requirements.txt").write_text("# nothing\n")
    (directory / "manage.py").write_text("import sys; print(sys.prefix, *sys.argv[1:])\n")
    return directory


def bootstrap(clone: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [getattr(sys, "_base_executable", sys.executable), "config/bootstrap.py", *arguments],
        cwd=clone,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(process: "subprocess.Popen[str]") -> tuple[int, list[str]]:
    output = process.communicate(timeout=120)[0]
    return process.returncode, output.splitlines()


@pytest.fixture(scope="module")
def clone() -> Iterator[Path]:
    """With its environment made, by two at once."""
    directory = Path(tempfile.mkdtemp(prefix="activity-history-test-"))
    directory.chmod(0o711)
    a_clone(directory)
    both = [bootstrap(directory, "manage", "first"), bootstrap(directory, "manage", "second")]
    (directory / "said").write_text("\n".join(line for process in both for line in said(process)[1]))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


def test_two_at_once_make_one_environment_and_both_become_their_task(clone: Path) -> None:
    lines = (clone / "said").read_text().splitlines()

    assert sorted(lines) == sorted(
        [
            "Waiting for another make, which installs the requirements …",
            "Installing the requirements into .venv (once, and when they change) …",
            f"{clone}/.venv first",
            f"{clone}/.venv second",
        ]
    )


def test_nothing_is_installed_twice(clone: Path) -> None:
    assert said(bootstrap(clone, "manage", "--option", "two words")) == (
        0,
        [f"{clone}/.venv --option two words"],
    )


def test_changed_requirements_are_installed_and_a_failure_is_tried_again(clone: Path) -> None:
    requirements = clone / "requirements.txt"
    requirements.write_text(f"./missing-1-py3-none-any.whl --hash=sha256:{'0' * 64}\n")
    for _ in range(2):
        code, lines = said(bootstrap(clone, "manage"))
        assert code == 1
        assert lines[0] == "Installing the requirements into .venv (once, and when they change) …"
        assert lines[-1] == (
            "The requirements could not be installed (pip says why above): check the network and the free "
            "space, then run the same again."
        )
    requirements.write_text("# nothing, said differently\n")

    assert said(bootstrap(clone, "manage")) == (
        0,
        ["Installing the requirements into .venv (once, and when they change) …", f"{clone}/.venv"],
    )


@pytest.mark.parametrize("damage", ["unfinished", "python gone"])
def test_a_broken_environment_is_made_anew(clone: Path, damage: str) -> None:
    if damage == "unfinished":
        (clone / ".venv" / ".unfinished").touch()
    else:
        (clone / ".venv" / "bin" / "python").unlink()
        (clone / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")

    assert said(bootstrap(clone, "manage", "again")) == (
        0,
        ["Installing the requirements into .venv (once, and when they change) …", f"{clone}/.venv again"],
    )


def test_a_python_without_venv_says_what_to_install_and_leaves_nothing(place: Path) -> None:
    a_clone(place)
    (place / "without").mkdir()
    (place / "without" / "ensurepip.py").write_text("raise ModuleNotFoundError('ensurepip')\n")

    code, lines = said(bootstrap(place, "manage", PYTHONPATH=str(place / "without")))

    assert code == 1
    assert len(lines) == 1
    assert "venv" in lines[0]
    if shutil.which("apt-get"):
        assert "run `sudo apt install python3" in lines[0]
    assert not (place / ".venv").exists()


def test_an_unknown_task_is_told_the_known_ones(place: Path) -> None:
    assert said(bootstrap(a_clone(place), "fly")) == (
        1,
        [
            "usage: python3 config/bootstrap.py run|manage|openapi|dictionary|settings-table|test|check|format|bench|"
            "bench-large|drill|restore-drill|lock|clean [argument …]",
        ],
    )


def test_an_older_python_can_read_the_bootstrap() -> None:
    ast.parse((CLONE / "config" / "bootstrap.py").read_text(), feature_version=(3, 6))
