"""`make restore-drill`: a backup, an accident, and the way back, on a server of its own.

Ends with 1 unless the restored database holds, table by table, what was there at the moment to which it was restored,
and nothing of what had been erased since.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from config.local_files import CLONE
from tests.restore_drill.digests import differing, digests, table_of
from tests.restore_drill.server import BackedUpServer

ERASED_BEFORE, ERASED_SINCE, WORDS = "person-erased-before", "person-erased-since", "Marked-Surname"
_HOLDING_WORDS = "SELECT count(*) FROM activity WHERE concat(old_data, new_data) LIKE %s AND target_id = ANY(%s)"
_ACCIDENT = "DELETE FROM activity WHERE id IN (SELECT id FROM activity ORDER BY id LIMIT 500)"
_UNKNOWN = "SELECT count(*) FROM activity WHERE target_id LIKE 'since-%'"


def main() -> None:
    place = Path(tempfile.mkdtemp(prefix="activity-history-restore-"))
    place.chmod(0o711)
    server = BackedUpServer(place)
    try:
        faults = drill(server, place)
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
    sys.exit("\n".join(["", "Failed:", *faults]) if faults else None)


def drill(server: BackedUpServer, place: Path) -> list[str]:
    """What is not as it must be."""
    server.start()
    os.environ.update(server.addresses())
    os.environ.update(SECRET_KEY=secrets.token_urlsafe(64), DJANGO_SETTINGS_MODULE="config.settings")
    manage("migrate", "--verbosity=0")
    # From here on the settings can be read.
    from tests.restore_drill.service import Service

    service = Service()
    step("A history of 2,000 activities; one person is erased")
    service.record("before", 1_998, ERASED_BEFORE, ERASED_SINCE)
    manage("erase_target", ERASED_BEFORE, "--reason=Request 1", "--by=drill")
    step("A base backup, and 1,000 activities more")
    server.back_up()
    service.record("meanwhile", 1_000)
    with server.connect() as connection:
        before = digests(connection)
        row: Any = connection.execute("SELECT clock_timestamp()").fetchone()
    moment: datetime = row[0]
    step("The moment to which is restored; then 500 more, an erasure, a legal hold, and a client revoked")
    service.record("since", 500)
    old_token = service.feed_token()
    manage("erase_target", ERASED_SINCE, "--reason=Request 2", "--by=drill")
    service.revoke("drill-revoked")
    service.hold("before-1")
    step("An accident: 500 activities are deleted by hand")
    with server.connect() as connection:
        connection.execute(_ACCIDENT)
    (place / "saved.json").write_text(manage("save_before_restore"))
    server.archive_all()
    service.disconnect()
    step("Restored")
    server.restore(moment)
    with server.connect() as connection:
        after = digests(connection)
    print("\n".join(["", *table_of(before, after), ""]), flush=True)
    print(manage("prepare_restored_database", str(place / "saved.json")))
    faults = [f"Table {name} is not what it was." for name in differing(before, after)]
    return faults + wrong_afterwards(server, service, old_token)


def wrong_afterwards(server: BackedUpServer, service: Any, old_token: str) -> list[str]:
    with server.connect() as connection:
        given = [f"%{WORDS}%", [ERASED_BEFORE, ERASED_SINCE]]
        words = connection.execute(_HOLDING_WORDS, given).fetchone()
        unknown = connection.execute(_UNKNOWN).fetchone()
    checks = {
        "Nothing of what was erased has come back": words == (0,),
        "Nothing of after that moment is there": unknown == (0,),
        "The feed's tokens of before are answered with 410": service.follow(old_token) == 410,
        "A follower that begins anew is answered": service.follow("") == 200,
        "A client that was revoked since is revoked": service.is_revoked("drill-revoked"),
        "What is recorded now can be read": service.record("afterwards", 10) == 201,
    }
    for told, holds in checks.items():
        print(f"{'yes' if holds else 'NO':<4}{told}", flush=True)
    return [f"Not so: {told}." for told, holds in checks.items() if not holds]


def step(told: str) -> None:
    print(f"{told} …", flush=True)


def manage(*words: str) -> str:
    """What the command printed."""
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=CLONE, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


if __name__ == "__main__":
    main()
