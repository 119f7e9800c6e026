"""Installs the Fastify peer, whose packages stand in peers/package.json, where its modules are found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.local_files import data_directory

_PEERS = Path(__file__).with_name("peers")
_FILES = ("package.json", "package-lock.json", "fastify_peer.mjs", "fastify_schemas.mjs")


def command(port: int) -> list[str]:
    _install(folder())
    return ["node", str(folder() / "fastify_peer.mjs"), str(port)]


def folder() -> Path:
    return data_directory() / "benchmark-fastify"


def _install(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    lock, stamp = _PEERS / "package-lock.json", folder / "installed.json"
    for name in _FILES:
        shutil.copyfile(_PEERS / name, folder / name)
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        print("Installing the Fastify peer (once) …", flush=True)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        done = subprocess.run(npm, cwd=folder, env=os.environ, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"npm could not install the Fastify peer: {done.stderr}")
        shutil.copyfile(lock, stamp)
