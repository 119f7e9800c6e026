"""Erasures that meet each other, purges, holds and failures, with real commits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from activities import erasure, holds, locks, statements
from activities.models import Activity, Author, Erasure
from activities.purging import purge_expired
from tests.acting import acting_as
from tests.activities.keeping_rows import write_erasure
from tests.connections import Start, execute, waiting
from tests.processes import eventually
from tests.stored import AUTHOR, new_activity, store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.acting_as("retention")]

place_hold = acting_as("application")(holds.place)
release_hold = acting_as("application")(holds.release)

Open = Callable[[], BaseDatabaseWrapper]


def now() -> datetime:
    return datetime.now(UTC)


def asked(target_id: str = "t-1") -> Erasure:
    return erasure.ask_for_target(target_id, reason="Request", by="officer", now=now())


def not_erased() -> int:
    return Activity.objects.filter(target_id="t-1", erased_at=None).count()


def test_of_two_that_carry_out_one_request_the_second_waits_and_leaves_it_alone(
    start: Start, open_connection: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "_BATCH", 2)
    store([new_activity(target_id="t-1") for _ in range(5)])
    request = asked()
    blocker = open_connection()
    execute(blocker, "SELECT id FROM activity FOR UPDATE")
    both = [start(lambda: erasure.carry_out(request, now=now())) for _ in range(2)]
    assert eventually(lambda: waiting() == 1)
    blocker.rollback()
    done = [each.result(timeout=10) for each in both]
    assert [(each.erased, each.refused, each.done_at is None) for each in done] == [(5, None, False)] * 2
    assert done[0].done_at == done[1].done_at
    assert not_erased() == 0


def test_rows_that_a_purge_takes_meanwhile_do_not_end_it(monkeypatch: pytest.MonkeyPatch, start: Start) -> None:
    monkeypatch.setattr(erasure, "_BATCH", 3)
    past = now() - timedelta(days=1)
    store([new_activity(target_id="t-1", expires_at=past, occurred_at=past - timedelta(days=n + 1)) for n in range(4)])
    store([new_activity(target_id="t-1") for _ in range(6)])
    request = asked()
    # Of opposite orders, so that they would wait for each other if both were at it.
    purging = start(lambda: purge_expired(now=now(), batch_size=2))
    done = erasure.carry_out(request, now=now())
    receipt = purging.result(timeout=10)
    assert (receipt.deleted, receipt.error, done.done_at is None, not_erased()) == (4, None, False, 0)


def test_a_batch_that_erases_waits_for_one_that_purges(start: Start, open_connection: Open) -> None:
    store([new_activity(target_id="t-1")])
    request = asked()
    other = open_connection()
    execute(other, "SELECT pg_advisory_xact_lock(%s)", [locks.BATCH])
    ours = start(lambda: erasure.carry_out(request, now=now()))
    assert eventually(lambda: waiting() == 1)
    assert not_erased() == 1
    other.commit()
    assert ours.result(timeout=10).erased == 1


def test_a_hold_that_is_placed_meanwhile_ends_it_and_the_receipt_says_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(erasure, "_BATCH", 2)
    store([new_activity(target_id="t-1") for _ in range(5)])
    placed: list[Any] = []

    def place(done: int) -> None:
        if not placed:
            placed.append(place_hold(target_id="t-1", source_domain=None, reason="Audit", by="officer", now=now()))

    done = erasure.carry_out(asked(), now=now(), progress=place)
    assert (done.erased, not_erased(), done.done_at is None) == (2, 3, False)
    assert f"is under legal hold {placed[0].pk} since" in str(done.refused)


@pytest.mark.parametrize("of_author", [False, True])
def test_asked_by_a_clock_that_is_ahead_it_is_done_all_the_same(of_author: bool) -> None:
    store([new_activity(target_id="t-1")])
    ahead = now() + timedelta(seconds=50)
    of = {"target_id": None, "author_rows": [Author.objects.get().pk]} if of_author else {}
    done = erasure.carry_out(write_erasure(asked_at=ahead, **of), now=now())
    assert (done.done_at, done.erased, done.refused) == (ahead, 1, None)


def test_a_hold_placed_by_a_clock_that_is_ahead_is_released_all_the_same() -> None:
    ahead = now() + timedelta(seconds=50)
    hold = place_hold(target_id="t-1", source_domain=None, reason="Audit", by="officer", now=ahead)
    assert release_hold(hold, by="other", now=now())
    hold.refresh_from_db()
    assert hold.released_at == ahead


def test_cut_off_before_its_end_was_written_it_keeps_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    store([new_activity(target_id="t-1", new_data=b'{"by": "a-1"}')])
    request = erasure.ask_for_author(erasure.rows_of_author("a-1"), reason="Request", by="officer", now=now())

    def cut(*args: Any, **columns: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasure, "_end", cut)
        with pytest.raises(KeyboardInterrupt):
            erasure.carry_out(request, now=now())
    assert Author.objects.get().full_name == "erased"
    done = erasure.carry_out(request, now=now())
    assert (done.erased, done.named_in, done.done_at is None) == (1, ["t-1"], False)


def test_a_lock_whose_connection_was_replaced_is_noticed() -> None:
    with locks.tried(locks.PURGING) as still_ours:
        assert still_ours is not None
        still_ours()
        execute(connection, "SELECT 1")
        connection.close()
        with pytest.raises(locks.LockLost):
            still_ours()


def test_a_purge_whose_connection_was_replaced_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    past = now() - timedelta(days=1)
    store([new_activity(expires_at=past, occurred_at=past - timedelta(days=9)) for _ in range(4)])
    run = statements.run

    def cut(name: str, parameters: Any) -> Any:
        if name == "worked_meanwhile":
            connection.close()
        return run(name, parameters)

    monkeypatch.setattr(statements, "run", cut)
    with pytest.raises(locks.LockLost):
        purge_expired(now=now(), batch_size=2)
    assert Activity.objects.count() == 2


@pytest.mark.parametrize(
    ("number", "found"),
    [(b'{"by": 4711}', True), (b'{"by": [1, 4711]}', True), (b'{"by": 47110}', False), (b'{"by": "x4711"}', False)],
)
def test_an_id_that_is_a_number_is_found_as_one(number: bytes, found: bool) -> None:
    store([new_activity(target_id="t-1", new_data=number, author=AUTHOR._replace(identifier="4711"))])
    request = erasure.ask_for_author(erasure.rows_of_author("4711"), reason="Request", by="officer", now=now())
    assert erasure.carry_out(request, now=now()).named_in == (["t-1"] if found else [])


def test_a_decomposed_name_is_found_as_well() -> None:
    author = AUTHOR._replace(full_name="Zoë Brien")
    store([new_activity(target_id="t-1", new_data='{"by": "Zoe\u0308 Brien"}'.encode(), author=author)])
    request = erasure.ask_for_author(erasure.rows_of_author("a-1"), reason="Request", by="officer", now=now())
    assert erasure.carry_out(request, now=now()).named_in == ["t-1"]


@pytest.mark.parametrize(
    ("target_id", "reason", "by", "said"),
    [
        ("", "x", "y", "A target id has 1 to 255 characters, and no control characters."),
        ("t" * 256, "x", "y", "A target id has 1 to 255 characters, and no control characters."),
        ("t\n1", "x", "y", "A target id has 1 to 255 characters, and no control characters."),
        ("t-2", "x", "y", "No activity of this target is stored: is the id right, to the letter?"),
        ("t-1", " ", "y", "Give a reason of 1 to 1000 characters."),
        ("t-1", "x" * 1001, "y", "Give a reason of 1 to 1000 characters."),
        ("t-1", "x", "", "Say who asks, in 1 to 150 characters."),
        ("t-1", "x", "y" * 151, "Say who asks, in 1 to 150 characters."),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_cure(target_id: str, reason: str, by: str, said: str) -> None:
    store([new_activity(target_id="t-1")])
    with pytest.raises(erasure.CannotBeAsked) as error:
        erasure.ask_for_target(target_id, reason=reason, by=by, now=now())
    assert (str(error.value), Erasure.objects.exists()) == (said, False)
