-- Deletes those of these authors that have no activity now, and tells how many went. Nobody writes meanwhile: what was
-- stored before is seen, and what comes after finds them gone and puts them back.
--
-- Called by: manage.py purge_expired_activities
-- Parameters: ids = rows of authors
-- Index: author_pkey, activity_by_author
WITH /* delete_unused_authors */ gone AS (
  DELETE FROM author
  WHERE id = ANY (%(ids)s::bigint[])
    AND NOT EXISTS (SELECT FROM activity WHERE activity.author_id = author.id)
  RETURNING id
)
SELECT count(*) FROM gone
