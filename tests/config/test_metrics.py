import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from activities import holds, tally
from activities.purging import purge_expired
from activity_history.models import Arrivals
from config import request_totals
from config.request_totals import Totals
from tests.acting import acting_as
from tests.activities.keeping_rows import write_erasure, write_receipt
from tests.answered_requests import answered
from tests.api_client import CheckedClient
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db

TOKEN = "m3trics-" * 8


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def families() -> list[Metric]:
    response = CheckedClient(TOKEN).get("/metrics")
    assert (response.status_code, response.headers["content-type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    return list(text_string_to_metric_families(response.text))


def scraped() -> dict[str, float]:
    """Those without labels, by name."""
    return {one.name: one.value for family in families() for one in family.samples if not one.labels}


def labelled(name: str) -> dict[tuple[str, ...], float]:
    """By the values of their labels."""
    return {
        tuple(one.labels.values()): one.value for family in families() for one in family.samples if one.name == name
    }


def test_without_anything_to_worry_about_they_are_zero() -> None:
    told = scraped()
    assert told.pop("activity_history_database_connections_limit") >= 20
    assert told == {
        "activity_history_database_up": 1,
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


def test_since_when_a_domain_is_silent_is_told() -> None:
    now = datetime.now(UTC)
    for domain, minutes in (("Repairs", 30), ("Repairs", 90), (None, 5)):
        at = now - timedelta(minutes=minutes)
        hour = at.replace(minute=0, second=0, microsecond=0)
        counted = {"counted_to": 0, "counted_to_id": UUID(int=0), "epoch": UUID(int=0)}
        Arrivals.objects.create(hour=hour, source_domain=domain, activities=1, newest_at=at, **counted)
    ages = labelled("activity_history_newest_activity_seconds")
    assert {key: round(age / 60) for key, age in ages.items()} == {("Repairs",): 30, ("none",): 5}
    [labels] = {
        tuple(one.labels)
        for family in families()
        for one in family.samples
        if one.name == "activity_history_newest_activity_seconds"
    }
    assert labels == ("source_domain",)


def test_connections_are_told_by_their_state() -> None:
    with acting_as("owner"):
        assert labelled("activity_history_database_connections")[("active",)] >= 1


def test_what_the_workers_counted_is_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_totals, "place", lambda: tmp_path)
    requests = [answered(ms=0.4), answered(ms=0.5), answered(ms=700), answered(status=404, problem="not-found", ms=1)]
    for worker in ("1", "2"):
        totals: Totals = Counter()
        request_totals.add(totals, requests)
        request_totals.put(totals, "recorded", {"Repairs": 3, "none": 1})
        request_totals.put(totals, "dropped", {"records": 0})
        request_totals.share(totals, tmp_path)
        (tmp_path / f"{os.getpid()}.json").rename(tmp_path / f"{worker}.json")
    route = ("GET", "/api/v1/activities")
    assert labelled("activity_history_request_seconds_count") == {(*route, "200"): 6, (*route, "404"): 2}
    assert labelled("activity_history_request_seconds_sum")[(*route, "200")] == pytest.approx(1.4018)
    buckets = labelled("activity_history_request_seconds_bucket")
    assert [buckets[(edge, *route, "200")] for edge in ("0.0005", "0.5", "1.0", "+Inf")] == [4, 4, 6, 6]
    assert labelled("activity_history_problems_total") == {
        ("GET", "internal-error"): 0,
        ("POST", "internal-error"): 0,
        ("GET", "not-found"): 2,
    }
    assert labelled("activity_history_recorded_activities_total") == {("Repairs",): 6, ("none",): 2}
    assert labelled("activity_history_dropped_accounts_total") == {("records",): 0}


def test_activities_are_counted_by_their_domain_once_and_of_many_domains_the_rest_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tally, "by_domain", Counter())
    monkeypatch.setattr(tally, "_DOMAINS_AT_MOST", 2)
    again = new_activity(source_domain="Repairs")
    store([again, new_activity(source_domain=None)])
    store([again, *(new_activity(source_domain=domain) for domain in ("Tenure", "Finance", "Repairs"))])
    assert tally.by_domain == {"Repairs": 2, "none": 1, "other": 2}


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
