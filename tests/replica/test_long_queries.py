"""An analyst's query on the replica, beside a purge on the primary."""

from datetime import UTC, datetime

import psycopg
import pytest

from activities.models import Activity
from activities.purging import purge_expired
from tests.replica.pair import Pair, asked, set_on
from tests.stored import let_expire, new_activity, store

ROWS = 300
COUNT = "SELECT count(*) FROM activity"


def read_beside_a_purge(pair: Pair) -> int:
    """How many rows an analyst still sees who began before the purge, and reads again behind it."""
    store(new_activity() for _ in range(ROWS))
    pair.await_arrival()
    with psycopg.connect(pair.replica.url()) as analyst:
        analyst.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert analyst.execute(COUNT).fetchone() == (ROWS,)
        let_expire(*Activity.objects.values_list("id", flat=True))
        assert purge_expired(now=datetime.now(UTC)).deleted == ROWS
        pair.on_primary("VACUUM activity")
        pair.await_arrival()
        assert pair.on_replica(COUNT) == [(0,)]
        [(count,)] = analyst.execute(COUNT).fetchall()
        return int(count)


def test_it_survives_a_purge_and_holds_up_nothing(pair: Pair) -> None:
    assert read_beside_a_purge(pair) == ROWS


def test_room_at_the_end_of_a_table_is_kept_and_so_holds_up_nothing(pair: Pair) -> None:
    store(new_activity() for _ in range(ROWS))
    Activity.objects.all().delete()
    pair.await_arrival()
    # What the primary was told of earlier queries would have it keep the rows as well.
    with set_on(pair.replica, hot_standby_feedback="off"), psycopg.connect(pair.replica.url()) as analyst:
        assert analyst.execute(COUNT).fetchone() == (0,)
        pair.on_primary("VACUUM activity")
        pair.await_arrival()
        assert analyst.execute(COUNT).fetchone() == (0,)


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
