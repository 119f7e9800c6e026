"""Known faults in what is installed, as pip-audit finds them; it asks a service on the internet."""

import json
import subprocess
import sys

from config.local_files import CLONE

_REQUIREMENTS = ("requirements.txt", "requirements-otel.txt", "requirements-dev.txt")
_SECONDS = 180


class FaultsKnown(Exception):
    """The message has a line for each, and the cure."""


def audit() -> str:
    """What was done, in words: without a network nothing, which stops nobody. Raises FaultsKnown."""
    files = [word for name in _REQUIREMENTS for word in ("-r", name)]
    options = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *files, *options],
            cwd=CLONE,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return verdict("")
    return verdict(done.stdout)


def verdict(report: str) -> str:
    """Of pip-audit's report, which is empty when it could not ask."""
    try:
        packages = json.loads(report)["dependencies"]
    except ValueError:
        packages = []
    faults = [
        f"  {package['name']} {package['version']}: {fault['id']}, "
        + (f"mended in {', '.join(fault['fix_versions'])}" if fault["fix_versions"] else "not mended yet")
        for package in packages
        for fault in package.get("vulns", ())
    ]
    if faults:
        cure = "Raise the versions: make lock ARGS=--upgrade."
        raise FaultsKnown("\n".join(["These packages have known faults:", *faults, cure]))
    audited = sum("vulns" in package for package in packages)
    if audited < len(packages) or not packages:
        # A mirror of the index, as many offices have, knows packages and none of their faults.
        return (
            f"Known faults were looked up for {audited} of {len(packages) or 'all'} packages: the service that "
            "pip-audit asks cannot be reached, or does not know the rest."
        )
    return f"None of {audited} packages has a known fault."
