import csv
import fcntl
import io
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from activities import export, export_files
from activities.export_formats import CSV, NDJSON
from activities.models import Activity
from config.local_files import CLONE
from config.process import ending_with
from tests.live.serving import database_url
from tests.processes import eventually
from tests.stored import let_expire, new_activity, store, stored

pytestmark = pytest.mark.django_db


def exported(directory: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("export_activities", str(directory), stdout=out, **options)
    return out.getvalue().strip()


def manifest(directory: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((directory / "manifest.json").read_text())
    return read


def whole(directory: Path) -> bytes:
    """All parts in the order of their names, which are those of the manifest and no others."""
    names = sorted(path.name for path in directory.glob("part-*"))
    assert names == [part["name"] for part in manifest(directory)["parts"]]
    return b"".join((directory / name).read_bytes() for name in names)


def ids_in(text: bytes) -> list[UUID]:
    return [UUID(json.loads(line)["id"]) for line in text.splitlines()]


def in_order() -> list[UUID]:
    return list(Activity.objects.newest_first().values_list("id", flat=True))


@pytest.fixture
def two_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_ROWS", 2)


@pytest.mark.usefixtures("two_a_part")
def test_the_parts_in_their_order_are_one_file_and_the_manifest_tells_of_each(tmp_path: Path) -> None:
    store(new_activity() for _ in range(5))
    directory = tmp_path / "made" / "here"
    said = exported(directory)
    rows = list(csv.DictReader(io.StringIO(whole(directory).decode(), newline="")))
    assert [UUID(row["id"]) for row in rows] == in_order()
    told = manifest(directory)
    assert (told["asked"], told["complete"], [part["rows"] for part in told["parts"]]) == (
        {"format": "csv"},
        True,
        [2, 2, 1],
    )
    for part in told["parts"]:
        body = (directory / part["name"]).read_bytes()
        assert (part["bytes"], part["sha256"]) == (len(body), sha256(body).hexdigest())
    assert said == f"5 rows, {len(whole(directory)) / 1e6:.1f} MB, 3 parts"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert (set(modes.values()), stat.S_IMODE(directory.stat().st_mode)) == ({0o600}, 0o700)


def test_filters_are_options_and_what_has_expired_is_left_out(tmp_path: Path) -> None:
    wanted = [stored(target_id=target, type="end") for target in ("t-1", "t-2")]
    stored(target_id="t-1")
    stored(target_id="t-3", type="end")
    let_expire(stored(target_id="t-1", type="end"))
    options = {"targetId": ["t-1", "t-2"], "type": ["end", "create"], "occurredFrom": ["2020-01-01"]}
    assert exported(tmp_path, format="ndjson", **options).startswith("2 rows, ")
    assert ids_in(whole(tmp_path)) == wanted[::-1]
    assert manifest(tmp_path)["asked"] == {"format": "ndjson", **options}


def test_of_nothing_there_is_a_part_with_the_header(tmp_path: Path) -> None:
    assert exported(tmp_path) == "0 rows, 0.0 MB, 1 part"
    assert whole(tmp_path) == CSV.header
    assert exported(tmp_path) == "0 rows, 0.0 MB, 1 part"


@pytest.mark.usefixtures("two_a_part")
def test_what_was_left_unfinished_is_made_again_and_the_rest_follows(tmp_path: Path) -> None:
    store(new_activity() for _ in range(5))
    work = begun(tmp_path)
    assert [next(work).parts, next(work).parts] == [0, 1]
    work.close()
    # As if it had ended between the two: a part that is whole and not yet told of, and one that is neither.
    (tmp_path / "part-00002.ndjson").write_bytes(b"old")
    (tmp_path / "part-00003.ndjson.unfinished").write_bytes(b"half")
    assert exported(tmp_path, format="ndjson").endswith("3 parts")
    assert ids_in(whole(tmp_path)) == in_order()
    assert not list(tmp_path.glob("*.unfinished"))


def begun(directory: Path) -> Any:
    return export_files.export_files(
        directory,
        NDJSON,
        lambda now: Activity.objects.readable(now=now),
        asked={"format": "ndjson"},
        clock=lambda: datetime.now(UTC),
    )


def test_a_complete_one_is_not_made_again(tmp_path: Path) -> None:
    stored()
    first = exported(tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    stored()
    assert exported(tmp_path) == first
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("options", [{}, {"format": "ndjson", "type": ["end"]}, {"type": ["end", "create"]}])
def test_another_format_or_other_filters_are_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    exported(tmp_path, type=["end"])
    with pytest.raises(CommandError, match=r'other filters \({"format": "csv", "type": \["end"\]}\)'):
        exported(tmp_path, **options)


def _change(directory: Path) -> None:
    (directory / "part-00001.csv").write_bytes(b"x")


def _remove(directory: Path) -> None:
    (directory / "part-00001.csv").unlink()


def _break(directory: Path) -> None:
    (directory / "manifest.json").write_text('{"format": "csv"')


@pytest.mark.parametrize(
    ("harm", "told"),
    [(_change, "is missing or was changed"), (_remove, "is missing or was changed"), (_break, "cannot be read")],
)
def test_parts_that_are_not_as_they_were_written_are_refused(
    tmp_path: Path, harm: Callable[[Path], None], told: str
) -> None:
    stored()
    exported(tmp_path)
    harm(tmp_path)
    with pytest.raises(CommandError, match=f"{told}.*: export into another directory"):
        exported(tmp_path)


def test_two_do_not_write_into_one_directory(tmp_path: Path) -> None:
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(CommandError, match="Another export writes into"):
        exported(tmp_path)
    os.close(held)
    assert exported(tmp_path).startswith("0 rows")


def test_a_directory_that_cannot_be_used_and_bad_filters_are_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"file: File exists\. Mend it"):
        exported(tmp_path / "file")
    with pytest.raises(CommandError, match="occurredFrom: Write it as an RFC 3339 date-time"):
        exported(tmp_path, occurredFrom=["soon"])


_SLOWLY = """
import sys, django
django.setup()
from django.core.management import call_command
from activities import export
export.MAX_ROWS = 1
call_command("export_activities", sys.argv[1], format="ndjson")
"""


@pytest.mark.django_db(transaction=True)
def test_after_kill_9_the_same_command_goes_on_and_each_row_is_there_once(tmp_path: Path) -> None:
    store(new_activity() for _ in range(1_000))
    running = subprocess.Popen(
        [sys.executable, "-c", _SLOWLY, str(tmp_path)],
        cwd=CLONE,
        env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"},
        preexec_fn=ending_with(os.getpid(), signal.SIGKILL),
    )
    assert eventually(lambda: len(list(tmp_path.glob("part-*.ndjson"))) > 3, 30)
    running.kill()
    running.wait()
    parts = len(manifest(tmp_path)["parts"])
    assert 3 <= parts < 1_000
    exported(tmp_path, format="ndjson")
    assert ids_in(whole(tmp_path)) == in_order()
    assert len(manifest(tmp_path)["parts"]) == parts + 1
