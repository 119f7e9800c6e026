"""What the admin's pages read of the counts, and how long counts and records are kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activity_history import request_counts, request_records
from activity_history.models import RequestCount, RequestRecord, StatementCount
from activity_history.request_counts import AnswersOfADay, RefusedWrites, StatementUse
from tests.answered_requests import answered

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 10, 12, 30, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
WRITES = "/api/v1/activities"


def counted(requests: int, status: int = 200, problem: str = "", **told: Any) -> None:
    known = {"hour": NOW - timedelta(minutes=30), "method": "POST", "route": WRITES, "ms": 1.0, "client": None}
    RequestCount.objects.create(requests=requests, status=status, problem=problem, **{**known, **told})


def used(name: str, calls: int, ms: float, rows: int, hours: int = 0) -> None:
    StatementCount.objects.create(
        hour=datetime(2026, 4, 10, 12, tzinfo=UTC) - hours * HOUR, name=name, calls=calls, ms=ms, rows=rows
    )


def test_answers_of_a_day_tell_how_many_were_refused_and_failed() -> None:
    counted(90)
    counted(6, 404, "not-found", method="GET")
    counted(3, 503, "unavailable")
    counted(1, 500, "internal-error", hour=datetime(2026, 4, 9, 12, tzinfo=UTC))
    counted(999, 500, "internal-error", hour=datetime(2026, 4, 9, 11, tzinfo=UTC))
    found = request_counts.answers_of_a_day(now=NOW)
    assert found == AnswersOfADay(requests=100, refused=6, failed=4)
    assert found.error_rate == 4


def test_without_requests_no_error_is_told() -> None:
    found = request_counts.answers_of_a_day(now=NOW)
    assert (found, found.error_rate) == (AnswersOfADay(0, 0, 0), 0.0)


def test_refused_writes_are_told_by_reason_the_most_frequent_first() -> None:
    counted(2, 400, "invalid-activities")
    counted(3, 400, "invalid-activities", route="/api/v1/activityHistory")
    counted(5, 409, "activity-conflict")
    counted(7, 401, "unauthenticated")
    counted(50, 503, "unavailable")
    counted(50, 400, "invalid-parameters", method="GET")
    counted(50, 403, "forbidden", route="/sign-in")
    assert request_counts.refused_writes(now=NOW) == [
        RefusedWrites("unauthenticated", 7),
        RefusedWrites("activity-conflict", 5),
        RefusedWrites("invalid-activities", 5),
    ]


def test_statements_are_told_by_name_what_took_most_time_first() -> None:
    used("list_activities", 10, 5.0, 200)
    used("list_activities", 10, 25.0, 100, hours=24)
    used("list_activities", 1000, 9000.0, 1, hours=25)
    used("activity_by_id", 4, 2.0, 4)
    assert request_counts.statements_by_name(now=NOW) == [
        StatementUse("list_activities", calls=20, mean_ms=1.5, rows=300),
        StatementUse("activity_by_id", calls=4, mean_ms=0.5, rows=4),
    ]


def test_counts_go_after_thirty_days() -> None:
    end = NOW - timedelta(days=30)
    for moment in (end - MOMENT, end):
        counted(1, hour=moment)
        StatementCount.objects.create(hour=moment, name="list_activities", calls=1, ms=1.0, rows=1)
    assert request_counts.forget_old(NOW) == 2
    assert [row.hour for row in (RequestCount.objects.get(), StatementCount.objects.get())] == [end, end]


def test_records_go_after_seven_days_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_records, "_REMOVED_AT_ONCE", 2)
    end = NOW - timedelta(days=7)
    for moment in (*[end - MOMENT] * 5, end):
        record = request_records.record_of(answered(caller=None))
        record.at = moment
        record.save()
    assert request_records.forget_old(NOW) == 5
    assert RequestRecord.objects.get().at == end
