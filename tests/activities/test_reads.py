"""How long reads are kept, and what an erasure makes of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities import client_use, erasure, holds, purge_process, reads
from activities.models import Author, Erasure, ReadRecord
from activities.new_activities import AuthorSnapshot
from tests.acting import acting_as
from tests.activities.keeping_rows import write_read
from tests.stored import stored

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)
carry_out = acting_as("retention")(erasure.carry_out)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def left() -> list[str]:
    return list(ReadRecord.objects.order_by("id").values_list("reader", flat=True))


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_the_purge_forgets_reads_a_microsecond_behind_their_time(
    now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    settings.READS_KEPT_DAYS = 30
    monkeypatch.setattr(reads, "_BATCH", batch)
    ends = now - timedelta(days=30)
    for reader, read_at in [("a", ends - timedelta(days=9)), ("b", ends - MICROSECOND), ("c", ends), ("d", now)]:
        write_read(reader=reader, read_at=read_at)
    with acting_as("retention"):
        for forget in (reads.forget_old, client_use.forget_old):
            assert forget in purge_process.also
            forget(now)
    assert left() == ["c", "d"]


def test_a_targets_erasure_takes_the_reads_of_it_along_in_batches(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "_BATCH", 2)
    stored(target_id="t-1")
    for target_id in ("t-1", "t-2", "t-1", "t-1", "t-1", "t-1"):
        write_read(target_id=target_id, reader=target_id)
    done = carry_out(erasure.ask_for_target("t-1", reason="case 7", by="officer", now=now), now=now)
    assert (done.erased, done.refused, left()) == (1, None, ["t-2"])


def test_a_hold_keeps_the_reads_of_its_target(now: datetime) -> None:
    stored(target_id="t-1")
    write_read()
    holds.place(target_id="t-1", source_domain=None, reason="audit", by="officer", now=now)
    done = carry_out(erasure.ask_for_target("t-1", reason="case 7", by="officer", now=now), now=now)
    assert done.refused
    assert left() == ["officer"]


def erased(now: datetime, *authors: AuthorSnapshot) -> Erasure:
    for author in authors:
        stored(author=author)
    rows = list(Author.objects.values_list("pk", flat=True))
    return carry_out(erasure.ask_for_author(rows, reason="case 7", by="officer", now=now), now=now)


def test_an_authors_erasure_takes_the_name_from_what_this_one_read(now: datetime) -> None:
    for reader in ("Dawit@council.example", "a-1", "A-1", "dawit@council.example.org", "a-2", "Dawit Haile"):
        write_read(reader=reader)
    assert erased(now, AuthorSnapshot("a-1", "Dawit Haile", "dawit@council.example")).erased == 1
    assert left() == ["erased", "erased", "erased", "dawit@council.example.org", "a-2", "Dawit Haile"]


def test_an_author_without_id_and_address_takes_nothing(now: datetime) -> None:
    write_read(reader="Dawit Haile")
    assert erased(now, AuthorSnapshot(None, "Dawit Haile", None)).erased == 1
    assert left() == ["Dawit Haile"]
