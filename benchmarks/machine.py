"""Where and with what the figures were taken."""

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import fastify
from benchmarks.bench import Bench

_OURS = ("django", "djangorestframework", "granian", "psycopg", "pydantic", "orjson", "msgspec")
_PEERS = ("fastapi", "uvicorn", "uvloop", "httptools", "asyncpg", "pyjwt", "djangorestframework-simplejwt")
_NODE_PACKAGES = ("fastify", "postgres", "fast-jwt")


def described(bench: Bench, busy: float) -> list[tuple[str, str]]:
    """Each line's name and text. `busy` is the load average before anything was started."""
    return [
        ("Date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("Machine", _machine(busy)),
        ("PostgreSQL", _postgres(bench)),
        ("This project", _listed(_OURS)),
        ("Peers", _listed(_PEERS) + _node()),
        ("Load", _wrk()),
    ]


def _machine(busy: float) -> str:
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    gibibytes = f"{int(memory[1]) / 2**20:.0f} GiB" if memory else "unknown memory"
    name = model[1] if model else platform.machine()
    return f"{name}, {os.cpu_count()} cores, {gibibytes}, Linux {platform.release()}; load average {busy:.1f} before"


def _postgres(bench: Bench) -> str:
    with bench.cluster.connect("postgres") as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return f"{row[0] if row else 'unknown'}, embedded, durable commits, options as in `make run`"


def _listed(names: tuple[str, ...]) -> str:
    return f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in names)


def _node() -> str:
    folder = fastify.folder()
    if not shutil.which("node") or not (folder / "node_modules").exists():
        return "; no Node here"
    found = [f"Node {_said('node', '--version').lstrip('v')}"]
    for name in _NODE_PACKAGES:
        text = (folder / "node_modules" / name / "package.json").read_text()
        number = re.search(r'"version": "([^"]+)"', text)
        found.append(f"{name} {number[1] if number else ''}")
    return "; " + ", ".join(found)


def _wrk() -> str:
    if shutil.which("wrk") is None:
        return "benchmarks/generator.py, because wrk is missing"
    number = re.search(r"wrk (?:debian/)?([\d.]+)", _said("wrk", "-v"))
    return f"wrk {number[1] if number else ''}; arrays and rates by benchmarks/generator.py"


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip()
