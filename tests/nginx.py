"""Debian's nginx with the configuration of deploy/, on a free port."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from config.local_files import CLONE
from config.process import ending_with
from tests.live.serving import free_port
from tests.processes import eventually

ORIGIN = "https://repairs.council.example"
_PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"

needs_nginx = pytest.mark.skipif(
    not Path(_PROGRAM).exists() and not os.environ.get("REQUIRE_NGINX"), reason="nginx is not installed"
)


class Nginx:
    """Its configuration is that of production but for the seconds that are given."""

    def __init__(self, place: Path, app_port: int, seconds: dict[str, int]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        values = {
            "HISTORY_LISTEN": f"127.0.0.1:{self.port}",
            "HISTORY_APP": f"127.0.0.1:{app_port}",
            "HISTORY_SCRATCH": str(place),
            "PUBLIC_URL": "https://history.council.example",
            "CORS_ALLOWED_ORIGINS": f"https://other.example, {ORIGIN}",
        }
        text = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], (CLONE / "deploy" / "nginx.conf").read_text())
        for name, value in seconds.items():
            text, changed = re.subn(rf"(?m)^( *{name}) \d+s;", rf"\1 {value}s;", text)
            assert changed == 1
        text = text.replace("/dev/stdout", str(place / "access.log")).replace(
            "stderr alert", f"{place}/error.log alert"
        )
        (place / "nginx.conf").write_text(text)
        self._place = place
        self.process = subprocess.Popen(
            [_PROGRAM, "-e", "stderr", "-c", str(place / "nginx.conf"), "-g", "daemon off;"],
            preexec_fn=ending_with(os.getpid(), signal.SIGTERM),
        )

    def logged(self) -> str:
        return "".join((self._place / name).read_text() for name in ("access.log", "error.log"))

    def answers(self) -> bool:
        try:
            httpx.get(f"{self.url}/api/v1/activities")
        except httpx.TransportError:
            return False
        return True


@contextmanager
def nginx_before(app_port: int, **seconds: int) -> Iterator[Nginx]:
    """`seconds` by the name of a directive, for what a test cannot wait for."""
    place = Path(tempfile.mkdtemp(prefix="activity-history-nginx-"))
    place.chmod(0o711)
    nginx = Nginx(place, app_port, seconds)
    try:
        assert eventually(nginx.answers)
        yield nginx
    finally:
        nginx.process.terminate()
        nginx.process.wait(timeout=20)
        shutil.rmtree(place)
