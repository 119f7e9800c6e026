import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from django.db.models import Max, Min

from activities.models import Activity
from benchmarks import load, slowest
from benchmarks.databases import LATER, SQL, YEARS_AGO
from benchmarks.dataset import AGED_MILLIONS, AGED_QUICK
from benchmarks.generator import usual_p95
from benchmarks.load import Requests
from benchmarks.purge import Beside, Purge
from benchmarks.report import purge_goals
from benchmarks.room import Room
from benchmarks.rounds import Sample
from benchmarks.servers import OURS, Server
from tests.benchmarks.conftest import SOME


def sample(per_second: float) -> Sample:
    return Sample(per_second=per_second, p50_ms=1, server_cpu_ms=None, postgres_cpu_ms=1)


MEASURED = Purge(
    rows=3_000_000,
    expired=1_000_000,
    seconds=8,
    room=Room(before=3_000_000_000, after=3_030_000_000, loaded=1_000_000),
    beside=Beside(
        rate=700,
        deleted=500_000,
        seconds=40,
        before_ms=1.0,
        during_ms=1.6,
        after_ms=1.1,
        slowest_name="purge_activities",
        slowest_ms=90,
        before=sample(2_400),
        after=sample(2_376),
    ),
)


def add_copies(rows: int, age: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute((SQL / "copies.sql").read_text(), {"rows": rows, "age": age})


@pytest.mark.usefixtures("seeded")
def test_copies_that_are_years_older_have_expired_and_are_as_large() -> None:
    add_copies(SOME.rows, YEARS_AGO)

    now = datetime.now(UTC)
    expired, live = Activity.objects.expired(now=now), Activity.objects.filter(expires_at__gt=now)
    assert (expired.count(), live.count()) == (SOME.rows, SOME.rows)
    assert sorted(str(row) for row in expired.values_list("target_id", "old_data", "new_data")) == sorted(
        str(row) for row in live.values_list("target_id", "old_data", "new_data")
    )


@pytest.mark.usefixtures("seeded")
def test_copies_of_later_come_after_all_others_and_are_none_of_what_expired() -> None:
    add_copies(400, YEARS_AGO)
    newest = Activity.objects.aggregate(at=Max("occurred_at"))["at"]
    known = set(Activity.objects.values_list("id", flat=True))

    add_copies(SOME.rows, LATER)

    later = Activity.objects.exclude(id__in=known)
    assert later.count() == SOME.rows
    assert later.aggregate(at=Min("occurred_at"))["at"] >= newest


def test_a_table_that_grew_is_a_third_expired() -> None:
    for aged, later in ((AGED_MILLIONS, 900_000), (AGED_QUICK, 90_000)):
        assert aged.later == later
        assert aged.expired * 3 == aged.rows


def test_what_a_purge_must_reach_stands_beside_what_it_did() -> None:
    lists = "that purge, also beside 700 lists/s (12,500 rows/s)"

    assert list(purge_goals(MEASURED)) == [
        ("purge of 1,000,000 of 3,000,000 rows, alone", "", "125,000/s", "at least 100,000/s", "", "yes"),
        (f"slowest statement of {lists}: purge_activities", "", "0.09 s", "at most 1 s", "", "yes"),
        ("their p95 during that purge (1.60 ms)", "before it (1.00 ms)", "1.60×", "time at most 1.5×", "", "**no**"),
        ("their p95 right after that purge (1.10 ms)", "before it (1.00 ms)", "1.10×", "time at most 1.5×", "", "yes"),
        (
            "list right after a purge of 500,000 rows (2,376/s)",
            "before it (2,400/s)",
            "0.99×",
            "at least 0.95×",
            "1×",
            "yes",
        ),
        (
            "table and indexes after autovacuum and the next 1,000,000 rows (3,030 MB)",
            "before the purge (3,000 MB)",
            "1.010×",
            "at most 1.02×",
            "",
            "yes",
        ),
    ]


def test_what_a_purge_did_not_reach_is_said() -> None:
    slow = replace(
        MEASURED,
        seconds=11,
        room=replace(MEASURED.room, after=3_090_000_000),
        beside=replace(MEASURED.beside, slowest_ms=1_001, after_ms=1.6, after=sample(2_000)),
    )

    assert [row[-1] for row in purge_goals(slow)] == ["**no**"] * 6


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("WITH /* purge_activities */ gone AS (DELETE …)", "purge_activities"),
        ('UPDATE "purge_receipt"\n  SET "deleted" = $1 WHERE …', 'UPDATE "purge_receipt" SET "deleted"'),
        ("COMMIT", "COMMIT"),
    ],
)
def test_a_statement_is_called_by_its_comment_or_its_first_words(query: str, name: str) -> None:
    assert slowest.called(query) == name


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        # The generator keeps its connections until it ends.
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def requests(tmp_path: Path) -> Requests:
    paths = tmp_path / "paths.txt"
    paths.write_text("/\n")
    return Requests("GET", paths)


def test_a_moment_of_slowness_is_not_usual() -> None:
    times = [1.0] * 100 + [9.0] * 100 + [2.0] * 100 + [8.0] * 50

    assert usual_p95(times, 100) == 2.0
    assert usual_p95(times[:200], 300) == 9.0
    assert usual_p95(times[:200], 0) == 9.0


def process(code: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)


def test_a_load_beside_a_process_lasts_as_long_as_it(port: int, requests: Requests) -> None:
    with process("import time; time.sleep(3)") as other:
        done = load.beside(other, Server(OURS, other, port), requests, rate=50, window=1, limit=60, token="any")  # type: ignore[arg-type]

    assert done.requests > 0
    assert done.seconds < 30
    assert done.errors == 0
    assert 0 < done.usual_p95_ms <= done.max_ms


def test_a_load_beside_a_process_that_fails_is_no_measurement(port: int, requests: Requests) -> None:
    with process("import sys, time; time.sleep(2); sys.exit('it broke')") as other, pytest.raises(SystemExit) as ended:
        load.beside(other, Server(OURS, other, port), requests, rate=50, window=1, limit=60, token="any")  # type: ignore[arg-type]

    assert "it broke" in str(ended.value)
