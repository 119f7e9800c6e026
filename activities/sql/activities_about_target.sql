-- One page of what was done to one target, newest first, from a place on.
--
-- The same as activities_about_targets for the usual case of one: its plan has half the steps and takes a tenth of a
-- millisecond less. The pair (occurred_at, id) is compared as a row, so that the scan starts at the place.
--
-- Called by: GET /api/v1/activities with one targetId; GET /api/v1/activityHistory
-- Parameters: target_id = targetId; now = the moment of the call; before, before_id = the place in paginationToken,
--   else the end of time; rows = pageSize and one more
-- Index: activity_about_target; backwards
SELECT /* activities_about_target */
  {record}, activity.occurred_at, activity.id
FROM activity
JOIN author ON author.id = activity.author_id
WHERE activity.target_id = %(target_id)s
  AND (activity.expires_at IS NULL OR activity.expires_at > %(now)s::timestamptz)
  AND (activity.occurred_at, activity.id) < (%(before)s::timestamptz, %(before_id)s::uuid)
ORDER BY activity.occurred_at DESC, activity.id DESC
LIMIT %(rows)s::bigint
