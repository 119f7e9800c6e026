import json
from typing import Any

import pytest

from config.audit import FaultsKnown, verdict

GOOD: dict[str, Any] = {"name": "orjson", "version": "3.11.0", "vulns": []}
UNKNOWN = {"name": "uv", "skip_reason": "Dependency not found on PyPI and could not be audited: uv (1.0)"}


def report(*packages: dict[str, Any]) -> str:
    """In pip-audit's own form."""
    return json.dumps({"dependencies": packages, "fixes": []})


def test_nothing_known_is_said() -> None:
    assert verdict(report(GOOD, GOOD)) == "None of 2 packages has a known fault."


def test_known_faults_stop_with_the_cure() -> None:
    mended = {"name": "django", "version": "5.2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["5.2.1", "5.3"]}]}
    open_ = {"name": "axes", "version": "8", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}
    with pytest.raises(FaultsKnown) as known:
        verdict(report(GOOD, mended, UNKNOWN, open_))
    assert str(known.value).splitlines() == [
        "These packages have known faults:",
        "  django 5.2.0: PYSEC-1, mended in 5.2.1, 5.3",
        "  axes 8: PYSEC-2, not mended yet",
        "Raise the versions: make lock ARGS=--upgrade.",
    ]


@pytest.mark.parametrize(
    ("said", "how_many"), [("", "0 of all"), (report(UNKNOWN, GOOD), "1 of 2"), (report(UNKNOWN), "0 of 1")]
)
def test_what_could_not_be_asked_is_said_and_stops_nobody(said: str, how_many: str) -> None:
    assert verdict(said).startswith(f"Known faults were looked up for {how_many} packages: the service that pip-audit")
