-- One page of what was done to some targets, newest first, from a place on.
--
-- A keyset page of each target, then the newest of them all: `target_id = ANY (…)` with the same order would sort
-- whole histories. The pair (occurred_at, id) is compared as a row, so that the scan starts at the place.
--
-- Index: activity_about_target, backwards.
SELECT /* activities_about_targets */
  found.id, found.type, found.target_type, found.target_id, found.source_domain, found.occurred_at,
  found.time_to_live, found.old_data::text, found.new_data::text, author.identifier, author.full_name, author.email,
  found.correlation_id, found.recorded_at, found.expires_at
FROM unnest(%(target_ids)s::text[]) AS asked (target_id)
CROSS JOIN LATERAL (
  SELECT activity.* FROM activity
  WHERE activity.target_id = asked.target_id
    AND (activity.expires_at IS NULL OR activity.expires_at > %(now)s::timestamptz)
    AND (activity.occurred_at, activity.id) < (%(before)s::timestamptz, %(before_id)s::uuid)
  ORDER BY activity.occurred_at DESC, activity.id DESC
  LIMIT %(rows)s::bigint
) AS found
JOIN author ON author.id = found.author_id
ORDER BY found.occurred_at DESC, found.id DESC
LIMIT %(rows)s::bigint
