"""What a purge takes and leaves, and what its receipt says."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import activities
from activities import due, holds
from activities.clock import ClockSkewed
from activities.models import Activity, Author, PurgeReceipt
from activities.new_activities import AuthorSnapshot
from activities.purging import purge_expired
from tests.acting import acting_as
from tests.stored import new_activity, store

pytestmark = [pytest.mark.django_db, pytest.mark.acting_as("retention")]

place_hold = acting_as("application")(holds.place)
release_hold = acting_as("application")(holds.release)

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def ended(at: datetime, count: int = 1, **members: Any) -> list[UUID]:
    """Ids of stored activities that expire at that moment."""
    sent = [new_activity(expires_at=at, **{"occurred_at": at - timedelta(days=400), **members}) for _ in range(count)]
    store(sent)
    return [each.id for each in sent]


def left() -> set[UUID]:
    return set(Activity.objects.values_list("id", flat=True))


def test_what_expires_at_this_very_moment_goes_and_a_microsecond_later_stays(now: datetime) -> None:
    ended(now - MICROSECOND)
    ended(now)
    [later] = ended(now + MICROSECOND)
    store([unlimited := new_activity(expires_at=None)])
    assert purge_expired(now=now).deleted == 2
    assert left() == {later, unlimited.id}


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_batches_of_any_size_take_all_also_those_of_one_moment(now: datetime, batch_size: int) -> None:
    ended(now - timedelta(days=1), count=7)
    ended(now - timedelta(days=2), count=3)
    seen: list[int] = []
    receipt = purge_expired(now=now, batch_size=batch_size, progress=seen.append)
    assert (receipt.deleted, left()) == (10, set())
    assert seen[-1] == 10
    assert all(after - before <= batch_size for before, after in zip([0, *seen], seen, strict=False))


def test_the_receipt_says_what_was_done(now: datetime) -> None:
    oldest, newest = now - timedelta(days=900), now - timedelta(seconds=5)
    for moment in (newest, oldest, now - timedelta(days=3)):
        ended(moment)
    receipt = purge_expired(now=now)
    assert receipt == PurgeReceipt.objects.get()
    assert {field.name: getattr(receipt, field.name) for field in receipt._meta.fields} == {
        "id": receipt.pk,
        "started_at": now,
        "ended_at": receipt.ended_at,
        "deleted": 3,
        "authors_deleted": 0,
        "oldest_expiry": oldest,
        "newest_expiry": newest,
        "held_back": 0,
        "version": activities.__version__,
        "error": None,
    }
    assert receipt.ended_at is not None
    assert now <= receipt.ended_at <= datetime.now(UTC)


def test_a_purge_with_nothing_to_do_leaves_a_receipt_as_well(now: datetime) -> None:
    receipt = purge_expired(now=now)
    assert (receipt.deleted, receipt.oldest_expiry, receipt.held_back, receipt.error) == (0, None, 0, None)


def test_what_is_held_stays_and_goes_once_released(now: datetime) -> None:
    moment = now - timedelta(days=1)
    ended(moment, target_id="free", source_domain="Finance")
    held = ended(moment, target_id="all", source_domain=None) + ended(moment, target_id="all", source_domain="Tenure")
    held += ended(moment, target_id="part", source_domain="Finance")
    ended(moment, target_id="part", source_domain="Tenure")
    ended(moment, target_id="part", source_domain=None)
    every = place_hold(target_id="all", source_domain=None, reason="Court case", by="officer", now=now)
    place_hold(target_id="part", source_domain="Finance", reason="Audit", by="officer", now=now)
    receipt = purge_expired(now=now, batch_size=2)
    assert (receipt.deleted, receipt.held_back, left()) == (3, 3, set(held))
    assert release_hold(every, by="officer", now=now)
    receipt = purge_expired(now=now)
    assert (receipt.deleted, receipt.held_back, left()) == (2, 1, {held[2]})


def test_two_holds_are_released_one_by_one(now: datetime) -> None:
    ended(now, target_id="t-1")
    both = [place_hold(target_id="t-1", source_domain=None, reason=why, by="x", now=now) for why in ("One", "Two")]
    for hold, gone in zip(both, (0, 1), strict=True):
        assert release_hold(hold, by="y", now=now)
        assert purge_expired(now=now).deleted == gone
    assert not release_hold(both[0], by="z", now=now)


def test_the_outlook_is_what_the_purge_then_does(now: datetime) -> None:
    ended(datetime(2020, 2, 29, 23, 59, 59, 999999, tzinfo=UTC), 2, target_type="asset", type="create")
    ended(datetime(2020, 3, 1, tzinfo=UTC), 3, target_type="asset", type="create")
    ended(datetime(2020, 3, 1, tzinfo=UTC), 1, target_type="asset", type="update")
    ended(datetime(2020, 3, 1, tzinfo=UTC), 4, target_id="t-1")
    ended(now + timedelta(hours=1), 1)
    place_hold(target_id="t-1", source_domain="Person", reason="Audit", by="officer", now=now)
    seen = due.outlook(now=now)
    february, march = (datetime(2020, month, 1, tzinfo=UTC) for month in (2, 3))
    assert seen.due == [
        due.Due("asset", "create", february, 2),
        due.Due("asset", "create", march, 3),
        due.Due("asset", "update", march, 1),
    ]
    assert due.oldest_expired(now=now) == seen.oldest_expiry
    assert due.expired(now=now) == seen.activities == 6
    receipt = purge_expired(now=now)
    assert (receipt.deleted, receipt.oldest_expiry, receipt.newest_expiry, receipt.held_back) == (
        seen.activities,
        seen.oldest_expiry,
        seen.newest_expiry,
        seen.held_back,
    )
    assert due.outlook(now=now) == due.Outlook([], None, None, 4)
    assert due.oldest_expired(now=now) is None


def test_it_ends_after_the_batch_in_which_it_is_told_to(now: datetime) -> None:
    ended(now, count=10)
    told: list[int] = []
    receipt = purge_expired(now=now, batch_size=3, stop=lambda: bool(told), progress=told.append)
    assert (receipt.deleted, receipt.held_back, receipt.error, len(left())) == (3, None, None, 7)
    receipt = purge_expired(now=now, batch_size=3, max_seconds=0)
    assert (receipt.deleted, len(left())) == (0, 7)


@pytest.mark.parametrize("off", [timedelta(seconds=61), timedelta(seconds=-61), timedelta(days=-900)])
def test_a_clock_more_than_a_minute_off_purges_nothing(now: datetime, off: timedelta) -> None:
    ended(now - timedelta(days=1000))
    with pytest.raises(ClockSkewed) as error:
        purge_expired(now=now + off)
    direction = "ahead of" if off > timedelta() else "behind"
    assert f" s {direction} the database's, so it cannot say what has expired" in str(error.value)
    assert (len(left()), PurgeReceipt.objects.count()) == (1, 0)


@pytest.mark.parametrize("off", [timedelta(seconds=50), timedelta(seconds=-50)])
def test_a_clock_less_than_a_minute_off_purges(now: datetime, off: timedelta) -> None:
    ended(now - timedelta(minutes=2))
    assert purge_expired(now=now + off).deleted == 1


def test_an_unfinished_receipt_is_marked_by_the_next_run(now: datetime) -> None:
    killed = PurgeReceipt.objects.create(started_at=now, deleted=5, version="0")
    purge_expired(now=now)
    killed.refresh_from_db()
    assert (killed.deleted, killed.ended_at) == (5, None)
    assert killed.error == "It ended before it could say so: killed, or cut off from the database."


AUTHOR = AuthorSnapshot("a-9", "Ana Bell", None)


def test_an_author_goes_when_nothing_has_used_it_for_a_day(now: datetime) -> None:
    ended(now, author=AUTHOR)
    store([kept := new_activity()])
    assert purge_expired(now=now).authors_deleted == 0
    unused = Author.objects.get(full_name="Ana Bell")
    assert unused.unused_since == now
    Author.objects.filter(pk=unused.pk).update(unused_since=now - timedelta(days=1) + MICROSECOND)
    assert purge_expired(now=now).authors_deleted == 0
    Author.objects.filter(pk=unused.pk).update(unused_since=now - timedelta(days=1))
    assert purge_expired(now=now, batch_size=1).authors_deleted == 1
    assert list(Author.objects.values_list("full_name", "unused_since")) == [(kept.author.full_name, None)]


def test_an_author_that_was_used_again_stays(now: datetime) -> None:
    ended(now, author=AUTHOR)
    purge_expired(now=now)
    Author.objects.filter(full_name="Ana Bell").update(unused_since=now - timedelta(days=5))
    store([new_activity(author=AUTHOR)])
    assert purge_expired(now=now).authors_deleted == 0
    assert Author.objects.get(full_name="Ana Bell").unused_since is None
