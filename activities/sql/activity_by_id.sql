-- The activity of an id: get-one. An expired one is left out.
--
-- Called by: GET /api/v1/activities/{id}
-- Parameters: id = the id in the address; now = the moment of the call
-- Index: activity_pkey, author_pkey
SELECT /* activity_by_id */
  {record}
FROM activity
JOIN author ON author.id = activity.author_id
WHERE activity.id = %(id)s::uuid
  AND (activity.expires_at IS NULL OR activity.expires_at > %(now)s::timestamptz)
