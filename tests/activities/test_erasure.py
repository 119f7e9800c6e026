"""Erasure: the words go from everywhere, that something happened stays."""

import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

import activities
from activities import erasure, holds, words_in_documents
from activities.clock import ClockSkewed
from activities.models import Activity, Author, Erasure
from activities.new_activities import AuthorSnapshot, NewActivity
from activities.recording import ActivityConflict, forget_authors
from config.database_roles import Role
from config.postgres_binaries import find_binaries
from tests.acting import acting_as
from tests.live.serving import database_url
from tests.stored import new_activity, store

pytestmark = [pytest.mark.django_db, pytest.mark.acting_as("retention")]

place_hold = acting_as("application")(holds.place)
release_hold = acting_as("application")(holds.release)

ANA = AuthorSnapshot("ana-4711", 'Ana "Zoë" O\'Brien-Żak', "ana.zak@council.example")
MARKER = {"erased": True}


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def erase_target(target_id: str, now: datetime, **options: Any) -> Erasure:
    asked = erasure.ask_for_target(target_id, reason="Request 12", by="officer", now=now)
    return erasure.carry_out(asked, now=now, **options)


def erase_author(rows: list[int], now: datetime) -> Erasure:
    asked = erasure.ask_for_author(rows, reason="Request 13", by="officer", now=now)
    return erasure.carry_out(asked, now=now)


def send(activity: NewActivity) -> None:
    forget_authors()
    store([activity])


def test_a_targets_documents_are_replaced_and_the_rest_stays(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "_BATCH", 2)
    gone = [new_activity(target_id="t-1", old_data=old) for old in (b'{"name": "Zo"}', None, b"{}")]
    store([*gone, other := new_activity()])
    before = {row.id: row for row in Activity.objects.all()}
    done = erase_target("t-1", now)
    assert {field.name: getattr(done, field.name) for field in done._meta.fields} == {
        "id": done.pk,
        "target_id": "t-1",
        "author_rows": None,
        "reason": "Request 12",
        "asked_by": "officer",
        "asked_at": now,
        "done_at": done.done_at,
        "refused": None,
        "erased": 3,
        "named_in": None,
        "version": activities.__version__,
    }
    for row in Activity.objects.all():
        expected = before[row.id]
        if row.id != other.id:
            expected.old_data = expected.new_data = MARKER
            assert row.erased_at is not None
            assert done.done_at is not None
            assert now <= row.erased_at <= done.done_at
            expected.erased_at = row.erased_at
        assert {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields} == {
            field.name: getattr(expected, field.attname) for field in row._meta.concrete_fields
        }


def test_an_erased_activity_that_is_sent_again_exists_and_is_not_restored(now: datetime) -> None:
    sent = new_activity(target_id="t-1", author=ANA)
    store([sent])
    erase_target("t-1", now)
    erase_author([Author.objects.get().pk], now)
    for again in (sent, sent._replace(new_data=b'{"other": 1}', author=AuthorSnapshot(None, "Somebody", None))):
        send(again)
    row = Activity.objects.get()
    assert (row.old_data, row.new_data) == (MARKER, MARKER)
    assert list(Author.objects.values_list("full_name")) == [("erased",)]


def test_an_activity_of_an_erased_author_is_compared_without_the_author(now: datetime) -> None:
    store([sent := new_activity(author=ANA)])
    erase_author([Author.objects.get().pk], now)
    send(sent)
    with pytest.raises(ActivityConflict):
        send(sent._replace(new_data=b'{"other": 1}'))
    assert Author.objects.count() == 1


def test_a_new_activity_of_an_erased_author_makes_a_row_of_its_own(now: datetime) -> None:
    store([new_activity(author=ANA), new_activity(author=ANA._replace(full_name="Ana"))])
    done = erase_author(erasure.rows_of_author("ana-4711"), now)
    assert done.erased == 2
    store([new_activity(author=ANA)])
    assert sorted((row.full_name, row.identifier, row.erased_at is None) for row in Author.objects.all()) == [
        (ANA.full_name, "ana-4711", True),
        ("erased", None, False),
        ("erased", None, False),
    ]


def test_the_targets_whose_documents_hold_the_words_are_listed(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_in_documents, "_SEARCHED_AT_ONCE", 3)
    documents = {
        "name": b'{"note": "Spoke to ANA \\"Zo\xc3\xab\\" O\'Brien-\xc5\xbbak today"}',
        "e-mail": b'{"deep": [{"to": "Ana.Zak@Council.Example"}]}',
        "id": b'{"by": "ana-4711"}',
        "key": b'{"ana-4711": true}',
        "part of an id": b'{"by": "ana-47112"}',
        "another": b'{"note": "ana_zak@council.example"}',
    }
    store([new_activity(target_id=name, old_data=text, new_data=None) for name, text in documents.items()])
    store([new_activity(target_id="after", old_data=None, new_data=documents["id"], author=ANA)])
    done = erase_author(erasure.rows_of_author("ana-4711"), now)
    assert done.named_in == ["after", "e-mail", "id", "key", "name"]


def test_what_is_held_is_refused_with_the_reason(now: datetime) -> None:
    store([new_activity(target_id="t-1", source_domain="Finance", author=ANA), new_activity(target_id="t-2")])
    hold = place_hold(target_id="t-1", source_domain="Finance", reason="Court case 7", by="officer", now=now)
    assert erase_target("t-1", now).refused == (
        f"The target, or what one domain sent of it, is under legal hold {hold.pk} since {now:%-d %B %Y}: "
        "what is left of it can be erased once that is released; ask again then."
    )
    assert erase_author([Author.objects.get(identifier="ana-4711").pk], now).refused == (
        "Activities of this author are under legal holds, on t-1: "
        "the name can be erased once those are released; ask again then."
    )
    assert not Activity.objects.filter(erased_at__isnull=False).exists()
    assert not Author.objects.filter(erased_at__isnull=False).exists()
    release_hold(hold, by="officer", now=now)
    assert erase_target("t-1", now).erased == 1


def test_an_author_of_other_domains_than_the_held_one_is_erased(now: datetime) -> None:
    store([new_activity(target_id="t-1", source_domain="Tenure", author=ANA)])
    place_hold(target_id="t-1", source_domain="Finance", reason="Audit", by="officer", now=now)
    assert erase_author([Author.objects.get().pk], now).erased == 1


def test_stopped_it_goes_on_the_next_time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "_BATCH", 2)
    store([new_activity(target_id="t-1") for _ in range(5)])
    batches: list[int] = []
    stopped = erase_target("t-1", now, stop=lambda: bool(batches), progress=batches.append)
    assert (stopped.done_at, stopped.erased, erasure.waiting()) == (None, 2, [stopped])
    done = erasure.carry_out(stopped, now=now)
    assert (done.done_at is not None, done.erased, erasure.waiting()) == (True, 5, [])


def test_authors_that_are_not_there_cannot_be_asked_for(now: datetime) -> None:
    store([new_activity(author=ANA)])
    with pytest.raises(erasure.CannotBeAsked) as error:
        erasure.ask_for_author([Author.objects.get().pk, 10**9], reason="x", by="y", now=now)
    assert str(error.value) == "There is no author with the number 1000000000."
    with pytest.raises(erasure.CannotBeAsked) as error:
        erasure.rows_of_author("nobody")
    assert str(error.value) == "There is no author with this id."


def test_a_clock_more_than_a_minute_off_erases_nothing(now: datetime) -> None:
    store([new_activity(target_id="t-1")])
    with pytest.raises(ClockSkewed):
        erase_target("t-1", now + timedelta(seconds=90))
    assert not Activity.objects.filter(erased_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_words_remains_in_the_whole_database(now: datetime) -> None:
    secret = b'{"surname": "Quartermaine", "dateOfBirth": "1979-06-18", "iban": "GB33BUKB20201555555555"}'
    rows = [new_activity(target_id="t-1", old_data=secret, new_data=secret, author=ANA) for _ in range(300)]
    store(rows)
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    words = ["Quartermaine", "1979-06-18", "GB33BUKB20201555555555", "ana-4711", "O''Brien", "O'Brien", "ana.zak"]
    held = dump()
    assert [word for word in words if word not in held] == ["O''Brien"]
    erase_target("t-1", now)
    erase_author(erasure.rows_of_author("ana-4711"), now)
    left = dump()
    assert [word for word in words if word in left] == []
    assert str(rows[0].id) in left


def dump() -> str:
    """All tables and views' texts as `pg_dump` writes them, and what the planner remembers of their values."""
    done = subprocess.run(
        [find_binaries()["pg_dump"], "--dbname", database_url(Role.OWNER)], capture_output=True, text=True, check=True
    )
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(s::text, ' ') FROM pg_stats AS s WHERE schemaname NOT LIKE 'pg\\_%'")
        [(samples,)] = cursor.fetchall()
    return done.stdout + str(samples)
