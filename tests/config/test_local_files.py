import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.local_files import CLONE, LocalFilesUnusable, data_directory, secrets

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


def test_secrets_are_for_their_owner_only(place: Path) -> None:
    made = secrets(place)

    assert stat.S_IMODE((place / "secrets.json").stat().st_mode) == 0o600
    assert len({made.secret_key, made.database_password, made.demo_password}) == 3
    assert len(made.secret_key) >= 50
    assert [file.name for file in place.iterdir()] == ["secrets.json"]


def test_secrets_stay_the_same(place: Path) -> None:
    assert secrets(place) == secrets(place)


def test_two_places_have_different_secrets(place: Path) -> None:
    other = place / "other"
    other.mkdir()

    assert secrets(place) != secrets(other)


def test_processes_that_race_agree(place: Path) -> None:
    script = "import sys; from config.local_files import *; print(secrets(Path(sys.argv[1])))"
    command = [sys.executable, "-c", script, str(place)]
    started = [subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, text=True) for _ in range(8)]

    said = {process.communicate(timeout=30)[0].strip() for process in started}

    assert said == {str(secrets(place))}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"secret_key": "a"}', b"\xff", b'{"secret_key": "", "x": 1}'],
)
def test_damaged_secrets_are_refused_and_kept(place: Path, content: bytes) -> None:
    file = place / "secrets.json"
    file.write_bytes(content)

    with pytest.raises(LocalFilesUnusable) as refused:
        secrets(place)

    assert str(refused.value) == (
        f"{file} is damaged: put back a copy of it, or remove {place} to begin anew "
        "with new secrets and an empty database."
    )
    assert file.read_bytes() == content


def test_data_lies_in_the_clone(place: Path) -> None:
    directory = data_directory(place)

    assert directory == place / ".data"
    assert stat.S_IMODE(directory.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)


def test_a_loosened_directory_is_closed_again(place: Path) -> None:
    data_directory(place).chmod(0o777)

    assert stat.S_IMODE(data_directory(place).stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)


@as_root
def test_root_keeps_data_of_a_closed_clone_elsewhere_and_leaves_its_modes(place: Path) -> None:
    clone = place / "closed" / "clone"
    clone.mkdir(parents=True)
    (place / "closed").chmod(0o700)

    directory = data_directory(clone)

    shutil.rmtree(directory)
    assert directory.parent == Path("/var/lib/activity-history")
    assert stat.S_IMODE((place / "closed").stat().st_mode) == 0o700
    assert not (clone / ".data").exists()


@as_root
def test_data_of_another_user_is_refused(place: Path) -> None:
    (place / ".data").mkdir()
    os.chown(place / ".data", 65534, 65534)

    with pytest.raises(LocalFilesUnusable) as refused:
        data_directory(place)

    assert str(refused.value) == (
        f"{place / '.data'} cannot be used (it belongs to another user): "
        "run this as the user who made it, or remove it as that user."
    )
