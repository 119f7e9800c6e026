import errno
import io
import json
import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import TextField
from django.db.models.functions import Cast

from activities import loading
from activities.models import Activity, ApiClient
from tests.shapes import activity, recent

pytestmark = pytest.mark.django_db


def _file(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "history.ndjson"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def _load(path: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("load_activities", str(path), stdout=out, **options)
    return out.getvalue().strip()


def _load_lines(lines: Iterable[bytes], **options: Any) -> loading.Loaded:
    client = ApiClient.objects.create(name="import")
    usual: dict[str, Any] = {
        "client_id": client.id,
        "client_name": client.name,
        "clock": lambda: datetime.now(UTC),
        "reject": lambda number, reason: pytest.fail(reason),
        "progress": lambda so_far, size: None,
    }
    return loading.load(lines, **usual | options)


def test_second_load_of_the_same_file_adds_nothing(tmp_path: Path) -> None:
    path = _file(tmp_path, activity(), activity(id="57687df6-ef16-5fd7-ab69-5048d09ebe5e"))
    assert _load(path) == "2 read, 2 created, 0 existing, 0 expired, 0 rejected"
    assert _load(path) == "2 read, 0 created, 2 existing, 0 expired, 0 rejected"
    assert Activity.objects.count() == 2


def test_equal_lines_without_id_are_different_activities_each_loaded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)
    line = activity()
    path = _file(tmp_path, line, line, activity(), line)
    assert _load(path) == "4 read, 4 created, 0 existing, 0 expired, 0 rejected"
    assert _load(path) == "4 read, 0 created, 4 existing, 0 expired, 0 rejected"
    assert {id.version for id in Activity.objects.values_list("id", flat=True)} == {8}


def test_another_client_loads_its_own(tmp_path: Path) -> None:
    path = _file(tmp_path, activity())
    _load(path)
    assert _load(path, client="finance") == "1 read, 1 created, 0 existing, 0 expired, 0 rejected"


def test_one_id_twice_in_a_file_counts_as_existing_or_as_a_conflict(tmp_path: Path) -> None:
    once = activity(id="57687df6-ef16-5fd7-ab69-5048d09ebe5e")
    path = _file(tmp_path, once, once, {**once, "type": "delete"})
    with pytest.raises(CommandError, match=r"1 lines were rejected: .*history.ndjson.rejects has their numbers"):
        _load(path)
    assert Path(f"{path}.rejects").read_text() == ("3\t#/id: This id is stored with other content: use a new id.\n")
    assert Activity.objects.get().type == "update"


def test_bad_lines_go_to_a_private_file_and_the_good_ones_are_stored(tmp_path: Path) -> None:
    path = _file(tmp_path, "{", activity(type="1"), "", "[]", activity(newData={"n": 1}), '{"oldData": {"x": 1e999}}')
    with pytest.raises(CommandError, match="4 lines were rejected"):
        _load(path)
    rejects = Path(f"{path}.rejects")
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    lines = dict(line.split("\t", 1) for line in rejects.read_text().splitlines())
    assert list(lines) == ["1", "2", "4", "6"]
    assert lines["1"].startswith("#: The body is not JSON: ")
    assert lines["2"].startswith("#/type: Begin with a letter")
    assert lines["4"] == "#: Send an object."
    assert lines["6"].startswith("#/oldData/x: A number's exponent")
    assert Activity.objects.count() == 1


def test_lines_past_their_time_to_live_are_counted_and_do_not_fail(tmp_path: Path) -> None:
    path = _file(tmp_path, activity(datetime=recent(days=40), timeToLive="P30D"), activity())
    assert _load(path) == "2 read, 1 created, 0 existing, 1 expired, 0 rejected"
    assert not Path(f"{path}.rejects").exists()


def test_rejects_stand_in_the_order_of_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BATCH", 3)
    once = activity(id="57687df6-ef16-5fd7-ab69-5048d09ebe5e")
    path = _file(tmp_path, once, "{", {**once, "type": "end"}, "[]", {**once, "type": "delete"}, "7", activity())
    with pytest.raises(CommandError, match="5 lines were rejected"):
        _load(path)
    numbers = [line.split("\t")[0] for line in Path(f"{path}.rejects").read_text().splitlines()]
    assert numbers == ["2", "3", "4", "5", "6"]


def test_a_commit_is_made_as_soon_as_enough_bytes_were_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BATCH_BYTES", 1)
    lines = [json.dumps(activity()).encode() for _ in range(3)]
    seen: list[tuple[int, int]] = []
    loaded = _load_lines(lines, progress=lambda so_far, read: seen.append((so_far.created, read)))
    assert loaded == loading.Loaded(read=3, created=3)
    sizes = [len(line) for line in lines]
    assert seen == [(1, sizes[0]), (2, sum(sizes[:2])), (3, sum(sizes))]


@pytest.mark.parametrize(("read_ahead", "read"), [(True, [4, 5, 5]), (False, [2, 4, 5])])
def test_the_next_lines_are_read_meanwhile_but_of_a_pipe_that_might_wait(
    monkeypatch: pytest.MonkeyPatch, read_ahead: bool, read: list[int]
) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)
    taken: list[bytes] = []
    seen: list[int] = []

    def lines() -> Iterator[bytes]:
        for _ in range(5):
            taken.append(json.dumps(activity()).encode())
            yield taken[-1]

    _load_lines(lines(), progress=lambda so_far, size: seen.append(len(taken)), read_ahead=read_ahead)
    assert seen == read
    assert Activity.objects.count() == 5


def test_what_was_read_before_a_fault_of_the_disk_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BATCH", 2)

    def lines() -> Iterator[bytes]:
        for _ in range(3):
            yield json.dumps(activity()).encode()
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output error"):
        _load_lines(lines())
    assert Activity.objects.count() == 3


def test_the_id_of_a_line_stays_the_same_for_ever() -> None:
    line = (
        b'{"type":"end","targetType":"tenure","targetId":"t-1","datetime":"2026-03-15T12:00:00Z",'
        b'"author":{"fullName":"Ana Bell"}}'
    )
    _load_lines([line, line], clock=lambda: datetime(2026, 3, 16, tzinfo=UTC))
    ids = ["4634e33f-1955-8669-828e-8781ef95dce7", "c25b008c-2e16-86b9-b673-4199c3941b58"]
    assert sorted(str(id) for id in Activity.objects.values_list("id", flat=True)) == ids


def test_missing_file_is_named_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere.ndjson: No such file or directory\."):
        _load(tmp_path / "nowhere.ndjson")


def test_line_without_end_is_rejected_and_not_kept_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LONGEST_LINE", 1_000)
    path = _file(tmp_path, "x" * 5_000, activity())
    with path.open("rb") as file:
        assert [len(line) <= 1_002 for line in loading.lines_of(file)] == [True, True]
    with pytest.raises(CommandError, match="1 lines were rejected"):
        _load(path)
    assert Activity.objects.count() == 1


def test_digits_survive_the_load(tmp_path: Path) -> None:
    path = _file(tmp_path, json.dumps(activity()).replace('"Okafor-Bell"', "12345678901234567.89"))
    _load(path)
    text = Activity.objects.values_list(Cast("new_data", TextField()), flat=True).get()
    assert text == '{"surname": 12345678901234567.89}'


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with _file(tmp_path, activity()).open() as file:
        monkeypatch.setattr("sys.stdin", file)
        said = _load(Path("-"))
    assert said == "1 read, 1 created, 0 existing, 0 expired, 0 rejected"
