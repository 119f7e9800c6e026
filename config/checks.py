"""`make check`, `make format` and `make openapi`: what must hold besides the tests."""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from config.audit import FaultsKnown, audit
from config.database_roles import Role
from config.local_files import CLONE

OPENAPI = CLONE / "docs" / "openapi.yaml"
_DJANGO = (sys.executable, "manage.py")
_OURS = ("manage.py", "config", "activities", "activity_history")
_RUFF = (sys.executable, "-m", "ruff")


def check() -> None:
    _step("style", *_RUFF, "check", "--quiet")
    _step("format", *_RUFF, "format", "--check", "--quiet", cure="make format")
    _step("types", sys.executable, "-m", "mypy", "--no-error-summary")
    _step("security", sys.executable, "-m", "bandit", "-q", "-r", "-c", "pyproject.toml", *_OURS)
    try:
        print(audit())
    except FaultsKnown as error:
        sys.exit(f"make: stopped at known faults.\n{error}")
    as_in_production = {
        "PUBLIC_URL": "https://history.council.example",
        "SECRET_KEY": secrets.token_urlsafe(64),
        # None to ask whether it refuses edits: that of the tests need not.
        **{f"{variable}{ending}": "" for variable in Role for ending in ("", "_FILE")},
        "SECRET_KEY_FILE": "",  # nosec B105
    }
    _step("deployment", *_DJANGO, "check", "--deploy", "--fail-level", "WARNING", **as_in_production)
    unmade = ("makemigrations", "--check", "--dry-run")
    _step("migrations", *_DJANGO, *unmade, cure="make manage ARGS=makemigrations")
    with tempfile.TemporaryDirectory() as place:
        current = Path(place) / "openapi.yaml"
        _step("OpenAPI document", *_spectacular(current))
        if not OPENAPI.exists() or OPENAPI.read_bytes() != current.read_bytes():
            sys.exit("make check: docs/openapi.yaml is not what the code says: run `make openapi`.")
    print("All checks passed.")


def format_code() -> None:
    _step("style", *_RUFF, "check", "--fix")
    _step("format", *_RUFF, "format")


def openapi() -> None:
    _step("OpenAPI document", *_spectacular(OPENAPI))
    print(f"Wrote {OPENAPI.relative_to(CLONE)}.")


def _spectacular(target: Path) -> tuple[str, ...]:
    return (*_DJANGO, "spectacular", "--validate", "--fail-on-warn", "--file", str(target))


def _step(what: str, *command: str, cure: str = "", **environment: str) -> None:
    if subprocess.run(command, cwd=CLONE, env={**os.environ, **environment}).returncode != 0:
        sys.exit(f"make: stopped at {what}" + (f": run `{cure}`." if cure else "; what is wrong stands above."))


if __name__ == "__main__":
    {"check": check, "format": format_code, "openapi": openapi}[sys.argv[1]]()
