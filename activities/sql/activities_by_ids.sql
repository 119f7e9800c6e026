-- The activities of some ids, to show what an array has stored or found stored. Expired ones are left out.
--
-- Called by: POST /api/v1/activities with Prefer: return=representation
-- Parameters: ids = the ids that were sent; now = the beginning of time, so that none counts as expired
-- Index: activity_pkey, author_pkey
SELECT /* activities_by_ids */
  activity.id, {record}
FROM activity
JOIN author ON author.id = activity.author_id
WHERE activity.id = ANY (%(ids)s::uuid[])
  AND (activity.expires_at IS NULL OR activity.expires_at > %(now)s::timestamptz)
