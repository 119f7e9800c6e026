-- Deletes these activities, but for what has not expired or is held, and tells how many went.
--
-- By id and target from a list: `IN (SELECT … LIMIT …)` may scan the whole table for each batch. Both conditions stand
-- here again, so that nothing goes that the moment of the deletion does not let go.
--
-- Called by: manage.py purge_expired_activities
-- Parameters: ids, target_ids = of the batch, in pairs; now = when the purge began
-- Index: activity_pkey
WITH /* purge_activities */ gone AS (
  DELETE FROM activity
  USING unnest(%(ids)s::uuid[], %(target_ids)s::text[]) AS due (id, target_id)
  WHERE activity.id = due.id
    AND activity.target_id = due.target_id
    AND activity.expires_at <= %(now)s::timestamptz
    AND NOT {held}
  RETURNING activity.expires_at
)
SELECT count(*), min(expires_at), max(expires_at) FROM gone
