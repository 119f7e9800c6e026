"""Authors go all the time, while others write in their names: no activity is left without its author."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

import pytest

from activities import purging
from activities.models import Activity, ApiClient, Author, PurgeReceipt
from activities.new_activities import AuthorSnapshot
from activities.recording import StoreBusy, record
from tests.acting import acting_as
from tests.connections import Start
from tests.stored import new_activity

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, ROUNDS = 3, 60
# One, few, and many in slices.
SIZES = (1, 1, 1, 2, 30, 450)


def test_no_activity_is_left_without_its_author(start: Start) -> None:
    client, ended = ApiClient.objects.create(name="writers"), Event()

    def write(number: int) -> int:
        chosen, stored = random.Random(number), 0
        while not ended.is_set():
            sent = [
                new_activity(author=AuthorSnapshot(None, f"Author {chosen.randrange(40)}", None))
                for _ in range(chosen.choice(SIZES))
            ]
            # As a client would, to whom the store was busy.
            while not ended.is_set():
                with suppress(StoreBusy):
                    stored += len(record(sent, client_id=client.id, now=datetime.now(UTC)).created)
                    break
        return stored

    with acting_as("retention"):
        receipt = PurgeReceipt.objects.create(started_at=datetime.now(UTC), version="")
        writers = [start(partial(write, number)) for number in range(WRITERS)]
        try:
            removed = sum(_remove_all(receipt) for _ in range(ROUNDS))
        finally:
            ended.set()
        receipt.refresh_from_db()
    assert sum(writer.result(timeout=30) for writer in writers) == removed + Activity.objects.count()
    assert receipt.authors_deleted > 0
    assert not _without_author().exists()


def _remove_all(receipt: PurgeReceipt) -> int:
    """How many activities went. Authors go as if nothing had used them for days, though some are just being used."""
    removed, _ = Activity.objects.all().delete()
    Author.objects.update(unused_since=datetime.now(UTC) - timedelta(days=2))
    purging._purge_authors(receipt, datetime.now(UTC), 5_000, lambda: False)
    assert not _without_author().exists()
    return removed


def _without_author() -> Any:
    return Activity.objects.exclude(author_id__in=Author.objects.values("id"))
