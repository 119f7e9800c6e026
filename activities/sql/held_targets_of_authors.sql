-- Targets under a legal hold with activities of one of these authors.
--
-- Called by: manage.py erase_author
-- Parameters: ids = rows of the author
-- Index: activity_about_target; for each hold in force
SELECT /* held_targets_of_authors */ DISTINCT legal_hold.target_id
FROM legal_hold
WHERE legal_hold.released_at IS NULL
  AND EXISTS (
    SELECT FROM activity
    WHERE activity.target_id = legal_hold.target_id
      AND (legal_hold.source_domain IS NULL OR legal_hold.source_domain = activity.source_domain)
      AND activity.author_id = ANY (%(ids)s::bigint[])
  )
ORDER BY legal_hold.target_id
