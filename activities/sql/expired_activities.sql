-- The next activities to purge, in the order of their expiry, from a place on; what a legal hold keeps is left out.
--
-- The place spares each batch the walk over the dead entries of those before.
--
-- Called by: manage.py purge_expired_activities
-- Parameters: now = when the purge began; after, after_id = behind the batch before; rows = --batch-size
-- Index: activity_by_expiry
SELECT /* expired_activities */ activity.id, activity.target_id, activity.expires_at
FROM activity
WHERE activity.expires_at <= %(now)s::timestamptz
  AND (activity.expires_at, activity.id) > (%(after)s::timestamptz, %(after_id)s::uuid)
  AND NOT {held}
ORDER BY activity.expires_at, activity.id
LIMIT %(rows)s::bigint
