"""An analyst's query on the replica, beside a purge on the primary."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from activities.models import Activity
from activities.purging import purge_expired
from tests.replica.pair import Pair, asked, set_on
from tests.stored import let_expire, new_activity, store

ROWS = 300


@contextmanager
def long_query(pair: Pair) -> Iterator[psycopg.ServerCursor[Any]]:
    """Has read the first of some rows, each by its index, and reads on when told."""
    with psycopg.connect(pair.replica.url()) as connection, connection.cursor("long") as cursor:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        cursor.itersize = 1
        cursor.execute("SELECT id FROM activity ORDER BY id")
        assert cursor.fetchone()
        yield cursor


def read_beside_a_purge(pair: Pair) -> int:
    """How many rows the query sees in all: none is left on the replica before it has read most of them."""
    store(new_activity() for _ in range(ROWS))
    pair.await_arrival()
    with long_query(pair) as query:
        let_expire(*Activity.objects.values_list("id", flat=True))
        assert purge_expired(now=datetime.now(UTC)).deleted == ROWS
        pair.on_primary("VACUUM activity")
        pair.await_arrival()
        assert pair.on_replica("SELECT count(*) FROM activity") == [(0,)]
        return 1 + len(query.fetchall())


def test_it_survives_a_purge_and_holds_up_nothing(pair: Pair) -> None:
    assert read_beside_a_purge(pair) == ROWS


def test_it_would_not_if_the_primary_were_not_told_what_it_reads(pair: Pair) -> None:
    with (
        set_on(pair.replica, hot_standby_feedback="off", max_standby_streaming_delay="0"),
        pytest.raises(psycopg.OperationalError, match="conflict with recovery"),
    ):
        read_beside_a_purge(pair)


def test_the_worst_query_is_cut_off_and_says_why(pair: Pair) -> None:
    store(new_activity() for _ in range(ROWS))
    pair.await_arrival()
    worst = "SELECT count(*) FROM activity a, activity b, activity c, activity d"
    with (
        set_on(pair.replica, statement_timeout="200ms"),
        pytest.raises(psycopg.errors.QueryCanceled, match="canceling statement due to statement timeout"),
    ):
        asked(pair.replica, worst)
