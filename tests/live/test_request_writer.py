"""What worker processes tell of their requests: nothing is lost when they are told to end, nor delayed for it."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.db.models import Sum
from prometheus_client.parser import text_string_to_metric_families

from activity_history.models import RequestCount, RequestRecord, StatementCount
from tests.api_client import ALL_SCOPES, token
from tests.live.serving import Server, free_port
from tests.processes import eventually
from tests.shapes import activity

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "correct-horse-battery-staple-0123456789-ABCDEFGHIJKL"
COUNT = "activity_history_request_seconds_count"


@contextmanager
def serving(log: Path, **environment: str) -> Iterator[Server]:
    server = Server(2, LOG_LEVEL="INFO", LOG_FORMAT="json", METRICS_TOKEN=TOKEN, **environment)
    with log.open("wb") as server.stderr:
        server.start()
        try:
            yield server
        finally:
            server.stop()


def metrics(server: Server, name: str) -> dict[tuple[str, ...], float]:
    answer = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        tuple(one.labels.values()): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
        if one.name == name
    }


def test_every_request_is_told_and_counted_once_though_the_workers_end_at_once(tmp_path: Path) -> None:
    headers = {"Authorization": f"Bearer {token(*ALL_SCOPES)}"}
    route = "/api/v1/activities"
    with serving(tmp_path / "log") as server:
        for _ in range(20):
            # A connection each, so that both workers get some.
            assert httpx.post(f"{server.url}{route}", json=activity(), headers=headers).status_code == 201
            assert httpx.get(f"{server.url}{route}", params={"colour": "red"}, headers=headers).status_code == 400

        def counted() -> tuple[float, ...]:
            recorded = sum(metrics(server, "activity_history_recorded_activities_total").values())
            requests = metrics(server, COUNT)
            return recorded, requests.get(("POST", route, "201"), 0), requests.get(("GET", route, "400"), 0)

        assert eventually(lambda: counted() == (20, 20, 20)), counted()
        for _ in range(20):
            httpx.get(f"{server.url}{route}", params={"colour": "red"}, headers=headers)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    told = Counter((line["method"], line["route"], line["status"]) for line in lines)
    assert (told["POST", route, 201], told["GET", route, 400]) == (20, 40)
    rows = RequestCount.objects.values_list("method", "route", "status").annotate(count=Sum("requests"))
    assert {tuple(row[:3]): row[3] for row in rows} == told
    assert RequestRecord.objects.filter(problem="invalid-parameters").count() == 40
    calls = StatementCount.objects.filter(name="record_activity").aggregate(calls=Sum("calls"))["calls"]
    assert 18 <= calls <= 20


def test_while_the_database_is_gone_answers_are_as_quick_and_what_happens_is_told(tmp_path: Path) -> None:
    nowhere = f"postgresql://ruta:secret@127.0.0.1:{free_port()}/history"
    with serving(tmp_path / "log", DATABASE_URL=nowhere) as server:
        assert eventually(lambda: metrics(server, COUNT).get(("GET", "/metrics", "200"), 0) > 0)
        took = []
        for _ in range(20):
            began = time.monotonic()
            assert httpx.get(f"{server.url}/api/docs/problems").status_code == 200
            took.append(time.monotonic() - began)
        assert sorted(took)[10] < 0.5
        assert metrics(server, "activity_history_database_up") == {(): 0}
    log = (tmp_path / "log").read_text()
    told = Counter(line.get("route") for line in map(json.loads, log.splitlines()))
    assert told["/api/docs/problems"] == 20
    assert "Counts and records of requests cannot be stored for now." in log
    assert "secret" not in log
