-- What came in behind a place in the order of storing: by hour and domain how many and the newest, and the last place.
--
-- Only what lies below the oldest transaction that is open, as in the feed, so that each is counted once. An index on
-- the time of recording would burden every write for one page.
--
-- Called by: GET /admin/; manage.py purge_expired_activities
-- Parameters: after, after_id = behind what is counted already; rows = 30,000
-- Index: activity_in_order_of_storing
WITH /* arrivals */ looked_at AS MATERIALIZED (
  SELECT stored_by, id, recorded_at, source_domain
  FROM activity
  WHERE (stored_by, id) > (%(after)s::bigint, %(after_id)s::uuid)
    AND stored_by < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  ORDER BY stored_by, id
  LIMIT %(rows)s::bigint
), last AS (
  SELECT stored_by, id FROM looked_at ORDER BY stored_by DESC, id DESC LIMIT 1
)
SELECT
  date_bin('1 hour', recorded_at, '2000-01-01 00:00Z') AS hour, source_domain, count(*), max(recorded_at),
  (SELECT stored_by FROM last), (SELECT id FROM last)
FROM looked_at
GROUP BY hour, source_domain
ORDER BY hour, source_domain
