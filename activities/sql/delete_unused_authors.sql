-- Deletes those of these authors that have no activity now, and tells how many went. They are locked: what was stored
-- before is seen, and what comes after finds them gone and puts them back.
--
-- Indexes: author's primary key; activity_by_author.
WITH /* delete_unused_authors */ gone AS (
  DELETE FROM author
  WHERE id = ANY (%(ids)s::bigint[])
    AND NOT EXISTS (SELECT FROM activity WHERE activity.author_id = author.id)
  RETURNING id
)
SELECT count(*) FROM gone
