"""A follower beside writers whose transactions overlap, wait and are rolled back, with real commits."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from activities.access import SEARCH
from activities.models import Activity
from tests.activities.api.test_feed import settled
from tests.api_client import CheckedClient, token
from tests.processes import eventually
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 20
TRANSACTIONS = 12


class _RolledBack(Exception):
    pass


def write(number: int) -> None:
    """Some transactions of some rows each, with pauses before their end; a fifth of them is undone."""
    chosen = random.Random(number)
    try:
        for _ in range(TRANSACTIONS):
            try:
                with transaction.atomic():
                    for _ in range(chosen.randrange(1, 4)):
                        store([new_activity()])
                        time.sleep(chosen.random() * 0.02)
                    if chosen.random() < 0.2:
                        raise _RolledBack
            except _RolledBack:
                pass
    finally:
        connection.close()


def test_a_follower_beside_twenty_writers_skips_nothing_and_repeats_nothing() -> None:
    reader = CheckedClient(token(SEARCH))
    store([new_activity()])
    followed: list[UUID] = []
    written = threading.Event()

    def follow() -> None:
        parameters: dict[str, Any] = {"pageSize": 7}
        try:
            while True:
                last = written.is_set()
                page = reader.get("/api/v1/activities/feed", params=parameters).json()
                followed.extend(UUID(record["id"]) for record in page["results"])
                parameters["after"] = page["nextToken"]
                if last and page["upToDate"]:
                    return
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        following = threads.submit(follow)
        for writer in [threads.submit(write, number) for number in range(WRITERS)]:
            writer.result(timeout=60)
        # Transactions of other tests, in other databases of the server, hold the feed back as well.
        assert eventually(settled, 60)
        written.set()
        following.result(timeout=60)
    assert followed == list(Activity.objects.order_by("stored_by", "id").values_list("id", flat=True))
    assert len(followed) > WRITERS * TRANSACTIONS // 2
