"""What the image holds, run as the image runs it: by a user who owns nothing of it, and can write nowhere."""

import fnmatch
import gzip
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.database_roles import Role
from config.local_files import CLONE
from config.postgres_binaries import server_account
from config.web_server import granian_command
from tests.live.serving import database_addresses, free_port
from tests.processes import eventually

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz"
IGNORED = (CLONE / ".dockerignore").read_text().split()


def _not_in_the_image(folder: str, names: list[str]) -> set[str]:
    relative = Path(folder).relative_to(CLONE)
    paths = {name: str(relative / name) for name in names}
    return {
        name
        for name, path in paths.items()
        if any(fnmatch.fnmatch(path, pattern) or f"**/{name}" == pattern for pattern in IGNORED)
    }


@pytest.fixture
def image() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="activity-history-image-"))
    place.chmod(0o755)
    app = place / "app"
    shutil.copytree(CLONE, app, ignore=_not_in_the_image)
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": SECRET, "DATABASE_URL": "postgresql:///none"}
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(collect, cwd=app, env={**environment, "STATIC_ROOT": str(app / "collected")}, check=True)
    for path in [place, *place.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield app
    for path in [place, *place.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(place)


def environment_of_container(image: Path, *roles: Role) -> dict[str, str]:
    files = {"STATIC_ROOT": str(image / "collected"), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"}
    addresses = {role: address for role, address in database_addresses(*roles).items() if address}
    return {"PATH": os.environ["PATH"], "SECRET_KEY": SECRET, **files, **addresses}


def as_its_user() -> dict[str, Any]:
    """Who runs the tests as root may have a Python that nobody else reaches."""
    python = Path(sys.executable).resolve()
    reached = all(place.stat().st_mode & stat.S_IXOTH for place in (python, *python.parents))
    account = server_account() if reached else None
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def test_it_migrates_and_serves_and_writes_nothing(image: Path) -> None:
    before = sorted(image.rglob("*"))
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    owner = environment_of_container(image, *Role)
    subprocess.run(migrate, cwd=image, env=owner, check=True, **as_its_user())
    port = free_port()
    command = granian_command(host="127.0.0.1", port=port, workers=1)
    application = environment_of_container(image, Role.APPLICATION)
    server = subprocess.Popen(command, cwd=image, env=application, start_new_session=True, **as_its_user())
    probe = [sys.executable, "-m", "config.probe"]
    try:
        assert eventually(lambda: probed(image, probe, "/api/docs/", str(port)) == "", 20)
        assert probed(image, probe, "/api/v1/activities", str(port)) == "It answers /api/v1/activities with 401.\n"
        style = httpx.get(f"http://127.0.0.1:{port}/static/admin/css/base.css")
        assert style.headers["content-encoding"] == "gzip"
        assert gzip.decompress((image / "collected/admin/css/base.css.gz").read_bytes()) == style.content
    finally:
        server.terminate()
        server.wait(20)
    assert probed(image, probe, "/api/docs/", str(port)) == "It does not answer: ConnectionRefusedError.\n"
    assert sorted(image.rglob("*")) == before


def probed(image: Path, probe: list[str], path: str, port: str) -> str:
    """What it complains of."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*probe, path, port], cwd=image, env=environment, capture_output=True, text=True)
    assert bool(done.returncode) == bool(done.stderr)
    return done.stderr
