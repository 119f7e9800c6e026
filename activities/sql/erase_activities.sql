-- Puts the marker in the place of both documents of the next activities of a target, and gives their ids. The first
-- ones that still have documents, so that no place need be remembered.
--
-- Called by: manage.py erase_target
-- Parameters: target_id = the target; rows = 2,000; marker = what is put in the place; now = the moment of the
--   batch
-- Index: activity_about_target, activity_pkey
WITH /* erase_activities */ next AS (
  SELECT id FROM activity
  WHERE target_id = %(target_id)s AND erased_at IS NULL
  ORDER BY occurred_at, id
  LIMIT %(rows)s::bigint
)
UPDATE activity
SET old_data = %(marker)s::jsonb, new_data = %(marker)s::jsonb, erased_at = %(now)s::timestamptz
FROM next
WHERE activity.id = next.id AND activity.target_id = %(target_id)s AND activity.erased_at IS NULL
RETURNING activity.id
