"""`make lock`: pins requirements*.in, with hashes and the reason of each line, into requirements*.txt."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config.local_files import CLONE

_HEADER = "# Made by `make lock` from {source}: change that, not this.\n"


def main() -> None:
    if subprocess.run([sys.executable, "-m", "uv", "--version"], capture_output=True).returncode != 0:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    for stem in ("requirements", "requirements-dev", "requirements-otel", "requirements-bench"):
        source, target = CLONE / f"{stem}.in", CLONE / f"{stem}.txt"
        pinned = _pinned(source, target, sys.argv[1:])
        reasons = dict(_reasons(source.read_text()))
        target.write_text(_HEADER.format(source=source.name) + "".join(_with_reasons(pinned, reasons)))
        print(f"Wrote {target.name}.")


def _pinned(source: Path, target: Path, arguments: list[str]) -> str:
    """As uv writes it. Versions pinned before are kept, unless told `--upgrade`."""
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / target.name
        if target.exists():
            output.write_text(target.read_text())
        command = ["-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11", "--quiet"]
        command += ["--generate-hashes", "--no-header", "--annotation-style", "line"]
        done = subprocess.run([sys.executable, *command, *arguments, source.name, "-o", output], cwd=CLONE)
        if done.returncode != 0:
            sys.exit(f"make lock: {source.name} cannot be resolved; uv says why above.")
        return output.read_text()


def _reasons(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        found = re.match(r"([\w.-]+)[^#]*#\s*(.+)", line)
        if found and not line.startswith("-"):
            yield _canonical(found[1]), found[2].strip()


def _with_reasons(pinned: str, reasons: dict[str, str]) -> Iterator[str]:
    """Each requirement under a line that says what it is for, or whom it serves."""
    for block in re.split(r"(?m)^(?=\w)", pinned):
        name = re.match(r"[\w.-]+", block)
        if name is None:
            continue
        requirement, _, served = block.rstrip().partition("  # via ")
        names = [one for one in served.split(", ") if not one.startswith(("-r ", "-c "))]
        why = reasons.get(_canonical(name[0])) or "via " + ", ".join(names)
        yield f"# {why}\n{requirement.rstrip()}\n"


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
