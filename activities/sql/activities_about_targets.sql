-- One page of what was done to some targets, newest first, from a place on.
--
-- A keyset page of each target, then the newest of them all: `target_id = ANY (…)` with the same order would sort
-- whole histories. The pair (occurred_at, id) is compared as a row, so that the scan starts at the place.
--
-- Called by: GET /api/v1/activities with several targetId
-- Parameters: target_ids = targetId, each; now = the moment of the call; before, before_id = the place in
--   paginationToken, else the end of time; rows = pageSize and one more
-- Index: activity_about_target; backwards, for each target
SELECT /* activities_about_targets */
  {record}, activity.occurred_at, activity.id
FROM unnest(%(target_ids)s::text[]) AS asked (target_id)
CROSS JOIN LATERAL (
  SELECT one.* FROM activity AS one
  WHERE one.target_id = asked.target_id
    AND (one.expires_at IS NULL OR one.expires_at > %(now)s::timestamptz)
    AND (one.occurred_at, one.id) < (%(before)s::timestamptz, %(before_id)s::uuid)
  ORDER BY one.occurred_at DESC, one.id DESC
  LIMIT %(rows)s::bigint
) AS activity
JOIN author ON author.id = activity.author_id
ORDER BY activity.occurred_at DESC, activity.id DESC
LIMIT %(rows)s::bigint
