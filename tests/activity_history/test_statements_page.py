"""The queries page: what it says of each statement, and what it lets nobody do."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities import statements
from activities.models import Activity
from activities.statement_facts import all_facts
from activity_history import explaining
from activity_history.built_statements import BUILT
from tests.acting import acting_as
from tests.activity_history.admin_pages import facts, page_of, queries_of, rows, signed_in_with
from tests.activity_history.explaining_staff import ASKED, LIST, SECRET, analyst, explained
from tests.connections import execute
from tests.stored import let_expire, new_activity, store, stored

pytestmark = pytest.mark.django_db

PAGE = f"{LIST}activities_about_target/"


@pytest.fixture
def client() -> Client:
    return analyst()


# What only commands run.
OF_RETENTION = {
    name
    for name, each in all_facts().items()
    if each.writes and all(caller.startswith("manage.py") for caller in each.called_by)
}
NOT_PERMITTED = (
    "The role that serves these pages may not run this statement, and so has no plan of it: the purge's process runs "
    "it, in the role of retention."
)


def test_every_statement_is_listed_with_its_purpose_and_its_callers(client: Client) -> None:
    shown = rows(page_of(client, LIST), "<thead")
    assert len(shown) == len(all_facts()) + len(BUILT)
    [row] = [
        row
        for row in shown
        if row[0].startswith("activities_about_target ") or row[1].startswith("GET /api/v1/activities with one")
    ]
    assert row[0] == ("activities_about_targetOne page of what was done to one target, newest first, from a place on.")
    assert row[1] == "GET /api/v1/activities with one targetIdGET /api/v1/activityHistory"


def test_a_statement_is_shown_with_its_sql_its_parameters_and_its_index(client: Client) -> None:
    page = page_of(client, PAGE)
    assert facts(page)[:2] == [
        ("Called by", "GET /api/v1/activities with one targetIdGET /api/v1/activityHistory"),
        ("Index expected", "activity_about_target; backwards"),
    ]
    assert "WHERE activity.target_id = $1" in page
    assert "text: any text. In a call: targetId." in page


@pytest.mark.parametrize("name", [*all_facts(), *BUILT])
def test_each_statement_has_a_page_whose_own_values_can_be_explained(client: Client, name: str) -> None:
    address = f"{LIST}{name}/"
    form = client.get(address).context["form"]
    answer = client.post(address, {field.name: field.value() or "" for field in form})
    refused: tuple[int, dict[str, str], str] = (400, {}, NOT_PERMITTED) if name in OF_RETENTION else (200, {}, "")
    assert (answer.status_code, answer.context["form"].errors, answer.context["asked"].error) == refused


def test_the_plan_is_told_in_words_and_names_no_value(client: Client) -> None:
    store([new_activity(target_id=SECRET) for _ in range(30)] + [new_activity() for _ in range(900)])
    with acting_as("owner"):
        # What other tests left of statistics is no matter then.
        execute(connection, "ANALYZE activity")
    execute(connection, "SET LOCAL enable_seqscan = off")
    answer = explained(client, **ASKED)
    told = answer.context["asked"].plan.sentences
    assert told[0] == "activity was read by the index activity_about_target: 21 rows."
    assert "It gave 21 rows." in told
    assert re.fullmatch(r"Buffers: [1-9]\d* from PostgreSQL's memory, \d+ from the disk or .* KiB\)\.", told[-2])
    assert re.fullmatch(r"It took \d+\.\d\d ms, and to plan it took \d+\.\d\d ms\.", told[-1])
    raw = answer.context["asked"].raw
    assert '"Index Cond": "(((target_id)::text = $1)' in raw or "target_id = $1" in raw or "= $1" in raw
    assert SECRET not in raw
    # The form alone keeps what was asked for.
    assert answer.content.decode().count(SECRET) == 1


def test_an_index_that_is_not_used_is_pointed_out(client: Client) -> None:
    execute(connection, "SET LOCAL enable_indexscan = off")
    execute(connection, "SET LOCAL enable_bitmapscan = off")
    answer = explained(client, **ASKED)
    assert answer.context["asked"].missing == ["activity_about_target"]
    assert "Expected, and not used: activity_about_target." in answer.content.decode()


@pytest.mark.parametrize("name", sorted({name for name, each in all_facts().items() if each.writes} - OF_RETENTION))
def test_what_writes_is_planned_and_not_run(client: Client, name: str) -> None:
    id = stored(target_id="t-1")
    before = list(Activity.objects.values())
    values = {"target_id": "t-1", "id": str(id), "ids": str(id) if "purge" in name else "1", "target_ids": "t-1"}
    values |= {
        "now": "2100-01-01T00:00:00Z",
        "rows": "9",
        "marker": "{}",
        "before": "2100-01-01T00:00:00Z",
        "after": "0",
    }
    asked = explained(client, name, **values).context["asked"]
    assert asked.plan.sentences[-1] == ("It was planned and not run: there are no rows, buffers or times to tell.")
    assert '"Actual Rows"' not in asked.raw
    assert list(Activity.objects.values()) == before


def test_no_plan_tells_whether_a_word_stands_in_a_document(client: Client) -> None:
    stored()
    after = "00000000-0000-0000-0000-000000000000"
    answer = explained(client, "targets_naming", after=after, rows="1", parts="%Okafor%", whole="%x%")
    assert answer.context["asked"].raw.count("Actual Rows") == answer.context["asked"].raw.count("Rows Removed") == 0
    assert "It looks for words in documents, and how many it finds would tell" in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    ["compare_with_stored", "expired_activities", "held_targets_of_authors", "oldest_reads", "reads_of_target"],
)
def test_what_no_call_reads_with_is_planned_and_not_run(client: Client, name: str) -> None:
    stored()
    form = client.get(f"{LIST}{name}/").context["form"]
    answer = explained(client, name, **{field.name: field.value() or "" for field in form})
    raw = answer.context["asked"].raw
    assert (answer.status_code, raw.count("Actual Rows"), raw.count("Rows Removed")) == (200, 0, 0)
    assert "how many rows it finds would tell what none of them shows: so it is planned" in answer.content.decode()


def test_at_no_other_moment_does_a_plan_tell_what_has_expired(client: Client) -> None:
    let_expire(stored(target_id=SECRET))
    answer = explained(client, **ASKED, now="2000-01-01T00:00:00Z")
    assert "It gave 0 rows." in answer.context["asked"].plan.sentences
    assert "now" not in answer.context["form"].fields


def test_what_is_run_runs_read_only_and_leaves_nothing_behind(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "UPDATE django_session SET session_data = ''"
    with pytest.raises(explaining.CannotExplain, match="SQLSTATE 25006"):
        explaining.explain(text, [], run=True)
    explained(client, **ASKED)
    assert execute(connection, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'explained%%'") == [(0,)]
    assert execute(connection, "SELECT current_setting('transaction_read_only')") == [("off",)]
    assert execute(connection, "SELECT nullif(current_setting('activity_history.argument_0', true), '')") == [(None,)]


def test_a_plan_that_takes_too_long_is_cut_off_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "LONGEST_MS", 20)
    with pytest.raises(explaining.CannotExplain) as cut_off:
        explaining.explain("SELECT count(*) FROM generate_series(1, 1000000000)", [], run=True)
    assert str(cut_off.value) == "It was cancelled after 0.02 seconds: ask for fewer rows, or for a narrower window."
    assert explaining.explain("SELECT 1", [], run=True)["Plan"]["Node Type"] == "Result"


def test_no_value_of_a_form_stands_in_an_sql_text_that_is_kept(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        explained(client, **ASKED)
    kept = [query["sql"] for query in queries if re.match("PREPARE|EXPLAIN|EXECUTE", query["sql"])]
    assert len(kept) == 2
    assert [sql for sql in kept if SECRET in sql] == []


@pytest.mark.parametrize("address", [LIST, PAGE])
@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("viewer", 403), ("analyst", 200), ("administrator", 200)]
)
def test_the_pages_are_for_those_who_may_explain(address: str, who: str, status: int, admin_client: Client) -> None:
    clients: dict[str, Callable[[], Client]] = {
        "nobody": Client,
        "viewer": lambda: signed_in_with("view_activity", "view_held", "view_sensitive"),
        "analyst": analyst,
        "administrator": lambda: admin_client,
    }
    client = clients[who]()
    assert client.get(address).status_code == status
    assert client.post(PAGE, ASKED).status_code == status


def test_values_in_an_address_are_not_taken(client: Client) -> None:
    answer = client.get(PAGE, ASKED)
    assert (answer.context["asked"], SECRET in answer.content.decode()) == (None, False)
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize("sql", ["SELECT 1", "x; DROP TABLE activity", "$1) OR true --", "'); SELECT pg_sleep(9); --"])
def test_what_looks_like_sql_is_a_value_and_no_more(client: Client, sql: str) -> None:
    stored()
    answer = explained(client, **{**ASKED, "target_id": sql})
    assert "It gave 0 rows." in answer.context["asked"].plan.sentences
    assert Activity.objects.count() == 1


def test_there_is_no_page_of_another_statement(client: Client) -> None:
    assert client.get(f"{LIST}pg_sleep/").status_code == 404
    assert client.delete(PAGE).status_code == 405


def test_the_pages_ask_the_database_a_few_times_whatever_is_stored(client: Client) -> None:
    counts = {address: len(queries_of(client, address)) for address in (LIST, PAGE)}
    assert counts == {LIST: 6, PAGE: 6}


def test_the_page_explains_under_the_settings_of_the_api() -> None:
    ours = execute(connection, "SELECT current_setting('plan_cache_mode')")
    assert ours == [("force_generic_plan",)]
    assert explaining.LONGEST_MS == statements.LONGEST_READ_MS


@pytest.mark.parametrize("before", ["", "?", "/api/v1/activities?", " https://history.example/api/v1/activities?"])
def test_of_an_address_what_stands_behind_the_question_mark_counts(client: Client, before: str) -> None:
    answer = client.post(f"{LIST}activities_narrowed/", {"address": f"{before}targetId=t-1&type=update"})
    assert (answer.status_code, answer.context["form"].errors) == (200, {})
