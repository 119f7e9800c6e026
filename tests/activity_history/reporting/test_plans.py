"""What analysts are told to ask by goes by an index, through the barriers of the views."""

import pytest
from django.db import connection

from activities.models import Activity
from tests.activity_history.reporting.reading import LONG_AGO, settled
from tests.connections import execute

pytestmark = pytest.mark.django_db

ROWS = 10_000
_COLUMNS = [field.attname for field in Activity._meta.concrete_fields]
_MADE = {
    "id": "gen_random_uuid()",
    "target_id": "md5(number::text)",
    "occurred_at": "'2026-01-01T00:00:00Z'::timestamptz + number * interval '1 minute'",
    "stored_by": "10 + number",
}
_VALUES = ", ".join(_MADE.get(name, name) for name in _COLUMNS)
_ROWS = f"SELECT {_VALUES} FROM activity, generate_series(1, %s) AS number"  # noqa: S608
_COPY = f"INSERT INTO activity ({', '.join(_COLUMNS)}) {_ROWS}"


@pytest.fixture
def many() -> None:
    settled()
    execute(connection, _COPY, [ROWS])
    execute(connection, "ANALYZE activity")
    execute(connection, "SELECT brin_summarize_new_values('activity_by_time_for_analysts')")
    execute(
        connection,
        "INSERT INTO daily_count_until (is_the_one, stored_by, activity_id) VALUES (true, %s, gen_random_uuid())",
        [LONG_AGO + ROWS - 5],
    )


def plan(query: str) -> str:
    return "\n".join(line for (line,) in execute(connection, f"EXPLAIN {query}"))


WANTED = {
    "activity WHERE occurred_utc >= '2026-01-07 20:00'": "activity_by_time_for_analysts",
    "activity WHERE occurred_utc BETWEEN '2026-01-02 10:00' AND '2026-01-02 10:30'": "activity_by_time_for_analysts",
    f"activity WHERE target_id = '{'0' * 32}'": "activity_about_target",
    f"activity WHERE stored_by > {ROWS - 20}": "activity_in_order_of_storing",
    f"activity_change WHERE stored_by > {ROWS - 20}": "activity_in_order_of_storing",
    f"finance_transaction WHERE target_id = '{'0' * 32}'": "activity_about_target",
    "freshness": "activity_in_order_of_storing",
}


@pytest.mark.usefixtures("many")
def test_what_is_asked_for_is_found_by_an_index() -> None:
    plans = {asked: plan(f"SELECT * FROM reporting.{asked}") for asked in WANTED}  # noqa: S608
    assert {asked: text for asked, text in plans.items() if f" {WANTED[asked]}" not in text} == {}
    assert {asked: text for asked, text in plans.items() if "Seq Scan on activity " in text} == {}
