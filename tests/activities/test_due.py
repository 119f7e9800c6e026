"""The outlook on the next purge when it may look at some rows only."""

from datetime import UTC, datetime, timedelta

import pytest

from activities import due, holds
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("at_most", [1, 2, 3, 4, 5, 6, 7, None])
def test_a_bounded_outlook_takes_those_that_expired_first_ties_too(at_most: int | None) -> None:
    now = datetime.now(UTC)
    moments = [now - timedelta(days=1)] * 3 + [now] * 3
    begun = now - timedelta(days=400)
    store([new_activity(expires_at=moment, occurred_at=begun, target_id="t-1") for moment in moments])
    seen = due.outlook(now=now, at_most=at_most)
    counted = min(at_most or 6, 6)
    assert (seen.activities, seen.held_back, seen.more) == (counted, 0, counted < 6)
    assert (seen.oldest_expiry, seen.newest_expiry) == (moments[0], moments[counted - 1])
    holds.place(target_id="t-1", source_domain=None, reason="Audit", by="officer", now=now)
    assert due.outlook(now=now, at_most=at_most) == due.Outlook([], None, None, counted, more=counted < 6)
