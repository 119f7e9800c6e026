"""The feed as the replica gives it: what the primary would give, with nothing skipped, nothing twice, in its order."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import connections

from activities.feed import BEGINNING
from tests.live.test_feed import TRANSACTIONS, WRITERS, write
from tests.replica.following import followed, in_order
from tests.replica.pair import Pair, read_from_replica


def test_a_follower_beside_twenty_writers_skips_nothing_and_repeats_nothing(pair: Pair) -> None:
    written = threading.Event()

    def follow() -> list[UUID]:
        try:
            with read_from_replica():
                return followed(BEGINNING, until=written)[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        following = threads.submit(follow)
        for writer in [threads.submit(write, number) for number in range(WRITERS)]:
            writer.result(timeout=60)
        pair.await_arrival()
        written.set()
        found = following.result(timeout=60)
    assert found == in_order()
    assert len(found) > WRITERS * TRANSACTIONS // 2
