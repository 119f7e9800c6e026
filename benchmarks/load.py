"""Load on a server: by wrk, or by our own generator where wrk is missing or requests must be counted or timed."""

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from math import nan
from pathlib import Path

from benchmarks.servers import Server
from config.local_files import CLONE

CONNECTIONS = 4
_SCRIPT = Path(__file__).with_name("load.lua")
_GRACE_SECONDS = 120


@dataclass(frozen=True)
class Requests:
    """What is asked, again and again: a file of paths to GET, or of bodies to POST."""

    method: str
    file: Path


@dataclass(frozen=True)
class Load:
    """What came of it. Requests that were under way at the end are not counted."""

    requests: int
    seconds: float
    errors: int
    p50_ms: float
    p95_ms: float
    # wrk is not asked for these: the median of the 95th percentiles of its parts, and the slowest answer.
    usual_p95_ms: float = nan
    max_ms: float = nan

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def for_seconds(server: Server, requests: Requests, *, seconds: float, token: str) -> Load:
    """As many as it takes, on 4 connections."""
    if shutil.which("wrk") is None:
        return _generator(server, requests, token, seconds=seconds)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "60s"]
    command += ["-s", str(_SCRIPT), f"http://127.0.0.1:{server.port}"]
    return _run([*command, "--", requests.method, server.kind.create_path, str(requests.file)], token, seconds)


def counted(server: Server, requests: Requests, *, count: int, token: str) -> Load:
    """So many, on 4 connections, until the last is answered."""
    return _generator(server, requests, token, count=count)


def at_a_rate(server: Server, requests: Requests, *, rate: float, seconds: float, token: str) -> Load:
    """So many a second, whether the ones before are answered or not; a request's time counts from when it was due."""
    return _generator(server, requests, token, rate=rate, seconds=seconds)


def beside(
    process: "subprocess.Popen[str]",
    server: Server,
    requests: Requests,
    *,
    rate: float,
    window: float,
    limit: float,
    token: str,
) -> Load:
    """The same, in parts of `window` seconds, for as long as the process runs.

    Ends the run when that takes longer than `limit`, or fails.
    """
    command = _generator_command(server, requests, rate=rate, window=window, seconds=limit)
    with subprocess.Popen(command, cwd=CLONE, env=_environment(token), stdout=subprocess.PIPE, text=True) as generator:
        try:
            _, said = process.communicate(timeout=limit)
        finally:
            generator.terminate()
        answered, _ = generator.communicate(timeout=_GRACE_SECONDS)
    if process.returncode or generator.returncode:
        sys.exit(f"{process.args!r} or the load beside it failed: {said}{answered}")
    return _read(answered)


def _generator(server: Server, requests: Requests, token: str, **options: float) -> Load:
    return _run(_generator_command(server, requests, **options), token, options.get("seconds", 0))


def _generator_command(server: Server, requests: Requests, **options: float) -> list[str]:
    command = [sys.executable, "-m", "benchmarks.generator", "--port", str(server.port)]
    command += ["--method", requests.method, "--path", server.kind.create_path, "--file", str(requests.file)]
    return command + [f"--{name}={value}" for name, value in options.items()]


def _run(command: list[str], token: str, seconds: float) -> Load:
    limit = seconds + _GRACE_SECONDS
    done = subprocess.run(command, cwd=CLONE, env=_environment(token), capture_output=True, text=True, timeout=limit)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr}{done.stdout}")
    return _read(done.stdout)


def _environment(token: str) -> dict[str, str]:
    return {**os.environ, "BENCHMARK_TOKEN": token, "BENCHMARK_SEED": str(random.randrange(2**31))}


def _read(said: str) -> Load:
    return Load(**json.loads(said.strip().splitlines()[-1]))
