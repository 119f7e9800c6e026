-- Of the next authors by id: notes since when those without an activity are unused, and that the others are not.
-- Gives the last id looked at.
--
-- Called by: manage.py purge_expired_activities
-- Parameters: after = behind the batch before; rows = --batch-size; now = when the purge began
-- Index: author_pkey, activity_by_author
WITH /* mark_unused_authors */ looked_at AS MATERIALIZED (
  SELECT
    author.id, author.unused_since,
    EXISTS (SELECT FROM activity WHERE activity.author_id = author.id) AS used
  FROM author
  WHERE author.id > %(after)s::bigint
  ORDER BY author.id
  LIMIT %(rows)s::bigint
), noted AS (
  UPDATE author
  SET unused_since = CASE WHEN NOT looked_at.used THEN %(now)s::timestamptz END
  FROM looked_at
  WHERE author.id = looked_at.id AND looked_at.used = (looked_at.unused_since IS NOT NULL)
)
SELECT max(id) FROM looked_at
