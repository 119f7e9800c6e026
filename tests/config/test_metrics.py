from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from activities import holds
from activities.purging import purge_expired
from tests.acting import acting_as
from tests.activities.keeping_rows import write_erasure, write_receipt
from tests.api_client import CheckedClient
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db

TOKEN = "m3trics-" * 8


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def scraped() -> dict[str, float]:
    response = CheckedClient(TOKEN).get("/metrics")
    assert (response.status_code, response.headers["content-type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    families = text_string_to_metric_families(response.text)
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_without_anything_to_worry_about_they_are_zero() -> None:
    assert scraped() == {
        "activity_history_oldest_expired_seconds": 0,
        "activity_history_last_purge_timestamp_seconds": 0,
        "activity_history_oldest_waiting_erasure_seconds": 0,
    }


def test_the_age_of_what_should_have_gone_is_told_and_what_is_held_is_not_counted() -> None:
    now = datetime.now(UTC)
    for days, target in ((9, "held"), (2, "free"), (1, "free")):
        ended = now - timedelta(days=days)
        store([new_activity(target_id=target, expires_at=ended, occurred_at=ended - timedelta(days=1))])
    holds.place(target_id="held", source_domain=None, reason="Audit", by="officer", now=now)
    age = scraped()["activity_history_oldest_expired_seconds"]
    assert timedelta(days=2).total_seconds() <= age < timedelta(days=2, minutes=5).total_seconds()
    receipt = acting_as("retention")(purge_expired)(now=now)
    assert scraped()["activity_history_oldest_expired_seconds"] == 0
    assert receipt.ended_at is not None
    write_receipt(started_at=now, ended_at=now + timedelta(hours=1), error="OperationalError", version="1")
    assert scraped()["activity_history_last_purge_timestamp_seconds"] == receipt.ended_at.timestamp()


def test_the_age_of_the_oldest_waiting_erasure_is_told() -> None:
    now = datetime.now(UTC)
    for minutes in (3, 30):
        write_erasure(asked_at=now - timedelta(minutes=minutes))
    assert 1800 <= scraped()["activity_history_oldest_waiting_erasure_seconds"] < 2000


@pytest.mark.parametrize("bearer", [None, "", "wrong", TOKEN[:-1], f"{TOKEN}x"])
def test_without_the_token_they_are_refused(bearer: str | None) -> None:
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    response = CheckedClient().get("/metrics", headers=headers)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert response.json() == {
        "type": "http://localhost/api/docs/problems/unauthenticated",
        "title": "A valid token is needed",
        "status": 401,
        "detail": "Send the METRICS_TOKEN of this service as a bearer token.",
        "instance": "/metrics",
        "correlationId": response.headers["x-correlation-id"],
        "errors": [],
    }


def test_without_a_token_in_the_settings_there_are_none(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    response = CheckedClient("").get("/metrics")
    assert (response.status_code, response.json()["detail"]) == (
        404,
        "There are no metrics to read: set METRICS_TOKEN first.",
    )
