"""A person's data in a request that fails reaches no line, record, count or metric."""

from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.core.serializers import serialize

from activities.api import operations
from activity_history.models import RequestCount, RequestRecord, StatementCount
from config import request_log, request_totals
from config.request_writer import RequestWriter
from config.wsgi import application
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.shapes import activity
from tests.stored import stored

MARK = "Ruta-Haile-of-7-Elm-Row"
METRICS = "m3trics-" * 8
ID = "57687df6-ef16-5fd7-ab69-5048d09ebe5e"
AUTHOR = {"id": MARK, "fullName": MARK, "email": f"{MARK}@council.example"}
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/v1/activities", {"json": activity(author=AUTHOR, newData={MARK: MARK})}),
    ("POST", "/api/v1/activities", {"json": activity(author=AUTHOR, targetId=MARK, type=f"{MARK} {MARK}")}),
    ("POST", "/api/v1/activities", {"json": {MARK: MARK}}),
    ("POST", "/api/v1/activities", {"json": activity(id=ID, author=AUTHOR)}),
    (
        "POST",
        "/api/v1/activities",
        {"content": f'{{"author": "{MARK}'.encode(), "headers": {"Content-Type": "application/json"}},
    ),
    ("POST", "/api/v1/activities", {"json": activity(), "headers": {"Idempotency-Key": f"{MARK}\x7f"}}),
    ("GET", "/api/v1/activities", {"params": {"targetId": MARK, MARK: MARK}}),
    ("GET", "/api/v1/activityhistory", {"params": {"targetId": MARK, "paginationToken": MARK}}),
    ("GET", f"/api/v1/activities/{MARK}", {}),
    ("POST", "/api/v1/viewer-links", {"json": {"targetIds": [MARK], "minutes": MARK}}),
    ("GET", f"/my-history/{MARK}", {}),
    ("GET", f"/history/{MARK}", {}),
    ("POST", "/sign-in", {"data": {"username": MARK, "password": MARK}}),
    ("GET", f"/{MARK}", {"params": {MARK: MARK}}),
    ("GET", "/api/v1/activities", {"headers": {"Authorization": f"Bearer {MARK}"}}),
    ("GET", "/", {"headers": {"traceparent": MARK, "User-Agent": MARK, "Cookie": MARK}}),
]


@pytest.fixture
def writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> RequestWriter:
    """It shares its totals as a worker does."""
    settings.METRICS_TOKEN = METRICS
    request_log.answered.clear()
    monkeypatch.setattr(request_totals, "place", lambda: tmp_path)
    return RequestWriter()


def everything_told(writer: RequestWriter, capfd: pytest.CaptureFixture[str]) -> str:
    writer.turn()
    rows = [*RequestRecord.objects.all(), *RequestCount.objects.all(), *StatementCount.objects.all()]
    told: str = serialize("json", rows)
    return told + CheckedClient(METRICS).get("/metrics").text + capfd.readouterr().err


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["json", "text"])
def test_no_refusal_tells_what_was_in_it(
    writer: RequestWriter, capfd: pytest.CaptureFixture[str], settings: Any, form: str
) -> None:
    settings.LOG_FORMAT = form
    stored(id=ID)
    bearer = token(*ALL_SCOPES, "history:share", client=f"{MARK}@council.example")
    transport = httpx.WSGITransport(app=application)
    for method, path, request in REQUESTS:
        headers = {"Authorization": f"Bearer {bearer}", **request.get("headers", {})}
        with httpx.Client(transport=transport, base_url="http://localhost", headers=headers) as api:
            api.request(method, path, **{name: value for name, value in request.items() if name != "headers"})
    told = everything_told(writer, capfd)
    assert MARK.lower() not in told.lower()
    assert RequestCount.objects.count() >= len(REQUESTS) - 4
    for slug in ("invalid-activities", "activity-conflict", "malformed-json", "invalid-parameters", "unauthenticated"):
        assert told.count(slug) >= 3, slug


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [ValueError(MARK), psycopg.OperationalError(MARK), psycopg.errors.CheckViolation(MARK)]
)
def test_no_failure_tells_what_was_in_it(
    writer: RequestWriter, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(operations, "store_whole", fail)
    response = CheckedClient(token(*ALL_SCOPES)).record(activity(author=AUTHOR, targetId=MARK))
    told = everything_told(writer, capfd)
    assert (response.status_code in (500, 503), RequestRecord.objects.count()) == (True, 1)
    assert MARK not in told
    assert RequestRecord.objects.get().problem in told
