"""What the page says of each statement is true: who calls it, and by which index it is served."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities import statements
from activities.statement_facts import all_facts
from activity_history import plan_in_words
from activity_history.built_statements import BUILT
from activity_history.explaining import Argument, explain
from tests.activity_history.api_calls import CALLS
from tests.api_client import CheckedClient
from tests.connections import execute
from tests.stored import stored

CALLERS = {each.name: each.called_by for each in all_facts().values()} | {
    each.name: list(each.called_by) for each in BUILT.values()
}
PAIRS = [(name, caller) for name, callers in CALLERS.items() for caller in callers]
_FILLING = [
    "INSERT INTO api_client (name, created_at) VALUES ('many', now())",
    "INSERT INTO author (full_name, identifier, email)"
    " SELECT n || repeat('n', 200), n || repeat('i', 200), n || repeat('e', 200) || '@council.example'"
    " FROM generate_series(1, 2000) AS n",
    "INSERT INTO legal_hold (target_id, reason, placed_by, placed_at)"
    " SELECT 't-' || n, 'Audit', 'officer', now() FROM generate_series(1, 5) AS n",
    "INSERT INTO activity"
    " (id, type, target_type, target_id, occurred_at, recorded_at, expires_at, new_data, author_id, client_id)"
    " SELECT gen_random_uuid(), 'update', 'person', 't-' || n / 20, now() - n * interval '1 hour', now(),"
    " now() + n * interval '1 hour', jsonb_build_object('a', repeat('x', 300)),"
    " (SELECT min(id) FROM author) + mod(n, 2000), (SELECT min(id) FROM api_client)"
    " FROM generate_series(1, 30000) AS n",
    "INSERT INTO read_record (target_id, read_at, channel, client_id, reader, role)"
    " SELECT 't-' || n / 20, now() - n * interval '1 hour', 'page', NULL, 'officer', 'support analyst'"
    " FROM generate_series(1, 5000) AS n",
    "ANALYZE author, legal_hold, activity, read_record",
]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of what ran, but for what is only tagged."""
    names: set[str] = set()
    count = statements._count

    def note(name: str, rows: list[Any], started: float) -> None:
        names.add(name)
        count(name, rows, started)

    monkeypatch.setattr(statements, "_count", note)
    return names


def test_each_caller_that_is_named_is_tried() -> None:
    assert {caller for _, caller in PAIRS} == set(CALLS)


@pytest.mark.parametrize(("name", "caller"), PAIRS)
def test_the_caller_runs_the_statement(
    api: CheckedClient, monkeypatch: pytest.MonkeyPatch, ran: set[str], name: str, caller: str
) -> None:
    stored(target_id="t-1")
    ran.clear()
    with CaptureQueriesContext(connection) as queries:
        CALLS[caller](api, monkeypatch)
    ran |= set(
        re.findall(r"^\(*[A-Z]+ /\* ([a-z_]+) \*/", "\n".join(str(each["sql"]) for each in queries), re.MULTILINE)
    )
    assert name in ran


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: Any) -> Any:
    """A transaction in which the tables hold so much that reading them whole does not pay."""
    with django_db_blocker.unblock():
        connection.set_autocommit(False)
        try:
            execute(connection, "SET LOCAL statement_timeout = 0")
            # As for the discs of today: the default is for ones that turn.
            execute(connection, "SET LOCAL random_page_cost = 1.1")
            for text in _FILLING:
                execute(connection, text)
            yield
        finally:
            connection.rollback()
            connection.set_autocommit(True)


@pytest.mark.parametrize("name", [name for name, facts in all_facts().items() if facts.indexes])
def test_the_index_expected_is_in_the_plan_on_a_large_table(large: None, name: str) -> None:
    facts = all_facts()[name]
    arguments = [Argument(each.type, None) for each in facts.parameters]
    plan = plan_in_words.read(explain(facts.text, arguments, run=False))
    assert plan.missing(facts.indexes) == []


@pytest.mark.parametrize(
    ("name", "address", "indexes"),
    [
        ("activities_narrowed", None, None),
        ("activities_narrowed", "type=update", ["activity_by_time"]),
        ("target_has_activities", None, None),
        ("export_part", None, None),
    ],
)
def test_the_index_expected_serves_what_django_builds(
    large: None, name: str, address: str | None, indexes: list[str] | None
) -> None:
    built = BUILT[name]
    text, arguments = built.compiled(built.example if address is None else address, now=datetime.now(UTC))
    assert plan_in_words.read(explain(text, arguments, run=False)).missing(list(indexes or built.indexes)) == []


def test_a_viewer_link_is_found_by_its_key(db: None) -> None:
    execute(connection, "SET LOCAL enable_seqscan = off")
    text, arguments = BUILT["viewer_link"].compiled("", now=datetime.now(UTC))
    assert arguments[-1] == Argument("uuid", str(UUID(int=0)))
    assert plan_in_words.read(explain(text, arguments, run=True)).missing(["viewer_link_pkey"]) == []
