"""What is told of each request, whichever way it went."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.models import ApiClient
from config import request_lines, request_log
from tests.answered_requests import answered
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.connections import Start
from tests.shapes import activity
from tests.stored import stored

ID = "57687df6-ef16-5fd7-ab69-5048d09ebe5e"
PASSING = ("time", "ms", "db_ms", "bytes", "client_id")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    request_log.answered.clear()


def told(api: CheckedClient, method: str, path: str, **request: Any) -> dict[str, Any]:
    """The line of one request, without what differs each time; its size is that of the answer."""
    response = api.request(method, path, **request)
    [line] = [json.loads(request_lines.as_json(each)) for each in request_log.taken()]
    assert line["status"] == response.status_code
    assert line["correlation_id"] == response.headers["x-correlation-id"]
    if method != "HEAD":
        assert line["bytes"] == len(response.content) == int(response.headers["content-length"])
    assert line["ms"] > line["db_ms"] >= 0
    assert abs(datetime.now(UTC) - datetime.fromisoformat(line["time"])).total_seconds() < 60
    return {name: value for name, value in line.items() if name not in (*PASSING, "status", "correlation_id")}


ONE = "/api/v1/activities/{id}"
LIST = "/api/v1/activities"
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", f"{LIST}/{ID}", {"route": ONE, "statements": 1, "rows": 1}),
    ("GET", f"{LIST}/{ID.upper()}/?x=1", {"route": ONE, "statements": 1, "rows": 1}),
    ("GET", f"{LIST}/{ID[:-1]}f", {"route": ONE, "statements": 1, "rows": 0, "problem": "not-found"}),
    ("GET", f"{LIST}?targetId=t-1", {"route": LIST, "statements": 1, "rows": 1}),
    ("GET", f"{LIST}?colour=red", {"route": LIST, "problem": "invalid-parameters"}),
    ("GET", "/api/v1/activityHistory/?targetId=t-1", {"route": "/api/v1/activityHistory", "statements": 1, "rows": 1}),
    ("POST", LIST, {"route": LIST, "problem": "unsupported-media-type"}),
]


@pytest.mark.parametrize(("method", "path", "expected"), CALLS)
@pytest.mark.parametrize("way", ["*/*", "application/json;q=0.5, */*;q=0.4" + " " * 400])
def test_both_ways_tell_the_same(
    api: CheckedClient, method: str, path: str, expected: dict[str, Any], way: str
) -> None:
    """What is too long to be remembered takes the long way."""
    stored(id=ID, target_id="t-1")
    line = told(api, method, path, headers={"Accept": way})
    common = {"level": "INFO", "client": "tests", "trace_id": None, "problem": None, "statements": 0, "rows": 0}
    assert line == {**common, "method": method, **expected}


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nowhere/Ruta-Haile", {"route": "unknown path", "problem": "not-found"}),
        ("GET", "/history/t-1", {"route": "/history/{target_id}"}),
        ("GET", "/", {"route": "/"}),
        ("HEAD", "/api/docs/problems/too-broad", {"route": "/api/docs/problems/{slug}"}),
        ("GET", "/api/v1/activities", {"route": LIST, "problem": "unauthenticated"}),
        ("PUT", "/api/v1/activities", {"route": LIST, "problem": "unauthenticated"}),
        ("BREW", "/api/docs", {"method": "other", "route": "/api/docs", "problem": "method-not-allowed"}),
        ("GET", "/static/activity_history/admin.css", {"route": "/static"}),
        ("GET", "/static/Ruta-Haile.css", {"route": "unknown path", "problem": "not-found"}),
        ("GET", "/metrics", {"route": "/metrics", "problem": "not-found"}),
    ],
)
def test_pages_and_strangers_are_told_of_too(db: None, method: str, path: str, expected: dict[str, Any]) -> None:
    line = told(CheckedClient(), method, path)
    line.pop("statements"), line.pop("rows")
    common = {"level": "INFO", "client": None, "trace_id": None, "problem": None, "method": method}
    assert line == {**common, **expected}


def test_a_client_is_told_by_its_number_and_by_its_name_unless_that_may_be_an_address(db: None) -> None:
    for name, shown in (("repairs", "repairs"), ("ruta.haile@council.example", None)):
        CheckedClient(token(*ALL_SCOPES, client=name)).about("t-1")
        line = json.loads(request_lines.as_json(request_log.taken()[-1]))
        assert (line["client_id"], line["client"]) == (ApiClient.objects.get(name=name).id, shown)


@pytest.mark.parametrize(
    ("traceparent", "trace_id"),
    [
        (f"00-{TRACE}-00f067aa0ba902b7-01", TRACE),
        (f"01-{TRACE}-00f067aa0ba902b7-01-more", TRACE),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", None),
        ("Ruta Haile", None),
        (None, None),
    ],
)
def test_the_trace_of_a_request_is_told(traceparent: str | None, trace_id: str | None) -> None:
    assert json.loads(request_lines.as_json(answered(traceparent=traceparent)))["trace_id"] == trace_id


def test_a_person_reads_it_in_words() -> None:
    assert request_lines.as_text(answered()).decode() == (
        "08:00:00 200 GET /api/v1/activities  1.2 ms (database 0.8 in 2, 21 rows) 512 bytes  repairs  c-1"
    )
    refused = answered(status=404, problem="not-found", caller=None, runs=[])
    assert request_lines.as_text(refused).decode() == (
        "08:00:00 404 GET /api/v1/activities  1.2 ms (database 0.0 in 0, 0 rows) 512 bytes  not-found  c-1"
    )


def test_probes_that_are_answered_well_are_not_told() -> None:
    requests = [answered(pattern="^api/health/ready/?$", status=status) for status in (200, 503)]
    told = request_lines.lines(requests, form="json", level="INFO")
    assert [json.loads(line)["status"] for line in told] == [503]


def test_above_the_level_of_information_only_failures_are_told() -> None:
    requests = [answered(status=status) for status in (200, 404, 500, 503)]

    def statuses(level: str) -> list[int]:
        return [json.loads(line)["status"] for line in request_lines.lines(requests, form="json", level=level)]

    assert statuses("INFO") == [200, 404, 500, 503]
    assert statuses("WARNING") == statuses("ERROR") == [500, 503]
    assert json.loads(request_lines.as_json(requests[-1]))["level"] == "ERROR"


@pytest.mark.parametrize("length", [1, 100, 4095, 4096, 9000])
def test_lines_go_into_a_pipe_whole_and_in_order(length: int, start: Start) -> None:
    reading, writing = os.pipe()
    lines = [str(number).encode() * length for number in range(7)]

    def write() -> None:
        request_lines.write(lines, writing)
        os.close(writing)

    # A pipe may hold a page only.
    start(write)
    with os.fdopen(reading, "rb") as read:
        assert read.read().splitlines() == lines


def test_a_request_that_ends_the_application_is_told_as_failed() -> None:
    def fails(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        raise ValueError("Ruta Haile")

    with pytest.raises(ValueError, match="Ruta"):
        request_log.logged(fails)({"REQUEST_METHOD": "GET"}, None)
    [request] = request_log.taken()
    assert (request.status, request.size, request.route) == (500, 0, "unknown path")


def test_when_nobody_takes_them_the_newest_are_dropped_and_counted(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "_WAITING_AT_MOST", 2)
    before = request_log.dropped["requests"]
    for path in ("/api/docs", "/", "/nowhere"):
        CheckedClient().get(path)
    assert [request.route for request in request_log.taken()] == ["/api/docs", "/"]
    assert request_log.dropped["requests"] - before == 1


def test_a_write_is_told_with_all_its_statements(api: CheckedClient) -> None:
    line = told(api, "POST", LIST, json=[activity(), activity()])
    assert (line["statements"], line["rows"], line["problem"]) == (2, 3, None)
