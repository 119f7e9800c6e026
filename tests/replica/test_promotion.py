"""A replica that takes the primary's place: writing goes on, and followers of the feed know where they are."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from activities.feed import BEGINNING
from activities.replica import database_for_reports
from config.embedded_replica import EmbeddedReplica
from config.local_files import CLONE
from tests.processes import eventually
from tests.replica.conftest import databases_of
from tests.replica.following import followed, in_order
from tests.replica.pair import Pair, asked, configure
from tests.stored import stored

GUIDE = (CLONE / "docs/replica.md").read_text()
[NEW_EPOCH] = re.findall(r"(?m)^ *(UPDATE feed_epoch .*;)$", GUIDE)
EPOCH = "SELECT epoch FROM feed_epoch"


@pytest.fixture
def successor(pair: Pair) -> Iterator[EmbeddedReplica]:
    """Another replica of the same primary, so that the pair stays."""
    replica = EmbeddedReplica(pair.primary, "successor")
    replica.start()
    yield replica
    replica.stop()


@pytest.fixture
def led_by(pair: Pair, django_db_blocker: DjangoDbBlocker) -> Callable[[EmbeddedReplica], AbstractContextManager[None]]:
    """Django's database is the successor for the time of the block, once it is promoted."""

    @contextmanager
    def led(successor: EmbeddedReplica) -> Iterator[None]:
        assert asked(successor, "SELECT pg_promote()") == [(True,)]
        with databases_of(Pair(successor, pair.replica), django_db_blocker):
            yield

    return led


def test_a_follower_goes_on_where_it_was_when_nothing_was_lost(
    pair: Pair, successor: EmbeddedReplica, led_by: Any
) -> None:
    for _ in range(3):
        stored()
    before, place = followed(BEGINNING)
    Pair(pair.primary, successor).await_arrival()
    with led_by(successor):
        assert asked(successor, EPOCH) == pair.on_primary(EPOCH)
        later = [stored() for _ in range(3)]
        after, _ = followed(place)
        assert (after, before + after) == (later, in_order())


def test_rows_that_were_lost_make_a_new_epoch_necessary(pair: Pair, successor: EmbeddedReplica, led_by: Any) -> None:
    kept = stored()
    Pair(pair.primary, successor).await_arrival()
    configure(successor, primary_conninfo="")
    assert eventually(lambda: asked(successor, "SELECT pid FROM pg_stat_wal_receiver") == [])
    for _ in range(5):
        stored()
    _, place = followed(BEGINNING)
    with led_by(successor):
        new = stored()
        # Its transaction has a number that the follower has passed.
        assert followed(place)[0] == []
        before = asked(successor, EPOCH)
        asked(successor, NEW_EPOCH)
        assert asked(successor, EPOCH) != before
        assert followed(BEGINNING)[0] == [kept, new] == in_order()


def test_a_promoted_server_is_no_replica(pair: Pair, successor: EmbeddedReplica, django_db_blocker: Any) -> None:
    with databases_of(Pair(pair.primary, successor), django_db_blocker):
        now = datetime.now(UTC)
        assert database_for_reports(now=now) == "replica"
        asked(successor, "SELECT pg_promote()")
        assert database_for_reports(now=now + timedelta(seconds=1)) == "default"
