"""What pg_stat_statements has counted, by the names that stand in the statements."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from activities import history
from activity_history import statement_statistics
from activity_history.models import StatementCount
from activity_history.statement_statistics import Statistic, Statistics, by_name
from tests.acting import acting_as
from tests.activity_history.admin_pages import facts, page_of, rows
from tests.activity_history.explaining_staff import analyst
from tests.connections import execute
from tests.stored import stored

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def counting() -> None:
    if execute(connection, "SELECT current_setting('pg_stat_statements.max', true)") == [(None,)]:
        pytest.skip("This server does not have pg_stat_statements loaded.")
    with acting_as("owner"):
        execute(connection, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        execute(
            connection,
            "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)",
        )


def test_statements_of_both_kinds_are_counted_by_name(counting: None) -> None:
    id = stored(target_id="t-1")
    for _ in range(3):
        history.by_id(id, now=NOW)
    history.by_id(uuid4(), now=NOW)
    for types in (["update"], ["update", "end"]):
        history.page(["t-1"], narrow=lambda rows: rows.filter(type__in=types), page_size=5, now=NOW)  # noqa: B023
    history.page(["t-1", "t-2"], narrow=lambda rows: rows.filter(type="update"), page_size=5, now=NOW)
    found = by_name(now=NOW)
    assert found.source == statement_statistics._BY_SERVER
    counted = {row.name: (row.calls, row.rows) for row in found.rows}
    assert counted["activity_by_id"] == (4, 3)
    assert counted["activities_narrowed"] == (3, 3)
    means = [row.mean_ms for row in found.rows]
    assert means == sorted(means, reverse=True)
    assert means[-1] > 0


def test_the_page_tells_what_was_counted(counting: None) -> None:
    stored(target_id="t-1")
    history.page(["t-1"], page_size=5, now=NOW)
    client = analyst()
    told = dict(facts(page_of(client, "/admin/queries/activities_about_target/")))["So far"]
    assert re.match(r"1 call, \d+\.\d\d ms on average, 1 row, ", told)
    listed = rows(page_of(client, "/admin/queries/"), "<thead")
    counted = {row[0].partition("One page")[0]: row[2::2] for row in listed}
    assert counted["activities_about_target"] == ["1", "1"]
    assert counted["activities_about_targets"] == ["-", "-"]


def test_where_the_server_lacks_the_extension_the_service_has_counted_itself() -> None:
    with acting_as("owner"):
        execute(connection, "DROP EXTENSION IF EXISTS pg_stat_statements")
    for name, calls, ms, counted in (("activity_by_id", 4, 2.0, 3), ("arrivals", 1, 9.0, 5)):
        StatementCount.objects.create(hour=NOW - timedelta(hours=1), name=name, calls=calls, ms=ms, rows=counted)
    found = by_name(now=NOW)
    assert found.rows == [Statistic("arrivals", 1, 9.0, 5), Statistic("activity_by_id", 4, 0.5, 3)]
    assert found.source == statement_statistics._BY_SERVICE
    assert found.source in page_of(analyst(), "/admin/queries/")


def test_a_statement_is_found_by_its_name() -> None:
    one = Statistic("activity_by_id", 1_234, 0.5, 5_678)
    found = Statistics("a test", [one])
    assert (found.of("activity_by_id"), found.of("arrivals")) == (one, None)
    assert (one.calls_in_words, one.rows_in_words) == ("1,234", "5,678")
