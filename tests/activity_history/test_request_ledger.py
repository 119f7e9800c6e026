"""What is written of requests once a second: counts that add up, and records of what failed or was slow."""

from typing import Any

import pytest
from django.db import connection

from activities.access import Caller
from activities.models import ApiClient
from activities.statements import Run
from activity_history import request_ledger
from activity_history.models import RequestCount, RequestRecord, StatementCount
from activity_history.request_ledger import RequestLedger
from config import request_log
from config.request_writer import RequestWriter
from tests.acting import acting_as
from tests.answered_requests import answered
from tests.connections import execute

pytestmark = pytest.mark.django_db

HOUR = 1_800_000_000
RUNS = [Run("list_activities", 20, 0.25), Run("list_activities", 10, 0.75)]


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    request_log.answered.clear()


def written(*requests: Any) -> RequestLedger:
    ledger = RequestLedger()
    ledger.take(requests)
    ledger.write()
    return ledger


def counts() -> list[tuple[Any, ...]]:
    columns = ("hour", "method", "route", "status", "problem", "client_id", "requests", "ms")
    return [(row[0].timestamp(), *row[1:]) for row in RequestCount.objects.order_by("id").values_list(*columns)]


def test_workers_add_to_one_row_for_each_hour_and_kind_of_answer() -> None:
    for _ in range(2):
        written(answered(at=HOUR, caller=None), answered(at=HOUR + 3599.9, caller=None), answered(at=HOUR + 3600))
    route = "/api/v1/activities"
    assert counts() == [
        (HOUR, "GET", route, 200, "", None, 4, 5.0),
        (HOUR + 3600, "GET", route, 200, "", 7, 2, 2.5),
    ]


def test_statements_are_counted_by_name() -> None:
    for _ in range(2):
        written(answered(at=HOUR, runs=RUNS))
    row: dict[str, Any] = dict(StatementCount.objects.values("hour", "name", "calls", "ms", "rows").get())
    assert (row.pop("hour").timestamp(), row) == (
        HOUR,
        {"name": "list_activities", "calls": 4, "ms": 2.0, "rows": 60},
    )


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"status": 200, "ms": 500.0}, False),
        ({"status": 200, "ms": 500.1}, True),
        ({"status": 399}, False),
        ({"status": 400}, True),
        ({"status": 503}, True),
        ({"status": 404, "pattern": None}, False),
        ({"ms": 900, "called": "POST", "pattern": "^sign-in/?$"}, False),
        ({"ms": 900, "called": "POST", "pattern": "admin/login/"}, False),
        ({"status": 429, "called": "POST", "pattern": "admin/login/"}, True),
    ],
)
def test_what_failed_was_refused_or_slow_is_kept_but_for_paths_that_there_are_not(
    told: dict[str, Any], kept: bool
) -> None:
    written(answered(**told))
    assert RequestRecord.objects.exists() == kept


def test_a_record_says_everything_but_values() -> None:
    client = ApiClient.objects.create(name="repairs")
    caller = Caller(client.id, client.name, frozenset(), None, None)
    query = "TARGETID=p-1&targetid=p-2&pageSize=5&Ruta+Haile=1&Ruta&"
    written(answered(caller=caller, status=503, problem="unavailable", query=query, runs=RUNS))
    record: dict[str, Any] = dict(RequestRecord.objects.values().get())
    record.pop("id")
    assert record.pop("at").timestamp() == 1_800_000_000.5
    assert record == {
        **{"correlation_id": "c-1", "client_id": client.id, "method": "GET", "route": "/api/v1/activities"},
        **{"parameters": ["other", "pageSize", "targetId"], "status": 503, "problem": "unavailable", "ms": 1.25},
        "statements": [
            {"name": "list_activities", "rows": 20, "ms": 0.25},
            {"name": "list_activities", "rows": 10, "ms": 0.75},
        ],
    }


def test_what_is_frequent_does_not_crowd_out_what_is_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_ledger, "RECORDS_OF_A_STATUS", 2)
    many = [answered(at=HOUR, status=401) for _ in range(5)]
    ledger = written(*many, answered(at=HOUR, status=500), answered(at=HOUR + 3600, status=401))
    assert list(RequestRecord.objects.order_by("id").values_list("status", flat=True)) == [401, 401, 500, 401]
    assert ledger.dropped == {"records": 0, "counts": 0, "frequent": 3}
    assert [row[6] for row in counts() if row[3] == 401] == [5, 1]


def test_while_nothing_can_be_written_only_so_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_ledger, "_RECORDS_WAITING", 2)
    monkeypatch.setattr(request_ledger, "_COUNTS_WAITING", 3)
    ledger = RequestLedger()
    for number in range(5):
        ledger.take([answered(at=HOUR, status=500 + number, correlation_id=f"c-{number}")])
    ledger.write()
    assert list(RequestRecord.objects.order_by("id").values_list("correlation_id", flat=True)) == ["c-3", "c-4"]
    assert [row[3] for row in counts()] == [502, 503, 504]
    assert ledger.dropped == {"records": 3, "counts": 2, "frequent": 0}


def test_nothing_is_asked_of_the_database_where_nothing_was_asked_of_us(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        written()


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_written_waits_for_the_next_turn(
    open_connection: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    writer = RequestWriter()
    request_log.answered.append(answered(status=500))
    other = open_connection()
    execute(other, "LOCK TABLE request_count")
    writer.turn()
    assert not RequestRecord.objects.exists()
    other.rollback()
    writer.turn()
    assert (RequestRecord.objects.count(), len(counts()), writer.ledger.dropped["records"]) == (1, 1, 0)
    assert '"correlation_id":"c-1"' in capfd.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_what_never_can_be_written_is_dropped_and_counted() -> None:
    """As when the application is there before its migrations."""
    as_owner = acting_as("owner")(execute)
    as_owner(connection, "ALTER TABLE request_count RENAME TO away")
    try:
        writer = RequestWriter()
        request_log.answered += [answered(status=500), answered()]
        writer.turn()
    finally:
        as_owner(connection, "ALTER TABLE away RENAME TO request_count")
    writer.turn()
    assert writer.ledger.dropped == {"records": 1, "counts": 2, "frequent": 0}
    assert not RequestRecord.objects.exists()
