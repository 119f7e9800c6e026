from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from pytest_django import DjangoAssertNumQueries

from activities import recording, statements
from activities.models import Activity, ApiClient, Author
from activities.new_activities import AuthorSnapshot, NewActivity
from activities.recording import ActivityConflict, Recorded, StoreBusy, record
from tests.acting import acting_as
from tests.api_client import CheckedClient
from tests.refusals import problem, said
from tests.shapes import activity
from tests.stored import AUTHOR, new_activity

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 15, 12, 0, 0, 1, tzinfo=UTC)


def put(*activities: NewActivity, **options: Any) -> Recorded:
    client = ApiClient.objects.get_or_create(name="tests")[0]
    return record(activities, client_id=client.id, now=NOW, **options)


def named(name: str, identifier: str | None = None, email: str | None = None) -> AuthorSnapshot:
    return AuthorSnapshot(identifier, name, email)


def snapshots() -> set[tuple[str | None, str, str | None]]:
    return set(Author.objects.values_list("identifier", "full_name", "email"))


def test_what_is_new_is_created() -> None:
    one, other = new_activity(), new_activity()
    assert put(one, other) == Recorded({one.id, other.id}, set(), set())
    assert Activity.objects.get(id=one.id).recorded_at == NOW


def test_one_alone_comes_with_its_documents_as_stored() -> None:
    one = new_activity(old_data=b'{ "b": 1.10, "a": 1e2 }', new_data=None)
    assert put(one) == Recorded({one.id}, set(), set(), (b'{"a": 100, "b": 1.10}', None))


def test_the_same_again_exists() -> None:
    one, other = new_activity(), new_activity()
    put(one)
    assert put(one) == Recorded(set(), {one.id}, set())
    assert put(one, other) == Recorded({other.id}, {one.id}, set())


@pytest.mark.parametrize("number", [1, 2])
def test_other_content_is_a_conflict_and_stores_nothing(number: int) -> None:
    one, others = new_activity(), [new_activity() for _ in range(number - 1)]
    put(one)
    with pytest.raises(ActivityConflict) as error:
        put(*others, one._replace(type="end"))
    assert error.value.ids == {one.id}
    assert [(row.id, row.type) for row in Activity.objects.all()] == [(one.id, "update")]


def test_not_all_or_nothing_the_rest_is_stored() -> None:
    one, same, other = new_activity(), new_activity(), new_activity()
    put(one, same)
    recorded = put(one._replace(old_data=None), same, other, all_or_nothing=False)
    assert recorded == Recorded({other.id}, {same.id}, {one.id})


def test_nothing_is_stored_without_asking_the_database(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0), statements.recorded() as runs:
        assert record([], client_id=0, now=NOW) == Recorded(set(), set(), set())
    assert runs == []


def test_an_author_is_one_row_for_each_snapshot() -> None:
    authors = [
        AuthorSnapshot(identifier, full_name, email)
        for identifier in ("a-1", "a-2", None)
        for full_name in ("Dawit Haile", "dawit haile")
        for email in ("a@b", "c@d", None)
    ]
    sent = [new_activity(author=author) for author in authors * 2]
    for _ in range(2):
        put(*sent)
        recording.forget_authors()
    assert Author.objects.count() == len(authors)
    found = {row.id: row.author for row in Activity.objects.select_related("author")}
    assert {id: (author.identifier, author.full_name, author.email) for id, author in found.items()} == {
        each.id: tuple(each.author) for each in sent
    }


def test_a_later_name_does_not_rewrite_history() -> None:
    before, after = new_activity(author=named("Ana Bell", "a-9")), new_activity(author=named("Ana Okafor", "a-9"))
    put(before)
    put(after)
    names = dict(Activity.objects.values_list("id", "author__full_name"))
    assert names == {before.id: "Ana Bell", after.id: "Ana Okafor"}


@pytest.mark.parametrize("number", [1, 3])
def test_an_author_that_was_deleted_meanwhile_is_put_back(number: int) -> None:
    put(new_activity(), new_activity(author=named("Ana Bell")))
    with acting_as("retention"):
        Activity.objects.all().delete()
        Author.objects.all().delete()
    sent = [new_activity(), new_activity(author=named("Ana Bell")), new_activity()][:number]
    assert put(*sent).created == {each.id for each in sent}
    assert snapshots() == {tuple(each.author) for each in sent}


def test_more_authors_than_are_remembered_are_recorded_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "_KNOWN_AT_MOST", 2)
    for number in range(6):
        put(*[new_activity(author=named(f"Author {number % 4} {part}")) for part in range(2)])
    assert (Activity.objects.count(), Author.objects.count()) == (12, 8)


def test_a_write_takes_one_statement_when_its_author_is_known() -> None:
    put(new_activity())
    with statements.recorded() as runs:
        put(new_activity())
    assert [run.name for run in runs] == ["record_activity"]


def test_a_write_takes_two_statements_when_its_author_is_new() -> None:
    with statements.recorded() as runs:
        put(new_activity(author=named("Ana Bell")))
    assert [run.name for run in runs] == ["author_ids", "record_activity"]


@pytest.mark.parametrize("authors", [1, 100])
def test_a_hundred_take_no_more_statements_than_one(authors: int) -> None:
    for names in (["author_ids", "record_activities"], ["record_activities"]):
        sent = [new_activity(author=named(f"Author {number % authors}")) for number in range(100)]
        with statements.recorded() as runs:
            put(*sent)
        assert [run.name for run in runs] == names


def test_a_repeated_write_takes_one_statement_more() -> None:
    sent = [new_activity() for _ in range(3)]
    put(*sent)
    with statements.recorded() as runs:
        put(*sent)
    assert [run.name for run in runs] == ["record_activities", "compare_with_stored"]


def test_a_create_runs_nothing_beside_its_statement(
    api: CheckedClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api.record(activity())
    with django_assert_num_queries(0):
        response = api.record(activity())
    [timing] = response.headers["server-timing"].split(", ")
    assert timing.startswith("db;dur=")
    assert timing.endswith(';desc="record_activity"')


@pytest.mark.parametrize("error", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
@pytest.mark.parametrize("number", [1, 2])
def test_who_was_in_each_others_way_is_tried_three_times_more(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], number: int
) -> None:
    sent = [new_activity() for _ in range(number)]
    put(new_activity(author=AUTHOR))
    failing = iter([error] * 3)
    run = statements.run

    def in_the_way(name: str, parameters: dict[str, Any]) -> Any:
        for each in failing:
            raise each
        return run(name, parameters)

    monkeypatch.setattr(statements, "run", in_the_way)
    assert put(*sent).created == {each.id for each in sent}


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A database where other writers are always in the way; the list of statements that were tried."""
    tried: list[str] = []
    run = statements.run

    def in_the_way(name: str, parameters: dict[str, Any]) -> Any:
        tried.append(name)
        if name == "author_ids":
            return run(name, parameters)
        raise psycopg.errors.DeadlockDetected

    monkeypatch.setattr(statements, "run", in_the_way)
    return tried


def test_after_four_tries_the_store_is_busy(busy: list[str]) -> None:
    with pytest.raises(StoreBusy):
        put(new_activity())
    assert busy == ["author_ids", "record_activity"] * 4


def test_a_busy_store_asks_to_send_again(api: CheckedClient, busy: list[str]) -> None:
    response = api.record([activity(), activity()])
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    detail = "Other writers were in the way: send the same request again, it is safe to repeat."
    assert said(response) == problem("unavailable", detail)
