"""The daily counts are brought up to what the feed serves: each activity is counted once, and before it is purged.

The counts and the place up to which they have counted move in one transaction, so a count that is cut off anywhere is
gone on with, and two that run at once wait for each other.
"""

from collections.abc import Callable

from django.db import connection, transaction

# Each takes some tenths of a second, in which no other count gets on.
_SLICE = 20_000

_BEGIN = """
INSERT INTO daily_count_until (is_the_one, stored_by, activity_id)
VALUES (true, 0, '00000000-0000-0000-0000-000000000000')
ON CONFLICT DO NOTHING
"""
_PLACE = "SELECT stored_by, activity_id FROM daily_count_until FOR UPDATE"
# Rows below the oldest open transaction can no longer change in number: activities/feed.py.
_COUNT = """
WITH /* count_activities */ uncounted AS MATERIALIZED (
  SELECT stored_by, id, source_domain, target_type, type, occurred_at, recorded_at
  FROM activity
  WHERE (stored_by, id) > (%(stored_by)s::bigint, %(id)s::uuid)
    AND stored_by < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  ORDER BY stored_by, id
  LIMIT %(rows)s
), counted AS (
  INSERT INTO daily_count AS known (
    day, source_domain, target_type, type, activities, newest_occurred_at, newest_recorded_at
  )
  SELECT
    (occurred_at AT TIME ZONE 'Europe/London')::date, source_domain, target_type, type,
    count(*), max(occurred_at), max(recorded_at)
  FROM uncounted
  GROUP BY 1, 2, 3, 4
  ON CONFLICT (day, source_domain, target_type, type) DO UPDATE SET
    activities = known.activities + excluded.activities,
    newest_occurred_at = greatest(known.newest_occurred_at, excluded.newest_occurred_at),
    newest_recorded_at = greatest(known.newest_recorded_at, excluded.newest_recorded_at)
), moved AS (
  UPDATE daily_count_until
  SET (stored_by, activity_id) = (SELECT stored_by, id FROM uncounted ORDER BY stored_by DESC, id DESC LIMIT 1)
  WHERE EXISTS (SELECT FROM uncounted)
)
SELECT count(*) FROM uncounted
"""


def count_stored(stop: Callable[[], bool] = lambda: False, *, rows: int = _SLICE) -> int:
    """How many activities were counted, in slices of so many `rows`; `stop` ends it after one."""
    counted = 0
    while not stop():
        of_slice = _count_slice(rows)
        counted += of_slice
        if of_slice < rows:
            break
    return counted


def _count_slice(rows: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        # A stricter level would go on seeing the place from before the wait.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.execute(_BEGIN)
        cursor.execute(_PLACE)
        stored_by, id = cursor.fetchone()
        cursor.execute(_COUNT, {"stored_by": stored_by, "id": id, "rows": rows})
        [count] = cursor.fetchone()
    return int(count)
